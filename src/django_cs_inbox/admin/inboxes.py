"""Inboxes, with the mailbox that each takes its mail from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from .. import permissions
from ..actions import mailboxes, settings
from ..actions.mailboxes import MailboxSettings
from ..models import FolderState, Inbox
from .pages import InboxPage
from .settings_admin import SettingsAdmin, SettingsForm, badge

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

_MAILBOX_FIELDS = ("protocol", "host", "port", "security", "user", "folder")
_PROTOCOLS = {"imap": "IMAP", "pop3": "POP3"}
_SECURITIES: dict[str, str | Promise] = {
    "ssl": "SSL/TLS",
    "starttls": "STARTTLS",
    "plain": gettext_lazy("not encrypted"),
}


class InboxForm(SettingsForm):
    """The inbox's own fields, and how its mailbox is reached. The stored password is never in the form."""

    mailbox_protocol = forms.ChoiceField(label=gettext_lazy("Protocol"), required=False, initial="imap")
    mailbox_host = forms.CharField(
        label=gettext_lazy("Server"),
        required=False,
        max_length=255,
        help_text=gettext_lazy("For example imap.example.com. Empty: no mail is fetched."),
    )
    mailbox_port = forms.IntegerField(
        label=gettext_lazy("Port"),
        required=False,
        min_value=1,
        max_value=65535,
        help_text=gettext_lazy("Empty: the usual port (993 for SSL/TLS, 143 for STARTTLS)."),
    )
    mailbox_security = forms.ChoiceField(label=gettext_lazy("Encryption"), required=False, initial="ssl")
    mailbox_user = forms.CharField(label=gettext_lazy("User name"), required=False, max_length=200)
    mailbox_password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    mailbox_folder = forms.CharField(
        label=gettext_lazy("Folder"), required=False, max_length=200, initial="INBOX"
    )

    class Meta:
        model = Inbox
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "mailbox_host" not in self.fields:
            return  # The user may only look at it.
        present = mailboxes.current(self.instance) if self.instance.pk else None
        for name in _MAILBOX_FIELDS if present else ():
            self.initial.setdefault(f"mailbox_{name}", getattr(present, name))
        self._offer("mailbox_protocol", _PROTOCOLS, mailboxes.PROTOCOLS, present)
        self._offer("mailbox_security", _SECURITIES, mailboxes.SECURITIES, present)
        self._explain_password()

    def _offer(self, name: str, labels: dict[str, Any], known: Any, present: MailboxSettings | None) -> None:
        """What we can reach, and what the shop had set up in django-mailbox before."""
        chosen = getattr(present, name.removeprefix("mailbox_"), None)
        values = [*known, *([chosen] if chosen and chosen not in known else [])]
        self.fields[name].choices = [(value, labels.get(value, value)) for value in values]  # type: ignore[attr-defined]

    def _explain_password(self) -> None:
        source = mailboxes.password_source(self.instance) if self.instance.pk else ""
        field = self.fields["mailbox_password"]
        reference = _("Or env:CS_INBOX_… to read it from an environment variable.")
        if source == "stored":
            field.widget.attrs["placeholder"] = _("Stored – type to replace")
            field.help_text = _("Kept encrypted and never shown. Empty: it stays as it is. %(reference)s") % {
                "reference": reference
            }
        elif source:
            field.widget.attrs["placeholder"] = source
            field.help_text = _("Read from the environment variable named here. Type to replace.")
        else:
            field.help_text = reference

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if self.wants_mailbox and not cleaned.get("mailbox_user"):
            self.add_error("mailbox_user", _("Enter the user name for the mail server."))
        if not self.wants_mailbox and cleaned.get("mailbox_password"):
            self.add_error("mailbox_host", _("Enter the server that the password is for."))
        return cleaned

    @property
    def wants_mailbox(self) -> bool:
        return bool(self.cleaned_data.get("mailbox_host"))

    @property
    def mailbox_changed(self) -> bool:
        names = {f"mailbox_{name}" for name in (*_MAILBOX_FIELDS, "password")}
        return bool(names & set(self.changed_data))

    def mailbox_settings(self) -> MailboxSettings:
        value = self.cleaned_data
        security = value.get("mailbox_security") or "ssl"
        usual = mailboxes.SECURITIES.get(security, ("", 993))[1]
        return MailboxSettings(
            protocol=value.get("mailbox_protocol") or "imap",
            host=value["mailbox_host"].strip(),
            port=value.get("mailbox_port") or usual,
            security=security,
            user=value["mailbox_user"],
            folder=value.get("mailbox_folder") or "INBOX",
        )


@admin.register(Inbox)
class InboxAdmin(SettingsAdmin):
    form = InboxForm
    list_display = ("name", "address", "active", "access", "fetching")
    list_display_links = ("name", "address")
    search_fields = ("name", "address")
    filter_horizontal = ("members",)
    readonly_fields = ("folder_states",)
    change_form_template = "admin/cs_inbox/inbox/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "address", "sender_name", "signature")}),
        (
            pgettext_lazy("inbox settings", "Use"),
            {"fields": ("is_active", "takes_form", "position", "reopen_days")},
        ),
        (
            gettext_lazy("Mailbox"),
            {
                "fields": (
                    "mailbox_host",
                    "mailbox_port",
                    ("mailbox_security", "mailbox_protocol"),
                    "mailbox_user",
                    "mailbox_password",
                    "mailbox_folder",
                    "trusted_authserv_id",
                    "folder_states",
                ),
                "description": gettext_lazy(
                    "Where mail to this address is fetched from. Mails stay on the server."
                ),
            },
        ),
        (gettext_lazy("Who may work here"), {"fields": ("is_restricted", "members")}),
        (
            gettext_lazy("Acknowledgement"),
            {
                "fields": (
                    "acknowledges",
                    "acknowledges_mail",
                    "acknowledgement_subject",
                    "acknowledgement_text",
                ),
                "classes": ("collapse",),
            },
        ),
    )

    def own_urls(self) -> list[URLPattern]:
        return [path("<int:pk>/test/", TestPage.as_page(self), name="cs_inbox_inbox_test")]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Members are staff; a user table that holds the customers, too, would offer them all."""
        users = db_field.remote_field.model
        if any(field.name == "is_staff" for field in users._meta.get_fields()):
            kwargs.setdefault("queryset", users._default_manager.filter(is_staff=True))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("mailbox").prefetch_related("folders")

    def has_delete_permission(self, request: HttpRequest, obj: Inbox | None = None) -> bool:
        """An inbox in use stays: the stock page would collect all its inquiries first."""
        if obj is None or obj.inquiries.exists() or obj.incoming.exists() or obj.outgoing.exists():
            return False
        return super().has_delete_permission(request, obj)

    @method_decorator(sensitive_post_parameters("mailbox_password"))
    @method_decorator(sensitive_variables())
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        own = {field.name for field in Inbox._meta.concrete_fields}
        settings.save(obj, by=request.user, changed=[name for name in form.changed_data if name in own])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # After the members: whoever may add but not change inboxes has already been stopped.
        inbox: Inbox = form.instance
        if "members" in form.changed_data:
            settings.set_members(inbox, by=request.user, members=form.cleaned_data["members"])
        if not form.mailbox_changed:
            return
        if form.wants_mailbox:
            mailboxes.configure(
                inbox,
                by=request.user,
                settings=form.mailbox_settings(),
                password=form.cleaned_data.get("mailbox_password") or "",
            )
        elif inbox.mailbox_id is not None:
            mailboxes.disconnect(inbox, by=request.user)

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        inbox = kwargs.get("obj")
        may_test = permissions.has_perm(request.user, permissions.TEST_MAILBOX)
        context["can_test_mailbox"] = bool(inbox and inbox.mailbox_id and may_test)
        return super().render_change_form(request, context, *args, **kwargs)

    # What is shown

    @admin.display(description=gettext_lazy("active"), boolean=True, ordering="is_active")
    def active(self, inbox: Inbox) -> bool:
        return inbox.is_active

    @admin.display(description=gettext_lazy("Who may work here"))
    def access(self, inbox: Inbox) -> str:
        return _("Members only") if inbox.is_restricted else _("Everybody with the permission")

    @admin.display(description=gettext_lazy("Mailbox"))
    def fetching(self, inbox: Inbox) -> SafeString | str:
        if inbox.mailbox_id is None:
            return pgettext("mailbox", "None")
        folders = list(inbox.folders.all())
        if any(folder.last_error for folder in folders):
            return badge("state", "failed", _("Cannot be fetched"))
        if not any(folder.last_success_at for folder in folders):
            return badge("state", "queued", _("Not fetched yet"))
        return badge("state", "processed", pgettext("mailbox", "Works"))

    @admin.display(description=gettext_lazy("Last look"))
    def folder_states(self, inbox: Inbox) -> str:
        folders: list[FolderState] = list(inbox.folders.order_by("folder")) if inbox.pk else []
        return render_to_string("admin/cs_inbox/inbox/_folders.html", {"inbox": inbox, "folders": folders})


class TestPage(InboxPage):
    """Tries the stored settings of an inbox. POST only: each try is a connection to a foreign server."""

    http_method_names = ["post"]
    __test__ = False

    def has_page_permission(self) -> bool:
        return permissions.has_perm(self.request.user, permissions.TEST_MAILBOX) and bool(
            self.model_admin.has_view_permission(self.request)
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        inbox = get_object_or_404(Inbox.objects.select_related("mailbox"), pk=pk)
        if inbox.mailbox_id is None:
            raise Http404
        return self.post_action(lambda: self._test(inbox), next_url=self.url("change", pk))

    def _test(self, inbox: Inbox) -> None:
        report = mailboxes.test(inbox, by=self.request.user)
        (messages.success if report.ok else messages.error)(self.request, report.message)
        if report.folders:
            folders = ", ".join(report.folders[:30])
            messages.info(self.request, _("Folders: %(folders)s") % {"folders": folders})
