"""Base of the settings pages: stock forms whose every write goes through an action."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..actions import settings
from ..exceptions import CsInboxError, InvalidInput
from .pages import admin_url

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    _Admin = admin.ModelAdmin[Any]
    _Form = forms.ModelForm[Any]
    _Paginator = Paginator[Any]
else:
    _Admin = admin.ModelAdmin
    _Form = forms.ModelForm
    _Paginator = Paginator


class BoundedPaginator(_Paginator):
    """Counts no further than a person would turn pages; what lies beyond is found by search and filters."""

    LIMIT = 2000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[: self.LIMIT].count())


class PageAdmin(_Admin):
    """What all our ordinary model admins share."""

    list_per_page = 50
    show_full_result_count = False
    # Numbers beside the filters would count the whole table, once for each choice.
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator

    class Media:
        css = {"all": ("cs_inbox/base.css", "cs_inbox/settings.css")}

    def own_urls(self) -> list[URLPattern]:
        return []

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """The filters of the page and no others. The stock rule allows every field of the model, and with
        ``?mailbox_secret__startswith=…`` a list tells a secret letter by letter.
        """
        # PostgreSQL takes no NUL, in no column: the page would fall.
        if "\0" in str(value):
            return False
        names: set[object] = set()
        for one in self.list_filter:
            name = one[0] if isinstance(one, list | tuple) else one
            names.add(getattr(name, "parameter_name", name))
        field = lookup.partition("__")[0]
        return field in names and bool(super().lookup_allowed(lookup, value, request))

    def get_urls(self) -> list[Any]:
        return [*self.own_urls(), *super().get_urls()]


class ReadOnlyAdmin(PageAdmin):
    """Rows that only actions write: looked at here, never edited."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SettingsForm(_Form):
    """A form that can be shown again with what an action refused."""

    refused: str = ""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refused:
            self.add_error(None, self.refused)
        return cleaned


class RowForm(_Form):
    """One row of a list that is edited in place: the columns' headings are no labels for a screen reader."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            names = {"row": str(self.instance), "field": field.label}
            field.widget.attrs.setdefault("aria-label", _("%(row)s: %(field)s") % names)


class RefusingAdmin(PageAdmin):
    """Shows a form again, with everything that was typed, when the action refuses it.

    The stock view saves inside a transaction and knows no refusal at that point: the first pass is rolled
    back by the exception, the second one fails in the form.
    """

    form = SettingsForm

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except InvalidInput as error:
            request.cs_inbox_refused = str(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "cs_inbox_refused", "")  # type: ignore[attr-defined]
        return form


class SettingsAdmin(RefusingAdmin):
    """Inboxes, categories, tags, hold reasons."""

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{"form": RowForm, **kwargs})

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        settings.save(obj, by=request.user, changed=form.changed_data)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing by itself: what belongs to a setting is written by an action, too."""

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        settings.delete(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            settings.delete(obj, by=request.user)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        try:
            return super().response_action(request, queryset, *args, **kwargs)
        except CsInboxError as error:
            if not isinstance(error, InvalidInput):
                raise
            messages.error(request, str(error))
            return HttpResponseRedirect(admin_url(self, "changelist"))


def badge(kind: str, value: str, label: str) -> SafeString:
    """A coloured word; the colours are in base.css."""
    return format_html('<span class="cs-badge cs-{}-{}">{}</span>', kind, value, label)
