"""Encoders for what Japanese mailers send and no codec of Python writes; apart from the code under test."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from pathlib import Path

MAILS = Path(__file__).parent.parent / "mails"


def sample(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


@cache
def _places() -> dict[str, bytes]:
    """Row and column of every character, NEC's rows included; the lower place wins."""
    places: dict[str, bytes] = {}
    for row in range(1, 95):
        first = (row - 1) // 2 + (0x81 if row < 63 else 0xC1)
        for cell in range(1, 95):
            second = cell + 0x9E if row % 2 == 0 else cell + 0x3F + (cell > 63)
            try:
                character = bytes((first, second)).decode("cp932")
            except UnicodeDecodeError:
                continue
            places.setdefault(character, bytes((row + 0x20, cell + 0x20)))
    return places


def cp50221(text: str, *, roman: bool = False) -> bytes:
    out, mode = bytearray(), b"\x1b(B"
    ascii_mode = b"\x1b(J" if roman else b"\x1b(B"
    for character in text:
        if character in "\r\n":
            wanted, data = b"\x1b(B", character.encode()
        elif character < "\x80":
            wanted, data = ascii_mode, character.encode()
        elif "\uff61" <= character <= "\uff9f":
            wanted, data = b"\x1b(I", bytes((ord(character) - 0xFF61 + 0x21,))
        else:
            wanted, data = b"\x1b$B", _places()[character]
        if wanted != mode:
            out += wanted
            mode = wanted
        out += data
    return bytes(out + (b"" if mode == b"\x1b(B" else b"\x1b(B"))


def cp51932(text: str) -> bytes:
    out = bytearray()
    for character in text:
        if character < "\x80":
            out += character.encode()
        elif "\uff61" <= character <= "\uff9f":
            out += bytes((0x8E, ord(character) - 0xFF61 + 0xA1))
        else:
            out += bytes(byte | 0x80 for byte in _places()[character])
    return bytes(out)


ENCODERS = {
    "iso-2022-jp": cp50221,
    "cp50221": cp50221,
    "euc-jp": cp51932,
    "x-sjis": lambda text: text.encode("cp932"),
    "utf-8": lambda text: text.encode(),
}


def encode(text: str, charset: str) -> bytes:
    return ENCODERS[charset](text)


def word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{b64encode(encode(text, charset)).decode()}?="
