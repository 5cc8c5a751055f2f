"""A shop with years behind it: many rows of every kind, written in bulk."""

from __future__ import annotations

import datetime as dt
import itertools
import random

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from django_cs_inbox.choices import (
    AddressKind,
    Channel,
    Direction,
    IncomingState,
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
    Event,
    Inbox,
    IncomingMail,
    Inquiry,
    Message,
    OrderLink,
)
from django_cs_inbox.queries.threads import message_key
from tests.soak.letters import SENTENCES, SUBJECTS

BATCH = 500
#: One in ten is unfinished, as in a shop that keeps up with its work.
STATUSES = [InquiryStatus.DONE] * 16 + [InquiryStatus.NO_ACTION] * 2
STATUSES += [InquiryStatus.NEW, InquiryStatus.WAITING]

_serial = itertools.count(1)


def fill(count: int, inbox: Inbox, *, messages: int = 2) -> None:
    """So many inquiries more, with so many messages each: mail from the customer and answer in turn. Each is
    assigned to somebody of the staff there is."""
    staff = list(get_user_model().objects.filter(is_staff=True).values_list("pk", flat=True)) or [None]
    for start in range(0, count, BATCH):
        _some(min(BATCH, count - start), inbox, messages, staff)
    analyse()


def analyse() -> None:
    """What every database does by itself within minutes: learn how large its tables are."""
    with connection.cursor() as cursor:
        if connection.vendor != "mysql":
            cursor.execute("ANALYZE")
            return
        tables = [name for name in connection.introspection.table_names() if name.startswith("cs_inbox_")]
        cursor.execute(f"ANALYZE TABLE {', '.join(tables)}")
        cursor.fetchall()


def _some(count: int, inbox: Inbox, messages: int, staff: list[int | None]) -> None:
    rng = random.Random(next(_serial))
    serials = [next(_serial) for _ in range(count)]
    contacts = Contact.objects.bulk_create(Contact(name=f"山田花子 {no}") for no in serials[::3])
    ContactAddress.objects.bulk_create(
        _address(contact, f"filled{contact.pk}@example.jp") for contact in contacts
    )
    inquiries = Inquiry.objects.bulk_create(
        _inquiry(no, inbox, contacts[place // 3], rng, rng.choice(staff)) for place, no in enumerate(serials)
    )
    rows = [(inquiry, turn) for inquiry in inquiries for turn in range(messages)]
    mails = IncomingMail.objects.bulk_create(_mail(inquiry, turn) for inquiry, turn in rows if turn % 2 == 0)
    arrived = iter(mails)
    Message.objects.bulk_create(
        _message(inquiry, turn, None if turn % 2 else next(arrived), rng) for inquiry, turn in rows
    )
    Event.objects.bulk_create(
        Event(inquiry=inquiry, verb=verb, created_at=inquiry.created_at, data={})
        for inquiry in inquiries
        for verb in ("inquiry.created", "message.received", "reply.sent")
    )
    OrderLink.objects.bulk_create(
        OrderLink(
            inquiry=inquiry,
            order_key=str(inquiry.pk),
            order_number=f"1005-{inquiry.pk}",
            source=LinkSource.TEXT,
            state=LinkState.SUGGESTED,
        )
        for inquiry in inquiries[::4]
    )


def _address(contact: Contact, value: str) -> ContactAddress:
    key = ContactAddress.make_owner_key(AddressKind.EMAIL, value)
    return ContactAddress(
        contact=contact, kind=AddressKind.EMAIL, value=value, normalized=value, owner_key=key
    )


def _inquiry(no: int, inbox: Inbox, contact: Contact, rng: random.Random, assignee: int | None) -> Inquiry:
    status = rng.choice(STATUSES)
    at = timezone.now() - dt.timedelta(days=2, minutes=rng.randrange(1_000_000))
    return Inquiry(
        number=f"{at:%Y%m%d}-{no + 10_000}",
        inbox=inbox,
        contact=contact,
        subject=rng.choice(SUBJECTS),
        snippet=rng.choice(SENTENCES),
        status=status,
        assignee_id=assignee,
        channel=Channel.EMAIL,
        origin=Origin.DIRECT_MAIL,
        created_at=at,
        last_customer_at=at,
        last_message_at=at,
        unanswered_since=at if status == InquiryStatus.NEW else None,
        closed_at=None if status in ACTIVE_STATUSES else at,
        message_count=2,
        version=2,
    )


def _mail(inquiry: Inquiry, turn: int) -> IncomingMail:
    message_id = f"filled.{inquiry.pk}.{turn}@example.jp"
    return IncomingMail(
        inbox=inquiry.inbox,
        source_key=f"filled-{inquiry.pk}-{turn}",
        size=2_000,
        sha256=f"{inquiry.pk}-{turn}",
        message_id=message_id,
        message_key=message_key(message_id),
        subject=inquiry.subject,
        state=IncomingState.PROCESSED,
        received_at=inquiry.created_at,
    )


def _message(inquiry: Inquiry, turn: int, mail: IncomingMail | None, rng: random.Random) -> Message:
    message_id = mail.message_id if mail else f"sent.{inquiry.pk}.{turn}@shop.example"
    at = inquiry.created_at + dt.timedelta(hours=turn)
    return Message(
        inquiry=inquiry,
        direction=Direction.IN if mail else Direction.OUT,
        kind=MessageKind.CUSTOMER if mail else MessageKind.STAFF,
        channel=Channel.EMAIL,
        contact=inquiry.contact if mail else None,
        sender_address=f"filled{inquiry.contact_id}@example.jp" if mail else inquiry.inbox.address,
        subject=inquiry.subject,
        text="\n".join(rng.choices(SENTENCES, k=8)),
        message_id=message_id,
        message_key=message_key(message_id),
        arrival_key=f"filled-{inquiry.pk}-{turn}" if mail else None,
        incoming=mail,
        occurred_at=at,
        created_at=at,
    )
