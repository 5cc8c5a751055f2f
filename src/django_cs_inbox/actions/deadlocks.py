"""A transaction that the database gave up to end a deadlock is run again; nobody needs to hear of it.

MariaDB locks more than the rows that are named, so no order of locks keeps two intakes apart for certain.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

logger = logging.getLogger(__name__)

T = TypeVar("T")

TRIES = 5
#: Longest pause before the first repetition, in seconds; it grows with each one.
_PAUSE = 0.05
#: MariaDB and MySQL; PostgreSQL (deadlock, and serialization where the host chose that).
_MYSQL_DEADLOCK = 1213
_POSTGRES = ("40P01", "40001")


def run_again(work: Callable[[], T]) -> T:
    """What ``work`` returns. It opens its own transaction and has no effect when that is rolled back.

    Inside a transaction of the caller it runs once: what the database rolled back was more than ours.
    """
    for attempt in range(1, TRIES):
        try:
            return work()
        except OperationalError as error:
            if connection.in_atomic_block or not is_deadlock(error):
                raise
            logger.info("The database ended a deadlock; attempt %s follows.", attempt + 1)
            time.sleep(random.uniform(0, _PAUSE * attempt))  # noqa: S311 - two victims must not meet again
    return work()


def is_deadlock(error: OperationalError) -> bool:
    """Whether the same transaction may well succeed at the next attempt."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    if state is not None:
        return state in _POSTGRES
    if connection.vendor == "sqlite":
        # A transaction that has read and then wants to write cannot wait for another writer, and fails.
        return "locked" in str(error)
    return bool(error.args) and error.args[0] == _MYSQL_DEADLOCK
