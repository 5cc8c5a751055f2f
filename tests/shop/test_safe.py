from __future__ import annotations

import logging

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.urls import reverse

from django_cs_inbox.choices import LinkSource, LinkState
from django_cs_inbox.exceptions import ConfigurationError
from django_cs_inbox.shop import Shop, get_shop, safe
from django_cs_inbox.shop.safe import ask
from tests.factories import make_inquiry


class BrokenShop(Shop):
    def order_number(self, order):
        raise ZeroDivisionError("secret@example.jp")

    def orders(self):
        raise OperationalError


class NoShop:
    pass


@pytest.fixture(autouse=True)
def _forget():
    safe._told.clear()
    yield
    safe._told.clear()


def test_the_answer_passes():
    assert ask(Shop().product, None, "x") is None
    assert ask(str.upper, "", "a") == "A"


def test_a_broken_method_gives_the_default_and_is_logged_once(caplog):
    caplog.set_level(logging.ERROR)
    for _ in range(3):
        assert ask(BrokenShop().order_number, "?", None) == "?"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "BrokenShop.order_number" in caplog.text
    assert "secret@example.jp" not in caplog.records[0].getMessage()


@pytest.mark.django_db
def test_a_failed_query_leaves_the_transaction_usable():
    def ask_for_nonsense():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nonsense FROM nowhere")

    assert ask(ask_for_nonsense, "?") == "?"
    assert get_user_model().objects.count() == 0


@pytest.mark.django_db
def test_the_list_opens_although_the_shop_is_broken(settings, admin_client, make_order):
    order = make_order("A-1001")
    inquiry = make_inquiry()
    link = {
        "order": order,
        "order_key": str(order.pk),
        "order_number": "A-1001",
        "state": LinkState.CONFIRMED,
    }
    inquiry.order_links.create(source=LinkSource.STAFF, **link)
    settings.CS_INBOX = settings.CS_INBOX | {"SHOP": f"{__name__}.BrokenShop"}

    response = admin_client.get(reverse("admin:cs_inbox_inquiry_changelist"))
    assert response.status_code == 200
    assert "A-1001" in response.content.decode()
    response = admin_client.get(reverse("admin:cs_inbox_inquiry_change", args=[inquiry.pk]), follow=True)
    assert response.status_code == 200
    assert "A-1001" in response.content.decode()


def test_the_shop_of_the_settings(settings):
    settings.CS_INBOX = settings.CS_INBOX | {"SHOP": f"{__name__}.BrokenShop"}
    assert type(get_shop()) is BrokenShop
    settings.CS_INBOX = settings.CS_INBOX | {"SHOP": f"{__name__}.NoShop"}
    with pytest.raises(ConfigurationError, match="NoShop"):
        get_shop()
