"""Inquiry numbers that can be read out on the telephone."""

from __future__ import annotations

from django.utils import timezone

from ..models import NumberCounter

#: What a subject tag holds; ``mail.threading`` looks for it.
NUMBER_PATTERN = r"\d{8}-\d{4,}"


def next_number() -> str:
    """The day in the shop's time zone and a count: ``20261121-0042``.

    Call it last in the transaction: the day's row stays locked until the end, which makes the numbers
    gapless (a rollback gives the number back) and unique under concurrency.
    """
    day = timezone.localdate()
    NumberCounter.objects.get_or_create(day=day)
    counter = NumberCounter.objects.select_for_update().get(day=day)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{day:%Y%m%d}-{counter.last:04d}"
