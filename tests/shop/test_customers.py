from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.functional import SimpleLazyObject

from django_cs_inbox.shop import CustomerSummary

pytestmark = pytest.mark.django_db


def test_by_address_without_regard_to_case(shop, make_customer):
    hanako = make_customer("Hanako@Example.jp")
    make_customer("hanako@example.jp.evil.example")
    assert shop.customers_by_email("hanako@example.jp") == [hanako]
    assert shop.customers_by_email(" HANAKO@EXAMPLE.JP ") == [hanako]
    assert shop.customers_by_email("%@example.jp") == []
    assert shop.customers_by_email("") == []


def test_two_customers_share_an_address(shop, make_customer):
    both = {make_customer("family@example.jp"), make_customer("FAMILY@example.jp")}
    assert set(shop.customers_by_email("family@example.jp")) == both


def test_a_letter_with_accent_is_another_address(shop, make_customer):
    make_customer("rene@example.jp")
    assert shop.customers_by_email("rené@example.jp") == []


def test_several_addresses_at_once(shop, make_customer):
    people = [make_customer(f"c{n}@example.jp") for n in range(30)]
    with CaptureQueriesContext(connection) as queries:
        found = shop.customers_by_emails([person.email for person in people] + ["nobody@example.jp"])
    assert len(queries) == 1
    assert found == {person.email: [person] for person in people}


def test_the_logged_in_user_is_the_customer(shop, make_customer):
    hanako = make_customer()
    assert shop.customer_of_user(hanako) == hanako
    assert shop.customer_of_user(SimpleLazyObject(lambda: hanako)) == hanako
    assert shop.customer_of_user(AnonymousUser()) is None
    assert shop.customer_of_user(None) is None


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("花子", "山田", "山田 花子"),
        ("はなこ", "", "はなこ"),
        ("Hanako", "Yamada", "Hanako Yamada"),
        ("지민", "박", "박 지민"),
        ("", "", "customer1"),
    ],
)
def test_names(shop, make_customer, first, last, name):
    assert shop.customer_name(make_customer(first_name=first, last_name=last)) == name


def test_the_shops_own_full_name_is_taken_as_it_is(shop):
    class Member(get_user_model()):
        class Meta:
            proxy = True
            app_label = "shapes"

        def get_full_name(self):
            return "会員 " + self.last_name

    assert shop.customer_name(Member(last_name="山田")) == "会員 山田"


def test_summaries(shop, make_customer, make_order):
    hanako, new = make_customer("hanako@example.jp", last_name="山田"), make_customer()
    for total in (1000, 980):
        make_order(customer=hanako, total=total, lines=0)

    assert shop.customer_summaries([hanako, new]) == {
        str(hanako.pk): CustomerSummary(
            key=str(hanako.pk),
            name="山田",
            emails=("hanako@example.jp",),
            order_count=2,
            order_total=Decimal(1980),
        ),
        str(new.pk): CustomerSummary(key=str(new.pk), name=new.username, emails=(new.email,), order_count=0),
    }


def test_carts_do_not_count(settings, make_customer, make_order):
    from django_cs_inbox.shop import Shop

    hanako = make_customer()
    make_order(customer=hanako, status="received")
    make_order(customer=hanako, status="cart")
    settings.CS_INBOX = settings.CS_INBOX | {"ORDER_FIELDS": {"placed": {"status": "received"}}}
    assert Shop().customer_summaries([hanako])[str(hanako.pk)].order_count == 1


def test_by_key(shop, make_customer):
    hanako = make_customer()
    assert shop.customers_by_key([str(hanako.pk), "x"]) == {str(hanako.pk): hanako}
