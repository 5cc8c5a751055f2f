"""The staff's pages, in the stock admin. Importing it registers them on the default admin site."""

from __future__ import annotations

from . import django_mailbox
from .contacts import ContactAdmin
from .events import EventAdmin
from .inboxes import InboxAdmin
from .inquiry import InquiryAdmin, InquiryAdminMixin
from .lists import CategoryAdmin, HoldReasonAdmin, TagAdmin
from .mails import IncomingMailAdmin, OutgoingMailAdmin

django_mailbox.replace()

__all__ = [
    "CategoryAdmin",
    "ContactAdmin",
    "EventAdmin",
    "HoldReasonAdmin",
    "InboxAdmin",
    "IncomingMailAdmin",
    "InquiryAdmin",
    "InquiryAdminMixin",
    "OutgoingMailAdmin",
    "TagAdmin",
]
