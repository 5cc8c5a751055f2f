from __future__ import annotations

import pytest

from django_cs_inbox.actions import replies
from django_cs_inbox.models import Reply
from tests.factories import make_inquiry, make_user

pytestmark = pytest.mark.django_db


def test_control_characters_in_an_address_are_dropped():
    """PostgreSQL refuses to keep NUL; a draft must not be lost over it."""
    clerk = make_user("view_inquiry", "change_inquiry")
    replies.save_draft(
        make_inquiry(), by=clerk, body="x", to=["a\0b@example.jp\r\n"], cc=["\0"], bcc=[" c@d "]
    )
    reply = Reply.objects.get()
    assert (reply.to, reply.cc, reply.bcc) == (["ab@example.jp"], [], ["c@d"])
