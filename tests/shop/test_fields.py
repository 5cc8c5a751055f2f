from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User

from django_cs_inbox.shop.fields import find_path, missing_part
from tests.projects.default_user.shopapp.models import Order, OrderLine, Product

from .shapes import tables as t


@pytest.mark.parametrize(
    ("model", "text", "lookup", "relations"),
    [
        (Order, "number", "number", ""),
        (Order, "pk", "pk", ""),
        (Order, "customer.email", "customer__email", "customer"),
        (Order, "customer__email", "customer__email", "customer"),
        (Order, "customer_id", "customer_id", ""),
        (Order, "lines.product.name", "lines__product__name", "lines__product"),
        (t.FlagOrder, "orderitem_set.product", "orderitem_set__product", "orderitem_set__product"),
        (User, "groups.name", "groups__name", "groups"),
        (Group, "user_set.email", "user__email", "user_set"),
        (t.JsonOrder, "shipping.email", "shipping__email", ""),
        (t.LooseItem, "product.name", "", "product"),
        (Order, "get_status_display", "", ""),
        (Order, "customer.get_full_name", "", "customer"),
    ],
)
def test_paths(model, text, lookup, relations):
    path = find_path(model, text)
    assert (path.lookup, path.relations) == (lookup, relations)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("nubmer", "nubmer"),
        ("customer.mail", "mail"),
        ("number.length", "length"),
        ("lines.product.nmae", "nmae"),
        ("", ""),
    ],
)
def test_the_part_that_does_not_exist_is_named(text, part):
    assert missing_part(Order, text) == part
    assert find_path(Order, text) is None


@pytest.mark.django_db
def test_values_of_many(make_order):
    order = make_order(lines=2)
    assert find_path(Order, "lines.product.sku").values(order) == ["P0", "P1"]
    assert find_path(Order, "lines.title").value(order) == "色鉛筆0"


@pytest.mark.django_db
def test_what_is_not_there_is_no_value(make_order):
    order = make_order(lines=0)
    assert find_path(Order, "customer.email").values(order) == []
    assert find_path(Order, "lines.product.sku").value(order) is None
    order.customer_id = 987654
    assert find_path(Order, "customer.email").values(order) == [], "a row that another table still names"


@pytest.mark.django_db
def test_methods_and_keys(make_order):
    order = make_order()
    assert find_path(Order, "get_status_display").value(order) == "受付"
    row = t.JsonOrder(shipping={"to": [{"mail": "a@x.jp"}, {"mail": "b@x.jp"}]})
    assert find_path(t.JsonOrder, "shipping.to.mail").values(row) == ["a@x.jp", "b@x.jp"]


def test_an_error_in_the_shops_own_code_is_not_hidden():
    class Broken(Product):
        class Meta:
            proxy = True
            app_label = "shapes"
            apps = t.Goods._meta.apps

        def label(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        find_path(Broken, "label").value(Broken())


def test_a_line_leads_back_to_its_order():
    assert find_path(OrderLine, "order.number").model is None
    assert find_path(OrderLine, "order").model is Order
