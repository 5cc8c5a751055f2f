"""The shop port in every host project: ``pytest -m hosts --ds=tests.projects.<name>.settings``."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_cs_inbox.conf import conf
from django_cs_inbox.shop import get_shop

pytestmark = [pytest.mark.hosts, pytest.mark.django_db]

EMAIL = "hanako@example.jp"


def make_user(n):
    fields = {"username": f"hanako{n}"} if get_user_model().USERNAME_FIELD == "username" else {}
    return get_user_model().objects.create_user(email=f"{n}{EMAIL}", **fields)


def make_customer(n=""):
    """A customer with a login, whatever this host calls one."""
    user = make_user(n)
    model = apps.get_model(conf.customer_model)
    if model is get_user_model():
        return user
    customer = model.objects.create(pk=f"C{n}", name="山田花子", user=user)
    customer.emails.create(address=f"office{n}@example.jp")
    return customer


def make_order(customer, n=12):
    model = apps.get_model(conf.order_model)
    if hasattr(model, "serial"):
        lines = [{"title": "色鉛筆", "quantity": 2}]
        return model.objects.create(customer=customer, branch="東京", year=2026, serial=n, lines=lines)
    order = model.objects.create(customer=customer, number=f"2026-{n:05}")
    order.lines.create(title="色鉛筆", quantity=2, unit_price=100)
    return order


def test_an_order_and_its_customer():
    shop, customer = get_shop(), make_customer()
    order = make_order(customer)
    summary = shop.order_summaries([order])[str(order.pk)]

    assert (summary.key, summary.number) == (str(order.pk), "2026-00012")
    assert [(line.title, line.quantity) for line in summary.lines] == [("色鉛筆", 2)]
    assert summary.email in shop.customer_emails(customer)
    assert shop.order_customer(order) == customer
    assert shop.orders_by_key([str(order.pk), "?"]) == {str(order.pk): order}
    assert shop.find_numbers("注文番号：２０２６‐０００１２です") == ["2026-00012"]
    assert shop.find_orders("2026-00012") == [order]
    assert shop.verify_order("2026-00012", EMAIL.upper()) == order
    assert shop.verify_order("2026-00012", "taro@example.jp") is None
    assert shop.orders_of(customer=customer, emails=[]) == [order]
    assert shop.orders_of(customer=None, emails=[EMAIL]) == [order]
    assert shop.belongs_to(order, customer=customer, emails=[])
    assert shop.belongs_to(order, customer=None, emails=[EMAIL])
    assert shop.customers_by_email(EMAIL) == [customer]
    assert shop.customer_of_user(get_user_model().objects.get()) == customer
    assert shop.customer_summaries([customer])[str(customer.pk)].order_count == 1
    assert shop.order_of_mail(EmailMessage("発送のお知らせ [2026-00012]", to=[EMAIL])) == order
    assert shop.language(order=order, customer=customer)


def test_links_to_what_this_hosts_admin_shows(rf):
    from django.contrib import admin

    shop, customer = get_shop(), make_customer()
    order = make_order(customer)
    request = rf.get("/admin/")
    request.user = get_user_model().objects.get()
    request.user.is_staff = request.user.is_superuser = True
    urls = {order: shop.order_url(order, request), customer: shop.customer_url(customer, request)}
    for row, url in urls.items():
        assert bool(url) is admin.site.is_registered(type(row))
        assert not url or url.endswith("/change/")


@pytest.mark.parametrize("method", ["order_summaries", "customer_summaries"])
def test_queries_do_not_grow_with_the_rows(method):
    shop, counts, orders = get_shop(), [], []
    for wanted in (3, 50):
        orders += [make_order(make_customer(n), n) for n in range(len(orders), wanted)]
        rows = list(shop.orders()) if method == "order_summaries" else list(shop.customers())
        with CaptureQueriesContext(connection) as queries:
            assert len(getattr(shop, method)(rows)) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5


def test_nobody_at_all():
    shop = get_shop()
    assert shop.verify_order("2026-00012", EMAIL) is None
    assert shop.find_orders("2026-00012") == shop.customers_by_email(EMAIL) == []
    assert shop.orders_of(customer=None, emails=[EMAIL]) == []
