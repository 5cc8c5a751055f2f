"""Settings of a worker in a process of its own, which shares the database, the files and the mail server of
the test that starts it."""

from __future__ import annotations

import os

from tests.services.smtp import django_settings
from tests.settings import *  # noqa: F403
from tests.settings import CS_INBOX, DATABASES, STORAGES

from .conftest import STORAGE

DATABASES["default"]["NAME"] = os.environ["CS_INBOX_SOAK_DB"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A journal in memory dies with its process, and takes the file with it.
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=OFF;"

STORAGES = STORAGES | {
    "cs_inbox": {"BACKEND": STORAGE, "OPTIONS": {"location": os.environ["CS_INBOX_SOAK_FILES"]}}
}
CS_INBOX = CS_INBOX | {"FETCH_INTERVAL": 0.1, "FETCH_BATCH": 7, "SEND_LEASE": 1}
# A dead worker's claim is to run out while others are at work.
SILENCED_SYSTEM_CHECKS = ["cs_inbox.E018"]

globals().update(django_settings("127.0.0.1", int(os.environ["CS_INBOX_SOAK_SMTP_PORT"])))
