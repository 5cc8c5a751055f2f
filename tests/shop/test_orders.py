from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from django_cs_inbox.shop import OrderLine, OrderSummary, Shop, get_shop
from tests.projects.default_user.shopapp.models import Order

pytestmark = pytest.mark.django_db


def test_a_summary(shop, make_order, make_customer):
    placed = timezone.now()
    order = make_order(
        "1005-2",
        customer=make_customer("hanako@example.jp", first_name="花子", last_name="山田"),
        status=Order.Status.SHIPPED,
        total=1980,
        placed_at=placed,
    )
    assert shop.order_summaries([order]) == {
        str(order.pk): OrderSummary(
            key=str(order.pk),
            number="1005-2",
            placed_at=placed,
            status="発送済",
            status_code="shipped",
            total=Decimal(1980),
            customer_name="山田 花子",
            email="hanako@example.jp",
            lines=(OrderLine("色鉛筆0", "P0", 1, Decimal(100)), OrderLine("色鉛筆1", "P1", 2, Decimal(100))),
        )
    }


def test_a_guest(shop, make_order):
    order = make_order(email="guest@example.jp", name="客 太郎", lines=0)
    found = shop.order_summaries([order])[str(order.pk)]
    assert (found.customer_name, found.email, found.lines) == ("客 太郎", "guest@example.jp", ())
    assert shop.order_customer(order) is None


def test_a_status_outside_the_choices_is_shown_as_it_is(shop, make_order):
    assert shop.order_status(make_order(status="lost")) == ("lost", "lost")


@pytest.mark.parametrize("method", ["order_summaries", "orders_by_key", "customer_summaries"])
def test_queries_do_not_grow_with_the_rows(shop, make_order, make_customer, method):
    counts = []
    for wanted in (3, 50):
        while Order.objects.count() < wanted:
            make_order(customer=make_customer())
        rows = list(Order.objects.all())
        if method == "orders_by_key":
            rows = [str(row.pk) for row in rows]
        elif method == "customer_summaries":
            rows = [row.customer for row in rows]
        with CaptureQueriesContext(connection) as queries:
            assert len(getattr(shop, method)(rows)) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_nothing_asked_costs_nothing(shop, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert shop.order_summaries([]) == shop.orders_by_key([]) == shop.customer_summaries([]) == {}
        assert shop.orders_by_key(["x", "", "٣x"]) == {}
        assert shop.orders_of(customer=None, emails=[]) == []
        assert shop.customers_by_email("no address") == []


def test_orders_of_a_customer_and_of_a_guest_newest_first(shop, make_order, make_customer):
    hanako = make_customer("hanako@example.jp")
    old = make_order(customer=hanako, days_ago=5)
    guest = make_order(email="HANAKO@example.jp", days_ago=2)
    new = make_order(customer=hanako, email="hanako@example.jp", days_ago=1)
    make_order(customer=make_customer("taro@example.jp"))

    assert shop.orders_of(customer=hanako, emails=["hanako@example.jp"]) == [new, guest, old]
    assert shop.orders_of(customer=hanako, emails=[]) == [new, old]
    assert shop.orders_of(customer=None, emails=["hanako@example.jp"]) == [new, guest, old]
    assert shop.orders_of(customer=hanako, emails=["hanako@example.jp"], limit=2) == [new, guest]


def test_whose_order_it_is(shop, make_order, make_customer):
    hanako, taro = make_customer("hanako@example.jp"), make_customer("taro@example.jp")
    order = make_order(customer=hanako, email="office@example.jp")

    assert shop.belongs_to(order, customer=hanako, emails=[])
    assert shop.belongs_to(order, customer=None, emails=["Office@Example.jp"])
    assert shop.belongs_to(order, customer=taro, emails=["hanako@example.jp"])
    assert not shop.belongs_to(order, customer=taro, emails=["taro@example.jp", ""])
    assert not shop.belongs_to(make_order(), customer=None, emails=[""])


def test_the_settings_name_other_fields(settings, make_order):
    settings.CS_INBOX = settings.CS_INBOX | {
        "ORDER_FIELDS": {
            "number": "name",
            "lines": "",
            "status": [],
            "line_title": "sku",
            "total": "nonsense",
        },
        "CURRENCY": "USD",
    }
    order = make_order(name="N-1", total=5)
    found = get_shop().order_summaries([order])[str(order.pk)]
    assert (found.number, found.lines, found.status, found.total, found.currency) == (
        "N-1",
        (),
        "",
        None,
        "USD",
    )


def test_an_order_without_its_number_shows_its_key(settings, make_order):
    settings.CS_INBOX = settings.CS_INBOX | {"ORDER_FIELDS": {"number": "name"}}
    order = make_order()
    assert get_shop().order_number(order) == str(order.pk)


def test_a_link_of_the_shop_must_be_a_web_address(settings, make_order):
    settings.CS_INBOX = settings.CS_INBOX | {
        "ORDER_FIELDS": {"tracking_url": "name", "tracking_number": "email"}
    }
    shop = get_shop()
    assert (
        shop.order_summary(make_order(name="https://post.example/1")).tracking_url == "https://post.example/1"
    )
    assert shop.order_summary(make_order(name="javascript:alert(1)")).tracking_url == ""


def test_a_day_becomes_a_moment_of_the_shops_time_zone(shop, make_order):
    order = make_order()
    order.placed_at = dt.date(2026, 11, 21)
    assert shop.order_placed_at(order).isoformat() == "2026-11-21T00:00:00+09:00"
    order.placed_at = "yesterday"
    assert shop.order_placed_at(order) is None


def test_orders_without_a_day_come_last(shop, make_order):
    one, two = make_order(email="a@example.jp"), make_order(email="a@example.jp", days_ago=3)
    Order.objects.filter(pk=one.pk)
    assert sorted([two, one], key=shop._age_key, reverse=True) == [one, two]
    one.placed_at = None
    assert sorted([two, one], key=shop._age_key, reverse=True) == [two, one]


def test_language(shop, settings, make_order, make_customer):
    assert shop.language(order=make_order(), customer=make_customer()) == settings.LANGUAGE_CODE
    settings.CS_INBOX = settings.CS_INBOX | {
        "ORDER_FIELDS": {"language": "name"},
        "CUSTOMER_FIELDS": {"language": "last_name"},
    }
    shop = Shop()
    order, customer = make_order(name="ja_JP"), make_customer(last_name="xx")
    with translation.override("en"):
        assert shop.language(order=order, customer=customer) == "ja"
        assert shop.language(order=None, customer=customer) == settings.LANGUAGE_CODE
        customer.last_name = "ja"
        assert shop.language(order=make_order(), customer=customer) == "ja"
