"""Finding an order by what people write: its number, with or without the address it was placed under."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, UUIDField

from ..conf import conf
from .fields import FieldPath
from .host import first_by_key, load
from .numbers import find_candidates, plain, variants
from .summaries import OrderSummaries
from .values import fold_address

#: Numbers need not be unique. More than this many orders under one number tell nothing any more.
MAX_FOUND = 20


class OrderSearch(OrderSummaries):
    def find_numbers(self, text: str) -> list[str]:
        """Candidates for order numbers in a text, in their order, each once."""
        return find_candidates(text or "", conf.order_number_pattern, shapes=not self._number_is_key)

    def find_orders(self, number: str) -> list[Any]:
        """Orders with this number: exact, then folded (width, hyphens, case). None, one or several."""
        spellings = variants(number or "")
        path = self.order_map.one("number")
        if not spellings or path is None or not path.lookup:
            return []
        rows = self._stored_as(path, spellings)
        if not rows:
            rows = self._search_alike(number)
        numbers = [(row, self.order_number(row)) for row in rows]
        # Where case counts ("aB" and "Ab" are two orders), the one written as typed wins.
        for spelling in (number.strip(), plain(number)):
            if exact := [row for row, stored in numbers if stored == spelling]:
                return exact
        return rows

    def verify_order(self, number: str, email: str) -> Any | None:
        """The order when number and address both fit, else None.

        Nobody may learn here whether an order exists: a wrong number does the same work as a wrong
        address. So does one that needed no folding.
        """
        wanted = fold_address(email or "")
        orders = self.find_orders(number)
        if orders and type(self).find_orders is OrderSearch.find_orders:
            self._search_alike(number)
        # A stranger's order, read along in any case: with a customer, whose addresses cost a query.
        rows = load([*orders, *self._any_order()], self.order_map.relations("emails"))
        addresses = [{fold_address(own) for own in self.order_emails(row)} for row in rows]
        fitting = [
            row for row, own in zip(orders, addresses, strict=False) if "@" in wanted and wanted in own
        ]
        return fitting[0] if len(fitting) == 1 else None

    @property
    def _number_is_key(self) -> bool:
        path = self.order_map.one("number")
        field = path.field if path is not None else None
        return field is not None and field.primary_key and not isinstance(field, UUIDField)

    def _stored_as(self, path: FieldPath, spellings: list[str]) -> list[Any]:
        values = [value for text in spellings if (value := _as_stored(path, text)) is not None]
        if not values:
            return []
        return self._with_number(Q(**{f"{path.lookup}__in": values}))

    def _search_alike(self, number: str) -> list[Any]:
        """Numbers that differ in case only. Not asked for digits: the search cannot use an index."""
        path, text = self.order_map.one("number"), plain(number)
        if path is None or not path.lookup or not any(char.isalpha() for char in text):
            return []
        return self._with_number(Q(**{f"{path.lookup}__iexact": text})) if _as_stored(path, text) else []

    def _any_order(self) -> list[Any]:
        path = self.order_map.one("customer")
        rows = self.orders().order_by("pk")
        if path is not None and path.lookup:
            rows = rows.filter(**{f"{path.lookup}__isnull": False})
        return list(rows[:1])

    def _with_number(self, match: Q) -> list[Any]:
        return first_by_key(self.orders().filter(match).order_by("-pk")[:MAX_FOUND])


def _as_stored(path: FieldPath, text: str) -> Any | None:
    """The text as a value of the column; None when the column cannot hold it ("A-1" in a number column)."""
    if path.field is None:
        return text
    try:
        value = path.field.to_python(text)
    except (ValidationError, ValueError, TypeError, OverflowError):
        return None
    # SQLite cannot even be asked about an integer of more than eight bytes.
    return None if isinstance(value, int) and abs(value) >= 2**63 else value
