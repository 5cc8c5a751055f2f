"""The list of the window: tabs, inbox chooser, search, filters and rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import ModelAdmin
from django.forms import Media
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import permissions
from ..models import Inbox
from ..queries import inquiry_list, tabs
from ..queries.inquiry_filter import InquiryFilter
from . import bulk
from .pages import InboxPage

#: Every other parameter is refused: a misspelt filter must not show everything as if it were the answer.
_PLACES = ("tab", "after", "before")


class ListPage(InboxPage):
    title = gettext_lazy("Inquiries")

    @property
    def media(self) -> Media:
        return Media(
            css={"all": ("cs_inbox/list.css",)},
            js=[Script("cs_inbox/list.js", defer=True)],  # type: ignore[list-item]
        )

    def has_page_permission(self) -> bool:
        return permissions.has_perm(self.request.user, permissions.VIEW)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        inboxes = inquiry_list.visible_inboxes(request.user)
        filters = InquiryFilter(request.GET, None, user=request.user, inboxes=inboxes)
        kind = tabs.kind_of(self._tab(request.GET))
        problems = self._problems(filters, kind)
        chosen = filters.form.cleaned_data.get("inbox") if filters.is_valid() else None
        keys = [chosen.pk] if chosen else [inbox.pk for inbox in inboxes]
        kind = kind or tabs.SEARCH_KIND
        found = None
        if not problems:
            filters.queryset = inquiry_list.inquiries(request.user, kind.key, keys)
            found = inquiry_list.page(
                filters.qs,
                # What a row points at may lie in any inbox that the user sees.
                inboxes=[inbox.pk for inbox in inboxes],
                after=inquiry_list.Cursor.parse(request.GET.get("after", "")),
                before=inquiry_list.Cursor.parse(request.GET.get("before", "")),
            )
        return self.render(
            "admin/cs_inbox/inquiry/list.html",
            status=400 if problems else 200,
            problems=problems,
            kind=kind,
            tabs=self._tabs(kind, keys),
            filters=filters,
            inboxes=inboxes,
            page=found,
            newer_url=found and found.newer and self._here(before=found.newer, after=None),
            older_url=found and found.older and self._here(after=found.older, before=None),
            chips=self._chips(filters),
            # A search keeps the filters, and leaves the tab.
            kept=[(name, request.GET.get(name, "")) for name in filters.chosen if name != "q"],
            list_url=self.url("changelist"),
            bulk_actions=bulk.offered(request.user, kind.key),
            here=request.get_full_path(),
            any_inbox=bool(inboxes) or Inbox.objects.exists(),
        )

    def _tab(self, data: Mapping[str, Any]) -> str:
        """A search looks everywhere unless a tab is named."""
        return str(data.get("tab") or (tabs.SEARCH if data.get("q", "").strip() else tabs.DEFAULT))

    def _problems(self, filters: InquiryFilter, kind: tabs.TabKind | None) -> list[str]:
        """What is wrong with the address of the page, in sentences."""
        known = {*_PLACES, *filters.filters}
        problems = [
            _("There is no filter “%(name)s”.") % {"name": name}
            for name in list(self.request.GET)[:20]
            if name not in known
        ]
        if kind is None:
            problems.append(_("This tab does not exist."))
        for name in ("after", "before"):
            if self.request.GET.get(name) and not inquiry_list.Cursor.parse(self.request.GET[name]):
                problems.append(_("This place in the list does not exist."))
        if not filters.is_valid():
            for name, errors in filters.form.errors.items():
                label = filters.labels.get(name, name)
                problems.extend(
                    _("%(filter)s: %(error)s") % {"filter": label, "error": error} for error in errors
                )
        return problems

    def _tabs(self, kind: tabs.TabKind, keys: list[int]) -> list[dict[str, Any]]:
        shown = [
            {"tab": tab, "url": self._here(tab=tab.key, q=None, after=None, before=None)}
            for tab in tabs.tabs(self.request.user, kind.key, keys)
        ]
        if kind is tabs.SEARCH_KIND:
            everything = self._here(after=None, before=None)
            shown.insert(0, {"tab": tabs.Tab(kind, is_active=True), "url": everything})
        return shown

    def _chips(self, filters: InquiryFilter) -> list[dict[str, Any]]:
        """The filters that are set, each with the way out."""
        chips = []
        for name in filters.chosen:
            value = filters.form.cleaned_data[name]
            choices = dict(getattr(filters.form.fields[name], "choices", ()) or ())
            text = choices.get(value, value) if isinstance(value, str) else value
            chips.append(
                {
                    "label": filters.labels[name],
                    "text": str(text).strip(),
                    "url": self._here(**{name: None}, after=None, before=None),
                }
            )
        return chips

    def _here(self, **changes: object) -> str:
        """This page with some parameters changed or (None) left out."""
        data = {name: self.request.GET[name] for name in self.request.GET if self.request.GET[name]}
        data = {**data, **{name: str(value) for name, value in changes.items() if value is not None}}
        kept = {name: value for name, value in data.items() if changes.get(name, "") is not None}
        return self.url("changelist") + (f"?{urlencode(kept)}" if kept else "")


def get_urls(model_admin: ModelAdmin[Any]) -> list[URLPattern]:
    return [
        path("", ListPage.as_page(model_admin), name="cs_inbox_inquiry_changelist"),
        path("bulk/", bulk.BulkPage.as_page(model_admin), name="cs_inbox_inquiry_bulk"),
    ]
