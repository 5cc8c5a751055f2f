"""The default adapter on tables as real shops have them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_cs_inbox.shop import OrderLine

from .shapes import tables as t

pytestmark = pytest.mark.django_db


def summary(shop, order):
    return shop.order_summaries([order])[str(order.pk)]


def test_flags_pk_of_another_name_and_default_accessor(shape, make_customer):
    shop = shape(t.FlagOrder)
    order = t.FlagOrder.objects.create(user=make_customer(), is_paid=True)
    pen = t.Goods.objects.create(name="ペン", sku="PEN")
    t.FlagOrderItem.objects.create(order=order, product=pen, qty=3, price=120)

    found = summary(shop, order)

    assert found.key == found.number == str(order._id)
    assert (found.status_code, found.status) == ("paid", "Paid")
    assert found.lines == (OrderLine("ペン", "PEN", 3, Decimal(120)),)
    assert found.email == order.user.email
    order.is_delivered = True
    assert shop.order_status(order) == ("delivered", "Delivered")
    assert shop.order_status(t.FlagOrder()) == ("", "")
    assert shop.orders_by_key([str(order._id), "x", ""]) == {str(order._id): order}


def test_a_bare_key_is_found_behind_a_keyword_only(shape, make_customer):
    shop = shape(t.FlagOrder)
    order = t.FlagOrder.objects.create(pk=1234567, user=make_customer())

    assert shop.find_numbers("1234567 と A-10023 のことですが #1234567") == []
    assert shop.find_numbers("注文番号 1234567 のことですが") == ["1234567"]
    assert shop.find_orders("1234567") == [order]
    assert shop.find_orders("99999999999999999999999999") == []
    assert shop.find_orders("1234567\0") == []


def test_many_to_many_lines_have_no_invented_price(shape, make_customer):
    shop = shape(t.BasketOrder)
    order = t.BasketOrder.objects.create(user=make_customer(), ref_code="ab12", ordered=True, received=True)
    order.items.add(t.BasketItem.objects.create(item=t.Goods.objects.create(name="糊", price=80), quantity=2))

    found = summary(shop, order)

    assert found.lines == (OrderLine("糊", "", 2, None),)
    assert (found.number, found.status_code) == ("ab12", "delivered")


def test_carts_are_left_out_when_the_setting_says_how_to_know_them(shape, make_customer):
    user = make_customer()
    cart = t.BasketOrder.objects.create(user=user, ref_code="x1", ordered=False)
    order = t.BasketOrder.objects.create(user=user, ref_code="x1", ordered=True)

    assert set(shape(t.BasketOrder).find_orders("x1")) == {cart, order}
    for placed in ("ordered", {"ordered": True}):
        shop = shape(t.BasketOrder, placed=placed)
        assert shop.find_orders("x1") == [order]
        assert shop.orders_of(customer=user, emails=[]) == [order]
        assert str(cart.pk) not in shop.orders_by_key([str(cart.pk)])


def test_placed_at_prefers_the_day_of_the_order(shape, make_customer):
    day = timezone.make_aware(dt.datetime(2026, 11, 1, 12))
    order = t.BasketOrder.objects.create(user=make_customer(), ordered_date=day)
    assert summary(shape(t.BasketOrder), order).placed_at == day


def test_several_orders_under_one_number(shape, make_customer):
    shop = shape(t.BasketOrder)
    one, two = (t.BasketOrder.objects.create(user=make_customer(), ref_code="dup") for _ in range(2))

    assert set(shop.find_orders("dup")) == {one, two}
    assert shop.verify_order("dup", two.user.email) == two


def test_one_number_twice_under_one_address_verifies_nothing(shape, make_customer):
    user = make_customer()
    for _ in range(2):
        t.BasketOrder.objects.create(user=user, ref_code="dup")
    assert shape(t.BasketOrder).verify_order("dup", user.email) is None


def test_json_lines_and_keys(shape, make_customer):
    shop = shape(t.JsonOrder, emails=["shipping.email", "user.email"], customer_name="shipping.name")
    lines = [{"name": "ノート", "sku": "N1", "qty": "2", "price": "350"}, "broken", None]
    order = t.JsonOrder.objects.create(
        id="aB3", user=make_customer(), items=lines, shipping={"email": "gift@example.jp", "name": "贈り先"}
    )

    found = summary(shop, order)

    assert found.lines == (OrderLine("ノート", "N1", 2, Decimal(350)),)
    assert (found.email, found.customer_name, found.shipping) == ("gift@example.jp", "贈り先", "")
    assert shop.orders_of(customer=None, emails=["GIFT@example.jp"]) == [order]
    assert shop.verify_order("aB3", "gift@example.jp") == order


@pytest.mark.parametrize(
    "items",
    [None, [], {}, 7, "no json", '[{"title": "A"}]', {"a": {"title": "A"}}, {"title": "A"}],
)
def test_odd_json_harms_nothing(shape, make_customer, items):
    order = t.JsonOrder(id="1", user=make_customer(), items=items)
    assert shape(t.JsonOrder).order_lines(order) in ([], [OrderLine("A")])


def test_dates_as_status(shape):
    shop = shape(t.JsonOrder)
    assert shop.order_status(t.JsonOrder()) == ("ordered", "Ordered")
    assert shop.order_status(t.JsonOrder(shipped_at=dt.date.today())) == ("shipped", "Shipped")
    both = t.JsonOrder(shipped_at=dt.date.today(), canceled_at=dt.date.today())
    assert shop.order_status(both) == ("cancelled", "Cancelled")
    named = shape(t.JsonOrder, status=["shipped_at", "is_confirmed"])
    assert named.order_status(t.JsonOrder()) == ("is_confirmed", "Is confirmed")


def test_case_counts_where_two_orders_differ_in_nothing_else(shape, make_customer):
    shop = shape(t.JsonOrder)
    # A database that ignores case cannot hold both; then there is nothing to tell apart.
    lower = t.JsonOrder.objects.create(id="ab9", user=make_customer())
    if not t.JsonOrder.objects.filter(pk="AB9").exists():
        upper = t.JsonOrder.objects.create(id="AB9", user=make_customer())
        assert shop.find_orders("AB9") == [upper]
        assert set(shop.find_orders("aB9")) == {lower, upper}
    assert shop.find_orders("ab9") == [lower]
    assert "aB9" not in shop.orders_by_key(["aB9"])


def test_the_status_is_a_row(shape):
    state = t.State.objects.create(identifier="sent", name="発送済み")
    order = t.StateRowOrder.objects.create(reference_number="R1", status=state, email="guest@example.jp")
    found = summary(shape(t.StateRowOrder), order)
    assert (found.number, found.status_code, found.status, found.email) == (
        "R1",
        "sent",
        "発送済み",
        "guest@example.jp",
    )


def test_the_only_key_to_a_customer_is_the_customer_whatever_its_name(shape, make_customer):
    state = t.State.objects.create(identifier="sent", name="発送済み")
    order = t.StateRowOrder.objects.create(reference_number="R1", status=state, orderer=make_customer())
    assert shape(t.StateRowOrder).order_customer(order) == order.orderer


def test_uuid_key_integer_number_own_address(shape, make_customer):
    shop = shape(t.NumberOrder)
    order = t.NumberOrder.objects.create(
        number=10042,
        user=make_customer("account@example.jp"),
        user_email="order@example.jp",
        total_gross_amount=12.5,
    )

    found = summary(shop, order)

    assert (found.number, found.total, found.currency) == ("10042", Decimal("12.5"), "EUR")
    assert (found.status_code, found.status) == ("sent", "On its way")
    assert shop.order_emails(order) == ["order@example.jp", "account@example.jp"]
    assert shop.find_orders("１００４２") == shop.find_orders("#10042") == [order]
    assert shop.find_orders("10042x") == shop.find_orders("9" * 40) == []
    assert shop.orders_by_key([str(order.pk), "not-a-uuid"]) == {str(order.pk): order}
    assert shop.language(order=order, customer=None) == "en"
    assert shop.customer_summaries([order.user])[str(order.user.pk)].order_total == Decimal("12.5")


def test_the_user_stands_one_table_further(shape, make_customer):
    shop = shape(t.ProfileOrder)
    profile = t.Profile.objects.create(user=make_customer())
    order = t.ProfileOrder.objects.create(
        order_number="F" * 32, user_profile=profile, full_name="山田", email="pay@example.jp"
    )
    t.ProfileOrderLine.objects.create(order=order, product=t.Goods.objects.create(name="筆", sku="F1"))

    found = summary(shop, order)

    assert shop.order_customer(order) == profile.user
    assert shop.orders_of(customer=profile.user, emails=[]) == [order]
    assert (found.customer_name, found.email) == ("山田", "pay@example.jp")
    assert found.lines == (OrderLine("筆", "F1", 1, None),)


def test_of_two_users_the_buyer_is_the_customer(shape, make_customer):
    shop = shape(t.TwoUsersOrder)
    order = t.TwoUsersOrder.objects.create(seller=make_customer(), client=make_customer())
    order.products.add(t.Goods.objects.create(name="机", sku="D", price=9000))

    assert shop.order_customer(order) == order.client
    assert summary(shop, order).lines == (OrderLine("机", "D", 1, None),)
    assert shop.find_numbers(f"order {order.pk}.") == [str(order.pk)]
    assert shop.find_orders(str(order.pk).upper()) == [order]


def test_two_users_without_telling_names_are_nobody(shape, make_customer):
    shop = shape(t.UnnamedUsersOrder)
    order = t.UnnamedUsersOrder.objects.create(packer=make_customer(), checker=make_customer())
    assert shop.order_customer(order) is None
    assert shop.order_emails(order) == []
    assert shop.orders_of(customer=order.packer, emails=[order.packer.email]) == []
    found = shop.customer_summaries([order.packer])[str(order.packer.pk)]
    assert (found.order_count, found.order_total) == (None, None)


def test_no_customer_generic_products_and_split_names(shape):
    shop = shape(t.LooseOrder, line_title="product.name")
    order = t.LooseOrder.objects.create(
        user_id=7, billing_detail_email="a@example.jp", first_name="花子", last_name="山田"
    )
    pen = t.Goods.objects.create(name="ペン")
    kind = ContentType.objects.get_for_model(make_known(t.Goods))
    t.LooseItem.objects.create(order=order, product_type=kind, product_id=pen.pk, unit_price=50)

    assert shop.order_customer(order) is None
    assert shop.order_name(order) == "山田 花子"
    assert shop.order_status(order) == ("1", "Unprocessed")
    assert shop.orders_of(customer=None, emails=["a@example.jp"]) == [order]


def make_known(model):
    """Any model of the project will do: the isolated one has no content type that leads back to it."""
    from django.contrib.auth.models import Group

    return Group


@pytest.mark.parametrize("name", ["FlagOrder", "BasketOrder", "ProfileOrder"])
def test_queries_do_not_grow_with_the_orders(shape, make_customer, name):
    model, counts = getattr(t, name), []
    shop = shape(model)
    for wanted in (3, 50):
        while model.objects.count() < wanted:
            add(model, make_customer())
        rows = list(model.objects.all())
        with CaptureQueriesContext(connection) as queries:
            assert len(shop.order_summaries(rows)) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


def add(model, user):
    goods = t.Goods.objects.create(name="品")
    if model is t.FlagOrder:
        order = model.objects.create(user=user)
        t.FlagOrderItem.objects.create(order=order, product=goods)
    elif model is t.BasketOrder:
        order = model.objects.create(user=user)
        order.items.add(t.BasketItem.objects.create(item=goods))
    else:
        profile = t.Profile.objects.create(user=user)
        order = model.objects.create(order_number="1", user_profile=profile, email="a@example.jp")
        t.ProfileOrderLine.objects.create(order=order, product=goods)
