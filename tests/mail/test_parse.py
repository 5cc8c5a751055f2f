"""Limits, hostile mails and odd structures. What everyday mails must give stands in test_mails."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from django_cs_inbox.mail.automatic import classify
from django_cs_inbox.mail.bounce import read_bounce
from django_cs_inbox.mail.parse import Limits, parse
from django_cs_inbox.mail.quotes import split

from .japanese import MAILS

SAMPLES = [path.read_bytes() for path in sorted(MAILS.glob("*.eml"))]


def nested(depth: int) -> bytes:
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(depth))
    return b"".join(levels) + b"\ninnermost"


def test_nothing_at_all():
    mail = parse(b"")
    assert (mail.text, mail.subject, mail.author, mail.attachments, mail.defects) == ("", "", None, (), ())


def test_headers_can_be_asked_by_name():
    mail = parse(b"X-A: 1\nx-a: 2\n\n")
    assert mail.header("x-A") == "1"
    assert mail.header_all("X-A") == ("1", "2")
    assert mail.header("y") == ""


def test_depth_is_bounded_and_the_rest_is_an_attachment():
    mail = parse(nested(5), limits=Limits(depth=3))
    assert mail.text == ""
    assert mail.defects == ("parts nested too deep",)
    assert mail.attachments[0].content_type == "multipart/mixed"
    assert b"innermost" in mail.attachments[0].content
    assert parse(nested(5)).text == "innermost"


def test_number_of_parts_is_bounded():
    mail = parse(
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 50, limits=Limits(parts=10)
    )
    assert mail.text.count("x") == 10
    assert mail.defects == ("too many parts",)


def test_text_is_bounded():
    raw = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nabcdef\n--a\n\nghi\n--a--"
    mail = parse(raw, limits=Limits(text_bytes=4))
    assert mail.text == "abcd"
    assert mail.defects == ("text too long, cut",)


def test_attachments_are_bounded_and_the_name_stays():
    part = b"--a\nContent-Type: image/png; name=%s\n\nabcdef\n"
    raw = b"Content-Type: multipart/mixed; boundary=a\n\n" + part % b"a.png" + part % b"b.png" + b"--a--"
    mail = parse(raw, limits=Limits(decoded_bytes=8))
    assert [(item.name, item.content) for item in mail.attachments] == [("a.png", b"abcdef"), ("b.png", b"")]
    assert mail.defects == ("attachment b.png left out, the mail is too large",)


def test_text_that_is_a_file():
    raw = b"Content-Disposition: attachment; filename=a.txt\n\nwords"
    assert [(item.name, item.content) for item in parse(raw).attachments] == [("a.txt", b"words")]
    # The one and only part keeps its name to itself.
    assert parse(b"Content-Type: text/plain; name=a.txt\n\nwords").text == "words"


@pytest.mark.parametrize(
    ("content_type", "found"),
    [
        (b"text", "text/plain"),
        (b"/", "text/plain"),
        (b"TEXT/Plain ; x", "text/plain"),
        (b"text/plain (comment)", "text/plain"),
        (b"application/" + b"x" * 200, "text/plain"),
        (b"application/pdf", "application/pdf"),
    ],
)
def test_content_types(content_type, found):
    assert parse(b"Content-Type: " + content_type + b"\n\nx").content_type == found


def test_several_from_fields():
    mail = parse(b"From: a@example.com\nFrom: b@example.com\n\n")
    assert mail.author is not None
    assert (mail.author.address, mail.author.domain, mail.author_is_doubtful) == (
        "a@example.com",
        "example.com",
        True,
    )


def test_content_id_without_brackets_and_image_that_is_attached():
    head = b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: image/png\n"
    inline = parse(head + b"Content-ID: pic\nContent-Disposition: inline\n\nx").attachments[0]
    assert (inline.content_id, inline.is_inline, inline.name) == ("pic", True, "image-1.png")
    other = parse(head + b"Content-ID: <pic@x>\n\nx").attachments[0]
    assert (other.content_id, other.is_inline) == ("pic@x", False)


def test_reply_to_and_html_alternative_of_a_list_footer():
    raw = (
        b"Reply-To: x@example.com\nContent-Type: multipart/mixed; boundary=m\n\n--m\n"
        b"Content-Type: multipart/alternative; boundary=a\n\n--a\n\nwords\n"
        b"--a\nContent-Type: text/html\n\n<b>words</b>\n--a--\n--m\n\n<footer>\n--m\n\n \n--m--"
    )
    mail = parse(raw)
    assert mail.text == "words\n\n<footer>"
    assert mail.html == "<b>words</b>\n<pre>&lt;footer&gt;</pre>"
    assert mail.reply_to[0].address == "x@example.com"


def test_boundary_at_the_very_start_in_quotes_and_with_junk_behind():
    raw = b'Content-Type: multipart/mixed; boundary="a b"\n\n--a b\n\none\n--a bc\ntwo\n'
    raw += b"--a b  \n\nthree\n--a b--x\nfour"
    assert parse(raw).text == "one\n--a bc\ntwo\n\nthree\n--a b--x\nfour"


def test_boundary_is_not_guessed_from_prose():
    mail = parse(b"Content-Type: multipart/mixed\n\nHello\n-- \nHanako\n")
    assert mail.text == "Hello\n-- \nHanako"
    assert mail.defects == ("multipart without parts",)


HOSTILE = {
    "parts": b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 10_000,
    "levels": nested(100),
    "one long header": b"Subject: " + b"a" * 1_000_000 + b"\n\nx",
    "many headers": b"X: y\n" * 150_000 + b"\nx",
    "one long line": b"\n" + b"> a" * 300_000,
    "large body": b"Subject: x\n\n" + b"some words\n" * 4_500_000,
    "quotes": b"From: " + b'"\\' * 30_000 + b"\n\n",
    "brackets": b"From: " + b"<" * 60_000 + b"\n\n",
    "comments": b"From: " + b"(" * 60_000 + b"\n\n",
    "groups": b"From: " + b"a:" * 30_000 + b";\n\n",
    "stops": b"From: " + b"a@" * 30_000 + b"\n\n",
    "words": b"Subject: " + b"=?a?Q?" * 10_000 + b"\n\n",
    "ended words": b"Subject: " + b"=?a?Q?x" * 9_000 + b"?=\n\n",
    "small words": b"Subject: " + b"=?a?Q??= " * 6_000 + b"\n\n",
    "ids": b"References: " + b"<" * 60_000 + b"\nIn-Reply-To: " + b"<a" * 30_000 + b"\n\n",
    "parameters": b"Content-Type: text/plain" + b';a="' * 15_000 + b"\n\nx",
    "continuations": b"Content-Type: text/plain" + b";a*0=" * 12_000 + b"\n\nx",
    "boundaries": b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a" * 300_000,
    "carriage returns": b"Subject: x\n\n" + b"\r" * 1_000_000,
    "spaces": b"Subject:" + b" " * 60_000 + b"x\n\n" + b" " * 1_000_000 + b"x",
    "introductions": b"\n" + b"2026/11/21 12:34 a@b.example\n" * 20_000,
    "labels": "\n差出人: a\n".encode() * 20_000,
    "escapes": b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + b"\x1b$B\n$$" * 100_000,
    "tags": b"Content-Type: text/html\n\n" + b"<a href=\"'" * 100_000,
    "comments of html": b"Content-Type: text/html\n\n" + b"<!--" * 200_000,
    "scripts": b"Content-Type: text/html\n\n" + b"<script>" * 100_000,
    "quoted tags": b"Content-Type: text/html\n\n" + b"<blockquote>" * 50_000 + b"x<br>" * 20_000,
    "soft breaks": b"Content-Transfer-Encoding: quoted-printable\n\n" + b"= " * 400_000,
    "status lines": b"Content-Type: multipart/report; boundary=b\n\n--b\n"
    b"Content-Type: message/delivery-status\n\n" + b"x\n" * 300_000,
    "one status line": b"Content-Type: multipart/report; boundary=b\n\n--b\n"
    b"Content-Type: message/delivery-status\n\n" + b"x" * 1_000_000,
    "padding": b"Content-Transfer-Encoding: base64\n\n" + b"QQ==" * 200_000,
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_mails_end_in_time(name):
    begin = time.perf_counter()
    mail = parse(HOSTILE[name])
    split(mail.text)
    classify(mail)
    read_bounce(mail, HOSTILE[name])
    # Linear reading takes well under two seconds here; anything worse would take minutes.
    assert time.perf_counter() - begin < 15


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_mails_never_raise(raw, data):
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        cut = data.draw(st.integers(0, 30))
        raw = raw[:at] + data.draw(st.binary(max_size=8)) + raw[at + cut :]
    mail = parse(raw)
    "".join([mail.text, mail.html, mail.subject, *(item.name for item in mail.attachments)]).encode()
    assert "".join(piece.text for piece in split(mail.text).pieces) == mail.text
    classify(mail)
    read_bounce(mail, raw)


TOKENS = [
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: text/html\r\n",
    b"--b\r\n",
    b"--b--\r\n",
    b"\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"From: a <b@c.example>\r\n",
    b"\r",
    b"Content-Type: message/delivery-status\r\n",
    b"text\r\n",
    b"\x1b$B",
    b"=?utf-8?B?",
    b"?=",
    b"\xff",
    b"<p>",
    b" ",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=25))
def test_any_order_of_lines_never_raises(tokens):
    raw = b"".join(tokens)
    mail = parse(raw)
    read_bounce(mail, raw)
