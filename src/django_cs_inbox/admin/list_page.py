"""The list of the window: tabs, filters, rows, and what can be done to many rows at once."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .. import permissions
from .pages import InboxPage


class ListPage(InboxPage):
    title = _("Inquiries")

    def has_page_permission(self) -> bool:
        return permissions.has_perm(self.request.user, permissions.VIEW)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.render("admin/cs_inbox/inquiry/list.html")


def get_urls(model_admin: ModelAdmin[Any]) -> list[URLPattern]:
    return [path("", ListPage.as_page(model_admin), name="cs_inbox_inquiry_changelist")]
