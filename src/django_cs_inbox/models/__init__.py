"""Tables, constraints and state transitions; one file a subject."""

from __future__ import annotations

from .contact import Contact, ContactAddress
from .event import Event
from .inbox import FolderState, Inbox
from .incoming import IncomingChunk, IncomingMail
from .inquiry import ACTIVE_STATUSES, CLOSED_STATUSES, Inquiry, InquiryRelation, NumberCounter
from .links import OrderLink, ProductLink
from .lists import Category, HoldReason, Tag
from .message import Attachment, Message
from .note import Note
from .order_mail import OrderMail
from .outgoing import OutgoingMail
from .reply import IN_FLIGHT_STATES, Reply

__all__ = [
    "ACTIVE_STATUSES",
    "CLOSED_STATUSES",
    "IN_FLIGHT_STATES",
    "Attachment",
    "Category",
    "Contact",
    "ContactAddress",
    "Event",
    "FolderState",
    "HoldReason",
    "Inbox",
    "IncomingChunk",
    "IncomingMail",
    "Inquiry",
    "InquiryRelation",
    "Message",
    "Note",
    "NumberCounter",
    "OrderLink",
    "OrderMail",
    "OutgoingMail",
    "ProductLink",
    "Reply",
    "Tag",
]
