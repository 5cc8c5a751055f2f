"""The queue of mails that leave: written with the decision, delivered after its commit, never twice.

Claim, mark as being sent, commit, hand over, record the answer. A worker that dies in between leaves a
row whose lease runs out; such a mail is *unclear*, and a person decides (DESIGN, law 7).
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
import traceback
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import permissions
from ..choices import OutgoingKind, OutgoingState, ReplyState
from ..conf import conf
from ..exceptions import WrongState
from ..mail.compose import format_address, make_message_id
from ..models import Inbox, Inquiry, OutgoingMail, Reply
from ..queries.threads import message_key
from ..secrets import signing_keys
from ..signals import sending_failed
from . import released
from .changes import after_commit
from .deadlocks import run_again
from .events import record
from .mime import build_message, mail_connection

logger = logging.getLogger(__name__)

#: Waits between attempts after a temporary refusal (mail-rules R7).
RETRY_AFTER = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=6),
    dt.timedelta(hours=24),
)
#: Until a row is looked at again that could not even be taken up.
_PUT_OFF = dt.timedelta(minutes=30)


def enqueue(
    *,
    inbox: Inbox,
    kind: OutgoingKind,
    to: Iterable[str],
    subject: str,
    body: str,
    headers: Mapping[str, str],
    inquiry: Inquiry | None = None,
    reply: Reply | None = None,
    cc: Iterable[str] = (),
    bcc: Iterable[str] = (),
) -> OutgoingMail:
    """Put a mail into the queue, in the caller's transaction. Its Message-ID is fixed here.

    The headers must say what kind of mail it is; nothing is added but the sender.
    """
    key_id, key = next(iter(signing_keys().items()))
    message_id = make_message_id(
        kind=kind[:1],
        ident=uuid.uuid4().hex[:16],
        domain=inbox.address.rpartition("@")[2],
        key=key,
        key_id=key_id,
    )
    return OutgoingMail.objects.create(
        inbox=inbox,
        inquiry=inquiry,
        reply=reply,
        kind=kind,
        message_id=message_id,
        message_key=message_key(message_id),
        sender=format_address(inbox.sender_name, inbox.address),
        to=list(to),
        cc=list(cc),
        bcc=list(bcc),
        subject=subject[:998],
        body=body,
        headers=dict(headers),
        next_attempt_at=timezone.now(),
    )


def deliver_due(*, worker: str, limit: int = 50) -> int:
    """Hand over what is due, oldest first, one mail at a time. Returns how many the server accepted."""
    due = (
        OutgoingMail.objects.filter(state=OutgoingState.QUEUED, next_attempt_at__lte=timezone.now())
        .order_by("next_attempt_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(_deliver_or_put_off(pk, worker) == OutgoingState.SENT for pk in list(due))


def _deliver_or_put_off(outgoing_id: int, worker: str) -> OutgoingState | None:
    """One row that nobody foresaw must not hold up the mails behind it for ever."""
    try:
        return deliver(outgoing_id, worker=worker)
    except DatabaseError:
        raise  # concerns every mail
    except Exception as error:
        name, frames = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
        logger.error("Outgoing mail %s could not be taken up: %s\n%s", outgoing_id, name, frames)
        later = timezone.now() + _PUT_OFF
        OutgoingMail.objects.filter(pk=outgoing_id, state=OutgoingState.QUEUED).update(next_attempt_at=later)
        return None


def deliver(outgoing_id: int, *, worker: str) -> OutgoingState | None:
    """Try to deliver one mail. Returns its new state, or None when somebody else has it.

    Never raises for what a mail server or a broken mail does.
    """
    outgoing = run_again(lambda: _claim(outgoing_id, worker))
    if outgoing is None:
        return None
    outcome = _hand_over(outgoing)
    return run_again(lambda: _settle(outgoing, outcome))


def recover_stale() -> int:
    """Mails whose worker died while sending become *unclear*. Returns how many."""
    stale = OutgoingMail.objects.filter(state=OutgoingState.SENDING, claimed_until__lt=timezone.now())
    count = 0
    for outgoing in stale:
        with transaction.atomic():
            locked = _lock(outgoing.pk)
            expired = locked.claimed_until is not None and locked.claimed_until < timezone.now()
            if locked.state == OutgoingState.SENDING and expired:
                _unclear(locked, _("The program stopped while the mail was being handed over."))
                count += 1
    return count


def retry(outgoing: OutgoingMail, *, by: Any) -> OutgoingMail:
    """Send a failed mail again.

    Raises ``NotAllowed`` and ``WrongState``.
    """
    _demand_send(outgoing, by)
    try:
        with transaction.atomic():
            locked = _lock(outgoing.pk)
            if locked.state != OutgoingState.FAILED:
                raise WrongState(_("Only a mail that failed can be sent again."))
            if locked.reply is not None and locked.reply.state != ReplyState.FAILED:
                # Its author went on with it: what would leave now is not what was released.
                raise WrongState(_("This is not possible any more. Look again."))
            _queue_again(locked)
            record("reply.retried", inquiry=locked.inquiry, by=by, target=locked)
    except IntegrityError as error:
        raise WrongState(_("Another reply to this inquiry is on its way.")) from error
    return locked


def resolve(outgoing: OutgoingMail, *, by: Any, was_sent: bool) -> OutgoingMail:
    """Decide about an unclear mail: it did arrive, or it is to be sent again.

    Raises ``NotAllowed`` and ``WrongState``.
    """
    _demand_send(outgoing, by)
    with transaction.atomic():
        locked = _lock(outgoing.pk)
        if locked.state != OutgoingState.UNKNOWN:
            raise WrongState(_("This mail is not unclear any more."))
        record("reply.resolved", inquiry=locked.inquiry, by=by, target=locked, was_sent=was_sent)
        if was_sent:
            _accepted(locked)
        else:
            released.fail(locked.reply)
            _queue_again(locked)
    return locked


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: OutgoingState
    error: str = ""


def _lock(outgoing_id: int) -> OutgoingMail:
    """The row, locked after its inquiry: in this order, which everybody keeps, nobody waits for the other.

    Raises ``OutgoingMail.DoesNotExist``.
    """
    inquiry = OutgoingMail.objects.values_list("inquiry", flat=True).get(pk=outgoing_id)
    if inquiry is not None:
        Inquiry.objects.select_for_update().filter(pk=inquiry).values_list("pk").first()
    return OutgoingMail.objects.select_for_update().get(pk=outgoing_id)


def _claim(outgoing_id: int, worker: str) -> OutgoingMail | None:
    """Own the row and say so in the database before anything leaves."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        try:
            locked = _lock(outgoing_id)
        except OutgoingMail.DoesNotExist:
            return None
        if locked.state != OutgoingState.QUEUED or locked.next_attempt_at > now:
            return None
        locked.state = OutgoingState.SENDING
        locked.claimed_by = worker[:100]
        locked.claimed_until = now + dt.timedelta(seconds=conf.send_lease)
        locked.attempts += 1
        locked.save()
        released.start(locked.reply)
    return locked


def _hand_over(outgoing: OutgoingMail) -> _Outcome:
    try:
        connection = mail_connection()
        message = build_message(outgoing)
        connection.open()
    except (ValueError, UnicodeError) as error:
        return _Outcome(OutgoingState.FAILED, _describe(error))
    except Exception as error:
        # Nothing has left yet: whatever it was, trying again is safe.
        logger.warning("Outgoing mail %s: no connection (%s)", outgoing.pk, type(error).__name__)
        return _Outcome(OutgoingState.QUEUED, _describe(error))
    try:
        accepted = connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        return _by_code(min(codes, default=550), _describe(error))
    except smtplib.SMTPResponseException as error:
        return _by_code(error.smtp_code, _describe(error))
    except (ValueError, UnicodeError) as error:
        return _Outcome(OutgoingState.FAILED, _describe(error))
    except Exception as error:
        # The line broke after the mail began to leave. Nobody but the server knows.
        logger.warning("Outgoing mail %s: unclear (%s)", outgoing.pk, type(error).__name__)
        return _Outcome(OutgoingState.UNKNOWN, _describe(error))
    finally:
        _close(connection)
    if not accepted:
        return _Outcome(OutgoingState.QUEUED, _("The mail backend accepted nothing."))
    return _Outcome(OutgoingState.SENT)


def _close(connection: Any) -> None:
    """After acceptance nothing may turn a sent mail into an error."""
    try:
        connection.close()
    except Exception as error:
        logger.info("Closing the mail connection failed: %s", type(error).__name__)


def _by_code(code: int, error: str) -> _Outcome:
    return _Outcome(OutgoingState.QUEUED if 400 <= code < 500 else OutgoingState.FAILED, error)


def _describe(error: Exception) -> str:
    """What the server said, for staff; its class where it said nothing."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = (f"{address}: {_answer(code, text)}" for address, (code, text) in error.recipients.items())
        return "\n".join(answers)[:1000]
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)[:1000]
    return f"{type(error).__name__}: {error}"[:1000]


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


def _settle(outgoing: OutgoingMail, outcome: _Outcome) -> OutgoingState:
    with transaction.atomic(durable=True):
        locked = _lock(outgoing.pk)
        if not _is_ours(locked, outgoing):
            _settle_late(locked, outcome)
        elif outcome.state == OutgoingState.SENT:
            _accepted(locked)
        elif outcome.state == OutgoingState.UNKNOWN:
            _unclear(locked, outcome.error)
        elif outcome.state == OutgoingState.QUEUED and locked.attempts <= len(RETRY_AFTER):
            locked.state = OutgoingState.QUEUED
            locked.next_attempt_at = timezone.now() + RETRY_AFTER[locked.attempts - 1]
            locked.last_error = outcome.error
            locked.claimed_until = None
            locked.save()
            released.wait(locked.reply)
        else:
            _refused(locked, outcome.error)
    return OutgoingState(locked.state)


def _is_ours(locked: OutgoingMail, claimed: OutgoingMail) -> bool:
    """Whether the row still says what this worker wrote into it before handing the mail over."""
    return (locked.state, locked.claimed_by, locked.claimed_until) == (
        OutgoingState.SENDING,
        claimed.claimed_by,
        claimed.claimed_until,
    )


def _settle_late(locked: OutgoingMail, outcome: _Outcome) -> None:
    """The lease had run out, and others went on without this answer. Only acceptance is news that still
    counts: it ends a doubt, and stops a mail that was to be sent again."""
    logger.warning("Outgoing mail %s: the answer came after the lease (%s)", locked.pk, outcome.state)
    if outcome.state != OutgoingState.SENT:
        return
    if locked.state == OutgoingState.QUEUED:
        released.start(locked.reply)
    elif locked.state != OutgoingState.UNKNOWN:
        return
    _accepted(locked)


def _accepted(outgoing: OutgoingMail) -> None:
    outgoing.state = OutgoingState.SENT
    outgoing.sent_at = timezone.now()
    outgoing.claimed_until = None
    outgoing.last_error = ""
    outgoing.sent_message = released.write_message(outgoing)
    outgoing.save()


def _unclear(outgoing: OutgoingMail, error: str) -> None:
    outgoing.state = OutgoingState.UNKNOWN
    outgoing.claimed_until = None
    outgoing.last_error = error
    outgoing.save()
    released.doubt(outgoing.reply)
    record("reply.unknown", inquiry=outgoing.inquiry, target=outgoing)
    after_commit(sending_failed, outgoing=outgoing)


def _refused(outgoing: OutgoingMail, error: str) -> None:
    outgoing.state = OutgoingState.FAILED
    outgoing.claimed_until = None
    outgoing.last_error = error
    outgoing.save()
    released.fail(outgoing.reply)
    record("reply.failed", inquiry=outgoing.inquiry, target=outgoing)
    released.give_back(outgoing)
    after_commit(sending_failed, outgoing=outgoing)


def _queue_again(outgoing: OutgoingMail) -> None:
    outgoing.state = OutgoingState.QUEUED
    outgoing.next_attempt_at = timezone.now()
    outgoing.attempts = 0
    outgoing.save()
    released.queue_again(outgoing.reply)


def _demand_send(outgoing: OutgoingMail, by: Any) -> None:
    allowed = (
        permissions.can_send(by, outgoing.inquiry)
        if outgoing.inquiry is not None
        else permissions.has_perm(by, permissions.SEND) and permissions.can_see_inbox(by, outgoing.inbox)
    )
    permissions.demand(allowed, _("You are not allowed to send replies."))
