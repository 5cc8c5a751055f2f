"""One order as staff see it beside a conversation."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model

from ..conf import conf
from .fields import FieldPath
from .host import load
from .mapping import LineMap
from .names import LINE_NAMES
from .orders import OrderQuestions
from .types import OrderLine, OrderSummary
from .values import as_decimal, as_quantity, as_text

#: What a summary reads of an order; their relations are loaded for all orders together.
_READ = (
    "number",
    "emails",
    "customer",
    "customer_name",
    "status",
    "total",
    "currency",
    "placed_at",
    "payment",
    "shipping",
    "tracking_number",
    "tracking_url",
    "lines",
)


class OrderSummaries(OrderQuestions):
    def order_summaries(self, orders: Collection[Model]) -> dict[str, OrderSummary]:
        """Summaries by ``str(pk)``, in a constant number of queries."""
        rows = load(orders, self._summary_relations())
        return {str(order.pk): self.order_summary(order) for order in rows}

    def order_summary(self, order: Model) -> OrderSummary:
        """One summary. For several orders call ``order_summaries``, which loads what they need together."""
        fields = self.order_map
        code, label = self.order_status(order)
        return OrderSummary(
            key=str(order.pk),
            number=self.order_number(order),
            placed_at=self.order_placed_at(order),
            status=label,
            status_code=code,
            total=as_decimal(fields.read("total", order)),
            currency=self.order_currency(order),
            customer_name=self.order_name(order),
            email=next(iter(self.order_emails(order)), ""),
            payment=fields.show("payment", order),
            shipping=fields.show("shipping", order),
            tracking_number=fields.show("tracking_number", order),
            tracking_url=_web_address(fields.show("tracking_url", order)),
            lines=tuple(self.order_lines(order)),
        )

    def order_currency(self, order: Model) -> str:
        """Three letters: the order's own, the money object's, else ``CS_INBOX["CURRENCY"]``."""
        own = as_text(self.order_map.read("currency", order))
        money = as_text(getattr(self.order_map.read("total", order), "currency", None))
        return own or money or conf.currency

    def order_lines(self, order: Model) -> list[OrderLine]:
        """What was bought. From rows, from products named directly, or from JSON."""
        path = self.order_map.one("lines")
        if path is None:
            return []
        rows = path.values(order)
        if path.model is not None:
            fields = self._line_map(path)
            return [_line({key: fields.read(key, row) for key in LINE_NAMES}) for row in rows]
        return [_line(_pick(row, self.order_map.given)) for row in _json_rows(rows)]

    def _line_map(self, path: FieldPath) -> LineMap:
        if path.model is None:  # pragma: no cover - callers ask only for rows
            raise TypeError(path.text)
        is_product = bool(path.steps[-1].field.many_to_many)
        return LineMap(path.model, self.order_map.given, is_product=is_product)

    def _summary_relations(self) -> list[str]:
        relations = [*self.order_map.relations(*_READ)]
        relations += [
            path.relations for key in ("name", "user") for path in self.order_map.customer_paths(key)
        ]
        lines = self.order_map.one("lines")
        if lines is not None and lines.model is not None:
            below = self._line_map(lines).relations(*LINE_NAMES)
            relations += [f"{lines.relations}__{relation}" for relation in below]
        return list(dict.fromkeys(relation for relation in relations if relation))


def _line(values: Mapping[str, Any]) -> OrderLine:
    return OrderLine(
        title=as_text(values.get("title")),
        sku=as_text(values.get("sku")),
        quantity=as_quantity(values.get("quantity")),
        price=as_decimal(values.get("price")),
    )


def _json_rows(values: list[Any]) -> list[Mapping[str, Any]]:
    """Lines in JSON: a list of objects, an object of objects, or either of these as text."""
    rows: list[Mapping[str, Any]] = []
    for value in values:
        data: Any = value
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except ValueError:
                data = None
        if isinstance(data, Mapping):
            data = list(data.values()) if all(isinstance(v, Mapping) for v in data.values()) else [data]
        rows += [row for row in data or [] if isinstance(row, Mapping)] if isinstance(data, list) else []
    return rows


def _pick(row: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, names in LINE_NAMES.items():
        named = given.get(f"line_{key}")
        candidates = (named,) if isinstance(named, str) else tuple(named or names)
        found[key] = next((row[name] for name in candidates if row.get(name) not in (None, "")), None)
    return found


def _web_address(text: str) -> str:
    # It becomes a link on a page: nothing but http(s) may.
    return text if text.startswith(("https://", "http://")) else ""
