"""The port to the host: what the inbox asks about orders, customers and products."""

from __future__ import annotations

from .base import Shop, get_shop
from .types import CustomerSummary, OrderLine, OrderSummary, ProductSummary

__all__ = ["CustomerSummary", "OrderLine", "OrderSummary", "ProductSummary", "Shop", "get_shop"]
