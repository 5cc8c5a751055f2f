"""What strangers sent – files, HTML, whole mails – is shown without running or fetching anything."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages

from tests import factories as make

from .conversation_data import PNG, make_attachment, make_incoming, url

pytestmark = pytest.mark.django_db

WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 "
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def page(client):
    client.force_login(make.make_superuser())
    return client


@pytest.fixture
def inquiry():
    return make.make_inquiry()


@pytest.fixture
def message(inquiry):
    return make.make_message(inquiry, html="<p>hello</p>")


def get(client, inquiry, attachment, query=""):
    response = client.get(url("attachment", inquiry.pk, attachment.pk) + query)
    assert response.status_code == 200
    return response


def body(response):
    return b"".join(response.streaming_content)


def test_a_file_is_a_download_that_can_do_nothing(page, inquiry, message):
    response = get(page, inquiry, make_attachment(message=message, name="写真.png", content_type="image/png"))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%86%99%E7%9C%9F.png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]
    assert body(response) == PNG


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a..", "image/gif"),
        (WEBP, "image/webp"),
    ],
)
def test_pictures_may_be_shown_in_the_page(page, inquiry, message, content, content_type):
    file = make_attachment(message=message, content=content, content_type=content_type)
    response = get(page, inquiry, file, "?inline=1")
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert body(response) == content


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (SVG, "image/svg+xml"),
        (SVG, "image/svg+xml; x"),
        (SVG, "image/png"),
        (b"<html><script>alert(1)</script>", "image/jpeg"),
        (b"<html>", "text/html"),
        (b"%PDF-1.4", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WAVE", "image/webp"),
        (b"", "image/png"),
    ],
)
def test_everything_else_stays_a_download_whatever_it_claims(page, inquiry, message, content, content_type):
    file = make_attachment(message=message, content=content, content_type=content_type)
    response = get(page, inquiry, file, "?inline=1")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x=1.txt"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("nul\x00.txt", "nul.txt"),
        ('quote".txt', "quote_.txt"),
        ("...", "attachment"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_names_steer_nothing(page, inquiry, message, name, seen):
    from django_cs_inbox.queries.attachments import download_name

    assert download_name(name) == seen
    # PostgreSQL takes no NUL; the name could come from another database.
    file = make_attachment(message=message, name=name.replace("\x00", "")[:200])
    disposition = get(page, inquiry, file)["Content-Disposition"]
    assert "\n" not in disposition
    assert "\u202e" not in disposition


def test_a_file_missing_in_the_storage_is_404(page, inquiry, message):
    file = make_attachment(message=message)
    storages["cs_inbox"].delete(file.file.name)
    assert page.get(url("attachment", inquiry.pk, file.pk)).status_code == 404


# HTML mail


def test_html_is_shown_in_a_sandbox_that_fetches_nothing(page, inquiry, message):
    message.html = (
        '<p onclick="x()">本文</p><script>alert(1)</script><img src="https://evil.example/t.gif">'
        '<img src="cid:photo@x"><a href="javascript:alert(1)">a</a><form action="/"><input></form>'
    )
    message.save()
    make_attachment(message=message, content_id="photo@x", content_type="image/png")
    make_attachment(message=message, content_id="svg@x", content=SVG, content_type="image/png")
    response = page.get(url("html", inquiry.pk, message.pk))
    html = response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "https:" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "本文" in html
    for bad in ("<script", "onclick", "evil.example", "javascript:", "<form", "<input", "cid:"):
        assert bad not in html
    assert 'src="data:image/png;base64,' in html
    assert "1 picture on another server is not shown." in html


def test_pictures_of_other_servers_load_when_a_person_asks(page, inquiry, message):
    message.html = '<img src="https://pictures.example/a.png">'
    message.save()
    response = page.get(url("html", inquiry.pk, message.pk) + "?images=1")
    assert "https://pictures.example/a.png" in response.content.decode()
    assert "img-src data: https:" in response["Content-Security-Policy"]


def test_only_that_view_may_be_framed(page, inquiry, message):
    html = page.get(url("change", inquiry.pk))
    assert html["X-Frame-Options"] == "DENY"
    frame = html.content.decode().partition("<iframe")[2].partition(">")[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame
    assert 'loading="lazy"' in frame


def test_without_html_there_is_no_such_page(page, inquiry):
    plain = make.make_message(inquiry)
    assert page.get(url("html", inquiry.pk, plain.pk)).status_code == 404
    assert "<iframe" not in page.get(url("change", inquiry.pk)).content.decode()


def test_pictures_in_the_mail_have_limits(page, inquiry, message, monkeypatch):
    from django_cs_inbox.admin.conversation import html_mail

    monkeypatch.setattr(html_mail, "MOST_BYTES", 10)
    message.html = '<img src="cid:photo@x">'
    message.save()
    make_attachment(message=message, content_id="photo@x")
    assert "data:image" not in page.get(url("html", inquiry.pk, message.pk)).content.decode()


def test_a_missing_picture_is_left_out(page, inquiry, message):
    message.html = '<p>x</p><img src="cid:photo@x">'
    message.save()
    file = make_attachment(message=message, content_id="photo@x")
    storages["cs_inbox"].delete(file.file.name)
    assert page.get(url("html", inquiry.pk, message.pk)).status_code == 200


# The original


def test_the_original_shows_headers_and_downloads_every_byte(page, inquiry):
    raw = b"From: <script>@example.jp\r\nSubject: \xff\x93\r\nX-A: 1\r\n\r\nbody secret\r\n"
    incoming = make_incoming(inquiry.inbox, raw)
    message = make.make_message(inquiry, incoming=incoming)
    html = page.get(url("original", inquiry.pk, message.pk)).content.decode()
    assert "From: &lt;script&gt;@example.jp" in html
    assert "body secret" not in html
    response = page.get(url("download", inquiry.pk, message.pk))
    assert response.content == raw
    assert response["Content-Disposition"] == f'attachment; filename="mail-{incoming.pk}.eml"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_message_without_original_has_no_such_page(page, inquiry, message):
    assert page.get(url("original", inquiry.pk, message.pk)).status_code == 404
    assert page.get(url("download", inquiry.pk, message.pk)).status_code == 404
