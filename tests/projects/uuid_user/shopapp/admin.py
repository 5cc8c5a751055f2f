from __future__ import annotations

from django.contrib import admin

from .models import Member, Order


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin):
    list_display = ("email", "name", "is_staff")
    search_fields = ("email", "name")


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ("number", "customer", "status")
    search_fields = ("number",)
