"""What the pages cost with few and with many inquiries, against an empty page of the admin."""

from __future__ import annotations

import statistics
import time

import pytest
from django.urls import reverse

from django_cs_inbox.choices import MessageKind
from django_cs_inbox.models import Inquiry, Message
from tests.factories import make_inbox, make_inquiry, make_message, make_superuser, make_user

from .fill import analyse, fill
from .measuring import counted, table

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]

SIZES = (1_000, 30_000)
WARM, ROUNDS = 3, 15
TURNS = 12


@pytest.fixture
def staff(client, settings):
    settings.ROOT_URLCONF = "tests.bench.urls"
    for _ in range(7):
        make_user("view_inquiry", "change_inquiry", "send_reply")
    client.force_login(make_superuser())
    return client


def pages():
    """The empty page first: it is the floor."""
    inquiry = make_inquiry(inbox=make_inbox())
    for turn in range(TURNS):
        make_message(inquiry, kind=MessageKind.STAFF if turn % 2 else MessageKind.CUSTOMER)
    window = reverse("admin:cs_inbox_inquiry_changelist")
    number = inquiry.number
    address = inquiry.contact.addresses.get().value
    return {
        "empty page": "/empty/",
        "list, new": window,
        "list, done": f"{window}?tab=done",
        "search, number": f"{window}?q={number}",
        "search, address": f"{window}?q={address}",
        "search, nothing found": f"{window}?q=nobody-at-all",
        f"conversation of {TURNS}": reverse("admin:cs_inbox_inquiry_change", args=[inquiry.pk]),
    }


def measure(client, addresses):
    """Queries and median seconds of each page. In turns, so that a busy moment hits all alike."""
    queries, times = {}, {name: [] for name in addresses}
    for at in range(WARM + ROUNDS):
        for name, address in addresses.items():
            begin = time.perf_counter()
            with counted() as count:
                response = client.get(address)
            if at >= WARM:
                times[name].append(time.perf_counter() - begin)
            assert response.status_code == 200
            queries[name] = count.queries
    return {name: (queries[name], statistics.median(times[name])) for name in addresses}


def test_pages(staff):
    addresses = pages()
    inbox = Inquiry.objects.get().inbox
    results = []
    for size in SIZES:
        fill(size - Inquiry.objects.count(), inbox)
        analyse()
        results.append(measure(staff, addresses))
    few, many = results
    floor = "empty page"
    rows = [
        (
            name,
            few[name][0],
            many[name][0],
            few[name][1] / few[floor][1],
            many[name][1] / many[floor][1],
            (many[name][1] / many[floor][1]) / (few[name][1] / few[floor][1]),
        )
        for name in addresses
    ]
    head = ("", *(f"queries, {size:,}" for size in SIZES), *(f"times the floor, {size:,}" for size in SIZES))
    table(f"{SIZES[0]:,} and {SIZES[1]:,} inquiries", (*head, "growth"), rows)
    assert Message.objects.count() > 2 * SIZES[1]
