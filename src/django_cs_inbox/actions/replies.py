"""Writing and releasing replies. All raise ``NotAllowed``; the rest is said at each function."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import permissions
from ..choices import (
    Channel,
    Direction,
    InquiryStatus,
    MessageKind,
    NextStatus,
    OutgoingKind,
    OutgoingState,
    ReplyState,
)
from ..exceptions import InvalidInput, StaleObject, WrongState
from ..mail.addresses import is_plausible, normalize
from ..mail.compose import LOOP_HEADER, header_value, is_sendable, quote_text, references_for
from ..mail.threading import reply_subject
from ..models import Attachment, Inquiry, Message, OutgoingMail, Reply
from ..permissions import person_label
from ..secrets import loop_value
from . import files as file_store
from .arrival import ArrivalFile
from .changes import locked, moving
from .events import record
from .outbox import enqueue

#: States in which the text may still change.
EDITABLE = (ReplyState.DRAFT, ReplyState.RETURNED, ReplyState.WITHDRAWN, ReplyState.FAILED)


def save_draft(
    inquiry: Inquiry,
    *,
    by: Any,
    body: str,
    subject: str = "",
    to: Sequence[str] | None = None,
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    next_status: str = NextStatus.WAITING,
    quotes: bool = False,
    answers: Message | None = None,
    version: int | None = None,
    files: Iterable[ArrivalFile] = (),
    remove_files: Iterable[Attachment] = (),
) -> Reply:
    """Keep what a member of staff has typed: one draft per person and inquiry.

    Nothing typed is refused here, so that nothing is lost; ``send`` and ``submit`` check. ``version`` is
    the ``Inquiry.version`` that the author saw.
    """
    with file_store.kept_on_success() as saved, locked(inquiry, by=by) as fresh:
        reply = _draft(fresh, by)
        _replace_failed_mail(reply)
        reply.subject = header_value(subject)[:500] or reply_subject(fresh.subject, fresh.number)[:500]
        reply.body = body
        reply.to = _addresses(default_recipients(fresh) if to is None else to)
        reply.cc = _addresses(cc)
        reply.bcc = _addresses(bcc)
        reply.next_status = next_status if next_status in NextStatus.values else NextStatus.WAITING
        reply.quotes = quotes
        reply.answers = answers if answers is not None and answers.inquiry_id == fresh.pk else None
        # A version that never was counts as the oldest, and as stale.
        seen = fresh.version if version is None else version
        reply.based_on_version = seen if 0 <= seen <= fresh.version else 0
        reply.save()
        for attachment in remove_files:
            file_store.remove(reply.attachments.filter(pk=attachment.pk))
        file_store.attach(files, saved, reply=reply)
    return reply


def discard(reply: Reply, *, by: Any) -> None:
    """Throw a draft away. Raises ``WrongState`` when it is no draft any more."""
    with locked(reply.inquiry, by=by) as fresh:
        own = _editable(reply, by)
        own.to_discarded()
        own.save()
        file_store.remove(own.attachments.all())
        record("reply.discarded", inquiry=fresh, by=by, target=own)


def send(reply: Reply, *, by: Any) -> OutgoingMail:
    """Release a reply that needs no approval: the mail is queued in the same transaction.

    Raises ``InvalidInput`` (no recipient, empty text), ``StaleObject`` (somebody wrote meanwhile) and
    ``WrongState`` (another reply is on its way, or the status forbids it). The draft is kept.
    """
    try:
        with locked(reply.inquiry, by=by) as fresh:
            permissions.demand(permissions.can_send(by, fresh), _("You are not allowed to send replies."))
            own = _editable(reply, by)
            _check(own, fresh)
            _take_up(fresh, by)
            own.to_queued()
            own.content_hash = content_hash(own)
            own.save()
            outgoing = _enqueue(own, fresh)
            fresh.version += 1
            with moving(fresh, "inquiry.replied", by=by, reply=own.pk):
                fresh.to_replied(own.next_status, timezone.now())
    except IntegrityError as error:
        raise WrongState(_("Another reply to this inquiry is on its way.")) from error
    return outgoing


def submit(reply: Reply, *, by: Any) -> Reply:
    """Ask for approval. Raises as ``send`` does."""
    with locked(reply.inquiry, by=by) as fresh:
        own = _editable(reply, by)
        _check(own, fresh)
        _take_up(fresh, by)
        own.to_submitted()
        own.content_hash = content_hash(own)
        own.save()
        fresh.version += 1
        with moving(fresh, "inquiry.submitted", by=by, reply=own.pk, hash=own.content_hash):
            fresh.to_submitted()
    return own


def approve(reply: Reply, *, by: Any) -> OutgoingMail:
    """Approve exactly this text, which sends it.

    Raises ``NotAllowed`` for its author, ``StaleObject`` when the customer wrote meanwhile or the text is
    not the submitted one, ``WrongState`` when it is not waiting for approval.
    """
    try:
        with transaction.atomic():
            fresh, own = _for_decision(reply, by)
            permissions.demand(own.author_id != by.pk, _("Nobody approves their own reply: ask a colleague."))
            newer = fresh.messages.filter(kind=MessageKind.CUSTOMER, created_at__gt=own.updated_at)
            if own.content_hash != content_hash(own) or newer.exists():
                raise StaleObject(_("Something changed since the reply was submitted. Look at it again."))
            own.to_approved()
            own.decided_by, own.decided_by_label = by, person_label(by)
            own.to_queued()
            own.save()
            outgoing = _enqueue(own, fresh)
            with moving(fresh, "inquiry.approved", by=by, reply=own.pk, hash=own.content_hash):
                fresh.to_approved(own.next_status, timezone.now())
    except IntegrityError as error:
        raise WrongState(_("Another reply to this inquiry is on its way.")) from error
    return outgoing


def return_reply(reply: Reply, *, by: Any, reason: str) -> Reply:
    """差戻し: send the reply back to its author. Raises ``InvalidInput`` without a reason."""
    reason = reason.strip()
    if not reason:
        raise InvalidInput(_("Say why the reply is returned."))
    with transaction.atomic():
        fresh, own = _for_decision(reply, by)
        own.to_returned()
        own.decided_by, own.decided_by_label = by, person_label(by)
        own.decision_note = reason
        own.save()
        with moving(fresh, "inquiry.returned", by=by, reply=own.pk):
            fresh.to_returned()
    return own


def withdraw(reply: Reply, *, by: Any) -> Reply:
    """The author takes back a reply that waits for approval. Raises ``WrongState``."""
    with locked(reply.inquiry, by=by) as fresh:
        own = Reply.objects.select_for_update().get(pk=reply.pk)
        permissions.demand(own.author_id == by.pk, _("Only its author can withdraw a reply."))
        if own.state != ReplyState.SUBMITTED:
            raise WrongState(_("This reply is not waiting for approval."))
        own.to_withdrawn()
        own.save()
        with moving(fresh, "inquiry.withdrawn", by=by, reply=own.pk):
            fresh.to_withdrawn()
    return own


def content_hash(reply: Reply) -> str:
    """Hash over everything that leaves (DESIGN, law 8)."""
    content = {
        "inquiry": reply.inquiry_id,
        "from": [reply.inquiry.inbox.address, reply.inquiry.inbox.sender_name],
        "to": reply.to,
        "cc": reply.cc,
        "bcc": reply.bcc,
        "subject": reply.subject,
        "body": _full_body(reply),
        "files": [[a.name, a.sha256, a.content_type] for a in reply.attachments.order_by("pk")],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def default_recipients(inquiry: Inquiry) -> list[str]:
    """The address from which the customer wrote last; never a Reply-To (mail-rules R3)."""
    newest = _newest_customer_message(inquiry)
    if newest is not None and newest.sender_address:
        return [newest.sender_address]
    own = inquiry.contact.addresses.filter(kind="email").order_by("-is_verified", "pk").first()
    return [own.value] if own else []


def _addresses(typed: Iterable[str]) -> list[str]:
    # PostgreSQL keeps no NUL, and no other control character belongs into an address either.
    cleaned = ("".join(sign for sign in address if sign.isprintable()).strip() for address in typed)
    return [address for address in cleaned if address]


def _draft(inquiry: Inquiry, by: Any) -> Reply:
    """The author's draft, or their reply that came back, or a new draft."""
    own = inquiry.replies.filter(author=by, state__in=EDITABLE).order_by("-pk").first()
    if own is not None:
        return own
    # Hashed: a user's key may be as long as the host likes.
    key = hashlib.sha256(f"{inquiry.pk}:{by.pk}".encode()).hexdigest()
    return Reply(inquiry=inquiry, author=by, author_label=person_label(by), draft_key=key)


def _editable(reply: Reply, by: Any) -> Reply:
    own = Reply.objects.select_for_update().get(pk=reply.pk)
    permissions.demand(own.author_id == by.pk, _("This draft belongs to somebody else."))
    if own.state not in EDITABLE:
        raise WrongState(_("This reply has already been sent or submitted."))
    return own


def _for_decision(reply: Reply, by: Any) -> tuple[Inquiry, Reply]:
    fresh = Inquiry.objects.select_for_update().get(pk=reply.inquiry_id)
    permissions.demand(permissions.can_approve(by, fresh), _("You are not allowed to approve replies."))
    own = Reply.objects.select_for_update().get(pk=reply.pk)
    if own.state != ReplyState.SUBMITTED:
        raise WrongState(_("This reply is not waiting for approval."))
    return fresh, own


def _check(reply: Reply, inquiry: Inquiry) -> None:
    if not reply.body.strip():
        raise InvalidInput(_("The reply is empty."))
    if not reply.to:
        raise InvalidInput(_("The reply has no recipient."))
    for address in [*reply.to, *reply.cc, *reply.bcc]:
        if not is_plausible(address) and not _has_written(address, inquiry):
            raise InvalidInput(_("“%(address)s” is not an email address.") % {"address": address})
    if reply.based_on_version != inquiry.version:
        raise StaleObject(_("Somebody wrote since you opened this inquiry. Read it first, then send."))
    if inquiry.status == InquiryStatus.PENDING_APPROVAL:
        raise WrongState(_("Another reply to this inquiry is waiting for approval."))
    if inquiry.status == InquiryStatus.SPAM:
        raise WrongState(_("This inquiry is marked as spam. Mark it as not spam first."))


def _has_written(address: str, inquiry: Inquiry) -> bool:
    """Whether a mail of this inquiry came from this odd address: it exists, then, and waits for an answer."""
    if not is_sendable(address):
        return False
    mails = inquiry.messages.filter(direction=Direction.IN, channel=Channel.EMAIL)
    senders = mails.values_list("sender_address", flat=True)
    return normalize(address) in {normalize(sender) for sender in senders}


def _take_up(inquiry: Inquiry, by: Any) -> None:
    """A reply to what rests or is finished takes it up again, as two visible steps."""
    if inquiry.status == InquiryStatus.ON_HOLD:
        with moving(inquiry, "inquiry.resumed", by=by):
            inquiry.to_resumed()
    elif inquiry.status in (InquiryStatus.WAITING, InquiryStatus.DONE, InquiryStatus.NO_ACTION):
        with moving(inquiry, "inquiry.reopened", by=by):
            inquiry.to_reopened()
    if inquiry.assignee_id is None:
        inquiry.assignee, inquiry.assignee_label = by, person_label(by)


def _enqueue(reply: Reply, inquiry: Inquiry) -> OutgoingMail:
    parent = reply.answers or _newest_customer_message(inquiry)
    headers = {LOOP_HEADER: loop_value()}
    if parent is not None and parent.message_id:
        chain = references_for(parent.references, parent.message_id)
        headers["In-Reply-To"] = f"<{parent.message_id}>"
        headers["References"] = " ".join(f"<{reference}>" for reference in chain)
    _replace_failed_mail(reply)
    return enqueue(
        inbox=inquiry.inbox,
        kind=OutgoingKind.REPLY,
        to=reply.to,
        cc=reply.cc,
        bcc=reply.bcc,
        subject=reply.subject,
        body=_full_body(reply),
        headers=headers,
        inquiry=inquiry,
        reply=reply,
    )


def _replace_failed_mail(reply: Reply) -> None:
    """Corrected after a failure: the mail that failed gives way and is not tried again, because it would
    leave with files that nobody released."""
    if reply.pk is not None:
        failed = OutgoingMail.objects.filter(reply=reply, state=OutgoingState.FAILED)
        failed.update(reply=None, state=OutgoingState.CANCELLED)


def _full_body(reply: Reply) -> str:
    """What the customer reads: the text, the inbox's signature, and the quote where wanted."""
    parts = [reply.body.rstrip()]
    signature = reply.inquiry.inbox.signature.strip()
    if signature:
        parts.append(signature)
    if reply.quotes:
        parent = reply.answers or _newest_customer_message(reply.inquiry)
        if parent is not None and parent.text.strip():
            when = timezone.localtime(parent.occurred_at)
            intro = f"{when:%Y-%m-%d %H:%M} {parent.sender_name or parent.sender_address}:"
            parts.append(quote_text(parent.text, intro=intro))
    return "\n\n".join(parts) + "\n"


def _newest_customer_message(inquiry: Inquiry) -> Message | None:
    return inquiry.messages.filter(kind=MessageKind.CUSTOMER).order_by("-occurred_at", "-pk").first()
