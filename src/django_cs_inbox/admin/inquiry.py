"""The window: the inquiry's pages in the admin, from the list to the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern

from .. import permissions
from ..models import Inquiry
from . import conversation, list_page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    _Base = admin.ModelAdmin[Inquiry]
else:
    _Base = object

#: Stock pages that would write past ``actions``, or show what our own pages show better.
_DROPPED = ("add", "change", "delete", "history")


class InquiryAdminMixin(_Base):
    """Our pages on any ``ModelAdmin`` base class, for hosts whose admin has one of its own.

    ``class InquiryAdmin(InquiryAdminMixin, unfold.admin.ModelAdmin)`` – register it in place of ours.
    """

    actions = None
    search_fields = ("number",)
    # For the suggestions of a host's own form that points at inquiries.
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        # Ours come first: the stock patterns end with <path:object_id>/, which swallows everything.
        own = [*list_page.get_urls(self), *conversation.get_urls(self)]
        dropped = {f"{self.opts.app_label}_{self.opts.model_name}_{page}" for page in _DROPPED}
        # The last stock pattern has no name and redirects every other path to the change page.
        return [*own, *(url for url in super().get_urls() if url.name and url.name not in dropped)]

    def changelist_view(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        return list_page.ListPage.as_view(model_admin=self)(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Inquiry]:
        return permissions.visible_inquiries(request.user).order_by(*self.ordering)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.has_perm(request.user, permissions.VIEW)

    def has_view_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        if obj is not None:
            return permissions.can_view(request.user, obj)
        return permissions.has_perm(request.user, permissions.VIEW)

    def has_change_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        if obj is not None:
            return permissions.can_work(request.user, obj)
        return permissions.has_perm(request.user, permissions.WORK)

    def has_add_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        """Inquiries come in through ``actions.intake`` alone."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        return False


@admin.register(Inquiry)
class InquiryAdmin(InquiryAdminMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """The window on the stock ``ModelAdmin``."""
