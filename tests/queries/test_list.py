"""Paging by key: nothing twice, nothing lost, also while new mail comes in."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from django_cs_inbox.choices import InquiryStatus
from django_cs_inbox.models import Inquiry
from django_cs_inbox.queries import inquiry_list, tabs
from django_cs_inbox.queries.inquiry_list import Cursor
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox():
    return make.make_inbox()


def pages(inbox, size=3, **cursor):
    found = Inquiry.objects.filter(inbox=inbox)
    return inquiry_list.page(found, inboxes=[inbox.pk], size=size, **cursor)


def keys(page):
    return [row.inquiry.pk for row in page.rows]


def forward(inbox):
    page = pages(inbox)
    seen = [keys(page)]
    while page.older:
        page = pages(inbox, after=Cursor.parse(str(page.older)))
        seen.append(keys(page))
    return seen, page


def test_every_row_once_also_when_all_came_at_the_same_moment(inbox):
    same = timezone.now()
    made = [make.make_inquiry(inbox=inbox, at=same).pk for _ in range(8)]
    seen, last = forward(inbox)
    assert [pk for page in seen for pk in page] == made[::-1]
    assert [len(page) for page in seen] == [3, 3, 2]
    assert last.older is None


def test_back_leads_over_the_same_pages(inbox):
    now = timezone.now()
    for number in range(8):
        make.make_inquiry(inbox=inbox, at=now - dt.timedelta(minutes=number // 2))
    seen, last = forward(inbox)
    page = pages(inbox, before=last.newer)
    assert keys(page) == seen[1]
    page = pages(inbox, before=page.newer)
    assert keys(page) == seen[0]
    assert page.newer is None


def test_new_mail_moves_no_row_of_the_next_page(inbox):
    now = timezone.now()
    for number in range(6):
        make.make_inquiry(inbox=inbox, at=now - dt.timedelta(minutes=number))
    first = pages(inbox)
    expected = keys(pages(inbox, after=first.older))
    make.make_inquiry(inbox=inbox, at=now + dt.timedelta(seconds=1))
    assert keys(pages(inbox, after=first.older)) == expected
    # And back on top the new one is there, on a full page.
    back = pages(inbox, before=pages(inbox, after=first.older).newer)
    assert len(back.rows) == 3


def test_an_exact_page_has_no_empty_one_after_it(inbox):
    for _ in range(3):
        make.make_inquiry(inbox=inbox)
    page = pages(inbox)
    assert len(page.rows) == 3
    assert page.older is None


def test_beyond_the_end_there_is_nothing(inbox):
    inquiry = make.make_inquiry(inbox=inbox)
    page = pages(inbox, after=Cursor.of(inquiry))
    assert (page.rows, page.newer, page.older) == ([], None, None)


@pytest.mark.parametrize("cursor", ["", "1", "a.b", "1.2.3", "1.-2", "9" * 30 + ".1", "1.１", " 1.1"])
def test_what_is_no_cursor(cursor):
    assert Cursor.parse(cursor) is None


def test_a_cursor_keeps_every_microsecond():
    moment = dt.datetime(2026, 11, 21, 14, 5, 59, 999999, tzinfo=dt.UTC)
    assert Cursor.parse(str(Cursor(moment, 42))) == Cursor(moment, 42)


def test_counting_stops_in_time(inbox, monkeypatch):
    monkeypatch.setattr(tabs, "COUNT_LIMIT", 2)
    for _ in range(4):
        make.make_inquiry(inbox=inbox)
    make.make_inquiry(inbox=inbox, status=InquiryStatus.OPEN)
    shown = {tab.key: tab.count_label for tab in tabs.tabs(make.make_user(), "new", [inbox.pk])}
    assert shown["new"] == "2+"
    assert shown["open"] == "1"
    assert shown["waiting"] == "0"
    assert shown["done"] == ""
