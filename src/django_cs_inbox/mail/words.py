"""Encoded words (RFC 2047) as they are really written, and raw Japanese in headers."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from . import charsets
from .transfer import decode_base64

_START = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?")
_WORD_END = re.compile(r"\s|\Z")
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


@dataclass(slots=True)
class _Word:
    charset: str
    is_base64: bool
    content: str


def decode_text(raw: bytes) -> str:
    """An unstructured header (a subject) as one clean line."""
    return decode_words(charsets.decode(raw)[0])


def decode_words(text: str) -> str:
    """Text whose raw bytes are decoded already, with its encoded words read; one line, no controls."""
    return one_line(_join(_scan(text))) if "=?" in text else one_line(text)


def one_line(text: str) -> str:
    """Line breaks and tabs become blanks, other control characters go."""
    return _CONTROLS.sub("", _BREAKS.sub(" ", text)).strip()


def _scan(text: str) -> list[str | _Word]:
    """Literals and encoded words in their order. Linear: an end mark is looked for once, not once a start."""
    found: list[str | _Word] = []
    at = 0
    end = -1
    match = _START.search(text)
    while match is not None:
        begin = match.end()
        if end < begin:
            end = text.find("?=", begin)
            end = len(text) if end < 0 else end
        following = _START.search(text, begin, end)
        if following is not None and "?" not in text[begin : following.start()].rstrip("="):
            stop = following.start()
            if text[begin:stop].strip():  # a word whose end mark is missing
                found += [text[at : match.start()], _word(match, text[begin:stop])]
                at = stop
            match = following
            continue
        stop = end
        if end == len(text):  # cut off by a length limit somewhere on the way
            cut = _WORD_END.search(text, begin)
            stop = cut.start() if cut else end
        found += [text[at : match.start()], _word(match, text[begin:stop])]
        at = min(stop + 2, len(text)) if end < len(text) else stop
        match = _START.search(text, at)
    found.append(text[at:])
    return found


def _word(match: re.Match[str], content: str) -> _Word:
    # RFC 2231 allows a language behind the charset: =?utf-8*ja?B?…
    return _Word(match.group(1).partition("*")[0].lower(), match.group(2) in "bB", content)


def _join(items: list[str | _Word]) -> str:
    """Neighbouring words lose the blank between them and, in one charset, are decoded as one.

    Mailers cut long names in the middle of a character, some even in the middle of a base64 group.
    """
    out: list[str] = []
    pending: list[_Word] = []
    for at, item in enumerate(items):
        if isinstance(item, _Word):
            if pending and pending[-1].charset != item.charset:
                out.append(_decode_run(pending))
                pending = []
            pending.append(item)
        elif item.strip() or not pending or at == len(items) - 1:
            if pending:
                out.append(_decode_run(pending))
                pending = []
            out.append(item)
    return "".join(out)


def _decode_run(words: list[_Word]) -> str:
    data = bytearray()
    carry = ""
    for word in words:
        if not word.is_base64:
            data += decode_base64(carry.encode("ascii", "ignore")) if carry else b""
            carry = ""
            data += _decode_q(word.content)
            continue
        content = carry + "".join(word.content.split())
        carry = ""
        if len(content) % 4 and "=" not in content and word is not words[-1]:
            carry = content
        else:
            data += decode_base64(content.encode("ascii", "ignore"))
    return charsets.decode(bytes(data), words[0].charset)[0]


def _decode_q(content: str) -> bytes:
    # a2b_qp with header=True also reads "_"; what is not ASCII came in raw and is kept.
    return binascii.a2b_qp(content.encode("utf-8", "replace"), header=True)
