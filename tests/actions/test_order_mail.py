from __future__ import annotations

import copy

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import DatabaseError, connection, transaction

from django_cs_inbox import signals
from django_cs_inbox.actions import incoming, order_mail
from django_cs_inbox.actions.order_mail import about_order, order_of, record_order_mail, send_order_mail
from django_cs_inbox.choices import IncomingState, LinkState, Origin
from django_cs_inbox.models import Event, Inquiry, OrderMail
from django_cs_inbox.queries.threads import message_key
from django_cs_inbox.shop import Shop
from tests.factories import make_inbox, make_order, make_user
from tests.mailbox.backends import use_backend

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return make_order("1005-2", email="hanako@example.jp", customer=make_user(name="hanako"))


def confirmation(**fields):
    fields.setdefault("from_email", "文具のことり堂 <order@kotori.example>")
    fields.setdefault("to", ["山田花子 <hanako@example.jp>"])
    return EmailMessage("ご注文ありがとうございます（注文番号 1005-2）", "山田花子 様", **fields)


class TestRecord:
    def test_what_left_is_kept(self, order):
        message = confirmation(cc=["copy@kotori.example"], bcc=["archive@kotori.example"])
        row = record_order_mail(order, message)
        assert row == OrderMail.objects.get()
        assert (row.order, row.order_key, row.order_number) == (order, str(order.pk), "1005-2")
        assert row.customer == order.customer
        assert row.sender == "文具のことり堂 <order@kotori.example>"
        assert row.to == ["hanako@example.jp"]
        assert row.subject == "ご注文ありがとうございます（注文番号 1005-2）"
        assert (row.text, row.html) == ("山田花子 様", "")
        assert row.message_id.endswith("@kotori.example")
        assert row.message_key == message_key(row.message_id)

    def test_the_stored_id_is_the_one_that_leaves(self, order):
        message = confirmation()
        row = record_order_mail(order, message)
        message.send()
        assert mail.outbox[0].message()["Message-ID"] == f"<{row.message_id}>"

    @pytest.mark.parametrize("name", ["Message-ID", "message-id"])
    def test_an_id_of_the_shop_stays(self, order, name):
        message = confirmation(headers={name: "<own-1@kotori.example>"})
        assert record_order_mail(order, message).message_id == "own-1@kotori.example"
        assert message.extra_headers == {name: "<own-1@kotori.example>"}

    def test_the_final_id_of_a_mail_service(self, order):
        message = confirmation()
        row = record_order_mail(order, message, message_id="<0100-abc@eu-west-1.amazonses.com>")
        assert row.message_id == "0100-abc@eu-west-1.amazonses.com"
        assert message.extra_headers == {}

    @pytest.mark.parametrize("sender", ["", "kaputt", "a@-", "a@ko tori", "a@" + "ä" * 80, "a@日本\udcff.jp"])
    def test_a_sender_without_a_domain(self, order, sender):
        message = confirmation()
        message.from_email = sender
        assert record_order_mail(order, message) is not None

    def test_a_japanese_domain(self, order):
        message = confirmation(from_email="order@ことり.jp")
        row = record_order_mail(order, message)
        assert row.message_id.endswith("@xn--08j2bwi.jp") or row.message_id.isascii()

    def test_html_and_text(self, order):
        message = EmailMultiAlternatives("件名", "本文", "order@kotori.example", ["hanako@example.jp"])
        message.attach_alternative("BEGIN:VCALENDAR", "text/calendar")
        message.attach_alternative("<p>本文</p>", "text/html")
        row = record_order_mail(order, message)
        assert (row.text, row.html) == ("本文", "<p>本文</p>")

    def test_html_alone(self, order):
        message = confirmation()
        message.body, message.content_subtype = "<p>山田花子 様</p>", "html"
        row = record_order_mail(order, message)
        assert (row.text, row.html) == ("山田花子 様", "<p>山田花子 様</p>")

    def test_text_that_no_database_takes(self, order):
        message = confirmation()
        message.subject = "件名\n\0 \ud83d"
        message.body = "a\0b"
        row = record_order_mail(order, message)
        row.refresh_from_db()
        assert (row.subject, row.text) == ("件名 ?", "ab")

    def test_a_mail_in_blind_copy_only(self, order):
        row = record_order_mail(order, confirmation(to=[], bcc=["hanako@example.jp"]))
        assert row.to == ["hanako@example.jp"]

    def test_recording_again_changes_nothing(self, order):
        message = confirmation()
        first, second = record_order_mail(order, message), record_order_mail(order, message)
        assert first == second
        assert OrderMail.objects.count() == 1
        assert Event.objects.filter(verb="order_mail.recorded").count() == 1

    def test_one_id_belongs_to_one_order(self, order, caplog):
        message = confirmation(headers={"Message-ID": "<always-the-same@kotori.example>"})
        record_order_mail(order, message)
        assert record_order_mail(make_order("9001-1"), message) is None
        assert OrderMail.objects.get().order == order
        assert "only the first one" in caplog.text

    def test_event_and_signal_after_commit(self, order, django_capture_on_commit_callbacks):
        seen = []

        def receiver(order_mail, **_):
            seen.append(order_mail)

        signals.order_mail_recorded.connect(receiver)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                row = record_order_mail(order, confirmation())
                assert not seen
        finally:
            signals.order_mail_recorded.disconnect(receiver)
        assert seen == [row]
        event = Event.objects.get(verb="order_mail.recorded")
        assert (event.target_type, event.target_id) == ("ordermail", str(row.pk))

    @pytest.mark.parametrize("bad", [None, object(), "text"])
    def test_nothing_raises(self, order, bad, caplog):
        assert record_order_mail(order, bad) is None
        assert record_order_mail(bad, confirmation()) is None
        assert "could not be recorded" in caplog.text

    def test_an_empty_id_is_no_id(self, order, caplog):
        assert record_order_mail(order, confirmation(), message_id="<>") is None

    def test_an_order_that_was_never_saved(self, order):
        assert record_order_mail(type(order)(number="neu"), confirmation()) is None

    def test_the_shops_transaction_survives_a_failed_query(self, order, monkeypatch):
        def fail(self, order):
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM no_such_table")

        monkeypatch.setattr(Shop, "order_customer", fail)
        with transaction.atomic():
            assert record_order_mail(order, confirmation()) is None
            order.name = "geändert"
            order.save()
        order.refresh_from_db()
        assert order.name == "geändert"

    def test_inside_a_transaction_that_is_broken_already(self, order):
        with transaction.atomic():
            transaction.set_rollback(True)
            assert record_order_mail(order, confirmation()) is None

    def test_the_database_is_away(self, order, monkeypatch):
        def away(*args, **kwargs):
            raise DatabaseError("away")

        monkeypatch.setattr(order_mail.transaction, "atomic", away)
        message = confirmation()
        assert record_order_mail(order, message) is None
        assert message.send() == 1


class TestReplyTo:
    @pytest.fixture(autouse=True)
    def _asked(self, settings):
        settings.CS_INBOX = settings.CS_INBOX | {"ORDER_MAIL_REPLY_TO": "support@kotori.example"}

    def test_set_where_the_shop_set_none(self, order):
        message = confirmation()
        record_order_mail(order, message)
        assert message.reply_to == ["support@kotori.example"]

    @pytest.mark.parametrize("own", [{"reply_to": ["a@b.example"]}, {"headers": {"Reply-To": "a@b.example"}}])
    def test_the_shops_own_stays(self, order, own):
        message = confirmation(**own)
        record_order_mail(order, message)
        assert message.reply_to == own.get("reply_to", [])

    def test_only_while_it_is_sent(self, order):
        message = confirmation()
        send_order_mail(order, message)
        assert mail.outbox[0].reply_to == ["support@kotori.example"]
        assert message.reply_to == []


class TestSend:
    def test_sent_and_recorded(self, order):
        message = confirmation()
        assert send_order_mail(order, message) == 1
        assert mail.outbox[0].message()["Message-ID"] == f"<{OrderMail.objects.get().message_id}>"

    def test_one_message_object_for_several_mails(self, order):
        message = confirmation()
        send_order_mail(order, message)
        message.to = ["taro@example.jp"]
        send_order_mail(order, message)
        assert OrderMail.objects.count() == 2
        assert message.extra_headers == {}
        ids = {sent.message()["Message-ID"] for sent in mail.outbox}
        assert ids == {f"<{row.message_id}>" for row in OrderMail.objects.all()}

    def test_a_mail_that_failed_is_not_recorded(self, order, settings):
        use_backend(settings, "tests.mailbox.backends.FailingBackend")
        with pytest.raises(OSError, match="server away"):
            send_order_mail(order, confirmation())
        assert not OrderMail.objects.exists()

    def test_failing_silently(self, order, monkeypatch):
        seen = []

        def send(self, **options):
            seen.append(options)
            return 0

        monkeypatch.setattr(EmailMessage, "send", send)
        assert send_order_mail(order, confirmation(), fail_silently=True) == 0
        assert seen == [{"fail_silently": True}]
        assert not OrderMail.objects.exists()

    def test_a_mail_to_nobody(self, order):
        assert send_order_mail(order, confirmation(to=[])) == 0
        assert not OrderMail.objects.exists()

    def test_what_cannot_be_stamped_is_sent_as_it_is(self, order, monkeypatch):
        def fail(message):
            raise RuntimeError

        monkeypatch.setattr(order_mail, "_stamp", fail)
        message = confirmation(headers={"X-Shop": "1"})
        assert send_order_mail(order, message) == 1
        assert mail.outbox[0].extra_headers == {"X-Shop": "1"}
        assert not OrderMail.objects.exists()


class TestOrderOf:
    def test_the_message_says_it(self, order):
        message = confirmation()
        message.cs_inbox_order = order
        with about_order(make_order("9002-1")):
            assert order_of(message) == order

    def test_the_block_says_it(self, order):
        other = make_order("9003-1")
        with about_order(order):
            with about_order(other):
                assert order_of(confirmation()) == other
            assert order_of(confirmation()) == order

    def test_the_block_ends_with_an_error_too(self, order, monkeypatch):
        monkeypatch.setattr(Shop, "order_of_mail", lambda self, message: None)
        with pytest.raises(RuntimeError), about_order(order):
            raise RuntimeError
        assert order_of(confirmation()) is None

    def test_the_shop_says_it(self, order, monkeypatch):
        monkeypatch.setattr(Shop, "order_of_mail", lambda self, message: order)
        assert order_of(confirmation()) == order

    def test_the_shop_fails(self, order, monkeypatch, caplog):
        def fail(self, message):
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM no_such_table")

        monkeypatch.setattr(Shop, "order_of_mail", fail)
        with transaction.atomic():
            assert order_of(confirmation()) is None
            order.save()
        assert "not recorded" in caplog.text


def test_a_message_can_be_copied_after_sending(order):
    message = confirmation()
    record_order_mail(order, message)
    assert copy.deepcopy(message).extra_headers == message.extra_headers


class TestTheWayBack:
    """A customer replies to the shop's mail."""

    RAW = (
        "From: =?utf-8?b?5bGx55Sw6Iqx5a2Q?= <{sender}>\r\n"
        "To: support@kotori.example\r\n"
        "Subject: Re: order\r\n"
        "Message-ID: <reply-1@example.jp>\r\n"
        "In-Reply-To: <{parent}>\r\n"
        "Date: Sun, 22 Nov 2026 09:00:00 +0900\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "\r\n"
        "3本が折れていました。\r\n"
    )

    def reply(self, parent, sender):
        inbox = make_inbox(address="support@kotori.example", acknowledges_mail=True)
        raw = self.RAW.format(sender=sender, parent=parent).encode()
        stored, _new = incoming.store(inbox, raw=raw, source_key="1", joins_transaction=True)
        assert incoming.process(stored.pk) == IncomingState.PROCESSED
        return Inquiry.objects.get()

    def test_order_and_customer_are_found_for_certain(self, order):
        message = confirmation()
        message.subject, message.body = "ありがとうございます", "番号のない本文"
        send_order_mail(order, message)
        inquiry = self.reply(OrderMail.objects.get().message_id, "hanako@example.jp")
        link = inquiry.order_links.get()
        assert (link.order, link.state) == (order, LinkState.CONFIRMED)
        assert inquiry.origin == Origin.ORDER_MAIL_REPLY

    def test_a_stranger_with_the_id_gets_no_certainty(self, order):
        send_order_mail(order, confirmation())
        inquiry = self.reply(OrderMail.objects.get().message_id, "stranger@example.org")
        assert not inquiry.order_links.filter(state=LinkState.CONFIRMED).exists()
        assert inquiry.contact.customer is None
