from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from django_cs_inbox.actions import incoming, intake, mail_arrival
from django_cs_inbox.choices import Channel, IncomingState, MessageKind, Origin, OutgoingKind
from django_cs_inbox.exceptions import NotAllowed, WrongState
from django_cs_inbox.mail.compose import make_message_id
from django_cs_inbox.models import Event, IncomingMail, Inquiry, Message, OutgoingMail
from django_cs_inbox.models.incoming import CHUNK_BYTES
from django_cs_inbox.queries.threads import message_key
from django_cs_inbox.secrets import loop_value, signing_key
from tests.factories import make_inbox, make_inquiry, make_user

pytestmark = pytest.mark.django_db

RAW = (
    b"From: =?utf-8?b?5bGx55Sw6Iqx5a2Q?= <hanako@example.jp>\r\nTo: support@shop.example\r\n"
    b"Subject: Broken pencils\r\nMessage-ID: <one@example.jp>\r\n\r\nThree pencils are broken.\r\n"
)


@pytest.fixture
def inbox():
    return make_inbox(address="support@shop.example")


def stored(inbox, raw=RAW, source="1", **options):
    return incoming.store(inbox, raw=raw, source_key=source, **options)[0]


def taken(inbox, raw=RAW, source="1", **options):
    mail = stored(inbox, raw, source, **options)
    incoming.process(mail.pk)
    mail.refresh_from_db()
    return mail


# Storing


def test_stored_bytes_are_the_received_bytes(inbox):
    raw = bytes(range(256)) * 10
    mail, is_new = incoming.store(inbox, raw=raw, source_key="x", folder="INBOX", uid=7)
    assert is_new
    assert IncomingMail.objects.get(pk=mail.pk).raw() == raw
    assert (mail.size, mail.state, mail.folder, mail.uid) == (2560, IncomingState.RECEIVED, "INBOX", 7)


def test_a_large_mail_is_cut_into_pieces_and_comes_back_whole(inbox):
    raw = b"x" * CHUNK_BYTES + b"end"
    mail = stored(inbox, raw)
    assert mail.chunks.count() == 2
    assert mail.raw() == raw


def test_an_empty_mail_is_stored(inbox):
    assert stored(inbox, b"").raw() == b""


def test_the_same_source_is_stored_once(inbox):
    first = stored(inbox)
    again, is_new = incoming.store(inbox, raw=b"other", source_key="1")
    assert (again, is_new) == (first, False)


def test_a_worker_that_was_faster_wins(inbox, monkeypatch):
    first = stored(inbox)
    manager = type(IncomingMail.objects.none())
    monkeypatch.setattr(manager, "first", lambda self: None)
    assert incoming.store(inbox, raw=RAW, source_key="1") == (first, False)


def test_the_server_s_size_is_kept_for_what_was_cut(inbox):
    mail = taken(inbox, is_truncated=True, size=30_000_000)
    assert mail.size == 30_000_000
    assert "28.6" in mail.reason
    assert mail.message.warnings == ["truncated"]


def test_a_date_of_arrival_in_the_future_becomes_now(inbox):
    now = timezone.now()
    mail = stored(inbox, received_at=now + dt.timedelta(days=1))
    assert abs(mail.received_at - now) < dt.timedelta(minutes=1)
    earlier = stored(inbox, source="2", received_at=now - dt.timedelta(days=1))
    assert earlier.received_at == now - dt.timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_storing_inside_a_transaction_is_refused_unless_it_was_asked_for(inbox):
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        stored(inbox)
    with transaction.atomic():
        assert stored(inbox, joins_transaction=True)


def test_missing_sources_are_told_in_their_order(inbox):
    stored(inbox, source="b")
    assert incoming.missing_sources(["c", "b", "a"]) == ["c", "a"]


# Processing


def test_a_mail_becomes_a_message_of_a_new_inquiry(inbox):
    mail = taken(inbox)
    message = mail.message
    assert mail.state == IncomingState.PROCESSED
    assert mail.processed_at is not None
    assert (mail.sender, mail.subject, mail.message_id) == (
        "hanako@example.jp",
        "Broken pencils",
        "one@example.jp",
    )
    assert (message.channel, message.kind) == (Channel.EMAIL, MessageKind.CUSTOMER)
    assert message.text == "Three pencils are broken."
    assert message.inquiry.origin == Origin.DIRECT_MAIL
    assert message.inquiry.contact.name == "山田花子"
    assert message.inquiry.inbox == inbox


def test_processing_again_changes_nothing(inbox):
    mail = taken(inbox)
    assert incoming.process(mail.pk) == IncomingState.PROCESSED
    assert Message.objects.count() == 1
    mail.refresh_from_db()
    assert mail.attempts == 1


def test_an_attachment_comes_along(inbox):
    raw = (
        b"From: a@example.jp\r\nMessage-ID: <f@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nSee picture\r\n--b\r\nContent-Type: image/png\r\n"
        b"Content-Disposition: attachment; filename=a.png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--b--\r\n"
    )
    [attachment] = taken(inbox, raw).message.attachments.all()
    assert (attachment.name, attachment.content_type) == ("a.png", "image/png")


NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Sun, 22 Nov 2026 17:30:00 +0900", dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)),
        ("Mon, 23 Nov 2026 17:30:00 +0900", NOW),  # a clock that is fast
        ("Mon, 1 Jan 2001 00:00:00 +0900", NOW),  # would vanish at the end of the list
        ("yesterday", NOW),
    ],
)
def test_a_mail_s_own_date_counts_where_it_is_plausible(inbox, date, expected):
    mail = taken(inbox, f"Date: {date}\r\n".encode() + RAW, received_at=NOW)
    assert mail.message.occurred_at == expected


def test_a_reply_joins_the_conversation(inbox):
    first = taken(inbox)
    raw = RAW.replace(b"<one@", b"<two@").replace(b"Subject", b"In-Reply-To: <one@example.jp>\r\nSubject")
    assert taken(inbox, raw, "2").message.inquiry == first.message.inquiry


# Duplicates


def test_the_same_bytes_from_elsewhere_are_a_duplicate(inbox):
    first = taken(inbox)
    second = taken(inbox, source="2")
    assert second.state == IncomingState.DUPLICATE
    assert str(first.pk) in second.reason
    assert Message.objects.count() == 1


def test_a_copy_that_came_another_way_is_a_duplicate(inbox):
    taken(inbox)
    copy = b"Received: from relay\r\n" + RAW.replace(b"\r\n", b"\n") + b"\n"
    assert taken(inbox, copy, "2").state == IncomingState.DUPLICATE


def test_the_same_id_with_other_words_is_kept_and_flagged(inbox):
    taken(inbox)
    other = taken(inbox, RAW.replace(b"Three", b"Four"), "2")
    assert other.state == IncomingState.PROCESSED
    assert "id_reused" in other.message.warnings


def test_without_an_id_the_bytes_tell_a_duplicate(inbox):
    raw = RAW.replace(b"Message-ID: <one@example.jp>\r\n", b"")
    assert taken(inbox, raw).state == IncomingState.PROCESSED
    assert taken(inbox, raw, "2").state == IncomingState.DUPLICATE
    assert taken(inbox, raw + b"more", "3").state == IncomingState.PROCESSED


def test_a_whole_mail_is_no_duplicate_of_its_headers(inbox):
    headers = RAW.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    taken(inbox, headers, is_truncated=True)
    assert taken(inbox, source="2").state == IncomingState.PROCESSED


def test_another_inbox_takes_its_own_copy(inbox):
    taken(inbox)
    assert taken(make_inbox(), source="2").state == IncomingState.PROCESSED


def test_of_two_workers_one_processes(inbox, monkeypatch):
    mail = stored(inbox)
    read = mail_arrival.read

    def slow(row):
        reading = read(row)
        monkeypatch.setattr(mail_arrival, "read", read)
        incoming.process(mail.pk)  # the other one, in the meantime
        return reading

    monkeypatch.setattr(mail_arrival, "read", slow)
    assert incoming.process(mail.pk) == IncomingState.PROCESSED
    assert Message.objects.count() == 1


# What is not a customer's word


def test_our_own_mail_that_came_back_is_ignored(inbox):
    raw = RAW.replace(b"Subject", b"X-CS-Inbox-Loop: " + loop_value().encode() + b"\r\nSubject")
    mail = taken(inbox, raw)
    assert mail.state == IncomingState.IGNORED
    assert "X-CS-Inbox-Loop" in mail.reason
    assert not Inquiry.objects.exists()


def test_a_stranger_s_loop_header_means_nothing(inbox):
    assert taken(inbox, b"X-CS-Inbox-Loop: 1\r\n" + RAW).state == IncomingState.PROCESSED


def test_a_mail_with_an_id_that_we_signed_is_ignored(inbox):
    key_id, key = signing_key()
    own = make_message_id(kind="reply", ident="1", domain="shop.example", key=key, key_id=key_id)
    assert taken(inbox, RAW.replace(b"one@example.jp", own.encode())).state == IncomingState.IGNORED


def test_mail_in_the_shop_s_name_is_shown_as_automatic(inbox):
    mail = taken(inbox, RAW.replace(b"hanako@example.jp", b"Support@Shop.example"))
    assert mail.message.kind == MessageKind.AUTOMATIC


def test_a_web_form_that_writes_in_the_shop_s_name_is_an_inquiry(inbox):
    raw = RAW.replace(b"hanako@example.jp>", b"support@shop.example>\r\nReply-To: customer@example.jp")
    assert taken(inbox, raw).message.kind == MessageKind.CUSTOMER


def test_an_absence_notice_is_kept_as_automatic(inbox):
    mail = taken(inbox, b"Auto-Submitted: auto-replied\r\n" + RAW)
    assert mail.message.kind == MessageKind.AUTOMATIC
    assert mail.message.inquiry.unanswered_since is None


@pytest.fixture
def outgoing(inbox):
    key_id, key = signing_key()
    own = make_message_id(kind="reply", ident="1", domain="shop.example", key=key, key_id=key_id)
    return OutgoingMail.objects.create(
        inbox=inbox,
        inquiry=make_inquiry(inbox=inbox),
        kind=OutgoingKind.ACKNOWLEDGEMENT,
        message_id=own,
        message_key=message_key(own),
        next_attempt_at=timezone.now(),
    )


def bounce_of(message_id):
    return (
        b"From: MAILER-DAEMON@relay.example\r\nSubject: Undelivered\r\nMessage-ID: <b@relay.example>\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\n\r\nCould not be delivered\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay\r\n\r\n"
        b"Final-Recipient: rfc822; a@b.jp\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <%s>\r\n\r\nHi\r\n--b--\r\n"
    ) % message_id.encode()


def test_a_bounce_finds_the_mail_that_we_signed(inbox, outgoing):
    mail = taken(inbox, bounce_of(outgoing.message_id))
    assert mail.message.inquiry == outgoing.inquiry
    assert mail.message.automatic_kind == "bounce"
    event = Event.objects.get(verb="mail.bounced")
    assert (event.inquiry, event.target_id) == (outgoing.inquiry, str(outgoing.pk))


def test_a_bounce_of_a_guessed_id_is_shown_by_itself(inbox, outgoing):
    mail = taken(inbox, bounce_of(outgoing.message_id[:-1] + "x"))
    assert mail.message.inquiry != outgoing.inquiry
    assert not Event.objects.filter(verb="mail.bounced").exists()


def test_a_person_s_mail_with_a_report_is_no_bounce(inbox, outgoing):
    raw = bounce_of(outgoing.message_id).replace(b"MAILER-DAEMON", b"hanako")
    raw = raw.replace(b"multipart/report; report-type=delivery-status;", b"multipart/mixed;")
    mail = taken(inbox, raw)
    assert mail.message.inquiry != outgoing.inquiry


# What is broken


def test_a_mail_without_sender_is_taken_in_with_a_warning(inbox):
    mail = taken(inbox, b"Subject: Hello\r\n\r\nWho am I?")
    assert mail.state == IncomingState.PROCESSED
    assert "author_doubtful" in mail.message.warnings
    assert mail.message.inquiry.contact is not None


@pytest.mark.parametrize(
    "raw", [b"", b"\0", b"\r\n\r\n", b"From: a@b.jp", b"\xff" * 100, b"From: \0\0 <\0@\0>\n\n\0"]
)
def test_scraps_are_taken_in(inbox, raw):
    assert taken(inbox, raw).state == IncomingState.PROCESSED


def test_what_was_not_read_is_said(inbox):
    many = b"".join(b"--b\r\n\r\n%d\r\n" % number for number in range(10_000))
    mail = taken(inbox, b"From: a@b.jp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + many)
    assert mail.state == IncomingState.PROCESSED
    assert "incomplete" in mail.message.warnings
    assert "too many parts" in mail.reason


@pytest.fixture
def poison(monkeypatch):
    def refuse(arrival):
        raise ValueError(arrival.sender.address)

    monkeypatch.setattr(incoming, "receive", refuse)


def test_what_fails_is_kept_with_a_reason_and_nothing_of_it_in_the_log(inbox, poison, caplog):
    mail = taken(inbox)
    assert mail.state == IncomingState.FAILED
    assert "ValueError" in mail.reason
    assert mail.raw() == RAW
    assert mail.subject == "Broken pencils"
    assert f"Incoming mail {mail.pk} failed" in caplog.text
    assert "hanako" not in caplog.text


def test_a_failure_leaves_nothing_half_done(inbox, monkeypatch):
    real = incoming.receive

    def late(arrival):
        real(arrival)
        raise RuntimeError

    monkeypatch.setattr(incoming, "receive", late)
    taken(inbox)
    assert not Inquiry.objects.exists()


def test_pending_mails_are_processed_and_a_bad_one_stops_nobody(inbox, monkeypatch):
    real = incoming.receive

    def picky(arrival):
        if arrival.subject == "bad":
            raise ValueError
        return real(arrival)

    monkeypatch.setattr(incoming, "receive", picky)
    bad = stored(inbox, RAW.replace(b"Broken pencils", b"bad"), "1")
    good = stored(inbox, RAW.replace(b"one@", b"two@"), "2")
    elsewhere = stored(make_inbox(), source="3")
    assert incoming.process_pending(inbox) == 2
    states = dict(IncomingMail.objects.values_list("pk", "state"))
    assert (states[bad.pk], states[good.pk], states[elsewhere.pk]) == ("failed", "processed", "received")
    assert incoming.process_pending() == 1


def test_a_failure_is_tried_again_later_and_three_times_at_most(inbox, poison):
    mail = taken(inbox)
    assert incoming.process_pending() == 0  # not at once
    for attempts in (2, 3):
        IncomingMail.objects.update(processed_at=timezone.now() - dt.timedelta(hours=1))
        assert incoming.process_pending() == 1
        mail.refresh_from_db()
        assert mail.attempts == attempts
    IncomingMail.objects.update(processed_at=timezone.now() - dt.timedelta(hours=1))
    assert incoming.process_pending() == 0
    assert incoming.process(mail.pk) == IncomingState.FAILED
    mail.refresh_from_db()
    assert mail.attempts == 3


def test_a_mail_that_kills_its_worker_is_given_up(inbox):
    mail = stored(inbox)
    IncomingMail.objects.update(attempts=3)
    assert incoming.process(mail.pk) == IncomingState.FAILED
    mail.refresh_from_db()
    assert "3" in mail.reason


def test_a_failure_is_not_written_over_another_worker_s_success(inbox, monkeypatch):
    mail = stored(inbox)
    real = mail_arrival.read

    def overtaken(row):
        monkeypatch.setattr(mail_arrival, "read", real)
        incoming.process(mail.pk)
        raise ValueError

    monkeypatch.setattr(mail_arrival, "read", overtaken)
    assert incoming.process(mail.pk) == IncomingState.PROCESSED


# Trying again


def test_a_person_may_try_again(inbox, monkeypatch):
    monkeypatch.setattr(incoming, "receive", lambda arrival: 1 / 0)
    mail = taken(inbox)
    monkeypatch.setattr(incoming, "receive", intake.receive)
    user = make_user("view_inquiry", "change_inquiry")
    assert incoming.retry(mail, by=user) == IncomingState.PROCESSED
    event = Event.objects.get(verb="mail.retried")
    assert (event.actor, event.data) == (user, {"old": "failed"})


def test_the_program_may_try_again(inbox, monkeypatch):
    monkeypatch.setattr(incoming, "receive", lambda arrival: 1 / 0)
    mail = taken(inbox)
    assert incoming.retry(mail, by=None) == IncomingState.FAILED


@pytest.mark.parametrize("permissions", [(), ("view_inquiry",), ("change_inquiry",)])
def test_without_permission_nobody_tries_again(inbox, permissions):
    with pytest.raises(NotAllowed):
        incoming.retry(stored(inbox), by=make_user(*permissions))


def test_in_a_foreign_inbox_nobody_tries_again():
    mail = stored(make_inbox(is_restricted=True))
    with pytest.raises(NotAllowed):
        incoming.retry(mail, by=make_user("view_inquiry", "change_inquiry"))


def test_what_was_taken_in_is_not_tried_again(inbox):
    with pytest.raises(WrongState):
        incoming.retry(taken(inbox), by=None)
