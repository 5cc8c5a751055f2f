"""What the conversation page reads about the inquiry itself, limited to what the user may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet

from .. import permissions
from ..choices import ReplyState
from ..models import Category, Inbox, Inquiry, OrderLink, OutgoingMail, Reply, Tag

if TYPE_CHECKING:
    from django.db.models import Model

#: States in which the author can go on writing.
EDITABLE_STATES = (ReplyState.DRAFT, ReplyState.RETURNED, ReplyState.WITHDRAWN, ReplyState.FAILED)


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user may do with an inquiry that was found through ``inquiries``: asked once a page."""

    work: bool
    send: bool
    approve: bool
    original: bool

    @classmethod
    def of(cls, user: Any) -> Rights:
        work = permissions.has_perm(user, permissions.WORK)
        return cls(
            work=work,
            send=work and permissions.has_perm(user, permissions.SEND),
            approve=permissions.has_perm(user, permissions.APPROVE),
            original=permissions.has_perm(user, permissions.VIEW_ORIGINAL),
        )


def inquiries(user: Any) -> QuerySet[Inquiry]:
    """The inquiries that the user may open, with everything the head of the page shows."""
    return permissions.visible_inquiries(user).select_related(
        "inbox", "contact__customer", "category", "hold_reason", "assignee"
    )


def order_links(inquiry: Inquiry) -> QuerySet[OrderLink]:
    return OrderLink.objects.filter(inquiry=inquiry).select_related("order")


def replies(inquiry: Inquiry) -> QuerySet[Reply]:
    return Reply.objects.filter(inquiry=inquiry)


def outgoing(inquiry: Inquiry) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(inquiry=inquiry)


def tag_choices(inquiry: Inquiry) -> list[Tag]:
    """Every tag, with ``is_set`` where the inquiry carries it."""
    carried = Inquiry.tags.through.objects.filter(inquiry_id=inquiry.pk, tag_id=OuterRef("pk"))
    return list(Tag.objects.annotate(is_set=Exists(carried)))


def category_choices(inquiry: Inquiry) -> list[tuple[int, str]]:
    """Active categories with their parents before the name, and the present one even if switched off."""
    rows = list(Category.objects.filter(Q(is_active=True) | Q(pk=inquiry.category_id)))
    by_key = {row.pk: row for row in rows}
    children: dict[int | None, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in by_key else None, []).append(row)
    choices: list[tuple[int, str]] = []

    def add(parent: int | None, depth: int) -> None:
        for row in children.get(parent, ()):
            choices.append((row.pk, "\u3000" * depth + row.name))
            # A parent that points back at its child would never end.
            if depth < 5:
                add(row.pk, depth + 1)

    add(None, 0)
    return choices


def assignable_users(inbox: Inbox) -> QuerySet[Any]:
    """People who may work in the inbox: they hold the permission themselves, by a group, or as superuser.

    Only for user models with Django's permissions; others get their active staff.
    """
    model: type[Model] = get_user_model()
    fields = {field.name for field in model._meta.get_fields()}
    users: QuerySet[Any] = model._default_manager.all()
    if "is_active" in fields:
        users = users.filter(is_active=True)
    if "is_staff" in fields:
        users = users.filter(is_staff=True)
    if {"user_permissions", "groups", "is_superuser"} <= fields:
        app_label, codename = permissions.WORK.split(".")
        mine = {"content_type__app_label": app_label, "codename": codename}
        held = {f"user_permissions__{key}": value for key, value in mine.items()}
        by_group = {f"groups__permissions__{key}": value for key, value in mine.items()}
        able = model._default_manager.filter(Q(**held) | Q(**by_group)).values("pk")
        users = users.filter(Q(is_superuser=True) | Q(pk__in=able))
    if inbox.is_restricted:
        member = Q(pk__in=inbox.members.values("pk"))
        users = users.filter(member | Q(is_superuser=True) if "is_superuser" in fields else member)
    return users.order_by("pk")


def own_reply(inquiry: Inquiry, user: Any) -> Reply | None:
    """The reply that the user can go on writing: a draft, or one that came back."""
    own = Reply.objects.filter(inquiry=inquiry, author=user, state__in=EDITABLE_STATES)
    return own.order_by("-pk").first()


def is_repeated(inquiry: Inquiry, user: Any, *, body: str, version: int | None) -> bool:
    """Whether the user has just released this very text, so that a second click must not make a new draft."""
    return (
        Reply.objects.filter(inquiry=inquiry, author=user, based_on_version=version or 0, body=body)
        .exclude(state__in=(*EDITABLE_STATES, ReplyState.DISCARDED))
        .exists()
    )
