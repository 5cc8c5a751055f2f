"""The one door: whatever the channel, a word from outside becomes a message here."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..choices import (
    Channel,
    Direction,
    InquiryStatus,
    LinkSource,
    LinkState,
    MessageKind,
    Origin,
    Standing,
)
from ..mail.quotes import new_text
from ..mail.types import Address
from ..models import Contact, Inquiry, InquiryRelation, Message
from ..queries.threads import message_key
from ..shop import get_shop
from ..shop.safe import ask
from ..signals import message_received
from . import files, links, senders
from .acknowledgement import queue_acknowledgement
from .arrival import Arrival, OrderEvidence, Received
from .changes import after_commit
from .deadlocks import run_again
from .events import record
from .joining import Verdict, judge
from .numbers import next_number
from .senders import Sender


def receive(arrival: Arrival) -> Received:
    """Take in one word from outside: find or make contact and inquiry, write the message, link what it
    is about, all in one transaction.

    Receiving the same ``arrival.key`` again, in parallel or after a crash, changes nothing and returns
    what the first time made. Signals and mails follow after commit.
    """
    return run_again(lambda: _receive_once(arrival))


def _receive_once(arrival: Arrival) -> Received:
    key = hashlib.sha256(arrival.key.encode()).hexdigest()
    try:
        with files.kept_on_success() as saved, transaction.atomic():
            return _repeat(key) or _receive(arrival, key, saved)
    except IntegrityError:
        # Somebody received the same key at the same moment and was faster.
        repeat = _repeat(key)
        if repeat is None:
            raise
        return repeat


def _repeat(key: str) -> Received | None:
    message = Message.objects.select_related("inquiry").filter(arrival_key=key).first()
    if message is None:
        return None
    return Received(inquiry=message.inquiry, message=message, is_new_inquiry=False, is_repeat=True)


def _receive(arrival: Arrival, key: str, saved: list[Any]) -> Received:
    now = timezone.now()
    sender = senders.of_arrival(arrival)
    contact = sender.contact
    verdict = judge(arrival, contact, now)
    is_new = verdict.inquiry is None
    if verdict.inquiry is None:
        inquiry = _new_inquiry(arrival, contact, verdict, now)
    else:
        inquiry = Inquiry.objects.select_for_update().get(pk=verdict.inquiry.pk)
        # Read again, now that the row is ours: whoever held it before has not seen this message, and a
        # reply submitted or sent meanwhile must not look newer than it.
        now = timezone.now()
    message = _write_message(arrival, inquiry, sender, verdict, key, now)
    files.attach(arrival.files, saved, message=message)
    _update_inquiry(arrival, inquiry, message, is_new=is_new)
    _relate(inquiry, verdict)
    suggested: list[OrderEvidence] = ask(_orders_in_text, [], arrival, contact)
    for evidence in (*arrival.orders, *verdict.orders, *suggested):
        links.add(inquiry, evidence)
    for product in arrival.products:
        inquiry.product_links.get_or_create(
            product_key=product.key[:100],
            defaults={"name": product.name[:300], "url": product.url[:500], "source": product.source},
        )
    if is_new and arrival.automatic.may_auto_reply and not arrival.automatic.is_automatic:
        queue_acknowledgement(inquiry, message, is_proven=sender.is_verified)
    after_commit(message_received, inquiry=inquiry, message=message, is_new=is_new)
    return Received(inquiry=inquiry, message=message, is_new_inquiry=is_new)


def _new_inquiry(arrival: Arrival, contact: Contact, verdict: Verdict, now: dt.datetime) -> Inquiry:
    at = min(arrival.occurred_at, now)
    inquiry = Inquiry.objects.create(
        number=next_number(),
        inbox=arrival.inbox,
        contact=contact,
        subject=arrival.subject[:500],
        channel=arrival.channel,
        origin=Origin.ORDER_MAIL_REPLY if verdict.order_mail else arrival.origin,
        category=arrival.category,
        last_customer_at=at,
        last_message_at=at,
        created_at=at,
    )
    record("inquiry.created", inquiry=inquiry, channel=inquiry.channel, origin=inquiry.origin)
    if contact.standing == Standing.BLOCKED:
        inquiry.to_spam(now)
        record("inquiry.spam", inquiry=inquiry, old=InquiryStatus.NEW, new=inquiry.status, blocked=True)
    return inquiry


def _write_message(
    arrival: Arrival, inquiry: Inquiry, sender: Sender, verdict: Verdict, key: str, now: dt.datetime
) -> Message:
    automatic = arrival.automatic
    return Message.objects.create(
        inquiry=inquiry,
        direction=Direction.IN,
        kind=MessageKind.AUTOMATIC if automatic.is_automatic else MessageKind.CUSTOMER,
        channel=arrival.channel,
        contact=sender.contact,
        sender_name=arrival.sender.name[:200],
        sender_address=arrival.sender.address[:320],
        to=_as_json(arrival.to),
        cc=_as_json(arrival.cc),
        reply_to=_as_json(arrival.reply_to),
        subject=arrival.subject[:998],
        text=arrival.text,
        html=arrival.html,
        message_id=arrival.message_id[:998],
        message_key=message_key(arrival.message_id),
        references=list(arrival.references),
        arrival_key=key,
        incoming=arrival.incoming,
        automatic_kind=automatic.kind.value,
        automatic_reason=automatic.reason[:200],
        auth_results=arrival.auth_results,
        warnings=list(
            dict.fromkeys([*arrival.warnings, *verdict.warnings, *_sender_warnings(arrival, sender)])
        ),
        occurred_at=min(arrival.occurred_at, now),
        created_at=now,
    )


def _sender_warnings(arrival: Arrival, sender: Sender) -> list[str]:
    own = Address("", arrival.sender.address).domain
    found = []
    if any(value in ("fail", "softfail", "permerror") for value in arrival.auth_results.values()):
        found.append("authentication_failed")
    if any(address.domain != own for address in arrival.reply_to):
        found.append("reply_to_elsewhere")
    is_guest = not arrival.is_authenticated and sender.contact.customer_id is not None
    if arrival.channel == Channel.FORM and (sender.is_unproven or is_guest):
        found.append("address_unproven")
    return found


def _update_inquiry(arrival: Arrival, inquiry: Inquiry, message: Message, *, is_new: bool) -> None:
    inquiry.message_count += 1
    inquiry.version += 1
    inquiry.has_attachment = inquiry.has_attachment or any(not file.is_inline for file in arrival.files)
    inquiry.last_message_at = max(inquiry.last_message_at, message.occurred_at)
    if is_new or message.kind == MessageKind.CUSTOMER:
        inquiry.snippet = " ".join(new_text(arrival.text).split())[:200]
    # An automatic mail answers, reopens and restarts nothing (DESIGN, law 6); spam stays spam.
    if message.kind == MessageKind.CUSTOMER:
        inquiry.last_customer_at = max(inquiry.last_customer_at, message.occurred_at)
        if inquiry.status != InquiryStatus.SPAM:
            inquiry.unanswered_since = inquiry.unanswered_since or message.occurred_at
            if not is_new and inquiry.status not in _STAY:
                old = inquiry.status
                inquiry.to_customer_wrote()
                record("inquiry.customer_wrote", inquiry=inquiry, old=old, new=inquiry.status)
    inquiry.save()
    if not is_new:
        record("message.received", inquiry=inquiry, target=message, kind=message.kind)


#: Statuses that a customer's word leaves alone: it is there to be read already.
_STAY = (InquiryStatus.NEW, InquiryStatus.OPEN, InquiryStatus.PENDING_APPROVAL)


def _relate(inquiry: Inquiry, verdict: Verdict) -> None:
    for other, kind, reason in verdict.relations:
        InquiryRelation.objects.get_or_create(
            inquiry=inquiry, other=other, kind=kind, defaults={"reason": reason}
        )


def _orders_in_text(arrival: Arrival, contact: Contact) -> list[OrderEvidence]:
    """Orders whose number stands in the text; suggested only when they are the sender's own, so that
    a stranger's mail brings no foreign order onto the page."""
    if arrival.channel != Channel.EMAIL and arrival.channel != Channel.FORM:
        return []
    shop = get_shop()
    emails = [arrival.sender.address] if arrival.sender.address else []
    found = []
    for number in shop.find_numbers(f"{arrival.subject}\n{new_text(arrival.text)}")[:10]:
        own = [
            order
            for order in shop.find_orders(number)
            if shop.belongs_to(order, customer=contact.customer, emails=emails)
        ]
        if len(own) == 1:
            found.append(OrderEvidence(order=own[0], source=LinkSource.TEXT, state=LinkState.SUGGESTED))
    return found


def _as_json(addresses: tuple[Address, ...]) -> list[dict[str, str]]:
    return [{"name": address.name, "address": address.address} for address in addresses[:100]]
