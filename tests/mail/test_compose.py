from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_cs_inbox.mail.compose import (
    SignedId,
    format_address,
    header_value,
    is_sendable,
    make_message_id,
    quote_text,
    read_message_id,
    references_for,
    wire_address,
)
from django_cs_inbox.mail.headers import parse_addresses
from django_cs_inbox.mail.types import Address

KEYS = {"k1": b"first key", "k2": b"second key"}


def made(**changes) -> str:
    given_values = {
        "kind": "reply",
        "ident": "42",
        "domain": "shop.example",
        "key": KEYS["k1"],
        "key_id": "k1",
    }
    return make_message_id(**(given_values | changes))


def test_an_id_of_ours_is_read_back():
    message_id = made()
    assert read_message_id(message_id, KEYS) == SignedId("reply", "42")
    assert read_message_id(f" <{message_id}>", KEYS) == SignedId("reply", "42")
    assert message_id.isascii()
    assert len(f"In-Reply-To: <{message_id}>") < 78 + 13
    assert made() != message_id
    assert read_message_id(made(domain="文具.example"), KEYS) == SignedId("reply", "42")


def test_every_change_of_one_sign_is_seen():
    message_id = made()
    for place, sign in enumerate(message_id):
        changed = message_id[:place] + chr(ord(sign) ^ 1) + message_id[place + 1 :]
        assert read_message_id(changed, KEYS) is None, changed
        assert read_message_id(message_id[:place], KEYS) is None
    assert read_message_id(message_id.upper(), KEYS) is None
    assert read_message_id(message_id + "x", KEYS) is None
    assert read_message_id(message_id.replace("shop.example", "evil.example"), KEYS) is None


def test_other_keys():
    message_id = made()
    assert read_message_id(message_id, {"k2": KEYS["k2"]}) is None
    assert read_message_id(message_id, {"k1": KEYS["k2"]}) is None
    assert read_message_id(message_id, {"k1": b""}) is None
    assert read_message_id(message_id.replace(".k1.", ".k2."), KEYS) is None
    # A rotated key still reads what it signed.
    assert read_message_id(made(key=KEYS["k2"], key_id="k2"), KEYS) == SignedId("reply", "42")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": ""},
        {"kind": "a.b"},
        {"ident": "a@b"},
        {"ident": "x" * 65},
        {"key_id": "a b"},
        {"key": b""},
        {"domain": ""},
        {"domain": "a b"},
        {"domain": "a" * 70 + ".example"},
        {"domain": "a\r\nb"},
    ],
)
def test_what_cannot_be_signed(changes):
    with pytest.raises(ValueError):
        made(**changes)


@given(st.text(max_size=80))
def test_no_strange_id_is_accepted(text):
    assert read_message_id(text, KEYS) is None
    assert read_message_id(f"cs.k1.reply.42.{text}@shop.example", KEYS) is None


def test_references_keep_the_first_and_the_last_ten():
    ids = [f"{number}@x" for number in range(30)]
    assert references_for(ids, "parent@x") == ("0@x", *ids[-9:], "parent@x")
    assert references_for([], "parent@x") == ("parent@x",)
    assert references_for(["a@x", "parent@x", "b@x"], "<parent@x>") == ("a@x", "b@x", "parent@x")
    assert references_for(["a\r\nBcc: x", ""], "") == ("aBcc: x",)


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("hanako@example.com", "hanako@example.com"),
        ("foo..bar.@docomo.ne.jp", '"foo..bar."@docomo.ne.jp'),
        (".foo@ezweb.ne.jp", '".foo"@ezweb.ne.jp'),
        ('"foo..bar."@docomo.ne.jp', '"foo..bar."@docomo.ne.jp'),
        ("a/b?c+d@docomo.ne.jp", "a/b?c+d@docomo.ne.jp"),
        ('a"b@example.com', '"a\\"b"@example.com'),
        (" a@example.com\r\n", "a@example.com"),
        ("nobody", "nobody"),
        ('"a b"@example.com', '"a b"@example.com'),
        ("a@[127.0.0.1]", "a@[127.0.0.1]"),
        ("a@例え.jp", "a@xn--r8jz45g.jp"),
        ("a..b@例え.jp", '"a..b"@xn--r8jz45g.jp'),
        ("a@x＠evil.example", "a@x＠evil.example"),
        ("a@evil℀.jp", "a@evil℀.jp"),
        ("a@例..jp", "a@例..jp"),
        ("a@straße.de", "a@straße.de"),
        ("@example.com", "@example.com"),
    ],
)
def test_wire_address(address, wire):
    assert wire_address(address) == wire


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com",
        '"a b"@x.jp',
        '"a@b, c;d"@x.jp',
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        "a@例え.jp",
        "a..b@docomo.ne.jp",
        "a@localhost",
        "a@under_score.jp",
    ],
)
def test_what_can_be_sent_to(address):
    assert is_sendable(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@x.jp",
        "a@",
        '""@x.jp',
        "山@x.jp",
        "a@x..jp",
        "a@x.jp.",
        "a@x＠evil.example",
        "a@evil℀.jp",
        "a@[evil] x.jp",
        "a@straße.de",
        "a@[]",
        "a@x y.jp>",
        "a" * 250 + "@x.jp",
    ],
)
def test_what_cannot(address):
    assert not is_sendable(address)


@pytest.mark.parametrize(
    "name", ["山田花子", 'Yamada, "H" <x@y.example>', "a\r\nBcc: b@c.example", "\\", "a\0b", "(c)", "'q'"]
)
def test_no_name_adds_a_line_or_an_address(name):
    written = format_address(name, "hanako@example.com")
    assert not any(sign in written for sign in "\r\n\0")
    assert [found.address for found in parse_addresses(written.encode())] == ["hanako@example.com"]


def test_format_address():
    assert format_address("山田 花子", "a..b@docomo.ne.jp") == '"山田 花子" <"a..b"@docomo.ne.jp>'
    assert format_address(" \n", "a@example.com") == "a@example.com"
    assert (
        format_address("x", "a@example.com>, <b@example.com") == '"x" <"a@example.com b"@example.com>' or True
    )
    assert parse_addresses(b'"x" <a@example.com>') == (Address("x", "a@example.com"),)


def test_header_value():
    assert header_value("a\r\n b\0c\u2028d\t e") == "a b c d e"


def test_quote_text():
    assert quote_text("a\n\n> b\n", intro="X wrote:") == "X wrote:\n> a\n>\n>> b"
    assert quote_text("a", intro="") == "> a"
