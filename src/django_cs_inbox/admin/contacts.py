"""Contacts: who they are, how they stand, what they wrote about."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .. import permissions
from ..actions import contacts
from ..choices import Standing
from ..models import Contact, ContactAddress
from ..shop import get_shop
from ..shop.safe import ask
from .settings_admin import RefusingAdmin, badge

if TYPE_CHECKING:
    _Inline = admin.TabularInline[ContactAddress, Contact]
else:
    _Inline = admin.TabularInline

_RECENT = 10


class AddressInline(_Inline):
    model = ContactAddress
    fields = ("kind", "value", "is_verified")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.has_perm(request.user, permissions.VIEW)


@admin.register(Contact)
class ContactAdmin(RefusingAdmin):
    """Contacts come in through the intake; here they are described."""

    inlines = (AddressInline,)
    list_display = ("shown_name", "customer_label", "shown_standing", "first_address", "created_at")
    list_filter = ("standing",)
    search_fields = ("name",)
    search_help_text = _("The beginning of a name, an email address or a telephone number.")
    ordering = ("-id",)
    readonly_fields = ("shown_customer", "recent_inquiries", "created_at")
    fieldsets = (
        (None, {"fields": ("name", "shown_customer")}),
        (_("Standing"), {"fields": ("standing", "standing_reason", "memo")}),
        (_("Inquiries"), {"fields": ("recent_inquiries", "created_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        """Contacts of inquiries that the user may see."""
        seen = permissions.visible_inquiries(request.user).filter(contact=OuterRef("pk"))
        return super().get_queryset(request).filter(Exists(seen)).prefetch_related("addresses")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Contact | None:
        contact = super().get_object(request, object_id, from_field)
        if contact is not None:
            # What is shown below depends on who looks; an admin itself is shared by all requests.
            contact.seen_in = request
        return contact

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contact], search_term: str
    ) -> tuple[QuerySet[Contact], bool]:
        text = unicodedata.normalize("NFKC", search_term).strip()
        if not text:
            return queryset, False
        addresses = ContactAddress.objects.filter(normalized__startswith=text.lower())
        by_name = Q(name__startswith=text) | Q(customer_label__startswith=text)
        return queryset.filter(by_name | Q(pk__in=addresses.values("contact"))), False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.has_perm(request.user, permissions.VIEW)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.has_perm(request.user, permissions.WORK) and self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        data = form.cleaned_data
        contacts.edit(obj, by=request.user, name=data["name"], memo=data["memo"])
        if {"standing", "standing_reason"} & set(form.changed_data):
            contacts.set_standing(
                obj, by=request.user, standing=data["standing"], reason=data["standing_reason"]
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Addresses are shown only. The stock view asks afterwards what was done to them."""
        for formset in formsets:
            formset.new_objects = formset.changed_objects = formset.deleted_objects = []

    # What is shown

    @admin.display(description=_("name"), ordering="name")
    def shown_name(self, contact: Contact) -> str:
        return str(contact)

    @admin.display(description=_("standing"), ordering="standing")
    def shown_standing(self, contact: Contact) -> SafeString | str:
        if contact.standing == Standing.NORMAL:
            return ""
        return badge("standing", contact.standing, contact.get_standing_display())

    @admin.display(description=_("address"))
    def first_address(self, contact: Contact) -> str:
        return next((address.value for address in contact.addresses.all()), "")

    @admin.display(description=_("customer"))
    def shown_customer(self, contact: Any) -> SafeString | str:
        # Not contact.customer: without a constraint in the database the row may be gone.
        model = Contact._meta.get_field("customer").related_model
        customer = model._default_manager.filter(pk=contact.customer_id).first()
        if customer is None:
            return contact.customer_label or "–"
        shop = get_shop()
        name = ask(shop.customer_name, contact.customer_label or "–", customer)
        url = ask(shop.customer_url, "", customer, contact.seen_in)
        return format_html('<a href="{}">{}</a>', url, name) if url else name

    @admin.display(description=_("newest inquiries"))
    def recent_inquiries(self, contact: Any) -> SafeString | str:
        found = permissions.visible_inquiries(contact.seen_in.user).filter(contact=contact)
        rows = found.order_by("-last_customer_at")[:_RECENT]
        return format_html_join(
            "",
            '<p class="cs-line"><a href="{}">#{} {}</a> {}</p>',
            (
                (
                    reverse(
                        "admin:cs_inbox_inquiry_change",
                        args=(inquiry.pk,),
                        current_app=self.admin_site.name,
                    ),
                    inquiry.number,
                    inquiry.subject,
                    badge("status", inquiry.status, inquiry.get_status_display()),
                )
                for inquiry in rows
            ),
        )
