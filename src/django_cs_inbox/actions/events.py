"""The audit trail: registered verbs and the one function that writes them."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Event, Inquiry
from ..permissions import person_label

#: Verb → sentence for the timeline. An unregistered verb is an error.
VERBS = {
    "inquiry.created": _("Inquiry received"),
    "inquiry.opened": _("Work started"),
    "inquiry.submitted": _("Reply submitted for approval"),
    "inquiry.approved": _("Reply approved"),
    "inquiry.returned": _("Reply returned to its author"),
    "inquiry.withdrawn": _("Request for approval withdrawn"),
    "inquiry.replied": _("Reply handed over for sending"),
    "inquiry.held": _("Put on hold"),
    "inquiry.resumed": _("Resumed"),
    "inquiry.woken": _("Woken on its date"),
    "inquiry.closed": _("Closed"),
    "inquiry.no_action": _("Marked as needing no action"),
    "inquiry.spam": _("Marked as spam"),
    "inquiry.not_spam": _("Marked as not spam"),
    "inquiry.reopened": _("Reopened"),
    "inquiry.customer_wrote": _("The customer wrote again"),
    "inquiry.send_failed": _("Reopened because a reply could not be sent"),
    "inquiry.assigned": _("Assignee changed"),
    "inquiry.categorised": _("Category changed"),
    "inquiry.priority_set": _("Priority changed"),
    "inquiry.tags_set": _("Tags changed"),
    "order.linked": _("Order linked"),
    "order.unlinked": _("Order unlinked"),
    "order.confirmed": _("Suggested order confirmed"),
    "order.refused": _("Suggested order refused"),
    "note.added": _("Note written"),
    "reply.discarded": _("Draft discarded"),
    "reply.sent": _("Reply accepted by the mail server"),
    "reply.failed": _("Reply could not be sent"),
    "reply.unknown": _("Unclear whether the reply was sent"),
    "reply.resolved": _("A person decided whether the mail was sent"),
    "reply.retried": _("Sending tried again"),
    "acknowledgement.queued": _("Acknowledgement queued"),
    "acknowledgement.limited": _("No acknowledgement sent: too many in a short time"),
    "order_mail.recorded": _("Mail about an order recorded"),
    "mail.bounced": _("A mail of ours came back"),
    "mail.retried": _("Incoming mail taken in again"),
    "message.received": _("Message received"),
    "contact.edited": _("Contact changed"),
    "contact.standing_set": _("Standing of the contact changed"),
    "contact.address_added": _("Address added to the contact"),
    "mailbox.configured": _("Mailbox settings changed"),
    "mailbox.tested": _("Connection to the mail server tested"),
    "settings.saved": _("Settings saved"),
    "settings.deleted": _("Settings deleted"),
}


def record(
    verb: str,
    *,
    inquiry: Inquiry | None = None,
    by: Any | None = None,
    target: Model | None = None,
    **data: Any,
) -> Event:
    """Write one event. ``data`` holds plain JSON values, never bodies, addresses or secrets.

    Raises ``KeyError`` for a verb that is not registered.
    """
    VERBS[verb]
    return Event.objects.create(
        verb=verb,
        inquiry=inquiry,
        actor=by,
        actor_label=person_label(by),
        target_type=target._meta.model_name or "" if target else "",
        target_id=str(target.pk) if target else "",
        data=data,
        created_at=timezone.now(),
    )
