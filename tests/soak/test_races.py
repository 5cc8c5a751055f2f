"""Customers, staff and workers at once, at random, on a few inquiries; afterwards all rows must agree.

The short form is part of every run, on the run's database. The long one is for ``make soak``.
"""

from __future__ import annotations

import os
import random
import threading
import time
import traceback

import pytest
from django.db import connections

from django_cs_inbox.choices import MessageKind
from django_cs_inbox.models import Message

from .invariants import broken
from .world import EXPECTED, WEIGHTS, World

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6
SHORT_SECONDS = 6.0
LONG_SECONDS = float(os.environ.get("CS_INBOX_SOAK_SECONDS", "120"))


@pytest.fixture
def world(settings, files_on_disk, slow_sink):
    # Claims run out while others are at work.
    settings.CS_INBOX = settings.CS_INBOX | {"SEND_LEASE": 1}
    return World(slow_sink)


def test_races(world):
    race(world, SHORT_SECONDS)


@pytest.mark.soak
def test_races_for_long(world):
    race(world, LONG_SECONDS)


def race(world, seconds):
    errors = []
    end = time.monotonic() + seconds

    def act(seed):
        rng = random.Random(seed)
        try:
            while time.monotonic() < end and not errors:
                does = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
                try:
                    does(world, rng)
                    world.done[does.__name__] += 1
                except EXPECTED:
                    world.refused[does.__name__] += 1
                except Exception:
                    errors.append(f"{does.__name__}:\n{traceback.format_exc()}")
        finally:
            connections.close_all()

    begin = random.SystemRandom().getrandbits(32)
    threads = [threading.Thread(target=act, args=(f"{begin}:{no}",), name=f"w{no}") for no in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 90)
    assert [thread.name for thread in threads if thread.is_alive()] == []
    assert errors == [], errors[0]
    world.settle()
    found = broken(accepted=world.sink.ids)
    assert found == [], "\n".join(found[:20])
    received = Message.objects.filter(kind=MessageKind.CUSTOMER)
    assert received.filter(incoming__isnull=True).count() == len(world.keys)
    assert set(received.filter(incoming__isnull=False).values_list("message_id", flat=True)) == world.mail_ids
    idle = [does.__name__ for does in WEIGHTS if not world.done[does.__name__]]
    assert idle == [] or seconds < LONG_SECONDS
    summary = ", ".join(f"{name} {count}+{world.refused[name]}" for name, count in world.done.most_common())
    print(f"\n{len(world.sink.ids)} mails sent, {received.count()} received; done+refused: {summary}")
