from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from django_cs_inbox.actions.arrival import Arrival, ArrivalFile, OrderEvidence, ProductEvidence
from django_cs_inbox.actions.intake import receive
from django_cs_inbox.choices import Channel, LinkSource, LinkState, Origin, RelationKind
from django_cs_inbox.choices import InquiryStatus as S
from django_cs_inbox.mail.types import Address, Automatic, AutomaticKind, EvidenceKind, ThreadEvidence
from django_cs_inbox.models import (
    Contact,
    ContactAddress,
    Event,
    Inquiry,
    InquiryRelation,
    Message,
    OrderLink,
    OrderMail,
    OutgoingMail,
)
from django_cs_inbox.queries.threads import message_key
from tests.factories import add_address, make_contact, make_inbox, make_inquiry, make_message, make_order

pytestmark = pytest.mark.django_db

HANAKO = Address("山田花子", "hanako@example.jp")


def arrive(inbox=None, **fields):
    fields.setdefault("key", f"test:{Message.objects.count()}:{fields.get('text', '')}")
    fields.setdefault("sender", HANAKO)
    fields.setdefault("subject", "色鉛筆について")
    fields.setdefault("text", "3本折れていました。")
    fields.setdefault("channel", Channel.EMAIL)
    fields.setdefault("origin", Origin.DIRECT_MAIL)
    fields.setdefault("occurred_at", timezone.now())
    inbox = inbox or make_inbox(acknowledges=False)
    return Arrival(inbox=inbox, **fields)


def thread(*ids, kind=EvidenceKind.REPLY_ID):
    return tuple(ThreadEvidence(kind, value) for value in ids)


def test_a_first_word_makes_contact_and_inquiry():
    received = receive(arrive())
    inquiry = received.inquiry
    assert received.is_new_inquiry
    assert inquiry.status == S.NEW
    assert inquiry.number == f"{timezone.localdate():%Y%m%d}-0001"
    assert inquiry.contact.name == "山田花子"
    assert ContactAddress.objects.get().normalized == "hanako@example.jp"
    assert (inquiry.snippet, inquiry.message_count, inquiry.version) == ("3本折れていました。", 1, 1)
    assert inquiry.unanswered_since == received.message.occurred_at
    assert Event.objects.get().verb == "inquiry.created"


def test_the_same_key_again_changes_nothing():
    arrival = arrive(key="mail:1")
    first, second = receive(arrival), receive(arrival)
    assert second.is_repeat
    assert second.message == first.message
    assert (Inquiry.objects.count(), Message.objects.count(), Event.objects.count()) == (1, 1, 1)


def test_one_contact_whatever_the_case_and_width():
    inbox = make_inbox(acknowledges=False)
    for address in ("Hanako@Example.jp", "ｈａｎａｋｏ@example.jp", "hanako@example.jp"):
        receive(arrive(inbox, sender=Address("", address), key=address))
    assert Contact.objects.count() == 1
    assert Inquiry.objects.count() == 3


def test_numbers_count_within_the_day():
    inbox = make_inbox(acknowledges=False)
    numbers = [receive(arrive(inbox, key=str(n))).inquiry.number for n in range(3)]
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]


def test_customer_reply_joins_by_the_id_of_our_mail():
    inquiry = _waiting("our-id@shop.example")
    received = receive(arrive(inquiry.inbox, thread=thread("our-id@shop.example"), text="ありがとう"))
    assert received.inquiry == inquiry
    assert not received.is_new_inquiry
    inquiry.refresh_from_db()
    assert inquiry.status == S.NEW
    assert inquiry.unanswered_since is not None
    assert inquiry.snippet == "ありがとう"


@pytest.mark.parametrize("kind", [EvidenceKind.REPLY_ID, EvidenceKind.REFERENCE_ID])
def test_a_stranger_with_a_known_id_joins_nothing(kind):
    inquiry = _waiting("our-id@shop.example")
    stranger = Address("誰か", "stranger@example.net")
    before = _rows(inquiry)
    received = receive(
        arrive(inquiry.inbox, sender=stranger, thread=thread("our-id@shop.example", kind=kind))
    )
    assert received.inquiry != inquiry
    assert _rows(inquiry) == before
    relation = InquiryRelation.objects.get()
    assert (relation.inquiry, relation.other, relation.kind) == (
        received.inquiry,
        inquiry,
        RelationKind.MAYBE,
    )


def test_a_stranger_with_the_number_in_the_subject_joins_nothing():
    inquiry = _waiting("our-id@shop.example")
    make_message(inquiry, "Hello")
    tag = thread(inquiry.number, kind=EvidenceKind.SUBJECT_TAG)
    received = receive(arrive(inquiry.inbox, sender=Address("", "x@example.net"), thread=tag))
    assert received.inquiry != inquiry
    own = receive(arrive(inquiry.inbox, thread=tag))
    assert own.inquiry == inquiry


def test_an_id_like_ours_that_we_did_not_sign_is_nothing():
    inquiry = _waiting("cs.k1.r.x.y.z@shop.example")
    forged = thread("cs.k1.r.x.y.z@shop.example", kind=EvidenceKind.SIGNED_ID)
    received = receive(arrive(inquiry.inbox, thread=forged))
    assert received.inquiry != inquiry
    assert not InquiryRelation.objects.exists()


def test_ids_of_another_inbox_do_not_count():
    inquiry = _waiting("our-id@shop.example")
    received = receive(arrive(thread=thread("our-id@shop.example")))
    assert received.inquiry != inquiry


def test_somebody_staff_wrote_to_belongs():
    inquiry = _waiting("our-id@shop.example")
    make_message(inquiry, kind="staff", to=[{"name": "", "address": "Husband@example.jp"}])
    received = receive(
        arrive(inquiry.inbox, sender=Address("", "husband@example.jp"), thread=thread("our-id@shop.example"))
    )
    assert received.inquiry == inquiry


def test_another_address_of_the_contact_belongs():
    inquiry = _waiting("our-id@shop.example")
    add_address(inquiry.contact, "hanako@docomo.example")
    received = receive(
        arrive(
            inquiry.inbox, sender=Address("", "hanako@docomo.example"), thread=thread("our-id@shop.example")
        )
    )
    assert received.inquiry == inquiry


def test_the_stronger_evidence_wins_and_the_conflict_shows():
    first = _waiting("a@shop.example")
    second = make_inquiry(inbox=first.inbox, contact=first.contact, status=S.OPEN)
    make_message(second, message_id="b@shop.example", message_key=message_key("b@shop.example"))
    received = receive(arrive(first.inbox, thread=thread("a@shop.example", "b@shop.example")))
    assert received.inquiry == first
    assert received.message.warnings == ["conflicting_thread"]
    assert InquiryRelation.objects.get().other == second


def test_closed_long_ago_starts_a_linked_inquiry():
    inquiry = _waiting("a@shop.example", status=S.DONE, at=timezone.now() - dt.timedelta(days=31))
    received = receive(arrive(inquiry.inbox, thread=thread("a@shop.example")))
    assert received.is_new_inquiry
    assert InquiryRelation.objects.get().kind == RelationKind.FOLLOW_UP
    inquiry.refresh_from_db()
    assert inquiry.status == S.DONE


@pytest.mark.parametrize("status", [S.WAITING, S.ON_HOLD, S.DONE, S.NO_ACTION])
def test_the_customers_word_brings_it_back(status):
    inquiry = _waiting("a@shop.example", status=status)
    receive(arrive(inquiry.inbox, thread=thread("a@shop.example")))
    inquiry.refresh_from_db()
    assert inquiry.status == S.NEW


@pytest.mark.parametrize("status", [S.NEW, S.OPEN, S.PENDING_APPROVAL, S.SPAM])
def test_the_customers_word_leaves_it(status):
    inquiry = _waiting("a@shop.example", status=status)
    receive(arrive(inquiry.inbox, thread=thread("a@shop.example")))
    inquiry.refresh_from_db()
    assert inquiry.status == status
    assert inquiry.message_count == 1
    assert (inquiry.unanswered_since is None) == (status == S.SPAM)


def test_an_automatic_mail_reopens_and_restarts_nothing():
    inquiry = _waiting("a@shop.example", status=S.DONE)
    before = inquiry.last_customer_at
    verdict = Automatic(AutomaticKind.AUTO_REPLY, "Auto-Submitted: auto-replied", False)
    received = receive(arrive(inquiry.inbox, thread=thread("a@shop.example"), automatic=verdict))
    inquiry.refresh_from_db()
    assert received.inquiry == inquiry
    assert (inquiry.status, inquiry.unanswered_since, inquiry.last_customer_at) == (S.DONE, None, before)
    assert received.message.kind == "automatic"


def test_an_automatic_first_mail_is_kept_and_waits_for_nobody():
    verdict = Automatic(AutomaticKind.AUTO_REPLY, "Precedence: auto_reply", False)
    received = receive(arrive(make_inbox(acknowledges_mail=True), automatic=verdict))
    assert received.inquiry.unanswered_since is None
    assert not OutgoingMail.objects.exists()


def test_a_blocked_contact_lands_in_spam():
    contact = make_contact(email=HANAKO.address, standing="blocked")
    received = receive(arrive())
    assert received.inquiry.contact == contact
    assert received.inquiry.status == S.SPAM
    assert received.inquiry.unanswered_since is None


def test_reply_to_an_order_mail_finds_order_and_customer(django_user_model):
    customer = django_user_model.objects.create_user("hanako", HANAKO.address, first_name="花子")
    order = make_order("1005-2", customer=customer, email=HANAKO.address)
    _order_mail(order, customer=customer)
    received = receive(arrive(thread=thread("order-mail@shop.example")))
    link = OrderLink.objects.get()
    assert (link.order, link.state, link.source) == (order, LinkState.CONFIRMED, LinkSource.ORDER_MAIL)
    assert link.order_number == "1005-2"
    assert received.inquiry.origin == Origin.ORDER_MAIL_REPLY
    assert received.inquiry.contact.customer == customer


def test_a_stranger_on_an_order_mail_gets_a_suggestion_only():
    _order_mail(make_order("1005-2"))
    received = receive(arrive(sender=Address("", "x@example.net"), thread=thread("order-mail@shop.example")))
    assert OrderLink.objects.get().state == LinkState.SUGGESTED
    assert received.message.warnings == ["stranger_on_order_mail"]
    assert received.inquiry.origin == Origin.DIRECT_MAIL


def test_a_second_reply_to_the_same_order_mail_is_the_same_matter():
    inbox = make_inbox(acknowledges=False)
    _order_mail(make_order("1005-2"))
    evidence = thread("order-mail@shop.example")
    first = receive(arrive(inbox, thread=evidence, key="1"))
    second = receive(arrive(inbox, thread=evidence, key="2"))
    assert second.inquiry == first.inquiry
    first.inquiry.refresh_from_db()
    first.inquiry.to_closed(timezone.now())
    first.inquiry.save()
    assert receive(arrive(inbox, thread=evidence, key="3")).inquiry != first.inquiry


def test_the_order_is_gone_the_mail_stays():
    order = make_order("1005-2")
    mail = _order_mail(order)
    order.delete()
    mail.refresh_from_db()
    receive(arrive(thread=thread("order-mail@shop.example")))
    assert not OrderLink.objects.exists()


def test_numbers_in_the_text_suggest_only_own_orders():
    mine = make_order("1005-2", email=HANAKO.address)
    make_order("2000-1", email="other@example.jp")
    receive(arrive(text="注文番号：１００５－２ と注文番号：2000-1 の件です。"))
    link = OrderLink.objects.get()
    assert (link.order, link.state, link.source) == (mine, LinkState.SUGGESTED, LinkSource.TEXT)


def test_files_and_products_and_known_orders():
    order = make_order("1005-2")
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    received = receive(
        arrive(
            channel=Channel.FORM,
            origin=Origin.PRODUCT_FORM,
            phone="０９０－１２３４－５６７８",
            files=(ArrivalFile(name="写真.jpg", content=png, content_type="image/jpeg"),),
            orders=(OrderEvidence(order=order, source=LinkSource.FORM_LOGIN),),
            products=(ProductEvidence(key="P1", name="色鉛筆", url="/p/1/"),),
        )
    )
    attachment = received.message.attachments.get()
    assert (attachment.name, attachment.content_type, attachment.size) == ("写真.jpg", "image/png", 28)
    assert attachment.file.read() == png
    assert "写真" not in attachment.file.name
    assert received.inquiry.has_attachment
    assert received.inquiry.product_links.get().name == "色鉛筆"
    assert received.inquiry.contact.addresses.filter(kind="phone").count() == 1


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch):
    from django.core.files.storage import storages

    from django_cs_inbox.actions import intake

    def boom(*args, **kwargs):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(intake, "_relate", boom)
    file = ArrivalFile(name="a.txt", content=b"leftover-check", content_type="text/plain")
    inbox = make_inbox()
    with pytest.raises(RuntimeError):
        receive(arrive(inbox, files=(file,)))
    assert not Inquiry.objects.exists()
    assert not Contact.objects.exists()
    folders, _files = storages["cs_inbox"].listdir("cs_inbox")
    left = [f for folder in folders for f in storages["cs_inbox"].listdir(f"cs_inbox/{folder}")[1]]
    assert not [
        name
        for name in left
        for folder in folders
        if storages["cs_inbox"].exists(f"cs_inbox/{folder}/{name}")
        and storages["cs_inbox"].open(f"cs_inbox/{folder}/{name}").read() == b"leftover-check"
    ]


def test_sender_warnings():
    received = receive(
        arrive(auth_results={"dmarc": "fail"}, reply_to=(Address("", "hanako@elsewhere.example"),))
    )
    assert received.message.warnings == ["authentication_failed", "reply_to_elsewhere"]


def test_a_guest_with_a_customers_address_is_marked(django_user_model):
    customer = django_user_model.objects.create_user("hanako", HANAKO.address)
    inbox = make_inbox(acknowledges=False)
    own = receive(arrive(inbox, key="1", channel=Channel.FORM, customer=customer, is_authenticated=True))
    assert own.message.warnings == []
    guest = receive(arrive(inbox, key="2", channel=Channel.FORM))
    assert guest.message.warnings == ["address_unproven"]


def test_nobody_is_made_for_to_and_cc():
    receive(arrive(to=(Address("", "a@example.jp"),), cc=(Address("", "b@example.jp"),)))
    assert Contact.objects.count() == 1


def test_a_date_in_the_future_becomes_now():
    future = timezone.now() + dt.timedelta(days=400)
    received = receive(arrive(occurred_at=future))
    assert received.inquiry.last_customer_at <= timezone.now()


def test_the_signal_comes_after_commit(django_capture_on_commit_callbacks):
    from django_cs_inbox.signals import message_received

    heard = []

    def listen(sender, **named):
        heard.append((named["inquiry"].pk, named["is_new"]))
        raise RuntimeError("a host's receiver breaks")

    def fine(sender, **named):
        heard.append("fine")

    message_received.connect(listen)
    message_received.connect(fine)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            received = receive(arrive())
            assert heard == []
    finally:
        message_received.disconnect(listen)
        message_received.disconnect(fine)
    assert heard == [(received.inquiry.pk, True), "fine"]


def test_a_known_conversation_needs_no_evidence():
    inquiry = _waiting("a@shop.example")
    assert receive(arrive(inquiry.inbox, inquiry=inquiry)).inquiry == inquiry


def test_the_customer_is_known_by_login_not_by_the_typed_address(django_user_model):
    customer = django_user_model.objects.create_user("hanako", HANAKO.address)
    inbox = make_inbox(acknowledges=False)
    first = receive(arrive(inbox, customer=customer, is_authenticated=True, key="1"))
    other = Address("", "hanako-new@example.jp")
    second = receive(arrive(inbox, sender=other, customer=customer, is_authenticated=True, key="2"))
    assert second.inquiry.contact == first.inquiry.contact
    # The contact began under the first address; of the second one only the shop could know.
    assert list(first.inquiry.contact.addresses.order_by("pk").values_list("is_verified", flat=True)) == [
        True,
        False,
    ]


def test_an_address_of_several_customers_names_none(django_user_model):
    for name in ("a", "b"):
        django_user_model.objects.create_user(name, HANAKO.address)
    assert receive(arrive()).inquiry.contact.customer is None


def test_a_faster_rival_with_the_same_key_wins(monkeypatch):
    from django_cs_inbox.actions import intake

    arrival = arrive(key="same")
    first = receive(arrival)
    monkeypatch.setattr(intake, "_repeat", _late(intake._repeat))
    assert receive(arrival).message == first.message
    assert Inquiry.objects.count() == 1


def test_another_broken_constraint_is_an_error(monkeypatch):
    from django.db import IntegrityError

    from django_cs_inbox.actions import intake

    def broken(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(intake, "_relate", broken)
    with pytest.raises(IntegrityError):
        receive(arrive())


def test_a_call_has_no_address():
    received = receive(arrive(channel=Channel.PHONE, sender=Address("山田", ""), phone="03-1234-5678"))
    assert received.inquiry.contact.addresses.get().kind == "phone"
    assert received.inquiry.contact.customer is None


def test_a_rival_took_the_address(monkeypatch):
    from django_cs_inbox.actions import senders

    owner = make_contact(email=HANAKO.address)
    monkeypatch.setattr(senders, "_by_address", lambda address: None)
    assert receive(arrive()).inquiry.contact == owner
    assert Contact.objects.count() == 1


def test_a_customer_keeps_own_contact_when_the_address_is_anothers(monkeypatch, django_user_model):
    from django_cs_inbox.actions import senders

    make_contact(email=HANAKO.address)
    customer = django_user_model.objects.create_user("x", "x@example.jp")
    own = make_contact(email="x@example.jp", customer=customer, customer_is_proven=True)
    monkeypatch.setattr(senders, "_by_address", lambda address: None)
    assert receive(arrive(customer=customer)).inquiry.contact == own
    assert Contact.objects.count() == 2


def test_a_mail_to_two_orders_of_two_people():
    _order_mail(make_order("1005-2"))
    second = make_order("2000-1")
    OrderMail.objects.create(
        order=second,
        order_key=str(second.pk),
        order_number="2000-1",
        to=[HANAKO.address],
        message_id="second@shop.example",
        message_key=message_key("second@shop.example"),
        sent_at=timezone.now(),
    )
    receive(arrive(thread=thread("order-mail@shop.example", "second@shop.example")))
    assert set(OrderLink.objects.values_list("state", flat=True)) == {LinkState.CONFIRMED}


def test_the_same_customer_under_two_contacts_belongs(django_user_model):
    customer = django_user_model.objects.create_user("hanako", "home@example.jp")
    inquiry = _waiting("a@shop.example")
    sender = Address("", "home@example.jp")
    own = make_contact(email=sender.address, customer=customer, customer_is_proven=True)
    hint = thread("a@shop.example")
    assert receive(arrive(inquiry.inbox, key="1", sender=sender, thread=hint)).inquiry != inquiry
    Contact.objects.update(customer=customer)
    assert receive(arrive(inquiry.inbox, key="2", sender=sender, thread=hint)).inquiry != inquiry
    Contact.objects.update(customer_is_proven=True)
    assert receive(arrive(inquiry.inbox, key="3", sender=sender, thread=hint)).inquiry == inquiry
    Contact.objects.filter(pk=own.pk).update(customer=None)
    assert receive(arrive(inquiry.inbox, key="4", sender=sender, thread=hint)).inquiry != inquiry


def test_an_inquiry_closed_without_a_date_takes_the_word():
    inquiry = _waiting("a@shop.example", status=S.DONE)
    Inquiry.objects.update(closed_at=None)
    assert receive(arrive(inquiry.inbox, thread=thread("a@shop.example"))).inquiry == inquiry


def test_two_ids_of_one_inquiry_are_no_conflict():
    inquiry = _waiting("a@shop.example")
    make_message(inquiry, message_id="b@shop.example", message_key=message_key("b@shop.example"))
    received = receive(arrive(inquiry.inbox, thread=thread("a@shop.example", "b@shop.example")))
    assert received.message.warnings == []


def test_a_name_is_learnt_and_never_overwritten():
    contact = make_contact("", email=HANAKO.address)
    inbox = make_inbox(acknowledges=False)
    for key, name in (("1", "山田花子"), ("2", "偽の名前")):
        receive(arrive(inbox, key=key, sender=Address(name, HANAKO.address)))
    contact.refresh_from_db()
    assert contact.name == "山田花子"


def _late(real):
    """``_repeat`` that sees nothing at first, as when a rival commits in between."""
    calls = iter([True])
    return lambda key: None if next(calls, False) else real(key)


def _waiting(message_id, *, status=S.WAITING, at=None):
    """An inquiry of HANAKO in which we have said something under this Message-ID."""
    contact = Contact.objects.filter(addresses__normalized=HANAKO.address).first()
    inbox = make_inbox(acknowledges=False)
    contact = contact or make_contact("山田花子", email=HANAKO.address)
    inquiry = make_inquiry(inbox=inbox, contact=contact, status=status, at=at, unanswered_since=None)
    make_message(inquiry, kind="staff", message_id=message_id, message_key=message_key(message_id), at=at)
    return inquiry


def _order_mail(order, **fields):
    return OrderMail.objects.create(
        order=order,
        order_key=str(order.pk),
        order_number=order.number,
        to=[HANAKO.address],
        message_id="order-mail@shop.example",
        message_key=message_key("order-mail@shop.example"),
        sent_at=timezone.now(),
        **fields,
    )


def _rows(inquiry):
    inquiry.refresh_from_db()
    return (inquiry.messages.count(), inquiry.events.count(), inquiry.status, inquiry.version)
