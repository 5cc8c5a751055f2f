"""What the mail package gives back: frozen values, no behaviour beyond small questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of a header. ``address`` is as written, without angle brackets."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class ParsedAttachment:
    """One part that is not the text of the mail."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A received mail, decoded. Nothing in it is trusted; every text is free of NUL and surrogates."""

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    #: The single author (first mailbox of From), or None when From is missing or unreadable.
    author: Address | None = None
    #: True when From named several mailboxes or had to be repaired.
    author_is_doubtful: bool = False
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: dt.datetime | None = None
    #: The full text: text/plain parts, or the HTML turned into text.
    text: str = ""
    #: The HTML as received (decoded, not sanitised), or "".
    html: str = ""
    attachments: tuple[ParsedAttachment, ...] = ()
    #: Decoded headers in their order, names as written; unfolded; capped in number and length.
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "text/plain"
    #: Plain words for staff: what was repaired or cut ("too many parts", "unknown charset x-foo").
    defects: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """First value of a header, or ""; names compare without case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def header_all(self, name: str) -> tuple[str, ...]:
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)


class AutomaticKind(StrEnum):
    """Why no person wrote this mail. ``NONE`` means that, as far as we can tell, one did."""

    NONE = ""
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    READ_RECEIPT = "read_receipt"
    COMPLAINT = "complaint"
    LIST = "list"
    BULK = "bulk"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Automatic:
    """The verdict of ``mail.automatic.classify``."""

    kind: AutomaticKind = AutomaticKind.NONE
    #: The header or sign that decided, for staff ("Auto-Submitted: auto-replied").
    reason: str = ""
    #: False when an automatic answer of ours must not be sent (also for list mail and noreply@).
    may_auto_reply: bool = True

    @property
    def is_automatic(self) -> bool:
        """True when the mail answers, reopens and restarts nothing. List mail is an ordinary inquiry."""
        return self.kind not in (AutomaticKind.NONE, AutomaticKind.LIST)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail of ours did not arrive."""

    original_message_id: str = ""
    recipients: tuple[str, ...] = ()
    status: str = ""
    #: True for a 5.x.x report, False for 4.x.x, None when the report does not say.
    is_permanent: bool | None = None
    diagnostic: str = ""


class EvidenceKind(StrEnum):
    """Strongest first. What a mail says about the conversation that it belongs to."""

    SIGNED_ID = "signed_id"
    REPLY_ID = "reply_id"
    REFERENCE_ID = "reference_id"
    SUBJECT_TAG = "subject_tag"


@dataclass(frozen=True, slots=True)
class ThreadEvidence:
    """One hint at an earlier mail or inquiry; a hint, never a proof (DESIGN, law 5)."""

    kind: EvidenceKind
    #: A Message-ID without angle brackets, or the inquiry number of a subject tag.
    value: str


@dataclass(frozen=True, slots=True)
class TextSplit:
    """A mail's text in pieces for display; joining ``text`` of all pieces gives the full text back."""

    pieces: tuple[TextPiece, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class TextPiece:
    text: str
    is_quote: bool
