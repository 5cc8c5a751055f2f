"""Who still waits when the mail server takes a reply long after it was written."""

from __future__ import annotations

import pytest
from django.utils import timezone

from django_cs_inbox.actions import inquiries, outbox, replies
from django_cs_inbox.actions.arrival import Arrival
from django_cs_inbox.actions.intake import receive
from django_cs_inbox.choices import Channel, InquiryStatus, Origin, OutgoingState
from django_cs_inbox.mail.types import Address
from django_cs_inbox.models import Inquiry, OutgoingMail
from tests.factories import make_inbox, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by():
    return make_user("view_inquiry", "change_inquiry", "send_reply")


@pytest.fixture
def wrote(db):
    """``wrote(inquiry)``: the customer's next word; its message."""
    inbox = make_inbox(acknowledges=False)
    count = iter(range(100))

    def write(inquiry=None):
        return receive(
            Arrival(
                inbox=inbox,
                key=str(next(count)),
                channel=Channel.FORM,
                origin=Origin.ACCOUNT_FORM,
                sender=Address("", "hanako@example.jp"),
                subject="s",
                text="t",
                occurred_at=timezone.now(),
                inquiry=inquiry,
            )
        ).message

    return write


def sent(inquiry, by, next_status="open"):
    inquiry.refresh_from_db()
    draft = replies.save_draft(inquiry, by=by, body="x", next_status=next_status)
    return replies.send(draft, by=by)


def deliver(mail):
    assert outbox.deliver(mail.pk, worker="w") == OutgoingState.SENT


def waiting(inquiry):
    return Inquiry.objects.values_list("unanswered_since", flat=True).get(pk=inquiry.pk)


def test_a_word_after_the_reply_waits(by, wrote):
    inquiry = wrote().inquiry
    mail = sent(inquiry, by)
    second, _third = wrote(inquiry), wrote(inquiry)
    deliver(mail)
    assert waiting(inquiry) == second.occurred_at


@pytest.mark.parametrize("end", [inquiries.no_action, inquiries.close, inquiries.mark_spam])
def test_who_was_dealt_with_meanwhile_does_not(by, wrote, end):
    inquiry = wrote().inquiry
    mail = sent(inquiry, by)
    wrote(inquiry)
    end(inquiry, by=by)
    deliver(mail)
    assert waiting(inquiry) is None


def test_a_word_after_that_waits_from_then_on(by, wrote):
    inquiry = wrote().inquiry
    mail = sent(inquiry, by)
    wrote(inquiry)
    inquiries.close(inquiry, by=by)
    last = wrote(inquiry)
    deliver(mail)
    assert waiting(inquiry) == last.occurred_at
    assert Inquiry.objects.get(pk=inquiry.pk).status == InquiryStatus.NEW


def test_an_older_reply_sent_at_last_makes_nobody_wait_again(by, wrote):
    inquiry = wrote().inquiry
    first = sent(inquiry, by)
    OutgoingMail.objects.filter(pk=first.pk).update(state=OutgoingState.FAILED)
    first.reply.to_failed()
    first.reply.save()
    wrote(inquiry)
    colleague = make_user("view_inquiry", "change_inquiry", "send_reply")
    deliver(sent(inquiry, colleague))
    assert waiting(inquiry) is None
    deliver(outbox.retry(first, by=by))
    assert waiting(inquiry) is None
