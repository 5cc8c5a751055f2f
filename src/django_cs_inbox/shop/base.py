"""The ``Shop`` class: defaults by field names, methods to override for the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.module_loading import import_string

from ..conf import conf
from .types import CustomerSummary, OrderSummary, ProductSummary


class Shop:
    """Answers questions about the host's rows. Subclass it and name the subclass in ``CS_INBOX["SHOP"]``.

    Methods that a list page calls take many objects at once, so that fifty rows cost one query.
    """

    # Orders

    def orders(self) -> QuerySet[Any]:
        """All placed orders. Override to leave out carts and drafts."""
        raise NotImplementedError

    def order_number(self, order: Model) -> str:
        raise NotImplementedError

    def find_orders(self, number: str) -> list[Any]:
        """Orders with this number: exact, then folded (width, hyphens, case). None, one or several."""
        raise NotImplementedError

    def find_numbers(self, text: str) -> list[str]:
        """Candidates for order numbers in a text, in their order, each once."""
        raise NotImplementedError

    def order_customer(self, order: Model) -> Any | None:
        raise NotImplementedError

    def order_emails(self, order: Model) -> list[str]:
        raise NotImplementedError

    def order_summaries(self, orders: Collection[Model]) -> dict[str, OrderSummary]:
        """Summaries by ``str(pk)``, in a constant number of queries."""
        raise NotImplementedError

    def orders_by_key(self, keys: Collection[str]) -> dict[str, Any]:
        raise NotImplementedError

    def orders_of(self, *, customer: Model | None, emails: Sequence[str], limit: int = 10) -> list[Any]:
        """Newest first: the customer's orders and guest orders under these addresses."""
        raise NotImplementedError

    def order_url(self, order: Model, request: HttpRequest) -> str:
        """Link to the order in the admin, or "" when it has no page there or the user may not see it."""
        raise NotImplementedError

    def verify_order(self, number: str, email: str) -> Any | None:
        """The order when number and address both fit, else None."""
        raise NotImplementedError

    def belongs_to(self, order: Model, *, customer: Model | None, emails: Sequence[str]) -> bool:
        """Whether the order is this customer's, or was placed under one of these addresses."""
        raise NotImplementedError

    # Customers

    def customers_by_email(self, address: str) -> list[Any]:
        raise NotImplementedError

    def customer_of_user(self, user: Any) -> Any | None:
        """The customer who is logged in, or None."""
        raise NotImplementedError

    def customer_name(self, customer: Model) -> str:
        raise NotImplementedError

    def customer_emails(self, customer: Model) -> list[str]:
        raise NotImplementedError

    def customer_summaries(self, customers: Collection[Model]) -> dict[str, CustomerSummary]:
        raise NotImplementedError

    def customer_url(self, customer: Model, request: HttpRequest) -> str:
        raise NotImplementedError

    # Products and mails

    def product(self, key: str) -> ProductSummary | None:
        """The product of the page on which the form was opened; None when the shop does not know the key."""
        return None

    def order_of_mail(self, message: Any) -> Any | None:
        """The order that a mail of the shop is about, from its subject and recipients; None when unsure."""
        raise NotImplementedError

    def language(self, *, order: Model | None, customer: Model | None) -> str:
        raise NotImplementedError


def get_shop() -> Shop:
    """The shop named in the settings; made anew for each call, so that nothing is kept between requests."""
    shop: Shop = import_string(conf.shop)()
    return shop
