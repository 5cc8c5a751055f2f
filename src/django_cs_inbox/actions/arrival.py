"""The one shape that every channel's news takes before it passes ``intake.receive``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..choices import Channel, LinkSource, LinkState, Origin
from ..mail.types import Address, Automatic, ThreadEvidence

if TYPE_CHECKING:
    from ..models import Category, Inbox, IncomingMail, Inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalFile:
    """A file that came along. ``content_type`` is what the sender claims."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvidence:
    """Why the matter may be about an order."""

    order: Any
    source: LinkSource
    state: LinkState = LinkState.CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductEvidence:
    key: str
    name: str
    url: str = ""
    source: LinkSource = LinkSource.FORM_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One word from outside, whatever the channel: what was said, by whom, and what speaks for what.

    ``key`` makes it idempotent: receiving the same key again returns what the first time made.
    """

    inbox: Inbox
    key: str
    channel: Channel
    origin: Origin
    #: Who speaks. The address may be "" for a call; ``phone`` may be given beside it.
    sender: Address
    subject: str
    text: str
    occurred_at: dt.datetime
    html: str = ""
    phone: str = ""
    files: tuple[ArrivalFile, ...] = ()
    #: The host's customer row when the channel knows it for certain (login), else None.
    customer: Any | None = None
    #: True when the sender's address is that of the login and was not typed. Whether it is the person's is
    #: another question: ``Shop.is_email_verified`` answers it.
    is_authenticated: bool = False
    orders: tuple[OrderEvidence, ...] = ()
    products: tuple[ProductEvidence, ...] = ()
    category: Category | None = None
    #: The conversation when the channel knows it for certain (reply in the customer account).
    inquiry: Inquiry | None = None
    #: Hints at the conversation, strongest first.
    thread: tuple[ThreadEvidence, ...] = ()
    message_id: str = ""
    references: tuple[str, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    automatic: Automatic = field(default_factory=Automatic)
    auth_results: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    incoming: IncomingMail | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of an arrival."""

    inquiry: Inquiry
    message: Any
    is_new_inquiry: bool
    #: True when the key had been received before; nothing was written.
    is_repeat: bool = False
