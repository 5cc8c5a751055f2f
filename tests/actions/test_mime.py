from __future__ import annotations

import email.message
import email.policy

from django.core import mail
from django.core.mail.message import EmailMessage

from django_cs_inbox.actions import mime

LONG = "<" + "a" * 90 + "@mail.example.jp>"


def test_long_ids_leave_as_written():
    built = email.message.EmailMessage(policy=email.policy.SMTP)
    built["Subject"] = "色鉛筆"
    built["In-Reply-To"] = LONG
    built["References"] = f"{LONG} <b@example.jp>"
    raw = mime.keep_thread_headers(built).as_bytes()
    assert f"In-Reply-To: {LONG}\r\n".encode() in raw
    assert f"References: {LONG}\r\n <b@example.jp>\r\n".encode() in raw


def test_a_mail_without_thread_headers():
    built = email.message.EmailMessage()
    assert mime.keep_thread_headers(built) is built


def test_an_older_message_is_left_alone():
    built = email.message.Message()
    assert mime.keep_thread_headers(built) is built


def test_both_ways_of_configuring_mail(monkeypatch):
    monkeypatch.setattr(mail, "mailers", {"default": "new"}, raising=False)
    assert mime.mail_connection() == "new"
    monkeypatch.setattr(mail, "mailers", None, raising=False)
    monkeypatch.setattr(mail, "get_connection", lambda: "old")
    assert mime.mail_connection() == "old"


def test_a_threaded_message_is_djangos():
    assert issubclass(mime.ThreadedMessage, EmailMessage)
