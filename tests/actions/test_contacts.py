from __future__ import annotations

import pytest

from django_cs_inbox.actions import contacts
from django_cs_inbox.actions.events import record
from django_cs_inbox.actions.files import sniff
from django_cs_inbox.exceptions import InvalidInput, NotAllowed
from django_cs_inbox.models import Event
from django_cs_inbox.permissions import person_label
from tests.factories import make_contact, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make_user("view_inquiry", "change_inquiry")


def test_edit(clerk):
    contact = make_contact("山田")
    for _ in range(2):
        contact = contacts.edit(contact, by=clerk, name="山田花子", memo="電話は午後")
    contacts.edit(contact, by=clerk)
    assert (contact.name, contact.memo) == ("山田花子", "電話は午後")
    assert Event.objects.count() == 1
    with pytest.raises(NotAllowed):
        contacts.edit(contact, by=make_user("view_inquiry"), memo="x")


def test_standing(clerk):
    contact = contacts.set_standing(make_contact(), by=clerk, standing="caution", reason="返金トラブル")
    assert (contact.standing, contact.standing_reason) == ("caution", "返金トラブル")
    with pytest.raises(InvalidInput):
        contacts.set_standing(contact, by=clerk, standing="hero")
    with pytest.raises(NotAllowed):
        contacts.set_standing(contact, by=make_user(), standing="vip")


@pytest.mark.parametrize(
    ("kind", "value", "normalized"),
    [
        ("email", "Foo..Bar.@docomo.example", "foo..bar.@docomo.example"),
        ("phone", "０９０－１２３４－５６７８", "09012345678"),
        ("line", "U123", "U123"),
    ],
)
def test_add_address(clerk, kind, value, normalized):
    contact = make_contact(email=None)
    address = contacts.add_address(contact, by=clerk, kind=kind, value=f" {value} ")
    assert (address.value, address.normalized, address.is_verified) == (value, normalized, True)
    assert contacts.add_address(contact, by=clerk, kind=kind, value=value) == address


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "nobody"), ("phone", "abc"), ("email", " "), ("fax", "1")]
)
def test_refused_addresses(clerk, kind, value):
    with pytest.raises(InvalidInput):
        contacts.add_address(make_contact(), by=clerk, kind=kind, value=value)


def test_an_email_address_has_one_owner(clerk):
    make_contact(email="shared@example.jp")
    with pytest.raises(InvalidInput):
        contacts.add_address(make_contact(), by=clerk, kind="email", value="Shared@example.jp")
    with pytest.raises(NotAllowed):
        contacts.add_address(make_contact(), by=make_user(), kind="email", value="x@example.jp")


def test_a_household_shares_a_telephone(clerk):
    for _ in range(2):
        contacts.add_address(make_contact(), by=clerk, kind="phone", value="03-1234-5678")


def test_an_unregistered_verb_is_an_error():
    with pytest.raises(KeyError):
        record("inquiry.exploded")


def test_person_label(django_user_model):
    assert person_label(None) == ""
    assert person_label(django_user_model(username="sato")) == "sato"
    assert person_label(django_user_model(username="s", first_name="花", last_name="佐藤")) == "佐藤 花"


@pytest.mark.parametrize(
    ("content", "claimed", "judged"),
    [
        (b"\x89PNG\r\n\x1a\n", "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0", "", "image/jpeg"),
        (b"GIF89a", "", "image/gif"),
        (b"RIFF0000WEBP", "", "image/webp"),
        (b"<svg/>", "image/svg+xml; x", "application/octet-stream"),
        (b"<html>", "image/png", "application/octet-stream"),
        (b"%PDF", "Application/PDF; name=x", "application/pdf"),
        (b"", "", "application/octet-stream"),
    ],
)
def test_sniff(content, claimed, judged):
    assert sniff(content, claimed) == judged
