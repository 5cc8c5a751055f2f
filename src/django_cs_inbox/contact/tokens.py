"""Signed words that travel through the visitor's browser."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import asdict, dataclass

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

_FORM = "django_cs_inbox.contact.form"
_DONE = "django_cs_inbox.contact.done"


def new_form_token() -> str:
    """Marks one showing of the form."""
    return signing.Signer(salt=_FORM).sign(uuid.uuid4().hex)


def arrival_key(token: str, words: list[str], files: list[UploadedFile[bytes]]) -> str | None:
    """Key of what was sent with this token; None when the token is not ours.

    The words are part of it: a double click is one inquiry, but who goes back, adds a sentence and sends
    again has written a second time.
    """
    try:
        ident = signing.Signer(salt=_FORM).unsign(token)
    except signing.BadSignature:
        return None
    digest = hashlib.sha256("\0".join(words).encode("utf-8", "replace"))
    for file in files:
        for chunk in file.chunks():
            digest.update(chunk)
    return f"form:{ident}:{digest.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Done:
    """What the last page says."""

    number: str
    #: Address from which the acknowledgement comes; "" when none is sent.
    sender: str = ""
    back_url: str = ""


def sign_done(done: Done) -> str:
    return signing.dumps(asdict(done), salt=_DONE)


def read_done(token: str) -> Done | None:
    """None for every token but ours."""
    try:
        return Done(**signing.loads(token, salt=_DONE))
    except (signing.BadSignature, TypeError):
        return None
