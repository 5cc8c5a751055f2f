"""INTEGRATION: django-cs-inbox: what its defaults cannot know about this shop.

They find number, address, name, status, lines and total of an order by the fields' usual names, and the
customer's rank likewise. What is left: the products, and that payment and delivery take two fields each.
"""

from __future__ import annotations

from dataclasses import replace

from django_cs_inbox.shop import ProductSummary, Shop

from .models import Product


class StationeryShop(Shop):
    def product(self, key):
        product = Product.objects.filter(sku=key, is_published=True).first()
        if product is None:
            return None
        return ProductSummary(
            key=product.sku, name=product.name, url=product.get_absolute_url(), sku=product.sku
        )

    def order_summary(self, order):
        payment = f"{order.get_payment_method_display()}（{order.get_payment_status_display()}）"
        shipping = " ".join(filter(None, [order.get_carrier_display(), order.get_shipping_status_display()]))
        return replace(super().order_summary(order), payment=payment, shipping=shipping)
