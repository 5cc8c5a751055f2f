"""Counting queries, and printing what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection


class Count:
    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.queries += 1
        return execute(*arguments)


@contextmanager
def counted() -> Iterator[Count]:
    """Queries of this thread; those that begin and end transactions are not among them."""
    count = Count()
    with connection.execute_wrapper(count):
        yield count


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    lines = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    print(f"\n\n{title}, {connection.vendor}, two shared cores")
    for line in lines:
        first, *rest = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print(
            "  ".join(
                [first, *(cell.strip().rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
            )
        )


def _text(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
