"""The automatic mail that tells a customer the number of the inquiry.

Anybody can make us send it, to any address. So it goes out seldom, and says nothing that a stranger could
have written, unless the address is proven to be the sender's own.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..choices import Channel, InquiryStatus, MessageKind, OutgoingKind, Standing
from ..mail.addresses import is_plausible, normalize
from ..mail.automatic import classify
from ..mail.compose import LOOP_HEADER
from ..mail.types import Address, ParsedMail
from ..models import Inbox, Inquiry, Message, OutgoingMail
from ..secrets import loop_value
from ..shop import get_shop
from ..shop.safe import ask
from . import outbox
from .events import record

logger = logging.getLogger(__name__)

PER_ADDRESS_AND_HOUR = 3
PER_ADDRESS_AND_DAY = 10
#: More than any shop's busy hour; somebody is using the form to send mail.
PER_INBOX_AND_HOUR = 200

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
_PLACEHOLDER = re.compile(r"\{(name|number|subject|inbox)\}")
#: A name or subject with an address of a web page in it is an advertisement.
_LINK = re.compile(r"://|www\.|\.[a-z]{2,}/|@", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"[^\s<>]{1,900}@[^\s<>]{1,90}")


def queue_acknowledgement(
    inquiry: Inquiry, message: Message, *, is_proven: bool = False
) -> OutgoingMail | None:
    """Queue the acknowledgement of an inquiry's first message, in the caller's transaction.

    ``is_proven`` says that the sender's address is the sender's own, because the shop has verified it; only
    then, and where the mail server vouches for it, are name and subject repeated. Returns None when none is
    due: automatic mail, an address nobody reads or that is ours, an inbox that does not acknowledge, or a
    limit that is reached.
    """
    address = message.sender_address
    if not _is_due(inquiry, message) or not _may_be_answered(address):
        return None
    limit = _limit_reached(inquiry.inbox, address)
    if limit:
        logger.warning("Inquiry %s is not acknowledged: limit %s reached.", inquiry.pk, limit)
        record("acknowledgement.limited", inquiry=inquiry, limit=limit)
        return None
    with translation.override(_language(inquiry)):
        text = _compose(inquiry, message, is_proven=is_proven or message.auth_results.get("dmarc") == "pass")
    mail = outbox.enqueue(
        inbox=inquiry.inbox,
        kind=OutgoingKind.ACKNOWLEDGEMENT,
        to=[address],
        subject=text.subject,
        body=text.body,
        headers=_headers(message),
        inquiry=inquiry,
    )
    record("acknowledgement.queued", inquiry=inquiry, target=mail)
    return mail


def _is_due(inquiry: Inquiry, message: Message) -> bool:
    inbox = inquiry.inbox
    wanted = {Channel.FORM: inbox.acknowledges, Channel.EMAIL: inbox.acknowledges_mail}
    return (
        wanted.get(Channel(message.channel), False)
        and message.kind == MessageKind.CUSTOMER
        and not message.automatic_kind  # list mail is a customer's message, and a list must not be answered
        and message.auth_results.get("dmarc") != "fail"
        and inquiry.status != InquiryStatus.SPAM
        and inquiry.contact.standing != Standing.BLOCKED
        and not inquiry.messages.exclude(pk=message.pk).exists()
        and not inquiry.outgoing.filter(kind=OutgoingKind.ACKNOWLEDGEMENT).exists()
    )


def _may_be_answered(address: str) -> bool:
    """Somebody reads mail there, and it is not ourselves. Of a form nobody has judged the sender before."""
    own = {*Inbox.objects.values_list("address", flat=True)}
    own |= {parseaddr(known)[1] for known in (settings.DEFAULT_FROM_EMAIL, settings.SERVER_EMAIL)}
    verdict = classify(ParsedMail(author=Address("", address)), own_addresses=frozenset(own))
    return is_plausible(address) and verdict.may_auto_reply


def _limit_reached(inbox: Inbox, address: str) -> str:
    """Name of the limit, or ""."""
    now = timezone.now()
    sent = OutgoingMail.objects.filter(kind=OutgoingKind.ACKNOWLEDGEMENT, created_at__gt=now - _DAY)
    rows = list(sent.values_list("inbox_id", "to", "created_at"))
    in_hour = [row for row in rows if row[2] > now - _HOUR]
    if sum(inbox_id == inbox.pk for inbox_id, _to, _at in in_hour) >= PER_INBOX_AND_HOUR:
        return "inbox_hour"
    target = _one_person(address)
    if _count(in_hour, target) >= PER_ADDRESS_AND_HOUR:
        return "address_hour"
    return "address_day" if _count(rows, target) >= PER_ADDRESS_AND_DAY else ""


def _count(rows: list[tuple[int, list[str], dt.datetime]], target: str) -> int:
    return sum(target in map(_one_person, to) for _inbox, to, _at in rows)


def _one_person(address: str) -> str:
    """The address without its tag: me+1@ and me+2@ fill the same mailbox."""
    local, at, domain = normalize(address).rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _language(inquiry: Inquiry) -> str:
    """The language the form was read in; for a mail, what the shop knows about the customer."""
    if inquiry.channel == Channel.FORM:
        return translation.get_language() or settings.LANGUAGE_CODE
    known = ask(get_shop().language, "", order=None, customer=inquiry.contact.customer)
    return known or settings.LANGUAGE_CODE


@dataclass(frozen=True, slots=True)
class _Text:
    subject: str
    body: str


def _compose(inquiry: Inquiry, message: Message, *, is_proven: bool) -> _Text:
    inbox = inquiry.inbox
    values = {
        "number": inquiry.number,
        "inbox": inbox.sender_name or inbox.name,
        "name": _shown(message.sender_name, 50) if is_proven else "",
        "subject": _shown(message.subject, 100) if is_proven else "",
    }
    values["name"] = values["name"] or pgettext("salutation", "customer")
    values["subject"] = values["subject"] or _("your inquiry")
    subject = _filled(inbox.acknowledgement_subject or _("We have received your inquiry"), values)
    tag = f"[#{inquiry.number}]"
    body = _filled(inbox.acknowledgement_text or _built_in(), values)
    if inbox.signature:
        body = f"{body.rstrip()}\n\n{inbox.signature}"
    return _Text(subject if tag in subject else f"{subject} {tag}", body)


def _built_in() -> str:
    return _(
        "Dear {name},\n"
        "\n"
        "thank you for your inquiry. We have received it and will answer as soon as we can.\n"
        "\n"
        "Inquiry number: {number}\n"
        "\n"
        "If you would like to add something, simply reply to this mail.\n"
        "If you did not write to us, please ignore this mail.\n"
        "\n"
        "{inbox}\n"
    )


def _filled(text: str, values: dict[str, str]) -> str:
    """Only our four words are replaced; other braces are the shop's own text."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)


def _shown(value: str, length: int) -> str:
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    return "" if _LINK.search(line) else line[:length]


def _headers(message: Message) -> dict[str, str]:
    headers = {
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "Precedence": "auto_reply",
        LOOP_HEADER: loop_value(),
    }
    if _MESSAGE_ID.fullmatch(message.message_id):
        headers["In-Reply-To"] = headers["References"] = f"<{message.message_id}>"
    return headers
