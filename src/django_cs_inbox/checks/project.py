"""Is the project around us what we need: apps, storage, mail backend, database options, cache?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage, InvalidStorageError, storages
from django.db import connections, router
from django.utils.module_loading import import_string

from ..conf import DEFAULTS
from .said import CheckMessage, error, given, warning

OUR_BACKEND = "django_cs_inbox.mailbox.backend.EmailBackend"

#: Name of the app, and what of ours needs it.
NEEDED = {
    "django.contrib.admin": "The inbox is a part of the admin.",
    "django.contrib.auth": "Staff and their permissions come from it.",
    "django.contrib.contenttypes": "Permissions need it.",
    "django.contrib.messages": "The pages tell staff through it what was done.",
    "django.contrib.sessions": "The contact form and the admin need it.",
    "django_filters": "The list is filtered with it.",
}

STORAGE_LINES = """
STORAGES = {{
    "default": {{"BACKEND": "django.core.files.storage.FileSystemStorage"}},
    "staticfiles": {{"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
    "{alias}": {{
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {{"location": BASE_DIR / "private" / "cs_inbox", "base_url": None}},
    }},
}}"""


def check_project(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    return [*_apps(), *_storage(), *_email_backend(), *_sqlite(), *_time_zone(), *_cache()]


def _apps() -> list[CheckMessage]:
    return [
        error(22, f"{name} is not in INSTALLED_APPS. {why}", f'Add it: INSTALLED_APPS = [..., "{name}"]')
        for name, why in NEEDED.items()
        if not apps.is_installed(name)
    ]


def _storage() -> list[CheckMessage]:
    alias = given().get("STORAGE", DEFAULTS["STORAGE"])
    if not isinstance(alias, str):
        return []  # E015
    lines = STORAGE_LINES.format(alias=alias)
    if alias not in settings.STORAGES:
        text = (
            f"STORAGES has no {alias!r}. Attachments of customers are kept there, out of the public's reach."
        )
        return [error(19, text, f"Add a storage that no web server serves:{lines}")]
    try:
        storage = storages[alias]
    except (InvalidStorageError, ImportError, TypeError) as problem:
        return [
            error(20, f"The storage {alias!r} in STORAGES cannot be made: {problem}", f"For example:{lines}")
        ]
    if alias in ("default", "staticfiles"):
        why = f"is the storage {alias!r}, whose files your site serves to everybody"
    elif (public := _public_folder(storage)) is not None:
        where = getattr(storage, "location", "")
        why = f"keeps its files in {where}, which lies in {public} and is served to everybody"
    elif not isinstance(storage, FileSystemStorage) and _is_like_default(alias):
        why = "is set up exactly like the storage 'default', whose files your site serves to everybody"
    else:
        return []
    text = f"Attachments of customers would be public: the storage {alias!r} {why}."
    return [error(21, text, f"Give them a place of their own:{lines}")]


def _public_folder(storage: Any) -> str | None:
    """The setting whose folder the storage lies in, or None."""
    if not isinstance(storage, FileSystemStorage):
        return None
    place = Path(storage.location).resolve()
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        folder = getattr(settings, name, None)
        if folder and place.is_relative_to(Path(folder).resolve()):
            return name
    # Without MEDIA_ROOT Django's default is the working directory, which no sane server serves as a whole.
    is_default = not settings.MEDIA_ROOT and place == Path().resolve()
    return "the working directory (MEDIA_ROOT is empty)" if is_default else None


def _is_like_default(alias: str) -> bool:
    mine, default = settings.STORAGES[alias], settings.STORAGES.get("default")
    # What lives in memory is gone with the process, and nobody serves it.
    return bool(mine == default and not str(mine.get("BACKEND", "")).endswith(".InMemoryStorage"))


def _email_backend() -> list[CheckMessage]:
    path = given().get("EMAIL_BACKEND", DEFAULTS["EMAIL_BACKEND"])
    if not isinstance(path, str):
        return []  # E015
    hint = f'Name the backend that really sends: "EMAIL_BACKEND": {DEFAULTS["EMAIL_BACKEND"]!r}'
    if path == OUR_BACKEND:
        return [error(23, 'CS_INBOX["EMAIL_BACKEND"] names the recording backend itself.', hint)]
    try:
        import_string(path)
    except ImportError as problem:
        return [
            error(23, f'CS_INBOX["EMAIL_BACKEND"] is {path!r}, which cannot be imported: {problem}', hint)
        ]
    return []


def _sqlite() -> list[CheckMessage]:
    return [
        warning(
            5,
            f"The SQLite database {alias!r} begins transactions without a lock. When two of them meet, one"
            ' fails at once with "database is locked", whatever its timeout.',
            f'DATABASES["{alias}"]["OPTIONS"] = {{"transaction_mode": "IMMEDIATE", "timeout": 20}}',
        )
        for alias in connections
        if connections[alias].vendor == "sqlite"
        and router.allow_migrate(alias, "cs_inbox")
        and str(connections[alias].settings_dict["OPTIONS"].get("transaction_mode")).upper()
        not in ("IMMEDIATE", "EXCLUSIVE")
    ]


def _time_zone() -> list[CheckMessage]:
    if settings.USE_TZ:
        return []
    text = "USE_TZ is off. Times in mails from other zones, and around a change of the clock, will be wrong."
    return [warning(6, text, "USE_TZ = True")]


def _cache() -> list[CheckMessage]:
    backend = str(settings.CACHES.get("default", {}).get("BACKEND", ""))
    if not backend.endswith(".DummyCache"):
        return []
    text = "The default cache keeps nothing, so FORM_LIMIT_PER_HOUR cannot count: the form is unprotected."
    better = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    return [warning(7, text, f'CACHES = {{"default": {better}}}, then: python manage.py createcachetable')]
