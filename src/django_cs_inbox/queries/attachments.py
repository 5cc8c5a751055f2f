"""Files of an inquiry: which one may be opened, and what it really is."""

from __future__ import annotations

import re
import unicodedata

from django.db.models import Q, QuerySet

from ..models import Attachment, Inquiry

#: Bytes from the start of a file that ``image_type`` wants to see.
HEAD_BYTES = 16

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")

_SEPARATORS = re.compile(r"[/\\:*?\"<>|]")


def attachments(inquiry: Inquiry) -> QuerySet[Attachment]:
    """Every file that came with the inquiry's messages or waits in one of its replies."""
    return Attachment.objects.filter(Q(message__inquiry=inquiry) | Q(reply__inquiry=inquiry))


def image_type(head: bytes) -> str:
    """Type of an image that a browser shows without running anything, else "".

    Judged by content: a name or a claimed type is the sender's word (security, list 29). SVG is a
    document with scripts and never an image here.
    """
    for signature, content_type in _SIGNATURES:
        if head.startswith(signature):
            return content_type
    return "image/webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else ""


def download_name(name: str, *, fallback: str = "attachment") -> str:
    """The file's name without anything that steers a header, a path or the direction of reading."""
    # Cc and Cf hold line breaks, NUL and the marks that turn "gpj.exe" round on the screen.
    visible = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    cleaned = _SEPARATORS.sub("_", visible).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if dot and len(ending) <= 10:
        cleaned = f"{stem[:120]}.{ending}"
    return cleaned[:140] or fallback
