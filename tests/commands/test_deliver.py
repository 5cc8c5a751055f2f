from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from django_cs_inbox.actions import outbox


@pytest.fixture
def calls(monkeypatch):
    found = []
    monkeypatch.setattr(
        outbox, "recover_stale", lambda: found.append("recover") or found.count("recover") - 1
    )
    monkeypatch.setattr(outbox, "deliver_due", lambda **options: found.append(options) or 3)
    return found


def test_what_is_due_is_sent_and_said(calls):
    out = io.StringIO()
    call_command("cs_inbox_deliver", stdout=out)
    assert out.getvalue() == "3 mails sent.\n"
    assert calls[0] == "recover"
    assert calls[1]["limit"] == 1000
    assert ":" in calls[1]["worker"]


def test_unclear_mails_are_said(calls):
    calls.append("recover")
    out = io.StringIO()
    call_command("cs_inbox_deliver", "--limit=5", stdout=out)
    assert "1 mails are unclear" in out.getvalue()


def test_quiet(calls):
    out = io.StringIO()
    call_command("cs_inbox_deliver", "--verbosity=0", stdout=out)
    assert out.getvalue() == ""
