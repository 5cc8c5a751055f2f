"""django-mailbox's own page shows passwords in clear, in the list and in the form. This one never does."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from ..models import Inbox
from .settings_admin import PageAdmin

if TYPE_CHECKING:
    _Form = forms.ModelForm[Any]
else:
    _Form = forms.ModelForm

MASK = "••••••"
_PASSWORD = re.compile(r"^([^:/?#]+://[^:@]*:).*@", re.DOTALL)
_SECRET_PARAMETER = re.compile(r"([?&][^=&]*(?:pass|secret|token|key)[^=&]*=)[^&]*", re.IGNORECASE)


def masked(uri: str | None) -> str:
    """The address of a mailbox with everything secret in it covered."""
    if not uri:
        return ""
    if "://" not in uri:
        # What cannot be read cannot be covered in part.
        return MASK if "@" in uri else uri
    # By hand: a password may hold characters at which a URL parser would end it, and show the rest.
    return _SECRET_PARAMETER.sub(rf"\g<1>{MASK}", _PASSWORD.sub(rf"\g<1>{MASK}@", uri))


class MailboxForm(_Form):
    """``uri`` comes covered; sent back unchanged it keeps what is stored."""

    uri = forms.CharField(
        label=gettext_lazy("Address of the mailbox"),
        required=False,
        max_length=255,
        help_text=gettext_lazy(
            "For example imap+ssl://user:password@server. The stored password is covered by dots. To change "
            "anything, type the whole address with its password."
        ),
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored: str | None = self.instance.uri if self.instance.pk else None
        self.initial["uri"] = masked(self._stored)

    @sensitive_variables()
    def clean_uri(self) -> str | None:
        uri = self.cleaned_data.get("uri") or ""
        if uri == masked(self._stored):
            return self._stored
        if MASK in uri:
            # Another server with the stored password would be a way to read it.
            raise forms.ValidationError(_("Type the whole address with its password, without the dots."))
        return uri or None

    def has_changed(self) -> bool:
        return bool(self.changed_data)


class MailboxAdmin(PageAdmin):
    """Mailboxes that the shop set up in django-mailbox itself. Ours are set up on the inbox's page."""

    form = MailboxForm
    list_display = ("name", "covered_uri", "from_email", "active", "last_polling", "inbox")
    fields = ("name", "uri", "from_email", "active", "last_polling")
    readonly_fields = ("last_polling",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        names = Inbox.objects.filter(mailbox=OuterRef("pk")).order_by("pk").values("name")
        rows: QuerySet[Any] = super().get_queryset(request).annotate(inbox_name=Subquery(names[:1]))
        return rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        if self._is_shown_only(request, obj):
            # The stock page shows a read-only field as it is stored.
            return ["covered_uri" if field == "uri" else field for field in fields]
        return fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self._is_shown_only(request, obj):
            return ("name", "covered_uri", "from_email", "active", "last_polling")
        return self.readonly_fields

    def _is_shown_only(self, request: HttpRequest, mailbox: Any) -> bool:
        if mailbox is None:
            return not self.has_add_permission(request)
        return self._is_ours(mailbox) or not self.has_change_permission(request, mailbox)

    @method_decorator(sensitive_post_parameters("uri"))
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    def _is_ours(self, mailbox: Any) -> bool:
        return Inbox.objects.filter(mailbox=mailbox).exists()

    @admin.display(description=gettext_lazy("Address of the mailbox"))
    def covered_uri(self, mailbox: Any) -> str:
        return masked(mailbox.uri) or "–"

    @admin.display(description=gettext_lazy("inbox"))
    def inbox(self, mailbox: Any) -> str:
        return mailbox.inbox_name or "–"


def replace() -> None:
    """Put our page in the place of the stock one, wherever django_mailbox stands in INSTALLED_APPS."""
    config = apps.get_app_config("django_mailbox")
    if module_has_submodule(config.module, "admin"):
        # What autodiscover does, only at once: a later import finds the module loaded and registers nothing.
        import_module(f"{config.name}.admin")
    model = config.get_model("Mailbox")
    present = admin.site._registry.get(model)
    # A host that switched the stock page off, or has one of its own, keeps its choice.
    if present is not None and type(present).__module__ == f"{config.name}.admin":
        admin.site.unregister(model)
        admin.site.register(model, MailboxAdmin)
