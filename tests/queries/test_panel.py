from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from tests.factories import make_contact, make_inquiry, make_message, make_order_link, make_superuser

pytestmark = pytest.mark.django_db

QUIET = "Matched by address; the shop has not verified it."


@pytest.mark.parametrize(("is_proven", "is_tied"), [(False, True), (True, True), (False, False)])
def test_a_customer_who_was_only_matched_by_address_is_marked(client, is_proven, is_tied):
    customer = get_user_model().objects.create_user("hanako", "hanako@example.jp")
    contact = make_contact(customer=customer if is_tied else None, customer_is_proven=is_proven)
    inquiry = make_inquiry(contact=contact)
    make_message(inquiry)
    client.force_login(make_superuser())
    page = client.get(reverse("admin:cs_inbox_inquiry_change", args=[inquiry.pk])).content.decode()
    assert (QUIET in page) == (is_tied and not is_proven)


@pytest.mark.parametrize(
    ("source", "state", "is_quiet"),
    [
        ("order_mail", "confirmed", False),
        ("form_login", "confirmed", False),
        ("order_mail", "suggested", True),
        ("text", "confirmed", True),
    ],
)
def test_the_order_says_who_it_is(client, source, state, is_quiet):
    customer = get_user_model().objects.create_user("hanako", "hanako@example.jp")
    inquiry = make_inquiry(contact=make_contact(customer=customer))
    make_order_link(inquiry, source=source, state=state)
    client.force_login(make_superuser())
    page = client.get(reverse("admin:cs_inbox_inquiry_change", args=[inquiry.pk])).content.decode()
    assert (QUIET in page) == is_quiet
