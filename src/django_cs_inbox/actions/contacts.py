"""Contacts as staff edit them; ``senders`` finds and makes them."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from .. import permissions
from ..choices import AddressKind, Standing
from ..exceptions import InvalidInput
from ..mail.addresses import is_plausible, normalize, normalize_phone
from ..models import Contact, ContactAddress
from .events import record


def edit(contact: Contact, *, by: Any, name: str | None = None, memo: str | None = None) -> Contact:
    """Change what staff know about a contact.

    Raises ``NotAllowed``.
    """
    _demand_work(by, contact)
    with transaction.atomic():
        contact = Contact.objects.select_for_update().get(pk=contact.pk)
        changed: list[str] = []
        if name is not None and name != contact.name:
            contact.name, changed = name[:200], [*changed, "name"]
        if memo is not None and memo != contact.memo:
            contact.memo, changed = memo, [*changed, "memo"]
        if changed:
            contact.save(update_fields=changed)
            record("contact.edited", by=by, target=contact, fields=changed)
    return contact


def set_standing(contact: Contact, *, by: Any, standing: str, reason: str = "") -> Contact:
    """Mark a contact as VIP, 要注意 or blocked, with the reason that everybody will read.

    Raises ``NotAllowed``, and ``InvalidInput`` for an unknown standing.
    """
    _demand_work(by, contact)
    if standing not in Standing.values:
        raise InvalidInput(_("This standing does not exist."))
    with transaction.atomic():
        contact = Contact.objects.select_for_update().get(pk=contact.pk)
        old, contact.standing, contact.standing_reason = contact.standing, standing, reason[:500]
        contact.save(update_fields=["standing", "standing_reason"])
        record("contact.standing_set", by=by, target=contact, old=old, new=standing)
    return contact


def add_address(contact: Contact, *, by: Any, kind: str, value: str) -> ContactAddress:
    """Add a way to reach the contact that staff have learnt.

    Raises ``NotAllowed``, and ``InvalidInput`` when the address is broken or belongs to another contact.
    """
    _demand_work(by, contact)
    value = value.strip()
    normalized = _normalized(kind, value)
    with transaction.atomic():
        existing = contact.addresses.filter(kind=kind, normalized=normalized).first()
        if existing:
            return existing
        try:
            with transaction.atomic():
                address = contact.addresses.create(
                    kind=kind,
                    value=value[:320],
                    normalized=normalized,
                    owner_key=ContactAddress.make_owner_key(kind, normalized),
                    is_verified=True,
                )
        except IntegrityError as error:
            raise InvalidInput(_("This address belongs to another contact.")) from error
        record("contact.address_added", by=by, target=contact, kind=kind)
    return address


def _normalized(kind: str, value: str) -> str:
    if kind not in AddressKind.values or not value:
        raise InvalidInput(_("Enter an address."))
    if kind == AddressKind.EMAIL:
        if not is_plausible(value):
            raise InvalidInput(_("This is not an email address."))
        return normalize(value)[:320]
    if kind == AddressKind.PHONE:
        phone = normalize_phone(value)
        if not phone:
            raise InvalidInput(_("This is not a telephone number."))
        return phone
    return value[:320]


def _demand_work(by: Any, contact: Contact) -> None:
    """Who may work, and sees one of the contact's inquiries; a contact without any is everybody's."""
    allowed = permissions.has_perm(by, permissions.WORK) and (
        permissions.visible_inquiries(by).filter(contact=contact).exists() or not contact.inquiries.exists()
    )
    permissions.demand(allowed, _("You are not allowed to change contacts."))
