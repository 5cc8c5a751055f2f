"""What host code calls. Everything here is public and stays; the rest of the package may change."""

from __future__ import annotations

from .actions.arrival import Arrival, ArrivalFile, OrderEvidence, ProductEvidence, Received
from .actions.intake import receive
from .actions.order_mail import about_order, record_order_mail, send_order_mail

__all__ = [
    "Arrival",
    "ArrivalFile",
    "OrderEvidence",
    "ProductEvidence",
    "Received",
    "about_order",
    "receive",
    "record_order_mail",
    "send_order_mail",
]
