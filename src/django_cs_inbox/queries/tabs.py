"""The tabs of the window: which inquiries stand in which, and how many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..choices import InquiryStatus
from ..models import ACTIVE_STATUSES, Inquiry

#: Counting stops here: nobody acts differently on 1,000 and on 100,000.
COUNT_LIMIT = 999

#: The tab in which a search shows its results, whatever their status.
SEARCH = "all"
MINE = "mine"
DEFAULT = InquiryStatus.NEW.value


@dataclass(frozen=True, slots=True)
class TabKind:
    key: str
    label: Any
    #: What an empty tab says: the state, and what to do about it.
    empty: Any
    hint: Any
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Tab:
    kind: TabKind
    is_active: bool
    #: None where nothing is counted.
    count: int | None = None

    @property
    def key(self) -> str:
        return self.kind.key

    @property
    def count_label(self) -> str:
        if self.count is None:
            return ""
        return f"{COUNT_LIMIT}+" if self.count > COUNT_LIMIT else str(self.count)


def _status(status: InquiryStatus, empty: Any, hint: Any, *, is_counted: bool = True) -> TabKind:
    return TabKind(status.value, status.label, empty, hint, is_counted)


KINDS: tuple[TabKind, ...] = (
    _status(
        InquiryStatus.NEW,
        _("Nothing new."),
        _("Every message has been taken up. New mail and forms appear here by themselves."),
    ),
    _status(
        InquiryStatus.OPEN,
        _("Nobody is working on an inquiry."),
        _("An inquiry moves here when somebody starts work on it. Take one from “New”."),
    ),
    _status(
        InquiryStatus.PENDING_APPROVAL,
        _("No reply waits for approval."),
        _("Replies that were submitted for approval wait here until somebody approves or returns them."),
    ),
    _status(
        InquiryStatus.ON_HOLD,
        _("Nothing is on hold."),
        _("Inquiries that wait for the maker, the warehouse or a date rest here, each with its reason."),
    ),
    _status(
        InquiryStatus.WAITING,
        _("No customer owes us an answer."),
        _("After a reply the inquiry waits here. It returns to “New” when the customer writes."),
    ),
    TabKind(
        MINE,
        _("Assigned to me"),
        _("Nothing is assigned to you."),
        _("Tick inquiries under “New” and choose “Assign to me”."),
    ),
    _status(
        InquiryStatus.DONE,
        _("Nothing has been closed yet."),
        _("Closed inquiries are kept here. A customer’s reply brings them back to “New”."),
        is_counted=False,
    ),
    _status(
        InquiryStatus.NO_ACTION,
        _("Nothing here."),
        _("Notices, thanks and other messages that need no answer can be put away here."),
        is_counted=False,
    ),
    _status(
        InquiryStatus.SPAM,
        _("No spam."),
        _("What is marked as spam stays here, also when the same sender writes again."),
        is_counted=False,
    ),
)

SEARCH_KIND = TabKind(
    SEARCH,
    pgettext_lazy("tab", "All"),
    _("Nothing found."),
    _(
        "The beginning of an inquiry number, an order number, a name or an email address is searched. "
        "Try fewer characters."
    ),
    is_counted=False,
)


def kind_of(key: str) -> TabKind | None:
    return next((kind for kind in (*KINDS, SEARCH_KIND) if kind.key == key), None)


def in_tab(inquiries: QuerySet[Inquiry], key: str, user: Any) -> QuerySet[Inquiry]:
    """The inquiries of one tab."""
    if key == SEARCH:
        return inquiries
    if key == MINE:
        return inquiries.filter(assignee_id=user.pk, status__in=ACTIVE_STATUSES)
    return inquiries.filter(status=key)


def tabs(user: Any, active: str, inboxes: Collection[int]) -> list[Tab]:
    """All tabs with their counts in these inboxes; one bounded query for each that is counted."""
    inquiries = Inquiry.objects.filter(inbox_id__in=inboxes)
    return [
        Tab(
            kind,
            is_active=kind.key == active,
            count=in_tab(inquiries, kind.key, user)[: COUNT_LIMIT + 1].count() if kind.is_counted else None,
        )
        for kind in KINDS
    ]
