"""Where files are kept. Migrations name these functions: they must not move."""

from __future__ import annotations

import uuid

from django.core.files.storage import Storage
from django.db import models

from .conf import conf


def attachment_storage() -> Storage:
    """The storage named by the setting, looked up when it is first used."""
    from django.core.files.storage import storages

    return storages[conf.storage]


def attachment_path(instance: models.Model, filename: str) -> str:
    """A random name without extension: nothing of a stranger's file name reaches the disk."""
    name = uuid.uuid4().hex
    return f"cs_inbox/{name[:2]}/{name}"
