"""A clock that is set back, and steps played in the order of their time.

The package's actions ask Django what time it is. While the seed plays, Django answers with the time of the
step, so that numbers, histories and waiting times come out as if the shop had been open all these days.
"""

from __future__ import annotations

import heapq
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from unittest.mock import patch

from django.conf import settings
from django.test.utils import override_settings

from django_cs_inbox.actions import outbox


class Clock:
    def __init__(self, moment):
        self.moment = moment

    def __call__(self):
        return self.moment

    @contextmanager
    def running(self):
        with patch("django.utils.timezone.now", self):
            yield self


@contextmanager
def quiet_post():
    """No mail of the past leaves now: a backend that only says yes."""
    backend = "shop.inquiry_seed.post.QuietBackend"
    if hasattr(settings, "MAILERS"):
        changed = {"MAILERS": {"default": {"BACKEND": backend}}}
    else:
        changed = {"EMAIL_BACKEND": backend}
    with override_settings(**changed):
        yield


class Stage:
    def __init__(self, clock):
        self.clock = clock
        self.steps = []
        self.order = count()

    def at(self, moment, step, *args, **kwargs):
        heapq.heappush(self.steps, (moment, next(self.order), step, args, kwargs))

    def play(self):
        while self.steps:
            moment, _, step, args, kwargs = heapq.heappop(self.steps)
            self.clock.moment = moment
            step(*args, **kwargs)
            self.clock.moment = moment + timedelta(seconds=3)
            outbox.deliver_due(worker="seed")


def office_hours(moment, pick):
    """The moment itself when somebody is in the shop then, else some time after the next opening."""
    from django.utils.timezone import localtime

    local = localtime(moment)
    opens = local.replace(hour=9, minute=30, second=0)
    if local.weekday() < 6 and opens <= local < opens.replace(hour=18):
        return moment
    if local >= opens or local.weekday() == 6:
        opens += timedelta(days=1)
    if opens.weekday() == 6:
        opens += timedelta(days=1)
    return opens + timedelta(minutes=pick.randint(5, 150))
