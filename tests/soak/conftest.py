from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

STORAGE = "django.core.files.storage.FileSystemStorage"


@pytest.fixture
def files_on_disk(settings: Any, tmp_path: Path) -> Path:
    """The shop's files in a folder: the one in memory is made for one thread in one process."""
    folder = tmp_path / "files"
    own = {"BACKEND": STORAGE, "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = settings.STORAGES | {"cs_inbox": own}
    return folder


@pytest.fixture
def slow_sink(settings: Any) -> Any:
    """A mail server that takes its time, with Django's mail settings pointing at it."""
    from .world import SlowSink

    with SlowSink() as sink:
        for name, value in sink.django_settings().items():
            setattr(settings, name, value)
        yield sink
