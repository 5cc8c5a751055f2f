"""What happens to reply and inquiry while their mail is on its way. Called by ``outbox`` with the
outbox row locked."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ..choices import Channel, Direction, InquiryStatus, MessageKind, OutgoingKind
from ..models import Inquiry, Message, OutgoingMail, Reply
from ..signals import message_sent
from .changes import after_commit, moving
from .events import record


def start(reply: Reply | None) -> None:
    if reply is not None:
        reply.to_sending()
        reply.save()


def wait(reply: Reply | None) -> None:
    if reply is not None:
        reply.to_retry()
        reply.save()


def doubt(reply: Reply | None) -> None:
    if reply is not None:
        reply.to_unknown()
        reply.save()


def fail(reply: Reply | None) -> None:
    if reply is not None:
        reply.to_failed()
        reply.save()


def queue_again(reply: Reply | None) -> None:
    if reply is not None:
        reply.to_queued()
        reply.save()


def give_back(outgoing: OutgoingMail) -> None:
    """A reply that could not be sent brings its inquiry back to work."""
    if outgoing.inquiry_id is None or outgoing.kind != OutgoingKind.REPLY:
        return
    inquiry = Inquiry.objects.select_for_update().get(pk=outgoing.inquiry_id)
    if inquiry.status in (InquiryStatus.WAITING, InquiryStatus.ON_HOLD, InquiryStatus.DONE):
        with moving(inquiry, "inquiry.send_failed", by=None):
            inquiry.to_send_failed()


def write_message(outgoing: OutgoingMail) -> Message | None:
    """The mail was accepted: write what was said, and see who still waits for an answer."""
    now = timezone.now()
    message = None
    if outgoing.inquiry_id is not None:
        inquiry = Inquiry.objects.select_for_update().get(pk=outgoing.inquiry_id)
        message = _message(outgoing, inquiry)
        inquiry.last_message_at = now
        if outgoing.kind == OutgoingKind.REPLY:
            # Staff read the count as "said so far"; an acknowledgement says nothing.
            inquiry.message_count += 1
            inquiry.unanswered_since = _still_waiting_since(inquiry, outgoing)
            record("reply.sent", inquiry=inquiry, target=outgoing)
        inquiry.save()
    if outgoing.reply is not None:
        reply = outgoing.reply
        reply.to_sent()
        reply.message = message
        reply.save()
        reply.attachments.update(message=message)
    after_commit(message_sent, outgoing=outgoing, message=message)
    return message


def _still_waiting_since(inquiry: Inquiry, outgoing: OutgoingMail) -> dt.datetime | None:
    """A word of the customer that came after the reply was written is still unanswered, unless somebody
    closed the inquiry, or sent a later reply, before the mail server took this one."""
    if inquiry.unanswered_since is None:
        return None
    later = inquiry.messages.filter(kind=MessageKind.CUSTOMER, created_at__gt=outgoing.created_at)
    times = list(later.order_by("created_at").values_list("occurred_at", flat=True))
    if not times:
        return None
    return inquiry.unanswered_since if inquiry.unanswered_since in times else times[0]


def _message(outgoing: OutgoingMail, inquiry: Inquiry) -> Message:
    now = timezone.now()
    reply = outgoing.reply
    return Message.objects.create(
        inquiry=inquiry,
        direction=Direction.OUT,
        kind=MessageKind.STAFF if outgoing.kind == OutgoingKind.REPLY else MessageKind.ACKNOWLEDGEMENT,
        channel=Channel.EMAIL,
        author=reply.author if reply else None,
        author_label=reply.author_label if reply else "",
        sender_name=outgoing.inbox.sender_name,
        sender_address=outgoing.inbox.address,
        to=[{"name": "", "address": address} for address in outgoing.to],
        cc=[{"name": "", "address": address} for address in outgoing.cc],
        subject=outgoing.subject,
        text=outgoing.body,
        message_id=outgoing.message_id,
        message_key=outgoing.message_key,
        references=str(outgoing.headers.get("References", "")).replace("<", "").replace(">", "").split(),
        occurred_at=now,
        created_at=now,
    )
