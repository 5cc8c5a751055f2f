"""Rows for tests, in one line each. Every factory fills what the test does not care about.

They write straight to the tables, past ``actions``: a test of a page or a query needs a state, not its
history.
"""

from __future__ import annotations

import datetime as dt
import itertools
import unicodedata
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from django_cs_inbox.choices import (
    AddressKind,
    Channel,
    Direction,
    InquiryStatus,
    LinkSource,
    LinkState,
    MessageKind,
    Origin,
)
from django_cs_inbox.models import (
    ACTIVE_STATUSES,
    Contact,
    ContactAddress,
    Inbox,
    Inquiry,
    Message,
    OrderLink,
    ProductLink,
)

_count = itertools.count(1)


def make_user(*permissions: str, name: str = "", is_staff: bool = True, **fields: Any) -> Any:
    """A member of staff with these permissions (``"view_inquiry"`` or ``"cs_inbox.view_inquiry"``)."""
    user = get_user_model().objects.create_user(
        name or f"staff{next(_count)}", is_staff=is_staff, password="secret", **fields
    )
    give(user, *permissions)
    return user


def give(user: Any, *permissions: str) -> None:
    for permission in permissions:
        app, _, codename = permission.rpartition(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app or "cs_inbox", codename=codename)
        )


def make_superuser(name: str = "") -> Any:
    return get_user_model().objects.create_superuser(name or f"root{next(_count)}", password="secret")


def make_inbox(*, members: tuple[Any, ...] = (), **fields: Any) -> Inbox:
    number = next(_count)
    fields.setdefault("name", f"Inbox {number}")
    fields.setdefault("address", f"support{number}@shop.example")
    fields.setdefault("is_restricted", bool(members))
    inbox = Inbox.objects.create(**fields)
    inbox.members.set(members)
    return inbox


def make_contact(name: str = "山田花子", *, email: str | None = "", **fields: Any) -> Contact:
    """A contact with one email address; ``email=None`` for none."""
    contact = Contact.objects.create(name=name, **fields)
    if email is not None:
        add_address(contact, email or f"customer{next(_count)}@example.jp")
    return contact


def add_address(contact: Contact, value: str, kind: str = AddressKind.EMAIL, **fields: Any) -> ContactAddress:
    normalized = unicodedata.normalize("NFKC", value).strip().casefold()
    return ContactAddress.objects.create(
        contact=contact,
        kind=kind,
        value=value,
        normalized=normalized,
        owner_key=ContactAddress.make_owner_key(kind, normalized),
        **fields,
    )


def make_inquiry(
    *,
    inbox: Inbox | None = None,
    contact: Contact | None = None,
    status: str = InquiryStatus.NEW,
    at: dt.datetime | None = None,
    tags: tuple[Any, ...] = (),
    **fields: Any,
) -> Inquiry:
    """An inquiry whose customer last wrote at ``at``; unanswered unless its status says otherwise."""
    at = at or timezone.now()
    number = next(_count)
    assignee = fields.get("assignee")
    fields.setdefault("number", f"{timezone.localtime(at):%Y%m%d}-{number:04}")
    fields.setdefault("subject", f"Question {number}")
    fields.setdefault("channel", Channel.EMAIL)
    fields.setdefault("origin", Origin.DIRECT_MAIL)
    fields.setdefault("assignee_label", assignee.get_username() if assignee else "")
    fields.setdefault("created_at", at)
    fields.setdefault("last_customer_at", at)
    fields.setdefault("last_message_at", at)
    unanswered = (InquiryStatus.NEW, InquiryStatus.OPEN, InquiryStatus.PENDING_APPROVAL)
    fields.setdefault("unanswered_since", at if status in unanswered else None)
    fields.setdefault("closed_at", None if status in ACTIVE_STATUSES else at)
    inquiry = Inquiry.objects.create(
        inbox=inbox or Inbox.objects.first() or make_inbox(),
        contact=contact or make_contact(),
        status=status,
        **fields,
    )
    inquiry.tags.set(tags)
    return inquiry


def make_message(
    inquiry: Inquiry,
    text: str = "12色セットのうち3本が折れていました。",
    *,
    kind: str = MessageKind.CUSTOMER,
    at: dt.datetime | None = None,
    **fields: Any,
) -> Message:
    """A message of the inquiry; the direction follows from its kind."""
    at = at or timezone.now()
    outgoing = kind in (MessageKind.STAFF, MessageKind.ACKNOWLEDGEMENT)
    fields.setdefault("direction", Direction.OUT if outgoing else Direction.IN)
    fields.setdefault("channel", inquiry.channel)
    fields.setdefault("contact", None if outgoing else inquiry.contact)
    fields.setdefault("subject", inquiry.subject)
    fields.setdefault("occurred_at", at)
    fields.setdefault("created_at", at)
    if not outgoing:
        address = inquiry.contact.addresses.filter(kind=AddressKind.EMAIL).first()
        fields.setdefault("sender_name", inquiry.contact.name)
        fields.setdefault("sender_address", address.value if address else "")
    return Message.objects.create(inquiry=inquiry, kind=kind, text=text, **fields)


def make_order(number: str = "", **fields: Any) -> Any:
    """An order of the host shop that the suite's default project brings."""
    from tests.projects.default_user.shopapp.models import Order

    return Order.objects.create(number=number or f"1005-{next(_count)}", **fields)


def make_order_link(
    inquiry: Inquiry,
    order: Any = None,
    *,
    state: str = LinkState.CONFIRMED,
    source: str = LinkSource.ORDER_MAIL,
    **fields: Any,
) -> OrderLink:
    order = order or make_order()
    fields.setdefault("order_key", str(order.pk))
    fields.setdefault("order_number", order.number)
    return OrderLink.objects.create(inquiry=inquiry, order=order, state=state, source=source, **fields)


def make_product_link(inquiry: Inquiry, name: str = "色鉛筆 12色", **fields: Any) -> ProductLink:
    fields.setdefault("product_key", f"P{next(_count)}")
    fields.setdefault("source", LinkSource.FORM_PAGE)
    return ProductLink.objects.create(inquiry=inquiry, name=name, **fields)
