"""Where files are kept. Migrations name these functions: they must not move."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.storage import Storage, storages
from django.db import models

from .conf import conf


class _Named(Storage):
    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__"):
            return super().__getattribute__(name)
        return getattr(storages[conf.storage], name)


def attachment_storage() -> Storage:
    """The storage named by the setting, looked up whenever it is used.

    Not sooner: the field is made before any check can say that ``STORAGES`` lacks it (E019).
    """
    return _Named()


def attachment_path(instance: models.Model, filename: str) -> str:
    """A random name without extension: nothing of a stranger's file name reaches the disk."""
    name = uuid.uuid4().hex
    return f"cs_inbox/{name[:2]}/{name}"
