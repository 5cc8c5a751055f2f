"""Files that come and go, written so that a rollback leaves nothing behind."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from ..models import Attachment
from .arrival import ArrivalFile

logger = logging.getLogger(__name__)

_TYPE = re.compile(r"(?:application|audio|font|message|model|text|video)/[a-z0-9][a-z0-9.+_-]{0,80}")
#: Beginnings of the picture types that may be shown inline. Everything else is only ever downloaded.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def sniff(content: bytes, claimed: str) -> str:
    """Content type by content for pictures; another type's claim to be a picture is not believed."""
    for start, content_type in _SIGNATURES:
        if content.startswith(start):
            return content_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    base = claimed.partition(";")[0].strip().lower()
    # What is no type at all would stop the mail that the file is to leave with.
    if base.startswith("image/") or not _TYPE.fullmatch(base):
        return "application/octet-stream"
    return base


@contextmanager
def kept_on_success() -> Iterator[list[Attachment]]:
    """Collects the attachments saved inside; if the block fails, their files are removed again."""
    saved: list[Attachment] = []
    try:
        yield saved
    except BaseException:
        for attachment in saved:
            attachment.file.delete(save=False)
        raise


def attach(files: Iterable[ArrivalFile], saved: list[Attachment], **owner: Any) -> None:
    """Store the files under ``owner`` (``message=`` or ``reply=``) and note them in ``saved``."""
    for file in files:
        attachment = Attachment(
            name=file.name[:200],
            content_type=sniff(file.content, file.content_type),
            content_id=file.content_id[:255],
            is_inline=file.is_inline,
            size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(),
            **owner,
        )
        attachment.file.save(file.name or "file", ContentFile(file.content), save=False)
        saved.append(attachment)
        attachment.save()


def remove(attachments: QuerySet[Attachment]) -> None:
    """Delete files of a draft, the stored bytes once that is committed. What has left stays."""
    for attachment in attachments.filter(message=None):
        pk, stored = attachment.pk, attachment.file
        attachment.delete()
        transaction.on_commit(partial(_delete_stored, pk, stored.storage, stored.name))


def _delete_stored(pk: int, storage: Any, name: Any) -> None:
    """What the storage refuses stays there, and in the log: the draft is gone either way."""
    try:
        storage.delete(name)
    except Exception:
        logger.exception("The stored file of attachment %s could not be deleted.", pk)
