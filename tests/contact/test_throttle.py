from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from django_cs_inbox.contact import throttle
from django_cs_inbox.models import Inquiry


@pytest.fixture
def limited(settings):
    settings.CS_INBOX = settings.CS_INBOX | {"FORM_LIMIT_PER_HOUR": 2}


def test_the_limit_keeps_the_text_and_says_how_to_reach_the_shop(inbox, send, limited, caplog):
    assert [send(body=f"{n}").status_code for n in range(2)] == [302, 302]
    response = send(body="三通目の本文")
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    page = response.content.decode()
    assert "三通目の本文" in page
    assert "support@kotori.example" in page
    assert Inquiry.objects.count() == 2
    assert "CLIENT_IP_HEADER" in caplog.text  # 127.0.0.1 stands for everybody


def test_a_form_with_mistakes_does_not_count(inbox, send, limited):
    for _ in range(5):
        assert send(email="").status_code == 200
    assert send().status_code == 302


def test_an_address_is_limited_whatever_the_network(inbox, fill, client, monkeypatch):
    monkeypatch.setattr(throttle, "PER_EMAIL_AND_HOUR", 2)
    results = [
        client.post("/contact/", fill(email=email, body=str(n)), REMOTE_ADDR=f"203.0.113.{n}").status_code
        for n, email in enumerate(["hanako@example.jp", "HANAKO@example.jp", "hanako@EXAMPLE.jp"])
    ]
    assert results == [302, 302, 429]


def test_another_network_is_not_held_up(inbox, fill, client, limited, caplog):
    for n in range(3):
        last = client.post("/contact/", fill(body=str(n)), REMOTE_ADDR="203.0.114.5")
    assert last.status_code == 429
    assert "CLIENT_IP_HEADER" not in caplog.text or "internal" in caplog.text
    assert client.post("/contact/", fill(), REMOTE_ADDR="203.0.114.6").status_code == 302


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),  # what the visitor claims stands first
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_the_address_is_the_one_that_the_proxy_saw(settings, header, address):
    settings.CS_INBOX = settings.CS_INBOX | {"CLIENT_IP_HEADER": "HTTP_X_FORWARDED_FOR"}
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=header)
    assert throttle.client_address(request) == address


def test_a_made_up_forwarding_header_changes_nothing_by_default(inbox, fill, client, limited):
    results = [
        client.post("/contact/", fill(body=str(n)), HTTP_X_FORWARDED_FOR=f"198.51.100.{n}").status_code
        for n in range(3)
    ]
    assert results == [302, 302, 429]


def test_an_unknown_visitor_is_limited_by_email_only(inbox, fill, client, limited, caplog):
    for n in range(3):
        assert client.post("/contact/", fill(body=str(n)), REMOTE_ADDR="").status_code == 302
    assert "CLIENT_IP_HEADER" in caplog.text


def test_a_cache_that_is_away_closes_no_form(inbox, send, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise ConnectionError("no cache")

    monkeypatch.setattr(cache, "incr", fail)
    assert send().status_code == 302
    assert "did not count" in caplog.text
    assert "hanako" not in caplog.text
