"""What the shop tells us about its own rows: plain values, so that no page depends on the host's models."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    title: str
    sku: str = ""
    quantity: int = 1
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """One order, as staff need it beside a conversation."""

    #: ``str(order.pk)``
    key: str
    number: str
    placed_at: dt.datetime | None = None
    status: str = ""
    #: Machine value of the status, for colours and rules.
    status_code: str = ""
    total: Decimal | None = None
    currency: str = "JPY"
    customer_name: str = ""
    email: str = ""
    payment: str = ""
    shipping: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    lines: tuple[OrderLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerSummary:
    """One customer of the shop."""

    key: str
    name: str
    emails: tuple[str, ...] = ()
    phone: str = ""
    rank: str = ""
    order_count: int | None = None
    order_total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ProductSummary:
    key: str
    name: str
    url: str = ""
    sku: str = ""
