"""The small steps of reading: transfer encodings, flowed text, HTML as text, file names."""

from __future__ import annotations

import binascii
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_cs_inbox.mail.flowed import unflow
from django_cs_inbox.mail.htmltext import html_to_text
from django_cs_inbox.mail.names import clean_name, name_for
from django_cs_inbox.mail.transfer import decode_base64, decode_quoted_printable, decode_transfer, decode_uu


@given(st.binary(max_size=200))
def test_encodings_round_trip(data):
    assert decode_base64(b64encode(data)) == data
    assert decode_transfer(binascii.b2a_qp(data, istext=False), "quoted-printable")[0] == data
    lines = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    assert decode_uu(b"x\nbegin 644 name\n" + lines + b"`\nend\n") == data


@given(st.binary(max_size=200), st.sampled_from(["base64", "quoted-printable", "uuencode", "7bit", "x"]))
def test_encodings_never_raise(data, encoding):
    assert isinstance(decode_transfer(data, encoding)[0], bytes)
    decode_uu(b"begin 644 x\n" + data)


@pytest.mark.parametrize(
    ("data", "decoded"),
    [
        (b"QUJD", b"ABC"),
        (b"QU\r\nJD\r\n", b"ABC"),
        (b"QUJ", b"AB"),
        (b"QUJDR", b"ABC"),
        (b"QQ==QkM=", b"ABC"),
        (b"QUI=\r\n--\r\nfooter of a list", b"AB"),
        (b"QUI=\r\nfooter of a list", b"AB"),
        (b"Q!U*JD", b"ABC"),
        (b"", b""),
    ],
)
def test_base64(data, decoded):
    assert decode_base64(data) == decoded


def test_quoted_printable():
    assert decode_quoted_printable(b"a= \r\nb=\nc=\rd=3D=zz=") == b"abcd==zz"


def test_uuencode_with_lost_blanks_and_nonsense():
    assert decode_uu(b"begin 644 x\n#0V%\n") == b"Ca@"
    assert decode_uu("begin 644 x\n#あああ\n".encode()) == b""
    assert decode_uu(b"no begin") == b"no begin"


@pytest.mark.parametrize("encoding", ["", "7bit", "8BIT", "binary", ' "7bit" ', "7bit; x"])
def test_plain_encodings(encoding):
    assert decode_transfer(b"=41", encoding) == (b"=41", ())


def test_unknown_encoding():
    assert decode_transfer(b"x", "x-strange") == (b"x", ("unknown transfer encoding 'x-strange'",))


@pytest.mark.parametrize(
    ("text", "delsp", "expected"),
    [
        ("a \nb", False, "a b"),
        ("あ \nい", True, "あい"),
        ("a\nb", False, "a\nb"),
        ("-- \nx", False, "-- \nx"),
        ("a \n-- \nx", False, "a \n-- \nx"),
        (">a \n>b\nc", False, "> a b\nc"),
        (">a \nb", False, "> a \nb"),
        ("> a \n>> b", False, "> a \n>> b"),
        (" From x", False, "From x"),
        ("a ", True, "a"),
        ("", False, ""),
    ],
)
def test_flowed(text, delsp, expected):
    assert unflow(text, delsp=delsp) == expected


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b", "a\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a<div>b</div></div>c", "a\nb\nc"),
        ("返品を<b>お願い</b>します", "返品をお願いします"),
        ("<span>1234</span>-<span>5678</span>", "1234-5678"),
        ("注文\n  した", "注文した"),
        ("hello\n  world", "hello world"),
        ("a &amp; b &lt;c&gt; &nbsp;d", "a & b <c>  d"),
        ("3 < 5", "3 < 5"),
        ("x<", "x<"),
        ("x<b", "x"),
        ("a</>b<!doctype x>c<?pi?>d", "abcd"),
        ("a<!-- <p>x</p> -->b<!-- never closed", "ab"),
        ("<head><title>t</title></head><body>x", "x"),
        ("<head><style>p{}</style>x", "x"),
        ("a<script>x</script >b<style>y", "ab y".replace(" ", "")),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ("<ol><li>a</li><li>b</li></ol>", "- a\n- b"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n> > b\nc"),
        ("</blockquote></pre></a>x", "x"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ("<a href='https://x.example/a?b=1&amp;c=2'>ここ</a>", "ここ (https://x.example/a?b=1&c=2)"),
        ("<a href=https://x.example/a></a>", "https://x.example/a"),
        ("<a href='mailto:a@x.example'>a</a><a name=x>b</a>", "ab"),
        ("<img alt=\"写真\"><img alt='b'><img>", "写真b"),
        ('<p title="a>b">c</p>', "c"),
        ('<p title="a>b" <i', 'b"'),
        ('<p title="a>b', "b"),
        ("<p title=it's>c</p>", "c"),
        ("<p title=it's>c</p>d'e<b>f</b>", "c\n\nd'ef"),
        ("&#99999999999999999999;&#x3042;&#0;", "\ufffdあ\ufffd"),
        ("a\xadb", "ab"),
        ("", ""),
        ("<p> </p>", ""),
    ],
)
def test_html_to_text(html, text):
    assert html_to_text(html) == text


@given(st.text(alphabet="<>/='\"ab !-&;#\n", max_size=120))
def test_html_to_text_never_raises(html):
    assert isinstance(html_to_text(html), str)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("a.pdf", "a.pdf"),
        ("か\u3099.pdf", "が.pdf"),
        ("/etc/passwd", "passwd"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("a/", "a"),
        ('a<b>:"c|d?e*.pdf', "a_b___c_d_e_.pdf"),
        (" .hidden. ", "hidden"),
        ("\u202e\u200b\ufeffa.pdf", "a.pdf"),
        ("あ" * 200 + ".jpeg", "あ" * 145 + ".jpeg"),
        ("あ" * 200, "あ" * 150),
        ("", ""),
        ("..", ""),
    ],
)
def test_names(name, clean):
    assert clean_name(name) == clean


def test_names_for_parts_without_one():
    assert name_for("image/png", 1) == "image-1.png"
    assert name_for("application/x-strange", 2) == "attachment-2"
