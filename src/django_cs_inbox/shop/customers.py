"""What the shop knows about its customers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models import Count, Model, Q, Sum
from django.utils.translation import get_supported_language_variant

from .fields import FieldPath
from .host import HostRows, first_by_key, load, rows_by_key
from .mapping import user_model
from .types import CustomerSummary
from .values import as_decimal, as_text, fold_address, full_name, same_addresses


class CustomerQuestions(HostRows):
    """Questions about customers, answered from the fields that ``CUSTOMER_FIELDS`` maps."""

    def customers_by_email(self, address: str) -> list[Any]:
        """Customers with this mail address. Several when the shop's table allows it, as families do."""
        return self.customers_by_emails([address]).get(fold_address(address), [])

    def customers_by_emails(self, addresses: Collection[str]) -> dict[str, list[Any]]:
        """Customers by folded address, in a constant number of queries; addresses nobody has are left out."""
        wanted = {fold_address(address) for address in addresses if "@" in address}
        paths = [path.lookup for path in self.customer_map.all("emails") if path.lookup]
        if not wanted or not paths:
            return {}
        rows: list[Any] = []
        for path in paths:
            # One query a path: an OR over two tables can use the index of neither.
            match = Q()
            for address in wanted:
                match |= Q(**{f"{path}__iexact": address})
            rows += self.customers().filter(match)
        rows = load(first_by_key(rows), self.customer_map.relations("emails"))
        found: dict[str, list[Any]] = {}
        for row in rows:
            for key in {fold_address(email) for email in self.customer_emails(row)} & wanted:
                found.setdefault(key, []).append(row)
        return found

    def customer_of_user(self, user: Any) -> Any | None:
        """The customer who is logged in, or None."""
        if user is None or not getattr(user, "is_authenticated", False):
            return None
        if self.customer_map.is_user:
            return user
        path = self.customer_map.one("user")
        if path is None or not path.lookup:
            return None
        rows = first_by_key(self.customers().filter(**{path.lookup: user.pk})[:2])
        # Two customers under one login: rather nobody than the wrong one.
        return rows[0] if len(rows) == 1 else None

    def customers_by_key(self, keys: Collection[str]) -> dict[str, Any]:
        """Customers by ``str(pk)``, in one query."""
        return rows_by_key(self.customers(), keys)

    def customer_name(self, customer: Model) -> str:
        """The name as staff read it; family name first where it is written in kanji or kana."""
        return self._name_in_row(customer) or self._name_of_login(customer) or as_text(str(customer))

    def customer_emails(self, customer: Model) -> list[str]:
        """The customer's mail addresses, most trusted first."""
        paths = self.customer_map.all("emails")
        return same_addresses(value for path in paths for value in path.values(customer))

    def is_email_verified(self, customer: Model, address: str) -> bool:
        """Whether the shop itself made this customer confirm this address, say by a link sent to it.

        Anybody can register with anybody's address; a customer who is believed joins what was written from
        there. Hence False until a shop knows better.
        """
        return False

    def customer_summaries(self, customers: Collection[Model]) -> dict[str, CustomerSummary]:
        """Summaries by ``str(pk)``, in a constant number of queries."""
        rows = load(customers, self.customer_map.relations("emails", "user", "phone", "rank"))
        stats = self.order_statistics(rows)
        return {str(row.pk): self._customer_summary(row, stats.get(str(row.pk))) for row in rows}

    def order_statistics(self, customers: Collection[Model]) -> dict[str, dict[str, Any]]:
        """``{"count": …, "total": …}`` by ``str(pk)`` of the customers who ordered, in one query."""
        path, total = self.order_map.one("customer"), self.order_map.one("total")
        if not customers or path is None or not path.lookup:
            return {}
        sums: dict[str, Any] = {"orders_": Count("pk")}
        if total is not None and total.field is not None and _is_number(total.field):
            sums["sum_"] = Sum(total.lookup)
        key = f"{path.lookup}__pk"
        rows = self.orders().filter(**{f"{path.lookup}__in": [row.pk for row in customers]})
        found = rows.order_by().values(key).annotate(**sums)
        return {str(row[key]): {"count": row["orders_"], "total": row.get("sum_")} for row in found}

    def customer_language(self, customer: Model) -> str:
        """The customer's language as one of the project's, or ""."""
        return known_language(self.customer_map.one("language"), customer)

    def _customer_summary(self, row: Model, stats: dict[str, Any] | None) -> CustomerSummary:
        can_count = self.order_map.one("customer") is not None
        return CustomerSummary(
            key=str(row.pk),
            name=self.customer_name(row),
            emails=tuple(self.customer_emails(row)),
            phone=self.customer_map.show("phone", row),
            rank=self.customer_map.show("rank", row),
            order_count=(stats or {}).get("count", 0) if can_count else None,
            order_total=as_decimal((stats or {}).get("total")),
        )

    def _name_in_row(self, row: Any) -> str:
        text = as_text(self.customer_map.read("name", row))
        if text:
            return text
        method = getattr(row, "get_full_name", None)
        # Django's own puts the family name last, whatever the script.
        if callable(method) and method.__module__ != "django.contrib.auth.models":
            return as_text(method())
        return full_name(getattr(row, "first_name", ""), getattr(row, "last_name", ""))

    def _name_of_login(self, customer: Model) -> str:
        path = self.customer_map.one("user")
        login = path.value(customer) if path is not None else None
        if not isinstance(login, user_model()):
            return ""
        return full_name(getattr(login, "first_name", ""), getattr(login, "last_name", "")) or as_text(
            getattr(login, "get_full_name", str)() or str(login)
        )


def known_language(path: FieldPath | None, row: Any) -> str:
    """The value of a language field as one of ``LANGUAGES``, or ""."""
    code = as_text(path.value(row)).replace("_", "-").lower() if path is not None else ""
    if not code:
        return ""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return ""


def default_language() -> str:
    return settings.LANGUAGE_CODE


def _is_number(field: Any) -> bool:
    return field.get_internal_type() in {
        "DecimalField",
        "FloatField",
        "IntegerField",
        "BigIntegerField",
        "PositiveIntegerField",
        "PositiveBigIntegerField",
        "PositiveSmallIntegerField",
        "SmallIntegerField",
    }
