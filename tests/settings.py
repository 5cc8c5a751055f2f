"""The host project the suite runs in. Those under ``tests/projects`` import it and override it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
(ROOT / "var").mkdir(exist_ok=True)


def _database() -> dict[str, Any]:
    kind = os.environ.get("CS_INBOX_TEST_DB", "sqlite")
    # Two runs on one machine need two names, or the second one drops the first one's tables.
    name = os.environ.get("CS_INBOX_TEST_DB_NAME", "cs_inbox")
    if kind == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": ROOT / "var" / f"{name}.sqlite3",
            # A deferred transaction that starts with a read cannot wait for a writer: it fails at once.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF;",
            },
            # A file: threads that share an in-memory database meet its table locks, not its waiting.
            "TEST": {"NAME": ROOT / "var" / f"test_{name}.sqlite3"},
        }
    if kind == "postgres":
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            **_server("POSTGRES", port=5432, user="postgres"),
        }
    if kind == "mariadb":
        return {
            "ENGINE": "django.db.backends.mysql",
            "NAME": name,
            **_server("MARIADB", port=3306, user="root"),
            "OPTIONS": {"charset": "utf8mb4"},
            "TEST": {"CHARSET": "utf8mb4"},
        }
    raise ValueError(f"CS_INBOX_TEST_DB={kind}: choose sqlite, postgres or mariadb.")


def _server(prefix: str, *, port: int, user: str) -> dict[str, Any]:
    """Connection settings: 127.0.0.1 if something listens there, else the server's Unix socket."""
    port = int(os.environ.get(f"CS_INBOX_{prefix}_PORT", port))
    host = os.environ.get(f"CS_INBOX_{prefix}_HOST")
    if host is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            host = ""
        else:
            host = "127.0.0.1"
    return {
        "HOST": host,
        "PORT": str(port) if host else "",
        "USER": os.environ.get(f"CS_INBOX_{prefix}_USER", user),
        "PASSWORD": os.environ.get(f"CS_INBOX_{prefix}_PASSWORD", ""),
    }


SECRET_KEY = "only-for-tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.urls"

DATABASES = {"default": _database()}
# Another type than the package's own: a migration that forgets to pin its key type shows itself.
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

DJANGO_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
PACKAGE_APPS = ["django_mailbox", "django_filters", "django_cs_inbox"]
INSTALLED_APPS = [*DJANGO_APPS, "tests.projects.default_user.shopapp", *PACKAGE_APPS]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語")]
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "cs_inbox": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Django 6.1 knows mailers, and warns of the settings that they replace; older ones know only those.
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
else:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = "shop@shop.example"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

CS_INBOX: dict[str, Any] = {
    "ORDER_MODEL": "shop.Order",
    "CUSTOMER_MODEL": "auth.User",
    "SITE_URL": "https://shop.example",
}
