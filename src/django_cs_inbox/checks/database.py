"""Does the database agree with the settings? Asked only when Django checks databases, as ``migrate`` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connections, router
from django.db.migrations.recorder import MigrationRecorder

from ..migrations._host import FIRST, OURS, creating_migration
from .linked import named_model
from .said import CheckMessage, error

_FAMILIES = {
    "AutoField": "whole number",
    "BigAutoField": "large whole number",
    "BigIntegerField": "large whole number",
    "IntegerField": "whole number",
    "PositiveBigIntegerField": "large whole number",
    "PositiveIntegerField": "whole number",
    "PositiveSmallIntegerField": "whole number",
    "SmallAutoField": "whole number",
    "SmallIntegerField": "whole number",
    "CharField": "text",
    "TextField": "text",
    "UUIDField": "UUID",
}


def check_columns(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Foreign keys whose table or type is not what the settings say: they were changed after migrating."""
    found = []
    for alias in databases or ():
        for setting in ("ORDER_MODEL", "CUSTOMER_MODEL"):
            message = next(_differences(alias, setting), None)
            if message is not None:
                # One message a setting: all our keys to a model are made together.
                found.append(message)
    return found


def check_history(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A rename of the host's model that Django would refuse to run, because we were migrated before it."""
    found = []
    for alias in databases or ():
        applied = MigrationRecorder(connections[alias]).applied_migrations()
        if (OURS, FIRST) not in applied:
            continue
        for setting in ("ORDER_MODEL", "CUSTOMER_MODEL"):
            model = named_model(setting)
            key = creating_migration(model._meta.label) if model is not None else None
            if key is None or key in applied or not any(app == key[0] for app, _name in applied):
                continue
            if model is None or not _is_rename(key, model._meta.model_name or ""):
                continue
            text = (
                f'The migration {key[0]}.{key[1]} renames the model of CS_INBOX["{setting}"], but does not'
                f" say that it comes after {OURS}.{FIRST}, which is applied in the database {alias!r}."
            )
            found.append(error(27, text, f'Add to dependencies in {key[1]}.py: ("{OURS}", "{FIRST}"),'))
    return found


def check_character_set(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """MariaDB's "utf8" has three bytes: a mail with an emoji or a rare kanji (𠮷野家) could not be stored."""
    found = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "mysql" or not router.allow_migrate(alias, OURS):
            continue
        name = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT @@character_set_database, @@character_set_client")
            sets = dict(zip(("database", "connection"), cursor.fetchone(), strict=True))
        wrong = {what: charset for what, charset in sets.items() if charset != "utf8mb4"}
        if wrong:
            what = " and ".join(f"the {key} ({charset})" for key, charset in wrong.items())
            text = (
                f"In {alias!r} {what} cannot hold every character: mails with an emoji could not be stored."
            )
            hint = (
                f'DATABASES["{alias}"]["OPTIONS"] = {{"charset": "utf8mb4"}}, and before the first migrate: '
                f"ALTER DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"
            )
            found.append(error(28, text, hint))
    return found


def _differences(alias: str, setting: str) -> Iterator[CheckMessage]:
    target = named_model(setting)
    if target is None:
        return
    connection = connections[alias]
    introspection: Any = connection.introspection
    with connection.cursor() as cursor:
        tables = set(introspection.table_names(cursor))
        if target._meta.db_table not in tables:
            return  # made or renamed by a migration that is yet to run; what is there now proves nothing
        for field in _keys_to(target):
            table, column = field.model._meta.db_table, field.column
            if table not in tables or not router.allow_migrate_model(alias, field.model):
                continue
            wanted = field.target_field.model._meta.db_table
            # (column, table) up to Django 6.0, one more value from 6.1.
            reference = introspection.get_relations(cursor, table).get(column)
            if reference is not None and reference[1] != wanted:
                yield _other_table(setting, target._meta.label, f"{table}.{column}", reference[1], wanted)
                continue
            is_there = next(
                (c for c in introspection.get_table_description(cursor, table) if c.name == column), None
            )
            if is_there is None:
                continue
            actual, expected = _kind_there(introspection, is_there), _kind_wanted(connection, field)
            if actual and expected and actual != expected:
                yield _other_type(setting, target._meta.label, f"{table}.{column}", actual, expected)


def _keys_to(target: Any) -> Iterator[Any]:
    for model in apps.get_app_config(OURS).get_models():
        for field in model._meta.local_concrete_fields:
            if field.many_to_one and field.related_model is target:
                yield field


def _kind_there(introspection: Any, column: Any) -> str:
    name = introspection.get_field_type(column.type_code, column)
    return _FAMILIES.get(name[0] if isinstance(name, tuple) else name, "")


def _kind_wanted(connection: Any, field: Any) -> str:
    target = field.target_field
    while target.is_relation:
        target = target.target_field
    kind = _FAMILIES.get(target.get_internal_type(), "")
    # Where the database has no type of its own for it, a UUID is a text of 32 characters.
    return "text" if kind == "UUID" and not connection.features.has_native_uuid_field else kind


def _other_table(setting: str, label: str, column: str, actual: str, wanted: str) -> CheckMessage:
    text = (
        f'CS_INBOX["{setting}"] is {label!r} (table {wanted!r}), but {column} references the table'
        f" {actual!r}. The setting was changed after the inbox had been migrated."
    )
    return error(25, text, _way_out(setting))


def _other_type(setting: str, label: str, column: str, actual: str, expected: str) -> CheckMessage:
    text = (
        f'CS_INBOX["{setting}"] is {label!r}, whose key is a {expected}, but {column} holds a {actual}.'
        " The setting, or the model's key, was changed after the inbox had been migrated."
    )
    return error(26, text, _way_out(setting))


def _way_out(setting: str) -> str:
    return (
        f"Set {setting} back to what it was. If the inbox is still empty, you can start anew: set it back,"
        " run `python manage.py migrate cs_inbox zero`, set it to the new model, and run"
        " `python manage.py migrate cs_inbox`."
    )


def _is_rename(key: tuple[str, str], model_name: str) -> bool:
    from ..migrations._host import Disk, _renames_to

    return any(_renames_to(operation, model_name) for operation in Disk().operations(key))
