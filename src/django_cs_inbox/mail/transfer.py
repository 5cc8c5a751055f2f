"""Content-Transfer-Encoding, read with patience: what can be decoded is decoded, nothing raises."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)
_PADDING = re.compile(rb"=+")
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=\s]")
_PROSE = re.compile(rb"[A-Za-z0-9+/][ \t]+[A-Za-z0-9+/]")
_SOFT_BREAK = re.compile(rb"=[ \t]{0,8}(?:\r\n|\r|\n)")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)
_PLAIN = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none"})


def decode_transfer(data: bytes, encoding: str) -> tuple[bytes, tuple[str, ...]]:
    """The content of a part and what had to be repaired."""
    name = encoding.strip(" \t\"'").lower().partition(";")[0].strip()
    if name in _PLAIN:
        return data, ()
    if name == "quoted-printable":
        return decode_quoted_printable(data), ()
    if name == "base64":
        if _is_not_base64(data):
            return data, ("labelled base64, but is not",)
        return decode_base64(data), ()
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return decode_uu(data), ()
    return data, (f"unknown transfer encoding {name[:40]!a}",)


def decode_base64(data: bytes) -> bytes:
    """Base64 with line noise, missing padding, several pieces in a row or a plain footer behind its end."""
    out = bytearray()
    for at, chunk in enumerate(_PADDING.split(data)):
        if at and (_FOREIGN.search(chunk) or _PROSE.search(chunk) or len(chunk.strip()) < 2):
            break  # behind the padding only more base64 is content; a mailing list's footer is not
        clean = chunk.translate(None, _NOT_BASE64)
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        out += binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    return bytes(out)


def decode_quoted_printable(data: bytes) -> bytes:
    """Soft breaks are joined first: the standard decoder loses a line behind a bare carriage return."""
    return binascii.a2b_qp(_SOFT_BREAK.sub(b"", data))


def decode_uu(data: bytes) -> bytes:
    """The first uuencoded file in the bytes, or the bytes as they are."""
    begin = _UU_BEGIN.search(data)
    if begin is None:
        return data
    out = bytearray()
    for line in data[begin.end() :].splitlines():
        if line.rstrip() in (b"end", b"`", b""):
            break
        out += _uu_line(line)
    return bytes(out)


def _uu_line(line: bytes) -> bytes:
    length = (line[0] - 32) & 63
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Trailing blanks got lost or were added on the way; the first byte says how much counts.
        needed = (length + 2) // 3 * 4
        body = line[1 : 1 + needed].ljust(needed, b" ")
        try:
            return binascii.a2b_uu(line[:1] + body)
        except binascii.Error:
            return b""


def _is_not_base64(data: bytes) -> bool:
    head = data[:4096]
    return len(_FOREIGN.findall(head)) > len(head) // 20
