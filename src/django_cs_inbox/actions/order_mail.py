"""Mails that the shop itself sends about an order: kept, so that a reply finds the order for certain.

The shop's mail comes first. Whatever goes wrong here is logged, and the mail leaves all the same.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import getaddresses, parseaddr
from typing import Any

from django.core.mail import DNS_NAME, EmailMessage, make_msgid
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import punycode

from ..conf import conf
from ..mail.htmltext import html_to_text
from ..models import OrderMail
from ..queries.threads import message_key
from ..shop import get_shop
from ..signals import order_mail_recorded
from .changes import after_commit
from .events import record

logger = logging.getLogger(__name__)

_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?")
_MAX_TEXT = 500_000

_current_order: ContextVar[Any] = ContextVar("cs_inbox_order", default=None)


@contextmanager
def about_order(order: Any) -> Iterator[None]:
    """Every mail sent inside is about this order. For code whose mails are made out of reach
    (``send_mail``, a library); needs the mail backend of ``django_cs_inbox.mailbox.backend``."""
    token = _current_order.set(order)
    try:
        yield
    finally:
        _current_order.reset(token)


def order_of(message: EmailMessage) -> Any | None:
    """The order that a mail of the shop is about: its ``cs_inbox_order``, the ``about_order`` block it is
    sent in, or what ``Shop.order_of_mail`` says. Never raises."""
    told = getattr(message, "cs_inbox_order", None)
    if told is None:
        told = _current_order.get()
    if told is not None:
        return told
    try:
        # A failed query must not break the transaction in which the shop sends its mail.
        with transaction.atomic():
            return get_shop().order_of_mail(message)
    except Exception:
        logger.exception("Shop.order_of_mail failed; the mail is sent and not recorded.")
        return None


def send_order_mail(order: Any, message: EmailMessage, *, fail_silently: bool = False) -> int:
    """Send the shop's mail as ``message.send()`` does, with its errors and its result, and record it on
    the order once the mail server has accepted it."""
    with stamped(message) as message_id:
        # Django 6.1 warns about the option, so it is passed on only when asked for.
        sent = message.send(fail_silently=True) if fail_silently else message.send()
        if message_id and was_accepted(sent):
            record_order_mail(order, message, message_id=message_id)
    return sent


def record_order_mail(
    order: Any, message: EmailMessage, *, message_id: str | None = None
) -> OrderMail | None:
    """Keep a mail of the shop on the order's timeline, together with its Message-ID.

    Call it just before ``message.send()``: a message without a Message-ID is given one, so that the stored
    id is the one that leaves. ``send_order_mail`` does both and records nothing when sending fails. A mail
    service that replaces the id after sending is served by passing the final one as ``message_id``.

    Recording the same mail again returns the first record. Never raises; returns None when the mail could
    not be recorded. Inside a transaction of the shop the record shares its fate.
    """
    try:
        final_id = message_id or _stamp(message)
        with transaction.atomic():
            return _record(order, message, final_id)
    except Exception:
        logger.exception("The mail about order %s could not be recorded.", getattr(order, "pk", None))
        return None


def was_accepted(sent: Any) -> bool:
    """What a backend's ``send_messages`` returned means; some count, some say nothing when all is well."""
    return sent is None or bool(sent)


@contextmanager
def stamped(message: EmailMessage) -> Iterator[str]:
    """The message with a fixed Message-ID while it is sent; gives that id, "" when there is none to be had.

    Afterwards the message is as before: shops send one object several times, to one customer after the
    other, and each of these mails needs an id of its own.
    """
    before = {name: value for name, value in vars(message).items() if name in ("extra_headers", "reply_to")}
    message_id = ""
    try:
        # A copy, because a backend may keep the message, and with it the headers that left.
        message.extra_headers = dict(message.extra_headers)
        message_id = _stamp(message)
    except Exception:
        logger.exception("A mail of the shop could not be given a Message-ID; it is sent as it is.")
        vars(message).update(before)
    try:
        yield message_id
    finally:
        vars(message).update(before)


def _stamp(message: EmailMessage) -> str:
    """The Message-ID under which the message leaves; set now if the shop has set none."""
    names = {name.lower(): name for name in message.extra_headers}
    if "message-id" not in names:
        message.extra_headers["Message-ID"] = make_msgid(domain=_domain(message))
    reply_to = conf.order_mail_reply_to
    if reply_to and not message.reply_to and "reply-to" not in names:
        message.reply_to = [reply_to]
    return str(message.extra_headers[names.get("message-id", "Message-ID")])


def _domain(message: EmailMessage) -> str:
    """The sender's domain; this machine's name says nothing to the world and may be private."""
    domain = parseaddr(str(message.from_email))[1].rpartition("@")[2]
    try:
        domain = punycode(domain)
    except UnicodeError:
        domain = ""
    return domain if _DOMAIN.fullmatch(domain) else str(DNS_NAME)


def _record(order: Any, message: EmailMessage, message_id: str) -> OrderMail | None:
    key = message_key(message_id)
    if not key:
        raise ValueError("A mail without a Message-ID cannot be recorded.")
    shop = get_shop()
    text, html = _bodies(message)
    mail, is_new = OrderMail.objects.get_or_create(
        message_key=key,
        defaults={
            "order": order,
            "order_key": str(order.pk),
            "order_number": shop.order_number(order)[:100],
            "customer": shop.order_customer(order),
            "sender": _clean(message.from_email)[:500],
            "to": _recipients(message),
            "subject": " ".join(_clean(message.subject).split())[:998],
            "text": text,
            "html": html,
            "message_id": _clean(message_id).strip().strip("<>")[:998],
            "sent_at": timezone.now(),
        },
    )
    if not is_new:
        if mail.order_key == str(order.pk):
            return mail
        logger.warning(
            "Order mail %s has the Message-ID of a mail about order %s; only the first one is recorded.",
            mail.pk,
            mail.order_key,
        )
        return None
    record("order_mail.recorded", target=mail, order=mail.order_key)
    after_commit(order_mail_recorded, order_mail=mail)
    return mail


def _recipients(message: EmailMessage) -> list[str]:
    """Plain addresses of those who may reply as the customer: the addressees, not the copies kept by
    the shop."""
    fields = [str(entry) for entry in message.to or message.cc or message.bcc]
    return [_clean(address) for _, address in getaddresses(fields) if address]


def _bodies(message: EmailMessage) -> tuple[str, str]:
    body = _clean(message.body)[:_MAX_TEXT]
    if message.content_subtype == "html":
        return html_to_text(body), body
    for content, mimetype in getattr(message, "alternatives", None) or ():
        if mimetype == "text/html":
            return body, _clean(content)[:_MAX_TEXT]
    return body, ""


def _clean(value: Any) -> str:
    """Text that every database takes: PostgreSQL refuses NUL, and none stores half a surrogate pair."""
    return str(value or "").replace("\0", "").encode("utf-8", "replace").decode()
