"""The ``Shop`` class: defaults by field names, methods to override for the rest."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.module_loading import import_string

from ..conf import conf
from ..exceptions import ConfigurationError
from .mails import OrderMails
from .pages import admin_url
from .types import ProductSummary


class Shop(OrderMails):
    """Answers questions about the host's rows. Subclass it and name the subclass in ``CS_INBOX["SHOP"]``.

    The defaults read the fields named in ``ORDER_FIELDS`` and ``CUSTOMER_FIELDS``, and look for the usual
    names where these are silent. Override what your shop answers differently; every other method builds on
    the overridden one:

    - which rows count: ``orders``, ``customers``                                       (host.py)
    - one order: ``order_number``, ``order_customer``, ``order_emails``, ``order_name``,
      ``order_status``, ``order_placed_at``, ``belongs_to``, ``language``               (orders.py)
    - for lists: ``order_summaries``, ``order_lines``, ``orders_by_key``, ``orders_of``
    - by what people write: ``find_numbers``, ``find_orders``, ``verify_order``         (search.py)
    - by what the shop mails: ``order_of_mail``                                         (mails.py)
    - customers: ``customers_by_email``, ``customer_of_user``, ``customer_name``,
      ``customer_emails``, ``is_email_verified``, ``customer_summaries``                (customers.py)

    Methods that a list page calls take many objects at once, so that fifty rows cost one query.
    """

    def order_url(self, order: Model, request: HttpRequest) -> str:
        """Link to the order in the admin, or "" when it has no page there or the user may not see it."""
        return admin_url(order, request)

    def customer_url(self, customer: Model, request: HttpRequest) -> str:
        """Link to the customer in the admin, under the same rules."""
        return admin_url(customer, request)

    def product(self, key: str) -> ProductSummary | None:
        """The product of the page on which the form was opened; None when the shop does not know the key."""
        return None


def get_shop() -> Shop:
    """The shop named in the settings; made anew for each call, so that nothing is kept between requests."""
    shop: Any = import_string(conf.shop)()
    if not isinstance(shop, Shop):
        raise ConfigurationError(
            f'CS_INBOX["SHOP"] is {conf.shop!r}, which is no subclass of django_cs_inbox.shop.Shop.'
        )
    return shop
