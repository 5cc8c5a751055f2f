"""Does the adapter exist, and do the field paths lead somewhere?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string

from ..conf import DEFAULTS
from ..shop import Shop
from ..shop.fields import find_path, missing_part, relations_of
from ..shop.mapping import CUSTOMER_KEYS, LIST_KEYS, ORDER_KEYS, given_paths
from .linked import named_model
from .said import CheckMessage, did_you_mean, error, given, warning

_SHOP_LINE = 'Write the dotted path of a class: "SHOP": "shop.support.MyShop", or leave it out.'


def check_adapter(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    found = [*_shop(), *_pattern()]
    orders, customers = named_model("ORDER_MODEL"), named_model("CUSTOMER_MODEL") or _user_model()
    if orders is not None:
        found += _paths("ORDER_FIELDS", orders, ORDER_KEYS)
        found += _number(orders)
    if customers is not None:
        found += _paths("CUSTOMER_FIELDS", customers, CUSTOMER_KEYS)
    return found


def _shop() -> list[CheckMessage]:
    path = given().get("SHOP", DEFAULTS["SHOP"])
    if not isinstance(path, str):
        return []  # E015
    try:
        shop = import_string(path)
    except ImportError as problem:
        return [error(8, f'CS_INBOX["SHOP"] is {path!r}, which cannot be imported: {problem}', _SHOP_LINE)]
    if not (isinstance(shop, type) and issubclass(shop, Shop)):
        text = f'CS_INBOX["SHOP"] is {path!r}, which is no subclass of django_cs_inbox.shop.Shop.'
        return [error(9, text, "Derive it: class MyShop(django_cs_inbox.shop.Shop): …")]
    return []


def _pattern() -> list[CheckMessage]:
    pattern = given().get("ORDER_NUMBER_PATTERN")
    if not pattern:
        return []
    problem: object = "it is no text"
    if isinstance(pattern, str):
        try:
            if re.compile(pattern).match("") is None:
                return []
            problem = "it fits the empty text"
        except re.error as raised:
            problem = raised
    text = f'CS_INBOX["ORDER_NUMBER_PATTERN"] is {pattern!r}, which finds no order numbers: {problem}.'
    return [error(13, text, r'Describe one whole number: "ORDER_NUMBER_PATTERN": r"\b[A-Z]{2}-\d{5}\b"')]


def _paths(setting: str, model: type[Model], keys: Iterable[str]) -> list[CheckMessage]:
    fields = given().get(setting, {})
    if not isinstance(fields, Mapping):
        text = f'CS_INBOX["{setting}"] must be a dict of field paths, but is {fields!r}.'
        return [error(10, text, f'Write it like this: "{setting}": {{"emails": ["email"]}}')]
    found = []
    for key, value in fields.items():
        where = f'CS_INBOX["{setting}"]["{key}"]'
        if key == "placed":
            found += _conditions(where, model, value)
        elif key not in keys:
            found.append(
                error(11, f"{where} answers a question that nobody asks.", did_you_mean(str(key), keys))
            )
        elif not _is_path(value, may_be_list=key in LIST_KEYS or key.startswith("line_")):
            kind = "a field path or a list of them" if key in LIST_KEYS else "a field path"
            text = f"{where} must be {kind}, but is {value!r}."
            found.append(error(10, text, f'Write it like this: "{key}": "customer.email"'))
        else:
            found += _existing(where, _model_of(key, model, fields), given_paths(fields, key) or ())
    return found


def _existing(where: str, model: type[Model] | None, paths: Iterable[str]) -> list[CheckMessage]:
    if model is None:
        return []  # JSON, or a path that is reported itself
    found = []
    for path in paths:
        part = missing_part(model, path)
        if part is not None:
            text = f"{where} is {path!r}, but {model._meta.label} leads to no {part!r}."
            found.append(error(12, text, _spelling(model, path, part)))
    return found


def _spelling(model: type[Model], path: str, part: str) -> str:
    """Names at the place where the path broke off."""
    before = re.split(r"\.|__", path)
    owner: type[Model] | None = model
    if part in before and before.index(part):
        way = find_path(model, ".".join(before[: before.index(part)]))
        owner = way.model if way is not None else None
    if owner is None:
        return "Name a field, a relation, a property or a method of the model."
    columns = [field.name for field in owner._meta.get_fields() if not field.is_relation]
    return did_you_mean(part, {*columns, *(step.attribute for step in relations_of(owner))})


def _conditions(where: str, model: type[Model], value: Any) -> list[CheckMessage]:
    if isinstance(value, str):
        return _existing(where, model, [value])
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        text = f"{where} must be the name of a flag or a dict of conditions, but is {value!r}."
        return [error(10, text, 'Write it like this: "placed": {"is_cart": False}')]
    try:
        # Django looks the names up; nothing is asked of the database.
        model._default_manager.filter(**value)
    except Exception as problem:  # whatever a field's lookup may raise
        text = f"{where} is no condition for {model._meta.label}: {problem}"
        return [error(12, text, 'Write it as for filter(): {"status__in": ["paid", "sent"]}')]
    return []


def _model_of(key: str, model: type[Model], fields: Mapping[str, Any]) -> type[Model] | None:
    """The model from which a key's paths start: the order's, or the lines' for ``line_…``."""
    if not key.startswith("line_"):
        return model
    lines = Shop().order_map.one("lines")
    return lines.model if lines is not None else None


def _number(model: type[Model]) -> list[CheckMessage]:
    value = given().get("ORDER_FIELDS", {})
    text = value.get("number") if isinstance(value, Mapping) else None
    path = find_path(model, text) if isinstance(text, str) and text else None
    if path is None or path.lookup:
        return []
    try:
        shop = import_string(str(given().get("SHOP", DEFAULTS["SHOP"])))
    except ImportError:
        return []  # E008
    if getattr(shop, "find_orders", None) is not Shop.find_orders:
        return []
    return [
        warning(
            4,
            f'CS_INBOX["ORDER_FIELDS"]["number"] is {text!r}, which is no column. It finds no order.',
            'Name a column, or override find_orders() in a class of your own: "SHOP": "shop.support.MyShop"',
        )
    ]


def _is_path(value: Any, *, may_be_list: bool) -> bool:
    if value is None or isinstance(value, str):
        return True
    return may_be_list and isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)


def _user_model() -> type[Model] | None:
    from django.apps import apps

    try:
        return apps.get_model(settings.AUTH_USER_MODEL)
    except (LookupError, ValueError):
        return None  # Django's own check speaks
