"""Who speaks: the contact is found or made from a sender, and tied to the shop's customer.

Many shops let anybody register with any address. So a login alone proves nothing about an address that
somebody else has written from: whoever could take over a contact with it would receive what is answered
to the contact's inquiries. A tie between contact and customer is *proven* where the contact began with that
customer's login, or where the shop has verified the address; any other is shown to staff and opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from ..choices import AddressKind
from ..mail.addresses import normalize, normalize_phone
from ..models import Contact, ContactAddress
from ..shop import get_shop
from ..shop.safe import ask
from .arrival import Arrival


@dataclass(slots=True)
class Sender:
    """Who speaks, and what is known about the address they gave."""

    contact: Contact
    #: The shop itself has verified that the address is the logged-in customer's.
    is_verified: bool = False
    #: A login under an address that another person may have: a contact had it before, nobody verified it.
    is_unproven: bool = False


def of_arrival(arrival: Arrival) -> Sender:
    """The contact who speaks: the customer's own, else the address's, else a new one.

    Called inside the intake. The author alone counts; nobody is made for To or Cc.
    """
    address = arrival.sender.address
    is_verified = _is_verified(arrival.customer, address)
    owner = _by_address(address)
    contact = _by_customer(arrival.customer, owner) or owner
    is_new = contact is None
    if contact is None:
        contact = Contact.objects.create(name=arrival.sender.name[:200])
    if address and owner is None:
        began = is_new and arrival.customer is not None and arrival.is_authenticated
        owner = _give_address(contact, address, is_verified=is_verified or began)
        if is_new and owner != contact:
            # Two arrivals at once met the unique key: the first one wins.
            contact.delete()
            contact, is_new = owner, False
    if is_verified:
        contact.addresses.filter(kind=AddressKind.EMAIL, normalized=_key(address)).update(is_verified=True)
    phone = normalize_phone(arrival.phone)
    if phone and not contact.addresses.filter(kind=AddressKind.PHONE, normalized=phone).exists():
        contact.addresses.create(kind=AddressKind.PHONE, value=arrival.phone[:320], normalized=phone)
    _complete(contact, arrival, is_new=is_new, is_verified=is_verified)
    is_own = owner == contact and contact.customer_is_proven and _is_customer(contact, arrival.customer)
    return Sender(contact, is_verified, arrival.customer is not None and not (is_verified or is_own))


def _is_verified(customer: Any | None, address: str) -> bool:
    """Whether the shop has verified the address. Where its code fails, it has not."""
    if customer is None or not address:
        return False
    return bool(ask(get_shop().is_email_verified, False, customer, address))


def _key(address: str) -> str:
    return normalize(address)[:320]


def _by_address(address: str) -> Contact | None:
    if not address:
        return None
    key = ContactAddress.make_owner_key(AddressKind.EMAIL, _key(address))
    found = ContactAddress.objects.select_related("contact").filter(owner_key=key).first()
    return found.contact if found else None


def _by_customer(customer: Any | None, owner: Contact | None) -> Contact | None:
    """The logged-in customer's own contact; of several the one that has the address."""
    if customer is None:
        return None
    if owner is not None and owner.customer_is_proven and _is_customer(owner, customer):
        return owner
    proven = Contact.objects.filter(customer_id=customer.pk, customer_is_proven=True)
    return proven.order_by("pk").first()


def _is_customer(contact: Contact, customer: Any | None) -> bool:
    return customer is not None and contact.customer_id == customer.pk


def _give_address(contact: Contact, address: str, *, is_verified: bool) -> Contact:
    """Give the contact an address that nobody has. Returns its owner: somebody else may have been faster."""
    key = ContactAddress.make_owner_key(AddressKind.EMAIL, _key(address))
    try:
        with transaction.atomic():
            contact.addresses.create(
                kind=AddressKind.EMAIL,
                value=address[:320],
                normalized=_key(address),
                owner_key=key,
                is_verified=is_verified,
            )
    except IntegrityError:
        return ContactAddress.objects.select_related("contact").get(owner_key=key).contact
    return contact


def _complete(contact: Contact, arrival: Arrival, *, is_new: bool, is_verified: bool) -> None:
    """Fill what is empty; what is known is never overwritten by what a stranger claims."""
    changed = []
    if not contact.name and arrival.sender.name:
        contact.name, changed = arrival.sender.name[:200], ["name"]
    if _tie(contact, arrival, is_new=is_new, is_verified=is_verified):
        changed += ["customer", "customer_label", "customer_is_proven"]
    if changed:
        contact.save(update_fields=changed)


def _tie(contact: Contact, arrival: Arrival, *, is_new: bool, is_verified: bool) -> bool:
    """Tie the contact to the customer. A proven tie gives way to none, another one only to a proven one."""
    is_tied = contact.customer_id is not None
    if is_tied and contact.customer_is_proven:
        return False
    customer, is_proven = arrival.customer, is_new or is_verified
    if customer is None:
        customer = None if is_tied else _only_customer(arrival.sender.address)
        is_proven = _is_verified(customer, arrival.sender.address)
    if customer is None or (is_tied and not is_proven):
        return False
    contact.customer, contact.customer_is_proven = customer, is_proven
    contact.customer_label = ask(get_shop().customer_name, "", customer)[:200]
    return True


def _only_customer(address: str) -> Any | None:
    """The customer registered under the address, when there is exactly one."""
    found = ask(get_shop().customers_by_email, [], address) if address else []
    return found[0] if len(found) == 1 else None
