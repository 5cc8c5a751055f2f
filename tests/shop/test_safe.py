from __future__ import annotations

import logging

import pytest
from django.db import OperationalError

from django_cs_inbox.exceptions import ConfigurationError
from django_cs_inbox.shop import Shop, get_shop, safe
from django_cs_inbox.shop.safe import ask


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
def test_a_lost_transaction_is_not_hidden():
    with pytest.raises(OperationalError):
        ask(BrokenShop().orders, None)


@pytest.mark.django_db(transaction=True)
def test_a_database_error_outside_a_transaction_gives_the_default():
    assert ask(BrokenShop().orders, None) is None


def test_the_shop_of_the_settings(settings):
    settings.CS_INBOX = settings.CS_INBOX | {"SHOP": f"{__name__}.BrokenShop"}
    assert type(get_shop()) is BrokenShop
    settings.CS_INBOX = settings.CS_INBOX | {"SHOP": f"{__name__}.NoShop"}
    with pytest.raises(ConfigurationError, match="NoShop"):
        get_shop()
