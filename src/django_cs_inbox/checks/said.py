"""How a check speaks: what was found, and a line to paste."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

__all__ = ["CheckMessage", "did_you_mean", "error", "given", "warning"]


def error(number: int, text: str, hint: str) -> CheckMessage:
    return Error(text, hint=hint, id=f"cs_inbox.E{number:03}")


def warning(number: int, text: str, hint: str) -> CheckMessage:
    return Warning(text, hint=hint, id=f"cs_inbox.W{number:03}")


def given() -> Mapping[str, Any]:
    """``settings.CS_INBOX`` as written; empty when it is missing or no dict (E001, E002)."""
    value = getattr(settings, "CS_INBOX", None)
    return value if isinstance(value, Mapping) else {}


def did_you_mean(wrong: str, names: Iterable[str]) -> str:
    """A sentence with the likely spelling, or with all of them."""
    known = sorted(names)
    close = get_close_matches(wrong, known, n=1, cutoff=0.6)
    folded = next((name for name in known if name.lower() == wrong.lower()), None)
    if folded or close:
        return f"Did you mean {folded or close[0]!r}?"
    return f"Known are: {', '.join(known)}."
