"""The cart lives in the session: {product id: quantity}."""

from __future__ import annotations

from dataclasses import dataclass

from .models import Product

SHIPPING_FEE = 550
FREE_SHIPPING_FROM = 5000
MAX_QTY = 20


@dataclass(frozen=True)
class CartLine:
    product: Product
    qty: int

    @property
    def amount(self) -> int:
        return self.product.price * self.qty


class Cart:
    KEY = "cart"

    def __init__(self, request):
        self.session = getattr(request, "session", {})
        self.quantities: dict[str, int] = self.session.get(self.KEY, {})

    @property
    def count(self) -> int:
        return sum(self.quantities.values())

    @property
    def lines(self) -> list[CartLine]:
        products = Product.objects.filter(is_published=True).in_bulk([int(pk) for pk in self.quantities])
        return [
            CartLine(products[int(pk)], qty) for pk, qty in self.quantities.items() if int(pk) in products
        ]

    @property
    def subtotal(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def shipping_fee(self) -> int:
        return 0 if self.subtotal >= FREE_SHIPPING_FROM else SHIPPING_FEE

    @property
    def total(self) -> int:
        return self.subtotal + self.shipping_fee

    def set(self, product: Product, qty: int) -> None:
        qty = min(qty, product.stock, MAX_QTY)
        if qty > 0:
            self.quantities[str(product.pk)] = qty
        else:
            self.quantities.pop(str(product.pk), None)
        self.session[self.KEY] = self.quantities

    def add(self, product: Product, qty: int = 1) -> None:
        self.set(product, self.quantities.get(str(product.pk), 0) + qty)

    def clear(self) -> None:
        self.session.pop(self.KEY, None)
        self.quantities = {}
