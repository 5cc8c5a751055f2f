"""Each method of the shop's own code raises, one after the other: no page falls, no word is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as project
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from django_cs_inbox.actions import incoming
from django_cs_inbox.choices import IncomingState
from django_cs_inbox.models import IncomingMail, Inquiry
from django_cs_inbox.shop import Shop
from tests.factories import (
    make_contact,
    make_inbox,
    make_inquiry,
    make_message,
    make_order,
    make_order_link,
    make_superuser,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not apps.is_installed("tests.projects.default_user.shopapp"), reason="rows of the default shop"
    ),
]

METHODS = [name for name in dir(Shop) if not name.startswith("_") and callable(getattr(Shop, name))]


class BrokenShop(Shop):
    broken = ""
    #: A failed query, which on PostgreSQL takes the whole transaction with it.
    by_query = False

    def __getattribute__(self, name: str) -> Any:
        if name != type(self).broken:
            return super().__getattribute__(name)

        def fail(*args: Any, **kwargs: Any) -> Any:
            if type(self).by_query:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT nothing FROM nowhere")
            raise RuntimeError(name)

        return fail


#: In these, too, a failed query: one for each way of asking.
QUERIES = ("customers_by_email", "find_orders", "customer_of_user", "order_summaries", "language")


@pytest.fixture(params=[*METHODS, *(f"{name} query" for name in QUERIES)])
def _broken(request, settings, monkeypatch):
    method, _, by_query = request.param.partition(" ")
    monkeypatch.setattr(BrokenShop, "broken", method)
    monkeypatch.setattr(BrokenShop, "by_query", bool(by_query))
    settings.CS_INBOX = project.CS_INBOX | {"SHOP": "tests.test_broken_host.BrokenShop"}


@pytest.fixture
def hanako(django_user_model):
    return django_user_model.objects.create_user("hanako", email="hanako@example.jp", password="x")


@pytest.fixture
def inquiry(hanako):
    order = make_order("1005-2", customer=hanako, email="hanako@example.jp")
    inquiry = make_inquiry(contact=make_contact(email="hanako@example.jp", customer=hanako))
    make_message(inquiry)
    make_order_link(inquiry, order)
    return inquiry


@pytest.mark.usefixtures("_broken")
def test_staff_can_work(client, inquiry):
    client.force_login(make_superuser())
    for page, args in (
        ("inquiry_changelist", []),
        ("inquiry_change", [inquiry.pk]),
        ("contact_changelist", []),
        ("contact_change", [inquiry.contact_id]),
    ):
        assert client.get(reverse(f"admin:cs_inbox_{page}", args=args)).status_code == 200, page


@pytest.mark.usefixtures("_broken")
def test_a_mail_comes_in(inquiry):
    inquiry.inbox.acknowledges_mail = True
    inquiry.inbox.save()
    raw = b"From: taro@example.jp\nSubject: order 1005-2\nMessage-ID: <a@b>\n\norder number 1005-2"
    mail, _ = incoming.store(inquiry.inbox, raw=raw, source_key="x", joins_transaction=True)
    assert incoming.process(mail.pk) == IncomingState.PROCESSED, IncomingMail.objects.get().reason


@pytest.mark.urls("tests.contact.urls")
@pytest.mark.parametrize("is_logged_in", [False, True])
@pytest.mark.usefixtures("_broken")
def test_a_form_comes_in(client, inquiry, hanako, is_logged_in):
    cache.clear()
    make_inbox(takes_form=True)
    if is_logged_in:
        client.force_login(hanako)
    url = reverse("cs_inbox_contact:form")
    words = {"name": "a", "email": "hanako@example.jp", "subject": "s", "body": "order 1005-2"}
    token = client.get(url).context["form_token"]
    answer = client.post(url, {**words, "order_number": "1005-2", "form_token": token})
    assert answer.status_code == 302
    assert Inquiry.objects.count() == 2
