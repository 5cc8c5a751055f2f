"""DESIGN, section 2, as a table: every verb is tried from every status."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from django_cs_inbox.actions import inquiries, replies
from django_cs_inbox.choices import InquiryStatus, NextStatus
from django_cs_inbox.choices import InquiryStatus as S
from django_cs_inbox.exceptions import NotAllowed, WrongState
from django_cs_inbox.models import Event, Inquiry, Reply
from tests.factories import make_inquiry, make_message, make_user

pytestmark = pytest.mark.django_db

WORK = ("view_inquiry", "change_inquiry")

#: verb → (statuses it may leave, status it leads to)
TABLE = {
    "open_inquiry": ({S.NEW}, S.OPEN),
    "hold": ({S.NEW, S.OPEN}, S.ON_HOLD),
    "resume": ({S.ON_HOLD}, S.OPEN),
    "wake": ({S.ON_HOLD}, S.OPEN),
    "close": ({S.NEW, S.OPEN, S.WAITING, S.ON_HOLD}, S.DONE),
    "no_action": ({S.NEW, S.OPEN}, S.NO_ACTION),
    "mark_spam": ({S.NEW, S.OPEN}, S.SPAM),
    "not_spam": ({S.SPAM}, S.NEW),
    "reopen": ({S.WAITING, S.DONE, S.NO_ACTION}, S.OPEN),
}

#: Transition methods with what they need, for those that a verb reaches only together with a reply.
METHODS = {
    "to_submitted": ({S.NEW, S.OPEN}, ()),
    "to_approved": ({S.PENDING_APPROVAL}, (NextStatus.WAITING, timezone.now())),
    "to_returned": ({S.PENDING_APPROVAL}, ()),
    "to_withdrawn": ({S.PENDING_APPROVAL}, ()),
    "to_replied": ({S.NEW, S.OPEN}, (NextStatus.WAITING, timezone.now())),
    "to_customer_wrote": ({S.WAITING, S.ON_HOLD, S.DONE, S.NO_ACTION}, ()),
    "to_send_failed": ({S.WAITING, S.ON_HOLD, S.DONE}, ()),
}


@pytest.mark.parametrize("status", InquiryStatus.values)
@pytest.mark.parametrize("verb", TABLE)
def test_verb_from_status(verb, status):
    sources, target = TABLE[verb]
    inquiry = make_inquiry(status=status)
    user = make_user(*WORK)
    act = getattr(inquiries, verb)
    if status in sources:
        act(inquiry, by=user)
        inquiry.refresh_from_db()
        assert inquiry.status == target
        event = Event.objects.get(inquiry=inquiry)
        assert (event.actor, event.data["old"], event.data["new"]) == (user, status, target)
    else:
        with pytest.raises(WrongState):
            act(inquiry, by=user)
        inquiry.refresh_from_db()
        assert inquiry.status == status
        assert not Event.objects.exists()


@pytest.mark.parametrize("verb", TABLE)
@pytest.mark.parametrize("rights", [(), ("view_inquiry",), ("change_inquiry",)])
def test_verb_without_the_right(verb, rights):
    status = min(TABLE[verb][0])
    inquiry = make_inquiry(status=status)
    with pytest.raises(NotAllowed):
        getattr(inquiries, verb)(inquiry, by=make_user(*rights))
    inquiry.refresh_from_db()
    assert inquiry.status == status
    assert not Event.objects.exists()


@pytest.mark.parametrize("status", InquiryStatus.values)
@pytest.mark.parametrize("method", METHODS)
def test_method_from_status(method, status):
    from django_fsm import TransitionNotAllowed

    sources, arguments = METHODS[method]
    inquiry = make_inquiry(status=status)
    if status in sources:
        getattr(inquiry, method)(*arguments)
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(inquiry, method)(*arguments)


def test_every_transition_is_in_a_table():
    tried = {"to_open", "to_hold", "to_resumed", "to_woken", "to_closed", "to_no_action", "to_spam"}
    tried |= {"to_not_spam", "to_reopened", *METHODS}
    names = {transition.name for transition in Inquiry(status=S.NEW).get_all_status_transitions()}
    assert names == tried


def test_the_status_cannot_be_assigned():
    inquiry = make_inquiry()
    with pytest.raises(AttributeError):
        inquiry.status = S.DONE


def test_open_takes_the_inquiry_unless_somebody_has_it():
    first, second = make_user(*WORK, first_name="花", last_name="佐藤"), make_user(*WORK)
    inquiry = inquiries.open_inquiry(make_inquiry(), by=first)
    assert (inquiry.assignee, inquiry.assignee_label) == (first, "佐藤 花")
    taken = make_inquiry(assignee=first)
    assert inquiries.open_inquiry(taken, by=second).assignee == first


def test_hold_with_reason_and_date():
    from django_cs_inbox.exceptions import InvalidInput
    from django_cs_inbox.models import HoldReason

    reason = HoldReason.objects.create(name="メーカー確認中")
    user, tomorrow = make_user(*WORK), timezone.now() + dt.timedelta(days=1)
    inquiry = inquiries.hold(make_inquiry(), by=user, reason=reason, wake_at=tomorrow)
    assert (inquiry.hold_reason, inquiry.wake_at) == (reason, tomorrow)
    assert Event.objects.get().data["reason"] == "メーカー確認中"
    inquiry = inquiries.resume(inquiry, by=user)
    assert (inquiry.hold_reason, inquiry.wake_at) == (None, None)
    with pytest.raises(InvalidInput):
        inquiries.hold(inquiry, by=user, wake_at=timezone.now())


def test_wake_due_wakes_once():
    now = timezone.now()
    due = make_inquiry(status=S.ON_HOLD, wake_at=now - dt.timedelta(minutes=1))
    later = make_inquiry(status=S.ON_HOLD, wake_at=now + dt.timedelta(days=1))
    assert inquiries.wake_due() == 1
    assert inquiries.wake_due() == 0
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.status, later.status) == (S.OPEN, S.ON_HOLD)


def test_wake_due_leaves_what_somebody_has_just_resumed(monkeypatch):
    inquiry = make_inquiry(status=S.ON_HOLD, wake_at=timezone.now() - dt.timedelta(minutes=1))
    real = inquiries.locked

    def resumed_first(row, *, by):
        monkeypatch.setattr(inquiries, "locked", real)
        inquiries.resume(row, by=None)
        return real(row, by=by)

    monkeypatch.setattr(inquiries, "locked", resumed_first)
    assert inquiries.wake_due() == 0
    assert list(Event.objects.values_list("verb", flat=True)) == ["inquiry.resumed"]
    inquiry.refresh_from_db()
    assert inquiry.wake_at is None


def test_hold_does_not_hide_a_waiting_customer():
    inquiry = make_inquiry()
    assert inquiries.hold(inquiry, by=make_user(*WORK)).unanswered_since is not None


def test_closing_answers():
    inquiry = inquiries.close(make_inquiry(), by=make_user(*WORK))
    assert inquiry.unanswered_since is None
    assert inquiry.closed_at is not None


def test_not_spam_waits_since_the_last_word():
    inquiry = make_inquiry(status=S.SPAM)
    inquiry = inquiries.not_spam(inquiry, by=make_user(*WORK))
    assert inquiry.unanswered_since == inquiry.last_customer_at
    assert inquiry.closed_at is None


def test_assign():
    from django_cs_inbox.exceptions import InvalidInput

    boss, clerk, stranger = make_user(*WORK), make_user(*WORK, name="clerk"), make_user()
    inquiry = inquiries.assign(make_inquiry(), by=boss, to=clerk)
    assert (inquiry.assignee, inquiry.assignee_label) == (clerk, "clerk")
    inquiries.assign(inquiry, by=boss, to=clerk)
    assert Event.objects.count() == 1
    with pytest.raises(InvalidInput):
        inquiries.assign(inquiry, by=boss, to=stranger)
    assert inquiries.assign(inquiry, by=boss, to=None).assignee_label == ""


def test_category_priority_tags():
    from django_cs_inbox.exceptions import InvalidInput
    from django_cs_inbox.models import Category, Tag

    user, inquiry = make_user(*WORK), make_inquiry()
    category = Category.objects.create(name="返品・交換")
    red, blue = Tag.objects.create(name="至急"), Tag.objects.create(name="常連")
    for _ in range(2):
        inquiries.categorise(inquiry, by=user, category=category)
        inquiries.set_priority(inquiry, by=user, priority=40)
        inquiries.set_tags(inquiry, by=user, tags=[red])
    assert Event.objects.count() == 3
    inquiries.set_tags(inquiry, by=user, tags=[blue])
    event = Event.objects.order_by("pk").last()
    assert event.data == {"added": ["常連"], "removed": ["至急"]}
    inquiries.categorise(inquiry, by=user, category=None)
    inquiry.refresh_from_db()
    assert (inquiry.category, inquiry.priority, list(inquiry.tags.all())) == (None, 40, [blue])
    with pytest.raises(InvalidInput):
        inquiries.set_priority(inquiry, by=user, priority=99)


REPLY_STATES = Reply._meta.get_field("state").choices


def test_approval_needs_another_person():
    author = make_user(*WORK, "approve_reply")
    inquiry = make_inquiry()
    make_message(inquiry)
    reply = replies.submit(replies.save_draft(inquiry, by=author, body="承知しました。"), by=author)
    inquiry.refresh_from_db()
    assert inquiry.status == S.PENDING_APPROVAL
    with pytest.raises(NotAllowed):
        replies.approve(reply, by=author)
    inquiry.refresh_from_db()
    assert inquiry.status == S.PENDING_APPROVAL


def test_the_program_itself_may_wake():
    inquiry = make_inquiry(status=S.ON_HOLD)
    assert inquiries.wake(inquiry).status == S.OPEN
    assert Event.objects.get().actor is None
