"""What a browser may send along with a reply."""

from __future__ import annotations

import pytest
from django.core import mail

from django_cs_inbox.actions import outbox, replies
from django_cs_inbox.actions.arrival import ArrivalFile
from django_cs_inbox.choices import OutgoingState
from django_cs_inbox.exceptions import StaleObject
from tests.factories import make_inquiry, make_message, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make_user("view_inquiry", "change_inquiry", "send_reply")


def queued(clerk, **fields):
    inquiry = make_inquiry()
    make_message(inquiry)
    return replies.send(replies.save_draft(inquiry, by=clerk, body="x", **fields), by=clerk)


def test_a_version_that_never_was_is_stale(clerk):
    inquiry = make_inquiry(version=3)
    make_message(inquiry)
    draft = replies.save_draft(inquiry, by=clerk, body="x", version=10**20)
    with pytest.raises(StaleObject):
        replies.send(draft, by=clerk)


@pytest.mark.parametrize("claimed", ["foo", "a/b\r\nX-Evil: y", "multipart/mixed", "/", "text/"])
def test_a_type_that_is_none_stops_no_mail(clerk, claimed):
    file = ArrivalFile(name="a.bin", content=b"x", content_type=claimed)
    outgoing = queued(clerk, files=[file])
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.SENT
    (sent,) = mail.outbox
    assert b"application/octet-stream" in sent.message().as_bytes()
