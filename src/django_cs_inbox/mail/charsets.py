"""Bytes of a stranger's mail into text: every label, no label, or the wrong one.

Labels are a hint. What the bytes themselves prove (an escape sequence, strict UTF-8) goes first, then the
label, then a guess that was measured on Japanese text, and nothing is ever refused.
"""

from __future__ import annotations

import codecs
import re

from .jis import decode_euc, decode_iso2022, looks_like_iso2022

_REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_KANA = re.compile("[\u3041-\u30ff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_NOT_KANA_BYTE = re.compile(rb"[\x80-\xa0\xe0-\xff]")
_HIGH_BYTES = bytes(range(0x80, 0x100))

_FAMILIES = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode-2-0-utf-8 x-utf-8 utf-8n cesu-8 utf8mb4 65001",
    "iso-2022-jp": "iso-2022-jp iso2022jp iso-2022-jp-ms cp50220 cp50221 cp50222 x-cp50220 x-cp50221 "
    "x-windows-iso2022jp x-windows-50220 x-windows-50221 windows-50220 windows-50221 csiso2022jp jis "
    "x-iso-2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-2004 iso-2022-jp-ext csiso2022jp2",
    "euc-jp": "euc-jp eucjp x-euc-jp x-eucjp ujis eucjp-ms eucjp-win euc-jp-ms cp51932 x-cp51932 "
    "windows-51932 x-euc cseucpkdfmtjapanese euc-jis-2004 euc-jisx0213 euc-jp-ascii",
    # shift_jis_2004 reads 髙 and 﨑 as other characters without a word, so every spelling is cp932.
    "cp932": "shift-jis shiftjis sjis x-sjis x-shift-jis ms-kanji csshiftjis cp932 cp943 cp943c cp942 ms932 "
    "mskanji windows-932 windows-31j cswindows31j x-ms-cp932 x-ms932 shift-jis-2004 shift-jisx0213 sjis-win "
    "shift-jis-ms x-sjis-cp932 932",
    "gb18030": "gb2312 gb-2312 gb2312-80 gb-2312-80 gbk cp936 x-gbk gb18030 windows-936 "
    "csgb2312 euc-cn x-euc-cn 936",
    "cp949": "ks-c-5601 ks-c-5601-1987 ks-c-5601-1989 ksc5601 ksc-5601 korean euc-kr euckr cp949 uhc "
    "x-windows-949 windows-949 949 cseuckr",
    "big5hkscs": "big5 x-x-big5 big5-hkscs cp950 big5-tw csbig5 cn-big5",
    "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 l1 windows-1252 cp1252 x-cp1252 iso-ir-100 ansi",
    # Says nothing about eight-bit bytes, so these are guessed.
    "": "us-ascii ascii ansi-x3.4-1968 iso-646 unknown-8bit x-unknown unknown default none binary 8bit 7bit "
    "x-user-defined iso-8859-8bit",
}
_ALIASES = {alias: family for family, aliases in _FAMILIES.items() for alias in aliases.split()}
#: Not character sets of text, or slow beyond all measure on hostile input.
_REFUSED = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})


def decode(data: bytes, charset: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of the bytes and what had to be repaired. Never raises; newlines stay as they came."""
    defects: list[str] = []
    text = _decode(data, charset, defects)
    if text.startswith("\ufeff"):
        text = text[1:]
    cleaned = _UNSTORABLE.sub("", text)
    if len(cleaned) != len(text):
        defects.append("NUL or broken characters removed")
    if _REPLACEMENT in cleaned:
        defects.append("unreadable characters")
    return cleaned, tuple(defects)


def family_of(charset: str) -> str | None:
    """Our name for a label, ``""`` for one that says nothing, None for an unknown one."""
    label = charset.strip(" \t\r\n\"'").lower().replace("_", "-").partition(";")[0].rstrip()
    if not label:
        return ""
    known = _ALIASES.get(label)
    if known is not None:
        return known
    if len(label) > 40 or not label.isascii() or "\x00" in label:
        return None
    try:
        name = codecs.lookup(label).name
        if name.replace("-", "_") in _REFUSED:
            return None
        # Settles the transforms (base64, zlib …), which are no text encodings.
        b"a".decode(name, "replace")
    except LookupError:
        return None
    return name


def _decode(data: bytes, charset: str, defects: list[str]) -> str:
    family = family_of(charset)
    if family is None:
        defects.append(f"unknown charset {charset.strip()[:40]!a}")
        family = ""
    if family.startswith(("utf-16", "utf-32")):
        return data.decode(family, "replace")
    if looks_like_iso2022(data) or (family == "iso-2022-jp" and (b"\x1b" in data or _is_shifted_kana(data))):
        if family not in ("iso-2022-jp", ""):
            defects.append(f"labelled {family}, read as iso-2022-jp")
        return decode_iso2022(data, lambda run: _guess(run)[0])[0]
    if data.isascii() and family in ("", "utf-8", "iso-2022-jp", "euc-jp", "cp932", "cp1252"):
        return data.decode("ascii")
    if family in ("", "iso-2022-jp"):
        text, found = _guess(data)
        if family:
            defects.append(f"labelled {family}, read as {found}")
        return text
    return _decode_labelled(data, family, defects)


def _is_shifted_kana(data: bytes) -> bool:
    return data.isascii() and b"\x0e" in data


def _decode_labelled(data: bytes, family: str, defects: list[str]) -> str:
    text, clean = _try(data, family)
    other: tuple[str, str] | None = None
    if family == "cp932" and clean:
        # Japanese UTF-8 is sometimes valid cp932 by chance, never the other way round once kana is in it.
        as_utf8 = _strict(data, "utf-8")
        other = (as_utf8, "utf-8") if as_utf8 and _KANA.search(as_utf8) else _disguised_euc(data, text)
    elif family == "cp1252":
        # What old web forms and mailers wrote on anything. European text is mostly ASCII; Japanese is not.
        as_utf8 = _strict(data, "utf-8")
        if as_utf8 is not None:
            other = (as_utf8, "utf-8")
        elif len(data) - len(data.translate(None, _HIGH_BYTES)) > len(data) // 3:
            other = _guess(data)
    elif not clean and not (family == "utf-8" and _is_mostly_utf8(data, text)):
        guessed = _guess(data)
        other = guessed if guessed[1] != "latin-1" else None
    if other is None or other[1] == "latin-1":
        return text
    defects.append(f"labelled {family}, read as {other[1]}")
    return other[0]


def _try(data: bytes, family: str) -> tuple[str, bool]:
    if family == "euc-jp":
        return decode_euc(data)
    strict = _strict(data, family)
    return (strict, True) if strict is not None else (data.decode(family, "replace"), False)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _disguised_euc(data: bytes, text: str) -> tuple[str, str] | None:
    """Kana of EUC-JP read as cp932 gives a half-width comma or dot before every second sign."""
    if _KANA.search(text) or not ("､" in text or "･" in text):
        return None
    as_euc, clean = decode_euc(data)
    return (as_euc, "euc-jp") if clean and _KANA.search(as_euc) else None


def _is_mostly_utf8(data: bytes, text: str) -> bool:
    """True when a few broken bytes (a cut character, a stray byte) spoil what is UTF-8 otherwise."""
    broken = text.count(_REPLACEMENT)
    if broken == 1 and text.endswith(_REPLACEMENT) and data[-3:-1] and not data[-1:].isascii():
        return True
    return sum(1 for character in text if character > "\x7f") - broken >= broken


def _guess(data: bytes) -> tuple[str, str]:
    """Text and codec of unlabelled bytes: the order with the fewest misses on Japanese mail."""
    as_utf8 = _strict(data, "utf-8")
    if as_utf8 is not None:
        return as_utf8, "utf-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), "utf-16"
    if _is_kana_only(data):
        return data.decode("cp932", "replace"), "cp932"
    text, clean = decode_euc(data)
    if clean:
        return text, "euc-jp"
    strict = _strict(data, "cp932")
    if strict is not None:
        return strict, "cp932"
    # A single broken character must not turn the whole mail into signs nobody can read.
    for codec in ("utf-8", "cp932"):
        loose = data.decode(codec, "replace")
        japanese = sum(1 for character in loose if character > "\u2fff" and character < _REPLACEMENT)
        if japanese > 8 * loose.count(_REPLACEMENT):
            return loose, codec
    return data.decode("latin-1"), "latin-1"


def _is_kana_only(data: bytes) -> bool:
    """True for half-width kana of Shift_JIS, which EUC-JP would read as rare kanji.

    Kana of EUC-JP can lie in the same range, but there every first byte is 0xA4, 0xA5 or, for 、。, 0xA1.
    """
    if _NOT_KANA_BYTE.search(data):
        return False
    runs: list[bytes] = _HIGH_RUN.findall(data)
    return any(len(run) % 2 or run[::2].translate(None, b"\xa1\xa4\xa5") for run in runs)
