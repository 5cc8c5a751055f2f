"""Migrating into shops with a history of their own; every shop is made, migrated and asked for real."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from .project import Project

FIELDS = (
    "[('id', models.BigAutoField(primary_key=True, auto_created=True, serialize=False, verbose_name='ID'))"
)
ORDER = f"migrations.CreateModel('Order', {FIELDS}, ('number', models.CharField(max_length=20))])"
OTHER = f"migrations.CreateModel('Product', {FIELDS}])"
NO_OTHER = "migrations.DeleteModel('Product')"
RENAME = "migrations.RenameModel('Order', 'Purchase')"
STATE = f"migrations.SeparateDatabaseAndState(database_operations=[{ORDER}], state_operations=[{ORDER}])"

ALL = (
    "migrate",
    "makemigrations --check --dry-run",
    "check --database=default --fail-level=WARNING",
    "link",
    "linked",
)

KIND = os.environ.get("CS_INBOX_TEST_DB", "sqlite")


@pytest.fixture
def project(tmp_path):
    """A shop on SQLite: what these tests ask does not depend on the database."""
    if KIND != "sqlite":
        pytest.skip("one database file for each shop")
    return Project(tmp_path)


@pytest.fixture
def anywhere(tmp_path, request):
    """A shop on the database of this run."""
    if KIND == "sqlite":
        yield Project(tmp_path)
        return
    name = f"test_cs_inbox_shop_{os.getpid()}"
    with request.getfixturevalue("django_db_blocker").unblock(), connection._nodb_cursor() as cursor:
        quoted = connection.ops.quote_name(name)
        cursor.execute(f"CREATE DATABASE {quoted}")
        try:
            yield Project(tmp_path, database=name)
        finally:
            cursor.execute(f"DROP DATABASE {quoted}")


@pytest.mark.parametrize("label", ["aaa", "zzz"])
def test_the_model_came_in_a_later_migration(project, tmp_path, label):
    (tmp_path / label).mkdir()
    project = Project(tmp_path / label, label=label)
    project.migration("0001_initial", [], OTHER)
    project.migration("0002_gone", [(label, "0001_initial")], NO_OTHER)
    project.migration("0003_order", [(label, "0002_gone")], ORDER)
    project.must(*ALL)


def test_the_model_was_renamed_before_we_came(project):
    project.use("Purchase")
    project.migration("0001_initial", [], ORDER)
    project.migration("0002_rename", [("shop", "0001_initial")], RENAME)
    project.must(*ALL)


def test_the_model_is_renamed_after_we_came(anywhere):
    project = anywhere
    project.migration("0001_initial", [], ORDER)
    project.must("migrate", "link")
    project.use("Purchase")
    # As a developer would: Django asks whether it was renamed, and writes the migration.
    project.must("makemigrations shop -n rename", answer="y\n")
    written = (project.path / "shop" / "migrations" / "0002_rename.py").read_text()
    assert "('cs_inbox', '0001_initial')" in written.replace('"', "'")

    project.must("migrate", "linked", "makemigrations --check --dry-run", "check --database=default")


def test_a_new_database_after_a_rename_behind_us(project):
    project.use("Purchase")
    project.migration("0001_initial", [], ORDER)
    project.migration("0002_rename", [("shop", "0001_initial"), ("cs_inbox", "0001_initial")], RENAME)
    project.must(*ALL)


def test_the_setting_is_changed_after_we_came(anywhere):
    project = anywhere
    project.migration("0001_initial", [], ORDER, ORDER.replace("Order", "Purchase"))
    project.use("Order", also="Purchase")
    project.must("migrate", "link")
    project.use("Purchase", also="Order")

    output = project.fails("migrate")
    assert "cs_inbox.E025" in output
    assert "'shop_order'" in output
    project.use("Order", also="Purchase")
    project.must("migrate", "linked")


def test_a_rename_that_forgets_us_is_explained(project):
    project.migration("0001_initial", [], ORDER)
    project.must("migrate", "link")
    project.use("Purchase")
    project.migration("0002_rename", [("shop", "0001_initial")], RENAME)

    output = project.fails("migrate")
    assert "cs_inbox.E027" in output
    assert '("cs_inbox", "0001_initial")' in output

    project.migration("0002_rename", [("shop", "0001_initial"), ("cs_inbox", "0001_initial")], RENAME)
    project.must("migrate", "linked")


def test_the_host_goes_on_migrating(project):
    project.migration("0001_initial", [], ORDER)
    project.must("migrate", "link")
    project.migration("0002_product", [("shop", "0001_initial")], OTHER)
    project.migration("0003_gone", [("shop", "0002_product")], NO_OTHER)
    project.must("migrate", "linked", "makemigrations --check --dry-run")


def test_the_host_squashes(project):
    project.migration("0001_initial", [], OTHER)
    project.migration("0002_order", [("shop", "0001_initial")], ORDER, NO_OTHER)
    project.must("migrate", "link")
    replaces = "replaces = [('shop', '0001_initial'), ('shop', '0002_order')]"
    project.migration("0001_squashed", [], ORDER, extra=replaces)

    project.must("migrate", "linked", "makemigrations --check --dry-run")
    project.remove("0001_initial")
    project.remove("0002_order")
    project.must("migrate", "linked", "makemigrations --check --dry-run")
    (project.path / "db.sqlite3").unlink()
    project.must(*ALL)


def test_state_and_database_apart(project):
    project.migration("0001_initial", [], OTHER, NO_OTHER)
    project.migration("0002_order", [("shop", "0001_initial")], STATE)
    project.must(*ALL)


def test_an_app_without_migrations(project):
    project.must("migrate --run-syncdb", *ALL[1:])


def test_migrations_elsewhere(project):
    project.use("Order", "MIGRATION_MODULES = {'shop': 'elsewhere'}")
    project.migration("0001_order", [], ORDER)
    (project.path / "shop" / "migrations").rename(project.path / "elsewhere")
    project.must(*ALL)


def test_the_very_first_migration_is_yet_to_be_written(project):
    project.must("makemigrations shop")
    project.must(*ALL)


def test_a_model_without_its_migration_is_a_warning_and_can_be_mended(project):
    project.migration("0001_initial", [], OTHER, NO_OTHER)
    assert "cs_inbox.W003" in project.fails("check --fail-level=WARNING")
    project.must("makemigrations shop")
    project.must(*ALL)


def test_a_circle_is_explained(project):
    link = "migrations.AddField('Order', 'inquiry', models.ForeignKey('cs_inbox.Inquiry', models.CASCADE, null=True))"
    project.migration("0001_squashed", [("cs_inbox", "0001_initial")], ORDER, link)
    output = project.fails("migrate")
    assert "cs_inbox.E024" in output
    assert "CircularDependencyError" not in output
    assert "shop.0001_squashed" in output


def test_without_the_order_model_nothing_is_migrated(project):
    project.migration("0001_initial", [], ORDER)
    project.use("Order", "del CS_INBOX['ORDER_MODEL']")
    assert "cs_inbox.E003" in project.fails("migrate")
    assert 'CS_INBOX["ORDER_MODEL"] is not set' in project.fails("migrate --skip-checks")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("del CS_INBOX", "E001"),
        ("CS_INBOX = ['shop.Order']", "E002"),
        ("CS_INBOX = {}", "E003"),
        ("CS_INBOX['ORDER_MODEL'] = 5", "E004"),
        ("CS_INBOX['ORDER_MODEL'] = 'Order'", "E004"),
        ("CS_INBOX['ORDER_MODEL'] = 'shop.Oder'", "E005"),
        ("CS_INBOX['ORDER_MODEL'] = 'shoop.Order'", "E005"),
        ("CS_INBOX['SHOP'] = 'shop.nowhere.MyShop'", "E008"),
        ("del STORAGES['cs_inbox']", "E019"),
        ("STORAGES['cs_inbox'] = {'BACKEND': 'no.such.Storage'}", "E020"),
        ("INSTALLED_APPS.remove('django.contrib.messages')", "E022"),
    ],
)
def test_a_wrong_setting_is_explained_not_stumbled_over(project, line, number):
    """``check`` itself must get as far as saying it: models and admin are made before any check runs."""
    project.migration("0001_initial", [], ORDER)
    project.use("Order", line)
    output = project.fails("check")
    assert f"cs_inbox.{number}" in output
    assert "SystemCheckError" in output


def test_without_django_mailbox(project):
    project.migration("0001_initial", [], ORDER)
    project.use("Order", "INSTALLED_APPS.remove('django_mailbox')")
    output = project.fails("check")
    assert (
        output.strip()
        .splitlines()[-1]
        .startswith("django.core.exceptions.ImproperlyConfigured: django_cs_inbox")
    )
    assert 'INSTALLED_APPS = [..., "django_mailbox"' in output


def test_the_label_is_taken(project):
    project.migration("0001_initial", [], ORDER)
    (project.path / "cs_inbox").mkdir()
    (project.path / "cs_inbox" / "__init__.py").touch()
    project.use("Order", "INSTALLED_APPS.append('cs_inbox')")
    assert "Application labels aren't unique, duplicates: cs_inbox" in project.fails("check")
