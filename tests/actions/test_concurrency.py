"""Two at once, on the real database of the run."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from django_cs_inbox.actions import outbox, replies
from django_cs_inbox.actions.arrival import Arrival
from django_cs_inbox.actions.intake import receive
from django_cs_inbox.choices import Channel, Origin
from django_cs_inbox.exceptions import CsInboxError
from django_cs_inbox.mail.types import Address
from django_cs_inbox.models import Contact, Inquiry, Message, OutgoingMail
from tests.factories import make_inbox, make_inquiry, make_message, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run the calls in threads that start together; returns results, errors in their place."""
    barrier = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(index, call):
        barrier.wait()
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i, call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def arrival(inbox, key, address="hanako@example.jp"):
    return Arrival(
        inbox=inbox,
        key=key,
        channel=Channel.EMAIL,
        origin=Origin.DIRECT_MAIL,
        sender=Address("", address),
        subject="s",
        text="t",
        occurred_at=timezone.now(),
    )


def test_numbers_are_unique_and_without_gaps():
    inbox = make_inbox(acknowledges=False)
    errors = [
        result
        for n in range(5)
        for result in at_once(
            *(lambda i=i, n=n: receive(arrival(inbox, f"{n}-{i}", f"c{n}-{i}@example.jp")) for i in range(4))
        )
        if isinstance(result, Exception)
    ]
    assert errors == []
    numbers = sorted(int(number[-4:]) for number in Inquiry.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 21))


def test_the_same_key_at_once_is_one_message():
    inbox = make_inbox(acknowledges=False)
    results = at_once(*(lambda: receive(arrival(inbox, "same")) for _ in range(4)))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert (Message.objects.count(), Inquiry.objects.count(), Contact.objects.count()) == (1, 1, 1)


def test_the_same_new_sender_at_once_is_one_contact():
    inbox = make_inbox(acknowledges=False)
    results = at_once(*(lambda i=i: receive(arrival(inbox, str(i))) for i in range(4)))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert (Contact.objects.count(), Inquiry.objects.count()) == (1, 4)


def test_two_people_send_one_reply_leaves():
    inquiry = make_inquiry()
    make_message(inquiry)
    users = [make_user("view_inquiry", "change_inquiry", "send_reply") for _ in range(2)]
    drafts = [
        replies.save_draft(inquiry, by=user, body="x", to=["a@example.jp"], version=inquiry.version)
        for user in users
    ]
    results = at_once(
        *(
            lambda draft=draft, user=user: replies.send(draft, by=user)
            for draft, user in zip(drafts, users, strict=True)
        )
    )
    assert sum(isinstance(result, OutgoingMail) for result in results) == 1
    assert sum(isinstance(result, CsInboxError) for result in results) == 1
    assert OutgoingMail.objects.count() == 1


def test_two_workers_deliver_once(django_sends_to_sink):
    user = make_user("view_inquiry", "change_inquiry", "send_reply")
    for _ in range(5):
        inquiry = make_inquiry()
        make_message(inquiry)
        replies.send(replies.save_draft(inquiry, by=user, body="x"), by=user)
    results = at_once(*(lambda i=i: outbox.deliver_due(worker=f"w{i}") for i in range(3)))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert sum(results) == 5
    assert len(django_sends_to_sink.mails) == 5
    assert connection.vendor in ("sqlite", "postgresql", "mysql")
