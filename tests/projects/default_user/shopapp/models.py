from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Product(models.Model):
    name = models.CharField(max_length=200)
    sku = models.CharField(max_length=40, unique=True)
    price = models.DecimalField(max_digits=10, decimal_places=0)

    class Meta:
        ordering = ("sku",)

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    class Status(models.TextChoices):
        RECEIVED = "received", "受付"
        SHIPPED = "shipped", "発送済"
        CANCELLED = "cancelled", "キャンセル"

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="orders", null=True, blank=True
    )
    email = models.EmailField(blank=True, help_text="Given at checkout by guests.")
    name = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.RECEIVED)
    total = models.DecimalField(max_digits=10, decimal_places=0, default=0)
    placed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-placed_at", "-pk")

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True)
    title = models.CharField(max_length=200)
    sku = models.CharField(max_length=40, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=10, decimal_places=0)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.title} ×{self.quantity}"
