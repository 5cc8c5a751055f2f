"""Parameters of Content-Type and Content-Disposition, in all spellings mailers use for a Japanese name."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from . import charsets
from .words import decode_words, one_line

_NAME = re.compile(r"\s*([^\s=;\"]{1,80})\s*=\s*")
_CONTINUED = re.compile(r"([^*]+)\*(\d{1,4})(\*?)")
_ESCAPED = re.compile(r'\\(["\\])')
_MAX_PARAMETERS = 200


def parse_parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """The value in lower case, and its parameters decoded, names in lower case.

    ``filename*`` (RFC 2231, also in pieces) wins over ``filename`` of the same header.
    """
    # Decoded before it is cut: bytes of raw Japanese may look like a quote mark or a semicolon.
    text = charsets.decode(raw)[0]
    value, _, rest = text.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, content in _pairs(rest):
        continued = _CONTINUED.fullmatch(name)
        if continued is not None:
            numbered = pieces.setdefault(continued[1], {})
            numbered.setdefault(int(continued[2]), (content, bool(continued[3])))
        elif name.endswith("*"):
            pieces.setdefault(name[:-1], {}).setdefault(0, (content, True))
        else:
            plain.setdefault(name, decode_words(content))
    for name, numbered in pieces.items():
        decoded = _join(numbered)
        if decoded:
            plain[name] = decoded
    return one_line(value.partition("(")[0]).lower(), plain


def _pairs(rest: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(rest) and len(found) < _MAX_PARAMETERS:
        match = _NAME.match(rest, at)
        if match is None:
            end = rest.find(";", at)
            at = len(rest) if end < 0 else end + 1
            continue
        content, at = _value(rest, match.end())
        found.append((match[1].lower(), content))
    return found


def _value(rest: str, at: int) -> tuple[str, int]:
    if rest[at : at + 1] == '"':
        end = _closing_quote(rest, at + 1)
        if end >= 0:
            after = rest.find(";", end)
            # Only quotes and backslashes are unescaped: Windows paths come with bare backslashes.
            return _ESCAPED.sub(r"\1", rest[at + 1 : end]), len(rest) if after < 0 else after + 1
        at += 1
    end = rest.find(";", at)
    end = len(rest) if end < 0 else end
    return rest[at:end].strip(), end + 1


def _closing_quote(rest: str, at: int) -> int:
    end = rest.find('"', at)
    while end >= 0:
        # A backslash before the last quote of a path ("C:\") escapes nothing when the value ends there.
        if rest[end - 1] != "\\" or rest[end - 2 : end] == "\\\\" or rest[end + 1 : end + 2] in ("", ";"):
            return end
        end = rest.find('"', end + 1)
    return -1


def _join(numbered: dict[int, tuple[str, bool]]) -> str:
    charset = ""
    data = bytearray()
    is_encoded = False
    for number in sorted(numbered):
        content, percent = numbered[number]
        if percent and not is_encoded:
            is_encoded = True
            if content.count("'") >= 2:
                charset, _, content = content.split("'", 2)
        data += unquote_to_bytes(content) if percent else content.encode("utf-8", "replace")
    if not is_encoded:
        # Encoded words cut into numbered pieces: wrong by the book, and sent every day.
        return decode_words(data.decode("utf-8", "replace"))
    return one_line(charsets.decode(bytes(data), charset)[0])
