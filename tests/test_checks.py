"""One test for each id, and the exact list of ids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.files.storage import storages
from django.db import connection, connections, models
from django.test.utils import isolate_apps

import django_cs_inbox.checks
from django_cs_inbox.shop import Shop

ERRORS = range(1, 29)
RETIRED = {2}
WARNINGS = [n for n in range(1, 8) if n not in RETIRED]
#: Need a project or a database of their own: tests/migrations, and below.
ELSEWHERE = {"E024", "E027", "W003"}


class OwnSearch(Shop):
    def find_orders(self, number):
        return []


class NoShop:
    pass


def found():
    return [
        message
        for message in run_checks(tags=["cs_inbox"], databases=[])
        if message.id.startswith("cs_inbox.")
    ]


def ids():
    return [message.id.removeprefix("cs_inbox.") for message in found()]


@pytest.fixture
def inbox(settings):
    """Changes keys of CS_INBOX; ``inbox(KEY=None)`` takes one away."""

    def change(**values):
        settings.CS_INBOX = {k: v for k, v in (settings.CS_INBOX | values).items() if v is not None}

    return change


def test_the_suites_own_project_is_right():
    assert ids() == []


def test_the_table_lists_every_id_and_every_id_is_used():
    table = re.findall(r"^([EW]\d{3}) ", django_cs_inbox.checks.__doc__, re.MULTILINE)
    assert table == [f"E{n:03}" for n in ERRORS] + [f"W{n:03}" for n in WARNINGS]
    used = set()
    for path in Path(django_cs_inbox.checks.__path__[0]).glob("*.py"):
        for kind, number in re.findall(r"\b(error|warning)\(\s*(\d+),", path.read_text()):
            used.add(f"{kind[0].upper()}{int(number):03}")
    assert used == set(table)


def test_every_id_has_its_test():
    here = Path(__file__).read_text()
    mentioned = set(re.findall(r'"([EW]\d{3})"', here))
    assert mentioned == {f"E{n:03}" for n in ERRORS} | {f"W{n:03}" for n in WARNINGS}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"ORDER_MODEL": None}, ["E003"]),
        ({"ORDER_MODEL": "Order"}, ["E004"]),
        ({"ORDER_MODEL": 5}, ["E004"]),
        ({"ORDER_MODEL": "shop.models.Order"}, ["E004"]),
        ({"CUSTOMER_MODEL": "User "}, ["E004"]),
        ({"ORDER_MODEL": "shop.Oder"}, ["E005"]),
        ({"ORDER_MODEL": "shopp.Order"}, ["E005"]),
        ({"CUSTOMER_MODEL": "shop.Customer"}, ["E005"]),
        ({"CUSTOMER_MODEL": "auth.AbstractUser"}, ["E007"]),
        ({"SHOP": "nowhere.MyShop"}, ["E008"]),
        ({"SHOP": "tests.test_checks.Missing"}, ["E008"]),
        ({"SHOP": "MyShop"}, ["E008"]),
        ({"SHOP": "tests.test_checks.NoShop"}, ["E009"]),
        ({"SHOP": "tests.test_checks.found"}, ["E009"]),
        ({"ORDER_FIELDS": ["number"]}, ["E010"]),
        ({"ORDER_FIELDS": {"number": 5}}, ["E010"]),
        ({"ORDER_FIELDS": {"number": ["number"]}}, ["E010"]),
        ({"ORDER_FIELDS": {"placed": 5}}, ["E010"]),
        ({"CUSTOMER_FIELDS": {"emails": [5]}}, ["E010"]),
        ({"ORDER_FIELDS": {"nubmer": "number"}}, ["E011"]),
        ({"CUSTOMER_FIELDS": {"total": "x"}}, ["E011"]),
        ({"ORDER_FIELDS": {"number": "nubmer"}}, ["E012"]),
        ({"ORDER_FIELDS": {"emails": ["email", "customer.mail"]}}, ["E012"]),
        ({"ORDER_FIELDS": {"line_title": "product.title"}}, ["E012"]),
        ({"ORDER_FIELDS": {"placed": "is_placed"}}, ["E012"]),
        ({"ORDER_FIELDS": {"placed": {"is_placed": True}}}, ["E012"]),
        ({"ORDER_FIELDS": {"placed": {"placed_at__gt": "soon"}}}, ["E012"]),
        ({"CUSTOMER_FIELDS": {"phone": "profile.phone"}}, ["E012"]),
        ({"ORDER_NUMBER_PATTERN": "("}, ["E013"]),
        ({"ORDER_NUMBER_PATTERN": r"\d*"}, ["E013"]),
        ({"ORDER_NUMBER_PATTERN": 5}, ["E013"]),
        ({"MAX_MAIL_BYTES": "25MB"}, ["E014"]),
        ({"FETCH_INTERVAL": 0}, ["E014"]),
        ({"FETCH_BATCH": -1}, ["E014"]),
        ({"MAIL_TIMEOUT": float("inf")}, ["E014"]),
        ({"MAX_UPLOAD_FILES": True}, ["E014"]),
        ({"DB_CONSTRAINT": "no"}, ["E015"]),
        ({"ALLOW_PLAIN_IMAP": 1}, ["E015"]),
        ({"STORAGE": ["cs_inbox"]}, ["E015"]),
        ({"SHOP": OwnSearch}, ["E015"]),
        ({"SITE_URL": "shop.example"}, ["E016"]),
        ({"SITE_URL": "https://shop.example/support"}, ["E016"]),
        ({"SITE_URL": "https://[shop.example"}, ["E016"]),
        ({"SITE_URL": "ftp://shop.example"}, ["E016"]),
        ({"SITE_URL": "https://"}, ["E016"]),
        ({"SECRET_KEYS": ["short"]}, ["E017"]),
        ({"SECRET_KEYS": "x" * 50}, ["E017"]),
        ({"SECRET_KEYS": []}, ["E017"]),
        ({"SECRET_KEYS": [b"x" * 50]}, ["E017"]),
        ({"SEND_LEASE": 30}, ["E018"]),
        ({"MAIL_TIMEOUT": 600}, ["E018"]),
        ({"STORAGE": "attachments"}, ["E019"]),
        ({"STORAGE": "default"}, ["E021"]),
        ({"EMAIL_BACKEND": "no.such.Backend"}, ["E023"]),
        ({"EMAIL_BACKEND": "django_cs_inbox.mailbox.backend.EmailBackend"}, ["E023"]),
        ({"ORDER_MODLE": "shop.Order"}, ["W001"]),
        ({"ORDER_FIELDS": {"number": "get_status_display"}}, ["W004"]),
        # Right ones
        ({"ORDER_MODEL": "shop.order"}, []),
        ({"CUSTOMER_MODEL": None}, []),
        ({"SITE_URL": "http://localhost:8000/"}, []),
        ({"SITE_URL": ""}, []),
        ({"SITE_URL": None}, []),
        ({"SECRET_KEYS": ["x" * 50, "y" * 50]}, []),
        ({"ORDER_NUMBER_PATTERN": r"[A-Z]-\d{5}"}, []),
        ({"ORDER_FIELDS": {"number": "pk", "emails": ["email", "customer__email"], "status": ""}}, []),
        ({"ORDER_FIELDS": {"lines": "lines", "line_title": ["title", "product.name"], "placed": {}}}, []),
        ({"ORDER_FIELDS": {"placed": {"status__in": ["received"]}}}, []),
        ({"ORDER_FIELDS": {"number": "get_status_display"}, "SHOP": "tests.test_checks.OwnSearch"}, []),
        ({"FETCH_INTERVAL": 0.5}, []),
    ],
)
def test_settings(inbox, change, wanted):
    inbox(**change)
    assert ids() == wanted


def test_no_settings(settings):
    del settings.CS_INBOX
    assert ids() == ["E001"]


def test_settings_of_another_kind(settings):
    settings.CS_INBOX = [("ORDER_MODEL", "shop.Order")]
    assert ids() == ["E002"]


def test_several_at_once(inbox):
    inbox(ORDER_MODEL=None, SHOP="x", MAIL_TIMEOUT=0, SITE="https://shop.example")
    assert sorted(ids()) == ["E003", "E008", "E014", "W001"]


def test_a_swapped_model(inbox, settings):
    settings.AUTH_USER_MODEL = "shop.Product"
    inbox(CUSTOMER_MODEL="auth.User")
    assert "E006" in ids()


@pytest.mark.parametrize("name", ["django.contrib.messages", "django_filters"])
def test_a_missing_app(settings, name):
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != name]
    assert ids() == ["E022"]


def local(location):
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(location)}}


@pytest.fixture
def keep_in(settings, tmp_path):
    def change(storage, **roots):
        for name, value in roots.items():
            setattr(settings, name, value)
        settings.STORAGES = settings.STORAGES | {"cs_inbox": storage}

    yield change
    del settings.STORAGES
    storages.__init__()


@pytest.mark.parametrize(
    ("folder", "media", "static", "wanted"),
    [
        ("private", "media", "static", []),
        ("media", "media", "static", ["E021"]),
        ("media/inbox", "media", "static", ["E021"]),
        ("media/../media", "media", "static", ["E021"]),
        ("media-private", "media", "static", []),
        ("static/inbox", "media", "static", ["E021"]),
        ("private", "", "", []),
    ],
)
def test_where_the_files_lie(keep_in, tmp_path, folder, media, static, wanted):
    roots = {"MEDIA_ROOT": media and str(tmp_path / media), "STATIC_ROOT": static and str(tmp_path / static)}
    keep_in(local(tmp_path / folder), **roots)
    assert ids() == wanted


def test_djangos_own_default_is_public(keep_in):
    keep_in({"BACKEND": "django.core.files.storage.FileSystemStorage"}, MEDIA_ROOT="")
    assert ids() == ["E021"]


def test_the_same_bucket_as_the_default(keep_in, settings):
    remote = {"BACKEND": "tests.test_checks.RemoteStorage", "OPTIONS": {}}
    settings.STORAGES = settings.STORAGES | {"default": remote}
    keep_in(dict(remote))
    assert ids() == ["E021"]


def RemoteStorage(**options):  # noqa: N802 - stands for a class
    return object()


@pytest.mark.parametrize(
    "storage",
    [{"BACKEND": "no.such.Storage"}, {"BACKEND": "tests.test_checks.RemoteStorage", "OPTIONS": {1: 2}}],
)
def test_a_storage_that_cannot_be_made(keep_in, storage):
    keep_in(storage)
    assert ids() == ["E020"]


def test_the_hint_is_ready_to_paste(inbox):
    inbox(STORAGE="files")
    (message,) = found()
    lines = message.hint.partition(":")[2]
    names = {"BASE_DIR": Path("/srv/shop")}
    exec(lines, names)
    assert names["STORAGES"].keys() == {"default", "staticfiles", "files"}
    assert names["STORAGES"]["files"]["OPTIONS"]["base_url"] is None


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"ORDER_MODLE": "shop.Order"}, "Did you mean 'ORDER_MODEL'?"),
        ({"order_model": "shop.Order"}, "Did you mean 'ORDER_MODEL'?"),
        ({"ORDER_MODEL": "shop.Oder"}, "Did you mean 'Order'?"),
        ({"ORDER_MODEL": "shopp.Order"}, "Did you mean 'shop'?"),
        ({"ORDER_MODEL": None}, "shop.Order"),
        ({"ORDER_FIELDS": {"number": "nubmer"}}, "Did you mean 'number'?"),
        ({"ORDER_FIELDS": {"emails": "customer.emial"}}, "Did you mean 'email'?"),
        ({"ORDER_FIELDS": {"lines": "lnes"}}, "Did you mean 'lines'?"),
        ({"CUSTOMER_MODEL": "auth.AbstractUser"}, "auth.User"),
        ({"SEND_LEASE": 20}, '"SEND_LEASE": 300'),
    ],
)
def test_hints(inbox, change, text):
    inbox(**change)
    assert text in found()[0].hint


def test_every_message_has_a_hint_and_no_key_in_it(inbox):
    inbox(SECRET_KEYS=["hunter2"], SITE_URL="x")
    assert all(message.hint for message in found())
    assert "hunter2" not in str(found())


def test_sqlite_begins_too_late(settings, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    assert ids() == ["W005"]
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"transaction_mode": "exclusive"})
    assert ids() == []


def test_local_time(settings):
    settings.USE_TZ = False
    assert ids() == ["W006"]


def test_a_cache_that_keeps_nothing(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert ids() == ["W007"]


def test_nothing_is_asked_of_the_database():
    """pytest-django lets no query through in a test without the mark."""
    assert ids() == []


# The database's own.


def in_database():
    messages = run_checks(tags=["cs_inbox"], databases=["default"])
    return [
        message.id.removeprefix("cs_inbox.") for message in messages if message.id.startswith("cs_inbox.")
    ]


@pytest.mark.django_db
def test_the_database_agrees():
    assert in_database() == []


@pytest.mark.django_db
def test_the_setting_was_changed_after_migrating(inbox, monkeypatch):
    point_keys_at(monkeypatch, "order", to=inbox_product())
    inbox(ORDER_MODEL="shop.Product")
    assert in_database() == ["E025"]


@pytest.mark.django_db
def test_the_key_has_another_type(inbox, monkeypatch):
    """As without constraints in the database, where the type is all there is to see."""
    monkeypatch.setattr(type(connection.introspection), "get_relations", lambda self, cursor, table: {})
    assert in_database() == []
    order = inbox_order()
    with isolate_apps("tests.shop.shapes"):

        class Coded(models.Model):  # noqa: DJ008
            id = models.UUIDField(primary_key=True)

            class Meta:
                app_label = "shapes"
                db_table = order._meta.db_table

    monkeypatch.setattr("django_cs_inbox.checks.database.named_model", lambda name: Coded)
    point_keys_at(monkeypatch, "order", to=Coded)
    assert "E026" in in_database()


@pytest.mark.django_db
def test_not_yet_migrated_is_no_mistake(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda cursor: [])
    assert in_database() == []


@pytest.mark.django_db
def test_another_character_set(monkeypatch):
    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *args):
            pass

        def execute(self, sql):
            self.sql = sql

        def fetchone(self):
            return ("utf8mb4", "utf8mb3")

    monkeypatch.setattr(connections["default"], "vendor", "mysql")
    monkeypatch.setattr(connections["default"], "cursor", Cursor)
    messages = django_cs_inbox.checks.check_character_set(databases=["default"])
    assert [message.id for message in messages] == ["cs_inbox.E028"]
    assert "the connection (utf8mb3)" in messages[0].msg


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_another_character_set_in_a_real_database():
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE `{name}` CHARACTER SET utf8mb3")
        try:
            # The server tells it of the database in use, as of the moment it was chosen.
            cursor.execute(f"USE `{name}`")
            assert in_database() == ["E028"]
        finally:
            cursor.execute(f"ALTER DATABASE `{name}` CHARACTER SET utf8mb4")
            cursor.execute(f"USE `{name}`")


def inbox_order():
    from django.apps import apps

    return apps.get_model("shop.Order")


def inbox_product():
    from django.apps import apps

    return apps.get_model("shop.Product")


def point_keys_at(monkeypatch, name, *, to):
    """Our keys as they would be had Django started with another setting."""
    from django.apps import apps

    for model in apps.get_app_config("cs_inbox").get_models():
        for field in model._meta.local_concrete_fields:
            if field.name == name and field.many_to_one and field.related_model is inbox_order():
                monkeypatch.setattr(field.remote_field, "model", to)
                for cached in ("related_fields", "related_model", "foreign_related_fields", "path_infos"):
                    monkeypatch.delitem(field.__dict__, cached, raising=False)
                monkeypatch.setitem(field.__dict__, "related_model", to)
                monkeypatch.setitem(field.__dict__, "foreign_related_fields", (to._meta.pk,))
