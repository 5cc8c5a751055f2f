"""From, To, Cc, Reply-To. Reads what carriers and old mailers write, not only what is allowed."""

from __future__ import annotations

import re

from . import charsets
from .types import Address
from .words import decode_words, one_line

_MAX_ADDRESSES = 500
_LAST_ANGLE = re.compile(r"<\s*([^<>\s]{1,320}@[^<>\s]{1,255})\s*>")
_BARE = re.compile(
    r"(?<![^\s<>()\[\],;:\"'「」（）＜＞])[^\s<>()\[\],;:\"'「」（）＜＞]{1,200}@[A-Za-z0-9._-]{1,255}"
)
_UNSAFE = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029<>,;]")
_NO_DOMAIN = re.compile(r"[^\w.\-:\[\]]")
_AROUND_AT = re.compile(r"\s{0,20}@\s{0,20}")
_QUOTED_LOCAL = re.compile(r'"[^"]{1,200}"@\S+')
_ROUTE = re.compile(r"@[^:\"]{1,300}:")
_UNESCAPE = re.compile(r"\\(.)")


def parse_addresses(raw: bytes) -> tuple[Address, ...]:
    """The mailboxes of a field in their order; groups are opened, entries without an address are left out."""
    return read_addresses(raw)[0]


def read_addresses(raw: bytes) -> tuple[tuple[Address, ...], bool]:
    """The mailboxes, and whether an address had to be dug out of something that is no address list."""
    # Decoded before it is cut: two-byte characters contain the bytes of < > " and @. Encoded words stay
    # encoded until then, so that nothing inside a display name can become an address.
    text = charsets.decode(raw)[0]
    found: list[Address] = []
    repaired = False
    stray = ""  # "Yamada, Hanako <a@example.com>": the comma of a name nobody quoted
    for name, angle, bare, is_odd in _entries(text):
        address, name, is_repaired = _read_entry(name, angle, bare)
        if not address:
            stray = f"{stray}, {name}" if stray and name else name
            continue
        if stray and angle:
            name = f"{stray}, {name}" if name else stray
        stray = ""
        repaired = repaired or is_repaired or is_odd
        found.append(Address(name, address))
        if len(found) >= _MAX_ADDRESSES:
            break
    if not found:
        rescued = _rescue(text)
        return ((rescued,), True) if rescued else ((), False)
    return tuple(found), repaired


def _read_entry(name: str, angle: str, bare: str) -> tuple[str, str, bool]:
    """Address, clean name, and whether the address was repaired."""
    shown = decode_words(name).strip()
    if len(shown) > 1 and shown[0] == shown[-1] and shown[0] in "'\"":
        shown = shown[1:-1].strip()
    if shown.count('"') == 1:  # never closed
        shown = shown.replace('"', "").strip()
    if angle:
        written = _ROUTE.sub("", angle) if angle.lstrip()[:1] == "@" else angle
        return _checked(written), shown, False
    if "@" in bare:
        written = _AROUND_AT.sub("@", bare.strip())
        if len(written.split()) == 1 or _QUOTED_LOCAL.fullmatch(written):
            address = _checked(written)
            if address:
                return address, shown, False
        # Words around an address without brackets.
        match = _BARE.search(bare)
        return (match.group() if match else ""), shown, True
    return "", shown or decode_words(bare), False


def _checked(written: str) -> str:
    """The address as written, or "" when it cannot be one."""
    address = written.strip()
    if address.lower().startswith("mailto:"):
        address = address[7:]
    local, at, domain = address.rpartition("@")
    if local[:1] == '"' and local[-1:] == '"' and len(local) > 2:
        address = one_line(local) + at + "".join(domain.split())
    else:
        address = "".join(address.split())
        if _UNSAFE.search(address):
            return ""
    local, _, domain = address.rpartition("@")
    if not local or not domain or len(address) > 320 or _NO_DOMAIN.search(domain):
        return ""
    return address


def _rescue(text: str) -> Address | None:
    """The last thing in brackets that looks like an address, also inside an encoded word as a whole."""
    decoded = decode_words(text)
    angles = _LAST_ANGLE.findall(decoded)
    if angles:
        address = _checked(angles[-1])
        name = decoded[: decoded.rfind("<")].strip(" \t\"'")
    else:
        match = _BARE.search(decoded)
        address, name = (match.group() if match else ""), ""
    return Address(name, address) if address else None


def _entries(text: str) -> list[tuple[str, str, str, bool]]:
    """(name, address in brackets, text without brackets, several brackets) of every entry.

    A quote or bracket that never closes is read again as an ordinary character, at most once each.
    """
    literal = ""
    while True:
        entries, open_mark = _scan(text, literal)
        if not open_mark:
            return entries
        literal += open_mark


def _scan(text: str, literal: str) -> tuple[list[tuple[str, str, str, bool]], str]:
    entries: list[tuple[str, str, str, bool]] = []
    words: list[str] = []  # text outside quotes, comments and brackets
    bare: list[str] = []  # the same with quotes kept, for "foo..bar"@example.com
    comments: list[str] = []
    angles: list[str] = []
    last_group_end = text.rfind(";")

    def finish() -> None:
        name = "".join(words).strip()
        comment = " ".join(comments).strip()
        if name or angles or comment:
            without = "".join(bare).strip()
            is_plain = not angles and "@" in without
            shown = comment if is_plain or not name else name
            entries.append((shown, angles[-1] if angles else "", without, len(angles) > 1))
        for store in (words, bare, comments, angles):
            store.clear()

    at, size = 0, len(text)
    while at < size:
        mark = text[at]
        if mark in literal:
            words.append(mark)
            bare.append(mark)
        elif mark == '"':
            end = _end_of(text, at, '"')
            if end < 0:
                return [], mark
            words.append(_UNESCAPE.sub(r"\1", text[at + 1 : end]))
            bare.append(text[at : end + 1])
            at = end
        elif mark == "(":
            end = _end_of_comment(text, at)
            if end < 0:
                return [], mark
            comments.append(_UNESCAPE.sub(r"\1", text[at + 1 : end]))
            at = end
        elif mark == "<":
            end = text.find(">", at)
            if end < 0:
                return [], mark
            angles.append(text[at + 1 : end])
            at = end
        elif mark in ",;":
            finish()
        elif mark == ":" and at < last_group_end and not angles and "@" not in "".join(bare[-40:]):
            for store in (words, bare, comments):
                store.clear()
        else:
            words.append(mark)
            bare.append(mark)
        at += 1
    finish()
    return entries, ""


def _end_of(text: str, at: int, mark: str) -> int:
    end = text.find(mark, at + 1)
    while end > 0 and text[end - 1] == "\\" and text[end - 2 : end] != "\\\\":
        end = text.find(mark, end + 1)
    return end


def _end_of_comment(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "(":
            depth += 1
        elif text[at] == ")":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return -1
