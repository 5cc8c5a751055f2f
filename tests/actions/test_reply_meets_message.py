"""A reply and a customer's message that meet."""

from __future__ import annotations

import pytest
from django.utils import timezone

from django_cs_inbox.actions import intake, outbox, replies
from django_cs_inbox.actions.arrival import Arrival
from django_cs_inbox.choices import Channel, Origin, OutgoingState
from django_cs_inbox.exceptions import StaleObject
from django_cs_inbox.mail.types import Address
from django_cs_inbox.models import OutgoingMail
from tests.factories import make_inbox, make_user

pytestmark = pytest.mark.django_db

SENT = outbox._Outcome(OutgoingState.SENT)


@pytest.fixture
def clerk():
    return make_user("view_inquiry", "change_inquiry", "send_reply")


@pytest.fixture
def boss():
    return make_user("view_inquiry", "change_inquiry", "send_reply", "approve_reply")


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


# A customer's message that read the clock before it got the inquiry's row


def meanwhile(monkeypatch, call):
    """Run ``call`` when the arrival has looked at the clock and waits for the inquiry."""
    judge = intake.judge

    def judged(arrival, contact, now):
        verdict = judge(arrival, contact, now)
        call()
        return verdict

    monkeypatch.setattr(intake, "judge", judged)


def test_a_message_that_waited_for_the_submission_voids_it(clerk, boss, monkeypatch):
    inbox = make_inbox(acknowledges=False)
    inquiry = intake.receive(form(inbox, "1")).inquiry
    draft = replies.save_draft(inquiry, by=clerk, body="x")
    meanwhile(monkeypatch, lambda: replies.submit(draft, by=clerk))
    intake.receive(form(inbox, "2", inquiry=inquiry))
    with pytest.raises(StaleObject):
        replies.approve(draft, by=boss)


def test_a_message_that_waited_for_the_reply_is_still_unanswered(clerk, monkeypatch):
    inbox = make_inbox(acknowledges=False)
    inquiry = intake.receive(form(inbox, "1")).inquiry
    draft = replies.save_draft(inquiry, by=clerk, body="x")
    meanwhile(monkeypatch, lambda: replies.send(draft, by=clerk))
    intake.receive(form(inbox, "2", inquiry=inquiry))
    outbox._settle(outbox._claim(OutgoingMail.objects.get().pk, "w"), SENT)
    inquiry.refresh_from_db()
    assert inquiry.unanswered_since is not None
