"""What stands beside a conversation: who writes, what they bought, what was said before."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest

from .. import permissions
from ..choices import AddressKind, LinkSource, LinkState
from ..models import Contact, ContactAddress, Inquiry, InquiryRelation, OrderLink, ProductLink
from ..shop import CustomerSummary, OrderSummary, get_shop

logger = logging.getLogger(__name__)

#: Orders and inquiries of the past that are shown.
RECENT_ORDERS = 5
PAST_INQUIRIES = 5


@dataclass(slots=True)
class PanelOrder:
    """One order; ``summary`` is None when the shop could not be asked or has deleted it."""

    number: str
    link: OrderLink | None = None
    summary: OrderSummary | None = None
    url: str = ""


@dataclass(slots=True)
class Panel:
    contact: Contact
    addresses: list[ContactAddress]
    links: list[OrderLink]
    customer: CustomerSummary | None = None
    customer_url: str = ""
    confirmed: list[PanelOrder] = field(default_factory=list)
    suggested: list[PanelOrder] = field(default_factory=list)
    refused: list[PanelOrder] = field(default_factory=list)
    #: Further orders of this customer, newest first.
    others: list[PanelOrder] = field(default_factory=list)
    products: list[ProductLink] = field(default_factory=list)
    past: list[Inquiry] = field(default_factory=list)
    has_more_past: bool = False
    #: The shop's adapter failed; what is shown comes from our own tables.
    shop_failed: bool = False

    @property
    def is_only_matched(self) -> bool:
        """The customer was found by the address alone, which the shop has not verified: it may be another's.

        Not so where this very inquiry answers a mail about an order, or names one from the account.
        """
        shown = (LinkSource.ORDER_MAIL, LinkSource.FORM_LOGIN)
        if any(link.state == LinkState.CONFIRMED and link.source in shown for link in self.links):
            return False
        return self.customer is not None and not self.contact.customer_is_proven

    @property
    def emails(self) -> list[str]:
        return [row.value for row in self.addresses if row.kind == AddressKind.EMAIL]

    @property
    def search_text(self) -> str:
        """What finds this contact's inquiries in the list."""
        return self.emails[0] if self.emails else self.contact.name

    @property
    def confirmed_keys(self) -> list[str]:
        return [link.order_key for link in self.links if link.state == LinkState.CONFIRMED]


def build(inquiry: Inquiry, request: HttpRequest) -> Panel:
    """The panel for this user. A failing shop adapter costs its part of the panel and nothing else."""
    panel = Panel(
        contact=inquiry.contact,
        addresses=list(inquiry.contact.addresses.order_by("pk")),
        links=list(inquiry.order_links.select_related("order").order_by("pk")),
        products=list(inquiry.product_links.exclude(state=LinkState.REFUSED).order_by("pk")),
    )
    past = (
        permissions.visible_inquiries(request.user)
        .filter(contact=inquiry.contact_id)
        .exclude(pk=inquiry.pk)
        .order_by("-last_customer_at", "-pk")[: PAST_INQUIRIES + 1]
    )
    rows = list(past)
    panel.past, panel.has_more_past = rows[:PAST_INQUIRIES], len(rows) > PAST_INQUIRIES
    for link in panel.links:
        target = {LinkState.CONFIRMED: panel.confirmed, LinkState.SUGGESTED: panel.suggested}
        target.get(LinkState(link.state), panel.refused).append(
            PanelOrder(number=link.order_number, link=link)
        )
    # The shop's adapter is host code: whatever it raises must not keep staff from the conversation.
    try:
        with _own_savepoint():
            _ask_shop(panel, request)
    except Exception:
        logger.exception("The shop adapter failed for inquiry %s", inquiry.pk)
        panel.shop_failed = True
        panel.customer, panel.customer_url, panel.others = None, "", []
        for order in (*panel.confirmed, *panel.suggested, *panel.refused):
            order.summary, order.url = None, ""
    return panel


def relations(inquiry: Inquiry, user: Any) -> list[tuple[Inquiry, InquiryRelation, bool]]:
    """Inquiries this one points at or is pointed at by (True), as far as the user may see them."""
    # By inbox: a list of all inquiries that the user sees is made anew for every page.
    inboxes = permissions.visible_inboxes(user)
    rows = InquiryRelation.objects.select_related("inquiry", "other").filter(
        Q(inquiry=inquiry) | Q(other=inquiry), inquiry__inbox__in=inboxes, other__inbox__in=inboxes
    )
    found = []
    for row in rows.order_by("pk"):
        is_back = row.other_id == inquiry.pk
        found.append((row.inquiry if is_back else row.other, row, is_back))
    return found


def _ask_shop(panel: Panel, request: HttpRequest) -> None:
    shop = get_shop()
    customer = panel.contact.customer
    if customer is not None:
        panel.customer = shop.customer_summaries([customer]).get(str(customer.pk))
        panel.customer_url = shop.customer_url(customer, request)
    linked = {link.order_key: link.order for link in panel.links if link.order is not None}
    recent = _recent_orders(shop, customer, panel.emails, linked)
    orders = {**linked, **{str(order.pk): order for order in recent}}
    summaries = shop.order_summaries(list(orders.values())) if orders else {}
    for item in (*panel.confirmed, *panel.suggested, *panel.refused):
        assert item.link is not None  # noqa: S101 - for the type checker: these come from links
        order = linked.get(item.link.order_key)
        if order is not None:
            item.summary = summaries.get(str(order.pk))
            item.url = shop.order_url(order, request)
    for order in recent:
        summary = summaries.get(str(order.pk))
        if summary is not None:
            panel.others.append(
                PanelOrder(number=summary.number, summary=summary, url=shop.order_url(order, request))
            )


def _recent_orders(shop: Any, customer: Any, emails: Sequence[str], linked: dict[str, Any]) -> list[Any]:
    if customer is None and not emails:
        return []
    found = shop.orders_of(customer=customer, emails=emails, limit=RECENT_ORDERS + len(linked))
    return [order for order in found if str(order.pk) not in linked][:RECENT_ORDERS]


def _own_savepoint() -> contextlib.AbstractContextManager[Any]:
    """Inside a request's transaction a failed query would break every later one."""
    return transaction.atomic() if connection.in_atomic_block else contextlib.nullcontext()
