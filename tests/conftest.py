from __future__ import annotations

import os

import pytest

pytest_plugins = ["tests.services.plugin"]

# The example project is a host of its own: `pytest tests/example --ds=config.settings`.
collect_ignore = [] if os.environ.get("DJANGO_SETTINGS_MODULE") == "config.settings" else ["example"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    for database in ("postgres", "mariadb"):
        if item.get_closest_marker(database) and os.environ.get("CS_INBOX_TEST_DB") != database:
            pytest.fail(f"This test needs CS_INBOX_TEST_DB={database}.", pytrace=False)
