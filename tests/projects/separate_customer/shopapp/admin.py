"""Orders are deliberately not registered: this shop's staff look them up elsewhere."""

from __future__ import annotations

from django.contrib import admin

from .models import Customer, CustomerEmail


class CustomerEmailInline(admin.TabularInline):
    model = CustomerEmail
    extra = 0


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "phone")
    search_fields = ("code", "name", "emails__address")
    inlines = (CustomerEmailInline,)
