"""Mail that the host's own django-mailbox brings: its signal while it runs, and a sweep for what was missed.

django-mailbox sends the signal in the middle of its loop: a receiver that raises stops the host's fetch.
"""

from __future__ import annotations

import gzip
import logging
import traceback
from email.policy import compat32
from functools import partial, wraps
from typing import Any

from django.db import transaction
from django_mailbox.models import Message
from django_mailbox.signals import message_received
from django_mailbox.transports.base import EmailTransport

from ..actions import incoming
from ..models import Inbox

logger = logging.getLogger(__name__)

#: No header is folded anew, and lines end as on the wire.
_AS_SENT = compat32.clone(max_line_length=0, linesep="\r\n")


#: Where a mail that django-mailbox has just read keeps its bytes.
_RAW = "_cs_inbox_raw"


def listen() -> None:
    """Connect the receiver, and let django-mailbox's transports keep the bytes that they read.

    By the time of the signal, django-mailbox has already thrown away every letter of a mail whose character
    set Python does not know by that name: ① in Shift_JIS is enough. Done once, however often it is called.
    """
    message_received.connect(take_in, dispatch_uid="cs_inbox.take_in")
    read = EmailTransport.get_email_from_bytes
    if hasattr(read, "__wrapped__"):
        return

    @wraps(read)
    def get_email_from_bytes(transport: Any, contents: bytes) -> Any:
        message = read(transport, contents)
        setattr(message, _RAW, contents)
        return message

    EmailTransport.get_email_from_bytes = get_email_from_bytes


def take_in(sender: Any, message: Any, **kwargs: Any) -> None:
    """Receiver of ``django_mailbox.signals.message_received``. Never raises, and does nothing twice.

    ``sender`` says nothing: the host's admin puts itself there when it sends the signal again.
    """
    try:
        for inbox in _inboxes(message):
            pk = _store(inbox, message)
            if pk is not None:
                transaction.on_commit(partial(incoming.process, pk), robust=True)
    except Exception as error:
        _log(message.pk, error)


def sweep(inbox: Inbox) -> int:
    """Take in what django-mailbox stored for this inbox while nobody listened. Returns how many were new."""
    if inbox.mailbox is None:
        return 0
    messages = Message.objects.filter(mailbox=inbox.mailbox, outgoing=False).order_by("pk")
    keys = {_source_key(inbox, pk): pk for pk in messages.values_list("pk", flat=True)}
    count = 0
    for missing in incoming.missing_sources(list(keys)):
        try:
            pk = _store(inbox, Message.objects.get(pk=keys[missing]))
        except Exception as error:
            _log(keys[missing], error)
            continue
        if pk is not None:
            incoming.process(pk)
            count += 1
    return count


def _log(message_pk: int, error: Exception) -> None:
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error(
        "Message %s of django-mailbox was not taken in: %s\n%s", message_pk, type(error).__name__, frames
    )


def _inboxes(message: Any) -> list[Inbox]:
    if message.outgoing:
        return []
    return list(Inbox.objects.filter(mailbox_id=message.mailbox_id, is_active=True))


def _store(inbox: Inbox, message: Any) -> int | None:
    """Keep the mail; the key of the new row, or None when it was there."""
    mail, is_new = incoming.store(
        inbox,
        raw=_raw(message),
        source_key=_source_key(inbox, message.pk),
        folder="django_mailbox",
        # The host's row has the same fate as ours: both are committed, or neither.
        joins_transaction=True,
    )
    return mail.pk if is_new else None


def _source_key(inbox: Inbox, key: int) -> str:
    return f"{inbox.pk}:django_mailbox:{key}"


def _raw(message: Any) -> bytes:
    """The mail as nearly as django-mailbox still has it."""
    raw: bytes | None = getattr(getattr(message, "_email_object", None), _RAW, None)
    if raw is not None:
        return raw
    if message.eml:
        with message.eml.open("rb") as file:
            content: bytes = file.read()
        return gzip.decompress(content) if message.eml.name.endswith(".gz") else content
    try:
        written: bytes = message.get_email_object().as_bytes(policy=_AS_SENT)
    except Exception:
        # Python's mail package parses mails that it cannot write again.
        written = message.get_body()
    return written
