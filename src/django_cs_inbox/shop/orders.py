"""What the shop knows about an order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Model, Q

from .customers import CustomerQuestions, default_language, known_language
from .fields import FieldPath
from .host import first_by_key, load, rows_by_key
from .status import status_of
from .values import as_moment, as_text, fold_address, full_name, same_addresses

_OLDEST = dt.datetime.min


class OrderQuestions(CustomerQuestions):
    """Questions about orders, answered from the fields that ``ORDER_FIELDS`` maps."""

    def order_number(self, order: Model) -> str:
        """The number as it stands in the shop's mails; the primary key where orders have none."""
        return as_text(self.order_map.read("number", order)) or str(order.pk)

    def order_customer(self, order: Model) -> Any | None:
        """The customer whose order it is; None for a guest."""
        path = self.order_map.one("customer")
        row = path.value(order) if path is not None else None
        return row if isinstance(row, self.customer_model._meta.concrete_model) else None  # type: ignore[arg-type]

    def order_emails(self, order: Model) -> list[str]:
        """Addresses this order was placed under: those kept with the order first, then the customer's."""
        paths = self.order_map.all("emails")
        return same_addresses(value for path in paths for value in path.values(order))

    def order_name(self, order: Model) -> str:
        """Who ordered: the name kept with the order, else the customer's."""
        own = as_text(self.order_map.read("customer_name", order))
        if not own:
            own = full_name(getattr(order, "first_name", ""), getattr(order, "last_name", ""))
        if own:
            return own
        customer = self.order_customer(order)
        return self.customer_name(customer) if customer is not None else ""

    def order_status(self, order: Model) -> tuple[str, str]:
        """Machine value and label of the status; from flags and dates where there is no status field."""
        return status_of(order, self.order_map)

    def orders_by_key(self, keys: Collection[str]) -> dict[str, Any]:
        """Orders by ``str(pk)``, in one query. Keys without an order are left out."""
        return rows_by_key(self.orders(), keys)

    def orders_of(self, *, customer: Model | None, emails: Sequence[str], limit: int = 10) -> list[Any]:
        """Newest first: the customer's orders and guest orders under these addresses."""
        order_by = self._newest_first()
        rows: list[Any] = []
        path = self.order_map.one("customer")
        owners = [customer] if customer is not None else self._customers_with(emails)
        if owners and path is not None and path.lookup:
            mine = self.orders().filter(**{f"{path.lookup}__in": [row.pk for row in owners]})
            rows += mine.order_by(*order_by)[:limit]
        rows += self._orders_under(emails, order_by, limit)
        return sorted(first_by_key(rows), key=self._age_key, reverse=True)[:limit]

    def belongs_to(self, order: Model, *, customer: Model | None, emails: Sequence[str]) -> bool:
        """Whether the order is this customer's, or was placed under one of these addresses."""
        owner = self.order_customer(order)
        if owner is not None and customer is not None and owner.pk == customer.pk:
            return True
        mine = {fold_address(email) for email in emails if email}
        return any(fold_address(email) in mine for email in self.order_emails(order))

    def language(self, *, order: Model | None, customer: Model | None) -> str:
        """Language for a mail about this order or to this customer; the project's where none is kept."""
        if order is not None and (code := known_language(self.order_map.one("language"), order)):
            return code
        if customer is not None and (code := self.customer_language(customer)):
            return code
        return default_language()

    def order_placed_at(self, order: Model) -> dt.datetime | None:
        return as_moment(self.order_map.read("placed_at", order))

    def _newest_first(self) -> list[str]:
        path = self.order_map.one("placed_at")
        return [f"-{path.lookup}", "-pk"] if path is not None and path.lookup else ["-pk"]

    def _age_key(self, order: Model) -> tuple[dt.datetime, Any]:
        placed = self.order_placed_at(order)
        return (placed.astimezone(dt.UTC).replace(tzinfo=None) if placed is not None else _OLDEST, order.pk)

    def _customers_with(self, emails: Sequence[str]) -> list[Any]:
        found = self.customers_by_emails(emails).values() if emails else []
        return first_by_key(row for rows in found for row in rows)

    def _orders_under(self, emails: Sequence[str], order_by: list[str], limit: int) -> list[Any]:
        wanted = {fold_address(email) for email in emails if "@" in email}
        paths = [path for path in self.order_map.own_emails() if path.lookup]
        if not wanted or not paths:
            return []
        match = Q()
        for path in paths:
            for address in wanted:
                match |= Q(**{f"{path.lookup}__iexact": address})
        rows = load(first_by_key(self.orders().filter(match).order_by(*order_by)[:limit]), _relations(paths))
        # The database may think more letters equal than mail does (accents, dotless i).
        return [row for row in rows if any(fold_address(v) in wanted for p in paths for v in p.values(row))]


def _relations(paths: Sequence[FieldPath]) -> list[str]:
    return [path.relations for path in paths if path.relations]
