from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.core.cache import cache

from tests.factories import make_inbox, make_order

FORM = "/contact/"


@pytest.fixture(autouse=True)
def _mounted(db: None, settings: Any) -> Any:
    settings.ROOT_URLCONF = "tests.contact.urls"
    if apps.is_installed("tests.projects.default_user.shopapp"):
        settings.CS_INBOX = project.CS_INBOX | {"SHOP": "tests.contact.shop.ProductShop"}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def inbox() -> Any:
    return make_inbox(name="サポート", address="support@kotori.example", takes_form=True)


@pytest.fixture
def hanako() -> Any:
    return get_user_model().objects.create_user(
        "hanako", email="hanako@example.jp", last_name="山田", first_name="花子", password="secret"
    )


@pytest.fixture
def order(hanako: Any) -> Any:
    return make_order("1005-2", customer=hanako, email="hanako@example.jp")


@pytest.fixture
def fill(client: Any) -> Any:
    """``fill(subject="…")``: the values of a form as it is shown now, filled in by a guest."""

    def filled(url: str = FORM, *, by: Any = None, **values: Any) -> dict[str, Any]:
        page = (by or client).get(url)
        return {
            "form_token": page.context["form_token"],
            "name": "山田花子",
            "email": "hanako@example.jp",
            "subject": "色鉛筆が折れていました",
            "body": "12色セットのうち3本が折れていました。",
        } | values

    return filled


@pytest.fixture
def send(client: Any, fill: Any) -> Any:
    """``send(subject="…")``: fills in the form and posts it."""

    def sent(url: str = FORM, **values: Any) -> Any:
        return client.post(url, fill(url, **values))

    return sent
