from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Customer(models.Model):
    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=100)
    kana = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class CustomerEmail(models.Model):
    """An address of a customer. Families share one: an address is not unique."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="emails")
    address = models.CharField(max_length=254)

    def __str__(self) -> str:
        return self.address


class Order(models.Model):
    """Each branch counts its own orders, so a number such as ``2026-00012`` exists once a branch."""

    branch = models.CharField(max_length=20)
    year = models.PositiveIntegerField()
    serial = models.PositiveIntegerField()
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", null=True, blank=True)
    lines = models.JSONField(default=list, blank=True)
    shipped_at = models.DateField(null=True, blank=True)
    cancelled_at = models.DateField(null=True, blank=True)
    is_confirmed = models.BooleanField(default=True, help_text="Carts live in this table too.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("branch", "year", "serial"), name="mall_order_number_in_branch"),
        )

    def __str__(self) -> str:
        return self.get_number()

    def get_number(self) -> str:
        return f"{self.year}-{self.serial:05d}"
