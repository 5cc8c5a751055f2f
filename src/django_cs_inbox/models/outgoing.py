from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..choices import OutgoingKind, OutgoingState
from .inbox import Inbox
from .inquiry import Inquiry
from .message import Message
from .reply import Reply


class OutgoingMail(models.Model):
    """A mail to hand to the mail server, and its fate. This table is the queue."""

    inbox = models.ForeignKey(
        Inbox, verbose_name=_("inbox"), on_delete=models.PROTECT, related_name="outgoing"
    )
    inquiry = models.ForeignKey(
        Inquiry, on_delete=models.CASCADE, null=True, blank=True, related_name="outgoing"
    )
    reply = models.OneToOneField(
        Reply, on_delete=models.CASCADE, null=True, blank=True, related_name="outgoing"
    )
    #: What staff see in the conversation; written when the server has accepted the mail.
    sent_message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="outgoing"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=OutgoingKind.choices)
    #: Fixed before the first attempt (DESIGN, law 7).
    message_id = models.CharField("Message-ID", max_length=255)
    message_key = models.CharField(max_length=64, unique=True)
    sender = models.CharField(_("from"), max_length=500)
    to: models.JSONField[Any, Any] = models.JSONField(default=list)
    cc: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    bcc: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    subject = models.CharField(_("subject"), max_length=998)
    body = models.TextField()
    #: Further headers: In-Reply-To, References, Auto-Submitted …
    headers: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)

    state = models.CharField(
        _("state"), max_length=10, choices=OutgoingState.choices, default=OutgoingState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    claimed_by = models.CharField(max_length=100, blank=True)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    #: In plain words, without secrets.
    last_error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("state", "next_attempt_at", "id"), name="cs_inbox_outgoing_due"),
            models.Index(fields=("state", "claimed_until"), name="cs_inbox_outgoing_claim"),
            # How many acknowledgements left lately is asked before each new one.
            models.Index(fields=("kind", "created_at"), name="cs_inbox_outgoing_kind"),
        )

    def __str__(self) -> str:
        return self.subject
