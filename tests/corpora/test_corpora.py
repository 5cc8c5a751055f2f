from __future__ import annotations

import time
from collections import Counter

import pytest

from django_cs_inbox.actions import incoming
from django_cs_inbox.mail.parse import parse
from django_cs_inbox.models import IncomingMail, Message
from tests.factories import make_inbox

from .fetch import mails

pytestmark = pytest.mark.corpus

# A new release of a project may bring more mails, never fewer: then a pattern has gone stale.
AT_LEAST = {"mail_parser": 20, "django-mailbox": 20, "talon": 10, "flufl_bounce": 100, "python": 45}


def test_every_source_yields_its_mails():
    found = Counter(name.partition("/")[0].rpartition("-")[0] or "python" for name, _ in mails())
    assert {source: found[source] for source, least in AT_LEAST.items() if found[source] < least} == {}
    assert found.keys() == AT_LEAST.keys()


def test_no_mail_is_empty():
    assert [name for name, raw in mails() if not raw.strip()] == []


def test_every_mail_is_read():
    assert [problem for name, raw in mails() if (problem := _problem(name, raw))] == []


def _problem(name, raw):
    """What goes wrong with this mail: an error, or text that no database takes."""
    try:
        mail = parse(raw)
        repr(mail).encode()
    except Exception as error:
        return f"{name}: {error!r}"
    return f"{name}: NUL in its text" if "\0" in f"{mail.subject}{mail.text}" else None


# Measured on two busy cores: 0.02 s for most, 0.3 s for the slowest.
SECONDS = 5


@pytest.mark.django_db
def test_every_mail_is_taken_in():
    """No crash, the bytes kept, one message or a listed state, and none of them takes long."""
    inbox = make_inbox()
    slow, lost, unlisted = [], [], []
    for number, (name, raw) in enumerate(mails()):
        begin = time.monotonic()
        mail, is_new = incoming.store(inbox, raw=raw, source_key=f"corpus {number}")
        state = incoming.process(mail.pk)
        if time.monotonic() - begin > SECONDS:
            slow.append(name)
        mail.refresh_from_db()
        if not is_new or mail.raw() != raw:
            lost.append(name)
        messages = Message.objects.filter(incoming=mail).count()
        # Some mails are in two collections; everything else becomes a message.
        if (state, messages) not in (("processed", 1), ("duplicate", 0)):
            unlisted.append((name, state, mail.reason))
    assert (slow, lost, unlisted) == ([], [], [])
    assert IncomingMail.objects.filter(state="processed").count() == Message.objects.count() > 200
