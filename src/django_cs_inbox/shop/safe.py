"""A page must not fall because the host's code did."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_told: set[tuple[str, str]] = set()


def ask(question: Callable[P, T], default: T, *args: P.args, **kwargs: P.kwargs) -> T:
    """The answer of a ``Shop`` method, or the default when it raised.

    The traceback is logged once per method and kind of error and process: a broken method is asked for
    every row of every page. For reading only; an action must know that it does not know.
    """
    try:
        # Inside a request's transaction a failed query would break every later one.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return question(*args, **kwargs)
    except Exception as error:
        name = getattr(question, "__qualname__", repr(question))
        key = (name, type(error).__name__)
        level = logging.DEBUG if key in _told else logging.ERROR
        _told.add(key)
        logger.log(level, "The shop's %s raised %s.", name, type(error).__name__, exc_info=True)
        return default
