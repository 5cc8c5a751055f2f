"""What an inquiry is about, and how we know."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..choices import LinkSource, LinkState
from .host import order_key, user_key
from .inquiry import Inquiry


class OrderLink(models.Model):
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="order_links")
    order = order_key(verbose_name=_("order"))
    #: ``str(order.pk)`` and the number as staff read it: both outlive the host's row.
    order_key = models.CharField(max_length=64)
    order_number = models.CharField(_("order number"), max_length=100, db_index=True)
    source = models.CharField(max_length=12, choices=LinkSource.choices)
    state = models.CharField(max_length=10, choices=LinkState.choices, default=LinkState.CONFIRMED)
    created_by = user_key()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("linked order")
        verbose_name_plural = _("linked orders")
        constraints = (
            models.UniqueConstraint(fields=("inquiry", "order_key"), name="cs_inbox_orderlink_once"),
        )

    def __str__(self) -> str:
        return self.order_number


class ProductLink(models.Model):
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="product_links")
    #: What the host calls the product: primary key, SKU or slug, as ``Shop.product`` understands it.
    product_key = models.CharField(max_length=100)
    name = models.CharField(_("product"), max_length=300)
    url = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=12, choices=LinkSource.choices)
    state = models.CharField(max_length=10, choices=LinkState.choices, default=LinkState.CONFIRMED)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("linked product")
        verbose_name_plural = _("linked products")
        constraints = (
            models.UniqueConstraint(fields=("inquiry", "product_key"), name="cs_inbox_productlink_once"),
        )

    def __str__(self) -> str:
        return self.name
