"""Contacts: found or made from a sender, edited by staff."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from .. import permissions
from ..choices import AddressKind, Standing
from ..exceptions import InvalidInput
from ..mail.addresses import is_plausible, normalize, normalize_phone
from ..models import Contact, ContactAddress
from ..shop import get_shop
from ..shop.safe import ask
from .arrival import Arrival
from .events import record


def of_sender(arrival: Arrival) -> Contact:
    """The contact who speaks: by address, else by customer, else a new one. Called inside the intake.

    The author alone counts; nobody is made for To or Cc.
    """
    found = _by_address(arrival.sender.address) or _by_customer(arrival)
    contact = found or Contact.objects.create(name=arrival.sender.name[:200])
    if arrival.sender.address:
        contact = _own_address(contact, AddressKind.EMAIL, arrival.sender.address, arrival.is_authenticated)
    phone = normalize_phone(arrival.phone)
    if phone and not contact.addresses.filter(kind=AddressKind.PHONE, normalized=phone).exists():
        contact.addresses.create(kind=AddressKind.PHONE, value=arrival.phone[:320], normalized=phone)
    _complete(contact, arrival)
    return contact


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


def _by_address(address: str) -> Contact | None:
    if not address:
        return None
    key = ContactAddress.make_owner_key(AddressKind.EMAIL, normalize(address)[:320])
    found = ContactAddress.objects.select_related("contact").filter(owner_key=key).first()
    return found.contact if found else None


def _by_customer(arrival: Arrival) -> Contact | None:
    if arrival.customer is None:
        return None
    return Contact.objects.filter(customer_id=arrival.customer.pk).order_by("pk").first()


def _own_address(contact: Contact, kind: str, value: str, is_verified: bool) -> Contact:
    """Give the contact this address. Two arrivals at once meet the unique key: the first one wins."""
    normalized = normalize(value)[:320]
    own = contact.addresses.filter(kind=kind, normalized=normalized).first()
    if own is None:
        key = ContactAddress.make_owner_key(kind, normalized)
        try:
            with transaction.atomic():
                contact.addresses.create(
                    kind=kind,
                    value=value[:320],
                    normalized=normalized,
                    owner_key=key,
                    is_verified=is_verified,
                )
        except IntegrityError:
            winner = ContactAddress.objects.select_related("contact").get(owner_key=key).contact
            if not contact.inquiries.exists() and not contact.addresses.exists():
                contact.delete()
            return winner
    elif is_verified and not own.is_verified:
        own.is_verified = True
        own.save(update_fields=["is_verified"])
    return contact


def _complete(contact: Contact, arrival: Arrival) -> None:
    """Fill what is empty; what is known is never overwritten by what a stranger claims."""
    changed = []
    if not contact.name and arrival.sender.name:
        contact.name, changed = arrival.sender.name[:200], ["name"]
    if contact.customer_id is None:
        customer = arrival.customer or _only_customer(arrival.sender.address)
        if customer is not None:
            contact.customer = customer
            contact.customer_label = ask(get_shop().customer_name, "", customer)[:200]
            changed += ["customer", "customer_label"]
    if changed:
        contact.save(update_fields=changed)


def _only_customer(address: str) -> Any | None:
    """The customer registered under the address, when there is exactly one."""
    found = ask(get_shop().customers_by_email, [], address) if address else []
    return found[0] if len(found) == 1 else None


def _demand_work(by: Any, contact: Contact) -> None:
    """Who may work, and sees one of the contact's inquiries; a contact without any is everybody's."""
    allowed = permissions.has_perm(by, permissions.WORK) and (
        permissions.visible_inquiries(by).filter(contact=contact).exists() or not contact.inquiries.exists()
    )
    permissions.demand(allowed, _("You are not allowed to change contacts."))
