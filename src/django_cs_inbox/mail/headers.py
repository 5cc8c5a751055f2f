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
    limits = limits or Limits()
    fields: list[tuple[str, bytes]] = []
    defects: list[str] = []
    value: list[bytes] = []
    name = ""
    length = total = 0
    at = start
    size = len(raw) if end is None else end
    is_first = True
    newline = b"\n" if raw.find(b"\n", start, size) >= 0 else b"\r"

    def finish() -> None:
        if name and len(fields) < limits.header_count:
            fields.append((name, b"".join(value)))

    while at < size:
        stop = raw.find(newline, at, size)
        after = size if stop < 0 else stop + 1
        line = raw[at : size if stop < 0 else stop]
        bare = line.rstrip(b"\r")
        if not bare:
            at = after
            if is_first and not is_part:
                continue
            break
        if bare[:1] in b" \t" and not is_first:
            if not bare.strip() and not _is_header_line(raw, after):
                at = after
                break
            piece = b" " + bare[1:]
        else:
            match = _FIELD.match(bare)
            if match is None:
                if _MBOX.fullmatch(bare[:998]) is not None and (is_first or bare[:1] == b">"):
                    at, is_first = after, False
                    continue
                defects.append("no blank line after the headers")
                break
            finish()
            name, value, length = match.group(1).decode("ascii"), [], 0
            piece = bare[match.end() :].lstrip(b" \t")
        is_first = False
        at = after
        room = min(limits.header_length - length, limits.header_bytes - total)
        if len(piece) > room:
            piece = piece[: max(room, 0)]
            _note(defects, "header too long, cut")
        value.append(piece.replace(b"\r", b" "))
        length += len(piece)
        total += len(piece)
    finish()
    if len(fields) >= limits.header_count:
        _note(defects, "too many header fields")
    return HeaderBlock(tuple(fields), at, tuple(defects))


def _note(defects: list[str], text: str) -> None:
    if text not in defects:
        defects.append(text)


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
