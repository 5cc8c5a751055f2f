from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_cs_inbox.shop import Shop
from django_cs_inbox.shop.numbers import MAX_CANDIDATES, MAX_LENGTH, find_candidates, holds_number, variants

FOUND = [
    ("ご注文番号：１００５‐２ の件", ["1005-2"]),
    ("注文 1005-2 の色鉛筆が折れていました", ["1005-2"]),
    ("【ご注文番号】1005-2", ["1005-2"]),
    ("注文番号は「1005-2」です。", ["1005-2"]),
    ("■ご注文番号\r\n　1005-2\r\n", ["1005-2"]),
    ("注文番号 1005-2、1005-3と1005-4", ["1005-2", "1005-3", "1005-4"]),
    ("注文No.778", ["778"]),
    ("注文Ｎｏ：778", ["778"]),
    ("ご注文№778です", ["778"]),
    ("オーダー番号：1005ー2", ["1005-2"]),
    ("受注番号[7]", ["7"]),
    ("注文ID=7", ["7"]),
    ("注文番号は7です", ["7"]),
    ("Order #12345", ["12345"]),
    ("order number: ABC-77x", ["ABC-77x"]),
    ("Your order no. 4711 has shipped", ["4711"]),
    ("Re: Order 100123", ["100123"]),
    ("ORDER NUMBER 100123", ["100123"]),
    ("3,980円 #100123", ["100123"]),
    ("A-10023 と EC20261121-0042", ["A-10023", "EC20261121-0042"]),
    ("(1005-2)", ["1005-2"]),
    ("注文番号 aB3x_9 と ab3X_9", ["aB3x_9", "ab3X_9"]),
    ("1005-2 (注文番号 1005-2)", ["1005-2"]),
    ("9f1c2b3a-0d4e-4f5a-8b6c-7d8e9f0a1b2c", ["9f1c2b3a-0d4e-4f5a-8b6c-7d8e9f0a1b2c"]),
]

NOT_FOUND = [
    "",
    "100123 について",
    "7",
    "電話 03-1234-5678 / 090-1234-5678 / 0312345678",
    "〒123-4567",
    "2026-11-21 に届きました",
    "2026年11月21日",
    "ご注文 3個",
    "注文は3点です",
    "ご注文 12000円",
    "ご注文ありがとうございます",
    "order 3 items",
    "reorder 12345 or border 12345",
    "https://shop.example/orders/1005-2/ と a-10023@shop.example",
    "in order to get 5",
    "#12",
]


@pytest.mark.parametrize(("text", "numbers"), FOUND)
def test_found(text, numbers):
    assert find_candidates(text, None) == numbers


@pytest.mark.parametrize("text", NOT_FOUND)
def test_not_found(text):
    assert find_candidates(text, None) == []


def test_the_shops_own_pattern_replaces_the_shapes_but_not_the_keywords():
    text = "SO123456 と A-10023、注文番号 99"
    assert find_candidates(text, r"SO\d{6}") == ["SO123456", "99"]
    assert find_candidates("SO-12 x", r"SO-(\d+)") == ["12"]
    assert find_candidates("ＳＯ－12 x", r"(?P<prefix>SO)-(?P<number>\d+)") == ["12"]


def test_the_setting_is_used(settings):
    settings.CS_INBOX = settings.CS_INBOX | {"ORDER_NUMBER_PATTERN": r"\b\d{6}\b"}
    assert Shop().find_numbers("100123 について、A-10023") == ["100123"]


def test_limits():
    assert len(find_candidates(" ".join(f"A-{n}" for n in range(10000, 10100)), None)) == MAX_CANDIDATES
    assert find_candidates("注文番号 " + "1" * (MAX_LENGTH + 1), None) == []


@pytest.mark.parametrize(
    "text", ["1-" * 50_000, "注文番号" * 20_000, "注文番号 " + "a1-" * 30_000, " " * 90_000, "#" * 90_000]
)
def test_hostile_texts_take_no_time(text):
    started = time.perf_counter()
    find_candidates(text, None)
    assert time.perf_counter() - started < 1


@given(st.text())
def test_any_text_is_survived(text):
    for number in find_candidates(text, None):
        assert 0 < len(number) <= MAX_LENGTH
        assert any(char.isdigit() for char in number)


@given(st.text())
def test_variants_can_be_asked_of_any_database(text):
    assert all("\0" not in number and number.strip() for number in variants(text))


@pytest.mark.parametrize(
    ("number", "holds"),
    [
        ("1005-2", True),
        ("１００５‐２", True),
        ("1005", False),
        ("005-2", False),
        ("1005-20", False),
        ("a-7", True),
    ],
)
def test_a_number_as_a_whole(number, holds):
    assert holds_number("注文1005-2とA-7の件", number) is holds
