"""A stored mail as an ``Arrival``: what the mail channel knows and the other channels do not."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..choices import Channel, Origin
from ..mail import auth, automatic, bounce, threading
from ..mail.addresses import normalize
from ..mail.compose import LOOP_HEADER, read_message_id
from ..mail.parse import parse
from ..mail.types import Address, Automatic, AutomaticKind, Bounce, ParsedMail
from ..models import Inbox, IncomingMail, OutgoingMail
from ..queries.threads import message_key
from ..secrets import loop_values, signing_keys
from .arrival import Arrival, ArrivalFile
from .numbers import NUMBER_PATTERN

#: Mail servers give up after five days. An older date is a wrong clock, or a way to the end of the list.
_OLDEST = dt.timedelta(days=7)
#: Words of ``ParsedMail.defects`` that mean staff do not see everything that was sent.
_LOSSES = ("left out", "cut", "too many", "too deep", "unreadable")


@dataclass(frozen=True, slots=True)
class Reading:
    """A stored mail, understood."""

    parsed: ParsedMail
    automatic: Automatic
    bounce: Bounce | None
    #: Hash of what a person would call the mail; transport headers differ between two copies.
    content_hash: str


def read(mail: IncomingMail) -> Reading:
    """Parse the stored bytes and judge who wrote them; fills in what lists of mails show of it.

    Touches no row. ``message_key`` is never empty: without a Message-ID the bytes stand in for it.
    """
    raw = mail.raw()
    parsed = parse(raw)
    mail.message_id = parsed.message_id[:998]
    mail.message_key = message_key(parsed.message_id) or message_key(f"sha256:{mail.sha256}")
    mail.sender = (parsed.author.address if parsed.author else parsed.header("From"))[:320]
    mail.subject = parsed.subject[:500]
    return Reading(parsed, _classify(parsed), bounce.read_bounce(parsed, raw), content_hash(parsed))


def content_hash(parsed: ParsedMail) -> str:
    """The same for two copies of one mail that came different ways, and for no two different mails."""
    digest = hashlib.sha256()
    for value in _content(parsed):
        digest.update(b"%d:" % len(value) + value)
    return digest.hexdigest()


def _content(parsed: ParsedMail) -> Iterator[bytes]:
    yield repr((parsed.author, parsed.date, parsed.subject, parsed.to, parsed.cc)).encode("utf-8", "replace")
    # Line ends and blanks at the edges change on the way.
    for text in (parsed.text, parsed.html):
        yield "\n".join(line.rstrip() for line in text.strip().splitlines()).encode("utf-8", "replace")
    for file in parsed.attachments:
        yield file.name.encode("utf-8", "replace")
        yield file.content.replace(b"\r\n", b"\n").strip()


def is_own(reading: Reading) -> bool:
    """Whether we wrote and sent the mail ourselves: taken in, it could be answered by ourselves again."""
    return reading.automatic.reason == LOOP_HEADER or _is_signed(reading.parsed.message_id)


def _classify(parsed: ParsedMail) -> Automatic:
    own = frozenset(normalize(address) for address in Inbox.objects.values_list("address", flat=True))
    sent = {value.strip() for value in parsed.header_all(LOOP_HEADER)}
    value = next((known for known in loop_values() if known in sent), "")
    found = automatic.classify(parsed, own_addresses=own, own_loop_header=LOOP_HEADER, own_loop_value=value)
    if found.kind == AutomaticKind.LOOP and found.reason != LOOP_HEADER and _speaks_for_another(parsed, own):
        return Automatic(reason=found.reason, may_auto_reply=False)
    return found


def _speaks_for_another(parsed: ParsedMail, own: frozenset[str]) -> bool:
    """A form of the shop's web site often writes in the shop's name, with the customer in Reply-To."""
    return any(normalize(address.address) not in own for address in parsed.reply_to)


def _is_signed(message_id: str) -> bool:
    return read_message_id(message_id, signing_keys()) is not None


def returned(mail: IncomingMail, reading: Reading) -> OutgoingMail | None:
    """The mail of ours that came back. Only an id that we signed proves it, and only in a mail that no person
    wrote: whoever got one of our mails forwarded knows its id, and anybody can attach a report."""
    if reading.bounce is None or not reading.automatic.is_automatic:
        return None
    claimed = reading.bounce.original_message_id
    if not _is_signed(claimed):
        return None
    return (
        OutgoingMail.objects.select_related("inquiry")
        .filter(message_key=message_key(claimed), inbox=mail.inbox_id)
        .first()
    )


def build(
    mail: IncomingMail,
    reading: Reading,
    *,
    came_back: OutgoingMail | None = None,
    warnings: tuple[str, ...] = (),
) -> Arrival:
    """What the mail says, for ``intake.receive``."""
    parsed = reading.parsed
    return Arrival(
        inbox=mail.inbox,
        key=f"mail:{mail.source_key}",
        channel=Channel.EMAIL,
        origin=Origin.DIRECT_MAIL,
        sender=parsed.author or Address(name="", address=""),
        subject=parsed.subject,
        text=parsed.text,
        html=parsed.html,
        occurred_at=_occurred_at(parsed.date, mail.received_at),
        files=tuple(
            ArrivalFile(
                name=file.name,
                content=file.content,
                content_type=file.content_type,
                content_id=file.content_id,
                is_inline=file.is_inline,
            )
            for file in parsed.attachments
        ),
        inquiry=came_back.inquiry if came_back else None,
        thread=threading.evidence(parsed, number_pattern=NUMBER_PATTERN),
        message_id=parsed.message_id,
        references=parsed.references,
        to=parsed.to,
        cc=parsed.cc,
        reply_to=parsed.reply_to,
        automatic=reading.automatic,
        auth_results=auth.read_results(parsed, mail.inbox.trusted_authserv_id),
        warnings=(*_warnings(mail, parsed), *warnings),
        incoming=mail,
    )


def _warnings(mail: IncomingMail, parsed: ParsedMail) -> Iterator[str]:
    """Codes that ``queries.sender`` puts into words."""
    if parsed.author is None or parsed.author_is_doubtful:
        yield "author_doubtful"
    if mail.is_truncated:
        yield "truncated"
    if any(word in defect for defect in parsed.defects for word in _LOSSES):
        yield "incomplete"


def _occurred_at(date: dt.datetime | None, received_at: dt.datetime) -> dt.datetime:
    """The mail's own date where plausible, else the time of arrival."""
    if date is None or date.tzinfo is None or not received_at - _OLDEST <= date <= received_at:
        return received_at
    return date
