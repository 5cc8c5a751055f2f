"""Whose contact it is: what a login proves, and what it does not."""

from __future__ import annotations

import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.utils import timezone

from django_cs_inbox.actions.arrival import Arrival
from django_cs_inbox.actions.intake import receive
from django_cs_inbox.choices import Channel, LinkState, Origin
from django_cs_inbox.mail.types import Address, EvidenceKind, ThreadEvidence
from django_cs_inbox.models import Contact, ContactAddress, Message, OrderLink, OrderMail, OutgoingMail
from django_cs_inbox.queries.threads import message_key
from django_cs_inbox.shop import Shop
from tests.factories import add_address, make_contact, make_inbox, make_inquiry, make_message, make_order

pytestmark = pytest.mark.django_db

HERS = "hanako@example.jp"


class VerifyingShop(Shop):
    """Has made its customers confirm these addresses."""

    verified: set[tuple[str, str]] = set()

    def is_email_verified(self, customer, address):
        return (customer.username, address) in self.verified


@pytest.fixture
def verify(settings, monkeypatch):
    """``verify(customer, address)``: the customer has confirmed it."""
    settings.CS_INBOX = project.CS_INBOX | {"SHOP": f"{__name__}.VerifyingShop"}
    monkeypatch.setattr(VerifyingShop, "verified", set())
    return lambda customer, address: VerifyingShop.verified.add((customer.username, address))


@pytest.fixture
def inbox():
    return make_inbox(acknowledges=False)


@pytest.fixture
def customer():
    return get_user_model().objects.create_user("hanako", HERS)


def say(inbox, address=HERS, **fields):
    fields.setdefault("channel", Channel.FORM)
    return receive(
        Arrival(
            inbox=inbox,
            key=str(Message.objects.count()),
            sender=Address("山田花子", address),
            subject="色鉛筆について",
            text="3本折れていました。",
            origin=Origin.CONTACT_FORM,
            occurred_at=timezone.now(),
            **fields,
        )
    )


def login(inbox, customer, address=HERS):
    return say(inbox, address, customer=customer, is_authenticated=True)


def test_a_contact_that_begins_with_a_login_is_the_customers(inbox, customer):
    received = login(inbox, customer)
    contact = Contact.objects.get()
    assert (contact.customer, contact.customer_is_proven) == (customer, True)
    assert ContactAddress.objects.get().is_verified
    assert received.message.warnings == []
    assert login(inbox, customer).message.warnings == []
    assert login(inbox, customer, "new@example.jp").inquiry.contact == contact
    assert not ContactAddress.objects.get(value="new@example.jp").is_verified


def test_an_address_that_was_typed_is_not_verified_by_the_login(inbox, customer):
    say(inbox, customer=customer)
    assert Contact.objects.get().customer_is_proven
    assert not ContactAddress.objects.get().is_verified


def test_a_match_by_address_proves_nothing(inbox, customer):
    contact = say(inbox, channel=Channel.EMAIL).inquiry.contact
    assert (contact.customer, contact.customer_is_proven) == (customer, False)


def test_unless_the_shop_has_verified_the_address(inbox, customer, verify):
    verify(customer, HERS)
    contact = say(inbox, channel=Channel.EMAIL).inquiry.contact
    assert (contact.customer, contact.customer_is_proven) == (customer, True)
    # A mail's From is no login: nobody has shown the address to be the sender's.
    assert not contact.addresses.get().is_verified


def test_a_login_under_the_address_of_another_contact_is_a_guest_there(inbox, customer):
    guest = make_contact(email=HERS)
    received = login(inbox, customer)
    guest.refresh_from_db()
    assert received.inquiry.contact == guest
    assert (guest.customer, guest.customer_is_proven) == (customer, False)
    assert received.message.warnings == ["address_unproven"]
    assert not guest.addresses.get().is_verified


def test_unless_the_shop_has_verified_that(inbox, customer, verify):
    guest = make_contact(email=HERS)
    verify(customer, HERS)
    received = login(inbox, customer)
    guest.refresh_from_db()
    assert (guest.customer, guest.customer_is_proven) == (customer, True)
    assert received.message.warnings == []
    assert guest.addresses.get().is_verified
    # Now the customer is known there, whatever address the account has next.
    assert login(inbox, customer, "new@example.jp").inquiry.contact == guest


def test_a_proven_tie_replaces_one_by_address_and_never_the_other_way_round(inbox, customer, verify):
    stranger = get_user_model().objects.create_user("mallory", "m@evil.example")
    contact = make_contact(email=HERS, customer=stranger)
    login(inbox, customer)
    contact.refresh_from_db()
    assert contact.customer == stranger, "the first match stays while neither is proven"
    verify(customer, HERS)
    login(inbox, customer)
    contact.refresh_from_db()
    assert (contact.customer, contact.customer_is_proven) == (customer, True)
    verify(stranger, HERS)
    login(inbox, stranger)
    contact.refresh_from_db()
    assert contact.customer == customer


def test_a_customer_who_was_deleted_leaves_no_proof_behind(inbox, customer):
    login(inbox, customer)
    customer.delete()
    again = get_user_model().objects.create_user("again", HERS)
    contact = say(inbox).inquiry.contact
    assert (contact.customer, contact.customer_is_proven) == (again, False)


def test_the_own_contact_comes_before_that_of_the_address(inbox, customer):
    own = login(inbox, customer, "own@example.jp").inquiry.contact
    other = make_contact(email=HERS)
    received = login(inbox, customer)
    assert received.inquiry.contact == own
    assert received.message.warnings == ["address_unproven"]
    assert not own.addresses.filter(value=HERS).exists()
    assert Contact.objects.get(pk=other.pk).customer is None


def test_of_several_own_contacts_the_one_that_has_the_address(inbox, customer):
    for address in ("first@example.jp", HERS):
        make_contact(email=address, customer=customer, customer_is_proven=True)
    received = login(inbox, customer)
    assert received.inquiry.contact.addresses.get().value == HERS
    assert received.message.warnings == []


def test_the_contact_of_another_customer_stays_the_others(inbox, customer):
    other = get_user_model().objects.create_user("other", "other@example.jp")
    contact = make_contact(email=HERS, customer=other, customer_is_proven=True)
    received = login(inbox, customer)
    contact.refresh_from_db()
    assert (received.inquiry.contact, contact.customer) == (contact, other)
    assert received.message.warnings == ["address_unproven"]


def test_a_rival_took_the_address_of_a_login(inbox, customer, monkeypatch):
    from django_cs_inbox.actions import senders

    owner = make_contact(email=HERS)
    monkeypatch.setattr(senders, "_by_address", lambda address: None)
    received = login(inbox, customer)
    owner.refresh_from_db()
    assert (received.inquiry.contact, owner.customer_is_proven) == (owner, False)
    assert received.message.warnings == ["address_unproven"]


def tagged(inquiry):
    return (ThreadEvidence(EvidenceKind.SUBJECT_TAG, inquiry.number),)


def test_a_number_needs_an_address_that_took_part(inbox):
    contact = make_contact(email=HERS)
    inquiry = make_inquiry(inbox=inbox, contact=contact)
    make_message(inquiry)
    make_message(inquiry, kind="staff", to=[{"name": "", "address": "Husband@example.jp"}])
    add_address(contact, "pooled@example.jp")
    mail = {"channel": Channel.EMAIL, "thread": tagged(inquiry)}
    assert say(inbox, "pooled@example.jp", **mail).inquiry != inquiry
    assert say(inbox, "", **mail).inquiry != inquiry
    assert say(inbox, "HANAKO@example.jp", **mail).inquiry == inquiry
    assert say(inbox, "husband@example.jp", **mail).inquiry == inquiry


@pytest.mark.parametrize(
    ("results", "state", "origin"),
    [
        ({}, LinkState.CONFIRMED, Origin.ORDER_MAIL_REPLY),
        ({"dmarc": "pass", "spf": "fail"}, LinkState.CONFIRMED, Origin.ORDER_MAIL_REPLY),
        ({"dmarc": "fail"}, LinkState.SUGGESTED, Origin.CONTACT_FORM),
        ({"spf": "softfail"}, LinkState.SUGGESTED, Origin.CONTACT_FORM),
    ],
)
def test_a_forged_reply_to_an_order_mail_suggests_the_order(inbox, results, state, origin):
    order = make_order("1005-2")
    OrderMail.objects.create(
        order=order,
        order_key=str(order.pk),
        order_number=order.number,
        to=[HERS],
        message_id="order-mail@shop.example",
        message_key=message_key("order-mail@shop.example"),
        sent_at=timezone.now(),
    )
    hint = (ThreadEvidence(EvidenceKind.REPLY_ID, "order-mail@shop.example"),)
    received = say(inbox, channel=Channel.EMAIL, thread=hint, auth_results=results)
    assert OrderLink.objects.get().state == state
    assert received.inquiry.origin == origin
    assert "stranger_on_order_mail" not in received.message.warnings


def test_the_acknowledgement_repeats_only_what_a_verified_sender_wrote(customer, verify):
    inbox = make_inbox(acknowledges=True)
    login(inbox, customer)
    assert "山田花子" not in OutgoingMail.objects.get().body
    verify(customer, HERS)
    login(inbox, customer)
    assert "山田花子" in OutgoingMail.objects.latest("pk").body


def test_a_shop_without_the_method_verifies_nothing(customer):
    assert Shop().is_email_verified(customer, HERS) is False
