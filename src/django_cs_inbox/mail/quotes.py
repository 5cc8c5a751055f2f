"""Which lines of a mail are somebody else's, for display only: the full text is always kept and searched.

Japanese mailers quote in ways no library on PyPI reads. When unsure, nothing is hidden: an order number that
the staff does not see costs more than a long page.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import quotepatterns as p
from .types import TextPiece, TextSplit

__all__ = ["new_text", "split"]

_WRAPPED = 4  # lines over which a long introduction is broken
_BLOCK = 9  # lines of a copied header block
_MAX_LINES = 10_000  # what comes later is a quote when the last line before it is one


def split(text: str, *, subject: str = "") -> TextSplit:
    """The text in pieces, quoted or not. Joined they are the text; something of it is always left unquoted.

    ``subject`` helps to tell a forwarded mail, which stays visible, from an answer.
    """
    lines = text.splitlines(keepends=True)
    is_forward = p.FORWARD_SUBJECT.match(subject) is not None
    marks = _Marker([line.rstrip("\r\n") for line in lines[:_MAX_LINES]], is_forward).read()
    marks += marks[-1:] * (len(lines) - len(marks))
    if not any(not is_quote and line.strip() for line, is_quote in zip(lines, marks, strict=True)):
        marks = [False] * len(lines)
    pieces: list[TextPiece] = []
    begin = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or marks[at] != marks[begin]:
            pieces.append(TextPiece("".join(lines[begin:at]), marks[begin]))
            begin = at
    return TextSplit(tuple(pieces))


def new_text(text: str, *, subject: str = "") -> str:
    """What the writer added: the pieces that are no quote."""
    return "".join(piece.text for piece in split(text, subject=subject).pieces if not piece.is_quote).strip()


class _Marker:
    def __init__(self, lines: Sequence[str], is_forward: bool) -> None:
        self.lines = lines
        self.is_forward = is_forward
        self.is_quote = [False] * len(lines)
        self.is_marked = self._marked_lines()

    def read(self) -> list[bool]:
        """True for every quoted line."""
        own = False  # the writer has said something above
        prefixed = 0  # marked lines without an introduction
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if not line.strip() or len(line) > p.MAX_LINE:
                own = own or bool(line.strip())
                at += 1
                continue
            if p.FORWARD.match(line):
                break  # what was forwarded is what the writer wants to be read
            opening = self._opening(at)
            if opening and not self.is_marked[at]:
                body = self._skip_blank(at + opening)
                if body < len(self.lines) and self.is_marked[body]:
                    self._quote(at, body)
                    at = self._quote_marked(body)
                    continue
                if own and not self._is_meant_to_be_read(at):
                    at = self._quote_rest(at, body)
                    continue
            if self.is_marked[at]:
                after = self._quote_marked(at)
                prefixed += after - at
                at = after
                continue
            own = True
            at += 1
        if prefixed == 1:
            self._free_lonely_mark()
        self._quote_blank_lines()
        return self.is_quote

    def _marked_lines(self) -> list[bool]:
        """Lines with ``>`` in front, or with the same name and ``>`` at least twice."""
        named: dict[str, int] = {}
        names: list[str] = []
        for line in self.lines:
            match = p.NAME_MARK.match(line)
            names.append(match[1] if match else "")
            if match:
                named[match[1]] = named.get(match[1], 0) + 1
        return [
            (p.MARK.match(line) is not None and p.ARROWS.match(line[: p.MAX_LINE]) is None)
            or named.get(name, 0) > 1
            for line, name in zip(self.lines, names, strict=True)
        ]

    def _opening(self, at: int) -> int:
        """How many lines from here announce a quote; 0 when they announce none."""
        line = self.lines[at]
        if p.SEPARATOR.match(line) or p.RULED_WROTE.match(line):
            return 1 + self._header_block(self._skip_blank(at + 1), separated=True)
        if p.RULE.match(line):
            below = self._skip_blank(at + 1)
            block = self._header_block(below, separated=True) if below - at <= 2 else 0
            return block + below - at if block else 0
        return self._header_block(at, separated=False) or self._attribution(at)

    def _header_block(self, at: int, *, separated: bool) -> int:
        """Length of a copied header (差出人, 送信日時, 宛先, 件名); 0 when it is none.

        Without a line above it must have sender, date and subject or recipient: customers write 差出人 and
        宛先 of a parcel, too.
        """
        found: set[str] = set()
        end = at
        for place in range(at, min(at + _BLOCK, len(self.lines))):
            line = self.lines[place]
            match = p.LABEL.match(line[: p.MAX_LINE])
            if match is not None and match.lastgroup:
                if not found and match.lastgroup not in ("from", "date", "subject", "to"):
                    break
                found.add(match.lastgroup)
                end = place + 1
            elif not line.strip() or place - end > 1 or not found:
                break  # a long list of recipients goes on over a line or two
        if "from" not in found or len(found) < (2 if separated else 3):
            return 0
        is_complete = "date" in found and (found & {"subject", "to"})
        if not separated and not (is_complete and self._has_mail_facts(at, end)):
            return 0
        # A mailer leaves a line blank here; somebody who tells of a mail goes straight on.
        if not separated and end < len(self.lines) and self.lines[end].strip():
            return 0
        return end - at

    def _has_mail_facts(self, at: int, end: int) -> bool:
        block = "\n".join(line[: p.MAX_LINE] for line in self.lines[at:end])
        return p.CLOCK.search(block) is not None or p.ADDRESS.search(block) is not None

    def _attribution(self, at: int) -> int:
        """Length of ``2026年11月21日(土) 12:34 name <address>:`` and its kin, also broken over lines."""
        joined = ""
        for count in range(1, _WRAPPED + 1):
            place = at + count - 1
            if place >= len(self.lines) or not self.lines[place].strip() or self.is_marked[place]:
                return 0
            joined = f"{joined} {self.lines[place].strip()}" if joined else self.lines[place].strip()
            if len(joined) > p.MAX_LINE or (count == 1 and not self._may_begin(joined)):
                return 0
            if self._is_attribution(joined, at + count):
                return count
        return 0

    def _may_begin(self, line: str) -> bool:
        has_day = p.DAY.search(line) is not None
        return (
            has_day
            or p.ADDRESS.search(line) is not None
            or p.WROTE.search(line) is not None
            or line.startswith("On ")
        )

    def _is_attribution(self, joined: str, below: int) -> bool:
        if p.PROSE.search(joined):
            return False
        has_day = p.DAY.search(joined) is not None
        has_address = p.ADDRESS.search(joined) is not None
        if p.WROTE.search(joined):
            if has_day or (has_address and p.WROTE_WORD.search(joined) is not None):
                return True
            # Only a name: the marks below must say the rest.
            return self._is_followed_by_mark(below)
        if not p.COLON.search(joined) or not has_day:
            return False
        has_clock = p.CLOCK.search(joined) is not None
        return has_clock and (has_address or self._is_followed_by_mark(below))

    def _is_followed_by_mark(self, at: int) -> bool:
        at = self._skip_blank(at)
        return at < len(self.lines) and self.is_marked[at]

    def _is_meant_to_be_read(self, at: int) -> bool:
        above = self.lines[max(at - 8, 0) : at]
        return self.is_forward or any(p.FORWARD_WORDS.search(line[: p.MAX_LINE]) for line in above)

    def _quote(self, begin: int, end: int) -> None:
        self.is_quote[begin:end] = [True] * (end - begin)

    def _quote_marked(self, at: int) -> int:
        begin = at
        while at < len(self.lines) and self.is_marked[at]:
            at += 1
        self._quote(begin, at)
        return at

    def _quote_rest(self, at: int, body: int) -> int:
        """Everything below an introduction is old, unless the marks show which lines are."""
        marked = sum(self.is_marked[body:])
        plain = sum(1 for place in range(body, len(self.lines)) if self.lines[place].strip()) - marked
        if marked > plain:
            self._quote(at, body)
            return body
        self._quote(at, len(self.lines))
        return len(self.lines)

    def _skip_blank(self, at: int) -> int:
        while at < len(self.lines) and not self.lines[at].strip():
            at += 1
        return at

    def _free_lonely_mark(self) -> None:
        """One single ``>`` line that nothing announces may be the writer's own emphasis."""
        if sum(self.is_quote) == 1:
            self.is_quote = [False] * len(self.lines)

    def _quote_blank_lines(self) -> None:
        """Blank lines between two quoted lines, and behind the last one, belong to the quote."""
        before = False
        at = 0
        while at < len(self.lines):
            if self.lines[at].strip():
                before = self.is_quote[at]
                at += 1
                continue
            end = self._skip_blank(at)
            if before and (end == len(self.lines) or self.is_quote[end]):
                self._quote(at, end)
            at = end
