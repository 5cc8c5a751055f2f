from __future__ import annotations

from tests.settings import *  # noqa: F403 - the suite's own settings are this project's settings
