from __future__ import annotations

import pytest

from django_cs_inbox.mail.bounce import read_bounce
from django_cs_inbox.mail.parse import parse
from django_cs_inbox.mail.types import Bounce

from .japanese import cp50221, sample


def read(raw: bytes) -> Bounce | None:
    return read_bounce(parse(raw), raw)


@pytest.mark.parametrize("name", ["bounce_report", "bounce_report_headers_only"])
def test_standard_report(name):
    assert read(sample(name)) == Bounce(
        original_message_id="cs.k1.reply.42.abc.def@shop.example",
        recipients=("late@example.com", "gone@example.com"),
        status="5.1.1",
        is_permanent=True,
        diagnostic="smtp; 550 5.1.1 <gone@example.com>: user unknown",
    )


def test_docomo():
    assert read(sample("bounce_docomo_text")) == Bounce(
        original_message_id="sent.1@shop.example",
        recipients=("gone@docomo.ne.jp",),
        status="",
        is_permanent=True,
        diagnostic="550 Unknown user gone@docomo.ne.jp",
    )


def test_failed_recipients_header_and_words():
    assert read(sample("bounce_x_failed_recipients")) == Bounce(
        original_message_id="sent.2@shop.example", recipients=("gone@example.com", "lost@example.com")
    )


@pytest.mark.parametrize(
    "name", ["alternative", "vacation", "read_receipt", "complaint", "receipt_of_delivery"]
)
def test_no_bounce(name):
    assert read(sample(name)) is None


def report(*status: str) -> Bounce | None:
    lines = ["From: MAILER-DAEMON@mx.example.net", "Content-Type: multipart/report; boundary=r", "", "--r"]
    lines += ["Content-Type: message/delivery-status", "", *status, "--r--"]
    return read("\r\n".join(lines).encode())


def test_report_that_only_delays():
    found = report("Final-Recipient: rfc822;a@example.com", "Action: delayed", "Status: 5.0.0")
    assert found == Bounce(recipients=("a@example.com",), status="5.0.0", is_permanent=False)


def test_report_of_two_failures_tells_the_first():
    found = report(
        "Final-Recipient: rfc822;a@example.com", "Action: failed", "Status: 5.1.1", "",
        "Final-Recipient: rfc822;b@example.com", "Action: failed", "Status: 5.2.2",
    )  # fmt: skip
    assert found == Bounce(recipients=("a@example.com", "b@example.com"), status="5.1.1", is_permanent=True)


def test_report_without_type_status_or_recipient():
    found = report("Final-Recipient: a@example.com", "Diagnostic-Code: smtp; 452 4.2.2 full")
    assert found == Bounce("", ("a@example.com",), "4.2.2", False, "smtp; 452 4.2.2 full")
    assert report("Action: failed") == Bounce()
    assert report("nothing here") == Bounce()


@pytest.mark.parametrize(
    ("text", "recipients", "status", "is_permanent"),
    [
        ("<a@example.com>: host said: 550 5.1.1 no such user", ("a@example.com",), "5.1.1", True),
        ("a@example.com 421 try later", ("a@example.com",), "", False),
        ("宛先 a@example.com は存在しません。", ("a@example.com",), "5.1.1", True),
        ("Mailbox full a@example.com", ("a@example.com",), "", None),
        ("Warning: message delayed", (), "", False),
        ("failed", (), "", None),
    ],
)
def test_reports_in_words(text, recipients, status, is_permanent):
    raw = b"From: MAILER-DAEMON@mx.example.net\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n"
    found = read(raw + cp50221(text))
    assert found is not None
    assert (found.recipients, found.status, found.is_permanent) == (recipients, status, is_permanent)


def test_own_id_of_the_report_is_not_the_original():
    raw = b"From: MAILER-DAEMON@x\nMessage-ID: <r@x>\n\nfailed\n\nMessage-ID: <r@x>\n"
    found = read(raw)
    assert found is not None
    assert found.original_message_id == ""


def test_enclosed_mail_without_id():
    raw = (
        b"From: MAILER-DAEMON@mx.example.net\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\n\nfailed\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--b--"
    )
    assert read(raw) == Bounce()


def test_report_that_names_the_recipient_only_in_words():
    raw = (
        b"From: MAILER-DAEMON@mx.example.net\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\n\nThese recipients did not get it:\n\n<a@example.com>\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n--b--"
    )
    assert read(raw) == Bounce(recipients=("a@example.com",))


def test_report_full_of_lines_that_say_nothing():
    found = report(
        "nonsense " * 20_000, "more nonsense", "Final-Recipient: rfc822;a@example.com", "Action: failed"
    )
    assert found == Bounce(recipients=("a@example.com",))
