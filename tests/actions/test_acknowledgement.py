from __future__ import annotations

import datetime as dt

import django.core.mail
import pytest
from django.utils import timezone, translation

from django_cs_inbox.actions import incoming, outbox
from django_cs_inbox.actions.acknowledgement import (
    PER_ADDRESS_AND_DAY,
    PER_ADDRESS_AND_HOUR,
    PER_INBOX_AND_HOUR,
    queue_acknowledgement,
)
from django_cs_inbox.choices import Channel, InquiryStatus, MessageKind, OutgoingKind, OutgoingState, Standing
from django_cs_inbox.models import Event, OutgoingMail
from django_cs_inbox.secrets import loop_value
from tests.factories import make_contact, make_inbox, make_inquiry, make_message

pytestmark = pytest.mark.django_db

HANAKO = "hanako@example.jp"


@pytest.fixture
def inbox():
    return make_inbox(
        name="サポート",
        address="support@kotori.example",
        sender_name="文具のことり堂",
        acknowledges_mail=True,
    )


@pytest.fixture
def arrive(inbox):
    """``arrive(sender_address=…)``: inquiry and first message, as the intake has just written them."""

    def arrived(address=HANAKO, *, channel=Channel.FORM, status=InquiryStatus.NEW, contact=None, **fields):
        fields.setdefault("sender_name", "山田花子")
        contact = contact or make_contact(email=None)
        inquiry = make_inquiry(inbox=inbox, channel=channel, status=status, contact=contact, subject="色鉛筆")
        return inquiry, make_message(inquiry, sender_address=address, **fields)

    return arrived


def earlier(mail, **ago):
    OutgoingMail.objects.filter(pk=mail.pk).update(created_at=timezone.now() - dt.timedelta(**ago))


def test_number_headers_and_the_way_back(arrive, inbox):
    inquiry, message = arrive()
    mail = queue_acknowledgement(inquiry, message)
    assert mail.kind == OutgoingKind.ACKNOWLEDGEMENT
    assert (mail.inquiry, mail.inbox, mail.to) == (inquiry, inbox, [HANAKO])
    assert mail.subject.endswith(f" [#{inquiry.number}]")
    assert inquiry.number in mail.body
    assert "文具のことり堂" in mail.body
    assert mail.headers == {
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "Precedence": "auto_reply",
        "X-CS-Inbox-Loop": loop_value(),
    }
    assert Event.objects.get(verb="acknowledgement.queued").inquiry == inquiry


class TestSomebodyElsesAddress:
    """Anybody can enter it: nothing of theirs may reach it (name, subject, text)."""

    def test_nothing_the_sender_wrote_is_repeated(self, arrive, inbox):
        inbox.acknowledgement_text = "{name} 様\n「{subject}」を受け付けました。{number} {inbox}"
        inbox.acknowledgement_subject = "{name}: {subject}"
        inquiry, message = arrive(
            sender_name="今すぐクリック", subject="当選しました", text="http://evil.example"
        )
        mail = queue_acknowledgement(inquiry, message)
        for word in ("今すぐクリック", "当選しました", "evil.example", "色鉛筆"):
            assert word not in mail.body + mail.subject
        assert inquiry.number in mail.body
        assert "your inquiry" in mail.body

    def test_a_proven_sender_is_called_by_name(self, arrive, inbox):
        inbox.acknowledgement_text = "{name} 様\n「{subject}」を受け付けました。{other} {0}"
        inquiry, message = arrive(subject="色鉛筆の件")
        mail = queue_acknowledgement(inquiry, message, is_proven=True)
        assert mail.body == "山田花子 様\n「色鉛筆の件」を受け付けました。{other} {0}"

    def test_so_is_one_whose_mail_server_vouches_for_the_address(self, arrive):
        inquiry, message = arrive(channel=Channel.EMAIL, auth_results={"dmarc": "pass"})
        assert "山田花子" in queue_acknowledgement(inquiry, message).body

    @pytest.mark.parametrize(
        "name", ["www.evil.example", "http://evil.example", "evil.example/win", "a@evil.example"]
    )
    def test_not_with_an_advertisement_for_a_name(self, arrive, name):
        inquiry, message = arrive(sender_name=name, subject=name)
        mail = queue_acknowledgement(inquiry, message, is_proven=True)
        assert "evil" not in mail.body + mail.subject

    def test_a_name_is_one_short_line(self, arrive):
        inquiry, message = arrive(sender_name="花\r\nBcc: x\x0b" + "子" * 100)
        mail = queue_acknowledgement(inquiry, message, is_proven=True)
        assert "花 Bcc: x " + "子" * 10 in mail.body
        assert "子" * 60 not in mail.body


class TestText:
    def test_a_subject_of_the_shop_with_the_number_has_it_once(self, arrive, inbox):
        inbox.acknowledgement_subject = "【ことり堂】お問い合わせ [#{number}]"
        inquiry, message = arrive()
        assert (
            queue_acknowledgement(inquiry, message).subject == f"【ことり堂】お問い合わせ [#{inquiry.number}]"
        )

    def test_the_signature_follows(self, arrive, inbox):
        inbox.signature = "-- \n文具のことり堂\n0120-000-000"
        inquiry, message = arrive()
        assert queue_acknowledgement(inquiry, message).body.endswith("\n\n-- \n文具のことり堂\n0120-000-000")

    def test_the_inboxs_name_where_there_is_no_sender_name(self, arrive, inbox):
        inbox.sender_name = ""
        inquiry, message = arrive()
        assert "サポート" in queue_acknowledgement(inquiry, message).body

    def test_a_mail_is_answered_in_its_thread(self, arrive):
        inquiry, message = arrive(channel=Channel.EMAIL, message_id="abc@example.jp")
        headers = queue_acknowledgement(inquiry, message).headers
        assert headers["In-Reply-To"] == headers["References"] == "<abc@example.jp>"

    @pytest.mark.parametrize("broken", ["a b@c", "a@b\r\nBcc: x@y", "nothing", "x" * 930 + "@y"])
    def test_a_broken_id_is_left_out(self, arrive, broken):
        inquiry, message = arrive(channel=Channel.EMAIL, message_id=broken)
        assert "In-Reply-To" not in queue_acknowledgement(inquiry, message).headers

    @pytest.mark.parametrize("channel", [Channel.FORM, Channel.EMAIL])
    def test_the_language_of_the_caller_comes_back(self, arrive, channel):
        with translation.override("ja"):
            assert queue_acknowledgement(*arrive(channel=channel)) is not None
            assert translation.get_language() == "ja"

    def test_without_an_active_language(self, arrive):
        with translation.override(None):
            assert queue_acknowledgement(*arrive()) is not None


class TestNotDue:
    @pytest.mark.parametrize(
        ("field", "channel"), [("acknowledges", Channel.FORM), ("acknowledges_mail", Channel.EMAIL)]
    )
    def test_the_inbox_does_not_acknowledge(self, arrive, inbox, field, channel):
        setattr(inbox, field, False)
        assert queue_acknowledgement(*arrive(channel=channel)) is None

    @pytest.mark.parametrize("channel", [Channel.PHONE, Channel.LINE, Channel.MALL, Channel.FAX])
    def test_other_channels(self, arrive, channel):
        assert queue_acknowledgement(*arrive(channel=channel)) is None

    @pytest.mark.parametrize(
        "fields",
        [
            {"kind": MessageKind.AUTOMATIC},
            {"kind": MessageKind.LOG},
            {"automatic_kind": "list"},
            {"auth_results": {"dmarc": "fail"}},
        ],
    )
    def test_messages_that_nobody_waits_for(self, arrive, fields):
        assert queue_acknowledgement(*arrive(channel=Channel.EMAIL, **fields)) is None

    def test_spam(self, arrive):
        assert queue_acknowledgement(*arrive(status=InquiryStatus.SPAM)) is None

    def test_a_blocked_contact(self, arrive):
        contact = make_contact(email=None, standing=Standing.BLOCKED)
        assert queue_acknowledgement(*arrive(contact=contact)) is None

    def test_only_the_first_message(self, arrive):
        inquiry, _first = arrive()
        assert queue_acknowledgement(inquiry, make_message(inquiry, sender_address=HANAKO)) is None

    def test_one_per_inquiry(self, arrive):
        inquiry, message = arrive()
        assert queue_acknowledgement(inquiry, message) is not None
        assert queue_acknowledgement(inquiry, message) is None

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "kaputt",
            "noreply@example.jp",
            "no-reply@example.jp",
            "No_Reply+abc@example.jp",
            "info-noreply@example.jp",
            "donotreply@example.jp",
            "MAILER-DAEMON@example.jp",
            "postmaster@example.jp",
            "bounces+12@example.jp",
        ],
    )
    def test_addresses_nobody_reads(self, arrive, address):
        assert queue_acknowledgement(*arrive(address)) is None

    @pytest.mark.parametrize(
        "address", ["SUPPORT@kotori.example", "other@kotori.example", "shop@shop.example", "root@localhost"]
    )
    def test_our_own_addresses(self, arrive, address):
        make_inbox(address="other@kotori.example")
        assert queue_acknowledgement(*arrive(address)) is None


class TestLimits:
    def test_per_address_and_hour(self, arrive):
        for _ in range(PER_ADDRESS_AND_HOUR):
            mail = queue_acknowledgement(*arrive())
            assert mail is not None
        inquiry, message = arrive()
        assert queue_acknowledgement(inquiry, message) is None
        assert Event.objects.get(verb="acknowledgement.limited").data == {"limit": "address_hour"}
        assert queue_acknowledgement(*arrive("taro@example.jp")) is not None
        earlier(mail, minutes=61)
        assert queue_acknowledgement(*arrive()) is not None

    @pytest.mark.parametrize("address", ["HANAKO@EXAMPLE.JP", "hanako+1@example.jp", "Hanako+x@example.jp"])
    def test_another_spelling_is_the_same_person(self, arrive, address):
        for _ in range(PER_ADDRESS_AND_HOUR):
            queue_acknowledgement(*arrive())
        assert queue_acknowledgement(*arrive(address)) is None

    def test_per_address_and_day(self, arrive):
        for _ in range(PER_ADDRESS_AND_DAY):
            mail = queue_acknowledgement(*arrive())
            earlier(mail, hours=2)
        inquiry, message = arrive()
        assert queue_acknowledgement(inquiry, message) is None
        assert Event.objects.get(verb="acknowledgement.limited").data == {"limit": "address_day"}
        earlier(mail, hours=25)
        assert queue_acknowledgement(inquiry, message) is not None

    def test_per_inbox_and_hour(self, arrive, inbox, caplog):
        first = queue_acknowledgement(*arrive("first@example.jp"))
        OutgoingMail.objects.bulk_create(
            OutgoingMail(
                inbox=inbox,
                kind=OutgoingKind.ACKNOWLEDGEMENT,
                message_id=str(n),
                message_key=str(n),
                sender=first.sender,
                to=[f"c{n}@example.jp"],
                subject="x",
                body="x",
                next_attempt_at=timezone.now(),
            )
            for n in range(PER_INBOX_AND_HOUR - 1)
        )
        assert queue_acknowledgement(*arrive()) is None
        assert "inbox_hour" in caplog.text
        assert HANAKO not in caplog.text
        other = make_inbox()
        inquiry = make_inquiry(inbox=other, channel=Channel.FORM)
        message = make_message(inquiry, sender_address=HANAKO)
        assert queue_acknowledgement(inquiry, message) is not None


@pytest.mark.django_db(transaction=True)
class TestLoop:
    """Two of our own inboxes write to each other, and a responder answers that sets no header."""

    def received(self, inbox, message, **changed):
        raw = message.message()
        for name, value in changed.items():
            del raw[name.replace("_", "-")]
            if value:
                raw[name.replace("_", "-")] = value
        key = f"{inbox.pk}:{len(raw.as_bytes())}:{changed}"
        stored, _new = incoming.store(inbox, raw=raw.as_bytes(), source_key=key)
        return incoming.process(stored.pk)

    def test_an_acknowledgement_that_comes_back_is_not_acknowledged(self, arrive, inbox):
        mail = queue_acknowledgement(*arrive())
        assert outbox.deliver(mail.pk, worker="test") == OutgoingState.SENT
        [sent] = django.core.mail.outbox
        other = make_inbox(address="other@kotori.example", acknowledges_mail=True)
        self.received(other, sent)
        # A responder: our text and our headers are gone, its own says nothing.
        gone = {"X_CS_Inbox_Loop": "", "Auto_Submitted": "", "Precedence": "", "X_Auto_Response_Suppress": ""}
        for number in range(20):
            ids = {
                "Message_ID": f"<{number}@robot.example>",
                "From": "robot@example.org",
                "Subject": f"Thanks {number}",
            }
            self.received(other, sent, **gone, **ids)
        sent_to_robot = [row for row in OutgoingMail.objects.all() if row.to == ["robot@example.org"]]
        assert len(sent_to_robot) <= PER_ADDRESS_AND_HOUR
        assert OutgoingMail.objects.count() == 1 + len(sent_to_robot)
