"""Status, assignee, category, priority and tags: small forms at the head of the conversation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from ...actions import inquiries
from ...models import Category, Inquiry, Tag
from ...queries import conversation
from .base import ActionPage
from .forms import HoldForm

#: Hour of the shop's day at which an inquiry on hold comes back.
WAKE_HOUR = 9


@dataclass(frozen=True, slots=True)
class Verb:
    """One status button. It is drawn while ``transition`` is possible."""

    name: str
    label: Promise
    done: Promise
    action: Callable[..., Any]
    transition: str
    #: Stands in the open; the others are behind "More".
    is_main: bool = False


VERBS = (
    Verb(
        "open",
        gettext_lazy("Start work"),
        gettext_lazy("Work on this inquiry has started."),
        inquiries.open_inquiry,
        "to_open",
        True,
    ),
    Verb(
        "resume",
        gettext_lazy("Resume"),
        gettext_lazy("The inquiry is in progress again."),
        inquiries.resume,
        "to_resumed",
        True,
    ),
    Verb(
        "not_spam",
        gettext_lazy("Not spam"),
        gettext_lazy("The inquiry is back among the new ones."),
        inquiries.not_spam,
        "to_not_spam",
        True,
    ),
    Verb(
        "reopen",
        gettext_lazy("Reopen"),
        gettext_lazy("The inquiry is in progress again."),
        inquiries.reopen,
        "to_reopened",
        True,
    ),
    Verb(
        "close",
        gettext_lazy("Close as done"),
        gettext_lazy("The inquiry is closed."),
        inquiries.close,
        "to_closed",
        True,
    ),
    Verb(
        "no_action",
        gettext_lazy("No action needed"),
        gettext_lazy("The inquiry is marked as needing no action."),
        inquiries.no_action,
        "to_no_action",
    ),
    Verb(
        "spam",
        gettext_lazy("Mark as spam"),
        gettext_lazy("The inquiry is marked as spam."),
        inquiries.mark_spam,
        "to_spam",
    ),
)


def possible_verbs(inquiry: Inquiry) -> list[Verb]:
    return [verb for verb in VERBS if can_proceed(getattr(inquiry, verb.transition))]


def can_hold(inquiry: Inquiry) -> bool:
    return can_proceed(inquiry.to_hold)


class StatusPage(ActionPage):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        name = request.POST.get("verb", "")
        if name == "hold":
            return self._hold(request)
        verb = next((verb for verb in VERBS if verb.name == name), None)
        if verb is None:
            raise Http404(f"There is no status action “{name[:30]}”.")
        action = partial(verb.action, self.inquiry, by=request.user)
        return self.post_action(action, next_url=self.back(), success=str(verb.done))

    def _hold(self, request: HttpRequest) -> HttpResponse:
        form = HoldForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose a reason from the list and a date such as 2026-12-01."))
            return HttpResponseRedirect(self.back())
        wake_on: dt.date | None = form.cleaned_data["wake_on"]
        wake_at = None
        if wake_on is not None:
            wake_at = timezone.make_aware(dt.datetime.combine(wake_on, dt.time(WAKE_HOUR)))
        action = partial(
            inquiries.hold,
            self.inquiry,
            by=request.user,
            reason=form.cleaned_data["reason"],
            wake_at=wake_at,
        )
        return self.post_action(action, next_url=self.back(), success=_("The inquiry is on hold."))


class AssignPage(ActionPage):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        chosen = request.POST.get("to", "")
        if chosen == "me":
            to: Any = request.user
        elif chosen:
            to = _one(conversation.assignable_users(self.inquiry.inbox), chosen)
        else:
            to = None
        action = partial(inquiries.assign, self.inquiry, by=request.user, to=to)
        return self.post_action(action, next_url=self.back(), success=_("The assignee was saved."))


class CategoryPage(ActionPage):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        chosen = request.POST.get("category", "")
        category = _one(Category.objects.all(), chosen) if chosen else None
        action = partial(inquiries.categorise, self.inquiry, by=request.user, category=category)
        return self.post_action(action, next_url=self.back(), success=_("The category was saved."))


class PriorityPage(ActionPage):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        chosen = request.POST.get("priority", "")
        priority = int(chosen) if chosen.isdecimal() and len(chosen) < 5 else -1
        action = partial(inquiries.set_priority, self.inquiry, by=request.user, priority=priority)
        return self.post_action(action, next_url=self.back(), success=_("The priority was saved."))


class TagsPage(ActionPage):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        tags = [_one(Tag.objects.all(), key) for key in request.POST.getlist("tags")[:100]]
        action = partial(inquiries.set_tags, self.inquiry, by=request.user, tags=tags)
        return self.post_action(action, next_url=self.back(), success=_("The tags were saved."))


def _one(rows: Any, key: str) -> Any:
    """The row with this key, as it came out of a form; 404 for anything else."""
    try:
        return get_object_or_404(rows, pk=key)
    except (ValueError, TypeError, ValidationError) as error:
        raise Http404 from error
