"""Received and outgoing mails that need a person, and the few things a person can decide about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from .. import permissions
from ..actions import incoming, outbox
from ..choices import IncomingState, OutgoingState
from ..exceptions import CsInboxError
from ..models import IncomingMail, OutgoingMail
from .conversation.files import secure
from .pages import InboxPage
from .settings_admin import ReadOnlyAdmin, badge

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

_ALL = "all"
_MOST_TEXT = 20_000


class StateFilter(admin.SimpleListFilter):
    """Problems first: without a choice only what needs a person is listed."""

    title = gettext_lazy("state")
    parameter_name = "state"
    problems: ClassVar[tuple[str, ...]] = ()
    states: ClassVar[Any] = IncomingState

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(_ALL, pgettext_lazy("mails", "All")), *self.states.choices]

    def choices(self, changelist: Any) -> Any:
        rows = list(super().choices(changelist))
        rows[0]["display"] = pgettext_lazy("mails", "Needs attention")
        return rows

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == _ALL:
            return queryset
        if self.value() in self.states.values:
            return queryset.filter(state=self.value())
        return queryset.filter(state__in=self.problems)


class IncomingStateFilter(StateFilter):
    problems = (IncomingState.FAILED, IncomingState.QUARANTINED)


class OutgoingStateFilter(StateFilter):
    states = OutgoingState
    problems = (OutgoingState.FAILED, OutgoingState.UNKNOWN)


class InboxFilter(admin.SimpleListFilter):
    """The inboxes that the user sees; asks the inboxes, not all mails for theirs."""

    title = gettext_lazy("inbox")
    parameter_name = "inbox"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(inbox.pk), inbox.name) for inbox in permissions.visible_inboxes(request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {str(key) for key, _label in self.lookup_choices}
        if self.value() is None:
            return queryset
        return queryset.filter(inbox=self.value()) if self.value() in known else queryset.none()


class MailAdmin(ReadOnlyAdmin):
    """Mails of the inboxes that the user sees, for those who may work."""

    list_select_related = ("inbox",)
    # By number only, newest first: no other column has an index that would bear the sorting.
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        inboxes = permissions.visible_inboxes(request.user)
        return super().get_queryset(request).filter(inbox__in=inboxes)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = request.user
        if not permissions.has_perm(user, permissions.WORK):
            return False
        return (
            permissions.has_perm(user, permissions.VIEW)
            if obj is None
            else permissions.can_see_inbox(user, obj.inbox)
        )

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def shown_state(self, mail: Any) -> SafeString:
        return badge("state", mail.state, mail.get_state_display())


@admin.register(IncomingMail)
class IncomingMailAdmin(MailAdmin):
    change_form_template = "admin/cs_inbox/incomingmail/change_form.html"
    list_display = ("shown_subject", "shown_state", "short_reason", "received_at")
    list_filter = (IncomingStateFilter, InboxFilter)
    search_fields = ("=sender", "=message_id")
    search_help_text = gettext_lazy("The whole sender address or Message-ID.")
    actions = ("try_again",)
    fieldsets = (
        (None, {"fields": ("shown_state", "reason", "attempts", "processed_at")}),
        (
            gettext_lazy("Mail"),
            {
                "fields": (
                    "sender",
                    "subject",
                    "message_id",
                    "received_at",
                    "inbox",
                    "folder",
                    "size",
                    "is_cut",
                )
            },
        ),
        (gettext_lazy("Inquiry"), {"fields": ("inquiry_link",)}),
    )

    def own_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/retry/", RetryIncomingPage.as_page(self), name="cs_inbox_incomingmail_retry"),
            path("<int:pk>/raw/", RawPage.as_page(self), name="cs_inbox_incomingmail_raw"),
        ]

    @admin.action(description=gettext_lazy("Try the selected mails again"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[IncomingMail]) -> None:
        done = 0
        for mail in queryset.select_related("inbox"):
            try:
                state = incoming.retry(mail, by=request.user)
            except CsInboxError as error:
                messages.error(request, str(error))
            else:
                done += state == IncomingState.PROCESSED
        if done:
            text = ngettext("%(count)d mail was taken in.", "%(count)d mails were taken in.", done)
            messages.success(request, text % {"count": done})
        else:
            messages.warning(request, _("None of these mails could be taken in. The reasons are listed."))

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        mail = kwargs.get("obj")
        done = (IncomingState.PROCESSED, IncomingState.DUPLICATE)
        context["can_retry"] = bool(mail and mail.state not in done)
        context["can_download"] = permissions.has_perm(request.user, permissions.VIEW_ORIGINAL)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("Mail"))
    def shown_subject(self, mail: IncomingMail) -> SafeString:
        return format_html(
            '{}<span class="cs-under">{}</span>', mail.subject or _("(no subject)"), mail.sender or "–"
        )

    @admin.display(description=gettext_lazy("reason"))
    def short_reason(self, mail: IncomingMail) -> str:
        return mail.reason if len(mail.reason) <= 120 else f"{mail.reason[:120]}…"

    @admin.display(description=gettext_lazy("Too large: only the headers were taken"), boolean=True)
    def is_cut(self, mail: IncomingMail) -> bool:
        return mail.is_truncated

    @admin.display(description=gettext_lazy("Inquiry"))
    def inquiry_link(self, mail: IncomingMail) -> SafeString | str:
        message = getattr(mail, "message", None)
        return self.link_to(message.inquiry) if message else "–"

    def link_to(self, inquiry: Any) -> SafeString:
        url = reverse("admin:cs_inbox_inquiry_change", args=(inquiry.pk,), current_app=self.admin_site.name)
        return format_html('<a href="{}">#{} {}</a>', url, inquiry.number, inquiry.subject)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(MailAdmin):
    change_form_template = "admin/cs_inbox/outgoingmail/change_form.html"
    list_display = ("shown_subject", "shown_state", "last_error", "created_at")
    list_filter = (OutgoingStateFilter, "kind", InboxFilter)
    list_select_related = ("inbox", "inquiry")  # type: ignore[assignment]
    fieldsets = (
        (None, {"fields": ("shown_state", "last_error", "attempts", "next_attempt_at", "sent_at")}),
        (
            gettext_lazy("Mail"),
            {"fields": ("inquiry_link", "sender", "recipients", "copies", "subject", "text", "message_id")},
        ),
    )

    def own_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/retry/", RetryOutgoingPage.as_page(self), name="cs_inbox_outgoingmail_retry"),
            path("<int:pk>/resolve/", ResolvePage.as_page(self), name="cs_inbox_outgoingmail_resolve"),
        ]

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        mail: Any = kwargs.get("obj")
        may_send = mail is not None and permissions.has_perm(request.user, permissions.SEND)
        context["can_retry"] = may_send and mail.state == OutgoingState.FAILED
        context["can_resolve"] = may_send and mail.state == OutgoingState.UNKNOWN
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("Mail"))
    def shown_subject(self, mail: OutgoingMail) -> SafeString:
        return format_html(
            '{}<span class="cs-under">{}</span>',
            mail.subject or _("(no subject)"),
            _("to %(recipients)s") % {"recipients": _joined(mail.to)},
        )

    @admin.display(description=pgettext_lazy("mail", "to"))
    def recipients(self, mail: OutgoingMail) -> str:
        return _joined(mail.to)

    @admin.display(description=gettext_lazy("Cc and Bcc"))
    def copies(self, mail: OutgoingMail) -> str:
        return _joined([*mail.cc, *mail.bcc]) or "–"

    @admin.display(description=gettext_lazy("text"))
    def text(self, mail: OutgoingMail) -> SafeString:
        return format_html('<div class="cs-mail-text">{}</div>', mail.body[:_MOST_TEXT])

    @admin.display(description=gettext_lazy("Inquiry"))
    def inquiry_link(self, mail: OutgoingMail) -> SafeString | str:
        if mail.inquiry is None:
            return "–"
        url = reverse(
            "admin:cs_inbox_inquiry_change", args=(mail.inquiry.pk,), current_app=self.admin_site.name
        )
        return format_html('<a href="{}">#{} {}</a>', url, mail.inquiry.number, mail.inquiry.subject)


def _joined(addresses: Any) -> str:
    """Addresses as kept in JSON: texts, or pairs of name and address."""
    shown = []
    for one in addresses or ():
        name, address = (one.get("name"), one.get("address")) if isinstance(one, dict) else ("", one)
        shown.append(f"{name} <{address}>" if name else str(address))
    return ", ".join(shown)


class MailPage(InboxPage):
    """A form's target for one mail. What the user may not see does not exist."""

    http_method_names = ["post"]

    def has_page_permission(self) -> bool:
        return bool(self.model_admin.has_view_permission(self.request))

    def mail(self) -> Any:
        return get_object_or_404(self.model_admin.get_queryset(self.request), pk=self.kwargs["pk"])

    def act(self, action: Any, success: str) -> HttpResponseRedirect:
        here = self.url("change", self.kwargs["pk"])
        return self.post_action(action, next_url=here, success=success)


class RetryIncomingPage(MailPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        return self.act(lambda: self._retry(self.mail()), "")

    def _retry(self, mail: IncomingMail) -> None:
        state = incoming.retry(mail, by=self.request.user)
        if state in (IncomingState.PROCESSED, IncomingState.DUPLICATE):
            messages.success(self.request, _("The mail was taken in."))
        else:
            messages.error(
                self.request, _("The mail could still not be taken in. The reason is given below.")
            )


class RawPage(MailPage):
    """The mail as received, byte for byte; always a download."""

    http_method_names = ["get"]

    def has_page_permission(self) -> bool:
        return super().has_page_permission() and permissions.has_perm(
            self.request.user, permissions.VIEW_ORIGINAL
        )

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail: IncomingMail = self.mail()
        response = HttpResponse(mail.raw(), content_type="application/octet-stream")
        response.headers["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
        secure(response)
        return response


class RetryOutgoingPage(MailPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        mail = self.mail()
        return self.act(lambda: outbox.retry(mail, by=request.user), _("The mail will be sent again."))


class ResolvePage(MailPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        mail, answer = self.mail(), request.POST.get("was_sent")
        if answer not in ("yes", "no"):
            messages.error(request, _("Choose what to do."))
            return HttpResponseRedirect(self.url("change", pk))
        was_sent = answer == "yes"
        return self.act(
            lambda: outbox.resolve(mail, by=request.user, was_sent=was_sent),
            _("Recorded as sent.") if was_sent else _("The mail will be sent again."),
        )
