"""Finding the conversation that a mail belongs to. Evidence only; ``actions.intake`` judges the sender."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ..mail.types import EvidenceKind, ThreadEvidence
from ..models import Inbox, Inquiry, Message, OrderMail, OutgoingMail


def message_key(message_id: str) -> str:
    """Hash under which a Message-ID is stored; "" for none. Ids differ in case, which MariaDB ignores."""
    folded = message_id.strip().strip("<>").strip()
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest() if folded else ""


@dataclass(frozen=True, slots=True)
class ThreadMatch:
    """An inquiry or an order mail that evidence points at."""

    evidence: ThreadEvidence
    inquiry: Inquiry | None = None
    order_mail: OrderMail | None = None


def find_matches(evidence: Sequence[ThreadEvidence], inbox: Inbox) -> list[ThreadMatch]:
    """What the evidence points at, in the order of the evidence, each target once.

    Stored ids count only within the same inbox: a copy of a mail elsewhere says nothing about this one.
    """
    keys = {hint: message_key(hint.value) for hint in evidence if hint.kind != EvidenceKind.SUBJECT_TAG}
    numbers = [hint.value for hint in evidence if hint.kind == EvidenceKind.SUBJECT_TAG]
    wanted = [key for key in keys.values() if key]
    by_key: dict[str, Inquiry] = {}
    mails: dict[str, OrderMail] = {}
    if wanted:
        for outgoing in OutgoingMail.objects.filter(message_key__in=wanted, inbox=inbox).select_related(
            "inquiry__contact"
        ):
            if outgoing.inquiry is not None:
                by_key[outgoing.message_key] = outgoing.inquiry
        for message in Message.objects.filter(message_key__in=wanted, inquiry__inbox=inbox).select_related(
            "inquiry__contact"
        ):
            by_key.setdefault(message.message_key, message.inquiry)
        mails = {mail.message_key: mail for mail in OrderMail.objects.filter(message_key__in=wanted)}
    by_number = (
        {
            inquiry.number: inquiry
            for inquiry in Inquiry.objects.filter(number__in=numbers, inbox=inbox).select_related("contact")
        }
        if numbers
        else {}
    )
    matches: list[ThreadMatch] = []
    seen: set[tuple[str, int]] = set()
    for hint in evidence:
        inquiry = by_number.get(hint.value) if hint not in keys else by_key.get(keys[hint])
        mail = mails.get(keys[hint]) if hint in keys and inquiry is None else None
        target = ("inquiry", inquiry.pk) if inquiry else ("mail", mail.pk) if mail else None
        if target and target not in seen:
            seen.add(target)
            matches.append(ThreadMatch(evidence=hint, inquiry=inquiry, order_mail=mail))
    return matches
