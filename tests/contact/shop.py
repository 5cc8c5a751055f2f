from __future__ import annotations

from django_cs_inbox.shop import ProductSummary, Shop


class ProductShop(Shop):
    """A shop that knows one product."""

    def product(self, key: str) -> ProductSummary | None:
        if key != "PEN-12":
            return None
        return ProductSummary(key=key, name="色鉛筆 12色セット", url="/products/pen-12/", sku="PEN-12")
