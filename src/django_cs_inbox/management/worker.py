"""The loop of ``cs_inbox_run``: tasks at their intervals, until somebody says stop."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connections

logger = logging.getLogger(__name__)

#: Longest pause after repeated failures, in seconds.
LONGEST_PAUSE = 600.0


class Stop:
    """The wish to stop. A signal may bring it at any moment, so there is no lock in it, as an ``Event`` has:
    a handler that waits for the lock of the code it interrupted waits forever."""

    def __init__(self) -> None:
        self.is_requested = False

    def request(self, *_: object) -> None:
        """Also fits as a signal handler."""
        self.is_requested = True

    def wait(self, seconds: float) -> None:
        """Sleep that long, or until the wish is there."""
        end = time.monotonic() + seconds
        while not self.is_requested and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))


@dataclass(slots=True)
class Task:
    """Something done again and again. ``run`` says whether it went well; after failures it waits longer."""

    name: str
    run: Callable[[], bool]
    interval: Callable[[], float]
    failures: int = field(default=0)
    due: float = field(default=0.0)

    def attempt(self) -> bool:
        """Run once and plan the next time. Never raises for what goes wrong in it."""
        _drop_old_connections()
        try:
            went_well = self.run()
        except Exception as error:
            # Without the error's text: a database's message may quote what was to be stored.
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error(
                "%s failed with %s; it will be tried again\n%s", self.name, type(error).__name__, frames
            )
            went_well = False
        self.failures = 0 if went_well else self.failures + 1
        self.due = time.monotonic() + pause(self.interval(), self.failures)
        _drop_old_connections()
        return went_well


def _drop_old_connections() -> None:
    """Let go of connections that broke or grew old, as Django does after a request. The next query opens a
    new one. Not in a transaction, which only tests keep open here."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def pause(interval: float, failures: int) -> float:
    """Seconds until the next attempt: the interval, doubled with every failure in a row."""
    return max(interval, min(interval * 2.0 ** min(failures, 20), LONGEST_PAUSE))


def repeat(tasks: Sequence[Task], stop: Stop) -> None:
    """Run each task when it is due, until ``stop`` is requested; the task at work is finished first."""
    while not stop.is_requested:
        for task in tasks:
            if not stop.is_requested and task.due <= time.monotonic():
                task.attempt()
        stop.wait(max(0.05, min(task.due for task in tasks) - time.monotonic()))
