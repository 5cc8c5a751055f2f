"""Answers that come late, and what may still be sent again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import DatabaseError
from django.utils import timezone

from django_cs_inbox.actions import intake, outbox, replies
from django_cs_inbox.actions.arrival import Arrival, ArrivalFile
from django_cs_inbox.choices import Channel, MessageKind, Origin, OutgoingState, ReplyState
from django_cs_inbox.exceptions import WrongState
from django_cs_inbox.mail.types import Address
from django_cs_inbox.models import Message, OutgoingMail, Reply
from tests.factories import make_inbox, make_inquiry, make_message, make_user

pytestmark = pytest.mark.django_db

SENT = outbox._Outcome(OutgoingState.SENT)
REFUSED = outbox._Outcome(OutgoingState.FAILED, "550 no")


@pytest.fixture
def clerk():
    return make_user("view_inquiry", "change_inquiry", "send_reply")


@pytest.fixture
def boss():
    return make_user("view_inquiry", "change_inquiry", "send_reply", "approve_reply")


def queued(clerk, **fields):
    inquiry = make_inquiry()
    make_message(inquiry)
    return replies.send(replies.save_draft(inquiry, by=clerk, body="x", **fields), by=clerk)


def failed(clerk):
    outgoing = queued(clerk)
    outbox._settle(outbox._claim(outgoing.pk, "w"), REFUSED)
    outgoing.refresh_from_db()
    return outgoing


def given_up(outgoing):
    """Claimed by a worker that is so slow that the mail counts as unclear."""
    claimed = outbox._claim(outgoing.pk, "slow")
    OutgoingMail.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert outbox.recover_stale() == 1
    return claimed


def form(inbox, key, **fields):
    return Arrival(
        inbox=inbox,
        key=key,
        channel=Channel.FORM,
        origin=Origin.CONTACT_FORM,
        sender=Address("", "hanako@example.jp"),
        subject="s",
        text="t",
        occurred_at=timezone.now(),
        **fields,
    )


# A worker that answers after its lease


def test_late_acceptance_ends_the_doubt(clerk):
    outgoing = queued(clerk)
    assert outbox._settle(given_up(outgoing), SENT) == OutgoingState.SENT
    assert Message.objects.filter(kind=MessageKind.STAFF).count() == 1
    assert Reply.objects.get().state == ReplyState.SENT


def test_late_acceptance_after_a_person_said_so_writes_no_second_message(clerk):
    outgoing = queued(clerk)
    claimed = given_up(outgoing)
    outbox.resolve(outgoing, by=clerk, was_sent=True)
    assert outbox._settle(claimed, SENT) == OutgoingState.SENT
    assert Message.objects.filter(kind=MessageKind.STAFF).count() == 1


def test_an_acknowledgement_is_written_once_too(clerk):
    intake.receive(form(make_inbox(), "k"))
    outgoing = OutgoingMail.objects.get()
    claimed = given_up(outgoing)
    outbox.resolve(outgoing, by=clerk, was_sent=True)
    outbox._settle(claimed, SENT)
    assert Message.objects.filter(kind=MessageKind.ACKNOWLEDGEMENT).count() == 1


def test_late_acceptance_stops_a_mail_that_was_to_be_sent_again(clerk):
    outgoing = queued(clerk)
    claimed = given_up(outgoing)
    outbox.resolve(outgoing, by=clerk, was_sent=False)
    assert outbox._settle(claimed, SENT) == OutgoingState.SENT
    assert outbox.deliver(outgoing.pk, worker="next") is None
    assert mail.outbox == []


def test_a_late_refusal_says_nothing_about_the_next_attempt(clerk):
    outgoing = queued(clerk)
    claimed = given_up(outgoing)
    outbox.resolve(outgoing, by=clerk, was_sent=False)
    assert outbox._claim(outgoing.pk, "next") is not None
    assert outbox._settle(claimed, REFUSED) == OutgoingState.SENDING


# What may be sent again


def test_a_discarded_reply_is_not_sent_again(clerk):
    outgoing = failed(clerk)
    replies.discard(outgoing.reply, by=clerk)
    with pytest.raises(WrongState):
        outbox.retry(outgoing, by=clerk)


@pytest.mark.parametrize("is_saved", [True, False])
def test_a_reply_that_waits_for_approval_is_not_sent_again(clerk, is_saved):
    outgoing = failed(clerk)
    reply, version = outgoing.reply, outgoing.inquiry.version
    if is_saved:
        reply = replies.save_draft(outgoing.inquiry, by=clerk, body="corrected", version=version)
    else:
        Reply.objects.update(based_on_version=version)
    replies.submit(reply, by=clerk)
    with pytest.raises(WrongState):
        outbox.retry(outgoing, by=clerk)


def test_files_added_after_the_approval_do_not_leave(boss):
    writer = make_user("view_inquiry", "change_inquiry")
    inquiry = make_inquiry()
    make_message(inquiry)
    draft = replies.save_draft(inquiry, by=writer, body="x")
    replies.submit(draft, by=writer)
    outgoing = replies.approve(draft, by=boss)
    outbox._settle(outbox._claim(outgoing.pk, "w"), REFUSED)
    file = ArrivalFile(name="price list.txt", content=b"not approved")
    replies.save_draft(inquiry, by=writer, body="x", files=[file])
    with pytest.raises(WrongState):
        outbox.retry(outgoing, by=boss)
    outgoing.refresh_from_db()
    assert outgoing.state == OutgoingState.CANCELLED


# A row that nobody foresaw


def test_a_row_that_cannot_be_taken_up_does_not_hold_up_the_others(clerk, caplog):
    broken, fine = queued(clerk), queued(clerk)
    Reply.objects.filter(pk=broken.reply_id).update(state=ReplyState.DISCARDED)
    assert outbox.deliver_due(worker="w", limit=1) == 0
    assert outbox.deliver_due(worker="w", limit=1) == 1
    fine.refresh_from_db()
    assert fine.state == OutgoingState.SENT
    assert "could not be taken up" in caplog.text


def test_a_database_that_fails_is_no_matter_of_one_row(clerk, monkeypatch):
    outgoing = queued(clerk)
    due = outgoing.next_attempt_at

    def gone(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(outbox, "deliver", gone)
    with pytest.raises(DatabaseError):
        outbox.deliver_due(worker="w")
    outgoing.refresh_from_db()
    assert outgoing.next_attempt_at == due
