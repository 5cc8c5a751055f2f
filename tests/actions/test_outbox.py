"""The outbox against a real mail server."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from django_cs_inbox.actions import outbox, replies
from django_cs_inbox.actions.arrival import ArrivalFile
from django_cs_inbox.choices import InquiryStatus as S
from django_cs_inbox.choices import OutgoingKind, OutgoingState, ReplyState
from django_cs_inbox.exceptions import NotAllowed, WrongState
from django_cs_inbox.models import Event, Message, OutgoingMail
from tests.factories import make_contact, make_inbox, make_inquiry, make_message, make_user

pytestmark = pytest.mark.django_db

SENDER = ("view_inquiry", "change_inquiry", "send_reply")
LONG_ID = "a" * 95 + "@mail.example.jp"


@pytest.fixture
def clerk():
    return make_user(*SENDER, name="sato")


@pytest.fixture
def inquiry():
    inbox = make_inbox(address="support@kotori.example", sender_name="文具のことり堂")
    inquiry = make_inquiry(inbox=inbox, contact=make_contact("山田花子", email="hanako@example.jp"))
    make_message(inquiry, message_id=LONG_ID, references=["x" * 90 + "@example.jp"])
    return inquiry


def queued(inquiry, clerk, **fields):
    reply = replies.save_draft(inquiry, by=clerk, body="交換品をお送りします。", **fields)
    return replies.send(reply, by=clerk)


def test_the_mail_arrives_once_and_becomes_a_message(inquiry, clerk, django_sends_to_sink):
    file = ArrivalFile(name="送り状.pdf", content=b"%PDF-1.4", content_type="application/pdf")
    outgoing = queued(inquiry, clerk, cc=["family@example.jp"], bcc=["log@kotori.example"], files=[file])
    assert outbox.deliver_due(worker="w") == 1
    assert outbox.deliver_due(worker="w") == 0
    (mail,) = django_sends_to_sink.mails
    assert mail.sender == "support@kotori.example"
    assert set(mail.recipients) == {"hanako@example.jp", "family@example.jp", "log@kotori.example"}
    assert mail.message["Message-ID"].strip() == f"<{outgoing.message_id}>"
    assert mail.message["From"].addresses[0].display_name == "文具のことり堂"
    assert "log@kotori" not in mail.raw.decode("ascii", "ignore")
    headers = re.sub(rb"\r\n[ \t]+", b" ", mail.raw)
    assert re.search(rb"In-Reply-To: +<" + LONG_ID.encode() + b">\r\n", headers)
    assert re.search(rb"References: +<x+@example.jp> <" + LONG_ID.encode() + b">\r\n", headers)
    assert [part.get_filename() for part in mail.message.iter_attachments()] == ["送り状.pdf"]
    inquiry.refresh_from_db()
    outgoing.refresh_from_db()
    message = Message.objects.get(kind="staff")
    assert outgoing.sent_message == message
    assert (outgoing.state, outgoing.reply.state) == (OutgoingState.SENT, ReplyState.SENT)
    assert (message.author, message.message_id) == (clerk, outgoing.message_id)
    assert message.attachments.count() == 1
    assert inquiry.unanswered_since is None


def test_a_word_that_came_meanwhile_is_still_unanswered(inquiry, clerk, django_sends_to_sink):
    queued(inquiry, clerk)
    later = make_message(inquiry, "追加です")
    outbox.deliver_due(worker="w")
    inquiry.refresh_from_db()
    assert inquiry.unanswered_since == later.occurred_at


def test_a_carrier_address_that_no_rule_allows(inquiry, clerk, django_sends_to_sink):
    queued(inquiry, clerk, to=["foo..bar.@docomo.example"])
    outbox.deliver_due(worker="w")
    assert django_sends_to_sink.mails[0].recipients == ("foo..bar.@docomo.example",)


def test_a_temporary_refusal_is_tried_later(inquiry, clerk, django_sends_to_sink):
    django_sends_to_sink.data_reply = "451 4.3.0 try later"
    outgoing = queued(inquiry, clerk)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.QUEUED
    outgoing.refresh_from_db()
    assert "451" in outgoing.last_error
    assert outgoing.next_attempt_at > timezone.now() + dt.timedelta(seconds=50)
    assert outbox.deliver(outgoing.pk, worker="w") is None, "not before its time"
    django_sends_to_sink.data_reply = None
    _due(outgoing)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.SENT
    assert len(django_sends_to_sink.mails) == 1


def test_after_the_last_attempt_it_comes_back(inquiry, clerk, django_sends_to_sink):
    django_sends_to_sink.data_reply = "451 later"
    outgoing = queued(inquiry, clerk)
    for _ in outbox.RETRY_AFTER:
        assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.QUEUED
        _due(outgoing)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.FAILED


@pytest.mark.parametrize("next_status", ["waiting", "done", "on_hold", "open"])
def test_a_permanent_refusal_brings_the_inquiry_back(inquiry, clerk, django_sends_to_sink, next_status):
    django_sends_to_sink.refuse["hanako@example.jp"] = "550 5.1.1 no such user"
    outgoing = queued(inquiry, clerk, next_status=next_status)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.FAILED
    inquiry.refresh_from_db()
    outgoing.refresh_from_db()
    assert inquiry.status == S.OPEN
    assert inquiry.unanswered_since is not None
    assert outgoing.last_error == "hanako@example.jp: 550 5.1.1 no such user"
    assert outgoing.reply.state == ReplyState.FAILED
    assert Event.objects.filter(verb="reply.failed").exists()
    django_sends_to_sink.refuse.clear()
    outbox.retry(outgoing, by=clerk)
    assert outbox.deliver_due(worker="w") == 1


def test_a_line_cut_after_the_mail_is_unclear(inquiry, clerk, django_sends_to_sink):
    django_sends_to_sink.hang_up_after_data = True
    outgoing = queued(inquiry, clerk)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.UNKNOWN
    assert outbox.deliver_due(worker="w") == 0, "nothing sends it again by itself"
    outgoing.refresh_from_db()
    assert outgoing.reply.state == ReplyState.UNKNOWN
    outbox.resolve(outgoing, by=clerk, was_sent=True)
    inquiry.refresh_from_db()
    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.reply.state) == (OutgoingState.SENT, ReplyState.SENT)
    assert inquiry.unanswered_since is None
    with pytest.raises(WrongState):
        outbox.resolve(outgoing, by=clerk, was_sent=True)


def test_an_unclear_mail_that_did_not_arrive_is_sent_again(inquiry, clerk, django_sends_to_sink):
    django_sends_to_sink.hang_up_after_data = True
    outgoing = queued(inquiry, clerk)
    outbox.deliver(outgoing.pk, worker="w")
    django_sends_to_sink.hang_up_after_data = False
    django_sends_to_sink.clear()
    outbox.resolve(outgoing, by=clerk, was_sent=False)
    assert outbox.deliver_due(worker="w") == 1
    assert len(django_sends_to_sink.mails) == 1


def test_no_server_is_tried_later(inquiry, clerk, settings, django_sends_to_sink):
    django_sends_to_sink.stop()
    outgoing = queued(inquiry, clerk)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.QUEUED
    outgoing.refresh_from_db()
    assert outgoing.last_error
    assert outgoing.attempts == 1


def test_a_worker_that_died_leaves_an_unclear_mail(inquiry, clerk):
    outgoing = queued(inquiry, clerk)
    assert outbox._claim(outgoing.pk, "dead")
    assert outbox._claim(outgoing.pk, "second") is None
    assert outbox.recover_stale() == 0
    OutgoingMail.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert outbox.recover_stale() == 1
    outgoing.refresh_from_db()
    assert outgoing.state == OutgoingState.UNKNOWN


def test_a_broken_mail_fails_and_harms_no_other(inquiry, clerk, django_sends_to_sink):
    broken = queued(inquiry, clerk)
    OutgoingMail.objects.filter(pk=broken.pk).update(sender="a\r\nBcc: all@example.jp")
    good_inquiry = make_inquiry(inbox=inquiry.inbox)
    make_message(good_inquiry)
    queued(good_inquiry, clerk)
    assert outbox.deliver_due(worker="w") == 1
    broken.refresh_from_db()
    assert broken.state == OutgoingState.FAILED
    assert len(django_sends_to_sink.mails) == 1


def test_a_file_that_cannot_be_read_is_tried_later(inquiry, clerk, django_sends_to_sink):
    outgoing = queued(inquiry, clerk, files=[ArrivalFile(name="a.txt", content=b"x")])
    attachment = outgoing.reply.attachments.get()
    attachment.file.storage.delete(attachment.file.name)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.QUEUED
    assert not django_sends_to_sink.mails


def test_a_mail_without_inquiry(clerk, django_sends_to_sink):
    outgoing = outbox.enqueue(
        inbox=make_inbox(),
        kind=OutgoingKind.NOTICE,
        to=["owner@kotori.example"],
        subject="お知らせ",
        body="x",
        headers={},
    )
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.SENT
    assert not Message.objects.exists()
    with pytest.raises(WrongState):
        outbox.retry(outgoing, by=clerk)


def test_a_notice_that_fails_moves_no_inquiry(django_sends_to_sink):
    django_sends_to_sink.refuse["owner@kotori.example"] = "550 no"
    outgoing = outbox.enqueue(
        inbox=make_inbox(),
        kind=OutgoingKind.NOTICE,
        to=["owner@kotori.example"],
        subject="お知らせ",
        body="x",
        headers={},
    )
    django_sends_to_sink.data_reply = "550 no"
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.FAILED


def test_an_acknowledgement_answers_nobody(inquiry, django_sends_to_sink):
    outbox.enqueue(
        inbox=inquiry.inbox,
        inquiry=inquiry,
        kind=OutgoingKind.ACKNOWLEDGEMENT,
        to=["hanako@example.jp"],
        subject="受け付けました",
        body="番号",
        headers={"Auto-Submitted": "auto-replied"},
    )
    assert outbox.deliver_due(worker="w") == 1
    inquiry.refresh_from_db()
    assert inquiry.unanswered_since is not None
    assert b"Auto-Submitted: auto-replied" in django_sends_to_sink.mails[0].raw


def test_decisions_need_the_right(inquiry, clerk):
    outgoing = queued(inquiry, clerk)
    viewer = make_user("view_inquiry")
    with pytest.raises(NotAllowed):
        outbox.retry(outgoing, by=viewer)
    with pytest.raises(NotAllowed):
        outbox.resolve(outgoing, by=viewer, was_sent=True)


def test_a_mail_that_is_gone(db):
    assert outbox.deliver(4711, worker="w") is None


def test_a_backend_that_accepts_nothing(inquiry, clerk, monkeypatch):
    class Silent:
        def open(self):
            return None

        def close(self):
            raise OSError("gone already")

        def send_messages(self, messages):
            return 0

    monkeypatch.setattr(outbox, "mail_connection", Silent)
    outgoing = queued(inquiry, clerk)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.QUEUED


def test_a_backend_that_refuses_the_message(inquiry, clerk, monkeypatch):
    class Strict:
        def open(self):
            return None

        close = open

        def send_messages(self, messages):
            raise ValueError("not this one")

    monkeypatch.setattr(outbox, "mail_connection", Strict)
    outgoing = queued(inquiry, clerk)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.FAILED


def test_a_reply_whose_place_is_taken_is_not_retried(inquiry, clerk, django_sends_to_sink):
    django_sends_to_sink.refuse["hanako@example.jp"] = "550 no"
    failed = queued(inquiry, clerk)
    outbox.deliver(failed.pk, worker="w")
    other = make_user(*SENDER)
    queued(inquiry, other)
    with pytest.raises(WrongState):
        outbox.retry(failed, by=clerk)


def test_a_mail_that_cannot_be_built_fails(inquiry, clerk, monkeypatch):
    def broken(outgoing):
        raise UnicodeEncodeError("ascii", "山", 0, 1, "no")

    monkeypatch.setattr(outbox, "build_message", broken)
    assert outbox.deliver(queued(inquiry, clerk).pk, worker="w") == OutgoingState.FAILED


@pytest.mark.parametrize("answer", ["451 later", "hang up"])
def test_a_notice_has_no_reply_to_move(clerk, django_sends_to_sink, answer):
    django_sends_to_sink.data_reply = None if answer == "hang up" else answer
    django_sends_to_sink.hang_up_after_data = answer == "hang up"
    notice = outbox.enqueue(
        inbox=make_inbox(),
        kind=OutgoingKind.NOTICE,
        to=["owner@kotori.example"],
        subject="お知らせ",
        body="x",
        headers={},
    )
    state = outbox.deliver(notice.pk, worker="w")
    if answer == "hang up":
        assert state == OutgoingState.UNKNOWN
        notice = outbox.resolve(notice, by=clerk, was_sent=False)
    assert notice.state == OutgoingState.QUEUED


def test_a_mail_settled_meanwhile_is_left_alone(inquiry, clerk, monkeypatch):
    outgoing = queued(inquiry, clerk)
    claimed = outbox._claim(outgoing.pk, "slow")
    stale = list(OutgoingMail.objects.all())
    outbox._settle(claimed, outbox._Outcome(OutgoingState.SENT))
    monkeypatch.setattr(OutgoingMail.objects, "filter", lambda **_: stale)
    assert outbox.recover_stale() == 0


def test_silence_of_the_server_is_unclear(inquiry, clerk, monkeypatch):
    class Silent:
        def open(self):
            return None

        close = open

        def send_messages(self, messages):
            raise TimeoutError

    monkeypatch.setattr(outbox, "mail_connection", Silent)
    outgoing = queued(inquiry, clerk)
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.UNKNOWN


def _due(outgoing):
    OutgoingMail.objects.filter(pk=outgoing.pk).update(next_attempt_at=timezone.now())
