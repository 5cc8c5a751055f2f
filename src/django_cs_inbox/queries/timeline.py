"""One conversation by time: messages, notes, the shop's mails, replies on their way, history.

The number of queries does not depend on how much was said. Only the newest entries are read unless the whole
is asked for; lines of history do not count, so that they never push out a customer's words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet

from ..choices import Direction, LinkState, MessageKind, OutgoingKind, OutgoingState, ReplyState
from ..mail import quotes
from ..mail.types import TextPiece
from ..models import Attachment, Event, Inquiry, Message, Note, OrderMail, OutgoingMail, Reply
from .conversation import EDITABLE_STATES
from .sender import Notice, notices

Row = TypeVar("Row", bound=Model)

#: Entries shown before somebody asks for the earlier ones.
RECENT = 30
#: Entries shown at most; nobody reads further up, and a mail loop must not bring the page down.
MOST = 500
#: Characters of one text shown before somebody asks for all of it.
LONG_TEXT = 20_000

#: History that repeats an entry which stands there itself.
_TOLD_BY_ENTRY = (
    "message.received",
    "inquiry.customer_wrote",
    "note.added",
    "reply.sent",
    "acknowledgement.queued",
)
_COMPOSED_STATES = (ReplyState.DRAFT, ReplyState.RETURNED, ReplyState.WITHDRAWN)
_OVER_STATES = (ReplyState.SENT, ReplyState.DISCARDED)

_RANK = {"order_mail": 0, "message": 1, "note": 2, "outgoing": 3, "reply": 4, "events": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One card of the timeline. ``kind`` names the partial template that draws it."""

    kind: str
    at: dt.datetime
    pk: int
    #: Message, Note, OrderMail, OutgoingMail or Reply; None for history.
    item: Any = None
    pieces: tuple[TextPiece, ...] = ()
    files: tuple[Attachment, ...] = ()
    notices: tuple[Notice, ...] = ()
    events: tuple[Event, ...] = ()
    #: The mail that carries the reply, while it is on its way.
    outgoing: OutgoingMail | None = None
    has_html: bool = False
    is_cut: bool = False
    #: Came in after the page was last shown to this person.
    is_new: bool = False

    @property
    def anchor(self) -> str:
        return f"{self.kind}-{self.pk}"

    @property
    def side(self) -> str:
        """ "in" for the customer's words, "out" for ours, "quiet" for what no person wrote."""
        if self.kind == "message":
            if self.item.kind == MessageKind.ACKNOWLEDGEMENT:
                return "quiet"
            if self.item.kind == MessageKind.AUTOMATIC:
                return "alert" if self.item.automatic_kind in ("bounce", "complaint") else "quiet"
            return "in" if self.item.direction == Direction.IN else "out"
        return {"order_mail": "quiet", "outgoing": "quiet", "reply": "pending"}.get(self.kind, self.kind)

    @property
    def opens(self) -> bool:
        """Whether the text is shown without a click."""
        return self.side != "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    entries: tuple[Entry, ...]
    #: Earlier entries exist and are not shown.
    is_folded: bool
    #: Whether asking for all would show more.
    can_unfold: bool
    #: Newest message of the customer, which a reply answers.
    newest_in: Message | None
    #: What this person is writing; it stands in the composer, with these files.
    own_reply: Reply | None
    own_files: tuple[Attachment, ...]

    @property
    def new_count(self) -> int:
        return sum(entry.is_new for entry in self.entries)


def build(
    inquiry: Inquiry,
    *,
    user: Any,
    everything: bool = False,
    full_text: int | None = None,
    seen_at: dt.datetime | None = None,
    order_keys: Sequence[str] | None = None,
) -> Timeline:
    """The conversation, oldest entry first.

    ``seen_at`` is when the page was last shown to this person, by default when they last saved their draft.
    ``order_keys`` spares a query when the links are known.
    """
    limit = MOST if everything else RECENT
    wanted = limit + 1
    messages = list(_messages(inquiry)[:wanted])
    replies = list(Reply.objects.filter(inquiry=inquiry).exclude(state__in=_OVER_STATES).order_by("pk"))
    files = _Files(messages, replies)
    said = [
        *_message_entries(messages, files, full_text),
        *(_note_entry(note) for note in _newest(Note.objects.filter(inquiry=inquiry), "created_at", wanted)),
        *(_order_mail_entry(mail) for mail in _order_mails(inquiry, order_keys, wanted)),
    ]
    said.sort(key=_sort_key)
    is_folded = len(said) > limit
    said = said[-limit:]
    since = said[0].at if is_folded else None
    # What waits for somebody is never folded away, however old it is.
    waiting = _pending_entries(inquiry, replies, files, user)
    entries = sorted([*said, *waiting, *_history(inquiry, since)], key=_sort_key)
    own = next((row for row in reversed(replies) if _is_own(row, user)), None)
    seen_at = seen_at or (own.updated_at if own else None)
    if seen_at is not None:
        entries = [replace(entry, is_new=_is_news(entry, seen_at, user)) for entry in entries]
    return Timeline(
        entries=tuple(_grouped(entries)),
        is_folded=is_folded,
        can_unfold=is_folded and not everything,
        newest_in=next((row for row in messages if _is_customers(row)), None),
        own_reply=own,
        own_files=files.of_reply(own.pk) if own else (),
    )


def message_text(text: str, *, full: bool = False) -> tuple[tuple[TextPiece, ...], bool]:
    """A text in pieces with its quoted parts told apart, and whether it was cut."""
    is_cut = len(text) > LONG_TEXT and not full
    return tuple(quotes.split(text[:LONG_TEXT] if is_cut else text).pieces), is_cut


def _messages(inquiry: Inquiry) -> Any:
    return (
        Message.objects.filter(inquiry=inquiry)
        .annotate(has_html=ExpressionWrapper(~Q(html=""), output_field=BooleanField()))
        .defer("html", "references")
        .order_by("-occurred_at", "-id")
    )


def _newest(rows: QuerySet[Row], by: str, count: int) -> QuerySet[Row]:
    return rows.order_by(f"-{by}", "-id")[:count]


def _order_mails(inquiry: Inquiry, keys: Sequence[str] | None, count: int) -> Iterable[OrderMail]:
    """Mails about confirmed orders only: a suggestion may be somebody else's order."""
    if keys is None:
        links = inquiry.order_links.filter(state=LinkState.CONFIRMED)
        keys = list(links.values_list("order_key", flat=True))
    return _newest(OrderMail.objects.filter(order_key__in=keys).defer("html"), "sent_at", count)


class _Files:
    """Attachments of messages and of replies on their way, in one query."""

    def __init__(self, messages: Sequence[Message], replies: Sequence[Reply]) -> None:
        mine = Q(message__in=[row.pk for row in messages]) | Q(reply__in=[row.pk for row in replies])
        self._by_message: dict[int | None, list[Attachment]] = {}
        self._by_reply: dict[int | None, list[Attachment]] = {}
        for row in Attachment.objects.filter(mine).order_by("id"):
            self._by_message.setdefault(row.message_id, []).append(row)
            self._by_reply.setdefault(row.reply_id, []).append(row)

    def of_message(self, key: int) -> tuple[Attachment, ...]:
        return tuple(self._by_message.get(key, ()))

    def of_reply(self, key: int) -> tuple[Attachment, ...]:
        return tuple(self._by_reply.get(key, ()))


def _message_entries(messages: Sequence[Message], files: _Files, full: int | None) -> Iterable[Entry]:
    for message in messages:
        pieces, is_cut = message_text(message.text, full=message.pk == full)
        yield Entry(
            kind="message",
            at=message.occurred_at,
            pk=message.pk,
            item=message,
            pieces=pieces,
            is_cut=is_cut,
            files=files.of_message(message.pk),
            notices=tuple(notices(message)),
            has_html=bool(message.has_html),  # type: ignore[attr-defined]
        )


def _note_entry(note: Note) -> Entry:
    return Entry(kind="note", at=note.created_at, pk=note.pk, item=note)


def _order_mail_entry(mail: OrderMail) -> Entry:
    pieces, is_cut = message_text(mail.text)
    return Entry(kind="order_mail", at=mail.sent_at, pk=mail.pk, item=mail, pieces=pieces, is_cut=is_cut)


def _pending_entries(inquiry: Inquiry, replies: Sequence[Reply], files: _Files, user: Any) -> Iterable[Entry]:
    """Replies that are not out yet, and acknowledgements that wait or have failed.

    One's own text is left out while it stands in the composer; a failed mail is shown all the same, because
    it can be sent again as it is.
    """
    mails = list(
        OutgoingMail.objects.filter(inquiry=inquiry, sent_message=None)
        .exclude(kind=OutgoingKind.NOTICE)
        .exclude(state__in=(OutgoingState.SENT, OutgoingState.CANCELLED))
    )
    by_reply = {mail.reply_id: mail for mail in mails if mail.reply_id}
    for reply in replies:
        if reply.author_id == user.pk and reply.state in _COMPOSED_STATES:
            continue
        yield Entry(
            kind="reply",
            at=reply.updated_at,
            pk=reply.pk,
            item=reply,
            files=files.of_reply(reply.pk),
            outgoing=by_reply.get(reply.pk),
        )
    for mail in mails:
        if mail.reply_id is None:
            yield Entry(kind="outgoing", at=mail.created_at, pk=mail.pk, item=mail, outgoing=mail)


def _history(inquiry: Inquiry, since: dt.datetime | None) -> Iterable[Entry]:
    rows = Event.objects.filter(inquiry=inquiry).exclude(verb__in=_TOLD_BY_ENTRY)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    for event in rows.order_by("-created_at", "-id")[:MOST]:
        yield Entry(kind="events", at=event.created_at, pk=event.pk, events=(event,))


def _grouped(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Lines of history that follow each other become one block."""
    block: Entry | None = None
    for entry in entries:
        if entry.kind == "events" and block is not None:
            block = replace(block, events=block.events + entry.events)
            continue
        if block is not None:
            yield block
        block = entry if entry.kind == "events" else None
        if block is None:
            yield entry
    if block is not None:
        yield block


def _sort_key(entry: Entry) -> tuple[dt.datetime, int, int]:
    return entry.at, _RANK[entry.kind], entry.pk


def _is_own(reply: Reply, user: Any) -> bool:
    return reply.author_id == user.pk and reply.state in EDITABLE_STATES


def _is_customers(message: Message) -> bool:
    return message.direction == Direction.IN and not message.is_automatic


def _is_news(entry: Entry, seen_at: dt.datetime, user: Any) -> bool:
    if entry.kind not in ("message", "note", "reply"):
        return False
    # A mail may be older than its arrival; what counts is when it could be read here.
    arrived = entry.item.created_at if entry.kind == "message" else entry.at
    return bool(arrived > seen_at and entry.item.author_id != user.pk)
