from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from django_cs_inbox.shop import Shop

# These know the default host's models, which another host's settings do not install.
collect_ignore = (
    []
    if settings.CS_INBOX["ORDER_MODEL"] == "shop.Order"
    else ["test_fields.py", "test_orders.py", "test_pages.py"]
)


@pytest.fixture(scope="session")
def _shape_tables(django_db_setup, django_db_blocker):
    from .shapes.tables import TABLES

    # Unblocked twice and not across the yield, which would open the database to all tests that follow.
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in TABLES:
            editor.create_model(model)
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in reversed(TABLES):
            editor.delete_model(model)


@pytest.fixture
def shape(_shape_tables, db, settings):
    """``shape(Model, **settings)``: the default shop on one of the odd tables."""

    def make(model, *, base=Shop, **fields):
        settings.CS_INBOX = settings.CS_INBOX | {"ORDER_FIELDS": fields}
        return type("ShapeShop", (base,), {"order_model": model})()

    return make


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def make_customer(db):
    count = iter(range(1, 1000))

    def make(email="", **fields):
        name = f"customer{next(count)}"
        return get_user_model().objects.create_user(name, email or f"{name}@example.jp", **fields)

    return make


@pytest.fixture
def make_order(db):
    """An order of the default host shop with two lines."""
    from tests.projects.default_user.shopapp.models import Order, Product

    count = iter(range(1, 1000))

    def make(number="", *, lines=2, days_ago=0, **fields):
        fields.setdefault("placed_at", timezone.now() - dt.timedelta(days=days_ago))
        order = Order.objects.create(number=number or f"T-{next(count):05}", **fields)
        for i in range(lines):
            product, _ = Product.objects.get_or_create(
                sku=f"P{i}", defaults={"name": f"色鉛筆{i}", "price": 100}
            )
            order.lines.create(
                product=product, title=f"色鉛筆{i}", sku=f"P{i}", quantity=i + 1, unit_price=100
            )
        return order

    return make
