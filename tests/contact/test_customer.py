"""What a logged-in customer meets at the form."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from django_cs_inbox.choices import LinkSource, LinkState, Origin
from django_cs_inbox.models import Inquiry, Message, OutgoingMail
from tests.factories import make_order, make_user

from .conftest import FORM


@pytest.fixture
def customer(client, hanako):
    client.force_login(hanako)
    return hanako


def test_name_and_address_are_known(inbox, customer, client, send):
    page = client.get(FORM)
    form = page.context["form"]
    assert "We will answer to hanako@example.jp." in page.content.decode()
    assert form["name"].value() == "山田 花子"
    assert "email" not in form.fields
    send(email="somebody@else.example")
    message = Message.objects.get()
    assert message.sender_address == "hanako@example.jp"
    contact = message.inquiry.contact
    assert contact.customer == customer
    assert contact.addresses.get().is_verified


def test_another_address_for_the_answer_is_no_identity(inbox, customer, send):
    send(reply_email="hanako.tmp@example.org")
    message = Message.objects.get()
    assert message.sender_address == "hanako@example.jp"
    assert message.reply_to == [{"name": "山田花子", "address": "hanako.tmp@example.org"}]
    assert OutgoingMail.objects.get().to == ["hanako@example.jp"]
    assert message.inquiry.contact.addresses.count() == 1


def test_only_own_orders_are_offered(inbox, customer, order, client):
    foreign = make_order("3003-3", email="other@example.jp")
    # Placed as a guest under the account's address, which nobody checked.
    unproven = make_order("4004-4", email="hanako@example.jp")
    field = client.get(FORM).context["form"].fields["order"]
    keys = [key for key, _label in field.choices]
    assert keys == ["", str(order.pk)]
    assert "order_number" not in client.get(FORM).context["form"].fields
    assert str(foreign.pk) not in keys
    assert str(unproven.pk) not in keys


def test_a_chosen_order_is_linked_for_certain(inbox, customer, order, send):
    send(order=order.pk)
    inquiry = Inquiry.objects.get()
    link = inquiry.order_links.get()
    assert (link.order, link.source, link.state) == (order, LinkSource.FORM_LOGIN, LinkState.CONFIRMED)
    assert inquiry.origin == Origin.CONTACT_FORM
    assert "Order number" not in inquiry.messages.get().text


def test_no_order_may_be_chosen(inbox, customer, order, send):
    send(order="")
    assert not Inquiry.objects.get().order_links.exists()


def test_somebody_elses_order_cannot_be_posted(inbox, customer, order, send):
    foreign = make_order("3003-3", email="other@example.jp")
    response = send(order=foreign.pk)
    assert "order" in response.context["form"].errors
    assert "3003-3" not in response.content.decode()
    assert not Inquiry.objects.exists()


def test_the_order_page_chooses_the_order(inbox, customer, order, client, send):
    make_order("1006-1", customer=customer)
    url = FORM + "?order=1005-2"
    assert client.get(url).context["form"]["order"].value() == str(order.pk)
    send(url, order=order.pk)
    inquiry = Inquiry.objects.get()
    assert inquiry.origin == Origin.ORDER_FORM
    assert inquiry.order_links.get().source == LinkSource.FORM_PAGE


def test_an_old_order_is_offered_on_its_own_page(inbox, customer, order, client, monkeypatch):
    from django_cs_inbox.contact import visitor

    make_order("1006-1", customer=customer)
    monkeypatch.setattr(visitor, "MOST_ORDERS", 1)
    form = client.get(FORM + "?order=1005-2").context["form"]
    assert str(order.pk) in dict(form.fields["order"].choices)


@pytest.mark.parametrize("number", ["3003-3", "9999-9", "x" * 300, "%00"])
def test_the_order_page_of_somebody_else_is_as_if_it_were_not_there(inbox, customer, order, client, number):
    make_order("3003-3", email="other@example.jp")
    page = client.get(f"{FORM}?order={number}")
    assert page.context["form"]["order"].value() is None
    assert number not in page.content.decode()


def test_a_customer_without_orders_may_write_a_number(inbox, customer, send, client):
    guest_order = make_order("2001-1", email="hanako@example.jp")
    assert "order" not in client.get(FORM).context["form"].fields
    send(order_number="2001-1")
    assert Inquiry.objects.get().order_links.get().order == guest_order


def test_a_written_number_of_an_own_order_under_another_address_is_suggested(
    inbox, customer, send, monkeypatch
):
    """The shop lists no orders, yet knows whose they are."""
    from tests.contact.shop import ProductShop

    own = make_order("7007-7", customer=customer, email="old@example.jp")
    monkeypatch.setattr(ProductShop, "orders_of", lambda self, **_: [])
    monkeypatch.setattr(ProductShop, "verify_order", lambda self, number, email: None)
    make_order("7008-8", email="other@example.jp")
    send(order_number="7007-7")
    assert Inquiry.objects.get().order_links.get().order == own
    assert Inquiry.objects.get().order_links.get().state == LinkState.SUGGESTED


def test_product_and_order_go_together(inbox, customer, order, send):
    send(FORM + "?product=PEN-12", order=order.pk)
    inquiry = Inquiry.objects.get()
    assert inquiry.origin == Origin.PRODUCT_FORM
    assert inquiry.product_links.exists()
    assert inquiry.order_links.get().order == order


def test_the_account_page_is_for_customers(inbox, client, hanako, send):
    response = client.get("/contact/account/")
    assert response.status_code == 302
    assert "next=/contact/account/" in response["Location"]
    client.force_login(hanako)
    send("/contact/account/")
    assert Inquiry.objects.get().origin == Origin.ACCOUNT_FORM


def test_the_account_page_keeps_the_text_and_the_limits_too(inbox, hanako, settings):
    """A view of its own, by class; what guards the form must come along."""
    settings.CS_INBOX = settings.CS_INBOX | {"MAX_UPLOAD_BYTES": 1000}
    client = Client(enforce_csrf_checks=True)
    client.force_login(hanako)
    data = {"body": "本文です", "attachments": SimpleUploadedFile("動画.mp4", b"0" * 200_000)}
    response = client.post("/contact/account/", data)
    assert response.status_code == 200
    assert "本文です" in response.content.decode()
    assert "動画.mp4" in response.content.decode()
    assert not Inquiry.objects.exists()


def test_a_session_that_ended_while_writing_costs_no_text(inbox, client, fill, hanako):
    client.force_login(hanako)
    data = fill("/contact/account/", email="")
    client.logout()
    response = client.post("/contact/account/", data)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"email"}
    assert "3本が折れていました" in response.content.decode()


def test_an_account_without_an_address_asks_for_one(inbox, client, send):
    user = get_user_model().objects.create_user("noaddress", last_name="佐藤", first_name="実")
    client.force_login(user)
    form = client.get(FORM).context["form"]
    assert "email" in form.fields
    assert form["name"].value() == "佐藤 実"
    send(email="typed@example.jp")
    address = Message.objects.get().inquiry.contact.addresses.get()
    assert (address.value, address.is_verified) == ("typed@example.jp", False)
    assert Inquiry.objects.get().contact.customer == user


def test_a_login_without_a_customer_is_a_guest(inbox, client, send, monkeypatch):
    from tests.contact.shop import ProductShop

    monkeypatch.setattr(ProductShop, "customer_of_user", lambda self, user: None)
    staff = make_user(email="staff@kotori.example")
    client.force_login(staff)
    assert client.get(FORM).context["form"]["email"].value() == "staff@kotori.example"
    send()
    assert Inquiry.objects.get().contact.customer is None
    staff.email = "broken"
    staff.save()
    assert not client.get(FORM).context["form"]["email"].value()


def test_the_label_of_an_order_says_what_was_bought(inbox, customer, order, client):
    from tests.projects.default_user.shopapp.models import OrderLine

    OrderLine.objects.create(order=order, title="色鉛筆 12色セット", unit_price=1980)
    labels = [label for _key, label in client.get(FORM).context["form"].fields["order"].choices]
    assert labels[1].startswith("1005-2, ordered on ")
    assert labels[1].endswith("色鉛筆 12色セット")


def test_a_shop_without_dates_shows_the_number(inbox, customer, order, client, settings):
    settings.CS_INBOX = settings.CS_INBOX | {"ORDER_FIELDS": {"placed_at": ""}}
    labels = [label for _key, label in client.get(FORM).context["form"].fields["order"].choices]
    assert labels[1] == "1005-2"


def test_the_number_of_queries_does_not_grow_with_the_orders(
    inbox, customer, client, django_assert_max_num_queries
):
    for serial in range(3):
        make_order(f"50{serial}-1", customer=customer)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(FORM)
    for serial in range(20):
        make_order(f"60{serial}-1", customer=customer)
    with django_assert_max_num_queries(len(few)):
        client.get(FORM)
