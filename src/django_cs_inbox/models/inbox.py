from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Inbox(models.Model):
    """One entrance of the shop: an address, its mailbox, its signature, and who may work in it."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    address = models.EmailField(
        _("email address"),
        unique=True,
        help_text=_("Replies are sent from this address, and customers write to it."),
    )
    sender_name = models.CharField(
        _("sender name"), max_length=100, blank=True, help_text=_("Shown to customers beside the address.")
    )
    signature = models.TextField(_("signature"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    takes_form = models.BooleanField(
        _("takes the contact form"), default=False, help_text=_("Inquiries from the contact form land here.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    is_restricted = models.BooleanField(
        _("members only"),
        default=False,
        help_text=_("Only the people named below see this inbox and its inquiries."),
    )
    members: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("members"), related_name="+", blank=True
    )

    acknowledges = models.BooleanField(
        _("acknowledge receipt"),
        default=True,
        help_text=_("Send a mail with the inquiry number when the form is submitted."),
    )
    acknowledges_mail = models.BooleanField(
        _("acknowledge mail, too"), default=False, help_text=_("Also acknowledge a first mail of a customer.")
    )
    acknowledgement_subject = models.CharField(_("subject"), max_length=200, blank=True)
    acknowledgement_text = models.TextField(
        _("text"),
        blank=True,
        help_text=_("{name}, {number}, {subject} and {inbox} are filled in. Empty: the built-in text."),
    )
    reopen_days = models.PositiveSmallIntegerField(
        _("reopen within days"),
        default=30,
        help_text=_("A reply that comes later than this after closing starts a new, linked inquiry."),
    )

    #: Where the mail comes from. Written by actions.mailboxes; the address of the server without a password.
    mailbox = models.ForeignKey(
        "django_mailbox.Mailbox",
        verbose_name=_("mailbox"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    #: Encrypted password, or ``env:NAME``. Never shown (DESIGN, section 5; security H).
    mailbox_secret = models.TextField(blank=True, editable=False)
    trusted_authserv_id = models.CharField(
        _("own mail server"),
        max_length=255,
        blank=True,
        help_text=_("Name under which your mail server writes Authentication-Results. Empty: not evaluated."),
    )

    class Meta:
        verbose_name = _("inbox")
        verbose_name_plural = _("inboxes")
        ordering = ("position", "pk")
        permissions = (("test_mailbox", "Can test the connection to mail servers"),)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Inbox {self.pk} {self.address}>"


class FolderState(models.Model):
    """How far a folder of an inbox's mailbox has been read, and how the last look into it went."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="folders")
    folder = models.CharField(max_length=255, default="INBOX")
    #: Hash of server and user that the cursor belongs to. Many servers give every account the same
    #: UIDVALIDITY, so that alone does not tell that the mailbox is another one now.
    account = models.CharField(max_length=64, blank=True)
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    #: In plain words, without secrets; "" while all is well.
    last_error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("mail folder")
        verbose_name_plural = _("mail folders")
        constraints = (
            models.UniqueConstraint(fields=("inbox", "folder"), name="cs_inbox_folder_once_per_inbox"),
        )

    def __str__(self) -> str:
        return f"{self.inbox_id}:{self.folder}"
