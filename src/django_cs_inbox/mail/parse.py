"""A raw mail into a ``ParsedMail``. Takes anything, never raises, and says what it had to repair or cut."""

from __future__ import annotations

import html
import re

from . import charsets, headers
from .flowed import unflow
from .htmltext import html_to_text
from .limits import Limits
from .mime import Part, Walker
from .names import clean_name, name_for
from .types import Address, ParsedAttachment, ParsedMail

__all__ = ["Limits", "parse"]

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
#: Some relays turn every line end into two carriage returns and a newline.
_LINE_END = re.compile(r"\r{1,2}\n|\r")
#: Alternatives that repeat the text for other programs; the reader gets nothing new from them.
_REPETITIONS = frozenset({"text/x-amp-html", "text/watch-html"})
_DEFAULT_LIMITS = Limits()


def parse(raw: bytes, *, limits: Limits = _DEFAULT_LIMITS) -> ParsedMail:
    """Everything a mail says, decoded, at a cost bounded by ``limits``.

    The text has ``\\n`` line ends and no blank lines at its edges.
    """
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")  # old Macintosh line ends, all through
    walker = Walker(raw, limits)
    root = walker.read()
    body = _Body(walker)
    body.read(root, is_root=True)
    text, markup = body.text_and_html()
    block = root.headers
    author, is_doubtful = _author(block.every("from"))
    ids = headers.parse_message_ids(block.first("message-id"))
    return ParsedMail(
        message_id=ids[0] if ids else "",
        in_reply_to=headers.parse_message_ids(block.first("in-reply-to")),
        references=headers.parse_message_ids(b" ".join(block.every("references"))),
        subject=headers.decode_text(block.first("subject")),
        author=author,
        author_is_doubtful=is_doubtful,
        reply_to=headers.parse_addresses(b", ".join(block.every("reply-to"))),
        to=headers.parse_addresses(b", ".join(block.every("to"))),
        cc=headers.parse_addresses(b", ".join(block.every("cc"))),
        date=headers.parse_date(block.first("date")),
        text=text,
        html=markup,
        attachments=tuple(body.attachments),
        headers=tuple((name, headers.decode_text(value)) for name, value in block.fields),
        content_type=root.content_type,
        defects=tuple(walker.defects),
    )


def _author(fields: tuple[bytes, ...]) -> tuple[Address | None, bool]:
    found: list[Address] = []
    repaired = len(fields) > 1
    for value in fields:
        addresses, was_repaired = headers.read_addresses(value)
        found += addresses
        repaired = repaired or was_repaired
    if not found:
        return None, bool(fields)
    return found[0], repaired or len(found) > 1


class _Body:
    """Collects text, HTML and attachments while walking the tree."""

    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.segments: list[tuple[str, str]] = []  # (plain, html) in reading order
        self.attachments: list[ParsedAttachment] = []
        self.text_left = walker.limits.text_bytes
        self.bytes_left = walker.limits.decoded_bytes

    def read(self, part: Part, *, is_root: bool = False, is_related: bool = False) -> None:
        """One node, in reading order."""
        if part.is_multipart:
            if part.content_type == "multipart/alternative":
                self._read_alternative(part)
                return
            for child in part.children:
                self.read(child, is_related=is_related or part.content_type == "multipart/related")
        elif _is_body(part, is_root=is_root):
            text = self._decoded_text(part)
            self.segments.append((text, "") if part.content_type == "text/plain" else ("", text))
        else:
            self._attach(part, is_related=is_related)

    def _read_alternative(self, part: Part) -> None:
        """One segment for all alternatives: the first text, the HTML, and the files of each."""
        mark = len(self.segments)
        for child in part.children:
            if child.content_type not in _REPETITIONS:
                self.read(child)
        added = self.segments[mark:]
        del self.segments[mark:]
        plain = next((text for text, _ in added if text.strip()), "")
        markup = next((text for _, text in reversed(added) if text.strip()), "")
        self.segments.append((plain, markup))

    def text_and_html(self) -> tuple[str, str]:
        """The full text, and the HTML as received."""
        texts = [
            plain if plain.strip() or not markup else html_to_text(markup) for plain, markup in self.segments
        ]
        text = _trim("\n\n".join(_trim(piece) for piece in texts if piece.strip()))
        if not any(markup for _, markup in self.segments):
            return text, ""
        # Plain pieces between the HTML (a mailing list's footer, text around pictures) must not get lost.
        pieces = [
            markup or f"<pre>{html.escape(plain)}</pre>"
            for plain, markup in self.segments
            if markup or plain.strip()
        ]
        return text, "\n".join(pieces)

    def _decoded_text(self, part: Part) -> str:
        data = self.walker.content(part)
        if len(data) > self.text_left:
            data = data[: self.text_left]
            self.walker.note("text too long, cut")
        self.text_left -= len(data)
        charset = part.parameters.get("charset", "")
        if part.content_type == "text/html" and not charset:
            meta = _META_CHARSET.search(data[:4096])
            charset = meta[1].decode("ascii") if meta else ""
        text, defects = charsets.decode(data, charset)
        self.walker.note(*defects)
        text = _LINE_END.sub("\n", text)
        if part.content_type == "text/plain" and part.parameters.get("format", "").lower() == "flowed":
            text = unflow(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
        return text

    def _attach(self, part: Part, *, is_related: bool) -> None:
        content = self.walker.content(part)
        name = _file_name(part)
        if part.content_type == "message/rfc822" and not name:
            subject = headers.decode_text(headers.split_headers(content, self.walker.limits).first("subject"))
            # A slash of a subject divides no folders.
            name = clean_name(f"{subject[:100]}.eml".replace("/", "_")) if subject else ""
        name = name or name_for(part.content_type, len(self.attachments) + 1)
        if len(content) > self.bytes_left:
            self.walker.note(f"attachment {name} left out, the mail is too large")
            content = b""
        self.bytes_left -= len(content)
        ids = headers.parse_message_ids(part.headers.first("content-id"))
        content_id = (
            ids[0] if ids else headers.decode_text(part.headers.first("content-id"))[:200].strip("<> ")
        )
        is_inline = bool(content_id) and part.content_type.startswith("image/")
        is_inline = is_inline and (
            part.disposition == "inline" or (is_related and part.disposition != "attachment")
        )
        self.attachments.append(ParsedAttachment(name, part.content_type, content, content_id, is_inline))


def _is_body(part: Part, *, is_root: bool) -> bool:
    if part.content_type not in ("text/plain", "text/html") or part.disposition == "attachment":
        return False
    # Some programs give the one and only text a name; anywhere else a named text is a file.
    return is_root or not _file_name(part)


def _file_name(part: Part) -> str:
    for value in (part.disposition_parameters.get("filename", ""), part.parameters.get("name", "")):
        name = clean_name(value)
        if name:
            return name
    return ""


def _trim(text: str) -> str:
    """Without blank lines in front and blanks behind; the first line keeps its indent."""
    text = text.rstrip()
    lead = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, lead) + 1 :]
