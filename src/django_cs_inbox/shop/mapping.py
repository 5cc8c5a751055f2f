"""Which field answers which question: the one the settings name, else the first usual name that exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import JSONField, Model

from .fields import FieldPath, find_path, has_field, relation, relations_of
from .names import CUSTOMER_NAMES, EMAIL_COLUMNS, EMAIL_TABLES, LINE_NAMES, LINE_PRODUCTS, LINES, ORDER_NAMES
from .values import display

_LINE_MODELS = ("orderline", "orderitem", "orderdetail", "orderproduct", "orderedproduct", "lineitem", "line")

#: Keys of ORDER_FIELDS and CUSTOMER_FIELDS. "placed" holds conditions, all others field paths.
ORDER_KEYS = frozenset(ORDER_NAMES) | {"lines", "placed", *(f"line_{name}" for name in LINE_NAMES)}
CUSTOMER_KEYS = frozenset(CUSTOMER_NAMES)
#: Keys under which a list of paths is welcome.
LIST_KEYS = frozenset({"emails", "status"})


def given_paths(given: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    """The paths that the settings name for a key, () when they switch it off, None when they are silent."""
    if key not in given:
        return None
    value = given[key]
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(part) for part in value) if isinstance(value, list | tuple) else ()


class FieldMap:
    """Looks up paths of one model, once each."""

    names: Mapping[str, tuple[str, ...]] = {}

    def __init__(self, model: type[Model], given: Mapping[str, Any]) -> None:
        self.model = model
        self.given = given
        self._found: dict[str, list[FieldPath]] = {}

    def all(self, key: str) -> list[FieldPath]:
        """Every path for this question, in order of trust."""
        if key not in self._found:
            self._found[key] = list(_once(self._search(key)))
        return self._found[key]

    def one(self, key: str) -> FieldPath | None:
        return next(iter(self.all(key)), None)

    def read(self, key: str, row: Any) -> Any | None:
        """The first value that this row has under any of the paths."""
        return next((value for path in self.all(key) for value in path.values(row)), None)

    def show(self, key: str, row: Any) -> str:
        """The same as the text that the shop's own admin would show."""
        return next((text for path in self.all(key) if (text := display(path, row))), "")

    def relations(self, *keys: str) -> list[str]:
        """What ``prefetch_related_objects`` must load so that these questions cost no further query."""
        paths = [path.relations for key in keys for path in self.all(key)]
        return list(dict.fromkeys(path for path in paths if path))

    def _search(self, key: str) -> Iterable[FieldPath | None]:
        named = given_paths(self.given, key)
        if named is not None:
            # A path that does not exist is a check's business (E012); a page must not fall over it.
            return [find_path(self.model, text) for text in named]
        return self._guess(key)

    def _guess(self, key: str) -> Iterable[FieldPath | None]:
        return [self._path(name) for name in self.names.get(key, ()) if self._fits(name)]

    def _fits(self, name: str) -> bool:
        return has_field(self.model, name) or relation(self.model, name) is not None

    def _path(self, text: str) -> FieldPath | None:
        return find_path(self.model, text)


class CustomerMap(FieldMap):
    names = CUSTOMER_NAMES

    @property
    def is_user(self) -> bool:
        return self.model._meta.concrete_model is user_model()._meta.concrete_model

    def _guess(self, key: str) -> Iterable[FieldPath | None]:
        if key == "user":
            return [] if self.is_user else [path_to(self.model, user_model(), self.names["user"])]
        if key == "emails":
            return self._guess_emails()
        if key == "rank":
            # Often a row of its own; the rest are columns, and a relation of that name means something else.
            return super()._guess(key)
        return [self._path(name) for name in self.names[key] if has_field(self.model, name)]

    def _guess_emails(self) -> Iterable[FieldPath | None]:
        names = self.names["emails"]
        if self.is_user:
            names = (user_model().get_email_field_name(), *names)  # type: ignore[attr-defined]
        yield from (self._path(name) for name in names if has_field(self.model, name))
        for table in EMAIL_TABLES:
            step = relation(self.model, table)
            if step is not None and step.model is not None:
                column = next((name for name in EMAIL_COLUMNS if has_field(step.model, name)), None)
                if column:
                    yield self._path(f"{table}.{column}")
        user = self.one("user")
        if user is not None and not user.is_many:
            email = user_model().get_email_field_name()  # type: ignore[attr-defined]
            if has_field(user_model(), email):
                yield self._path(f"{user.text}.{email}")


class OrderMap(FieldMap):
    names = ORDER_NAMES

    def __init__(self, model: type[Model], given: Mapping[str, Any], customers: CustomerMap) -> None:
        super().__init__(model, given)
        self.customers = customers

    def _guess(self, key: str) -> Iterable[FieldPath | None]:
        if key == "number":
            named = [self._path(name) for name in self.names[key] if has_field(self.model, name)]
            return [*named, self._path("pk")][:1]
        if key == "customer":
            return [path_to(self.model, self.customers.model, self.names[key])]
        if key == "emails":
            return [*self.own_emails(), *self.customer_paths("emails")]
        if key == "lines":
            return self._guess_lines()
        if key in ("payment", "shipping", "status"):
            return super()._guess(key)
        return [self._path(name) for name in self.names.get(key, ()) if has_field(self.model, name)]

    def own_emails(self) -> list[FieldPath]:
        """Paths to addresses kept with the order itself, as a guest leaves them."""
        named = given_paths(self.given, "emails")
        if named is None:
            return [p for n in self.names["emails"] if has_field(self.model, n) and (p := self._path(n))]
        customer = self.one("customer")
        via = f"{customer.text}." if customer is not None else None
        return [path for path in self.all("emails") if via is None or not path.text.startswith(via)]

    def customer_paths(self, key: str) -> list[FieldPath]:
        """The customer's own paths for a question, reached from the order."""
        customer = self.one("customer")
        if customer is None or customer.is_many:
            return []
        paths = (self._path(f"{customer.text}.{path.text}") for path in self.customers.all(key))
        return [path for path in paths if path is not None]

    def _guess_lines(self) -> Iterable[FieldPath | None]:
        for name in LINES:
            step = relation(self.model, name)
            if step is not None and step.is_many:
                return [self._path(name)]
            path = self._path(name) if has_field(self.model, name) else None
            if path is not None and isinstance(path.field, JSONField):
                return [path]
        for step in relations_of(self.model):
            if step.is_many and step.model is not None and step.model._meta.model_name in _LINE_MODELS:
                return [self._path(step.attribute)]
        return []


class LineMap(FieldMap):
    """Paths from one row of an order."""

    names = LINE_NAMES

    def __init__(self, model: type[Model], given: Mapping[str, Any], *, is_product: bool) -> None:
        prefix = "line_"
        own = {key.removeprefix(prefix): value for key, value in given.items() if key.startswith(prefix)}
        super().__init__(model, own)
        #: An M2M to the products themselves: their price is today's, not what was paid.
        self.is_product = is_product

    def _guess(self, key: str) -> Iterable[FieldPath | None]:
        if self.is_product and key in ("price", "quantity") and self.is_bare_product:
            return []
        own = [self._path(name) for name in self.names[key] if has_field(self.model, name)]
        if key not in ("title", "sku"):
            return own
        return [*own, *self._through_product(key)]

    @property
    def is_bare_product(self) -> bool:
        return not any(relation(self.model, name) for name in LINE_PRODUCTS)

    def _through_product(self, key: str) -> Iterable[FieldPath | None]:
        for name in LINE_PRODUCTS:
            step = relation(self.model, name)
            if step is None or step.is_many:
                continue
            if step.model is not None:
                names = [n for n in self.names[key] if has_field(step.model, n)]
                yield from (self._path(f"{name}.{n}") for n in names)
            if key == "title":
                yield self._path(name)


def path_to(model: type[Model], target: type[Model], names: Iterable[str]) -> FieldPath | None:
    """How to come from one model to another: by a usual name, over one row between, or by the only key."""
    for name in names:
        step = relation(model, name)
        if step is None or step.is_many or step.model is None:
            continue
        if _same(step.model, target):
            return find_path(model, name)
        between = [s for s in relations_of(step.model) if _leads_to_one(s, target)]
        if len(between) == 1:
            return find_path(model, f"{name}.{between[0].attribute}")
    direct = [s for s in relations_of(model) if _leads_to_one(s, target) and not s.field.auto_created]
    return find_path(model, direct[0].attribute) if len(direct) == 1 else None


def user_model() -> type[Model]:
    return apps.get_model(settings.AUTH_USER_MODEL)


def _leads_to_one(step: Any, target: type[Model]) -> bool:
    return not step.is_many and step.model is not None and _same(step.model, target)


def _same(one: type[Model], other: type[Model]) -> bool:
    return one._meta.concrete_model is other._meta.concrete_model


def _once(paths: Iterable[FieldPath | None]) -> Iterable[FieldPath]:
    seen: set[str] = set()
    for path in paths:
        if path is not None and path.text not in seen:
            seen.add(path.text)
            yield path
