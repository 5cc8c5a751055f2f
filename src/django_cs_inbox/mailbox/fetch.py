"""New mail of an inbox: a UID cursor over a folder that is only read. Bytes are committed before the cursor
moves, and processed after; wherever it breaks off, the next look goes on from there."""

from __future__ import annotations

import hashlib
import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..actions import incoming
from ..conf import conf
from ..exceptions import ConfigurationError, CsInboxError, MailboxError
from ..models import FolderState, Inbox
from .connection import Refused, VerifiedImapTransport, folder_of, kind_of, opened
from .imap import Listed, batches, parse_bodies, parse_listing, parse_uids, uid_set

logger = logging.getLogger(__name__)

#: Bytes of mails held in memory at once, a single larger mail aside.
BYTE_BUDGET = 8 * 1024 * 1024
#: Most of a header block that is taken of a mail over the limit.
HEADER_BYTES = 1024 * 1024
#: Mails whose sizes are asked for in one command.
LISTING = 5_000
#: Numbers in one answer to SEARCH: a line of imaplib ends at a million bytes.
SEARCH_WINDOW = 80_000


@dataclass(slots=True)
class FetchReport:
    """How one look into a mailbox went. ``error`` is a sentence, "" when all is well."""

    inbox: Inbox
    #: Mails that were not here before.
    stored: int = 0
    #: Mails that had been taken from the same place before.
    known: int = 0
    error: str = ""


def inboxes_to_fetch() -> list[Inbox]:
    """Active inboxes with a mailbox that is ours to read. What only django-mailbox can read, and its
    ``getmail`` looks after, comes in through its signal."""
    found = Inbox.objects.filter(is_active=True, mailbox__isnull=False).select_related("mailbox")
    return [inbox for inbox in found if not _is_left_to_getmail(inbox)]


def fetch(
    inbox: Inbox, *, only_new: bool = False, should_stop: Callable[[], bool] = lambda: False
) -> FetchReport:
    """Take the new mail of one inbox. Errors of the mailbox end in the report and in ``FolderState``.

    ``only_new`` takes nothing that is there already and starts with what arrives from now on. ``should_stop``
    is asked between mails; what is left is taken next time. Raises ``CsInboxError`` inside a transaction:
    what is stored there is not safe yet.
    """
    report = FetchReport(inbox)
    state = _begin(inbox)
    try:
        with opened(inbox) as connection:
            _settle(state, connection)
            if only_new:
                _skip(state, connection)
            _take(state, connection, report, should_stop)
    except (MailboxError, ConfigurationError) as error:
        report.error = str(error)
    except DatabaseError:
        raise  # concerns every inbox
    except Exception as error:
        # A server that speaks another IMAP than we know. The next inbox is none the worse for it.
        name, frames = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
        logger.error("Fetching inbox %s failed with %s\n%s", inbox.pk, name, frames)
        report.error = _("The mail server's answer could not be read (%(error)s).") % {"error": name}
    _end(state, report)
    return report


def _is_left_to_getmail(inbox: Inbox) -> bool:
    mailbox = inbox.mailbox
    return mailbox is not None and bool(mailbox.active and kind_of(mailbox) not in ("imap", ""))


def _begin(inbox: Inbox) -> FolderState:
    folder = folder_of(inbox.mailbox)[:255]
    try:
        with transaction.atomic(durable=True):
            state, _created = FolderState.objects.get_or_create(inbox=inbox, folder=folder)
            state.last_attempt_at = timezone.now()
            state.save(update_fields=["last_attempt_at"])
    except RuntimeError:
        raise CsInboxError(
            "Mail is not fetched inside a transaction, which could roll back what was stored. Call this "
            "outside of atomic(), and not in a view under ATOMIC_REQUESTS."
        ) from None
    return state


def _settle(state: FolderState, connection: VerifiedImapTransport) -> None:
    """Start from the first mail when the numbers are not those of the last visit: another account, or the
    server numbered its mails anew. What is here already is recognised when it is processed."""
    account = hashlib.sha256(connection.account.encode()).hexdigest()
    if (state.uid_validity, state.account) == (connection.uid_validity, account):
        return
    state.uid_validity, state.account, state.last_uid = connection.uid_validity, account, 0
    state.save(update_fields=["uid_validity", "account", "last_uid"])


def _skip(state: FolderState, connection: VerifiedImapTransport) -> None:
    # Every server must say its next number, yet some do not.
    newest = connection.next_uid - 1 if connection.next_uid else max(_new_uids(0, connection), default=0)
    state.last_uid = max(state.last_uid, newest)
    state.save(update_fields=["last_uid"])


def _take(
    state: FolderState,
    connection: VerifiedImapTransport,
    report: FetchReport,
    should_stop: Callable[[], bool],
) -> None:
    uids = _new_uids(state.last_uid, connection)
    for start in range(0, len(uids), LISTING):
        part = uids[start : start + LISTING]
        listing = parse_listing(connection.uid("FETCH", uid_set(part), "(UID RFC822.SIZE INTERNALDATE)"))
        listed = [listing[uid] for uid in part if uid in listing]  # the others were deleted meanwhile
        for group in batches(listed, count=conf.fetch_batch, byte_budget=BYTE_BUDGET):
            fresh = list(_store(state, connection, group, report))
            _advance(state, group[-1].uid)
            for pk in fresh:
                if should_stop():
                    return  # stored mails are processed by whoever comes next
                incoming.process(pk)
            if should_stop():
                return


def _new_uids(last_uid: int, connection: VerifiedImapTransport) -> list[int]:
    if not connection.exists:
        return []
    if connection.exists <= SEARCH_WINDOW:
        found = parse_uids(connection.uid("SEARCH", f"UID {last_uid + 1}:*"))
        # The star is the newest mail, even when its number is smaller than the one before the star.
        return [uid for uid in found if uid > last_uid]
    return [
        uid
        for start in range(last_uid + 1, connection.next_uid, SEARCH_WINDOW)
        for uid in parse_uids(connection.uid("SEARCH", f"UID {start}:{start + SEARCH_WINDOW - 1}"))
    ]


def _store(
    state: FolderState,
    connection: VerifiedImapTransport,
    group: list[Listed],
    report: FetchReport,
) -> Iterator[int]:
    """Commit the mails of one group. Gives the keys of those that are new."""
    limit = conf.max_mail_bytes
    bodies = _bodies(connection, [item.uid for item in group if item.size <= limit], "BODY.PEEK[]")
    for item in group:
        is_truncated = item.uid not in bodies
        raw = bodies.get(item.uid)
        if raw is None:
            raw = _bodies(connection, [item.uid], f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>").get(item.uid)
        if raw is None:
            if not _is_there(connection, item.uid):
                continue  # deleted between listing and reading
            # Kept as an empty mail, so that staff learn of it and the mails behind it are not held up.
            raw = b""
        mail, is_new = incoming.store(
            report.inbox,
            raw=raw,
            source_key=f"{state.inbox_id}:{state.account}:{state.folder}:{state.uid_validity}:{item.uid}",
            folder=state.folder,
            uid=item.uid,
            is_truncated=is_truncated,
            size=item.size if is_truncated else None,
            received_at=item.arrived_at,
        )
        report.stored += is_new
        report.known += not is_new
        if is_new:
            yield mail.pk


def _bodies(connection: VerifiedImapTransport, uids: list[int], what: str) -> dict[int, bytes]:
    """The bytes by UID. A mail that the server cannot read is left out and takes no other with it."""
    if not uids:
        return {}
    try:
        return parse_bodies(connection.uid("FETCH", uid_set(uids), f"(UID {what})"))
    except Refused:
        if len(uids) == 1:
            return {}
    found: dict[int, bytes] = {}
    for uid in uids:
        found |= _bodies(connection, [uid], what)
    return found


def _is_there(connection: VerifiedImapTransport, uid: int) -> bool:
    return uid in parse_uids(connection.uid("SEARCH", f"UID {uid}"))


def _advance(state: FolderState, uid: int) -> None:
    # Never backwards: another worker may have come further.
    FolderState.objects.filter(pk=state.pk, uid_validity=state.uid_validity, last_uid__lt=uid).update(
        last_uid=uid
    )
    state.last_uid = max(state.last_uid, uid)


def _end(state: FolderState, report: FetchReport) -> None:
    if report.error:
        logger.warning("Inbox %s could not be fetched", report.inbox.pk)
        state.last_error, state.failures = report.error, state.failures + 1
    else:
        state.last_error, state.failures, state.last_success_at = "", 0, timezone.now()
    state.save(update_fields=["last_error", "failures", "last_success_at"])
