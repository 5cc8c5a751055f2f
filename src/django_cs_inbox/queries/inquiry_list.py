"""One page of the window's list, newest customer word first, read by key and never by offset."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from .. import permissions
from ..models import Inbox, Inquiry
from .badges import Row, rows_of
from .tabs import in_tab

PAGE_SIZE = 50

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_CURSOR = re.compile(r"(-?\d{1,18})\.(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: between two rows, named by the one beside it."""

    at: dt.datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // dt.timedelta(microseconds=1)}.{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """None for what is not a cursor."""
        match = _CURSOR.fullmatch(text)
        try:
            return match and cls(_EPOCH + dt.timedelta(microseconds=int(match[1])), int(match[2]))
        except OverflowError:
            return None

    @classmethod
    def of(cls, inquiry: Inquiry) -> Cursor:
        return cls(inquiry.last_customer_at, inquiry.pk)


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: list[Row]
    #: Cursor for ``before`` (newer rows) and ``after`` (older rows); None at the end of the list.
    newer: Cursor | None
    older: Cursor | None


def visible_inboxes(user: Any) -> list[Inbox]:
    """The inboxes to choose from, in the shop's order."""
    return list(permissions.visible_inboxes(user))


def inquiries(user: Any, tab: str, inboxes: Collection[int]) -> QuerySet[Inquiry]:
    """The inquiries of a tab. ``inboxes`` are keys that came from ``visible_inboxes``."""
    return in_tab(Inquiry.objects.filter(inbox_id__in=inboxes), tab, user)


def page(
    found: QuerySet[Inquiry],
    *,
    inboxes: Collection[int],
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int | None = None,
) -> ListPage:
    """The rows after (older than) or before (newer than) a cursor, or the first page."""
    size = size or PAGE_SIZE
    if before is not None:
        taken = _taken(_near(found, before, older=False), size + 1)
        if len(taken) > size:
            return _page(taken[:size][::-1], inboxes, has_newer=True, has_older=True)
        # The top is reached: show a full first page, not the few rows that were left.
    elif after is not None:
        taken = _taken(_near(found, after, older=True), size + 1)
        return _page(taken[:size], inboxes, has_newer=bool(taken), has_older=len(taken) > size)
    taken = _taken(_ordered(found), size + 1)
    return _page(taken[:size], inboxes, has_newer=False, has_older=len(taken) > size)


def _ordered(found: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
    return found.order_by("-last_customer_at", "-id")


def _taken(found: QuerySet[Inquiry], count: int) -> list[Inquiry]:
    """The first of them, with what a row shows. The keys alone first: with the other tables in one query,
    MariaDB begins with all contacts and sorts whole rows instead of reading the index."""
    keys = list(found.values_list("pk", flat=True)[:count])
    rows = Inquiry.objects.select_related("contact", "inbox", "category", "hold_reason").in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def _near(found: QuerySet[Inquiry], cursor: Cursor, *, older: bool) -> QuerySet[Inquiry]:
    # The first condition repeats what the others say, for planners that find no range in an OR.
    if older:
        beyond = Q(last_customer_at__lt=cursor.at) | Q(pk__lt=cursor.pk)
        return _ordered(found).filter(beyond, last_customer_at__lte=cursor.at)
    beyond = Q(last_customer_at__gt=cursor.at) | Q(pk__gt=cursor.pk)
    return _ordered(found).filter(beyond, last_customer_at__gte=cursor.at).reverse()


def _page(taken: list[Inquiry], inboxes: Collection[int], *, has_newer: bool, has_older: bool) -> ListPage:
    return ListPage(
        rows=rows_of(taken, inboxes=inboxes),
        newer=Cursor.of(taken[0]) if has_newer and taken else None,
        older=Cursor.of(taken[-1]) if has_older and taken else None,
    )
