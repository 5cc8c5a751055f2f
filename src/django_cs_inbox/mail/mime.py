"""The tree of a mail, cut over bytes by index: nothing is copied before a leaf is decoded."""

from __future__ import annotations

from dataclasses import dataclass, field

from .headers import HeaderBlock, split_headers
from .limits import Limits
from .parameters import parse_parameters
from .transfer import decode_transfer

#: Blanks that some relays leave behind a boundary.
_MAX_BOUNDARY_TAIL = 200


@dataclass(slots=True)
class Part:
    """One node. A multipart has children; everything else is a leaf with ``raw[start:end]`` as its body."""

    headers: HeaderBlock
    content_type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    start: int
    end: int
    children: list[Part] = field(default_factory=list)
    #: A multipart that was not opened because it stands too deep.
    is_closed: bool = False

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/") and not self.is_closed


class Walker:
    """Reads the tree of one mail within its limits and collects what had to be repaired or cut."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self.raw = raw
        self.limits = limits
        self.defects: list[str] = []
        self.leaves = 0

    def read(self) -> Part:
        """The root of the tree."""
        return self._part(0, len(self.raw), 0, "text/plain")

    def note(self, *defects: str) -> None:
        """Keep a defect once."""
        self.defects += [text for text in dict.fromkeys(defects) if text not in self.defects]

    def content(self, part: Part) -> bytes:
        """The decoded body of a leaf."""
        encoding = part.headers.first("content-transfer-encoding").decode("ascii", "replace")
        data, defects = decode_transfer(self.raw[part.start : part.end], encoding)
        self.note(*defects)
        return data

    def _part(self, start: int, end: int, depth: int, default_type: str) -> Part:
        headers = split_headers(self.raw, self.limits, start, end, is_part=depth > 0)
        self.note(*headers.defects)
        content_type, parameters = parse_parameters(headers.first("content-type"))
        disposition, disposition_parameters = parse_parameters(headers.first("content-disposition"))
        part = Part(
            headers=headers,
            content_type=_clean_type(content_type, default_type),
            parameters=parameters,
            disposition=disposition,
            disposition_parameters=disposition_parameters,
            start=min(headers.body_at, end),
            end=end,
        )
        if part.content_type.startswith("multipart/"):
            if depth >= self.limits.depth:
                part.is_closed = True
                self.note("parts nested too deep")
            else:
                self._open(part, depth)
        if not part.is_multipart:
            self.leaves += 1
        return part

    def _open(self, part: Part, depth: int) -> None:
        spans = self._spans(part)
        if not spans:
            self.note("multipart without parts")
            part.content_type = "text/plain"
            part.parameters = {}
            return
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for start, end in spans:
            if self.leaves >= self.limits.parts:
                self.note("too many parts")
                break
            part.children.append(self._part(start, end, depth + 1, default))

    def _spans(self, part: Part) -> list[tuple[int, int]]:
        """Start and end of every child. One search over the body, so its cost is its length."""
        boundary = part.parameters.get("boundary", "").encode("utf-8", "replace").strip()
        if not boundary:
            boundary = self._guess_boundary(part)
        if not boundary:
            return []
        mark = b"--" + boundary
        spans: list[tuple[int, int]] = []
        begin = -1
        at = self.raw.find(mark, part.start, part.end)
        while at >= 0:
            behind = at + len(mark)
            # Only so far: a long line full of marks must not be searched to its end for each of them.
            reach = min(part.end, behind + _MAX_BOUNDARY_TAIL)
            line_end = self.raw.find(b"\n", behind, reach)
            line_end = reach if line_end < 0 else line_end
            tail = self.raw[behind:line_end].rstrip()
            is_line = at == part.start or self.raw[at - 1 : at] == b"\n"
            if is_line and tail in (b"", b"--"):
                if begin >= 0:
                    spans.append((begin, max(begin, self._before_newline(at))))
                begin = -1 if tail else min(line_end + 1, part.end)
                if tail or len(spans) > self.limits.parts:
                    break
            at = self.raw.find(mark, behind, part.end)
        if begin >= 0:
            spans.append((begin, part.end))
        return spans

    def _before_newline(self, at: int) -> int:
        """The line end in front of a boundary belongs to the boundary."""
        at -= 1
        return at - 1 if self.raw[at - 1 : at] == b"\r" else at

    def _guess_boundary(self, part: Part) -> bytes:
        head = self.raw[part.start : min(part.end, part.start + 2000)]
        for line in head.splitlines()[:20]:
            if line.startswith(b"--") and len(line.strip()) > 4 and b" " not in line.strip():
                self.note("boundary missing")
                return line.strip()[2:]
        return b""


def _clean_type(content_type: str, default: str) -> str:
    if not content_type:
        return default
    major, slash, minor = content_type.partition("/")
    if not slash or not major.strip() or not minor.strip() or len(content_type) > 127:
        # RFC 2045 asks for text/plain here, and "Content-Type: text" is the usual case.
        return "text/plain"
    return f"{major.strip()}/{minor.split()[0]}"
