from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_cs_inbox.mail.headers import (
    decode_text,
    parse_addresses,
    parse_date,
    parse_message_ids,
    parse_parameters,
    read_addresses,
    split_headers,
)
from django_cs_inbox.mail.limits import Limits
from django_cs_inbox.mail.types import Address

from .japanese import cp50221, word


def test_fields_are_unfolded_and_kept_in_order():
    block = split_headers(b"A: one\r\n two\r\n\tthree\r\nb :x\r\nA: 2\r\n\r\nbody")
    assert block.fields == (("A", b"one two three"), ("b", b"x"), ("A", b"2"))
    assert block.first("a") == b"one two three"
    assert block.every("a") == (b"one two three", b"2")
    assert block.first("missing") == b""
    assert block.body_at == 36


def test_header_without_body_and_without_anything():
    assert split_headers(b"A: 1").fields == (("A", b"1"),)
    assert split_headers(b"").fields == ()
    assert split_headers(b"\n\nA: 1\n\nx").fields == (("A", b"1"),)
    assert split_headers(b"\n\nA: 1\n\nx", is_part=True).body_at == 1


def test_limits_cut_and_the_body_is_still_found():
    limits = Limits(header_bytes=50, header_count=3, header_length=20)
    raw = b"A: " + b"x" * 100 + b"\nB: 1\nC: 2\nD: 3\n\nbody"
    block = split_headers(raw, limits)
    assert block.fields == (("A", b"x" * 20), ("B", b"1"), ("C", b"2"))
    assert raw[block.body_at :] == b"body"
    assert block.defects == ("header too long, cut", "too many header fields")
    assert split_headers(b"A: " + b"x" * 30 + b"\nB: " + b"x" * 30, limits).defects == (
        "header too long, cut",
    )


def test_lone_carriage_return_inside_a_line_is_no_line_end():
    assert split_headers(b"Subject: a\rBcc: b\r\n\r\n").fields == (("Subject", b"a Bcc: b"),)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b" a\tb\r\n c ", "a b  c"),
        (b"=?utf-8?q?a=5Fb_c?=", "a_b c"),
        (b"=?utf-8*ja?B?44GC?=", "あ"),
        (b"=?utf-8?B?44GC?= =?utf-8?B?44GE?=", "あい"),
        (b"=?utf-8?B?44GC?= x =?utf-8?B?44GE?=", "あ x い"),
        (b"=?utf-8?B?44GC?=x=?utf-8?B?44GE?=", "あxい"),
        (b"=?utf-8?B?44GC?= ", "あ"),
        (b"=?utf-8?B?44GC =?utf-8?B?44GE?=", "あい"),
        (b"=?utf-8?B?44G", "\ufffd"),
        (b"=?utf-8?B?44GC tail", "あ tail"),
        (b"=?utf-8?Q?what?_ok?=", "what? ok"),
        (b"=?utf-8?B??= x", "x"),
        (b"=?x?= =? ?=", "=?x?= =? ?="),
        (b"=?utf-8?Q?=?utf-8?Q?a?=", "=?utf-8?Q?a"),
        (b"=?utf-8?Q?=E3=81?= =?utf-8?B?gg==?=", "あ"),
        (b"=?utf-8?B?44G?= =?utf-8?Q?=82?=", "あ"),
        (b"=?utf-8?Q??= =?utf-8?Q?a?=", "a"),
        ("=?utf-8?Q?あ?=".encode(), "あ"),
        (b"=?x-none?B?44GC?=", "あ"),
    ],
)
def test_encoded_words(raw, text):
    assert decode_text(raw) == text


def test_raw_jis_beside_an_encoded_word():
    assert decode_text(cp50221("注文①") + b" " + word("確認").encode()) == "注文① 確認"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a@example.com", [("", "a@example.com")]),
        (b"<a@example.com>", [("", "a@example.com")]),
        (b'"Yamada, \\"H\\"" <a@example.com>', [('Yamada, "H"', "a@example.com")]),
        (b"'Hanako' <a@example.com>", [("Hanako", "a@example.com")]),
        (b"a@example.com (Hanako (Yamada))", [("Hanako (Yamada)", "a@example.com")]),
        (b"(c) Hanako <a@example.com>", [("Hanako", "a@example.com")]),
        (b"a@example.com; b@example.com", [("", "a@example.com"), ("", "b@example.com")]),
        (b"G: a@example.com, b@example.com;", [("", "a@example.com"), ("", "b@example.com")]),
        (b"undisclosed-recipients:;", []),
        (b"Info: Shop <a@example.com>", [("Info: Shop", "a@example.com")]),
        (b"<@relay.example,@b.example:a@example.com>", [("", "a@example.com")]),
        (b"<mailto:a@example.com>", [("", "a@example.com")]),
        (b"foo..bar.@docomo.ne.jp", [("", "foo..bar.@docomo.ne.jp")]),
        (b'"foo..bar."@docomo.ne.jp', [("", '"foo..bar."@docomo.ne.jp')]),
        (b'"a b" @example.com', [("", '"a b"@example.com')]),
        (b"a @ example.com", [("", "a@example.com")]),
        (b'"unclosed <a@example.com>', [("unclosed", "a@example.com")]),
        (b"(unclosed <a@example.com>", [("(unclosed", "a@example.com")]),
        (b"(esc\\) <x@y.example> ) <a@example.com>", [("esc) <x@y.example>", "a@example.com")]),
        (b"nobody", []),
        (b"", []),
        (b"<>", []),
        (b"<a@>", []),
        (b"x <" + b"a" * 330 + b"@example.com>", []),
        (b"Suzuki, , Ichiro <a@example.com>", [("Suzuki, Ichiro", "a@example.com")]),
        (b"Suzuki, <a@example.com>", [("Suzuki", "a@example.com")]),
        (b"Suzuki, a@example.com", [("", "a@example.com")]),
        ("山田 <a@example.com>".encode(), [("山田", "a@example.com")]),
        ("a@example.com（山田）".encode(), [("", "a@example.com")]),
    ],
)
def test_addresses(raw, expected):
    assert parse_addresses(raw) == tuple(Address(*pair) for pair in expected)


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        (b"<b@example.com> <a@example.com>", "a@example.com"),
        (b'"a@example.com"', "a@example.com"),
        (b"please write to a@example.com", "a@example.com"),
        (b"Hanako <a@example.com", "a@example.com"),
        (b"<a\x01@example.com>", "a@example.com"),
        (word("山田 <a@example.com>").encode(), "a@example.com"),
        (word("a@example.com").encode(), "a@example.com"),
        (cp50221("山田") + b" a@example.com", "a@example.com"),
    ],
)
def test_addresses_that_had_to_be_dug_out(raw, address):
    found, repaired = read_addresses(raw)
    assert [item.address for item in found] == [address]
    assert repaired


def test_number_of_addresses_is_bounded():
    assert len(parse_addresses(b"a@example.com, " * 600)) == 500


def test_raw_jis_that_looks_like_punctuation():
    # The second byte of these is < > " @ ( , in ISO-2022-JP.
    name = "ー＜繊遷＠亜"
    assert parse_addresses(cp50221(name) + b" <a@example.com>") == (Address(name, "a@example.com"),)


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        (b"<a@b> <c@d>", ("a@b", "c@d")),
        (b"<a@b><a@b>", ("a@b",)),
        (b"<a\r\n @b>", ("a@b",)),
        (b"a@b c@d,", ("a@b", "c@d")),
        (b"nothing", ()),
        (b"< >", ()),
        (b"", ()),
    ],
)
def test_message_ids(raw, ids):
    assert parse_message_ids(raw) == ids


JST = dt.timezone(dt.timedelta(hours=9))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Sat, 21 Nov 2026 12:34:56 +0900", dt.datetime(2026, 11, 21, 12, 34, 56, tzinfo=JST)),
        (b"21 November 2026 12:34 JST (x)", dt.datetime(2026, 11, 21, 12, 34, tzinfo=JST)),
        (b"Sat, 21-Nov-26 12:34:60 -0500", dt.datetime(2026, 11, 21, 17, 34, 59, tzinfo=dt.UTC)),
        (b"21 Nov 99 12:34:56 GMT", dt.datetime(1999, 11, 21, 12, 34, 56, tzinfo=dt.UTC)),
        (b"Sat Nov 21 12:34:56 2026", dt.datetime(2026, 11, 21, 12, 34, 56, tzinfo=dt.UTC)),
        (b"Sat Nov 21 12:34:56 JST 2026", dt.datetime(2026, 11, 21, 12, 34, 56, tzinfo=JST)),
        (b"2026-11-21T12:34:56.789+09:00", dt.datetime(2026, 11, 21, 12, 34, 56, tzinfo=JST)),
        (b"2026/11/21 12:34", dt.datetime(2026, 11, 21, 12, 34, tzinfo=dt.UTC)),
        ("土, 21 11月 2026 12:34:56 +0900".encode(), dt.datetime(2026, 11, 21, 12, 34, 56, tzinfo=JST)),
        (b"21 Nov 2026 12:34:56", dt.datetime(2026, 11, 21, 12, 34, 56, tzinfo=dt.UTC)),
        (b"21 Nov 2026 25:34:56", None),
        (b"31 Feb 2026 12:34:56", None),
        (b"21 Foo 2026 12:34:56", None),
        (b"21 Nov 2026 12:34:56 +9999", None),
        (b"21 Nov 0001 12:34:56 +0000", None),
        (b"21 Nov 9999 23:59:59 -2300", None),
        (b"yesterday", None),
        (b"", None),
    ],
)
def test_dates(raw, expected):
    assert parse_date(raw) == expected


@pytest.mark.parametrize(
    ("raw", "parameters"),
    [
        (b"a; b=c", {"b": "c"}),
        (b'a; b="c;d"; e=f', {"b": "c;d", "e": "f"}),
        (b'a; b="c', {"b": "c"}),
        (b'a; b="c\\"d"', {"b": 'c"d'}),
        (b'a; b="c\\\\"; e=f', {"b": "c\\", "e": "f"}),
        (b'a; b="C:\\"; e=f', {"b": "C:\\", "e": "f"}),
        (b"a; b=my file.pdf ;c", {"b": "my file.pdf"}),
        (b"a; ; =x; b=c; b=d", {"b": "c"}),
        (b"a; b*=utf-8''%E3%81%82", {"b": "あ"}),
        (b"a; b*=%E3%81%82", {"b": "あ"}),
        (b"a; b*=utf-8''; b=c", {"b": "c"}),
        (b"a; b*1=d; b*0=c", {"b": "cd"}),
        (b"a; b*0*=utf-8'ja'%E3%81; b*1*=%82; b*2=x", {"b": "あx"}),
        (b"a; b*0==?utf-8?B?44GC; b*1=44GE?=", {"b": "あい"}),
        (b"a", {}),
    ],
)
def test_parameters(raw, parameters):
    assert parse_parameters(raw) == ("a", parameters)


def test_number_of_parameters_is_bounded():
    raw = b"a" + b"".join(b"; p%d=1" % number for number in range(300))
    assert len(parse_parameters(raw)[1]) == 200


@given(st.binary(max_size=300))
def test_never_raises(raw):
    split_headers(raw)
    decode_text(raw)
    read_addresses(raw)
    parse_message_ids(raw)
    parse_date(raw)
    parse_parameters(raw)


@given(st.text(alphabet='=?bBqQ"<>()@,;:\\ a\n', max_size=80))
def test_never_raises_on_punctuation(text):
    raw = text.encode()
    assert all(item.address.count("\n") == 0 for item in read_addresses(raw)[0])
    decode_text(raw)
    parse_parameters(raw)
