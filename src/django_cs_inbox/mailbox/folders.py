"""Names of IMAP folders: modified UTF-7 (RFC 3501, 5.1.3) and quoting, which imaplib leaves to its caller."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Any

_LIST = re.compile(
    rb"\((?P<flags>[^)]*)\) (?:\"(?:[^\"\\]|\\.)\"|NIL) (?P<name>.*)", re.DOTALL | re.IGNORECASE
)
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_UNSAFE = re.compile(r"[^\x20-\x25\x27-\x7e]+|&")


def quoted(name: str) -> str:
    """The name as an argument of SELECT."""
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]  # hosts write the quotes into the URI, because django-mailbox adds none
    return '"' + encode(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def encode(name: str) -> str:
    """日本語 → &ZeVnLIqe-"""
    return _UNSAFE.sub(_shift, name)


def decode(name: str) -> str:
    """&ZeVnLIqe- → 日本語; a name that is not in this coding comes back as it is."""
    return _SHIFTED.sub(_unshift, name)


def parse_list_line(line: Any) -> str | None:
    """The folder's name in one line of LIST, or None when it holds no mails."""
    if isinstance(line, tuple):  # the name came as a literal
        line = line[0].rpartition(b" ")[0] + b" " + line[1]
    match = _LIST.match(line) if isinstance(line, bytes) else None
    if match is None or rb"\noselect" in match["flags"].lower():
        return None
    name = match["name"].decode("utf-8", "replace")
    if name.startswith('"') and name.endswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return decode(name)


def _shift(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    encoded = b64encode(match[0].encode("utf-16-be", "surrogatepass")).decode("ascii")
    return f"&{encoded.rstrip('=').replace('/', ',')}-"


def _unshift(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    data = match[1].replace(",", "/")
    try:
        return b64decode(data + "=" * (-len(data) % 4)).decode("utf-16-be")
    except ValueError:
        return match[0]
