from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from django_cs_inbox.actions import incoming, mailboxes
from django_cs_inbox.actions.mailboxes import MailboxSettings
from django_cs_inbox.exceptions import CsInboxError
from django_cs_inbox.mailbox.fetch import FetchReport
from django_cs_inbox.management.commands import cs_inbox_fetch
from django_cs_inbox.models import IncomingMail
from tests.factories import make_inbox

pytestmark = pytest.mark.django_db


def configured(name):
    settings = MailboxSettings(host="imap.shop.example", user=name)
    return mailboxes.configure(make_inbox(name=name), by=None, settings=settings, password="secret-password")


@pytest.fixture
def answers(monkeypatch):
    """What fetching an inbox of this name leads to; names of the inboxes in the order of fetching."""
    found = {"fetched": []}

    def fetch(inbox, *, only_new):
        found["fetched"].append((inbox.name, only_new))
        answer = found.get(inbox.name, "")
        if isinstance(answer, Exception):
            raise answer
        return FetchReport(inbox, stored=2, error=answer)

    monkeypatch.setattr(cs_inbox_fetch, "fetch", fetch)
    return found


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("cs_inbox_fetch", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue() + str(error)
    return out.getvalue(), err.getvalue()


def test_one_inbox_that_fails_does_not_stop_the_next(answers):
    for name in ("first", "second", "third"):
        configured(name)
    answers["second"] = "The password is wrong."
    out, err = run()
    assert [name for name, _ in answers["fetched"]] == ["first", "second", "third"]
    assert out == "first: 2 new mails.\nthird: 2 new mails.\n"
    assert err == "second: The password is wrong.\nCould not be fetched: second."


def test_quiet(answers):
    configured("first")
    assert run("--verbosity=0") == ("", "")


def test_without_mailboxes_it_says_so(answers):
    make_inbox()
    assert run() == ("No active inbox has a mailbox.\n", "")
    assert run("--verbosity=0") == ("", "")


@pytest.mark.parametrize("wanted", ["name", "address", "pk"])
def test_chosen_inboxes_only(answers, wanted):
    configured("first")
    second = configured("second")
    run(f"--inbox={getattr(second, wanted)}", "--only-new")
    assert answers["fetched"] == [("second", True)]


def test_an_unknown_inbox_is_said_with_the_known_ones(answers):
    configured("first")
    _, err = run("--inbox=nobody")
    assert "“nobody”" in err
    assert "first" in err
    assert answers["fetched"] == []


def test_what_an_earlier_run_left_is_finished_first(answers):
    incoming.store(configured("first"), raw=b"From: a@b.jp\r\n\r\nx", source_key="1")
    out, _ = run()
    assert out.startswith("Finished 1 mails that were stored before.\n")
    assert IncomingMail.objects.get().state == "processed"


def test_inside_a_transaction_it_is_an_error_of_the_command(answers):
    configured("first")
    answers["first"] = CsInboxError("not inside a transaction")
    assert run() == ("", "not inside a transaction")
