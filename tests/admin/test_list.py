"""The list of the window: who sees what, what it shows, what it costs, what it never does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_cs_inbox.choices import InquiryStatus, LinkState, MessageKind, RelationKind
from django_cs_inbox.models import (
    Category,
    Contact,
    Event,
    HoldReason,
    Inbox,
    Inquiry,
    InquiryRelation,
    Message,
    Tag,
)
from tests import factories as make

pytestmark = pytest.mark.django_db

LIST = "/admin/cs_inbox/inquiry/"
BULK = LIST + "bulk/"
EVIL = "<script>alert(1)</script>\"'&"


@pytest.fixture
def worker(client):
    user = make.make_user("view_inquiry", "change_inquiry", name="sato")
    client.force_login(user)
    return user


def text(response):
    return response.content.decode()


# Who may see it


def test_anonymous_goes_to_the_login(client):
    response = client.get(LIST)
    assert response.status_code == 302
    assert "/admin/login/" in response.url


def test_staff_alone_is_no_permission(client):
    client.force_login(make.make_user())
    assert client.get(LIST).status_code == 403


def test_a_permission_without_staff_is_not_enough(client):
    client.force_login(make.make_user("view_inquiry", is_staff=False))
    assert client.get(LIST).status_code == 302


def test_view_only_sees_the_list_and_no_buttons(client):
    client.force_login(make.make_user("view_inquiry"))
    inquiry = make.make_inquiry(subject="Broken pencils")
    page = text(client.get(LIST))
    assert "Broken pencils" in page
    assert "cs-bulk" not in page
    assert client.post(BULK, {"inquiry": inquiry.pk, "action": "close"}).status_code == 403
    inquiry.refresh_from_db()
    assert inquiry.status == InquiryStatus.NEW


def test_a_restricted_inbox_shows_itself_to_members_only(client):
    member, other = make.make_user("view_inquiry"), make.make_user("view_inquiry")
    make.make_inbox(name="Open door")
    closed = make.make_inbox(name="Privacy desk", members=(member,))
    make.make_inquiry(inbox=closed, subject="Delete my data")
    for user, sees in ((member, True), (other, False), (make.make_superuser(), True)):
        client.force_login(user)
        response = client.get(LIST)
        assert ("Delete my data" in text(response)) is sees
        assert ("Privacy desk" in text(response)) is sees
        counts = {tab["tab"].key: tab["tab"].count for tab in response.context["tabs"]}
        assert counts["new"] == int(sees)
        assert ("Delete my data" in text(client.get(LIST, {"q": "2"}))) is sees
        assert client.get(LIST, {"inbox": closed.pk}).status_code == (200 if sees else 400)


def test_a_person_in_no_inbox_learns_whom_to_ask(client):
    make.make_inbox(members=(make.make_superuser(),))
    client.force_login(make.make_user("view_inquiry"))
    assert "not a member of any inbox" in text(client.get(LIST))


def test_a_new_shop_learns_what_to_do_first(client):
    client.force_login(make.make_superuser())
    page = text(client.get(LIST))
    assert "There is no inbox yet." in page
    assert "/admin/cs_inbox/inbox/add/" in page


@pytest.mark.usefixtures("worker")
def test_the_second_admin_site_links_to_itself(client):
    make.make_inquiry()
    page = text(client.get("/ops/cs_inbox/inquiry/"))
    assert "/ops/cs_inbox/inquiry/bulk/" in page
    assert 'href="/admin/cs_inbox' not in page


# What it shows


@pytest.mark.usefixtures("worker")
def test_each_tab_holds_its_status_and_its_count(client):
    for status in InquiryStatus:
        make.make_inquiry(status=status, subject=f"This one is {status.value}.")
    response = client.get(LIST)
    counts = {tab["tab"].key: tab["tab"].count for tab in response.context["tabs"]}
    assert counts == {
        "new": 1, "open": 1, "pending_approval": 1, "on_hold": 1, "waiting": 1, "mine": 0,
        "done": None, "no_action": None, "spam": None,
    }  # fmt: skip
    for status in InquiryStatus:
        rows = client.get(LIST, {"tab": status.value}).context["page"].rows
        assert [row.inquiry.status for row in rows] == [status.value]


def test_mine_holds_what_is_mine_and_still_to_do(client, worker):
    make.make_inquiry(assignee=worker, subject="Mine")
    make.make_inquiry(assignee=worker, status=InquiryStatus.DONE)
    make.make_inquiry(assignee=make.make_user())
    rows = client.get(LIST, {"tab": "mine"}).context["page"].rows
    assert [row.inquiry.subject for row in rows] == ["Mine"]


@pytest.mark.usefixtures("worker")
def test_empty_tabs_say_what_to_do(client):
    make.make_inbox()
    for tab in ("new", "open", "pending_approval", "on_hold", "waiting", "mine", "done", "no_action", "spam"):
        assert "cs-empty-title" in text(client.get(LIST, {"tab": tab}))


@pytest.mark.usefixtures("worker")
def test_a_row_tells_what_staff_need(client):
    contact = make.make_contact("山田花子", standing="vip", standing_reason="Buys a lot")
    inquiry = make.make_inquiry(
        contact=contact,
        subject="Broken pencils",
        snippet="Three are broken",
        origin="order_mail_reply",
        has_attachment=True,
        category=Category.objects.create(name="Returns"),
        tags=(Tag.objects.create(name="urgent", color="red"),),
        at=timezone.now() - dt.timedelta(hours=3),
    )
    make.make_order_link(inquiry, make.make_order("1005-2", status="shipped"))
    make.make_product_link(inquiry, "Pencils, 12 colours")
    # Just after midnight the same moment is "yesterday".
    page = text(client.get(LIST))
    for words in (
        "山田花子", "VIP", "Buys a lot", "Broken pencils", "Three are broken", "1005-2", "発送済",
        "Pencils, 12 colours", "Returns", "urgent", "With attachment", "Email → Reply to an order mail",
        "Not assigned", "<time datetime=",
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.usefixtures("worker")
def test_a_suggested_order_is_marked_and_tells_nothing_of_the_order(client):
    inquiry = make.make_inquiry()
    make.make_order_link(inquiry, make.make_order("2001-1", status="shipped"), state=LinkState.SUGGESTED)
    make.make_order_link(inquiry, make.make_order("2002-1"), state=LinkState.REFUSED)
    page = text(client.get(LIST))
    assert "2001-1?" in page
    assert "発送済" not in page
    assert "2002-1" not in page


@pytest.mark.usefixtures("worker")
def test_the_number_of_an_order_outlives_the_order(client):
    order = make.make_order("3001-1")
    make.make_order_link(make.make_inquiry(), order)
    order.delete()
    assert "3001-1" in text(client.get(LIST))


@pytest.mark.usefixtures("worker")
def test_a_forgotten_customer_is_red_whatever_the_status(client):
    long_ago = timezone.now() - dt.timedelta(days=3)
    make.make_inquiry(status=InquiryStatus.ON_HOLD, at=long_ago, unanswered_since=long_ago)
    make.make_inquiry(status=InquiryStatus.ON_HOLD, at=long_ago)
    page = text(client.get(LIST, {"tab": "on_hold"}))
    assert page.count("Unanswered since") == 1
    assert "Unanswered for 3 days" in page


@pytest.mark.usefixtures("worker")
def test_a_contact_without_a_name_is_shown_by_address(client):
    make.make_inquiry(contact=make.make_contact("", email="nameless@example.jp"))
    assert "nameless@example.jp" in text(client.get(LIST))


@pytest.mark.usefixtures("worker")
def test_automatic_and_list_mail_are_marked(client):
    make.make_message(make.make_inquiry(), kind=MessageKind.AUTOMATIC, automatic_kind="auto_reply")
    make.make_message(make.make_inquiry(), automatic_kind="list")
    page = text(client.get(LIST))
    assert page.count("Automatic mail") == 1
    assert page.count("Mailing list") == 1


def test_maybe_belongs_to_names_only_what_the_user_may_see(client, worker):
    seen = make.make_inquiry(number="20261121-0001", status=InquiryStatus.DONE)
    hidden = make.make_inquiry(
        number="20261121-0002", inbox=make.make_inbox(members=(make.make_superuser(),))
    )
    inquiry = make.make_inquiry(inbox=seen.inbox)
    for other in (seen, hidden):
        InquiryRelation.objects.create(inquiry=inquiry, other=other, kind=RelationKind.MAYBE)
    page = text(client.get(LIST))
    assert "Maybe belongs to #20261121-0001" in page
    assert "20261121-0002" not in page


@pytest.mark.usefixtures("worker")
def test_nothing_from_outside_becomes_markup(client):
    contact = make.make_contact(
        EVIL, email=f"{EVIL}@example.jp", standing="caution", standing_reason=EVIL, customer_label=EVIL
    )
    other = make.make_inquiry(status=InquiryStatus.DONE, number="x")
    Inquiry.objects.filter(pk=other.pk).update(number="<script>alert(2)")
    inbox = make.make_inbox(name=EVIL)
    inquiry = make.make_inquiry(
        inbox=inbox,
        contact=contact,
        subject=EVIL,
        snippet=EVIL,
        assignee_label=EVIL,
        category=Category.objects.create(name=EVIL),
        tags=(Tag.objects.create(name=EVIL, color=EVIL[:10]),),
        hold_reason=HoldReason.objects.create(name=EVIL),
    )
    make.make_order_link(inquiry, make.make_order("<script>x", status="<script>st"))
    make.make_order_link(inquiry, make.make_order("<script>y"), state=LinkState.SUGGESTED)
    make.make_product_link(inquiry, EVIL)
    make.make_message(inquiry, automatic_kind="list", automatic_reason=EVIL)
    InquiryRelation.objects.create(inquiry=inquiry, other=other, kind=RelationKind.MAYBE)
    for data in ({}, {"q": "<script>"}, {"inbox": inbox.pk}, {"foo<script>": "1"}, {"tag": "<script>"}):
        page = text(client.get(LIST, data))
        assert "<script>alert" not in page
        assert "<script>x" not in page
        assert "<script>" not in page.replace("<script>alert", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text(client.get(LIST))


@pytest.mark.usefixtures("worker")
def test_no_inline_script_or_style(client):
    make.make_inquiry()
    page = text(client.get(LIST)).partition('<main id="content-start"')[2].partition("</main>")[0]
    assert page
    for piece in ("style=", "onclick", "onchange", "<script", "javascript:"):
        assert piece not in page


# Search and filters


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    "words",
    [
        "20261121-0042",
        "#20261121-0042",
        "20261121",
        "1005-2",
        "1005",
        "山田",
        "HANAKO@example.jp",
        "ｈａｎａｋｏ",
    ],
)
def test_search_finds_by_number_order_name_and_address_in_every_status(client, words):
    contact = make.make_contact("山田花子", email="hanako@example.jp")
    inquiry = make.make_inquiry(number="20261121-0042", contact=contact, status=InquiryStatus.DONE)
    make.make_order_link(inquiry, make.make_order("1005-2"))
    make.make_inquiry(number="20200101-0001", contact=make.make_contact("佐藤"))
    rows = client.get(LIST, {"q": words}).context["page"].rows
    assert [row.inquiry.pk for row in rows] == [inquiry.pk]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1", "\\", "%%%"])
def test_wildcards_in_a_search_are_letters(client, words):
    make.make_inquiry()
    assert client.get(LIST, {"q": words}).context["page"].rows == []


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"status__exact": "new"}, "status__exact"),
        ({"assignee__password__startswith": "a"}, "assignee__password__startswith"),
        ({"o": "-1"}, "“o”"),
        ({"tab": "nonsense"}, "This tab does not exist."),
        ({"inbox": "99999"}, "Inbox"),
        ({"inbox": "x' OR 1=1"}, "Inbox"),
        ({"assignee": "99999"}, "Assignee"),
        ({"category": "abc"}, "Category"),
        ({"tag": "-1"}, "Tag"),
        ({"channel": "pigeon"}, "Channel"),
        ({"period": "0"}, "Period"),
        ({"after": "1' OR 1=1"}, "This place in the list does not exist."),
        ({"before": "999999999999999999.1"}, "This place in the list does not exist."),
        ({"q": "x" * 200}, "Search"),
        ({"q": "a\x00b"}, "Search"),
    ],
)
def test_what_the_list_does_not_know_is_said(client, data, says):
    make.make_inquiry(subject="Secret subject")
    response = client.get(LIST, data)
    assert response.status_code == 400
    assert says in text(response)
    assert "Secret subject" not in text(response)


def test_filters_narrow_the_tab(client, worker):
    parent = Category.objects.create(name="Returns")
    child = Category.objects.create(name="Broken", parent=parent)
    tag = Tag.objects.create(name="urgent")
    long_ago = timezone.now() - dt.timedelta(days=40)
    first, second = make.make_inbox(), make.make_inbox()
    one = make.make_inquiry(inbox=first, assignee=worker, category=child, tags=(tag,), channel="form")
    make.make_inquiry(inbox=second, at=long_ago)
    for name, value in {
        "inbox": first.pk, "assignee": "me", "category": parent.pk, "tag": tag.pk, "channel": "form",
        "period": "month",
    }.items():  # fmt: skip
        response = client.get(LIST, {name: value})
        assert [row.inquiry.pk for row in response.context["page"].rows] == [one.pk], name
        assert [chip["url"] for chip in response.context["chips"]] == [LIST]
    assert len(client.get(LIST, {"assignee": "none"}).context["page"].rows) == 1
    counts = {
        tab["tab"].key: tab["tab"].count for tab in client.get(LIST, {"inbox": first.pk}).context["tabs"]
    }
    assert counts["new"] == 1


# What it costs, and what it never does


def fill(count, inbox):
    category, tag = Category.objects.first(), Tag.objects.first()
    for number in range(count):
        inquiry = make.make_inquiry(
            inbox=inbox,
            contact=make.make_contact("" if number % 2 else "山田", email=None if number % 3 else ""),
            category=category,
            tags=(tag,),
            at=timezone.now() - dt.timedelta(minutes=number),
        )
        make.make_order_link(inquiry, make.make_order(customer=make.make_user()))
        make.make_order_link(inquiry, state=LinkState.SUGGESTED)
        make.make_product_link(inquiry)
        make.make_message(inquiry, automatic_kind="list")
        InquiryRelation.objects.create(
            inquiry=inquiry, other=Inquiry.objects.order_by("pk").first(), kind=RelationKind.MAYBE
        )


@pytest.mark.usefixtures("worker")
def test_two_hundred_rows_cost_as_many_queries_as_ten(client, monkeypatch):
    from django_cs_inbox.queries import inquiry_list

    monkeypatch.setattr(inquiry_list, "PAGE_SIZE", 200)
    Category.objects.create(name="Returns")
    Tag.objects.create(name="urgent")
    inbox = make.make_inbox()
    costs = []
    for more in (10, 190):
        fill(more, inbox)
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(LIST)
        costs.append(len(queries))
    assert len(response.context["page"].rows) == 200
    assert costs[0] == costs[1]
    assert costs[1] <= 35
    sql = " ".join(query["sql"].upper() for query in queries)
    assert "OFFSET" not in sql


def snapshot():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Inquiry, Contact, Inbox, Event, Message, Category, Tag)
    ]


@pytest.mark.usefixtures("worker")
def test_looking_writes_nothing(client):
    inquiry = make.make_inquiry()
    make.make_message(inquiry)
    before = snapshot()
    for data in ({}, {"tab": "mine"}, {"q": "山"}, {"tab": "bogus"}):
        client.get(LIST, data)
    assert client.get(BULK, {"inquiry": inquiry.pk, "action": "close"}).status_code == 405
    assert snapshot() == before


# Many at once


def test_many_rows_at_once(client, worker):
    inquiries = [make.make_inquiry() for _ in range(3)]
    here = LIST + "?tab=new"
    response = client.post(
        BULK, {"inquiry": [one.pk for one in inquiries], "action": "assign_me", "next": here}, follow=True
    )
    assert response.redirect_chain == [(here, 302)]
    assert "3 inquiries assigned to you." in text(response)
    assert set(Inquiry.objects.values_list("assignee", flat=True)) == {worker.pk}
    for action, status in (("close", "done"), ("reopen", "open"), ("no_action", "no_action")):
        client.post(BULK, {"inquiry": inquiries[0].pk, "action": action})
        inquiries[0].refresh_from_db()
        assert inquiries[0].status == status
    client.post(BULK, {"inquiry": inquiries[1].pk, "action": "spam"})
    inquiries[1].refresh_from_db()
    assert inquiries[1].status == "spam"
    assert Event.objects.filter(inquiry=inquiries[1], verb="inquiry.spam", actor=worker).count() == 1


@pytest.mark.usefixtures("worker")
def test_one_that_cannot_is_named_and_stops_no_other(client):
    fine, stuck = make.make_inquiry(), make.make_inquiry(status=InquiryStatus.WAITING)
    response = client.post(BULK, {"inquiry": [fine.pk, stuck.pk], "action": "spam"}, follow=True)
    assert "1 inquiry marked as spam." in text(response)
    assert f"#{stuck.number}:" in text(response)
    stuck.refresh_from_db()
    assert stuck.status == InquiryStatus.WAITING


@pytest.mark.usefixtures("worker")
def test_rows_of_another_inbox_are_out_of_reach(client):
    hidden = make.make_inquiry(inbox=make.make_inbox(members=(make.make_superuser(),)))
    response = client.post(BULK, {"inquiry": [hidden.pk, 999999], "action": "close"}, follow=True)
    assert hidden.number not in text(response)
    assert "2 more inquiries were not changed." in text(response)
    hidden.refresh_from_db()
    assert hidden.status == InquiryStatus.NEW


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"action": "close"}, "Tick at least one inquiry first."),
        ({"inquiry": ["x", "-1", "9" * 40], "action": "close"}, "Tick at least one inquiry first."),
        ({"inquiry": ["1"], "action": "delete_selected"}, "Choose what to do."),
        ({}, "Choose what to do."),
    ],
)
def test_a_half_filled_form_is_explained(client, data, says):
    make.make_inquiry()
    assert says in text(client.post(BULK, data, follow=True))


@pytest.mark.usefixtures("worker")
def test_the_way_back_stays_on_this_site(client):
    inquiry = make.make_inquiry()
    response = client.post(BULK, {"inquiry": inquiry.pk, "action": "close", "next": "https://evil.example/"})
    assert response.url == LIST


def test_a_post_without_token_is_refused(worker):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(worker)
    assert client.post(BULK, {"action": "close"}).status_code == 403


@pytest.mark.parametrize("page", ["add/", "1/delete/", "1/history/", "1/"])
def test_stock_pages_that_would_write_are_gone(client, page):
    client.force_login(make.make_superuser())
    assert client.get(LIST + page).status_code == 404
