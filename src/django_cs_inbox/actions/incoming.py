"""Received mail: kept first, understood later, and as often as it takes.

``store`` commits the raw bytes before anybody looks at them (DESIGN, law 1). ``process`` turns a stored mail
into a message; it can be run again at any time, and one bad mail never stops the next (law 2).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import traceback
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import permissions
from ..choices import IncomingState
from ..exceptions import WrongState
from ..mail.parse import parse
from ..models import Inbox, IncomingChunk, IncomingMail
from ..models.incoming import CHUNK_BYTES
from . import mail_arrival
from .deadlocks import run_again
from .events import record
from .intake import receive

logger = logging.getLogger(__name__)

#: Attempts the program makes by itself; a person may ask for more.
MAX_ATTEMPTS = 3
#: What failed is not tried again at once: most causes need a moment, a few need a person.
RETRY_AFTER = dt.timedelta(minutes=5)

_MOST_COMPARED = 20
_OPEN = (IncomingState.RECEIVED, IncomingState.FAILED)


def store(
    inbox: Inbox,
    *,
    raw: bytes,
    source_key: str,
    folder: str = "",
    uid: int | None = None,
    is_truncated: bool = False,
    size: int | None = None,
    received_at: dt.datetime | None = None,
    joins_transaction: bool = False,
) -> tuple[IncomingMail, bool]:
    """Keep a mail as it was received; ``False`` when this source had been taken before.

    Commits by itself, and refuses to run inside a transaction, which could still take the mail away again
    after the server was told. ``joins_transaction`` is for callers whose own copy has the same fate. ``size``
    is the size on the server, where that is more than was taken.
    """
    key = _hashed(source_key)
    now = timezone.now()
    existing = IncomingMail.objects.filter(source_key=key).first()
    if existing is not None:
        return existing, False
    try:
        with transaction.atomic(durable=not joins_transaction):
            mail = IncomingMail.objects.create(
                inbox=inbox,
                source_key=key,
                folder=folder[:255],
                uid=uid,
                size=len(raw) if size is None else size,
                sha256=hashlib.sha256(raw).hexdigest(),
                is_truncated=is_truncated,
                received_at=min(received_at or now, now),
            )
            for position, start in enumerate(range(0, len(raw), CHUNK_BYTES)):
                data = raw[start : start + CHUNK_BYTES]
                IncomingChunk.objects.create(mail=mail, position=position, data=data)
    except IntegrityError:
        # Another worker looked into the same mailbox at the same moment.
        return IncomingMail.objects.get(source_key=key), False
    return mail, True


def missing_sources(source_keys: Sequence[str]) -> list[str]:
    """Those of the sources that no mail was stored from yet, in their order."""
    missing = []
    for start in range(0, len(source_keys), 500):
        part = {_hashed(key): key for key in source_keys[start : start + 500]}
        rows = IncomingMail.objects.filter(source_key__in=list(part))
        known = set(rows.values_list("source_key", flat=True))
        missing += [key for hashed, key in part.items() if hashed not in known]
    return missing


def process(mail_pk: int) -> IncomingState:
    """Turn a stored mail into a message, or say on its row why not. Returns the state it is in now.

    Never raises for what a mail contains. Running it again on a finished mail changes nothing.
    """
    mail = _begin(mail_pk)
    if mail is None:
        return IncomingState(IncomingMail.objects.values_list("state", flat=True).get(pk=mail_pk))
    try:
        return run_again(lambda: _attempt(mail))
    except Exception as error:
        # Frames without the error's text, which may hold words of the mail.
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("Incoming mail %s failed with %s\n%s", mail_pk, type(error).__name__, frames)
        return _fail(mail_pk, error)


def process_pending(inbox: Inbox | None = None, limit: int = 200) -> int:
    """Process what is stored and not finished: after a crash, or when an earlier attempt failed.

    Returns how many mails were looked at.
    """
    waiting = IncomingMail.objects.filter(
        Q(state=IncomingState.RECEIVED)
        | Q(
            state=IncomingState.FAILED,
            attempts__lt=MAX_ATTEMPTS,
            processed_at__lte=timezone.now() - RETRY_AFTER,
        )
    )
    if inbox is not None:
        waiting = waiting.filter(inbox=inbox)
    found = list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])
    for pk in found:
        process(pk)
    return len(found)


def retry(mail: IncomingMail, *, by: Any) -> IncomingState:
    """Try a mail again that failed, was quarantined or was ignored. Returns the state it ends in.

    ``by=None`` stands for the program itself.

    Raises ``NotAllowed``, and ``WrongState`` when the mail was taken in already.
    """
    if by is not None:
        permissions.demand(
            permissions.has_perm(by, permissions.WORK) and permissions.can_see_inbox(by, mail.inbox),
            _("You are not allowed to work on the mails of this inbox."),
        )
    with transaction.atomic():
        mail = IncomingMail.objects.select_for_update().get(pk=mail.pk)
        if mail.state in (IncomingState.PROCESSED, IncomingState.DUPLICATE):
            raise WrongState(_("This mail was taken in already."))
        record("mail.retried", by=by, target=mail, old=mail.state)
        mail.state, mail.attempts = IncomingState.RECEIVED, 0
        mail.save(update_fields=["state", "attempts"])
    return process(mail.pk)


def _hashed(source_key: str) -> str:
    return hashlib.sha256(source_key.encode()).hexdigest()


def _begin(mail_pk: int) -> IncomingMail | None:
    """Count the attempt and commit that, so that a mail which kills the worker is not tried forever."""
    with transaction.atomic():
        mail = IncomingMail.objects.select_for_update().get(pk=mail_pk)
        if mail.state not in _OPEN:
            return None
        if mail.attempts >= MAX_ATTEMPTS:
            if mail.state == IncomingState.RECEIVED:
                reason = _("Processing was broken off %(count)s times.") % {"count": mail.attempts}
                _finish(mail, IncomingState.FAILED, reason)
            return None
        mail.attempts += 1
        mail.save(update_fields=["attempts"])
    return mail


def _attempt(mail: IncomingMail) -> IncomingState:
    reading = mail_arrival.read(mail)
    # Seen by others before the lock below is taken, so that two copies find each other.
    mail.save(update_fields=["message_id", "message_key", "sender", "subject"])
    with transaction.atomic():
        others = _same_id(mail)
        mail = IncomingMail.objects.select_for_update().get(pk=mail.pk)
        if mail.state not in _OPEN:
            return IncomingState(mail.state)
        taken = [other for other in others if other.state == IncomingState.PROCESSED]
        twin = next((other for other in taken if _is_same(mail, other, reading)), None)
        if twin is not None:
            reason = _("The same mail was received before (no. %(number)s).") % {"number": twin.pk}
            return _finish(mail, IncomingState.DUPLICATE, reason)
        if mail_arrival.is_own(reading):
            reason = _("One of our own mails came back (%(sign)s).") % {"sign": reading.automatic.reason}
            return _finish(mail, IncomingState.IGNORED, reason)
        came_back = mail_arrival.returned(mail, reading)
        warnings = ("id_reused",) if taken else ()
        received = receive(mail_arrival.build(mail, reading, came_back=came_back, warnings=warnings))
        if came_back is not None:
            record("mail.bounced", inquiry=received.inquiry, target=came_back)
        return _finish(mail, IncomingState.PROCESSED, _remark(mail, reading))


def _remark(mail: IncomingMail, reading: mail_arrival.Reading) -> str:
    if mail.is_truncated:
        return _("Only the headers of this mail (%(size)s) were taken. The whole is in the mailbox.") % {
            "size": filesizeformat(mail.size)
        }
    return "; ".join(reading.parsed.defects)


def _same_id(mail: IncomingMail) -> list[IncomingMail]:
    """The inbox's other mails with this Message-ID, locked: of two copies that are processed at once, one
    waits here and then sees what became of the other."""
    rows = IncomingMail.objects.select_for_update().filter(inbox=mail.inbox_id, message_key=mail.message_key)
    # The sender chooses the id. Whoever repeats one a thousand times makes no thousand comparisons.
    return [row for row in rows.order_by("-pk")[:_MOST_COMPARED] if row.pk != mail.pk]


def _is_same(mail: IncomingMail, other: IncomingMail, reading: mail_arrival.Reading) -> bool:
    if mail.is_truncated != other.is_truncated:
        return False
    return mail.sha256 == other.sha256 or reading.content_hash == mail_arrival.content_hash(
        parse(other.raw())
    )


def _finish(mail: IncomingMail, state: IncomingState, reason: str) -> IncomingState:
    mail.state, mail.reason, mail.processed_at = state, reason, timezone.now()
    mail.save(update_fields=["state", "reason", "processed_at"])
    return state


def _fail(mail_pk: int, error: Exception) -> IncomingState:
    reason = _(
        "The mail could not be taken in (%(error)s). It is kept; try again, or read the original and enter "
        "the inquiry by hand."
    ) % {"error": type(error).__name__}
    with transaction.atomic():
        mail = IncomingMail.objects.select_for_update().get(pk=mail_pk)
        if mail.state not in _OPEN:
            return IncomingState(mail.state)
        return _finish(mail, IncomingState.FAILED, reason)
