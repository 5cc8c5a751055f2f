from __future__ import annotations

import imaplib
import ssl

import pytest

MAIL = b'From: hanako@example.jp\r\nSubject: =?ISO-2022-JP?B?GyRCQ20bKEI=?=\r\n\r\n\x1b$B$"\x1b(B\xff\r\n'


def test_delivered_bytes_come_back_unchanged(dovecot, mail_user):
    dovecot.deliver(mail_user, MAIL)
    assert dovecot.fetch(mail_user) == [MAIL]


def test_mails_keep_the_order_of_delivery(dovecot, mail_user):
    mails = [b"Subject: %d\r\n\r\nx\r\n" % number for number in range(12)]
    for raw in mails:
        dovecot.deliver(mail_user, raw)
    assert dovecot.fetch(mail_user) == mails


def test_a_folder_is_made_by_its_first_mail(dovecot, mail_user):
    dovecot.deliver(mail_user, MAIL, folder="Archive")
    assert dovecot.fetch(mail_user, "Archive") == [MAIL]
    assert dovecot.fetch(mail_user) == []


def test_tls_with_the_certificate_trusted(dovecot, mail_user):
    context = ssl.create_default_context(cafile=str(dovecot.certificate))
    with imaplib.IMAP4_SSL(dovecot.host, dovecot.tls_port, ssl_context=context) as connection:
        assert connection.login(mail_user, dovecot.password)[0] == "OK"


def test_tls_is_refused_by_a_client_that_does_not_know_the_certificate(dovecot):
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL(dovecot.host, dovecot.tls_port, ssl_context=ssl.create_default_context())


def test_wrong_password_is_refused(dovecot, mail_user):
    with imaplib.IMAP4(dovecot.host, dovecot.port) as connection, pytest.raises(imaplib.IMAP4.error):
        connection.login(mail_user, "wrong")


@pytest.mark.dovecot
def test_stopped_and_started_again_it_has_its_mails():
    from .dovecot import Dovecot

    with Dovecot() as server:
        server.deliver("a@shop.example", MAIL)
        server.stop()
        with pytest.raises(OSError, match="refused"):
            imaplib.IMAP4(server.host, server.port)
        server.start()
        assert server.fetch("a@shop.example") == [MAIL]
    assert not server.root.exists()
