"""What can be done to many rows of the list at once. Each row goes through its own action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext_lazy

from .. import permissions
from ..actions import inquiries
from ..choices import InquiryStatus
from ..exceptions import CsInboxError
from ..models import Inquiry
from ..queries.tabs import SEARCH
from .pages import InboxPage

#: More rows than a page shows were not ticked by a person.
MOST_ROWS = 100
_MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class BulkAction:
    key: str
    label: Any
    #: Plural form: how many were changed.
    done: Any
    run: Callable[[Inquiry, Any], object]
    #: Tabs in which offering it makes no sense.
    not_in: tuple[str, ...] = ()


_CLOSED = (InquiryStatus.DONE, InquiryStatus.NO_ACTION, InquiryStatus.SPAM)
_NOT_OPEN = (*_CLOSED, InquiryStatus.PENDING_APPROVAL, InquiryStatus.WAITING, InquiryStatus.ON_HOLD)

ACTIONS = (
    BulkAction(
        "assign_me",
        pgettext_lazy("bulk action", "Assign to me"),
        ngettext_lazy("%(count)d inquiry assigned to you.", "%(count)d inquiries assigned to you.", "count"),
        lambda inquiry, user: inquiries.assign(inquiry, by=user, to=user),
        not_in=("mine", InquiryStatus.SPAM),
    ),
    BulkAction(
        "close",
        pgettext_lazy("bulk action", "Close"),
        ngettext_lazy("%(count)d inquiry closed.", "%(count)d inquiries closed.", "count"),
        lambda inquiry, user: inquiries.close(inquiry, by=user),
        not_in=(*_CLOSED, InquiryStatus.PENDING_APPROVAL),
    ),
    BulkAction(
        "no_action",
        pgettext_lazy("bulk action", "No action needed"),
        ngettext_lazy(
            "%(count)d inquiry marked as needing no action.",
            "%(count)d inquiries marked as needing no action.",
            "count",
        ),
        lambda inquiry, user: inquiries.no_action(inquiry, by=user),
        not_in=_NOT_OPEN,
    ),
    BulkAction(
        "spam",
        pgettext_lazy("bulk action", "Spam"),
        ngettext_lazy("%(count)d inquiry marked as spam.", "%(count)d inquiries marked as spam.", "count"),
        lambda inquiry, user: inquiries.mark_spam(inquiry, by=user),
        not_in=_NOT_OPEN,
    ),
    BulkAction(
        "not_spam",
        pgettext_lazy("bulk action", "Not spam"),
        ngettext_lazy(
            "%(count)d inquiry moved back to “New”.", "%(count)d inquiries moved back to “New”.", "count"
        ),
        lambda inquiry, user: inquiries.not_spam(inquiry, by=user),
        not_in=("mine", SEARCH, *(status for status in InquiryStatus if status != InquiryStatus.SPAM)),
    ),
    BulkAction(
        "reopen",
        pgettext_lazy("bulk action", "Reopen"),
        ngettext_lazy("%(count)d inquiry reopened.", "%(count)d inquiries reopened.", "count"),
        lambda inquiry, user: inquiries.reopen(inquiry, by=user),
        not_in=(
            "mine",
            SEARCH,
            *(s for s in InquiryStatus if s not in (InquiryStatus.DONE, InquiryStatus.NO_ACTION)),
        ),
    ),
)


def offered(user: Any, tab: str) -> list[BulkAction]:
    """The actions that the user may take in this tab; none without the permission to work."""
    if not permissions.has_perm(user, permissions.WORK):
        return []
    return [action for action in ACTIONS if tab not in action.not_in]


class BulkPage(InboxPage):
    """Takes the ticked rows of the list. POST only."""

    http_method_names = ["post"]

    def has_page_permission(self) -> bool:
        return permissions.has_perm(self.request.user, permissions.WORK)

    def post(self, request: HttpRequest) -> HttpResponseRedirect:
        back = HttpResponseRedirect(self.next_url(self.url("changelist")))
        action = next((one for one in ACTIONS if one.key == request.POST.get("action")), None)
        keys = [int(key) for key in request.POST.getlist("inquiry") if key.isascii() and key.isdigit()]
        keys = [key for key in dict.fromkeys(keys) if key < 2**63][:MOST_ROWS]
        if action is None:
            messages.error(request, _("Choose what to do."))
        elif not keys:
            messages.warning(request, _("Tick at least one inquiry first."))
        else:
            self._run(action, keys)
        return back

    def _run(self, action: BulkAction, keys: list[int]) -> None:
        user = self.request.user
        done = 0
        refused = []
        # Out of reach counts as gone: a key from another inbox tells nothing.
        for inquiry in permissions.visible_inquiries(user).filter(pk__in=keys).order_by("pk"):
            try:
                action.run(inquiry, user)
            except CsInboxError as error:
                refused.append(_("#%(number)s: %(reason)s") % {"number": inquiry.number, "reason": error})
            else:
                done += 1
        if done:
            messages.success(self.request, action.done % {"count": done})
        for reason in refused[:_MOST_REASONS]:
            messages.error(self.request, reason)
        missing = len(keys) - done - len(refused[:_MOST_REASONS])
        if missing:
            messages.error(
                self.request,
                ngettext(
                    "%(count)d more inquiry was not changed.",
                    "%(count)d more inquiries were not changed.",
                    missing,
                )
                % {"count": missing},
            )
