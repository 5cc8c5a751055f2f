"""File names of attachments: shown, stored and offered for download, so never trusted as they came."""

from __future__ import annotations

import re
import unicodedata

_LENGTH = 150
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
# Controls, and the marks that turn the reading direction: "gpj.exe" must not be shown as "exe.jpg".
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/rfc822-headers": ".txt",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/rfc822": ".eml",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/ms-tnef": ".dat",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
}


def clean_name(name: str) -> str:
    """The last part of a path, without anything a file system or a reader could be fooled with."""
    text = unicodedata.normalize("NFC", _HIDDEN.sub("", name[:4000]))
    text = re.split(r"[\\/]", text.rstrip("\\/ "))[-1]
    text = _FORBIDDEN.sub("_", text).strip(" .")
    if len(text) > _LENGTH:
        match = _EXTENSION.search(text)
        extension = match.group() if match else ""
        text = text[: _LENGTH - len(extension)].rstrip(" .") + extension
    return text


def name_for(content_type: str, number: int) -> str:
    """A name for a part that brings none."""
    major = content_type.partition("/")[0]
    stem = major if major in ("image", "audio", "video", "message") else "attachment"
    return f"{stem}-{number}{_EXTENSIONS.get(content_type, '')}"
