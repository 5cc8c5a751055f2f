from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ..exceptions import InvalidInput
from ..models import Inquiry, Note
from ..permissions import person_label
from .changes import locked
from .events import record


def add_note(inquiry: Inquiry, *, by: Any, text: str) -> Note:
    """Write an internal comment; it can never be sent.

    Raises ``NotAllowed``, and ``InvalidInput`` for an empty text.
    """
    text = text.strip()
    if not text:
        raise InvalidInput(_("The note is empty."))
    with locked(inquiry, by=by) as fresh:
        note = fresh.notes.create(
            author=by, author_label=person_label(by), text=text, created_at=timezone.now()
        )
        fresh.version += 1
        fresh.save(update_fields=["version"])
        record("note.added", inquiry=fresh, by=by, target=note)
    return note
