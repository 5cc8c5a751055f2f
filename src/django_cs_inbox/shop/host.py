"""The host's rows: which tables, which of their rows, and how the settings map them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet, prefetch_related_objects

from ..conf import conf
from .mapping import CustomerMap, OrderMap


class HostRows:
    """What everything else in ``Shop`` reads from."""

    def orders(self) -> QuerySet[Any]:
        """All placed orders. Override to leave out carts and drafts, or name the conditions in
        ``CS_INBOX["ORDER_FIELDS"]["placed"]``."""
        rows = self.order_model._default_manager.all()
        placed = self.order_map.given.get("placed")
        if not placed:
            return rows
        return rows.filter(Q(**placed) if isinstance(placed, dict) else Q(**{str(placed): True}))

    def customers(self) -> QuerySet[Any]:
        """All customers. Override to leave out, say, members of staff."""
        return self.customer_model._default_manager.all()

    @property
    def order_model(self) -> type[Model]:
        return apps.get_model(conf.order_model)

    @property
    def customer_model(self) -> type[Model]:
        return apps.get_model(conf.customer_model)

    @cached_property
    def customer_map(self) -> CustomerMap:
        return CustomerMap(self.customer_model, conf.customer_fields)

    @cached_property
    def order_map(self) -> OrderMap:
        return OrderMap(self.order_model, conf.order_fields, self.customer_map)


def load(rows: Collection[Model], relations: Iterable[str]) -> list[Model]:
    """The rows, with these relations loaded for all of them together."""
    found = [row for row in rows if row is not None]
    paths = list(relations)
    if found and paths:
        prefetch_related_objects(found, *paths)
    return found


def rows_by_key(rows: QuerySet[Any], keys: Collection[str]) -> dict[str, Any]:
    """Rows by ``str(pk)`` in one query. What cannot be a key of this table finds nothing."""
    wanted = {str(key) for key in keys}
    values = [value for key in wanted if (value := _key_value(rows.model, key)) is not None]
    if not values:
        return {}
    found = {str(row.pk): row for row in rows.filter(pk__in=values)}
    # MariaDB compares text keys without regard to case; "aB" and "Ab" are two orders all the same.
    return {key: row for key, row in found.items() if key in wanted}


def first_by_key(rows: Iterable[Any]) -> list[Any]:
    """Each row once, in order; a join over a table of addresses repeats them."""
    return list({row.pk: row for row in rows}.values())


def _key_value(model: type[Model], key: str) -> Any | None:
    try:
        return model._meta.pk.to_python(key)
    except (ValidationError, ValueError, TypeError, OverflowError):
        return None
