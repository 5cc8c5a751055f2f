"""HTML of a mail as plain text, for mails that bring no text of their own.

A scanner of its own instead of ``html.parser``: that one looks for the same missing ``>`` again and again on
broken input, which takes minutes for a megabyte. Here every search that failed once is not made twice.
"""

from __future__ import annotations

import html
import re

_BLOCK_NAMES = """
    address article aside blockquote center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5
    h6 header hr li main nav ol p pre section table tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "pre", "dl"})
_DROPPED = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in (
        "script",
        "style",
        "title",
        "template",
        "svg",
        "math",
        "noscript",
        "iframe",
        "object",
        "select",
    )
}
_HEAD_END = re.compile(r"</head\s{0,9}>|<body(?=[\s>])", re.IGNORECASE)
_TAG_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:-]{0,30})")
_HREF = re.compile(
    r"""\bhref\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""", re.IGNORECASE
)
_ALT = re.compile(r"""\balt\s{0,9}=\s{0,9}(?:"([^"]{0,300})"|'([^']{0,300})')""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9A-Fa-f]{9,};?")
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]")
_MAX_QUOTE_DEPTH = 8


class _Finder:
    """``str.find`` and ``re.search`` that remember a failure, so that many calls cost one pass."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.missing: dict[object, int] = {}  # from where on there is none

    def find(self, mark: str, at: int) -> int:
        if at >= self.missing.get(mark, at + 1):
            return -1
        found = self.text.find(mark, at)
        if found < 0:
            self.missing[mark] = at
        return found

    def search(self, pattern: re.Pattern[str], at: int) -> int:
        if at >= self.missing.get(pattern, at + 1):
            return -1
        match = pattern.search(self.text, at)
        if match is None:
            self.missing[pattern] = at
            return -1
        return match.start()


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.current: list[str] = []
        self.quote = 0
        self.preformatted = 0
        self.ends_with = ""
        self.pending_space = ""

    def text(self, raw: str) -> None:
        decoded = html.unescape(_LONG_NUMBER.sub("\ufffd", raw)) if "&" in raw else raw
        if self.preformatted:
            first, *others = decoded.replace("\r\n", "\n").split("\n")
            self._put(first)
            for line in others:
                self.line_break()
                self._put(line)
            return
        at = 0
        for match in _SPACE.finditer(decoded):
            self._put(decoded[at : match.start()])
            at = match.end()
            self.pending_space = match.group() if self.current else ""
        self._put(decoded[at:])

    def _put(self, piece: str) -> None:
        if not piece:
            return
        if self.pending_space and self.current:
            # A line break of the source between two Japanese characters is no blank.
            is_inside = "\n" in self.pending_space and _WIDE.match(self.ends_with) and _WIDE.match(piece)
            self.current.append("" if is_inside else " ")
        self.pending_space = ""
        self.current.append(piece.replace("\xa0", " ").replace("\xad", ""))
        self.ends_with = piece[-1]

    def line_break(self) -> None:
        prefix = "> " * min(self.quote, _MAX_QUOTE_DEPTH)
        self.lines.append((prefix + "".join(self.current)).rstrip())
        self.current = []
        self.pending_space = ""

    def block(self, *, spaced: bool) -> None:
        if self.current:
            self.line_break()
        if spaced and self.lines and self.lines[-1].strip("> "):
            self.line_break()


def html_to_text(source: str) -> str:
    """The readable text: blocks become lines, quotes get ``> ``, links keep their target."""
    finder = _Finder(source)
    writer = _Writer()
    links: list[tuple[str, int]] = []
    at, size = 0, len(source)
    while at < size:
        begin = finder.find("<", at)
        if begin < 0:
            break
        writer.text(source[at:begin])
        at = _tag(source, begin, finder, writer, links)
    writer.text(source[at:] if at < size else "")
    writer.line_break()
    return _tidy(writer.lines)


def _tag(source: str, begin: int, finder: _Finder, writer: _Writer, links: list[tuple[str, int]]) -> int:
    """Deal with what starts at ``begin`` and give the place behind it."""
    if source.startswith("<!--", begin):
        end = finder.find("-->", begin + 4)
        return end + 3 if end >= 0 else len(source)
    match = _TAG_NAME.match(source, begin + 1)
    if match is None and source[begin + 1 : begin + 2] not in ("!", "?", "/"):
        writer.text("<")  # 3 < 5
        return begin + 1
    end = _tag_end(source, begin, finder)
    if match is None:
        return end
    name = match[1].lower()
    is_end = source[begin + 1] == "/"
    if not is_end and name in _DROPPED:
        closing = finder.search(_DROPPED[name], end)
        return closing if closing >= 0 else end
    if not is_end and name == "head":
        closing = finder.search(_HEAD_END, end)
        return closing if closing >= 0 else end
    _write_tag(name, is_end, source[begin:end], writer, links)
    return end


def _tag_end(source: str, begin: int, finder: _Finder) -> int:
    end = finder.find(">", begin)
    if end < 0:
        return len(source)
    inside = source[begin : min(end, begin + 4000)]
    for quote in "\"'":
        # A > inside a quoted attribute: go on to the closing quote, and to the > behind it.
        # An apostrophe that opens no value (title=it's) is only a sign.
        if inside.count(quote) % 2 and inside[: inside.rfind(quote)].rstrip().endswith("="):
            closing = finder.find(quote, end)
            after = finder.find(">", closing) if 0 <= closing < end + 4000 else -1
            return after + 1 if after >= 0 else end + 1
    return end + 1


def _write_tag(name: str, is_end: bool, tag: str, writer: _Writer, links: list[tuple[str, int]]) -> None:
    if name == "br":
        writer.line_break()
    elif name == "a":
        _link(is_end, tag, writer, links)
    elif name == "img":
        found = _ALT.search(tag)
        writer.text((found[1] or found[2] or "") if found else "")
    elif name in ("td", "th"):
        writer.pending_space = " "
    elif name in _BLOCKS:
        writer.block(spaced=name in _SPACED and name != "blockquote")
        if name == "blockquote":
            writer.quote = max(writer.quote + (-1 if is_end else 1), 0)
        elif name == "pre":
            writer.preformatted = max(writer.preformatted + (-1 if is_end else 1), 0)
        elif name == "li" and not is_end:
            writer.text("-")
            writer.pending_space = " "


def _link(is_end: bool, tag: str, writer: _Writer, links: list[tuple[str, int]]) -> None:
    if not is_end:
        found = _HREF.search(tag)
        target = html.unescape(_LONG_NUMBER.sub("", found[1] or found[2] or found[3] or "")) if found else ""
        links.append(("".join(target.split()), len(writer.current)))
    elif links:
        target, since = links.pop()
        shown = "".join(writer.current[since:]).strip()
        if target.lower().startswith(("http://", "https://")) and shown.rstrip("/") not in _spellings(target):
            writer.text(
                f" ({html.escape(target, quote=False)})" if shown else html.escape(target, quote=False)
            )


def _spellings(target: str) -> tuple[str, str]:
    bare = target.rstrip("/")
    return bare, bare.partition("://")[2]


def _tidy(lines: list[str]) -> str:
    out: list[str] = []
    for line in lines:
        if line.strip("> ") or (out and out[-1].strip("> ")):
            out.append(line)
    while out and not out[-1].strip("> "):
        out.pop()
    return "\n".join(out)
