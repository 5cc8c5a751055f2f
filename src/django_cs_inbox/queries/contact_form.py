"""What the contact form offers to everybody. Nothing here depends on who asks."""

from __future__ import annotations

from django.db.models import QuerySet

from ..models import Category, Inbox


def get_form_inbox() -> Inbox | None:
    """The inbox that takes the contact form: the first active one by position, or None."""
    return Inbox.objects.filter(is_active=True, takes_form=True).first()


def public_categories() -> QuerySet[Category]:
    """Categories that customers may choose, in their order, with their parents at hand."""
    return Category.objects.filter(is_active=True, is_public=True).select_related("parent")
