"""The timeline: one order for everything, constant cost, and the reader's own place in it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from django_cs_inbox.actions import inquiries, notes, replies
from django_cs_inbox.choices import LinkState, MessageKind
from django_cs_inbox.models import OrderMail
from django_cs_inbox.queries import sender, timeline
from tests import factories as make

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def user():
    return make.make_superuser()


@pytest.fixture
def inquiry():
    return make.make_inquiry(at=timezone.now() - 100 * HOUR)


def build(inquiry, user, **options):
    return timeline.build(inquiry, user=user, **options)


def kinds(lines):
    return [entry.kind for entry in lines.entries]


def order_mail(order, at, number=1):
    return OrderMail.objects.create(
        order=order,
        order_key=str(order.pk),
        order_number=order.number,
        subject="ご注文ありがとうございます",
        text="注文番号",
        message_id=f"m{number}@shop.example",
        message_key=f"m{number}",
        sent_at=at,
    )


def test_everything_stands_in_one_order_of_time(inquiry, user):
    now = timezone.now()
    link = make.make_order_link(inquiry)
    make.make_message(inquiry, at=now - 5 * HOUR)
    order_mail(link.order, now - 9 * HOUR)
    make.make_message(inquiry, "ご連絡します", kind=MessageKind.STAFF, at=now - 3 * HOUR)
    notes.add_note(inquiry, by=user, text="在庫あり")
    inquiries.set_priority(inquiry, by=user, priority=30)
    assert kinds(build(inquiry, user)) == ["order_mail", "message", "message", "note", "events"]


def test_mails_about_orders_that_are_only_suggested_are_not_shown(inquiry, user):
    for state in (LinkState.SUGGESTED, LinkState.REFUSED):
        link = make.make_order_link(inquiry, state=state)
        order_mail(link.order, timezone.now(), number=link.pk)
    assert kinds(build(inquiry, user)) == []


def test_long_conversations_are_folded_but_history_pushes_nothing_out(inquiry, user):
    start = timezone.now() - 80 * HOUR
    for number in range(timeline.RECENT + 5):
        make.make_message(inquiry, f"text {number}", at=start + number * HOUR)
    for priority in (30, 20) * 20:
        inquiries.set_priority(inquiry, by=user, priority=priority)
    lines = build(inquiry, user)
    texts = [entry.item.text for entry in lines.entries if entry.kind == "message"]
    assert len(texts) == timeline.RECENT
    assert texts[-1] == f"text {timeline.RECENT + 4}"
    assert (lines.is_folded, lines.can_unfold) == (True, True)
    everything = build(inquiry, user, everything=True)
    assert kinds(everything).count("message") == timeline.RECENT + 5
    assert (everything.is_folded, everything.can_unfold) == (False, False)


def test_what_an_entry_says_itself_is_not_told_again_by_the_history(inquiry, user):
    notes.add_note(inquiry, by=user, text="x")
    assert kinds(build(inquiry, user)) == ["note"]


def test_events_in_a_row_are_one_block(inquiry, user):
    inquiries.set_priority(inquiry, by=user, priority=30)
    inquiries.assign(inquiry, by=user, to=user)
    lines = build(inquiry, user)
    assert kinds(lines) == ["events"]
    assert [event.verb for event in lines.entries[0].events] == [
        "inquiry.priority_set",
        "inquiry.assigned",
    ]


def test_ones_own_draft_stands_in_the_composer_and_others_in_the_timeline(inquiry, user):
    colleague = make.make_user("view_inquiry", "change_inquiry")
    replies.save_draft(inquiry, by=user, body="mine")
    replies.save_draft(inquiry, by=colleague, body="theirs")
    entries = [entry for entry in build(inquiry, user).entries if entry.kind == "reply"]
    assert [entry.item.body for entry in entries] == ["theirs"]


def test_a_queued_reply_is_shown_with_its_mail(inquiry, user):
    draft = replies.save_draft(inquiry, by=user, body="送ります", to=["a@example.jp"])
    outgoing = replies.send(draft, by=user)
    entry = next(entry for entry in build(inquiry, user).entries if entry.kind == "reply")
    assert (entry.item.state, entry.outgoing) == ("queued", outgoing)


def test_quoted_parts_are_told_apart(inquiry, user):
    make.make_message(inquiry, "承知しました。\n\n> 前のメール\n> 二行目\n")
    pieces = build(inquiry, user).entries[0].pieces
    assert [piece.is_quote for piece in pieces] == [False, True]
    assert "".join(piece.text for piece in pieces).startswith("承知しました。")


def test_a_huge_text_is_cut_until_somebody_asks(inquiry, user):
    message = make.make_message(inquiry, "長" * (timeline.LONG_TEXT + 10))
    entry = build(inquiry, user).entries[0]
    assert entry.is_cut
    assert sum(len(piece.text) for piece in entry.pieces) == timeline.LONG_TEXT
    assert not build(inquiry, user, full_text=message.pk).entries[0].is_cut


def test_what_came_in_since_the_page_was_shown_is_marked(inquiry, user):
    seen = timezone.now() - HOUR
    make.make_message(inquiry, "old", at=seen - HOUR)
    make.make_message(inquiry, "late", at=seen - HOUR, created_at=timezone.now())
    notes.add_note(inquiry, by=user, text="my own note")
    lines = build(inquiry, user, seen_at=seen)
    assert [entry.item.text for entry in lines.entries if entry.is_new] == ["late"]
    assert lines.new_count == 1


def test_the_newest_message_of_the_customer_is_found_behind_automatic_mail(inquiry, user):
    now = timezone.now()
    wanted = make.make_message(inquiry, at=now - 3 * HOUR)
    make.make_message(inquiry, kind=MessageKind.STAFF, at=now - 2 * HOUR)
    make.make_message(inquiry, kind=MessageKind.AUTOMATIC, at=now - HOUR)
    assert build(inquiry, user).newest_in == wanted


@pytest.mark.parametrize(
    ("kind", "automatic_kind", "side"),
    [
        (MessageKind.CUSTOMER, "", "in"),
        (MessageKind.LOG, "", "in"),
        (MessageKind.STAFF, "", "out"),
        (MessageKind.ACKNOWLEDGEMENT, "", "quiet"),
        (MessageKind.AUTOMATIC, "auto_reply", "quiet"),
        (MessageKind.AUTOMATIC, "bounce", "alert"),
    ],
)
def test_only_what_a_person_wrote_or_must_see_is_loud(inquiry, user, kind, automatic_kind, side):
    make.make_message(inquiry, kind=kind, automatic_kind=automatic_kind)
    assert build(inquiry, user).entries[0].side == side


def test_the_number_of_queries_does_not_grow(inquiry, user, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            build(inquiry, user)
        return len(queries)

    def add(count):
        for _ in range(count):
            make.make_message(inquiry)
            notes.add_note(inquiry, by=user, text="x")
            replies.save_draft(inquiry, by=make.make_user("view_inquiry", "change_inquiry"), body="x")

    add(2)
    few = cost()
    add(12)
    assert cost() == few


# What is said about a sender


@pytest.mark.parametrize(
    ("results", "failed"),
    [
        ({}, []),
        ({"dmarc": "pass", "spf": "fail"}, []),
        ({"dmarc": "fail", "spf": "pass"}, ["dmarc=fail"]),
        ({"spf": "softfail", "dkim": "none"}, ["spf=softfail"]),
        ([], []),
    ],
)
def test_forwarded_mail_is_not_suspected_when_dmarc_passes(inquiry, results, failed):
    message = make.make_message(inquiry, auth_results=results)
    assert sender.failed_checks(message) == failed


def test_an_answer_address_in_another_domain_is_named(inquiry):
    message = make.make_message(
        inquiry,
        sender_address="hanako@example.jp",
        reply_to=[{"name": "", "address": "x@evil.example"}, {"name": "", "address": "y@EXAMPLE.jp"}],
    )
    found = list(sender.notices(message))
    assert [notice.code for notice in found] == ["reply_to_elsewhere"]
    assert "x@evil.example" in found[0].text


def test_every_code_has_a_sentence_and_unknown_ones_are_shown(inquiry):
    message = make.make_message(inquiry, warnings=[*sender.WARNINGS, "from_a_newer_version"])
    texts = [notice.text for notice in sender.notices(message)]
    assert "from_a_newer_version" in texts
    assert len(texts) == len(sender.WARNINGS) - 1  # two of them are judged anew, one is unknown


def test_what_kind_of_automatic_mail_it_is_is_said(inquiry):
    message = make.make_message(inquiry, automatic_kind="bounce", automatic_reason="multipart/report")
    notice = next(iter(sender.notices(message)))
    assert (notice.level, notice.detail) == ("warning", "multipart/report")
