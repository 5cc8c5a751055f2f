"""Which conversation an arrival joins: evidence from ``queries.threads``, judged by who sent it.

A header is evidence, not proof (DESIGN, law 5): a match counts only when the sender belongs to it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from ..choices import AddressKind, InquiryStatus, LinkSource, LinkState, MessageKind, RelationKind
from ..mail import auth
from ..mail.addresses import normalize
from ..mail.compose import read_message_id
from ..mail.types import EvidenceKind, ThreadEvidence
from ..models import Contact, Inquiry, OrderLink, OrderMail
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
            _weigh_inquiry(match, match.inquiry, arrival, contact, verdict, now)
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
    match: ThreadMatch,
    inquiry: Inquiry,
    arrival: Arrival,
    contact: Contact,
    verdict: Verdict,
    now: dt.datetime,
) -> None:
    reason = match.evidence.kind.value
    # A number can be guessed, a Message-ID cannot: who knows nothing else must have spoken here before.
    if match.evidence.kind == EvidenceKind.SUBJECT_TAG:
        belongs = _took_part(normalize(arrival.sender.address), inquiry)
    else:
        belongs = _belongs(contact, inquiry)
    if not belongs:
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
    other = inquiry.contact
    if contact.pk == other.pk:
        return True
    # A tie that rests on an address alone may be that of whoever registered with the address.
    are_proven = contact.customer_is_proven and other.customer_is_proven
    if are_proven and contact.customer_id is not None and contact.customer_id == other.customer_id:
        return True
    known = set(contact.addresses.filter(kind=AddressKind.EMAIL).values_list("normalized", flat=True))
    return not known.isdisjoint(_written_to(inquiry))


def _took_part(address: str, inquiry: Inquiry) -> bool:
    """Whether this very address wrote in the inquiry, or was written to by staff."""
    if not address:
        return False
    customers = inquiry.messages.filter(kind=MessageKind.CUSTOMER)
    senders = {normalize(sender) for sender in customers.values_list("sender_address", flat=True)}
    return address in senders or address in _written_to(inquiry)


def _written_to(inquiry: Inquiry) -> set[str]:
    rows = inquiry.messages.filter(kind=MessageKind.STAFF).values_list("to", "cc")
    return {normalize(entry["address"]) for to, cc in rows for entry in [*to, *cc]}


def _closed_long_ago(inquiry: Inquiry, now: dt.datetime) -> bool:
    if not inquiry.is_closed or inquiry.closed_at is None:
        return False
    return inquiry.closed_at < now - dt.timedelta(days=inquiry.inbox.reopen_days)


def _weigh_order_mail(mail: OrderMail, arrival: Arrival, contact: Contact, verdict: Verdict) -> None:
    recipients = {normalize(address) for address in mail.to}
    is_own = normalize(arrival.sender.address) in recipients or (
        mail.customer_id is not None and mail.customer_id == contact.customer_id
    )
    # Sender addresses are forged, and order mails are forwarded with their ids.
    is_trusted = is_own and not auth.failures(arrival.auth_results)
    if mail.order is not None:
        state = LinkState.CONFIRMED if is_trusted else LinkState.SUGGESTED
        verdict.orders.append(OrderEvidence(order=mail.order, source=LinkSource.ORDER_MAIL, state=state))
    if not is_own:
        verdict.warnings.append("stranger_on_order_mail")
    if is_trusted:
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
