from __future__ import annotations

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_cs_inbox.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed", ["AB-1005", " AB-1005 ", "ＡＢ－１００５", "AB‐1005", "#AB-1005", "ab-1005", "aB−1005"]
)
def test_found_however_it_is_typed(shop, make_order, typed):
    order = make_order("AB-1005")
    make_order("AB-10055")
    assert shop.find_orders(typed) == [order]


def test_mixed_case_in_the_table(shop, make_order):
    order = make_order("ShopA-77")
    assert shop.find_orders("shopa-77") == [order]


@pytest.mark.parametrize(
    "typed", ["", " ", "#", "x" * 500, "AB\0", "1005", "%", "_B-1005", "' OR 1=1 --", None]
)
def test_nothing_found(shop, make_order, typed):
    make_order("AB-1005")
    assert shop.find_orders(typed) == []


def test_the_exact_spelling_wins(shop, make_order):
    make_order("ＡＢ１")
    if Shop().find_orders("AB1") == []:  # a collation may hold them equal; then one row is all there is
        narrow = make_order("AB1")
        assert shop.find_orders("AB1") == [narrow]


def test_number_and_address_must_both_match(shop, make_order, make_customer):
    order = make_order("A-1001", customer=make_customer("hanako@example.jp"), email="Guest@example.jp")
    make_order("A-1002", email="other@example.jp")

    assert shop.verify_order("A-1001", "hanako@example.jp") == order
    assert shop.verify_order("ａ－１００１", " GUEST@EXAMPLE.JP ") == order
    for number, email in [
        ("A-1001", "other@example.jp"),
        ("A-1003", "hanako@example.jp"),
        ("A-1001", ""),
        ("", "hanako@example.jp"),
        ("A-1001", "hanako"),
        (None, None),
    ]:
        assert shop.verify_order(number, email) is None


def test_an_empty_address_verifies_nothing(shop, make_order):
    make_order("A-1001", email="")
    assert shop.verify_order("A-1001", "") is None


def test_letters_that_only_unicode_holds_equal_are_another_address(shop, make_order):
    make_order("A-1001", email="mike@example.jp")
    assert shop.verify_order("A-1001", "mi\N{KELVIN SIGN}e@example.jp") is None
    assert shop.verify_order("A-1001", "ｍｉｋｅ@example.jp") is None


@pytest.mark.parametrize("number", ["A-1001", "a-1001", "A-1002", "A-9999"])
def test_a_wrong_number_costs_what_a_wrong_address_costs(shop, make_order, make_customer, number):
    make_order("A-1000", email="guest@example.jp")
    make_order("A-1001", customer=make_customer())
    make_order("A-1002", email="guest@example.jp")
    with CaptureQueriesContext(connection) as queries:
        assert shop.verify_order(number, "nobody@example.jp") is None
    assert len(queries) == 4


def mail(subject="", body="", to=("hanako@example.jp",), **fields):
    return EmailMessage(subject, body, to=list(to), **fields)


@pytest.fixture
def order(make_order):
    make_order("A-2000", email="hanako@example.jp")
    return make_order("A-1001", email="Hanako@example.jp")


@pytest.mark.parametrize(
    "message",
    [
        mail("ご注文番号 A-1001 ありがとうございます"),
        mail("【文具店】発送のお知らせ（Ａ－１００１）"),
        mail("発送のお知らせ", "花子様\n\nご注文番号：A-1001\n以下略"),
        mail("A-1001", to=["山田花子 <HANAKO@example.jp>"]),
        mail("A-1001", to=[], bcc=["hanako@example.jp", "archive@shop.example"]),
    ],
)
def test_the_order_of_a_mail(shop, order, message):
    assert shop.order_of_mail(message) == order


@pytest.mark.parametrize(
    "message",
    [
        mail("A-1001", to=["taro@example.jp"]),
        mail("A-1001", to=[]),
        mail("ご注文ありがとうございます"),
        mail("A-1001 と A-2000 をまとめて発送しました"),
        mail("A-10012"),
        mail("広告", "x" * 5000 + "注文番号 A-1001"),
    ],
)
def test_unsure_is_none(shop, order, message):
    assert shop.order_of_mail(message) is None


def test_the_subject_counts_more_than_the_text(shop, order):
    message = mail("A-1001 を発送しました", "前回のご注文 A-2000 もありがとうございました")
    assert shop.order_of_mail(message) == order


def test_a_number_without_keyword_is_known_from_the_recipients_orders(shop, make_order):
    order = make_order("100123", email="hanako@example.jp")
    short = make_order("12", email="hanako@example.jp")
    assert shop.order_of_mail(mail("発送しました 100123")) == order
    assert shop.order_of_mail(mail("12% 引き")) is None
    assert shop.order_of_mail(mail("注文番号 12")) == short


def test_a_lazy_subject_is_read(shop, order):
    from django.utils.translation import gettext_lazy

    assert shop.order_of_mail(mail(gettext_lazy("A-1001"))) == order
