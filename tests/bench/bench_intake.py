"""How much the whole intake costs – stored raw, parsed, threaded, linked, recorded – against the floor."""

from __future__ import annotations

import time

import pytest

from django_cs_inbox.actions import mailboxes
from django_cs_inbox.actions.mailboxes import MailboxSettings
from django_cs_inbox.mailbox.fetch import fetch
from django_cs_inbox.models import IncomingMail, Inquiry, Message
from tests.factories import make_inbox
from tests.soak.letters import letter

from . import floor
from .fill import fill
from .measuring import counted, table

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]

MAILS = 500
SOME = 150
MANY = 20_000


@pytest.fixture
def inbox(dovecot, mail_user, monkeypatch, settings, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    storage = "django.core.files.storage.FileSystemStorage"
    own = {"BACKEND": storage, "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"cs_inbox": own}
    floor.make_table()
    how = MailboxSettings(host=dovecot.host, port=dovecot.tls_port, user=mail_user)
    return mailboxes.configure(make_inbox(), by=None, settings=how, password=dovecot.password)


def deliver(dovecot, user, numbers):
    """Half in ISO-2022-JP, a quarter answers to an earlier mail, a fifth with a file of 50 KB."""
    for number in numbers:
        raw = letter(
            f"{number}@example.jp",
            sender=f"writer{number % 60}@example.jp",
            charset="iso-2022-jp" if number % 2 else "utf-8",
            in_reply_to=f"{number - 60}@example.jp" if number % 4 == 0 and number > 60 else "",
            attachment=50_000 if number % 5 == 0 else 0,
        )
        dovecot.deliver(user, raw)


def seconds(work):
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def intake(inbox, expected):
    """Seconds per mail, and queries per mail."""
    with counted() as count:
        spent, report = seconds(lambda: fetch(inbox))
    assert (report.stored, report.error) == (expected, "")
    assert not IncomingMail.objects.exclude(state="processed").exists()
    return spent / expected, count.queries / expected


def test_intake_against_the_floor(inbox, dovecot, mail_user):
    deliver(dovecot, mail_user, range(1, MAILS + 1))
    dovecot.fetch(mail_user)  # the server's own first look at new files is nobody's cost
    before, read = seconds(lambda: floor.read(dovecot, mail_user))
    assert read == MAILS
    each, queries = intake(inbox, MAILS)
    after, _ = seconds(lambda: floor.read(dovecot, mail_user))
    least = (before + after) / 2 / MAILS
    rows = [
        ("floor", 1 / least, 1.0, 1 / floor.HUNDRED),
        ("intake", 1 / each, each / least, queries),
    ]
    table(f"{MAILS} mails", ("", "mails/s", "times the floor", "queries/mail"), rows)
    assert Inquiry.objects.count() < Message.objects.count() == MAILS


def test_intake_with_many_messages_stored(inbox, dovecot, mail_user):
    deliver(dovecot, mail_user, range(1, SOME + 1))
    dovecot.fetch(mail_user)
    least_empty, _ = seconds(lambda: floor.read(dovecot, mail_user))
    empty, queries_empty = intake(inbox, SOME)
    fill(MANY // 2, inbox, messages=2)
    deliver(dovecot, mail_user, range(1001, SOME + 1001))
    dovecot.fetch(mail_user)
    least_full, _ = seconds(lambda: floor.read(dovecot, mail_user, first=SOME + 1))
    full, queries_full = intake(inbox, SOME)
    rows = [
        ("0", empty * SOME / least_empty, queries_empty, 1.0),
        (f"{MANY:,}", full * SOME / least_full, queries_full, full / empty),
    ]
    head = ("messages stored", "times the floor", "queries/mail", "cost against none stored")
    table(f"{SOME} mails", head, rows)
