"""What host code imports stays."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from django_cs_inbox import api
from django_cs_inbox.choices import Channel, Origin
from django_cs_inbox.mail.types import Address
from django_cs_inbox.models import OrderMail
from tests.factories import make_inbox, make_order


def test_every_public_name_exists_and_says_what_it_does():
    assert list(api.__all__) == sorted(api.__all__)
    for name in api.__all__:
        assert getattr(api, name).__doc__


@pytest.mark.django_db
def test_a_channel_of_the_hosts_own_passes_the_one_door():
    arrival = api.Arrival(
        inbox=make_inbox(),
        key="line:1",
        channel=Channel.LINE,
        origin=Origin.API,
        sender=Address("山田花子", ""),
        subject="LINE",
        text="届きません",
        occurred_at=timezone.now(),
    )
    received = api.receive(arrival)
    assert received.is_new_inquiry
    assert api.receive(arrival).is_repeat


@pytest.mark.django_db
def test_a_mail_of_the_host_in_one_line():
    order = make_order("1005-2", email="hanako@example.jp")
    message = EmailMessage(
        "ご注文ありがとうございます", "本文", "order@kotori.example", ["hanako@example.jp"]
    )
    assert api.send_order_mail(order, message) == 1
    assert mail.outbox[0].message()["Message-ID"] == f"<{OrderMail.objects.get().message_id}>"
