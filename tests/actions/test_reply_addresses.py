from __future__ import annotations

import pytest

from django_cs_inbox.actions import replies
from django_cs_inbox.actions.mime import build_message
from django_cs_inbox.admin.conversation.forms import AddressListField
from django_cs_inbox.exceptions import InvalidInput
from django_cs_inbox.mail.headers import parse_addresses
from django_cs_inbox.models import Reply
from tests.factories import make_inquiry, make_message, make_user

pytestmark = pytest.mark.django_db

#: Addresses that no form takes, and what the mail library sends to.
ODD = [
    ('"a b"@x.jp', '"a b"@x.jp'),
    ("a@[127.0.0.1]", "a@[127.0.0.1]"),
    ("a@例え.jp", "a@xn--r8jz45g.jp"),
]


@pytest.fixture
def clerk():
    return make_user("view_inquiry", "change_inquiry", "send_reply")


@pytest.mark.parametrize(("address", "wire"), ODD)
def test_whoever_wrote_is_answered_however_odd_the_address(clerk, address, wire):
    inquiry = make_inquiry()
    make_message(inquiry, sender_address=address)
    outgoing = replies.send(replies.save_draft(inquiry, by=clerk, body="x"), by=clerk)
    assert outgoing.to == [address]
    built = build_message(outgoing).message()
    assert [found.address for found in parse_addresses(str(built["To"]).encode())] == [wire]


@pytest.mark.parametrize(("address", "wire"), ODD)
@pytest.mark.parametrize("fields", [{"channel": "form"}, {"kind": "staff"}, {"sender_address": "b@x.jp"}])
def test_an_odd_address_that_no_mail_of_the_inquiry_came_from_is_refused(clerk, address, wire, fields):
    inquiry = make_inquiry()
    make_message(inquiry, **{"sender_address": address} | fields)
    make_message(make_inquiry(), sender_address=address)
    with pytest.raises(InvalidInput):
        replies.send(replies.save_draft(inquiry, by=clerk, body="x", to=[address]), by=clerk)


def test_nor_one_that_nothing_can_be_sent_to(clerk):
    inquiry = make_inquiry()
    make_message(inquiry, sender_address="山田@x.jp")
    with pytest.raises(InvalidInput):
        replies.send(replies.save_draft(inquiry, by=clerk, body="x"), by=clerk)


def test_the_composer_keeps_an_odd_address_whole():
    field = AddressListField(required=False)
    typed = '"a b"@x.jp, 山田 <h@x.jp>; a@[127.0.0.1]　"c@d", e@f'
    assert field.clean(typed) == ['"a b"@x.jp', "h@x.jp", "a@[127.0.0.1]", '"c@d"', "e@f"]
    assert field.clean(field.prepare_value(['"a, b"@x.jp', "c@d"])) == ['"a, b"@x.jp', "c@d"]


def test_control_characters_in_an_address_are_dropped():
    """PostgreSQL refuses to keep NUL; a draft must not be lost over it."""
    clerk = make_user("view_inquiry", "change_inquiry")
    replies.save_draft(
        make_inquiry(), by=clerk, body="x", to=["a\0b@example.jp\r\n"], cc=["\0"], bcc=[" c@d "]
    )
    reply = Reply.objects.get()
    assert (reply.to, reply.cc, reply.bcc) == (["ab@example.jp"], [], ["c@d"])
