"""Splitting a header block, and reading its fields. Works over bytes: decoding comes last, not first."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from .addresslists import parse_addresses, read_addresses
from .limits import Limits
from .parameters import parse_parameters
from .words import decode_text, one_line

__all__ = [
    "HeaderBlock",
    "decode_text",
    "one_line",
    "parse_addresses",
    "parse_date",
    "parse_message_ids",
    "parse_parameters",
    "read_addresses",
    "split_headers",
]

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]{0,20}:")
_MBOX = re.compile(rb">{0,3}From [^\r\n:]*[^\r\n]*")
_MESSAGE_ID = re.compile(r"<([^<>]{1,998})>")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:\.\d{1,9})?"
_ZONE = r"(?:\s{0,4}(?P<zone>[+-]\d{2}:?\d{2}|[A-Za-z]{1,5})\b)?"
_DATES = (
    re.compile(
        rf"(?P<day>\d{{1,2}})[\s-](?P<month>[A-Za-z]{{3}})[a-z]{{0,6}}[\s,-]+(?P<year>\d{{2,4}})\s+{_CLOCK}{_ZONE}"
    ),
    re.compile(rf"(?P<day>\d{{1,2}})\s(?P<month>\d{{1,2}})月?\s(?P<year>\d{{4}})\s+{_CLOCK}{_ZONE}"),
    re.compile(
        rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}})[T\s]{{1,3}}{_CLOCK}{_ZONE}"
    ),
    re.compile(rf"(?P<month>[A-Za-z]{{3}})\s{{1,3}}(?P<day>\d{{1,2}})\s{_CLOCK}{_ZONE}\s(?P<year>\d{{4}})"),
)
_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9}


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The fields of a mail or part: names as written, values unfolded but not decoded."""

    fields: tuple[tuple[str, bytes], ...]
    #: Where the body begins in the bytes that were given.
    body_at: int
    defects: tuple[str, ...] = ()

    def first(self, name: str) -> bytes:
        """The first value of a field, or ``b""``."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), b"")

    def every(self, name: str) -> tuple[bytes, ...]:
        """All values of a field, topmost first."""
        wanted = name.lower()
        return tuple(value for key, value in self.fields if key.lower() == wanted)


def split_headers(
    raw: bytes, limits: Limits | None = None, start: int = 0, end: int | None = None, *, is_part: bool = False
) -> HeaderBlock:
    """The header block at ``start``, whatever its line ends; ``body_at`` counts from the start of ``raw``.

    A line that is no field ends the block when the blank line is missing. Beyond the limits fields are
    dropped, and the body is still found. A part (``is_part``) may have no header at all: it begins with a
    blank line, while blank lines in front of a whole mail are an accident on its way.
    """
    collector = _Collector(limits or Limits())
    at = start
    size = len(raw) if end is None else end
    is_first = True
    newline = b"\n" if raw.find(b"\n", start, size) >= 0 else b"\r"
    while at < size:
        stop = raw.find(newline, at, size)
        after = size if stop < 0 else stop + 1
        line = raw[at : size if stop < 0 else stop].rstrip(b"\r")
        if not line:
            at = after
            if is_first and not is_part:
                continue
            break
        if line[:1] in b" \t" and not is_first:
            at = after
            if not line.strip() and not _is_header_line(raw, after):
                break
            collector.add(b" " + line[1:])
            continue
        match = _FIELD.match(line)
        if match is not None:
            collector.begin(match.group(1).decode("ascii"))
            collector.add(line[match.end() :].lstrip(b" \t"))
        elif _MBOX.fullmatch(line[:998]) is None or not (is_first or line[:1] == b">"):
            collector.note("no blank line after the headers")
            break
        at, is_first = after, False
    collector.finish()
    return HeaderBlock(tuple(collector.fields), at, tuple(collector.defects))


class _Collector:
    """The fields of one block, within their limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.fields: list[tuple[str, bytes]] = []
        self.defects: list[str] = []
        self.name = ""
        self.value: list[bytes] = []
        self.length = self.total = 0

    def begin(self, name: str) -> None:
        self.finish()
        self.name, self.value, self.length = name, [], 0

    def add(self, piece: bytes) -> None:
        room = max(min(self.limits.header_length - self.length, self.limits.header_bytes - self.total), 0)
        if len(piece) > room:
            self.note("header too long, cut")
        piece = piece[:room]
        self.value.append(piece.replace(b"\r", b" "))
        self.length += len(piece)
        self.total += len(piece)

    def finish(self) -> None:
        if len(self.fields) >= self.limits.header_count:
            self.note("too many header fields")
        elif self.name:
            self.fields.append((self.name, b"".join(self.value)))

    def note(self, text: str) -> None:
        if text not in self.defects:
            self.defects.append(text)


def _is_header_line(raw: bytes, at: int) -> bool:
    """True when the header goes on behind a line of blanks, which is folding and not the end."""
    head = raw[at : at + 240]
    return _FIELD.match(head) is not None or head[:1] in (b" ", b"\t")


def parse_message_ids(raw: bytes) -> tuple[str, ...]:
    """The ids of a Message-ID, In-Reply-To or References field, without angle brackets, in their order."""
    # Some senders (Django 6 among them) wrap long ids in encoded words.
    text = decode_text(raw)
    found = ["".join(match.split()) for match in _MESSAGE_ID.findall(text)]
    if not found:
        found = [word.strip("<>,;\"'") for word in text.split()]
        found = [word for word in found if "@" in word[1:-1] and len(word) <= 998]
    return tuple(dict.fromkeys(word for word in found if word))


def parse_date(raw: bytes) -> dt.datetime | None:
    """The moment a Date field names, always aware, or None when it names none. Without a zone it is UTC."""
    text = decode_text(raw[:200])
    for pattern in _DATES:
        match = pattern.search(text)
        if match is not None:
            return _moment(match)
    return None


def _moment(match: re.Match[str]) -> dt.datetime | None:
    month = match["month"]
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < 70 else 1900
    try:
        number = int(month) if month.isdecimal() else _MONTHS.index(month.lower()) + 1
        second = min(int(match["second"] or 0), 59)  # a leap second is no reason to lose the date
        zone = dt.timezone(_offset(match["zone"] or ""))
        found = dt.datetime(
            year, number, int(match["day"]), int(match["hour"]), int(match["minute"]), second, tzinfo=zone
        )
    except ValueError:
        return None
    # Before mail reached anyone, or so far ahead that a database or a time zone may refuse it.
    return found if 1980 <= found.year <= 2200 else None


def _offset(zone: str) -> dt.timedelta:
    if zone[:1] in ("+", "-") and zone:
        digits = zone[1:].replace(":", "")
        offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return -offset if zone[0] == "-" else offset
    return dt.timedelta(hours=_ZONES.get(zone.lower(), 0))
