from __future__ import annotations

import smtplib

import pytest
from django.core.mail import EmailMessage

from .smtp import SmtpSink

MAIL = b"Subject: x\r\nMessage-ID: <1@shop.example>\r\n\r\n.dot\r\n\x83e\r\n"


def send(sink, raw=MAIL, recipients=("hanako@example.jp",)):
    with smtplib.SMTP(sink.host, sink.port) as client:
        return client.sendmail("shop@shop.example", list(recipients), raw)


def test_envelope_and_bytes_are_kept(smtp_sink):
    send(smtp_sink, recipients=("hanako@example.jp", "taro@example.jp"))
    [mail] = smtp_sink.wait_for(1)
    assert mail.raw == MAIL
    assert mail.sender == "shop@shop.example"
    assert mail.recipients == ("hanako@example.jp", "taro@example.jp")
    assert mail.message["Message-ID"] == "<1@shop.example>"


def test_django_sends_here(django_sends_to_sink):
    EmailMessage("ご注文", "本文", "shop@shop.example", ["hanako@example.jp"]).send()
    [mail] = django_sends_to_sink.mails
    assert mail.message["Subject"] == "ご注文"
    assert mail.message.get_content().strip() == "本文"


def test_refusals(smtp_sink):
    smtp_sink.refuse["gone@example.jp"] = "550 no such user"
    refused = send(smtp_sink, recipients=("gone@example.jp", "hanako@example.jp"))
    assert refused == {"gone@example.jp": (550, b"no such user")}
    smtp_sink.data_reply = "451 later"
    with pytest.raises(smtplib.SMTPDataError):
        send(smtp_sink)
    assert [mail.recipients for mail in smtp_sink.mails] == [("hanako@example.jp",)]


def test_line_cut_after_the_mail_was_taken(smtp_sink):
    smtp_sink.hang_up_after_data = True
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp_sink)
    assert len(smtp_sink.mails) == 1


def test_mail_reaches_the_mailbox(dovecot, mail_user):
    with SmtpSink(deliver_to=dovecot) as sink:
        send(sink, recipients=(mail_user,))
    assert dovecot.fetch(mail_user) == [MAIL]
