from __future__ import annotations

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..choices import AddressKind, Standing
from .host import customer_key


class Contact(models.Model):
    """A person who writes; may be tied to the host's customer; has many addresses."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    customer = customer_key(verbose_name=_("customer"))
    #: The customer's name when the link was made; stays when the host deletes the row.
    customer_label = models.CharField(_("customer name"), max_length=200, blank=True)
    #: Only a proven tie finds the contact by the customer, or joins two contacts (``actions.senders``).
    customer_is_proven = models.BooleanField(
        _("customer verified"),
        default=False,
        help_text=_(
            "The contact began with this customer's login, or the shop has verified the address. "
            "Otherwise the customer was only found by the address."
        ),
    )
    standing = models.CharField(
        _("standing"), max_length=10, choices=Standing.choices, default=Standing.NORMAL
    )
    standing_reason = models.CharField(_("reason"), max_length=500, blank=True)
    memo = models.TextField(_("memo"), blank=True, help_text=_("Shown beside every inquiry of this contact."))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.name or self.customer_label or f"#{self.pk}"

    def __repr__(self) -> str:
        return f"<Contact {self.pk}>"


class ContactAddress(models.Model):
    """One way to reach a contact."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(_("kind"), max_length=10, choices=AddressKind.choices, default=AddressKind.EMAIL)
    #: As the person wrote it.
    value = models.CharField(_("address"), max_length=320)
    #: Folded for comparison (mail.addresses).
    normalized = models.CharField(max_length=320)
    #: Hash of kind and folded value where only one contact may own it (email, LINE); NULL for a
    #: telephone, which a household shares. A hash, because MariaDB compares text without regard to
    #: accents and kana, and a conditional constraint does not exist there.
    owner_key = models.CharField(max_length=64, unique=True, null=True, editable=False)
    is_verified = models.BooleanField(
        _("verified"),
        default=False,
        help_text=_(
            "The shop has verified it, the contact began with a login under it, or staff checked it."
        ),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("contact address")
        verbose_name_plural = _("contact addresses")
        constraints = (
            models.UniqueConstraint(
                fields=("contact", "kind", "normalized"), name="cs_inbox_contactaddress_once"
            ),
        )
        indexes = (models.Index(fields=("normalized",), name="cs_inbox_address_norm"),)

    def __str__(self) -> str:
        return self.value

    @staticmethod
    def make_owner_key(kind: str, normalized: str) -> str | None:
        if kind not in (AddressKind.EMAIL, AddressKind.LINE):
            return None
        return hashlib.sha256(f"{kind}:{normalized}".encode()).hexdigest()
