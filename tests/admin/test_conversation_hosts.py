"""The conversation in every kind of host project."""

from __future__ import annotations

import pytest

from django_cs_inbox.models import OutgoingMail
from tests import factories as make

from .conversation_data import url

pytestmark = [pytest.mark.django_db, pytest.mark.hosts]


def test_read_assign_note_and_reply(client):
    user = make.make_superuser("chief@shop.example")
    client.force_login(user)
    inquiry = make.make_inquiry()
    make.make_message(inquiry)
    assert client.get(url("change", inquiry.pk)).status_code == 200
    client.post(url("assign", inquiry.pk), {"to": str(user.pk)})
    client.post(url("note", inquiry.pk), {"text": "在庫あり"})
    inquiry.refresh_from_db()
    assert inquiry.assignee == user
    data = {"do": "send", "to": "hanako@example.jp", "body": "本文", "version": inquiry.version}
    client.post(url("reply", inquiry.pk), data)
    assert OutgoingMail.objects.count() == 1
    page = client.get(url("change", inquiry.pk))
    assert not page.context["panel"].shop_failed
    html = page.content.decode()
    assert "在庫あり" in html
    assert "本文" in html
    assert client.post(url("assign", inquiry.pk), {"to": "not-a-key"}).status_code == 404
