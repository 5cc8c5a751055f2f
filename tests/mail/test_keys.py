"""Addresses, phone numbers and order numbers as keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_cs_inbox.mail.addresses import is_plausible, normalize, normalize_phone
from django_cs_inbox.mail.numbers import fold


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (" Hanako@Example.COM ", "hanako@example.com"),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "hanako@example.com"),
        ("foo..bar.@docomo.ne.jp", "foo..bar.@docomo.ne.jp"),
        ('"foo..bar."@docomo.ne.jp', "foo..bar.@docomo.ne.jp"),
        ('"a b"@example.com', '"a b"@example.com'),
        ("a+tag@example.com", "a+tag@example.com"),
        ("nothing", "nothing"),
    ],
)
def test_normalize(address, key):
    assert normalize(address) == key


@given(st.text(max_size=30))
def test_normalize_twice_changes_nothing(text):
    assert normalize(normalize(text)) == normalize(text)


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com",
        "foo..bar.@docomo.ne.jp",
        ".foo@ezweb.ne.jp",
        "-foo@docomo.ne.jp",
        "a/b?c+d@docomo.ne.jp",
        '"foo..bar."@docomo.ne.jp',
        "a@xn--p8j.example",
        "A_b'c@ex-ample.co.jp",
    ],
)
def test_plausible(address):
    assert is_plausible(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@example.com",
        "a@example",
        "a@b@example.com",
        "a b@example.com",
        "a@exam ple.com",
        "a@-x.com",
        "a@x-.com",
        "a@.com",
        "a@x..com",
        "a@x.com.",
        "a@192.168.0.1",
        "山田@example.com",
        "a@例え.jp",
        "a\n@example.com",
        "a@example.com\n",
        "a,b@example.com",
        "<a@example.com>",
        "a" * 65 + "@example.com",
        "a@" + "x" * 64 + ".com",
        '"' + "a" * 70 + '"@example.com',
        "a@" + "x." * 130 + "com",
    ],
)
def test_not_plausible(address):
    assert not is_plausible(address)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("03-1234-5678", "0312345678"),
        ("０９０－１２３４－５６７８", "09012345678"),
        ("090ー1234ー5678", "09012345678"),
        ("(03) 1234 5678", "0312345678"),
        ("電話：03（1234）5678 です", "0312345678"),
        ("+81 90-1234-5678", "09012345678"),
        ("+81 (0)90-1234-5678", "09012345678"),
        ("+81 090-1234-5678", "09012345678"),
        ("0081-3-1234-5678", "0312345678"),
        ("010-81-3-1234-5678", "0312345678"),
        ("+1 650 253 0000", "+16502530000"),
        ("03-1234-5678 内線 12", "0312345678"),
        ("0120.123.456", "0120123456"),
        ("", ""),
        ("12345", ""),
        ("なし", ""),
        ("1" * 20, ""),
        ("1-2-3-4-5-6-", ""),
    ],
)
def test_phone(text, phone):
    assert normalize_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("１００５－２", "1005-2"),
        ("1005−2", "1005-2"),
        ("1005‐2‑2–2—2―2", "1005-2-2-2-2-2"),
        ("1005ー2", "1005-2"),
        ("1005ｰ2", "1005-2"),
        ("1005─2", "1005-2"),
        ("セーター", "セーター"),
        ("サイズ2ー", "サイズ2ー"),
        ("10〜20～30", "10~20~30"),
        ("ＡＢＣ㈱①ｶﾞ", "abc(株)1ガ"),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_fold_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
