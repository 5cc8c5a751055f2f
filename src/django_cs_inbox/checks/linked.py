"""Do the models exist that our foreign keys shall lead to, and can they be migrated in order?"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from ..conf import is_model_label
from ..migrations._host import Disk, creating_migration
from .said import CheckMessage, did_you_mean, error, given, warning

EXAMPLES = {"ORDER_MODEL": "shop.Order", "CUSTOMER_MODEL": "shop.Customer"}


def check_linked_models(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    if not isinstance(getattr(settings, "CS_INBOX", None), Mapping):
        return []  # E001, E002
    if given().get("ORDER_MODEL") is None:
        text = 'CS_INBOX["ORDER_MODEL"] is missing. It names the model of your shop\'s orders.'
        hint = f'Write it as app label and model: "ORDER_MODEL": "shop.Order"{_orderlike()}'
        return [error(3, text, hint), *_check("CUSTOMER_MODEL")]
    return [*_check("ORDER_MODEL"), *_check("CUSTOMER_MODEL")]


def named_model(name: str) -> type[Model] | None:
    """The model that a setting names, when it names one that can be linked to."""
    label = given().get(name)
    if not is_model_label(label):
        return None
    try:
        return apps.get_model(str(label))
    except LookupError:
        return None


def _check(name: str) -> list[CheckMessage]:
    label = given().get(name)
    if label is None:
        return []
    if not is_model_label(label):
        text = f'CS_INBOX["{name}"] must be a text such as "{EXAMPLES[name]}", but is {label!r}.'
        hint = f'App label, one dot, model name, no path of modules: "{name}": "{EXAMPLES[name]}"'
        return [error(4, text, hint)]
    model = named_model(name)
    if model is None:
        return [_missing(name, label)]
    if model._meta.swapped:
        text = f'CS_INBOX["{name}"] is {label!r}, which your project has swapped for {model._meta.swapped!r}.'
        return [error(6, text, f'Name the model that is used: "{name}": "{model._meta.swapped}"')]
    return _migrations(name, model._meta.label)


def _missing(name: str, label: str) -> CheckMessage:
    app_label, _, model_name = label.partition(".")
    labels = {config.label: config for config in apps.get_app_configs()}
    config = labels.get(app_label)
    if config is None:
        text = f'CS_INBOX["{name}"] is {label!r}, but no installed app has the label {app_label!r}.'
        return error(5, text, did_you_mean(app_label, labels))
    found = getattr(config.models_module or import_module(config.name), model_name, None)
    if isinstance(found, type) and issubclass(found, Model) and found._meta.abstract:
        text = f'CS_INBOX["{name}"] is {label!r}, which is abstract and has no table.'
        heirs = [model._meta.label for model in apps.get_models() if issubclass(model, found)]
        return error(7, text, f'Name a model that inherits from it: "{name}": "{next(iter(heirs), "…")}"')
    text = f'CS_INBOX["{name}"] is {label!r}, but the app {app_label!r} has no model {model_name!r}.'
    return error(5, text, did_you_mean(model_name, (model.__name__ for model in config.get_models())))


def _migrations(name: str, label: str) -> list[CheckMessage]:
    disk = Disk()
    app_label = label.partition(".")[0]
    if not disk.migrations(app_label):
        return []
    key = creating_migration(label)
    if key is None:
        text = f'CS_INBOX["{name}"] is {label!r}, but no migration of {app_label!r} creates this model.'
        # A warning: an error would stop the very command that mends it.
        return [warning(3, text, f"Run: python manage.py makemigrations {app_label}")]
    squash = disk.squash_of(key)
    for one in (key, *([squash] if squash is not None else [])):
        if disk.needs_us(one, "0001_initial"):
            text = (
                f"The migration {one[0]}.{one[1]} creates {label} and can only run after"
                f" cs_inbox.0001_initial, which needs {label} for its foreign keys."
            )
            hint = (
                f"Take what refers to cs_inbox out of {one[0]}.{one[1]} (the field and the line"
                ' ("cs_inbox", …) in its dependencies) and put it into a migration of its own after it.'
            )
            return [error(24, text, hint)]
    return []


def _orderlike() -> str:
    labels = [m._meta.label for m in apps.get_models() if m.__name__.lower().endswith("order")]
    return f" (your project has: {', '.join(labels)})" if labels else ""
