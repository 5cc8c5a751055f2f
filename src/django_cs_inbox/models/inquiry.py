from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, FSMModelMixin, transition

from ..choices import Channel, InquiryStatus, Origin, Priority, RelationKind
from .contact import Contact
from .host import user_key
from .inbox import Inbox
from .lists import Category, HoldReason, Tag

if TYPE_CHECKING:
    from datetime import datetime

S = InquiryStatus

#: Statuses in which the shop owes somebody something.
ACTIVE_STATUSES = (S.NEW, S.OPEN, S.PENDING_APPROVAL, S.WAITING, S.ON_HOLD)
#: Statuses that a reply or a person's decision has ended.
CLOSED_STATUSES = (S.DONE, S.NO_ACTION)


class Inquiry(FSMModelMixin, models.Model):
    """One matter of one contact.

    ``status`` changes only through the transition methods, and those are called only by ``actions``,
    which check the permission, lock the row and write an ``Event``.
    """

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    inbox = models.ForeignKey(
        Inbox, verbose_name=_("inbox"), on_delete=models.PROTECT, related_name="inquiries"
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.PROTECT, related_name="inquiries"
    )
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    #: First words of the newest customer message, for the list.
    snippet = models.CharField(max_length=200, blank=True)
    status = FSMField(
        _("status"), max_length=20, choices=InquiryStatus.choices, default=InquiryStatus.NEW, protected=True
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    origin = models.CharField(_("origin"), max_length=20, choices=Origin.choices)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    assignee = user_key(verbose_name=_("assignee"))
    assignee_label = models.CharField(max_length=150, blank=True)
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    tags: models.ManyToManyField[Tag, Any] = models.ManyToManyField(
        Tag, verbose_name=_("tags"), blank=True, related_name="+"
    )
    hold_reason = models.ForeignKey(
        HoldReason,
        verbose_name=_("hold reason"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    wake_at = models.DateTimeField(_("wake on"), null=True, blank=True)

    #: Oldest customer message that no human has answered. Kept apart from the status, so that a
    #: status can never hide a forgotten customer (DESIGN, section 2).
    unanswered_since = models.DateTimeField(_("unanswered since"), null=True, blank=True, db_index=True)
    #: Newest word of the customer; the list's order.
    last_customer_at = models.DateTimeField(_("last customer message"))
    last_message_at = models.DateTimeField(_("last message"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    created_at = models.DateTimeField(_("received"))
    message_count = models.PositiveIntegerField(default=0)
    has_attachment = models.BooleanField(default=False)
    #: Grows with every message, note and released reply: an answer written on an older version is stale.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        permissions = (
            ("send_reply", "Can send replies"),
            ("approve_reply", "Can approve replies"),
            ("view_original_mail", "Can see original mails"),
        )
        indexes = (
            models.Index(fields=("-last_customer_at", "-id"), name="cs_inbox_inq_recent"),
            models.Index(fields=("status", "-last_customer_at", "-id"), name="cs_inbox_inq_status"),
            models.Index(fields=("inbox", "status", "-last_customer_at", "-id"), name="cs_inbox_inq_inbox"),
            models.Index(fields=("assignee", "status", "-last_customer_at"), name="cs_inbox_inq_assignee"),
            models.Index(fields=("contact", "-last_customer_at"), name="cs_inbox_inq_contact"),
            models.Index(fields=("wake_at",), name="cs_inbox_inq_wake"),
        )

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    def __repr__(self) -> str:
        return f"<Inquiry {self.number}>"

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED_STATUSES

    # Transitions: DESIGN, section 2. A table in the tests tries each from every status.

    @transition(field=status, source=S.NEW, target=S.OPEN)
    def to_open(self) -> None:
        """Somebody starts work."""

    @transition(field=status, source=[S.NEW, S.OPEN], target=S.PENDING_APPROVAL)
    def to_submitted(self) -> None:
        """A reply waits for approval."""

    @transition(
        field=status,
        source=S.PENDING_APPROVAL,
        target=RETURN_VALUE(S.WAITING, S.DONE, S.ON_HOLD, S.OPEN),
    )
    def to_approved(self, next_status: str, now: datetime) -> str:
        """The reply was approved and goes out."""
        return self._after_reply(next_status, now)

    @transition(field=status, source=S.PENDING_APPROVAL, target=S.OPEN)
    def to_returned(self) -> None:
        """差戻し: the approver sends the reply back."""

    @transition(field=status, source=S.PENDING_APPROVAL, target=S.OPEN)
    def to_withdrawn(self) -> None:
        """The author takes the reply back."""

    @transition(
        field=status, source=[S.NEW, S.OPEN], target=RETURN_VALUE(S.WAITING, S.DONE, S.ON_HOLD, S.OPEN)
    )
    def to_replied(self, next_status: str, now: datetime) -> str:
        """A reply that needs no approval goes out."""
        return self._after_reply(next_status, now)

    @transition(field=status, source=[S.NEW, S.OPEN], target=S.ON_HOLD)
    def to_hold(self, reason: HoldReason | None, wake_at: datetime | None) -> None:
        self.hold_reason = reason
        self.wake_at = wake_at

    @transition(field=status, source=S.ON_HOLD, target=S.OPEN)
    def to_resumed(self) -> None:
        self._leave_hold()

    @transition(field=status, source=S.ON_HOLD, target=S.OPEN)
    def to_woken(self) -> None:
        """The wake date has come."""
        self._leave_hold()

    @transition(field=status, source=[S.NEW, S.OPEN, S.WAITING, S.ON_HOLD], target=S.DONE)
    def to_closed(self, now: datetime) -> None:
        self._leave_hold()
        self._end(now)

    @transition(field=status, source=[S.NEW, S.OPEN], target=S.NO_ACTION)
    def to_no_action(self, now: datetime) -> None:
        self._end(now)

    @transition(field=status, source=[S.NEW, S.OPEN], target=S.SPAM)
    def to_spam(self, now: datetime) -> None:
        self._end(now)

    @transition(field=status, source=S.SPAM, target=S.NEW)
    def to_not_spam(self) -> None:
        self.closed_at = None
        self.unanswered_since = self.last_customer_at

    @transition(field=status, source=[S.WAITING, S.DONE, S.NO_ACTION], target=S.OPEN)
    def to_reopened(self) -> None:
        self.closed_at = None

    @transition(field=status, source=[S.WAITING, S.ON_HOLD, S.DONE, S.NO_ACTION], target=S.NEW)
    def to_customer_wrote(self) -> None:
        """The customer's word brings the matter back to the top."""
        self._leave_hold()
        self.closed_at = None

    @transition(field=status, source=[S.WAITING, S.ON_HOLD, S.DONE], target=S.OPEN)
    def to_send_failed(self) -> None:
        """The mail that had moved the inquiry on did not go out."""
        self._leave_hold()
        self.closed_at = None

    def _after_reply(self, next_status: str, now: datetime) -> str:
        if next_status == S.DONE:
            self.closed_at = now
        return next_status

    def _leave_hold(self) -> None:
        self.hold_reason = None
        self.wake_at = None

    def _end(self, now: datetime) -> None:
        self.closed_at = now
        self.unanswered_since = None


class InquiryRelation(models.Model):
    """One inquiry points at another: continues it, or maybe belongs to it."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="related_from")
    kind = models.CharField(max_length=10, choices=RelationKind.choices)
    #: For staff: which evidence said so ("In-Reply-To", "subject tag").
    reason = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = (
            models.UniqueConstraint(fields=("inquiry", "other", "kind"), name="cs_inbox_relation_once"),
        )

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.kind} {self.other_id}"


class NumberCounter(models.Model):
    """Last inquiry number given out on a day of the shop; the row is the lock."""

    day = models.DateField(unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number counter")
        verbose_name_plural = _("number counters")

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"
