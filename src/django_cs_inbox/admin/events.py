"""The audit trail as a list. Nobody edits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from .. import permissions
from ..actions.events import VERBS
from ..models import Event
from .settings_admin import ReadOnlyAdmin

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Needs the permission to view events; inquiries out of reach stay out of it."""

    list_display = ("created_at", "what", "inquiry_link", "who")
    list_display_links = None
    list_select_related = ("inquiry",)
    ordering = ("-created_at", "-id")
    fields = ("created_at", "what", "inquiry_link", "who", "target_type", "target_id", "data")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        seen = Q(inquiry=None) | Q(inquiry__inbox__in=permissions.visible_inboxes(request.user))
        return super().get_queryset(request).filter(seen)

    @admin.display(description=_("what happened"))
    def what(self, event: Event) -> str:
        return str(VERBS.get(event.verb, event.verb))

    @admin.display(description=_("who"))
    def who(self, event: Event) -> str:
        return event.actor_label or "–"

    @admin.display(description=_("Inquiry"))
    def inquiry_link(self, event: Event) -> SafeString | str:
        if event.inquiry is None:
            return "–"
        url = reverse(
            "admin:cs_inbox_inquiry_change", args=(event.inquiry.pk,), current_app=self.admin_site.name
        )
        return format_html('<a href="{}">#{}</a>', url, event.inquiry.number)
