"""Names the host's models in our migrations without naming any host.

``migrations.swappable_dependency`` depends on the host app's *first* migration, which is too early
when the model came later; ``__latest__`` breaks as soon as the host adds a migration. So we look for
the migration that creates the model. Kept free of imports from the rest of the package: migrations
must go on working when that moves.

A host may rename its model after it has installed us. Then the rename lies behind our migration
(Django makes it depend on us) and takes our foreign keys along; our migration goes on using the name
that the model had before.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel, RenameModel

OURS = "cs_inbox"
FIRST = "0001_initial"

Key = tuple[str, str]


def order_model(own: str = FIRST) -> str:
    """Label of the orders' model as of our migration ``own``."""
    return name_as_of(_setting("ORDER_MODEL"), own)


def customer_model(own: str = FIRST) -> str:
    return name_as_of(_setting("CUSTOMER_MODEL"), own)


def db_constraint() -> bool:
    return bool(getattr(settings, "CS_INBOX", {}).get("DB_CONSTRAINT", True))


def host_dependencies(*labels: str, own: str = FIRST) -> list[Key]:
    """Dependencies on the migrations that create the models, each once; none for an app without migrations."""
    found = (creating_migration(label, own) for label in labels)
    return list(dict.fromkeys(key for key in found if key is not None))


def creating_migration(label: str, own: str = FIRST) -> Key | None:
    """The host's migration after which the model exists under the name it has as of our migration ``own``.

    The last of several, should the host have deleted the model and made it anew. Migrations that come
    after ours count only when no earlier one creates the model: then the two need each other, and
    Django's error about it beats a missing table.
    """
    app_label, _, name = label.partition(".")
    disk = Disk()
    keys = disk.in_order(app_label)
    earlier = [key for key in keys if not disk.needs_us(key, own)]
    for candidates, wanted in ((earlier, name_as_of(label, own)), (keys, label)):
        name = wanted.partition(".")[2].lower()
        makers = [key for key in candidates if any(_creates(op, name) for op in disk.operations(key))]
        if makers:
            return makers[-1]
    return None


def name_as_of(label: str, own: str = FIRST) -> str:
    """The model's label before the renames that lie behind our migration ``own``."""
    app_label, _, name = label.partition(".")
    disk = Disk()
    for key in reversed(disk.in_order(app_label)):
        if not disk.needs_us(key, own):
            continue
        for operation in reversed(disk.operations(key)):
            if _renames_to(operation, name.lower()):
                name = operation.old_name
    return f"{app_label}.{name}"


class Disk:
    """The migrations in files, whatever has been applied. Reads only the apps it is asked about."""

    def __init__(self) -> None:
        self._apps: dict[str, dict[str, Any]] = {}
        self._needs_us: dict[tuple[Key, str], bool] = {}

    def migrations(self, app_label: str) -> dict[str, Any]:
        """Migration classes by name; empty for an app that has none, as Django sees it."""
        if app_label not in self._apps:
            self._apps[app_label] = dict(_read(app_label))
        return self._apps[app_label]

    def operations(self, key: Key) -> list[Any]:
        return list(_flatten(self.migrations(key[0])[key[1]].operations))

    def in_order(self, app_label: str) -> list[Key]:
        """The app's migrations, each after those of its own app that it depends on. Names are no order.

        A squash only stands in for others as long as these are there: Django maps a dependency on what
        it replaces to the squash itself.
        """
        known = self.migrations(app_label)
        names = [
            name for name, migration in sorted(known.items()) if not self._replaced(app_label, migration)
        ]
        graph = {
            name: [parent[1] for parent in self.parents((app_label, name)) if parent[0] == app_label]
            for name in names
        }
        try:
            return [(app_label, name) for name in TopologicalSorter(graph).static_order() if name in graph]
        except CycleError:
            # Theirs to mend; Django will tell them.
            return [(app_label, name) for name in names]

    def needs_us(self, key: Key, own: str) -> bool:
        """Whether a host's migration can only run after our migration ``own``."""
        seen: set[Key] = set()
        waiting = [key]
        while waiting:
            here = waiting.pop()
            if here in seen or self._needs_us.get((here, own)) is False:
                continue
            seen.add(here)
            parents = self.parents(here)
            if self._needs_us.get((here, own)) or any(app == OURS and _is_from(n, own) for app, n in parents):
                self._needs_us[key, own] = True
                return True
            waiting += [parent for parent in parents if parent[0] != OURS]
        # Whatever was passed on the way does not need us either.
        self._needs_us.update(dict.fromkeys(((found, own) for found in seen), False))
        return False

    def parents(self, key: Key) -> list[Key]:
        """What a migration depends on, with ``__first__`` and replaced ones as real names."""
        app_label, name = key
        migration = self.migrations(app_label).get(name)
        if migration is None:
            squashes = (n for n, m in self.migrations(app_label).items() if key in _replaces(m))
            migration = self.migrations(app_label).get(next(squashes, ""))
        found: list[Key] = []
        for parent in getattr(migration, "dependencies", ()):
            found += self._named(parent[0], parent[1], app_label)
        return found

    def squash_of(self, key: Key) -> Key | None:
        """The squash that takes this migration's place in a new database, if there is one."""
        app_label, name = key
        for squash, migration in sorted(self.migrations(app_label).items()):
            if key in _replaces(migration) and squash != name:
                return app_label, squash
        return None

    def _named(self, app_label: str, name: str, asking: str) -> list[Key]:
        if name not in ("__first__", "__latest__") or app_label == OURS:
            return [(app_label, name)]
        if app_label == asking:
            return []
        keys = self.in_order(app_label)
        return (keys[:1] if name == "__first__" else keys[-1:]) if keys else []

    def _replaced(self, app_label: str, migration: Any) -> bool:
        known = self.migrations(app_label)
        return any(app == app_label and name in known for app, name in _replaces(migration))


def _setting(name: str) -> str:
    label: str | None = getattr(settings, "CS_INBOX", {}).get(name)
    if label is None and name == "ORDER_MODEL":
        # The user model stands in until then; a table of links to it must not come of that.
        raise ImproperlyConfigured(
            'CS_INBOX["ORDER_MODEL"] is not set. Name the model of your shop\'s orders before you migrate:'
            ' CS_INBOX = {"ORDER_MODEL": "shop.Order"}'
        )
    return label or settings.AUTH_USER_MODEL


def _read(app_label: str) -> Iterator[tuple[str, Any]]:
    try:
        module_name, _explicit = MigrationLoader.migrations_module(app_label)
    except LookupError:
        return
    if module_name is None:
        return
    try:
        package = import_module(module_name)
    except ModuleNotFoundError as error:
        # Only the missing package itself; a migrations package that fails to import is an error.
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        return
    path = getattr(package, "__path__", None)
    if path is None or (getattr(package, "__file__", None) is None and not isinstance(path, list)):
        return
    for info in pkgutil.iter_modules(path):
        if not info.ispkg and info.name[0] not in "_~":
            migration = getattr(import_module(f"{module_name}.{info.name}"), "Migration", None)
            if migration is not None:
                yield info.name, migration


def _replaces(migration: Any) -> list[Key]:
    return [(app, name) for app, name in getattr(migration, "replaces", ())]


def _is_from(name: str, own: str) -> bool:
    """Our migrations are numbered: everything from ``own`` on, and ``__first__`` when that is the first."""
    if name == "__latest__":
        return True
    return own == FIRST if name == "__first__" else name >= own


def _flatten(operations: Iterable[Any]) -> Iterator[Any]:
    for operation in operations:
        yield operation
        yield from _flatten(getattr(operation, "state_operations", ()))


def _creates(operation: Any, name: str) -> bool:
    if isinstance(operation, CreateModel):
        return operation.name.lower() == name
    return _renames_to(operation, name)


def _renames_to(operation: Any, name: str) -> bool:
    return isinstance(operation, RenameModel) and operation.new_name.lower() == name
