"""What must hold of all rows, whatever happened before. Each function gives sentences; none is good."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from django_cs_inbox.choices import (
    IncomingState,
    InquiryStatus,
    MessageKind,
    OutgoingKind,
    OutgoingState,
    ReplyState,
)
from django_cs_inbox.models import (
    Attachment,
    Event,
    IncomingMail,
    Inquiry,
    Message,
    NumberCounter,
    OutgoingMail,
    Reply,
)
from django_cs_inbox.models.reply import IN_FLIGHT_STATES

#: Events that say which status came before and after.
STATUS_VERBS = [
    f"inquiry.{name}"
    for name in (
        *("opened", "submitted", "approved", "returned", "withdrawn", "replied", "held", "resumed", "woken"),
        *("closed", "no_action", "spam", "not_spam", "reopened", "customer_wrote", "send_failed"),
    )
]
#: Decisions of a person after which nobody waits any more.
_ENDS = ("inquiry.closed", "inquiry.no_action", "inquiry.spam")


def broken(*, accepted: Iterable[str]) -> list[str]:
    """All of them. ``accepted`` are the Message-IDs at the mail server, one for each time it took a mail;
    everything that was to leave has left or failed."""
    return [
        *numbers(),
        *once(),
        *counts(),
        *flights(),
        *chains(),
        *unanswered(),
        *outgoing(list(accepted)),
        *incoming(),
        *files(),
    ]


def numbers() -> Iterator[str]:
    """Unique and without a gap on each day."""
    days: dict[str, list[int]] = defaultdict(list)
    for number in Inquiry.objects.values_list("number", flat=True):
        day, _, count = number.partition("-")
        days[day].append(int(count))
    last = {f"{row.day:%Y%m%d}": row.last for row in NumberCounter.objects.all()}
    for day in days.keys() | last.keys():
        if sorted(days[day]) != list(range(1, last.get(day, 0) + 1)):
            yield f"numbers of {day}: {len(days[day])} given out, the counter is at {last.get(day)}"


def once() -> Iterator[str]:
    """One mail or form is one message, and nothing is there without the rest of it."""
    ids = Counter(Message.objects.exclude(message_id="").values_list("message_id", flat=True))
    yield from (f"{found} messages with the id {name}" for name, found in ids.items() if found > 1)
    if Inquiry.objects.filter(messages__isnull=True).exists():
        yield "an inquiry without a message"
    created = Counter(Event.objects.filter(verb="inquiry.created").values_list("inquiry", flat=True))
    if created != Counter(Inquiry.objects.values_list("pk", flat=True)):
        yield "inquiries and the events of their creation differ"


def counts() -> Iterator[str]:
    said = Counter(
        Message.objects.exclude(kind=MessageKind.ACKNOWLEDGEMENT).values_list("inquiry", flat=True)
    )
    for pk, count in Inquiry.objects.values_list("pk", "message_count"):
        if count != said[pk]:
            yield f"inquiry {pk}: message_count is {count} of {said[pk]}"


def flights() -> Iterator[str]:
    """At most one reply on its way, and its key says so."""
    on_their_way = Counter(Reply.objects.filter(state__in=IN_FLIGHT_STATES).values_list("inquiry", flat=True))
    yield from (f"inquiry {pk}: {count} replies in flight" for pk, count in on_their_way.items() if count > 1)
    for reply in Reply.objects.all():
        key = reply.inquiry_id if reply.state in IN_FLIGHT_STATES else None
        if reply.flight_key != key:
            yield f"reply {reply.pk} is {reply.state} with the flight key {reply.flight_key}"


def chains() -> Iterator[str]:
    """Every change of the status has an event that begins where the one before it ended."""
    now: dict[int, str] = defaultdict(lambda: str(InquiryStatus.NEW))
    for event in Event.objects.filter(verb__in=STATUS_VERBS).order_by("pk"):
        if event.data["old"] != now[event.inquiry_id]:
            yield f"inquiry {event.inquiry_id} was {now[event.inquiry_id]} before {event.verb}: {event.data}"
        now[event.inquiry_id] = event.data["new"]
    for pk, status in Inquiry.objects.values_list("pk", "status"):
        if now[pk] != status:
            yield f"inquiry {pk} is {status}; its events end with {now[pk]}"


def unanswered() -> Iterator[str]:
    """A customer who wrote after the last answer or decision is seen waiting; one who did not, is not."""
    answered = defaultdict(list)
    for pk, at in OutgoingMail.objects.filter(kind=OutgoingKind.REPLY, state=OutgoingState.SENT).values_list(
        "inquiry", "created_at"
    ):
        answered[pk].append(at)
    for pk, at in Event.objects.filter(verb__in=_ENDS).values_list("inquiry", "created_at"):
        answered[pk].append(at)
    # Back from spam, the customer waits since the last word, answered or not.
    from_spam = set(Event.objects.filter(verb="inquiry.not_spam").values_list("inquiry", flat=True))
    messages = defaultdict(list)
    for message in Message.objects.filter(kind=MessageKind.CUSTOMER).order_by("created_at", "pk"):
        messages[message.inquiry_id].append(message)
    for inquiry in Inquiry.objects.all():
        if inquiry.status == InquiryStatus.SPAM:
            if inquiry.unanswered_since is not None:
                yield f"inquiry {inquiry.pk}: spam that waits for an answer"
            continue
        since = max(answered[inquiry.pk], default=None)
        waiting = [found for found in messages[inquiry.pk] if since is None or found.created_at > since]
        if waiting and inquiry.unanswered_since is None:
            yield f"inquiry {inquiry.pk} ({inquiry.status}): a customer is forgotten"
        elif waiting and inquiry.pk not in from_spam and inquiry.unanswered_since > waiting[0].occurred_at:
            yield f"inquiry {inquiry.pk}: {inquiry.unanswered_since} is later than {waiting[0].occurred_at}"
        elif not waiting and inquiry.unanswered_since is not None and inquiry.pk not in from_spam:
            yield f"inquiry {inquiry.pk} ({inquiry.status}): was answered, and seems to wait"


def outgoing(accepted: list[str]) -> Iterator[str]:
    """The mail server has what we call sent, once, and nothing else; each has its message."""
    at_server = Counter(accepted)
    yield from (f"{name} was sent {count} times" for name, count in at_server.items() if count > 1)
    for mail in OutgoingMail.objects.select_related("reply", "sent_message"):
        is_sent = mail.state == OutgoingState.SENT
        if is_sent != (mail.message_id in at_server):
            yield f"outgoing {mail.pk} is {mail.state}; at the server {at_server[mail.message_id]} times"
        if is_sent != (mail.sent_message is not None):
            yield f"outgoing {mail.pk} is {mail.state}; its message is {mail.sent_message!r}"
        if mail.reply is not None and (mail.state, mail.reply.state) not in _PAIRS:
            yield f"outgoing {mail.pk} is {mail.state}, its reply {mail.reply.state}"
        if is_sent and mail.reply is not None and mail.reply.message_id != mail.sent_message_id:
            yield f"outgoing {mail.pk} and its reply name two messages"
    unknown = at_server.keys() - set(OutgoingMail.objects.values_list("message_id", flat=True))
    yield from (f"{name} was sent and is nowhere" for name in unknown)


#: A mail that failed may have been thrown away by its author since.
_PAIRS = {
    (OutgoingState.QUEUED, ReplyState.QUEUED),
    (OutgoingState.SENDING, ReplyState.SENDING),
    (OutgoingState.SENT, ReplyState.SENT),
    (OutgoingState.UNKNOWN, ReplyState.UNKNOWN),
    (OutgoingState.FAILED, ReplyState.FAILED),
    (OutgoingState.FAILED, ReplyState.SUBMITTED),
    (OutgoingState.FAILED, ReplyState.DISCARDED),
    (OutgoingState.FAILED, ReplyState.RETURNED),
    (OutgoingState.FAILED, ReplyState.WITHDRAWN),
}


def incoming() -> Iterator[str]:
    """What was received is finished, whole, and has its message."""
    for mail in IncomingMail.objects.select_related("message").prefetch_related("chunks"):
        if mail.state not in (IncomingState.PROCESSED, IncomingState.DUPLICATE):
            yield f"incoming {mail.pk} is {mail.state}: {mail.reason}"
        if (mail.state == IncomingState.PROCESSED) != hasattr(mail, "message"):
            yield f"incoming {mail.pk} is {mail.state}; has a message: {hasattr(mail, 'message')}"
        raw = b"".join(
            bytes(chunk.data) for chunk in sorted(mail.chunks.all(), key=lambda chunk: chunk.position)
        )
        if hashlib.sha256(raw).hexdigest() != mail.sha256:
            yield f"incoming {mail.pk}: the bytes are not whole"


def files() -> Iterator[str]:
    for attachment in Attachment.objects.all():
        with attachment.file.open("rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != attachment.sha256:
                yield f"attachment {attachment.pk}: the file is not whole"
