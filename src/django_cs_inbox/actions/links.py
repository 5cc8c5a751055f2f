"""Which orders an inquiry is about. All raise ``NotAllowed``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..choices import AddressKind, LinkSource, LinkState
from ..exceptions import InvalidInput
from ..models import Inquiry, OrderLink
from ..shop import get_shop
from ..shop.safe import ask
from .arrival import OrderEvidence
from .changes import locked
from .events import record


class ForeignOrder(InvalidInput):
    """The order exists, but is not this contact's."""


def link_order(inquiry: Inquiry, *, by: Any, number: str, force: bool = False) -> OrderLink:
    """Link an order by its number as staff typed it.

    Raises ``InvalidInput`` when no order or several have the number, and ``ForeignOrder`` when it is
    another customer's, unless ``force`` says that this was seen.
    """
    shop = get_shop()
    with locked(inquiry, by=by) as fresh:
        found = shop.find_orders(number.strip()) if number.strip() else []
        contact = fresh.contact
        emails = list(contact.addresses.filter(kind=AddressKind.EMAIL).values_list("value", flat=True))
        own = [order for order in found if shop.belongs_to(order, customer=contact.customer, emails=emails)]
        if not found:
            raise InvalidInput(_("There is no order with the number “%(number)s”.") % {"number": number})
        if not own and not force:
            raise ForeignOrder(_("The order “%(number)s” belongs to another customer.") % {"number": number})
        candidates = own or found
        if len(candidates) > 1:
            raise InvalidInput(_("Several orders have the number “%(number)s”.") % {"number": number})
        link = add(
            fresh,
            OrderEvidence(order=candidates[0], source=LinkSource.STAFF, state=LinkState.CONFIRMED),
            by=by,
        )
        record("order.linked", inquiry=fresh, by=by, target=link, number=link.order_number, foreign=not own)
    return link


def add(inquiry: Inquiry, evidence: OrderEvidence, *, by: Any = None) -> OrderLink:
    """Write the link; called with the inquiry locked. Stronger evidence raises a suggestion, weaker
    never lowers a confirmed link, and only staff overrule a refusal."""
    key = str(evidence.order.pk)
    shop = get_shop()
    # Staff are told when the shop's code fails; a customer's words come in all the same.
    number = shop.order_number(evidence.order) if by else ask(shop.order_number, key, evidence.order)
    link, created = inquiry.order_links.get_or_create(
        order_key=key[:64],
        defaults={
            "order": evidence.order,
            "order_number": number[:100],
            "source": evidence.source,
            "state": evidence.state,
            "created_by": by,
        },
    )
    overrules = by is not None or link.state == LinkState.SUGGESTED
    if not created and evidence.state == LinkState.CONFIRMED != link.state and overrules:
        link.state, link.source, link.created_by = LinkState.CONFIRMED, evidence.source, by
        link.save(update_fields=["state", "source", "created_by"])
    return link


def unlink_order(link: OrderLink, *, by: Any) -> None:
    """Take a link away; the order itself is not touched."""
    with locked(link.inquiry, by=by) as fresh:
        record("order.unlinked", inquiry=fresh, by=by, target=link, number=link.order_number)
        link.delete()


def confirm_order(link: OrderLink, *, by: Any) -> OrderLink:
    """Say that a suggested order is the right one."""
    return _decide(link, LinkState.CONFIRMED, "order.confirmed", by)


def refuse_order(link: OrderLink, *, by: Any) -> OrderLink:
    """Say that a suggested order is not meant; it is not suggested again."""
    return _decide(link, LinkState.REFUSED, "order.refused", by)


def _decide(link: OrderLink, state: LinkState, verb: str, by: Any) -> OrderLink:
    with locked(link.inquiry, by=by) as fresh:
        fresh_link = fresh.order_links.select_for_update().get(pk=link.pk)
        if fresh_link.state != state:
            fresh_link.state = state
            fresh_link.save(update_fields=["state"])
            record(verb, inquiry=fresh, by=by, target=fresh_link, number=fresh_link.order_number)
    return fresh_link
