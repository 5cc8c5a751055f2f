from __future__ import annotations

import pytest

from django_cs_inbox.actions import links
from django_cs_inbox.actions.arrival import OrderEvidence
from django_cs_inbox.actions.notes import add_note
from django_cs_inbox.choices import LinkSource, LinkState
from django_cs_inbox.exceptions import InvalidInput, NotAllowed
from django_cs_inbox.models import Event, Note, OrderLink
from tests.factories import make_contact, make_inquiry, make_order, make_order_link, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make_user("view_inquiry", "change_inquiry")


@pytest.fixture
def inquiry():
    return make_inquiry(contact=make_contact(email="hanako@example.jp"))


def test_own_order_by_number(inquiry, clerk):
    order = make_order("1005-2", email="Hanako@example.jp")
    link = links.link_order(inquiry, by=clerk, number=" １００５－２ ")
    assert (link.order, link.order_number, link.created_by) == (order, "1005-2", clerk)
    links.link_order(inquiry, by=clerk, number="1005-2")
    assert OrderLink.objects.count() == 1


def test_a_foreign_order_needs_a_second_look(inquiry, clerk):
    make_order("1005-2", email="other@example.jp")
    with pytest.raises(links.ForeignOrder):
        links.link_order(inquiry, by=clerk, number="1005-2")
    links.link_order(inquiry, by=clerk, number="1005-2", force=True)
    assert Event.objects.get().data["foreign"] is True


@pytest.mark.parametrize("number", ["", "  ", "9999"])
def test_no_such_order(inquiry, clerk, number):
    with pytest.raises(InvalidInput):
        links.link_order(inquiry, by=clerk, number=number)


def test_several_orders_with_one_number(inquiry, clerk, monkeypatch):
    found = [make_order("1"), make_order("2")]
    monkeypatch.setattr("django_cs_inbox.shop.Shop.find_orders", lambda self, number: found)
    with pytest.raises(InvalidInput):
        links.link_order(inquiry, by=clerk, number="1", force=True)


def test_confirm_refuse_unlink(inquiry, clerk):
    link = make_order_link(inquiry, state=LinkState.SUGGESTED)
    assert links.confirm_order(link, by=clerk).state == LinkState.CONFIRMED
    links.confirm_order(link, by=clerk)
    assert links.refuse_order(link, by=clerk).state == LinkState.REFUSED
    links.unlink_order(link, by=clerk)
    assert not OrderLink.objects.exists()
    assert list(Event.objects.values_list("verb", flat=True)) == [
        "order.confirmed",
        "order.refused",
        "order.unlinked",
    ]


def test_evidence_only_ever_strengthens(inquiry, clerk):
    order = make_order()
    suggestion = OrderEvidence(order=order, source=LinkSource.TEXT, state=LinkState.SUGGESTED)
    proof = OrderEvidence(order=order, source=LinkSource.ORDER_MAIL)
    link = links.add(inquiry, suggestion)
    assert links.add(inquiry, proof).state == LinkState.CONFIRMED
    assert links.add(inquiry, suggestion).state == LinkState.CONFIRMED
    links.refuse_order(link, by=clerk)
    assert links.add(inquiry, proof).state == LinkState.REFUSED
    assert links.add(inquiry, proof, by=clerk).state == LinkState.CONFIRMED


def test_forbidden(inquiry):
    viewer = make_user("view_inquiry")
    link = make_order_link(inquiry)
    for act in (links.unlink_order, links.confirm_order, links.refuse_order):
        with pytest.raises(NotAllowed):
            act(link, by=viewer)
    with pytest.raises(NotAllowed):
        links.link_order(inquiry, by=viewer, number="1")
    with pytest.raises(NotAllowed):
        add_note(inquiry, by=viewer, text="x")
    assert OrderLink.objects.count() == 1


def test_the_link_outlives_the_order(inquiry):
    link = make_order_link(inquiry, make_order("1005-2"))
    link.order.delete()
    link.refresh_from_db()
    assert (link.order, link.order_number) == (None, "1005-2")


def test_note(inquiry, clerk):
    note = add_note(inquiry, by=clerk, text=" 倉庫に確認 ")
    assert (note.text, note.author) == ("倉庫に確認", clerk)
    with pytest.raises(InvalidInput):
        add_note(inquiry, by=clerk, text=" ")
    assert Note.objects.count() == 1
