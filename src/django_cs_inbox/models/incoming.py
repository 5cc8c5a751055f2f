from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..choices import IncomingState
from .inbox import Inbox

#: Raw mails are cut into rows of this size, because MariaDB refuses packets over 16 MB by default.
CHUNK_BYTES = 4 * 1024 * 1024


class IncomingMail(models.Model):
    """A mail as it was received, and its fate. The raw bytes are committed before anything else happens."""

    inbox = models.ForeignKey(
        Inbox, verbose_name=_("inbox"), on_delete=models.PROTECT, related_name="incoming"
    )
    #: Hash of where the mail was taken from (inbox, folder, UIDVALIDITY, UID – or its content): fetching
    #: it again meets this constraint.
    source_key = models.CharField(max_length=64, unique=True)
    folder = models.CharField(_("folder"), max_length=255, blank=True)
    uid = models.BigIntegerField(null=True)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    #: Hash of the Message-ID: ids may be longer than any index, and differ in case only.
    message_key = models.CharField(max_length=64, blank=True, db_index=True)
    message_id = models.CharField("Message-ID", max_length=998, blank=True)
    #: For the list of problem mails; decoded as far as possible.
    sender = models.CharField(_("from"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=IncomingState.choices, default=IncomingState.RECEIVED
    )
    #: Why it stands where it stands, for staff.
    reason = models.TextField(_("reason"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    #: True when the server's copy exceeded the limit and only the headers were taken.
    is_truncated = models.BooleanField(default=False)
    received_at = models.DateTimeField(_("received"))
    processed_at = models.DateTimeField(_("processed"), null=True)

    class Meta:
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "id"), name="cs_inbox_incoming_state"),)

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"

    def raw_chunks(self) -> Iterator[bytes]:
        for chunk in self.chunks.order_by("position"):
            yield bytes(chunk.data)

    def raw(self) -> bytes:
        """The mail, byte for byte as received."""
        return b"".join(self.raw_chunks())


class IncomingChunk(models.Model):
    mail = models.ForeignKey(IncomingMail, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveSmallIntegerField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("piece of an incoming mail")
        verbose_name_plural = _("pieces of incoming mails")
        constraints = (models.UniqueConstraint(fields=("mail", "position"), name="cs_inbox_chunk_once"),)

    def __str__(self) -> str:
        return f"{self.mail_id}/{self.position}"
