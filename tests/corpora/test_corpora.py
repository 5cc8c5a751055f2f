from __future__ import annotations

from collections import Counter

import pytest

from django_cs_inbox.mail.parse import parse

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
