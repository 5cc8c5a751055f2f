"""Who may do what. Every page and action asks here; staff status alone answers nothing."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from .exceptions import NotAllowed
from .models import Inbox, Inquiry
from .shop.values import full_name

VIEW = "cs_inbox.view_inquiry"
WORK = "cs_inbox.change_inquiry"
SEND = "cs_inbox.send_reply"
APPROVE = "cs_inbox.approve_reply"
VIEW_ORIGINAL = "cs_inbox.view_original_mail"
MANAGE_INBOX = "cs_inbox.change_inbox"
TEST_MAILBOX = "cs_inbox.test_mailbox"


def has_perm(user: Any, permission: str) -> bool:
    """An active user with this permission; False for None and for users of hosts without permissions."""
    return bool(user and user.is_active and getattr(user, "has_perm", lambda _: False)(permission))


def visible_inboxes(user: Any) -> QuerySet[Inbox]:
    """Inboxes whose inquiries the user may see."""
    if not has_perm(user, VIEW):
        return Inbox.objects.none()
    if user.is_superuser if hasattr(user, "is_superuser") else False:
        return Inbox.objects.all()
    # The column is named after the user model of the settings; the user may be of a proxy of it.
    member = Inbox.members.field.m2m_reverse_field_name()
    own = Inbox.members.through.objects.filter(**{member: user.pk})
    return Inbox.objects.filter(Q(is_restricted=False) | Q(pk__in=own.values("inbox")))


def visible_inquiries(user: Any) -> QuerySet[Inquiry]:
    return Inquiry.objects.filter(inbox__in=visible_inboxes(user))


def can_see_inbox(user: Any, inbox: Inbox) -> bool:
    if not has_perm(user, VIEW):
        return False
    if not inbox.is_restricted or getattr(user, "is_superuser", False):
        return True
    return inbox.members.filter(pk=user.pk).exists()


def can_view(user: Any, inquiry: Inquiry) -> bool:
    return can_see_inbox(user, inquiry.inbox)


def can_work(user: Any, inquiry: Inquiry) -> bool:
    """Change status, assign, categorise, link, write notes and drafts."""
    return has_perm(user, WORK) and can_view(user, inquiry)


def can_send(user: Any, inquiry: Inquiry) -> bool:
    return has_perm(user, SEND) and can_work(user, inquiry)


def can_approve(user: Any, inquiry: Inquiry) -> bool:
    return has_perm(user, APPROVE) and can_view(user, inquiry)


def can_view_original(user: Any, inquiry: Inquiry) -> bool:
    return has_perm(user, VIEW_ORIGINAL) and can_view(user, inquiry)


def person_label(user: Any | None) -> str:
    """The name of a member of staff as it is shown and kept in the history; "" for the program itself.

    A name in Japanese letters has the family name first, whatever Django thinks.
    """
    if user is None:
        return ""
    own = getattr(user, "get_full_name", None)
    if own is not None and own.__module__ != "django.contrib.auth.models":
        name = own()
    else:
        name = full_name(getattr(user, "first_name", ""), getattr(user, "last_name", ""))
    return str(name or user.get_username())[:150]


def demand(allowed: bool, message: str) -> None:
    """Raise ``NotAllowed`` with the message unless allowed."""
    if not allowed:
        raise NotAllowed(message)
