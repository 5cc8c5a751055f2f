"""Verbs on an inquiry. Each checks the permission, locks the row and writes an event.

``by`` is the member of staff, or None when the program acts by itself. All raise ``NotAllowed`` and
``WrongState``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .. import permissions
from ..choices import InquiryStatus, Priority
from ..exceptions import InvalidInput
from ..models import Category, HoldReason, Inquiry, Tag
from ..permissions import person_label
from .changes import locked, moving
from .events import record


def open_inquiry(inquiry: Inquiry, *, by: Any) -> Inquiry:
    """Start work: 未対応 → 対応中. Who starts becomes the assignee if there is none."""
    with locked(inquiry, by=by) as fresh:
        if by is not None and fresh.assignee_id is None:
            fresh.assignee, fresh.assignee_label = by, person_label(by)
        with moving(fresh, "inquiry.opened", by=by):
            fresh.to_open()
    return fresh


def hold(
    inquiry: Inquiry, *, by: Any, reason: HoldReason | None = None, wake_at: dt.datetime | None = None
) -> Inquiry:
    """Put on hold, with the shop's reason and a date on which it comes back.

    Raises ``InvalidInput`` for a date in the past.
    """
    if wake_at is not None and wake_at <= timezone.now():
        raise InvalidInput(_("The date on which it comes back lies in the past."))
    with (
        locked(inquiry, by=by) as fresh,
        moving(
            fresh,
            "inquiry.held",
            by=by,
            reason=reason.name if reason else "",
            wake_at=wake_at.isoformat() if wake_at else "",
        ),
    ):
        fresh.to_hold(reason, wake_at)
    return fresh


def resume(inquiry: Inquiry, *, by: Any) -> Inquiry:
    """Go on with an inquiry that was on hold."""
    with locked(inquiry, by=by) as fresh, moving(fresh, "inquiry.resumed", by=by):
        fresh.to_resumed()
    return fresh


def wake(inquiry: Inquiry, *, by: Any = None) -> Inquiry:
    """The wake date has come."""
    with locked(inquiry, by=by) as fresh, moving(fresh, "inquiry.woken", by=by):
        fresh.to_woken()
    return fresh


def wake_due(now: dt.datetime | None = None, limit: int = 200) -> int:
    """Wake what is on hold and due. Returns how many; safe to run twice and late."""
    now = now or timezone.now()
    due = Inquiry.objects.filter(status=InquiryStatus.ON_HOLD, wake_at__lte=now).order_by("wake_at")[:limit]
    count = 0
    for inquiry in due:
        with locked(inquiry, by=None) as fresh:
            if fresh.status == InquiryStatus.ON_HOLD and fresh.wake_at and fresh.wake_at <= now:
                with moving(fresh, "inquiry.woken", by=None):
                    fresh.to_woken()
                count += 1
    return count


def close(inquiry: Inquiry, *, by: Any) -> Inquiry:
    """対応完了."""
    with locked(inquiry, by=by) as fresh, moving(fresh, "inquiry.closed", by=by):
        fresh.to_closed(timezone.now())
    return fresh


def no_action(inquiry: Inquiry, *, by: Any) -> Inquiry:
    """対応不要: nothing has to be answered."""
    with locked(inquiry, by=by) as fresh, moving(fresh, "inquiry.no_action", by=by):
        fresh.to_no_action(timezone.now())
    return fresh


def mark_spam(inquiry: Inquiry, *, by: Any) -> Inquiry:
    """Spam stays spam, whatever follows."""
    with locked(inquiry, by=by) as fresh, moving(fresh, "inquiry.spam", by=by):
        fresh.to_spam(timezone.now())
    return fresh


def not_spam(inquiry: Inquiry, *, by: Any) -> Inquiry:
    """Back from spam to 未対応; the customer waits since their last word."""
    with locked(inquiry, by=by) as fresh, moving(fresh, "inquiry.not_spam", by=by):
        fresh.to_not_spam()
    return fresh


def reopen(inquiry: Inquiry, *, by: Any) -> Inquiry:
    """Take up again what was finished or waiting."""
    with locked(inquiry, by=by) as fresh, moving(fresh, "inquiry.reopened", by=by):
        fresh.to_reopened()
    return fresh


def assign(inquiry: Inquiry, *, by: Any, to: Any | None) -> Inquiry:
    """Give the inquiry to somebody, or with ``to=None`` to nobody.

    Raises ``InvalidInput`` when that person may not work on it.
    """
    with locked(inquiry, by=by) as fresh:
        if to is not None and not permissions.can_work(to, fresh):
            raise InvalidInput(
                _("%(person)s is not allowed to work on this inquiry.") % {"person": person_label(to)}
            )
        if fresh.assignee_id != (to.pk if to else None):
            old = fresh.assignee_label
            fresh.assignee, fresh.assignee_label = to, person_label(to)
            fresh.save()
            record("inquiry.assigned", inquiry=fresh, by=by, old=old, new=fresh.assignee_label)
    return fresh


def categorise(inquiry: Inquiry, *, by: Any, category: Category | None) -> Inquiry:
    """Say what the inquiry is about."""
    with locked(inquiry, by=by) as fresh:
        if fresh.category_id != (category.pk if category else None):
            old = fresh.category.name if fresh.category else ""
            fresh.category = category
            fresh.save()
            record(
                "inquiry.categorised",
                inquiry=fresh,
                by=by,
                old=old,
                new=category.name if category else "",
            )
    return fresh


def set_priority(inquiry: Inquiry, *, by: Any, priority: int) -> Inquiry:
    """Raises ``InvalidInput`` for a priority that does not exist."""
    if priority not in Priority.values:
        raise InvalidInput(_("This priority does not exist."))
    with locked(inquiry, by=by) as fresh:
        if fresh.priority != priority:
            old, fresh.priority = fresh.priority, priority
            fresh.save()
            record("inquiry.priority_set", inquiry=fresh, by=by, old=old, new=priority)
    return fresh


def set_tags(inquiry: Inquiry, *, by: Any, tags: Iterable[Tag]) -> Inquiry:
    """Replace the tags."""
    wanted = {tag.pk: tag.name for tag in tags}
    with locked(inquiry, by=by) as fresh:
        old = {tag.pk: tag.name for tag in fresh.tags.all()}
        if set(old) != set(wanted):
            fresh.tags.set(wanted)
            record(
                "inquiry.tags_set",
                inquiry=fresh,
                by=by,
                added=sorted(name for pk, name in wanted.items() if pk not in old),
                removed=sorted(name for pk, name in old.items() if pk not in wanted),
            )
    return fresh
