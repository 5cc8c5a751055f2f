"""The host's values as plain ones: text, money, moments. Nothing here raises for an odd value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db.models import Choices
from django.utils import timezone
from django.utils.functional import Promise

from .fields import FieldPath

_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_EAST_ASIAN = re.compile(r"[぀-ヿ㐀-鿿가-힯豈-﫿\U00020000-\U0003FFFF]")


def as_text(value: Any) -> str:
    """A short text; "" for None and for structures, which nobody wants to read as Python."""
    if value is None or isinstance(value, dict | list | tuple | set):
        return ""
    if isinstance(value, Choices):
        return str(value.label)
    return str(value).strip()


def display(path: FieldPath | None, row: Any) -> str:
    """What the shop's own admin would show: the label of a choice, the text of a related row."""
    if path is None:
        return ""
    value = path.value(row)
    choices = getattr(path.field, "flatchoices", None)
    if choices and not isinstance(value, Choices):
        label = next((label for code, label in choices if code == value), None)
        if isinstance(label, str | Promise):
            return str(label)
    return "" if isinstance(value, bool) else as_text(value)


def as_decimal(value: Any) -> Decimal | None:
    """A number as Decimal; the amount of a money object; None for anything else."""
    amount = getattr(value, "amount", value)
    if amount is None or isinstance(amount, bool):
        return None
    try:
        number = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def as_quantity(value: Any) -> int:
    number = as_decimal(value)
    return 1 if number is None else int(number)


def as_moment(value: Any) -> dt.datetime | None:
    """An aware moment (naive without USE_TZ); a date counts as its first second in the shop's time zone."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time.min)
    if not isinstance(value, dt.datetime):
        return None
    if settings.USE_TZ and timezone.is_naive(value):
        return timezone.make_aware(value, timezone.get_default_timezone())
    return value


def fold_address(address: str) -> str:
    """Two mail addresses are one when this is equal.

    Lowers A–Z and nothing else: Unicode's own rules make ``K`` (Kelvin) a ``k``, and one person's
    address another's.
    """
    return str(address).strip().translate(_ASCII_LOWER)


def same_addresses(addresses: Iterable[Any]) -> list[str]:
    """Addresses as written, each once, without what is no address."""
    found: dict[str, str] = {}
    for address in addresses:
        text = as_text(address)
        if "@" in text:
            found.setdefault(fold_address(text), text)
    return list(found.values())


def full_name(first: Any, last: Any) -> str:
    """Family name first where the name is written in an East Asian script."""
    parts = [as_text(first), as_text(last)]
    if _EAST_ASIAN.search("".join(parts)):
        parts.reverse()
    return " ".join(part for part in parts if part)
