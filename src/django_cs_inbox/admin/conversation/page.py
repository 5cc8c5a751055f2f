"""The page itself: what is read for it, and what its forms start with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ...choices import InquiryStatus, OutgoingState, Priority, ReplyState
from ...mail.threading import reply_subject
from ...mail.types import AutomaticKind
from ...models import IN_FLIGHT_STATES, Inquiry, Reply
from ...queries import badges, conversation, panel, sender, timeline
from ...queries.panel import Panel
from ...queries.timeline import Entry, Timeline
from .base import ConversationPage
from .forms import ContactForm, HoldForm, NoteForm, ReplyForm
from .status import can_hold, possible_verbs

TEMPLATE = "admin/cs_inbox/inquiry/conversation.html"


class Page(ConversationPage):
    def get_title(self) -> str:
        return f"#{self.inquiry.number} {self.inquiry.subject}"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return render_conversation(self)


def render_conversation(
    page: ConversationPage,
    *,
    reply_form: ReplyForm | None = None,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> TemplateResponse:
    """The conversation; with a refused form, what was typed stays in it."""
    inquiry, rights, request = page.inquiry, page.rights, page.request
    beside = panel.build(inquiry, request)
    lines = timeline.build(
        inquiry,
        user=request.user,
        everything="all" in request.GET,
        full_text=_number(request.GET.get("full")),
        seen_at=_moment(request.GET.get("seen")),
        order_keys=beside.confirmed_keys,
    )
    context: dict[str, Any] = {
        "title": f"#{inquiry.number} {inquiry.subject}",
        "inquiry": inquiry,
        "rights": rights,
        "timeline": lines,
        "way": badges.way(inquiry),
        "is_late": badges.is_old(inquiry.unanswered_since),
        "undelivered": next((entry for entry in lines.entries if _is_undelivered(entry)), None),
        "to_approve": _to_approve(page, lines) if rights.approve else None,
        "panel": beside,
        "relations": panel.relations(inquiry, request.user),
        "tags": conversation.tag_choices(inquiry),
    }
    if rights.work:
        context |= _work_context(inquiry)
        context["note_form"] = note_form or NoteForm()
        context["contact_form"] = ContactForm(
            initial={
                "standing": inquiry.contact.standing,
                "standing_reason": inquiry.contact.standing_reason,
                "memo": inquiry.contact.memo,
            }
        )
        context |= _composer_context(page, inquiry, lines, beside, reply_form)
    return page.render(TEMPLATE, status=status, **context)


def _is_undelivered(entry: Entry) -> bool:
    mail = entry.outgoing
    return mail is not None and mail.state in (OutgoingState.FAILED, OutgoingState.UNKNOWN)


def _to_approve(page: ConversationPage, lines: Timeline) -> Entry | None:
    """The reply that waits for this approver; nobody approves their own."""
    waiting = (entry for entry in lines.entries if entry.kind == "reply")
    return next(
        (
            entry
            for entry in waiting
            if entry.item.state == ReplyState.SUBMITTED and entry.item.author_id != page.request.user.pk
        ),
        None,
    )


def _work_context(inquiry: Inquiry) -> dict[str, Any]:
    verbs = possible_verbs(inquiry)
    return {
        "main_verbs": [verb for verb in verbs if verb.is_main],
        "more_verbs": [verb for verb in verbs if not verb.is_main],
        "hold_form": HoldForm() if can_hold(inquiry) else None,
        "people": conversation.assignable_users(inquiry.inbox),
        "categories": conversation.category_choices(inquiry),
        "priorities": Priority.choices,
    }


def _composer_context(
    page: ConversationPage,
    inquiry: Inquiry,
    lines: Timeline,
    beside: Panel,
    form: ReplyForm | None,
) -> dict[str, Any]:
    newest, own = lines.newest_in, lines.own_reply
    foreign = sender.foreign_reply_to(newest) if newest else []
    recipients = [newest.sender_address] if newest and newest.sender_address else beside.emails[:1]
    if foreign and "reply_to" in page.request.GET:
        recipients = foreign
    if form is None:
        form = ReplyForm(initial=_initial(inquiry, own, recipients, newest.pk if newest else None))
    # Datalist of the To field: every address of this contact, and where they ask for answers.
    suggestions = list(dict.fromkeys([*recipients, *beside.emails, *foreign]))
    under_way = next(
        (
            entry
            for entry in lines.entries
            if entry.kind == "reply" and entry.item.state in (*IN_FLIGHT_STATES, ReplyState.SUBMITTED)
        ),
        None,
    )
    return {
        "reply_form": form,
        "draft": own,
        "foreign_reply_to": foreign,
        "suggestions": suggestions,
        "under_way": under_way,
        "may_release": under_way is None
        and inquiry.status not in (InquiryStatus.PENDING_APPROVAL, InquiryStatus.SPAM),
        "is_spam": inquiry.status == InquiryStatus.SPAM,
        "automatic_notice": _automatic_notice(lines),
    }


def _initial(
    inquiry: Inquiry, own: Reply | None, recipients: list[str], answers: int | None
) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "to": recipients,
        "subject": reply_subject(inquiry.subject, inquiry.number),
        "version": inquiry.version,
        "answers": answers,
        "seen_at": timezone.now().isoformat(),
    }
    if own is not None:
        initial |= {
            "to": own.to,
            "cc": own.cc,
            "bcc": own.bcc,
            "subject": own.subject,
            "body": own.body,
            "quotes": own.quotes,
            "next_status": own.next_status,
            "answers": own.answers_id or answers,
        }
    return initial


def _automatic_notice(lines: Timeline) -> str:
    """ "automatic" when nobody wrote the newest mail, "list" when an answer may reach many, else ""."""
    newest = next(
        (
            entry.item
            for entry in reversed(lines.entries)
            if entry.kind == "message" and entry.item.direction == "in"
        ),
        None,
    )
    if newest is None:
        return ""
    if newest.is_automatic:
        return "automatic"
    return "list" if newest.automatic_kind == AutomaticKind.LIST else ""


def _moment(text: str | None) -> dt.datetime | None:
    try:
        moment = parse_datetime(text or "")
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None
