from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from ..choices import NextStatus, ReplyState
from .host import user_key
from .inquiry import Inquiry
from .message import Message

R = ReplyState

#: States between the decision to send and the mail server's answer.
IN_FLIGHT_STATES = (R.APPROVED, R.QUEUED, R.SENDING, R.UNKNOWN)


class Reply(FSMModelMixin, models.Model):
    """What staff is writing: draft, approval, release. When it goes out it becomes a ``Message``."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="replies")
    author = user_key()
    author_label = models.CharField(max_length=150, blank=True)
    state = FSMField(
        _("state"), max_length=12, choices=ReplyState.choices, default=ReplyState.DRAFT, protected=True
    )
    #: Addresses as typed.
    to: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    cc: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    bcc: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    body = models.TextField(_("text"), blank=True)
    #: The message that is answered; its Message-ID goes into In-Reply-To.
    answers = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    quotes = models.BooleanField(_("quote the customer's message"), default=False)
    next_status = models.CharField(max_length=10, choices=NextStatus.choices, default=NextStatus.WAITING)
    #: ``Inquiry.version`` that the author saw.
    based_on_version = models.PositiveIntegerField(default=0)
    content_hash = models.CharField(max_length=64, blank=True)
    decided_by = user_key()
    decided_by_label = models.CharField(max_length=150, blank=True)
    decision_note = models.TextField(blank=True)
    #: Hash of inquiry and author while a draft: one draft per person and inquiry.
    draft_key = models.CharField(max_length=64, unique=True, null=True, editable=False)
    #: The inquiry's key while on its way: one reply in flight per inquiry (DESIGN, law 10). Plain unique
    #: columns, because MariaDB knows no conditional constraint.
    flight_key = models.BigIntegerField(unique=True, null=True, editable=False)
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="reply"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        indexes = (models.Index(fields=("state", "updated_at"), name="cs_inbox_reply_state"),)

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"

    @transition(field=state, source=[R.DRAFT, R.RETURNED, R.WITHDRAWN, R.FAILED], target=R.SUBMITTED)
    def to_submitted(self) -> None:
        self.draft_key = None

    @transition(field=state, source=R.SUBMITTED, target=R.APPROVED)
    def to_approved(self) -> None:
        self.flight_key = self.inquiry_id

    @transition(field=state, source=R.SUBMITTED, target=R.RETURNED)
    def to_returned(self) -> None: ...

    @transition(field=state, source=R.SUBMITTED, target=R.WITHDRAWN)
    def to_withdrawn(self) -> None: ...

    @transition(field=state, source=[R.DRAFT, R.RETURNED, R.WITHDRAWN, R.FAILED, R.APPROVED], target=R.QUEUED)
    def to_queued(self) -> None:
        self.draft_key = None
        self.flight_key = self.inquiry_id

    @transition(field=state, source=R.QUEUED, target=R.SENDING)
    def to_sending(self) -> None: ...

    @transition(field=state, source=R.SENDING, target=R.QUEUED)
    def to_retry(self) -> None:
        """The server refused for now; the next attempt is planned."""

    @transition(field=state, source=[R.SENDING, R.UNKNOWN], target=R.SENT)
    def to_sent(self) -> None:
        self.flight_key = None

    @transition(field=state, source=[R.QUEUED, R.SENDING, R.UNKNOWN], target=R.FAILED)
    def to_failed(self) -> None:
        self.flight_key = None

    @transition(field=state, source=R.SENDING, target=R.UNKNOWN)
    def to_unknown(self) -> None:
        """The worker died between handing over and the answer. A person decides."""

    @transition(field=state, source=[R.DRAFT, R.RETURNED, R.WITHDRAWN, R.FAILED], target=R.DISCARDED)
    def to_discarded(self) -> None:
        self.draft_key = None
