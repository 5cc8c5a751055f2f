"""The filters of the list; also for host code that lists inquiries."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..choices import Channel
from ..models import Category, Contact, ContactAddress, Inbox, Inquiry, OrderLink, Tag
from ..permissions import person_label

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: Values of the assignee filter that name no person.
ME, NOBODY = "me", "none"

PERIODS: dict[str, tuple[int, StrOrPromise]] = {
    "today": (0, pgettext_lazy("period", "Today")),
    "week": (6, pgettext_lazy("period", "Last 7 days")),
    "month": (29, pgettext_lazy("period", "Last 30 days")),
    "quarter": (89, pgettext_lazy("period", "Last 90 days")),
}


class InquiryFilter(django_filters.FilterSet):  # type: ignore[misc]
    """``InquiryFilter(data, queryset=…, user=…, inboxes=…)``: every value is checked against what exists.

    Values outside the lists make ``is_valid()`` false; nothing of them reaches the database.
    """

    q = django_filters.CharFilter(label=_("Search"), method="search", max_length=100)
    inbox = django_filters.ModelChoiceFilter(
        label=_("Inbox"), queryset=Inbox.objects.none(), empty_label=_("All inboxes")
    )
    assignee = django_filters.ChoiceFilter(
        label=_("Assignee"), method="of_assignee", empty_label=pgettext_lazy("assignee", "All")
    )
    category = django_filters.ChoiceFilter(
        label=_("Category"), method="in_category", empty_label=pgettext_lazy("category", "All")
    )
    tag = django_filters.ModelChoiceFilter(
        label=_("Tag"),
        field_name="tags",
        queryset=Tag.objects.all(),
        empty_label=pgettext_lazy("tag", "All"),
    )
    channel = django_filters.ChoiceFilter(
        label=_("Channel"), choices=Channel.choices, empty_label=pgettext_lazy("channel", "All")
    )
    period = django_filters.ChoiceFilter(
        label=_("Period"),
        method="in_period",
        choices=[(key, label) for key, (_days, label) in PERIODS.items()],
        empty_label=pgettext_lazy("period", "All"),
    )

    class Meta:
        model = Inquiry
        fields: tuple[str, ...] = ()

    def __init__(
        self, data: Any = None, queryset: Any = None, *, user: Any, inboxes: Iterable[Inbox], **options: Any
    ) -> None:
        super().__init__(data, queryset, **options)
        self.user = user
        self.filters["inbox"].queryset = Inbox.objects.filter(pk__in=[inbox.pk for inbox in inboxes])
        self.filters["assignee"].extra["choices"] = assignee_choices()
        self.categories = list(Category.objects.all())
        self.filters["category"].extra["choices"] = category_choices(self.categories)

    @property
    def labels(self) -> dict[str, StrOrPromise]:
        return {name: filter_.label for name, filter_ in self.filters.items()}

    @property
    def chosen(self) -> list[str]:
        """Names of the filters that are set, in their order."""
        values = self.form.cleaned_data if self.is_valid() else {}
        return [name for name in self.filters if values.get(name)]

    def search(self, queryset: QuerySet[Inquiry], _name: str, value: str) -> QuerySet[Inquiry]:
        """Exact or from the beginning: numbers, names, addresses. Its cost grows with the inquiries."""
        text = unicodedata.normalize("NFKC", value).strip().lstrip("#").strip()
        if not text:
            return queryset
        addresses = ContactAddress.objects.filter(normalized__startswith=text.lower())
        contacts = Contact.objects.filter(
            Q(name__startswith=text)
            | Q(name__startswith=value.strip())
            | Q(customer_label__startswith=text)
            | Q(pk__in=addresses.values("contact"))
        )
        orders = OrderLink.objects.filter(order_number__startswith=text)
        return queryset.filter(
            Q(number__startswith=text)
            | Q(contact__in=contacts.values("pk"))
            | Q(pk__in=orders.values("inquiry"))
        )

    def of_assignee(self, queryset: QuerySet[Inquiry], _name: str, value: str) -> QuerySet[Inquiry]:
        if value == NOBODY:
            return queryset.filter(assignee=None)
        assignee: Any = self.user.pk if value == ME else value
        return queryset.filter(assignee_id=assignee)

    def in_category(self, queryset: QuerySet[Inquiry], _name: str, value: str) -> QuerySet[Inquiry]:
        """A category holds what its subcategories hold."""
        wanted = {int(value)}
        while more := {row.pk for row in self.categories if row.parent_id in wanted} - wanted:
            wanted |= more
        return queryset.filter(category_id__in=wanted)

    def in_period(self, queryset: QuerySet[Inquiry], _name: str, value: str) -> QuerySet[Inquiry]:
        """Counted in days of the shop, by the customer's newest word."""
        first = timezone.localdate() - dt.timedelta(days=PERIODS[value][0])
        start = timezone.make_aware(dt.datetime.combine(first, dt.time.min))
        return queryset.filter(last_customer_at__gte=start)


def assignee_choices() -> list[tuple[str, StrOrPromise]]:
    """Me, nobody, and the staff of the host."""
    model = get_user_model()
    names = {field.name for field in model._meta.get_fields()}
    staff = {name: True for name in ("is_active", "is_staff") if name in names}
    users: QuerySet[Any] = model._default_manager.filter(**staff)
    if "is_staff" not in names:
        # A user table that holds the customers, too, cannot be listed.
        users = users.filter(pk__in=Inquiry.objects.exclude(assignee=None).values("assignee"))
    people = [(str(user.pk), person_label(user)) for user in users.order_by("pk")[:200]]
    return [(ME, _("Me")), (NOBODY, _("Nobody")), *people]


def category_choices(rows: Iterable[Category]) -> list[tuple[str, str]]:
    """The tree, each level indented."""
    children: dict[int | None, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    choices: list[tuple[str, str]] = []

    def add(parent: int | None, depth: int) -> None:
        for row in children.get(parent, ()):
            choices.append((str(row.pk), "\u3000" * depth + row.name))
            add(row.pk, depth + 1)

    # Starting at the roots, a circle of parents is never entered.
    add(None, 0)
    return choices
