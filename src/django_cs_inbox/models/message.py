from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..choices import Channel, Direction, MessageKind
from ..storage import attachment_path, attachment_storage
from .contact import Contact
from .host import user_key
from .incoming import IncomingMail
from .inquiry import Inquiry


class Message(models.Model):
    """What was really said, in or out; never edited."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=16, choices=MessageKind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    contact = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    author = user_key()
    author_label = models.CharField(max_length=150, blank=True)

    sender_name = models.CharField(max_length=200, blank=True)
    sender_address = models.CharField(max_length=320, blank=True)
    #: Lists of ``{"name": …, "address": …}``.
    to: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    cc: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    reply_to: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=998, blank=True)
    #: The full text; quotes are told apart only for display.
    text = models.TextField(blank=True)
    #: As received; sanitised whenever it is shown.
    html = models.TextField(blank=True)

    message_id = models.CharField(max_length=998, blank=True)
    #: Hash of the Message-ID (``queries.threads.message_key``), which replies are found by.
    message_key = models.CharField(max_length=64, blank=True, db_index=True)
    references: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    #: Idempotency key of the arrival: the same form, mail or call twice meets this constraint.
    arrival_key = models.CharField(max_length=64, unique=True, null=True, editable=False)
    incoming = models.OneToOneField(
        IncomingMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="message"
    )

    #: Why no person wrote it (mail.types.AutomaticKind), or "".
    automatic_kind = models.CharField(max_length=12, blank=True)
    automatic_reason = models.CharField(max_length=200, blank=True)
    #: What the trusted mail server found out about the sender, e.g. ``{"dmarc": "fail"}``.
    auth_results: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    #: What staff must know before trusting it, as codes (queries.timeline explains them).
    warnings: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)

    #: When it was said: the mail's own date where plausible, else the time of arrival.
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("occurred_at", "id")
        indexes = (models.Index(fields=("inquiry", "occurred_at", "id"), name="cs_inbox_message_time"),)

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"

    def __repr__(self) -> str:
        return f"<Message {self.pk}>"

    @property
    def is_automatic(self) -> bool:
        return self.kind in (MessageKind.AUTOMATIC, MessageKind.ACKNOWLEDGEMENT)


class Attachment(models.Model):
    """A file that came with a message, or that will leave with a reply."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    reply = models.ForeignKey(
        "cs_inbox.Reply", on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    file = models.FileField(storage=attachment_storage, upload_to=attachment_path, max_length=255)
    name = models.CharField(_("file name"), max_length=200)
    #: Judged by content where possible, never taken on trust.
    content_type = models.CharField(max_length=100, default="application/octet-stream")
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
