"""What may stand in the address of a list: nothing that reads a column the page does not show."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import reverse

from django_cs_inbox.models import Inbox
from tests.factories import make_contact, make_inbox, make_inquiry, make_superuser, make_user

pytestmark = pytest.mark.django_db


def changelist(model):
    return reverse(f"admin:{model}_changelist")


def test_the_password_of_a_mailbox_cannot_be_guessed_letter_by_letter(client):
    mailbox = apps.get_model("django_mailbox", "Mailbox")
    mailbox.objects.create(name="m", uri="imap+ssl://user:sesame@imap.example")
    client.force_login(make_user("django_mailbox.view_mailbox"))
    for lookup in ("uri", "uri__contains", "uri__startswith", "uri__regex"):
        assert client.get(changelist("django_mailbox_mailbox"), {lookup: "ses"}).status_code == 400, lookup


def test_nor_what_an_inbox_keeps(client):
    make_inbox()
    Inbox.objects.update(mailbox_secret="env:CS_INBOX_PASSWORD")
    client.force_login(make_user("view_inbox"))
    answer = client.get(changelist("cs_inbox_inbox"), {"mailbox_secret__startswith": "env:"})
    assert answer.status_code == 400


def test_nor_whose_an_inquiry_in_a_closed_inbox_is(client):
    contact = make_contact()
    make_inquiry(contact=contact, inbox=make_inbox())
    secret = make_inquiry(contact=contact, inbox=make_inbox(members=(make_user(),)))
    client.force_login(make_user("view_inquiry"))
    answer = client.get(changelist("cs_inbox_contact"), {"inquiries__id": secret.pk})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("contact", "standing__exact=%00"),
        ("contact", "standing__in=vip,%00"),
        ("outgoingmail", "kind__exact=%00"),
        ("outgoingmail", "kind__exact=reply&kind__exact=%00"),
    ],
)
def test_nul_is_refused(client, model, query):
    """PostgreSQL takes none; the other databases find nothing."""
    client.force_login(make_superuser())
    assert client.get(f"{changelist(f'cs_inbox_{model}')}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["state=%00", "inbox__id__exact=%00", "inbox=%00", "q=%00", "p=%00", "o=%00"]
)
@pytest.mark.parametrize("model", ["incomingmail", "outgoingmail", "contact", "inquiry", "event"])
def test_nul_anywhere_costs_no_page(client, model, query):
    client.force_login(make_superuser())
    assert client.get(f"{changelist(f'cs_inbox_{model}')}?{query}").status_code < 500


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("contact", "standing__exact=vip"),
        ("category", "is_public__exact=1"),
        ("incomingmail", "state=all"),
        ("incomingmail", "inbox__id__exact=1"),
        ("outgoingmail", "kind__exact=reply&state=all"),
    ],
)
def test_the_filters_of_the_page_work(client, model, query):
    client.force_login(make_superuser())
    assert client.get(f"{changelist(f'cs_inbox_{model}')}?{query}").status_code == 200
