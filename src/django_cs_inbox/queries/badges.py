"""What a row of the list shows beside the inquiry itself, read for all rows at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from ..choices import (
    AddressKind,
    Channel,
    Direction,
    InquiryStatus,
    LinkState,
    Origin,
    RelationKind,
    Standing,
)
from ..mail.types import AutomaticKind
from ..models import ContactAddress, Inquiry, InquiryRelation, Message, OrderLink, ProductLink, Tag
from ..shop import OrderSummary, get_shop
from ..shop.safe import ask

#: A customer who has waited longer than this is marked, whatever the status says.
OLD_AFTER = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OrderBadge:
    number: str
    is_suggested: bool
    #: The shop's own word for the order's state; "" for a suggestion or an order that is gone.
    status: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    pk: int
    number: str


@dataclass(slots=True)
class Row:
    """One inquiry as the list shows it."""

    inquiry: Inquiry
    who: str = ""
    orders: list[OrderBadge] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    #: Inquiries that it maybe belongs to, as far as the user may see them.
    maybe: list[Related] = field(default_factory=list)
    #: Why no person wrote the newest message (``AutomaticKind``), or "".
    automatic_kind: str = ""
    automatic_reason: str = ""
    is_old: bool = False

    @property
    def is_new(self) -> bool:
        return bool(self.inquiry.status == InquiryStatus.NEW)

    @property
    def days_unanswered(self) -> int:
        since = self.inquiry.unanswered_since
        return (timezone.now() - since).days if since else 0

    @property
    def is_list_mail(self) -> bool:
        return self.automatic_kind == AutomaticKind.LIST

    @property
    def more_orders(self) -> int:
        return max(len(self.orders) - 2, 0)

    @property
    def way(self) -> str:
        return way(self.inquiry)

    @property
    def standing(self) -> str:
        """The contact's standing where it is worth a mark, or ""."""
        standing = self.inquiry.contact.standing
        return "" if standing == Standing.NORMAL else standing


def is_old(since: dt.datetime | None) -> bool:
    """Whether a customer who waits since then has waited too long; never for one who does not wait."""
    return since is not None and since < timezone.now() - OLD_AFTER


def way(inquiry: Inquiry) -> str:
    """Channel and door: “Email → Reply to an order mail”. Says nothing twice."""
    channel, door = inquiry.get_channel_display(), inquiry.get_origin_display()
    if inquiry.origin in (Origin.DIRECT_MAIL, Origin.STAFF):
        return channel
    if inquiry.channel == Channel.FORM:
        return door
    return _("%(channel)s → %(origin)s") % {"channel": channel, "origin": door}


def rows_of(inquiries: Iterable[Inquiry], *, inboxes: Collection[int]) -> list[Row]:
    """Rows in the given order, in a number of queries that does not depend on how many they are."""
    rows = {inquiry.pk: Row(inquiry) for inquiry in inquiries}
    if not rows:
        return []
    for row in rows.values():
        row.is_old = is_old(row.inquiry.unanswered_since)
    _add_people(rows.values())
    _add_orders(rows)
    _add_products(rows)
    _add_tags(rows)
    _add_automatic(rows)
    _add_relations(rows, inboxes)
    return list(rows.values())


def _add_people(rows: Iterable[Row]) -> None:
    nameless = defaultdict(list)
    for row in rows:
        contact = row.inquiry.contact
        row.who = contact.name or contact.customer_label
        if not row.who:
            nameless[contact.pk].append(row)
    # Asked even when nobody is nameless: the number of queries stays the same on every page.
    addresses = ContactAddress.objects.filter(contact_id__in=nameless or [0]).order_by("-id")
    for address in sorted(addresses, key=lambda address: address.kind == AddressKind.EMAIL):
        for row in nameless[address.contact_id]:
            row.who = address.value


def _add_orders(rows: dict[int, Row]) -> None:
    # Not a join: the host's tables may live in another database.
    links = list(
        OrderLink.objects.filter(inquiry_id__in=rows)
        .exclude(state=LinkState.REFUSED)
        .order_by("id")
        .prefetch_related("order")
    )
    # A suggestion tells no more than what the customer wrote: its order may be a stranger's.
    confirmed = [link.order for link in links if link.state == LinkState.CONFIRMED and link.order]
    nothing: dict[str, OrderSummary] = {}
    summaries = ask(lambda: get_shop().order_summaries(confirmed), nothing) if confirmed else nothing
    for link in sorted(links, key=lambda link: link.state != LinkState.CONFIRMED):
        summary = summaries.get(link.order_key) if link.state == LinkState.CONFIRMED else None
        rows[link.inquiry_id].orders.append(
            OrderBadge(
                number=summary.number if summary else link.order_number,
                is_suggested=link.state == LinkState.SUGGESTED,
                status=summary.status if summary else "",
            )
        )


def _add_products(rows: dict[int, Row]) -> None:
    links = ProductLink.objects.filter(inquiry_id__in=rows).exclude(state=LinkState.REFUSED)
    for pk, name in links.order_by("id").values_list("inquiry_id", "name"):
        rows[pk].products.append(name)


def _add_tags(rows: dict[int, Row]) -> None:
    through: Any = Inquiry.tags.through
    for carried in through.objects.filter(inquiry_id__in=rows).select_related("tag").order_by("tag__name"):
        rows[carried.inquiry_id].tags.append(carried.tag)


def _add_automatic(rows: dict[int, Row]) -> None:
    newest = (
        Message.objects.filter(inquiry_id__in=rows, direction=Direction.IN)
        .order_by()
        .values("inquiry_id")
        .annotate(newest=Max("id"))
        .values("newest")
    )
    found = Message.objects.filter(pk__in=newest).exclude(automatic_kind="")
    for pk, kind, reason in found.values_list("inquiry_id", "automatic_kind", "automatic_reason"):
        rows[pk].automatic_kind = kind
        rows[pk].automatic_reason = reason


def _add_relations(rows: dict[int, Row], inboxes: Collection[int]) -> None:
    relations = InquiryRelation.objects.filter(inquiry_id__in=rows, kind=RelationKind.MAYBE).order_by("id")
    found = relations.values_list("inquiry_id", "other_id", "other__number", "other__inbox_id")
    for pk, other, number, inbox in found:
        # Not in SQL: SQLite would begin at the inbox and read all its inquiries.
        if inbox in inboxes:
            rows[pk].maybe.append(Related(other, number))
