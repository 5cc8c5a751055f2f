"""What staff must know about a message before trusting it, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..mail.auth import failures
from ..mail.types import AutomaticKind
from ..models import Message

#: Sentences for the codes in ``Message.warnings`` (``actions.intake`` and ``mailbox`` write them).
WARNINGS: dict[str, Promise] = {
    "author_doubtful": gettext_lazy(
        "The sender is not clear: the mail names several authors, or none that can be read."
    ),
    "authentication_failed": gettext_lazy(
        "The mail server could not confirm the sender. The address may be forged."
    ),
    "reply_to_elsewhere": gettext_lazy("The sender asks for answers at another address."),
    "conflicting_thread": gettext_lazy("The mail refers to two different inquiries."),
    "stranger_on_order_mail": gettext_lazy(
        "Answers a mail about an order, but the sender is not the one who received it."
    ),
    "stranger": gettext_lazy("The sender was not part of this conversation before."),
    "address_unproven": gettext_lazy("Nobody has checked that this address is the sender's."),
    "truncated": gettext_lazy("The mail was too large. Only its beginning was taken in."),
    "incomplete": gettext_lazy("Not everything in this mail could be read. Look at the original."),
    "id_reused": gettext_lazy("Another mail carried the same Message-ID. Both were kept."),
}

#: Sentences for ``Message.automatic_kind``.
AUTOMATIC: dict[str, Promise] = {
    AutomaticKind.AUTO_REPLY: gettext_lazy(
        "Automatic answer, for example an absence notice. No person wrote it."
    ),
    AutomaticKind.BOUNCE: gettext_lazy("Delivery failure: a mail from here did not reach its recipient."),
    AutomaticKind.READ_RECEIPT: gettext_lazy("Read receipt."),
    AutomaticKind.COMPLAINT: gettext_lazy("Complaint report: the recipient marked a mail from here as spam."),
    AutomaticKind.LIST: gettext_lazy("Sent through a mailing list. An answer may reach everybody on it."),
    AutomaticKind.BULK: gettext_lazy("Bulk mail."),
    AutomaticKind.LOOP: gettext_lazy("One of our own mails came back."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """``level`` is "warning" or "info"; ``detail`` is technical and may be empty."""

    code: str
    text: str
    level: str = "warning"
    detail: str = ""


def notices(message: Message) -> Iterable[Notice]:
    """Warnings about the sender, most serious first, then what kind of mail it is."""
    codes = [str(code) for code in message.warnings or ()]
    failed = failed_checks(message)
    if failed:
        yield Notice(
            "authentication_failed", str(WARNINGS["authentication_failed"]), detail=", ".join(failed)
        )
    for code in codes:
        if code not in ("authentication_failed", "reply_to_elsewhere"):
            # A code of a newer version, or a host's own word: better shown as it is than not at all.
            yield Notice(code, str(WARNINGS.get(code, code)))
    other = foreign_reply_to(message)
    if other:
        yield Notice(
            "reply_to_elsewhere",
            _("Answers are asked to go to %(address)s, which is not the sender's domain.")
            % {"address": ", ".join(other)},
        )
    if message.automatic_kind:
        serious = message.automatic_kind in (AutomaticKind.BOUNCE, AutomaticKind.COMPLAINT)
        yield Notice(
            message.automatic_kind,
            str(AUTOMATIC.get(message.automatic_kind, message.automatic_kind)),
            level="warning" if serious else "info",
            detail=message.automatic_reason,
        )


def failed_checks(message: Message) -> list[str]:
    """Checks of the own mail server that the sender failed, as "dmarc=fail"."""
    return failures(message.auth_results) if isinstance(message.auth_results, dict) else []


def foreign_reply_to(message: Message) -> list[str]:
    """Reply-To addresses outside the sender's domain."""
    domain = message.sender_address.rpartition("@")[2].lower()
    addresses = [str(item.get("address", "")) for item in message.reply_to or () if isinstance(item, dict)]
    return [item for item in addresses if item and item.rpartition("@")[2].lower() != domain]
