"""Which conversation an arrival joins: evidence from ``queries.threads``, judged by who sent it.

A header is evidence, not proof (DESIGN, law 5): a match counts only when the sender belongs to it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from ..choices import AddressKind, InquiryStatus, LinkSource, LinkState, RelationKind
from ..mail.addresses import normalize
from ..mail.compose import read_message_id
from ..mail.types import EvidenceKind, ThreadEvidence
from ..models import Contact, Inquiry, Message, OrderLink, OrderMail
from ..queries.threads import ThreadMatch, find_matches
from ..secrets import signing_keys
from .arrival import Arrival, OrderEvidence


@dataclass(slots=True)
class Verdict:
    """Where the arrival goes and what else the evidence said."""

    inquiry: Inquiry | None = None
    relations: list[tuple[Inquiry, RelationKind, str]] = field(default_factory=list)
    orders: list[OrderEvidence] = field(default_factory=list)
    order_mail: OrderMail | None = None
    warnings: list[str] = field(default_factory=list)


def judge(arrival: Arrival, contact: Contact, now: dt.datetime) -> Verdict:
    """The strongest evidence whose conversation the sender belongs to wins."""
    verdict = Verdict()
    if arrival.inquiry is not None:
        verdict.inquiry = arrival.inquiry
        return verdict
    for match in find_matches(_genuine(arrival.thread), arrival.inbox):
        if match.inquiry is not None:
            _weigh_inquiry(match, match.inquiry, contact, verdict, now)
        if match.order_mail is not None:
            _weigh_order_mail(match.order_mail, arrival, contact, verdict)
    if verdict.inquiry is None and verdict.order_mail is not None:
        _weigh_same_matter(arrival, contact, verdict.order_mail, verdict)
    return verdict


def _genuine(evidence: tuple[ThreadEvidence, ...]) -> list[ThreadEvidence]:
    """Ids that look like ours but were not signed by us are dropped."""
    keys = signing_keys()
    return [
        hint
        for hint in evidence
        if hint.kind != EvidenceKind.SIGNED_ID or read_message_id(hint.value, keys) is not None
    ]


def _weigh_inquiry(
    match: ThreadMatch, inquiry: Inquiry, contact: Contact, verdict: Verdict, now: dt.datetime
) -> None:
    reason = match.evidence.kind.value
    if not _belongs(contact, inquiry):
        verdict.relations.append((inquiry, RelationKind.MAYBE, reason))
    elif verdict.inquiry is not None:
        verdict.warnings.append("conflicting_thread")
        verdict.relations.append((inquiry, RelationKind.MAYBE, reason))
    elif _closed_long_ago(inquiry, now):
        verdict.relations.append((inquiry, RelationKind.FOLLOW_UP, reason))
    else:
        verdict.inquiry = inquiry


def _belongs(contact: Contact, inquiry: Inquiry) -> bool:
    """The inquiry's contact (under any address), the same customer, or somebody staff wrote to."""
    if contact.pk == inquiry.contact_id:
        return True
    if contact.customer_id is not None and contact.customer_id == inquiry.contact.customer_id:
        return True
    known = set(contact.addresses.filter(kind=AddressKind.EMAIL).values_list("normalized", flat=True))
    written_to = Message.objects.filter(inquiry=inquiry, kind="staff").values_list("to", "cc")
    return any(normalize(entry["address"]) in known for to, cc in written_to for entry in [*to, *cc])


def _closed_long_ago(inquiry: Inquiry, now: dt.datetime) -> bool:
    if not inquiry.is_closed or inquiry.closed_at is None:
        return False
    return inquiry.closed_at < now - dt.timedelta(days=inquiry.inbox.reopen_days)


def _weigh_order_mail(mail: OrderMail, arrival: Arrival, contact: Contact, verdict: Verdict) -> None:
    recipients = {normalize(address) for address in mail.to}
    is_own = normalize(arrival.sender.address) in recipients or (
        mail.customer_id is not None and mail.customer_id == contact.customer_id
    )
    if mail.order is not None:
        state = LinkState.CONFIRMED if is_own else LinkState.SUGGESTED
        verdict.orders.append(OrderEvidence(order=mail.order, source=LinkSource.ORDER_MAIL, state=state))
    if not is_own:
        verdict.warnings.append("stranger_on_order_mail")
        return
    verdict.order_mail = verdict.order_mail or mail


def _weigh_same_matter(arrival: Arrival, contact: Contact, mail: OrderMail, verdict: Verdict) -> None:
    """An unfinished inquiry of this contact about this order: a second reply to the same order mail
    must not be answered by a second person.

    In another inbox it is only pointed at: those who read this one may not see it, and the mail with it.
    """
    links = (
        OrderLink.objects.filter(
            order_key=mail.order_key, state=LinkState.CONFIRMED, inquiry__contact=contact
        )
        .exclude(inquiry__status__in=[InquiryStatus.DONE, InquiryStatus.NO_ACTION, InquiryStatus.SPAM])
        .select_related("inquiry")
        .order_by("-inquiry_id")
    )
    here = links.filter(inquiry__inbox=arrival.inbox).first()
    if here is not None:
        verdict.inquiry = here.inquiry
    elif elsewhere := links.first():
        verdict.relations.append((elsewhere.inquiry, RelationKind.MAYBE, "order_mail"))
