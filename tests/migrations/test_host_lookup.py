"""Finding the host's migration, on migrations written for each situation."""

from __future__ import annotations

import importlib
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from django_cs_inbox.migrations._host import (
    Disk,
    creating_migration,
    customer_model,
    db_constraint,
    host_dependencies,
    name_as_of,
    order_model,
)

KEY = "[('id', models.AutoField(primary_key=True))]"
CREATE = f"migrations.CreateModel('Order', {KEY})"
OTHER = f"migrations.CreateModel('Product', {KEY})"
RENAME = "migrations.RenameModel('Order', 'Purchase')"
DELETE = "migrations.DeleteModel('Order')"


@pytest.fixture
def host(tmp_path, monkeypatch, settings):
    """``host(name=(dependencies, operations[, extra lines]))``: the app "shop" with these migrations."""
    count = iter(range(100))

    def make(_app="shop", **files):
        package = f"lookup_{tmp_path.name}_{next(count)}"
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").touch()
        for name, (dependencies, operations, *extra) in files.items():
            lines = [f"    dependencies = {dependencies!r}", f"    operations = [{', '.join(operations)}]"]
            lines += [f"    {line}" for line in extra]
            head = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
            (folder / f"{name.removeprefix('m')}.py").write_text(head + "\n".join(lines) + "\n")
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()
        settings.MIGRATION_MODULES = {**settings.MIGRATION_MODULES, _app: package}
        return package

    yield make
    for name in [name for name in sys.modules if name.startswith("lookup_")]:
        del sys.modules[name]


def test_created_in_the_first(host):
    host(m0001_initial=([], [CREATE]), m0002_more=([("shop", "0001_initial")], [OTHER]))
    assert creating_migration("shop.Order") == ("shop", "0001_initial")
    assert creating_migration("shop.order") == ("shop", "0001_initial")


def test_created_later(host):
    host(m0001_initial=([], [OTHER]), m0002_order=([("shop", "0001_initial")], [CREATE]))
    assert creating_migration("shop.Order") == ("shop", "0002_order")


def test_names_are_no_order(host):
    host(
        zebra=([], [CREATE]),
        lion=([("shop", "zebra")], [DELETE]),
        ant=([("shop", "lion")], [CREATE]),
    )
    assert [name for _, name in Disk().in_order("shop")] == ["zebra", "lion", "ant"]
    assert creating_migration("shop.Order") == ("shop", "ant")


def test_renamed_before_we_came(host):
    host(m0001_initial=([], [CREATE]), m0002_rename=([("shop", "0001_initial")], [RENAME]))
    assert creating_migration("shop.Purchase") == ("shop", "0002_rename")
    assert name_as_of("shop.Purchase") == "shop.Purchase"


def test_renamed_after_we_came(host):
    host(
        m0001_initial=([], [CREATE]),
        m0002_rename=([("shop", "0001_initial"), ("cs_inbox", "0001_initial")], [RENAME]),
    )
    assert name_as_of("shop.Purchase") == "shop.Order"
    assert creating_migration("shop.Purchase") == ("shop", "0001_initial")


def test_renamed_twice_once_before_and_once_after(host):
    host(
        m0001_initial=([], [f"migrations.CreateModel('Cart', {KEY})"]),
        m0002=([("shop", "0001_initial")], ["migrations.RenameModel('Cart', 'Order')"]),
        m0003=([("shop", "0002"), ("cs_inbox", "__first__")], [OTHER]),
        m0004=([("shop", "0003")], [RENAME]),
    )
    assert name_as_of("shop.Purchase") == "shop.Order"
    assert creating_migration("shop.Purchase") == ("shop", "0002")


def test_a_later_migration_of_ours_may_know_the_new_name(host):
    host(
        m0001_initial=([], [CREATE]),
        m0002_rename=([("shop", "0001_initial"), ("cs_inbox", "0001_initial")], [RENAME]),
    )
    assert name_as_of("shop.Purchase", "0002_more") == "shop.Purchase"
    assert creating_migration("shop.Purchase", "0002_more") == ("shop", "0002_rename")


def test_a_squash_stands_in_as_long_as_its_originals_are_there(host):
    squash = ([], [OTHER, CREATE], "replaces = [('shop', '0001_initial'), ('shop', '0002_order')]")
    originals = {
        "m0001_initial": ([], [OTHER]),
        "m0002_order": ([("shop", "0001_initial")], [CREATE]),
    }
    host(**originals, m0001_squashed_0002=squash)
    assert creating_migration("shop.Order") == ("shop", "0002_order")
    assert Disk().squash_of(("shop", "0002_order")) == ("shop", "0001_squashed_0002")
    host(m0001_squashed_0002=squash)
    assert creating_migration("shop.Order") == ("shop", "0001_squashed_0002")


def test_a_dependency_on_what_a_squash_replaced(host):
    host(
        m0001_squashed_0002=([("cs_inbox", "0001_initial")], [OTHER], "replaces = [('shop', '0002_gone')]"),
        m0003=([("shop", "0002_gone")], [CREATE]),
    )
    assert Disk().needs_us(("shop", "0003"), "0001_initial")


def test_the_state_half_of_a_separated_operation_counts(host):
    host(
        m0001_initial=(
            [],
            [f"migrations.SeparateDatabaseAndState(database_operations=[{CREATE}], state_operations=[])"],
        ),
        m0002_state=(
            [("shop", "0001_initial")],
            [f"migrations.SeparateDatabaseAndState(database_operations=[], state_operations=[{CREATE}])"],
        ),
    )
    assert creating_migration("shop.Order") == ("shop", "0002_state")


def test_an_operation_of_the_hosts_own_making(host):
    package = host(m0001_initial=([], [f"Own('Order', {KEY})"]))
    path = importlib.import_module(package).__path__[0] + "/0001_initial.py"
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("\n\n\nclass", "\nclass Own(migrations.CreateModel): pass\n\nclass", 1))
    importlib.invalidate_caches()
    assert creating_migration("shop.Order") == ("shop", "0001_initial")


@pytest.mark.parametrize("modules", [None, "tests.no_such_package", "tests.migrations.not_a_package"])
def test_no_migrations_no_dependency(settings, modules):
    settings.MIGRATION_MODULES = {"shop": modules}
    assert creating_migration("shop.Order") is None
    assert host_dependencies("shop.Order", "auth.User") == [("auth", "0001_initial")]


def test_an_empty_folder_is_no_package(settings, tmp_path, monkeypatch):
    (tmp_path / "lookup_empty").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"shop": "lookup_empty"}
    assert creating_migration("shop.Order") is None


def test_an_unknown_app_or_model(host):
    host(m0001_initial=([], [OTHER]))
    assert creating_migration("shop.Order") is None
    assert creating_migration("nowhere.Order") is None
    assert creating_migration("Order") is None


def test_a_broken_migration_is_an_error_not_a_missing_one(host):
    host(m0001_initial=([], [CREATE], "import no_such_module_anywhere"))
    with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
        creating_migration("shop.Order")


def test_needed_through_another_app(host):
    host(
        m0001_initial=([], [CREATE]), m0002_rename=([("shop", "0001_initial"), ("auth", "0002_x")], [RENAME])
    )
    host(
        _app="auth",
        m0001_initial=([], []),
        m0002_x=([("auth", "0001_initial"), ("cs_inbox", "0001_initial")], []),
    )
    assert name_as_of("shop.Purchase") == "shop.Order"


def test_a_circle_is_left_to_django(host):
    host(m0001_initial=([("cs_inbox", "0001_initial")], [CREATE]))
    assert creating_migration("shop.Order") == ("shop", "0001_initial")
    host(a=([("shop", "b")], [CREATE]), b=([("shop", "a")], []))
    assert creating_migration("shop.Order") == ("shop", "a")


def test_a_thousand_migrations(host):
    files = {"m0000": ([], [CREATE])}
    for n in range(1, 1000):
        files[f"m{n:04}"] = ([("shop", f"{n - 1:04}")], [])
    files["m9999"] = ([("shop", "0999"), ("cs_inbox", "0001_initial")], [RENAME])
    host(**files)
    assert creating_migration("shop.Purchase") == ("shop", "0000")


def test_settings(settings):
    settings.CS_INBOX = {"ORDER_MODEL": "shop.Order", "DB_CONSTRAINT": False}
    assert (order_model(), customer_model(), db_constraint()) == ("shop.Order", "auth.User", False)
    settings.CS_INBOX = {}
    assert db_constraint() is True
    with pytest.raises(ImproperlyConfigured, match="ORDER_MODEL"):
        order_model()


def test_the_migrations_name_no_host():
    from pathlib import Path

    import django_cs_inbox.migrations

    allowed = ("cs_inbox.", "django_mailbox.", "contenttypes.", "auth.permission", "auth.group")
    for path in Path(django_cs_inbox.migrations.__path__[0]).glob("0*.py"):
        for line in path.read_text().splitlines():
            if 'to="' in line:
                assert line.partition('to="')[2].startswith(allowed), line
