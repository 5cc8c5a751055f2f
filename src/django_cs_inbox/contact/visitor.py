"""Who is looking at the form, and what the page it was opened from was about.

Where the shop's own code fails, the form is a guest's: a customer must be able to say so.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from ..mail.addresses import is_plausible
from ..shop import ProductSummary, get_shop
from ..shop.safe import ask

logger = logging.getLogger(__name__)

#: Orders offered for choice; nobody asks about older ones without knowing the number.
MOST_ORDERS = 50
_LONGEST_KEY = 100


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who fills in the form. ``customer`` is None for a guest and for a login without a customer."""

    customer: Any | None = None
    name: str = ""
    #: For a customer the address of the account, which is who they are; for others a suggestion.
    email: str = ""

    @property
    def has_account_address(self) -> bool:
        return self.customer is not None and bool(self.email)


def get_visitor(request: HttpRequest) -> Visitor:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Visitor()
    shop = get_shop()
    customer = ask(shop.customer_of_user, None, user)
    if customer is None:
        email = str(getattr(user, "email", "") or "")
        return Visitor(email=email if is_plausible(email) else "")
    known: list[str] = ask(shop.customer_emails, [], customer)
    emails = [email for email in known if is_plausible(email)]
    name = ask(shop.customer_name, "", customer)
    return Visitor(customer=customer, name=name, email=emails[0] if emails else "")


def orders_to_choose(visitor: Visitor, page_order: Any | None) -> list[Any]:
    """The customer's own orders, newest first, the page's order always among them.

    By the link between order and customer alone: many shops let people register with an address that they
    never checked, and guest orders under it may be somebody else's.
    """
    if visitor.customer is None:
        return []
    orders: list[Any] = ask(get_shop().orders_of, [], customer=visitor.customer, emails=(), limit=MOST_ORDERS)
    if page_order is not None and page_order.pk not in {order.pk for order in orders}:
        orders = [page_order, *orders]
    return orders


def order_of_page(request: HttpRequest, visitor: Visitor) -> Any | None:
    """The order in ``?order=``, when it is the logged-in customer's; any other is as if it were not there."""
    number = request.GET.get("order", "").strip()[:_LONGEST_KEY]
    if not number or not number.isprintable() or visitor.customer is None:
        return None
    own: list[Any] = ask(_own_orders, [], number, visitor.customer)
    return own[0] if len(own) == 1 else None


def _own_orders(number: str, customer: Any) -> list[Any]:
    shop = get_shop()
    found = shop.find_orders(number)
    return [order for order in found if shop.belongs_to(order, customer=customer, emails=())]


def product_of_page(request: HttpRequest) -> ProductSummary | None:
    """The product in ``?product=``, when the shop knows it."""
    key = request.GET.get("product", "").strip()[:_LONGEST_KEY]
    return ask(get_shop().product, None, key) if key and key.isprintable() else None
