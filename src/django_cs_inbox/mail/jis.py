"""ISO-2022-JP and EUC-JP as Japanese mailers really write them (CP50220/CP50221, CP51932, eucJP-ms).

No codec of Python reads NEC row 13 (①㈱) or the IBM extensions (髙﨑) behind ``ESC $ B``, and the EUC codec
refuses the same rows. Both are Shift_JIS (cp932) cells in other clothes, so a table of 94 x 94 cells made
from cp932 reads them all, and with the same result as cp932 (full-width hyphen and wave dash as typed).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

#: Marks that change the character set, and the line ends where RFC 1468 resets it.
_TOKEN = re.compile(
    rb"\x1b\$\([@BDOPQ]|\x1b\$[@B]|\x1b\([BJHI]|\x1b&@|[\x0e\x0f]|\r?\n|\r"
    rb"|\x1b\$(?P<web>[GEFOPQ](?:[\x21-\x7e]{1,40})\x0f)"
)
#: What proves ISO-2022-JP, whatever the label says.
_ESCAPE = re.compile(rb"\x1b\$\(?[@B]|\x1b\$\([DOPQ]|\x1b\(I")
#: Escapes of the wider family, which a codec of Python reads well when the mail is clean.
_WIDER = ((b"\x1b$A", "iso2022_jp_2"), (b"\x1b$(C", "iso2022_jp_2"), (b"\x1b.", "iso2022_jp_2"))
_WIDER_2004 = (b"\x1b$(O", b"\x1b$(P", b"\x1b$(Q")
_CARRIED_ON = re.compile(rb"(?:[\x21-\x7e]{2})+(?=\x1b|[\r\n]|\Z)")
_EUC = re.compile(
    rb"(?P<ascii>[\x00-\x7f]+)|(?P<pair>(?:[\xa1-\xfe][\xa1-\xfe])+)"
    rb"|(?P<kana>(?:\x8e[\xa1-\xdf])+)|(?P<third>\x8f[\xa1-\xfe][\xa1-\xfe])|(?P<bad>.)",
    re.DOTALL,
)
#: A carrier's pictogram that has no Unicode twin here; the character Japanese phones show for it.
_GETA = "〓"
_REPLACEMENT = "\ufffd"
EightBit = Callable[[bytes], str]
_SEVEN_BITS = bytes(byte & 0x7F for byte in range(256))
_EIGHTH_BIT = bytes(byte | 0x80 for byte in range(256))


def looks_like_iso2022(data: bytes) -> bool:
    """True when an escape sequence of ISO-2022-JP is in the bytes."""
    return b"\x1b" in data and _ESCAPE.search(data) is not None


@lru_cache(maxsize=1)
def _cells() -> dict[tuple[int, int], str]:
    """Every cell of the 94 x 94 table by its two seven-bit bytes, read through cp932."""
    table: dict[tuple[int, int], str] = {}
    for row in range(0x21, 0x7F):
        lead = (row - 0x21) // 2 + 0x81
        lead += 0x40 if lead > 0x9F else 0
        for column in range(0x21, 0x7F):
            odd = 0x20 if column >= 0x60 else 0x1F
            trail = column + (odd if row % 2 else 0x7E)
            table[row, column] = bytes((lead, trail)).decode("cp932", "replace")[:1]
    return table


@lru_cache(maxsize=1)
def _ibm_cells() -> dict[bytes, str]:
    """The 106 IBM extensions that eucJP-ms keeps in the third plane (8F F3 F3 to 8F F4 FE).

    They stand there in the order of cp932, without those that another cell of EUC already holds.
    """
    found: list[str] = []
    for lead in (0xFA, 0xFB, 0xFC):
        for trail in range(0x40, 0xFD):
            if trail == 0x7F or (lead == 0xFC and trail > 0x4B):
                continue
            character = bytes((lead, trail)).decode("cp932")
            # № is the one sign that stands in both places.
            if character in "￢￤∵" or (character != "№" and _is_in_jis0212(character)):
                continue
            found.append(character)
    places = [bytes((0x8F, 0xF3, trail)) for trail in range(0xF3, 0xFF)]
    places += [bytes((0x8F, 0xF4, trail)) for trail in range(0xA1, 0xFF)]
    return dict(zip(places, found, strict=True))


def _is_in_jis0212(character: str) -> bool:
    try:
        return len(character.encode("euc_jp")) == 3
    except UnicodeEncodeError:
        return False


def _pairs(run: bytes) -> str:
    cells = _cells()
    text = "".join([cells.get(pair, _REPLACEMENT) for pair in zip(run[::2], run[1::2], strict=False)])
    return text + _REPLACEMENT * (len(run) % 2)


def _third_plane(triple: bytes) -> str:
    known = _ibm_cells().get(triple)
    return known if known is not None else triple.decode("euc_jp", "replace")[:1]


def decode_euc(data: bytes) -> tuple[str, bool]:
    """The text, and whether every byte had its place."""
    out: list[str] = []
    for match in _EUC.finditer(data):
        run = match.group()
        kind = match.lastgroup
        if kind == "ascii":
            out.append(run.decode("ascii"))
        elif kind == "pair":
            out.append(_pairs(run.translate(_SEVEN_BITS)))
        elif kind == "kana":
            out.append(run.replace(b"\x8e", b"").decode("cp932"))
        elif kind == "third":
            out.append(_third_plane(run))
        else:
            out.append(_REPLACEMENT)
    text = "".join(out)
    return text, _REPLACEMENT not in text


def decode_iso2022(data: bytes, guess: EightBit) -> tuple[str, bool]:
    """The text, and whether every byte had its place. ``guess`` reads stray eight-bit runs."""
    wider = _decode_wider(data)
    if wider is not None:
        return wider, True
    out: list[str] = []
    graphic = "B"  # what the bytes mean now; the names are the final letters of the escapes
    shifted = False  # between SO and SI: half-width kana
    at = 0
    for match in _TOKEN.finditer(data):
        out.append(_segment(data[at : match.start()], "I" if shifted else graphic, guess))
        at = match.end()
        mark = match.group()
        if match.group("web"):
            out.append(_GETA * (len(mark) - 4))
        elif mark == b"\x0e":
            shifted = True
        elif mark == b"\x0f":
            shifted = False
        elif mark[:1] in b"\r\n":
            out.append(mark.decode("ascii"))
            if not _carries_on(data, at, graphic):
                graphic, shifted = "B", False
        elif mark != b"\x1b&@":
            final = mark[-1:].decode("ascii")
            graphic = "$" + ("D" if final in "DP" else "B") if mark[1:2] == b"$" else final
    out.append(_segment(data[at:], "I" if shifted else graphic, guess))
    text = "".join(out)
    return text, _REPLACEMENT not in text


def _carries_on(data: bytes, at: int, graphic: str) -> bool:
    """True when a line that ended inside two-byte text goes on in it.

    RFC 1468 says it may not, some mailers do it all the same. Taken as such only when the next line fits in
    pairs and starts with kana, so that a plain English line is never swallowed.
    """
    if graphic != "$B" or data[at : at + 1] not in (b"$", b"%"):
        return False
    return _CARRIED_ON.match(data, at) is not None


def _segment(run: bytes, graphic: str, guess: EightBit) -> str:
    if not run:
        return ""
    if graphic == "$B":
        return _pairs(run.translate(_SEVEN_BITS)) if b" " not in run else _loose_pairs(run)
    if graphic == "$D":
        eight = run.translate(_EIGHTH_BIT)
        return "".join(_third_plane(b"\x8f" + eight[at : at + 2]) for at in range(0, len(eight), 2))
    if graphic == "I":
        return run.translate(_EIGHTH_BIT).decode("cp932", "replace")
    text = run.decode("ascii") if run.isascii() else guess(run)
    # In JIS X 0201 the backslash's place shows a yen sign, and the writer saw one. Its overline was typed as
    # a tilde, and stays one: it stands in web addresses.
    return text.replace("\\", "¥") if graphic in "JH" else text


def _loose_pairs(run: bytes) -> str:
    """Two-byte text with blanks in it, which some mailers put there by re-wrapping."""
    parts = re.split(rb"([ \t]+)", run)
    return "".join(
        part.decode("ascii") if at % 2 else _pairs(part.translate(_SEVEN_BITS))
        for at, part in enumerate(parts)
    )


def _decode_wider(data: bytes) -> str | None:
    codecs = [codec for mark, codec in _WIDER if mark in data]
    codecs += ["iso2022_jp_2004", "iso2022_jp_3"] if any(mark in data for mark in _WIDER_2004) else []
    for codec in codecs:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return None
