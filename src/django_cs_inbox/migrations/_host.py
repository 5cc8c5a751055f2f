"""Names the host's models in our migrations without naming any host.

``migrations.swappable_dependency`` depends on the host app's *first* migration, which is too early
when the model came later; ``__latest__`` breaks as soon as the host adds a migration. So we look for
the migration that creates the model. Kept free of imports from the rest of the package: migrations
must go on working when that moves.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader


def order_model() -> str:
    return _setting("ORDER_MODEL")


def customer_model() -> str:
    return _setting("CUSTOMER_MODEL")


def db_constraint() -> bool:
    return bool(getattr(settings, "CS_INBOX", {}).get("DB_CONSTRAINT", True))


def host_dependencies(*labels: str) -> list[tuple[str, str]]:
    """Dependencies on the migrations that create the models, each once; none for an app without migrations."""
    found = (creating_migration(label) for label in labels)
    return list(dict.fromkeys(pair for pair in found if pair is not None))


def creating_migration(label: str) -> tuple[str, str] | None:
    """App label and name of the host's migration after which the model exists under its present name."""
    app_label, _, model_name = label.partition(".")
    wanted = model_name.lower()
    module_name, _explicit = MigrationLoader.migrations_module(apps.get_app_config(app_label).label)
    if module_name is None:
        return None
    try:
        package = import_module(module_name)
    except ModuleNotFoundError:
        return None
    if not hasattr(package, "__path__"):
        return None
    found: list[tuple[bool, str]] = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if info.ispkg or info.name[0] in "_~":
            continue
        migration = getattr(import_module(f"{module_name}.{info.name}"), "Migration", None)
        if migration and any(_creates(op, wanted) for op in _flatten(migration.operations)):
            found.append((bool(getattr(migration, "replaces", ())), info.name))
    if not found:
        return None
    # A squash is only a stand-in: Django maps a dependency on what it replaces to the squash itself.
    originals = [name for is_squash, name in found if not is_squash]
    return app_label, (originals or [name for _, name in found])[-1]


def _setting(name: str) -> str:
    label: str | None = getattr(settings, "CS_INBOX", {}).get(name)
    return label or settings.AUTH_USER_MODEL


def _flatten(operations: Iterable[Any]) -> Iterator[Any]:
    for operation in operations:
        yield operation
        yield from _flatten(getattr(operation, "state_operations", ()))


def _creates(operation: Any, wanted: str) -> bool:
    kind = type(operation).__name__
    if kind == "CreateModel":
        return bool(operation.name.lower() == wanted)
    return kind == "RenameModel" and bool(operation.new_name.lower() == wanted)
