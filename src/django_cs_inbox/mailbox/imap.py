"""What FETCH and SEARCH answer, taken apart. Servers order and split their answers as they like."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..mail.headers import parse_date

_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,18})\b")
_DATE = re.compile(rb'\bINTERNALDATE "\s?([^"]{1,40})"')
#: A body too short for a literal; some servers send it as a quoted string.
_SHORT_BODY = re.compile(rb'\bBODY\[[^\]]*\](?:<\d+>)? "((?:[^"\\]|\\.)*)"', re.DOTALL)
_EMPTY_BODY = re.compile(rb"\bBODY\[[^\]]*\](?:<\d+>)? NIL\b")


@dataclass(frozen=True, slots=True)
class Listed:
    """One mail on the server, before its bytes are asked for."""

    uid: int
    size: int
    arrived_at: dt.datetime | None = None


def parse_uids(data: Iterable[Any]) -> list[int]:
    """The numbers in the answer to SEARCH, ascending."""
    words = b" ".join(line for line in data if isinstance(line, bytes)).split()
    return sorted({int(word) for word in words if word.isdigit()})


def parse_listing(data: Iterable[Any]) -> dict[int, Listed]:
    """Sizes and dates by UID. Answers without a UID are news about flags that nobody asked for."""
    found = {}
    for line in data:
        if not isinstance(line, bytes):
            continue
        uid, size, date = _UID.search(line), _SIZE.search(line), _DATE.search(line)
        if uid and size:
            arrived_at = parse_date(date[1]) if date else None
            found[int(uid[1])] = Listed(int(uid[1]), int(size[1]), arrived_at)
    return found


def parse_bodies(data: Sequence[Any]) -> dict[int, bytes]:
    """Raw bytes by UID. The UID may stand before or behind the body."""
    found = {}
    for head, body, tail in _answers(data):
        uid = _UID.search(head) or _UID.search(tail)
        if uid is not None:
            found[int(uid[1])] = body
    return found


def _answers(data: Sequence[Any]) -> Iterator[tuple[bytes, bytes, bytes]]:
    for at, item in enumerate(data):
        if isinstance(item, tuple):
            tail = data[at + 1] if at + 1 < len(data) else b""
            yield item[0], item[1], tail if isinstance(tail, bytes) and tail.endswith(b")") else b""
        elif isinstance(item, bytes):
            short = _SHORT_BODY.search(item)
            if short is not None:
                rest = item[: short.start()] + item[short.end() :]
                yield rest, re.sub(rb"\\(.)", rb"\1", short[1], flags=re.DOTALL), b""
            elif _EMPTY_BODY.search(item):
                yield item, b"", b""


def uid_set(uids: Sequence[int]) -> str:
    """``1:3,7`` for the ascending numbers 1, 2, 3, 7: short, however many are asked for."""
    ranges: list[list[int]] = []
    for uid in uids:
        if ranges and ranges[-1][1] == uid - 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in ranges)


def batches(listed: Sequence[Listed], *, count: int, byte_budget: int) -> Iterator[list[Listed]]:
    """Groups of at most ``count`` mails and ``byte_budget`` bytes; a single larger mail goes alone."""
    group: list[Listed] = []
    size = 0
    for item in listed:
        if group and (len(group) >= count or size + item.size > byte_budget):
            yield group
            group, size = [], 0
        group.append(item)
        size += item.size
    if group:
        yield group
