"""The shop's own lists: categories, tags, hold reasons."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Category, HoldReason, Tag
from .settings_admin import SettingsAdmin


@admin.register(Category)
class CategoryAdmin(SettingsAdmin):
    list_display = ("path", "position", "is_active", "is_public")
    list_editable = ("position", "is_active", "is_public")
    list_filter = ("is_active", "is_public")
    list_select_related = ("parent",)
    search_fields = ("name",)
    # Each category is followed by those below it.
    ordering = (
        Coalesce("parent__position", "position"),
        Coalesce("parent__name", "name"),
        F("parent").asc(nulls_first=True),
        "position",
        "name",
    )
    sortable_by = ()
    fieldsets = (
        (None, {"fields": ("name", "parent", "position")}),
        (_("Where it is offered"), {"fields": ("is_active", "is_public")}),
    )

    @admin.display(description=_("name"), ordering="name")
    def path(self, category: Category) -> str:
        return f"{category.parent.name} › {category.name}" if category.parent else category.name


@admin.register(Tag)
class TagAdmin(SettingsAdmin):
    list_display = ("name", "preview")
    search_fields = ("name",)
    fields = ("name", "color")

    @admin.display(description=_("In the list"))
    def preview(self, tag: Tag) -> SafeString:
        return format_html('<span class="cs-tag cs-tag-{}">{}</span>', tag.color, tag.name)


@admin.register(HoldReason)
class HoldReasonAdmin(SettingsAdmin):
    list_display = ("name", "position", "is_active")
    list_editable = ("position", "is_active")
    fields = ("name", "position", "is_active")
