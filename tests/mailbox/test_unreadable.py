"""A mailbox row of the host that nobody can read must not stop the others, nor take a page down."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import reverse

from django_cs_inbox.actions import mailboxes
from django_cs_inbox.mailbox.fetch import fetch, inboxes_to_fetch
from tests.factories import make_inbox, make_superuser

pytestmark = pytest.mark.django_db

URIS = [None, "", "imap+ssl://user:pa[ss@host", "imap://[::1", "garbage", "imap://h:999999"]


def row(uri, **fields):
    return apps.get_model("django_mailbox", "Mailbox").objects.create(name="m", uri=uri, **fields)


@pytest.mark.parametrize("uri", URIS)
def test_the_other_inboxes_are_fetched(uri):
    make_inbox(mailbox=row(uri))
    good = make_inbox(mailbox=row("imap+ssl://u:p@imap.example"))
    assert good in inboxes_to_fetch()


@pytest.mark.parametrize("uri", URIS)
def test_fetching_it_says_what_to_do(uri):
    report = fetch(make_inbox(mailbox=row(uri)))
    assert report.error
    assert "pa[ss" not in report.error


@pytest.mark.parametrize("uri", URIS)
def test_the_pages_open_and_the_test_button_answers(client, uri):
    inbox = make_inbox(mailbox=row(uri))
    client.force_login(make_superuser())
    for name, args, method in (
        ("cs_inbox_inbox_change", [inbox.pk], client.get),
        ("cs_inbox_inbox_changelist", [], client.get),
        ("cs_inbox_inbox_test", [inbox.pk], client.post),
        ("django_mailbox_mailbox_change", [inbox.mailbox_id], client.get),
        ("django_mailbox_mailbox_changelist", [], client.get),
    ):
        answer = method(reverse(f"admin:{name}", args=args))
        assert answer.status_code in (200, 302), name
        assert b"pa[ss" not in answer.content


def test_it_is_replaced_like_any_other():
    inbox = make_inbox(mailbox=row("imap+ssl://user:pa[ss@host"))
    settings = mailboxes.MailboxSettings(host="imap.example", user="u")
    inbox = mailboxes.configure(inbox, by=None, settings=settings, password="p")
    assert mailboxes.current(inbox) == settings
