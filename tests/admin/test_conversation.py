"""The conversation page: what it shows, what its small forms do, and what it costs."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_cs_inbox.actions import notes, replies
from django_cs_inbox.choices import LinkState, MessageKind, RelationKind, Standing
from django_cs_inbox.models import Category, HoldReason, InquiryRelation, OrderMail, Tag
from django_cs_inbox.shop import Shop
from tests import factories as make

from .conversation_data import make_attachment, url

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def user():
    return make.make_superuser()


@pytest.fixture
def page(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def customer():
    return make.make_user(name="hanako", is_staff=False, email="hanako@example.jp")


@pytest.fixture
def inquiry(customer):
    contact = make.make_contact(email="hanako@example.jp", customer=customer, customer_label="山田花子")
    at = timezone.now() - HOUR
    inquiry = make.make_inquiry(contact=contact, subject="色鉛筆が折れていました", at=at)
    make.make_message(inquiry, at=timezone.now() - HOUR)
    return inquiry


def content(client, inquiry, query=""):
    response = client.get(url("change", inquiry.pk) + query)
    assert response.status_code == 200
    return response.content.decode()


def messages(response):
    return [str(message) for message in response.context["messages"]]


# What stands there


def test_the_head_says_what_it_is_and_how_long_it_waits(page, inquiry):
    inquiry.tags.add(Tag.objects.create(name="クレーム", color="red"))
    html = content(page, inquiry)
    for words in (
        inquiry.number,
        "色鉛筆が折れていました",
        "<dd>Email</dd>",
        "since 1 hour ago",
        "クレーム",
    ):
        assert words in html


@pytest.mark.parametrize(("hours", "is_late"), [(1, False), (23, False), (25, True)])
def test_the_wait_is_red_only_when_it_is_long(page, inquiry, hours, is_late):
    inquiry.unanswered_since = timezone.now() - hours * HOUR
    inquiry.save()
    assert ("csc-late" in content(page, inquiry)) is is_late


def test_ways_back_to_the_list(page, inquiry):
    html = content(page, inquiry)
    assert html.count(f'<a href="{url("changelist")}" data-cs-list>') == 2
    assert '<li aria-current="page">#' + inquiry.number in html


def test_kinds_of_entries_look_different(page, inquiry, user):
    make.make_message(inquiry, kind=MessageKind.STAFF, to=[{"name": "", "address": "to@example.jp"}])
    make.make_message(inquiry, kind=MessageKind.ACKNOWLEDGEMENT)
    notes.add_note(inquiry, by=user, text="社内だけ")
    html = content(page, inquiry)
    for look in ("csc-card csc-in", "csc-card csc-out", "csc-card csc-quiet-card", "csc-card csc-note"):
        assert look in html
    assert "to@example.jp" in html


def test_quoted_text_is_folded_without_javascript(page, inquiry):
    make.make_message(inquiry, "はい。\n\n> 前のメール\n> 二行目\n")
    html = content(page, inquiry)
    assert '<details class="csc-quote"><summary>Quoted text</summary>' in html


def test_relations_are_shown_on_both_sides_as_far_as_one_may_see(page, client, inquiry):
    other = make.make_inquiry(subject="別の件")
    secret = make.make_inquiry(inbox=make.make_inbox(members=(make.make_user(),)), subject="秘密の件")
    for target in (other, secret):
        InquiryRelation.objects.create(inquiry=inquiry, other=target, kind=RelationKind.MAYBE)
    assert "Maybe belongs to" in content(page, inquiry)
    assert "Maybe continued in" in content(page, other)
    client.force_login(make.make_user("view_inquiry"))
    html = content(client, inquiry)
    assert "別の件" in html
    assert "秘密の件" not in html


def test_the_panel_shows_customer_orders_and_the_past(page, inquiry, customer):
    linked = make.make_order("1005-2", customer=customer, total=1980)
    make.make_order_link(inquiry, linked)
    suggested = make.make_order("1007-1", customer=customer)
    make.make_order_link(inquiry, suggested, state=LinkState.SUGGESTED)
    make.make_order("0988-4", customer=customer)
    make.make_product_link(inquiry, url="https://shop.example/p/1")
    for number in range(7):
        make.make_inquiry(contact=inquiry.contact, subject=f"前の件 {number}")
    inquiry.contact.standing = Standing.CAUTION
    inquiry.contact.standing_reason = "返品が多い"
    inquiry.contact.memo = "電話は夕方"
    inquiry.contact.save()
    html = content(page, inquiry)
    for words in ("1005-2", "¥1,980", "1007-1", "Yes, link it", "0988-4", "色鉛筆 12色"):
        assert words in html
    for words in ("返品が多い", "電話は夕方", "前の件 6", "All inquiries of this customer"):
        assert words in html
    assert "前の件 1<" not in html
    assert "/admin/shop/order/" in html


def test_a_broken_shop_adapter_costs_its_part_of_the_panel_only(page, inquiry, customer, caplog):
    make.make_order_link(inquiry, make.make_order("1005-2", customer=customer))
    with mock.patch.object(Shop, "order_summaries", side_effect=RuntimeError("no database")):
        html = content(page, inquiry)
    # "The shop's", as HTML writes it.
    assert "data cannot be shown at the moment" in html
    assert "1005-2" in html
    assert "12色セットのうち" in html
    assert "The shop adapter failed" in caplog.text


def test_a_failing_query_of_the_adapter_does_not_break_the_rest(page, inquiry, caplog):
    def broken(*_args, **_options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM no_such_table")

    with mock.patch.object(Shop, "customer_summaries", broken):
        assert "data cannot be shown at the moment" in content(page, inquiry)


def test_an_order_deleted_in_the_shop_keeps_its_number(page, inquiry, customer):
    order = make.make_order("1005-2", customer=customer)
    make.make_order_link(inquiry, order)
    order.delete()
    html = content(page, inquiry)
    assert "1005-2" in html
    assert "No longer in the shop." in html


# What the small forms do


@pytest.mark.parametrize(
    ("status", "verb", "after"),
    [
        ("new", "open", "open"),
        ("new", "close", "done"),
        ("open", "no_action", "no_action"),
        ("open", "spam", "spam"),
        ("spam", "not_spam", "new"),
        ("done", "reopen", "open"),
        ("waiting", "reopen", "open"),
        ("on_hold", "resume", "open"),
    ],
)
def test_status_buttons(page, status, verb, after):
    inquiry = make.make_inquiry(status=status)
    assert f'name="verb" value="{verb}"' in content(page, inquiry)
    page.post(url("status", inquiry.pk), {"verb": verb})
    inquiry.refresh_from_db()
    assert inquiry.status == after


@pytest.mark.parametrize("status", ["new", "open", "pending_approval", "waiting", "done", "spam"])
def test_what_is_not_possible_is_not_drawn_and_refused_with_words(page, status):
    inquiry = make.make_inquiry(status=status)
    html = content(page, inquiry)
    assert 'value="resume"' not in html
    assert ("Put on hold" in html) == (status in ("new", "open"))
    response = page.post(url("status", inquiry.pk), {"verb": "resume"}, follow=True)
    inquiry.refresh_from_db()
    assert inquiry.status == status
    assert any("This is not possible" in text for text in messages(response))


def test_holding_takes_a_reason_and_a_date(page, inquiry):
    reason = HoldReason.objects.create(name="メーカー確認中")
    day = timezone.localdate() + dt.timedelta(days=3)
    page.post(url("status", inquiry.pk), {"verb": "hold", "reason": reason.pk, "wake_on": day.isoformat()})
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.hold_reason) == ("on_hold", reason)
    assert timezone.localtime(inquiry.wake_at).date() == day
    assert timezone.localtime(inquiry.wake_at).hour == 9
    assert "メーカー確認中" in content(page, inquiry)


@pytest.mark.parametrize("data", [{"wake_on": "soon"}, {"reason": "99999"}, {"wake_on": "2020-01-01"}])
def test_holding_refuses_nonsense_with_words(page, inquiry, data):
    response = page.post(url("status", inquiry.pk), {"verb": "hold", **data}, follow=True)
    inquiry.refresh_from_db()
    assert inquiry.status == "new"
    assert messages(response)


def test_assignee_category_priority_and_tags(page, inquiry, user):
    colleague = make.make_user("view_inquiry", "change_inquiry")
    parent = Category.objects.create(name="返品")
    category = Category.objects.create(name="破損", parent=parent)
    tag = Tag.objects.create(name="急ぎ")
    page.post(url("assign", inquiry.pk), {"to": "me"})
    inquiry.refresh_from_db()
    assert inquiry.assignee == user
    page.post(url("assign", inquiry.pk), {"to": colleague.pk})
    page.post(url("category", inquiry.pk), {"category": category.pk})
    page.post(url("priority", inquiry.pk), {"priority": 40})
    page.post(url("tags", inquiry.pk), {"tags": [tag.pk]})
    inquiry.refresh_from_db()
    assert (inquiry.assignee, inquiry.category, inquiry.priority) == (colleague, category, 40)
    assert list(inquiry.tags.all()) == [tag]
    html = content(page, inquiry)
    assert "\u3000破損" in html
    assert "Normal → Urgent" in html
    for form in ("assign", "category", "tags"):
        page.post(url(form, inquiry.pk), {})
    inquiry.refresh_from_db()
    assert (inquiry.assignee, inquiry.category, inquiry.tags.count()) == (None, None, 0)
    response = page.post(url("priority", inquiry.pk), {"priority": "99"}, follow=True)
    assert "This priority does not exist." in messages(response)


def test_a_category_switched_off_stays_where_it_is_used(page, inquiry):
    inquiry.category = Category.objects.create(name="旧分類", is_active=False)
    inquiry.save()
    Category.objects.create(name="使わない", is_active=False)
    html = content(page, inquiry)
    assert "旧分類" in html
    assert "使わない" not in html


def test_a_note_is_written_and_an_empty_one_is_not(page, inquiry):
    page.post(url("note", inquiry.pk), {"text": "在庫あり"})
    assert "在庫あり" in content(page, inquiry)
    response = page.post(url("note", inquiry.pk), {"text": "  "})
    assert response.status_code == 422
    assert inquiry.notes.count() == 1


def test_mark_and_memo_of_the_contact(page, inquiry):
    data = {"standing": "vip", "standing_reason": "年間上位", "memo": "図工の先生"}
    page.post(url("contact", inquiry.pk), data)
    html = content(page, inquiry)
    assert "★ VIP" in html
    assert "図工の先生" in html
    response = page.post(url("contact", inquiry.pk), {"standing": "king"}, follow=True)
    assert response.status_code == 200
    assert messages(response)


def test_orders_are_linked_by_number_confirmed_refused_and_unlinked(page, inquiry, customer):
    own = make.make_order("1005-2", customer=customer)
    page.post(url("link_order", inquiry.pk), {"number": " 1005-2 "})
    link = inquiry.order_links.get()
    assert (link.order, link.state) == (own, LinkState.CONFIRMED)
    page.post(url("order_link", inquiry.pk, link.pk, "unlink"))
    assert not inquiry.order_links.exists()
    link = make.make_order_link(inquiry, own, state=LinkState.SUGGESTED)
    page.post(url("order_link", inquiry.pk, link.pk, "refuse"))
    link.refresh_from_db()
    assert link.state == LinkState.REFUSED
    assert "Is it about this order?" not in content(page, inquiry)
    page.post(url("order_link", inquiry.pk, link.pk, "confirm"))
    link.refresh_from_db()
    assert link.state == LinkState.CONFIRMED


def test_another_customers_order_needs_a_second_click(page, inquiry):
    make.make_order("9999-1", customer=make.make_user(is_staff=False, email="taro@example.jp"))
    response = page.post(url("link_order", inquiry.pk), {"number": "9999-1"})
    assert response.status_code == 409
    html = response.content.decode()
    assert "Link 9999-1 nevertheless" in html
    assert not inquiry.order_links.exists()
    page.post(url("link_order", inquiry.pk), {"number": "9999-1", "force": "1"})
    assert inquiry.order_links.get().order_number == "9999-1"


@pytest.mark.parametrize("number", ["", "no-such-order"])
def test_an_unknown_number_is_answered_with_words(page, inquiry, number):
    response = page.post(url("link_order", inquiry.pk), {"number": number}, follow=True)
    assert messages(response)
    assert not inquiry.order_links.exists()


def test_long_conversations_can_be_unfolded(page, inquiry):
    for number in range(40):
        make.make_message(inquiry, f"本文その{number}。", at=timezone.now() - (50 - number) * HOUR)
    html = content(page, inquiry)
    assert "本文その2。" not in html
    assert "本文その39。" in html
    assert "?all=1" in html
    assert "本文その2。" in content(page, inquiry, "?all=1")


# What it costs


def fill(inquiry, user, count):
    customer = inquiry.contact.customer
    for number in range(count):
        message = make.make_message(inquiry, at=timezone.now() - number * HOUR)
        make_attachment(message=message)
        notes.add_note(inquiry, by=user, text="x")
        order = make.make_order(customer=customer)
        state = (LinkState.CONFIRMED, LinkState.SUGGESTED)[number % 2]
        make.make_order_link(inquiry, order, state=state)
        key = f"{inquiry.pk}-{number}-{message.pk}"
        OrderMail.objects.create(
            order=order, order_key=str(order.pk), message_id=key, message_key=key, sent_at=timezone.now()
        )
        make.make_product_link(inquiry)
        make.add_address(inquiry.contact, f"more{message.pk}@example.jp")
        other = make.make_inquiry(contact=inquiry.contact)
        InquiryRelation.objects.create(inquiry=inquiry, other=other, kind=RelationKind.MAYBE)
        writer = make.make_user("view_inquiry", "change_inquiry", first_name=f"w{message.pk}")
        draft = replies.save_draft(inquiry, by=writer, body="x")
        make_attachment(reply=draft)
        inquiry.tags.add(Tag.objects.create(name=f"tag {message.pk}"))
        parent = Category.objects.create(name=f"c{message.pk}")
        Category.objects.create(name=f"c{message.pk}", parent=parent)
        HoldReason.objects.create(name=f"r{message.pk}")


def cost(client, inquiry):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url("change", inquiry.pk)).status_code == 200
    return [query["sql"] for query in queries]


def test_the_number_of_queries_is_constant_and_small(client, inquiry):
    user = make.make_user("view_inquiry", "change_inquiry", "send_reply", "view_original_mail")
    client.force_login(user)
    fill(inquiry, user, 5)
    few = cost(client, inquiry)
    fill(inquiry, user, 55)
    many = cost(client, inquiry)
    assert len(many) == len(few), "\n".join(many)
    # A session may live anywhere; the savepoint is needed in a test's transaction only.
    own = [sql for sql in many if "SAVEPOINT" not in sql and "django_session" not in sql]
    assert len(own) <= 25, "\n".join(own)


@override_settings(LANGUAGE_CODE="ja")
def test_the_page_holds_no_inline_script_or_style(page, inquiry, user):
    fill(inquiry, user, 2)
    html = content(page, inquiry)
    main = html[html.index('id="content-main"') : html.index('<footer id="footer">')]
    assert "<script" not in main
    assert "style=" not in main
    assert " onclick" not in main
