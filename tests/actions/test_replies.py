from __future__ import annotations

import pytest
from django.core.files.storage import InMemoryStorage
from django.utils import timezone

from django_cs_inbox.actions import replies
from django_cs_inbox.actions.arrival import ArrivalFile
from django_cs_inbox.actions.notes import add_note
from django_cs_inbox.choices import InquiryStatus as S
from django_cs_inbox.choices import OutgoingState, ReplyState
from django_cs_inbox.exceptions import InvalidInput, NotAllowed, StaleObject, WrongState
from django_cs_inbox.models import Event, Inquiry, OutgoingMail, Reply
from tests.factories import make_contact, make_inbox, make_inquiry, make_message, make_user

pytestmark = pytest.mark.django_db

SENDER = ("view_inquiry", "change_inquiry", "send_reply")


@pytest.fixture
def inquiry():
    inbox = make_inbox(
        name="本店",
        address="support@kotori.example",
        sender_name="文具のことり堂",
        signature="--\nことり堂",
    )
    contact = make_contact("山田花子", email="hanako@example.jp")
    inquiry = make_inquiry(inbox=inbox, contact=contact, subject="色鉛筆")
    make_message(inquiry, "折れています。", message_id="m1@example.jp", references=["m0@example.jp"])
    return inquiry


@pytest.fixture
def clerk():
    return make_user(*SENDER, name="sato")


def draft(inquiry, user, **fields):
    fields.setdefault("body", "山田様\n申し訳ございません。")
    return replies.save_draft(inquiry, by=user, **fields)


def test_a_draft_is_one_per_person_and_inquiry(inquiry, clerk):
    first, second = draft(inquiry, clerk), draft(inquiry, clerk, body="別の文")
    assert first.pk == second.pk
    assert draft(inquiry, make_user(*SENDER)).pk != first.pk
    assert second.subject == f"Re: 色鉛筆 [#{inquiry.number}]"
    assert second.to == ["hanako@example.jp"]


def test_sending_queues_the_whole_mail(inquiry, clerk):
    outgoing = replies.send(draft(inquiry, clerk, quotes=True), by=clerk)
    inquiry.refresh_from_db()
    reply = Reply.objects.get()
    assert (inquiry.status, reply.state, outgoing.state) == (
        S.WAITING,
        ReplyState.QUEUED,
        OutgoingState.QUEUED,
    )
    assert inquiry.assignee == clerk
    assert outgoing.to == ["hanako@example.jp"]
    assert "support@kotori.example" in outgoing.sender
    assert outgoing.headers["In-Reply-To"] == "<m1@example.jp>"
    assert outgoing.headers["References"] == "<m0@example.jp> <m1@example.jp>"
    assert outgoing.body.startswith("山田様\n申し訳ございません。\n\n--\nことり堂\n\n")
    assert outgoing.body.rstrip().endswith("> 折れています。")
    assert inquiry.unanswered_since is not None, "only the mail server's answer answers a customer"


@pytest.mark.parametrize("next_status", ["waiting", "done", "on_hold", "open"])
def test_the_button_carries_the_next_status(inquiry, clerk, next_status):
    replies.send(draft(inquiry, clerk, next_status=next_status), by=clerk)
    inquiry.refresh_from_db()
    assert inquiry.status == next_status
    assert (inquiry.closed_at is not None) == (next_status == "done")


def test_an_unknown_next_status_waits(inquiry, clerk):
    assert draft(inquiry, clerk, next_status="spam").next_status == "waiting"


@pytest.mark.parametrize("status", [S.WAITING, S.ON_HOLD, S.DONE, S.NO_ACTION])
def test_a_reply_takes_up_what_rests(clerk, status):
    inquiry = make_inquiry(status=status)
    make_message(inquiry)
    replies.send(draft(inquiry, clerk), by=clerk)
    inquiry.refresh_from_db()
    assert inquiry.status == S.WAITING
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [{"body": "  "}, {"to": []}, {"to": ["not an address"]}, {"cc": ["a@b@c d"]}, {"bcc": ["@"]}],
)
def test_what_cannot_be_sent_stays_a_draft(inquiry, clerk, fields):
    reply = draft(inquiry, clerk, **fields)
    with pytest.raises(InvalidInput):
        replies.send(reply, by=clerk)
    reply.refresh_from_db()
    assert reply.state == ReplyState.DRAFT
    assert not OutgoingMail.objects.exists()


def test_a_stale_reply_is_stopped(inquiry, clerk):
    reply = draft(inquiry, clerk, version=inquiry.version)
    add_note(inquiry, by=clerk, text="倉庫に確認中")
    with pytest.raises(StaleObject):
        replies.send(reply, by=clerk)
    inquiry.refresh_from_db()
    assert replies.send(draft(inquiry, clerk, version=inquiry.version), by=clerk)


def test_the_second_of_two_is_stopped(inquiry, clerk):
    other = make_user(*SENDER)
    first = draft(inquiry, clerk, version=inquiry.version)
    second = draft(inquiry, other, version=inquiry.version)
    replies.send(first, by=clerk)
    with pytest.raises(StaleObject):
        replies.send(second, by=other)
    with pytest.raises(WrongState):
        replies.send(draft(inquiry, other), by=other)
    assert OutgoingMail.objects.count() == 1


def test_sent_twice_is_sent_once(inquiry, clerk):
    reply = draft(inquiry, clerk)
    replies.send(reply, by=clerk)
    with pytest.raises(WrongState):
        replies.send(reply, by=clerk)
    assert OutgoingMail.objects.count() == 1


def test_spam_and_pending_are_not_answered(clerk):
    spam = make_inquiry(status=S.SPAM)
    with pytest.raises(WrongState):
        replies.send(draft(spam, clerk, to=["a@example.jp"]), by=clerk)
    pending = make_inquiry(status=S.PENDING_APPROVAL)
    with pytest.raises(WrongState):
        replies.send(draft(pending, clerk, to=["a@example.jp"]), by=clerk)


def test_who_may_not_send(inquiry):
    writer = make_user("view_inquiry", "change_inquiry")
    reply = draft(inquiry, writer)
    with pytest.raises(NotAllowed):
        replies.send(reply, by=writer)
    with pytest.raises(NotAllowed):
        draft(inquiry, make_user("view_inquiry"))


def test_a_draft_belongs_to_its_author(inquiry, clerk):
    reply = draft(inquiry, clerk)
    with pytest.raises(NotAllowed):
        replies.send(reply, by=make_user(*SENDER))
    with pytest.raises(NotAllowed):
        replies.discard(reply, by=make_user(*SENDER))


def test_discard(inquiry, clerk):
    reply = draft(inquiry, clerk)
    replies.discard(reply, by=clerk)
    reply.refresh_from_db()
    assert reply.state == ReplyState.DISCARDED
    assert draft(inquiry, clerk).pk != reply.pk


def test_files_come_and_go(inquiry, clerk):
    reply = draft(inquiry, clerk, files=[ArrivalFile(name="a.pdf", content=b"%PDF")])
    kept = reply.attachments.get()
    draft(inquiry, clerk, remove_files=[kept])
    assert not reply.attachments.exists()


def _remove(inquiry, clerk, reply):
    draft(inquiry, clerk, remove_files=reply.attachments.all())


def _discard(inquiry, clerk, reply):
    replies.discard(reply, by=clerk)


@pytest.mark.parametrize("taken", [_remove, _discard])
def test_files_of_a_draft_leave_the_storage_after_commit(
    inquiry, clerk, taken, django_capture_on_commit_callbacks
):
    reply = draft(inquiry, clerk, files=[ArrivalFile(name="a.pdf", content=b"%PDF")])
    stored = reply.attachments.get().file
    with django_capture_on_commit_callbacks() as callbacks:
        taken(inquiry, clerk, reply)
    assert not reply.attachments.exists()
    assert stored.storage.exists(stored.name), "a rollback must find them where they were"
    for callback in callbacks:
        callback()
    assert not stored.storage.exists(stored.name)


def test_a_storage_that_refuses_keeps_no_draft(
    inquiry, clerk, caplog, monkeypatch, django_capture_on_commit_callbacks
):
    reply = draft(inquiry, clerk, files=[ArrivalFile(name="secret.pdf", content=b"%PDF")])

    def refuse(self, name):
        raise OSError("read-only")

    monkeypatch.setattr(InMemoryStorage, "delete", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        replies.discard(reply, by=clerk)
    assert "could not be deleted" in caplog.text
    assert "secret.pdf" not in caplog.records[-1].getMessage()
    reply.refresh_from_db()
    assert reply.state == ReplyState.DISCARDED


def test_the_key_of_a_draft_fits_whatever_key_a_user_has(inquiry, clerk):
    assert len(draft(inquiry, clerk).draft_key) == Reply._meta.get_field("draft_key").max_length == 64


def test_no_message_of_another_inquiry_is_quoted(inquiry, clerk):
    foreign = make_message(make_inquiry(), "秘密")
    assert draft(inquiry, clerk, answers=foreign).answers is None


def test_recipients_without_a_mail_of_the_customer(clerk):
    inquiry = make_inquiry(contact=make_contact(email="known@example.jp"))
    assert replies.default_recipients(inquiry) == ["known@example.jp"]
    assert replies.default_recipients(make_inquiry(contact=make_contact(email=None))) == []


class TestApproval:
    @pytest.fixture
    def owner(self):
        return make_user("view_inquiry", "approve_reply", name="owner")

    def submitted(self, inquiry):
        writer = make_user("view_inquiry", "change_inquiry", name="newcomer")
        return replies.submit(draft(inquiry, writer), by=writer), writer

    def test_approve_sends(self, inquiry, owner):
        reply, _writer = self.submitted(inquiry)
        outgoing = replies.approve(reply, by=owner)
        inquiry.refresh_from_db()
        reply.refresh_from_db()
        assert (inquiry.status, reply.state, reply.decided_by) == (S.WAITING, ReplyState.QUEUED, owner)
        assert outgoing.reply == reply
        with pytest.raises(WrongState):
            replies.approve(reply, by=owner)

    def test_only_approvers(self, inquiry):
        reply, _writer = self.submitted(inquiry)
        with pytest.raises(NotAllowed):
            replies.approve(reply, by=make_user(*SENDER))
        with pytest.raises(NotAllowed):
            replies.return_reply(reply, by=make_user(*SENDER), reason="x")

    def test_changed_text_is_not_approved(self, inquiry, owner):
        reply, _writer = self.submitted(inquiry)
        Reply.objects.filter(pk=reply.pk).update(body="別の文")
        with pytest.raises(StaleObject):
            replies.approve(reply, by=owner)

    def test_a_new_word_of_the_customer_stops_it(self, inquiry, owner):
        reply, _writer = self.submitted(inquiry)
        make_message(inquiry, "やはり返金でお願いします")
        with pytest.raises(StaleObject):
            replies.approve(reply, by=owner)
        assert not OutgoingMail.objects.exists()

    def test_return_and_submit_again(self, inquiry, owner):
        reply, writer = self.submitted(inquiry)
        with pytest.raises(InvalidInput):
            replies.return_reply(reply, by=owner, reason=" ")
        replies.return_reply(reply, by=owner, reason="宛名を")
        inquiry.refresh_from_db()
        assert inquiry.status == S.OPEN
        again = draft(inquiry, writer, body="山田花子様")
        assert again.pk == reply.pk
        assert replies.submit(again, by=writer).state == ReplyState.SUBMITTED

    def test_withdraw(self, inquiry, owner):
        reply, writer = self.submitted(inquiry)
        with pytest.raises(NotAllowed):
            replies.withdraw(reply, by=make_user(*SENDER))
        replies.withdraw(reply, by=writer)
        inquiry.refresh_from_db()
        assert inquiry.status == S.OPEN
        with pytest.raises(WrongState):
            replies.withdraw(reply, by=writer)

    def test_a_reply_in_flight_stops_a_second_one(self, inquiry, owner):
        reply, _writer = self.submitted(inquiry)
        Reply.objects.create(inquiry=inquiry, flight_key=inquiry.pk)
        with pytest.raises(WrongState):
            replies.approve(reply, by=owner)


def test_a_reply_in_flight_is_a_constraint(inquiry, clerk):
    Reply.objects.create(inquiry=inquiry, flight_key=inquiry.pk)
    with pytest.raises(WrongState):
        replies.send(draft(inquiry, clerk), by=clerk)
    assert Inquiry.objects.get(pk=inquiry.pk).status == S.NEW


def test_the_quote_names_the_address_without_a_name(inquiry, clerk):
    inquiry.messages.update(sender_name="", sender_address="x@example.jp", occurred_at=timezone.now())
    outgoing = replies.send(draft(inquiry, clerk, quotes=True), by=clerk)
    assert "x@example.jp:" in outgoing.body


def test_nothing_to_quote(clerk):
    inquiry = make_inquiry(inbox=make_inbox())
    outgoing = replies.send(draft(inquiry, clerk, quotes=True, to=["a@example.jp"]), by=clerk)
    assert ">" not in outgoing.body
    assert "In-Reply-To" not in outgoing.headers
