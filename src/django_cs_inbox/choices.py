"""Every fixed list of values. Lists that a shop may vary are tables, never settings."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InquiryStatus(TextChoices):
    NEW = "new", pgettext_lazy("inquiry status", "New")
    OPEN = "open", pgettext_lazy("inquiry status", "In progress")
    PENDING_APPROVAL = "pending_approval", pgettext_lazy("inquiry status", "Awaiting approval")
    WAITING = "waiting", pgettext_lazy("inquiry status", "Waiting for customer")
    ON_HOLD = "on_hold", pgettext_lazy("inquiry status", "On hold")
    DONE = "done", pgettext_lazy("inquiry status", "Done")
    NO_ACTION = "no_action", pgettext_lazy("inquiry status", "No action needed")
    SPAM = "spam", pgettext_lazy("inquiry status", "Spam")


class Channel(TextChoices):
    """How the customer reached the shop."""

    FORM = "form", pgettext_lazy("channel", "Form")
    EMAIL = "email", pgettext_lazy("channel", "Email")
    PHONE = "phone", pgettext_lazy("channel", "Phone")
    FAX = "fax", pgettext_lazy("channel", "Fax")
    VISIT = "visit", pgettext_lazy("channel", "Visit")
    LINE = "line", "LINE"
    MALL = "mall", pgettext_lazy("channel", "Mall message")
    OTHER = "other", pgettext_lazy("channel", "Other")


class Origin(TextChoices):
    """Which of the shop's doors it was."""

    CONTACT_FORM = "contact_form", _("Contact form")
    PRODUCT_FORM = "product_form", _("Form on a product page")
    ACCOUNT_FORM = "account_form", _("Form in the customer account")
    ORDER_FORM = "order_form", _("Form on an order page")
    DIRECT_MAIL = "direct_mail", _("Mail to the shop")
    ORDER_MAIL_REPLY = "order_mail_reply", _("Reply to an order mail")
    STAFF = "staff", _("Entered by staff")
    API = "api", _("From the shop system")


class Direction(TextChoices):
    IN = "in", _("Received")
    OUT = "out", _("Sent")


class MessageKind(TextChoices):
    CUSTOMER = "customer", _("From the customer")
    STAFF = "staff", _("Reply")
    ACKNOWLEDGEMENT = "acknowledgement", _("Automatic acknowledgement")
    AUTOMATIC = "automatic", _("Automatic mail")
    LOG = "log", _("Entered by hand")


class AddressKind(TextChoices):
    EMAIL = "email", _("Email address")
    PHONE = "phone", _("Phone number")
    LINE = "line", "LINE"
    OTHER = "other", _("Other")


class Standing(TextChoices):
    NORMAL = "normal", pgettext_lazy("standing", "Normal")
    VIP = "vip", pgettext_lazy("standing", "VIP")
    CAUTION = "caution", pgettext_lazy("standing", "Caution")
    BLOCKED = "blocked", pgettext_lazy("standing", "Blocked")


class Priority(IntegerChoices):
    LOW = 10, pgettext_lazy("priority", "Low")
    NORMAL = 20, pgettext_lazy("priority", "Normal")
    HIGH = 30, pgettext_lazy("priority", "High")
    URGENT = 40, pgettext_lazy("priority", "Urgent")


class LinkSource(TextChoices):
    """How we know that the inquiry is about this order or product."""

    ORDER_MAIL = "order_mail", _("Reply to a mail about the order")
    FORM_LOGIN = "form_login", _("Chosen by the logged-in customer")
    FORM_PAGE = "form_page", _("Page on which the form was opened")
    FORM_TEXT = "form_text", _("Written by the customer in the form")
    TEXT = "text", _("Number found in the text")
    STAFF = "staff", _("Linked by staff")
    API = "api", _("Linked by the shop system")


class LinkState(TextChoices):
    CONFIRMED = "confirmed", pgettext_lazy("link", "Confirmed")
    SUGGESTED = "suggested", pgettext_lazy("link", "Suggested")
    REFUSED = "refused", pgettext_lazy("link", "Refused")


class RelationKind(TextChoices):
    FOLLOW_UP = "follow_up", _("Continues an inquiry closed long ago")
    MAYBE = "maybe", _("Maybe belongs to")
    RELATED = "related", _("Related")


class IncomingState(TextChoices):
    RECEIVED = "received", pgettext_lazy("incoming mail", "Received")
    PROCESSED = "processed", pgettext_lazy("incoming mail", "Taken in")
    DUPLICATE = "duplicate", pgettext_lazy("incoming mail", "Duplicate")
    QUARANTINED = "quarantined", pgettext_lazy("incoming mail", "Quarantined")
    FAILED = "failed", pgettext_lazy("incoming mail", "Failed")
    IGNORED = "ignored", pgettext_lazy("incoming mail", "Ignored")


class ReplyState(TextChoices):
    DRAFT = "draft", pgettext_lazy("reply", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("reply", "Awaiting approval")
    APPROVED = "approved", pgettext_lazy("reply", "Approved")
    QUEUED = "queued", pgettext_lazy("reply", "Waiting to be sent")
    SENDING = "sending", pgettext_lazy("reply", "Being sent")
    SENT = "sent", pgettext_lazy("reply", "Sent")
    RETURNED = "returned", pgettext_lazy("reply", "Returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("reply", "Withdrawn")
    FAILED = "failed", pgettext_lazy("reply", "Sending failed")
    UNKNOWN = "unknown", pgettext_lazy("reply", "Unclear whether sent")
    DISCARDED = "discarded", pgettext_lazy("reply", "Discarded")


class NextStatus(TextChoices):
    """What the inquiry becomes when a reply has been handed over for sending."""

    WAITING = "waiting", _("Send, then wait for the customer")
    DONE = "done", _("Send and close")
    ON_HOLD = "on_hold", _("Send and put on hold")
    OPEN = "open", _("Send and keep in progress")


class OutgoingKind(TextChoices):
    REPLY = "reply", _("Reply")
    ACKNOWLEDGEMENT = "acknowledgement", _("Automatic acknowledgement")
    NOTICE = "notice", _("Notice to staff")


class OutgoingState(TextChoices):
    QUEUED = "queued", pgettext_lazy("outgoing mail", "Waiting")
    SENDING = "sending", pgettext_lazy("outgoing mail", "Being sent")
    SENT = "sent", pgettext_lazy("outgoing mail", "Sent")
    FAILED = "failed", pgettext_lazy("outgoing mail", "Failed")
    UNKNOWN = "unknown", pgettext_lazy("outgoing mail", "Unclear")
    CANCELLED = "cancelled", pgettext_lazy("outgoing mail", "Cancelled")
