from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_cs_inbox.mail import clean
from django_cs_inbox.mail.clean import CleanHtml, sanitize_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT/SRC=//x.example>",
    "<scr<script>ipt>alert(1)</script>",
    "<style>@import 'http://x.example';</style>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<form action=//x.example><input name=a><button formaction=javascript:alert(1)>x</button></form>",
    "<base href=//x.example/>",
    "<meta http-equiv=refresh content='0;url=//x.example'>",
    "<link rel=stylesheet href=//x.example>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='/admin/logout/'>x</a>",
    "<a href='//x.example'>x</a>",
    "<a href=https://x.example ping=https://y.example target=_top onclick=alert(1)>x</a>",
    "<img src=x onerror=alert(1)>",
    "<img src='data:image/svg+xml,x'>",
    "<img srcset='https://x.example/a.png 2x'>",
    "<td background=https://x.example/a.png>x</td>",
    "<p style='background:url(https://x.example)'>x</p>",
    "<p style='color:red;background-image:u\\72l(x)'>x</p>",
    "<p style='position:fixed;top:0'>x</p>",
    "<p style='width:expression(alert(1))'>x</p>",
    "<p style='font-family:\"</style><script>alert(1)</script>\"'>x</p>",
    "<p style='list-style-type:url(x)'>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<!--><script>alert(1)</script>-->",
    "<p id=cs class=submit-row name=x contenteditable>x</p>",
    "<template><script>alert(1)</script></template>",
    "<video src=https://x.example></video><audio src=https://x.example></audio>",
]
FORBIDDEN = re.compile(
    r"<\s*/?(?:script|style|form|svg|math|iframe|base|meta|link|object|embed|input|button|video|audio|template)"
    r"|\son\w+=|javascript:|vbscript:|url\(|expression|position|srcset|ping=|\sid=|class=|background=|href=\"/",
    re.IGNORECASE,
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks(attack):
    safe = sanitize_html(f"<p>before</p>{attack}<p>after</p>", remote_images=True).html
    assert FORBIDDEN.search(safe) is None
    assert "before" in safe


@given(st.lists(st.sampled_from(ATTACKS) | st.text(alphabet="<>/='\" ascript:&", max_size=20), max_size=6))
def test_attacks_in_any_order(parts):
    result = sanitize_html("".join(parts))
    # What is left over as text is escaped, so only tags count.
    assert not any(FORBIDDEN.search(tag) for tag in re.findall(r"<[a-zA-Z/][^>]*>", result.html))


@given(st.text(max_size=300))
def test_never_raises(text):
    assert isinstance(sanitize_html(text), CleanHtml)


def test_what_stays():
    html = '<p style="color:red"><b>太字</b><br>改行</p><table border="1"><tr><td colspan="2">x</td></table>'
    safe = sanitize_html(html).html
    assert 'style="color:red"' in safe
    assert "<b>太字</b>" in safe
    assert 'colspan="2"' in safe


@pytest.mark.parametrize(
    "target", ["https://x.example/a?b=1", "http://x.example", "mailto:a@x.example", "tel:+81312345678"]
)
def test_links(target):
    safe = sanitize_html(f'<a href="{target}">x</a>').html
    assert f'href="{target}"' in safe
    assert 'target="_blank"' in safe
    assert 'rel="noopener noreferrer nofollow"' in safe


def test_remote_images_are_blocked_and_counted():
    html = (
        '<img src="https://x.example/a.png" alt="a &lt;b&gt;"><img src="//x.example/b.png"><img src="x.png">'
    )
    assert sanitize_html(html) == CleanHtml("a &lt;b&gt;", 2)


def test_remote_images_on_request():
    result = sanitize_html(
        '<img src="https://x.example/a.png"><img src="//x.example/b.png">', remote_images=True
    )
    assert result == CleanHtml('<img src="https://x.example/a.png">', 1)


def test_inline_images():
    images = {"Img1@example.com": "/attachments/1"}
    html = '<img src="cid:img1@example.com" alt="x"><img src="cid:other">'
    assert sanitize_html(html, inline_images=images) == CleanHtml('<img src="/attachments/1" alt="x">')


def test_style_without_anything_allowed_goes():
    assert sanitize_html('<p style="background:url(x)">x</p>').html == "<p>x</p>"


@pytest.mark.parametrize(
    "html",
    ["<div>" * 250 + "x", "<div></p>" * 250 + "x", "<a href=https://x.example>x</a>" * 5001, "x&" * 100_001],
)
def test_too_much_for_the_parser_is_shown_as_text(html):
    safe = sanitize_html(html).html
    assert safe.startswith("<pre>")
    assert "x" in safe
    assert "<div" not in safe


def test_too_long_is_shown_as_text(monkeypatch):
    monkeypatch.setattr(clean, "_MAX_LENGTH", 20)
    assert sanitize_html("<p>some</p><b>long</b> text").html == "<pre>some\n\nlong</pre>"


def test_many_paragraphs_and_closed_tags_are_not_too_much():
    html = "<div><p>x</div>" * 1000 + "<td><li><br>" * 1000
    assert not sanitize_html(html).html.startswith("<pre>")


def test_version_of_the_rules():
    assert clean.RULES_VERSION == 1
