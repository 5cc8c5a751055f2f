"""Fill the support inbox with sixty days of conversations. Running it again changes nothing that is there."""

from __future__ import annotations

import hashlib
import random
import time

from django.core.management.base import BaseCommand

from django_cs_inbox.models import Contact, IncomingMail, Inquiry, Message, NumberCounter, OutgoingMail
from shop.inquiry_seed.cast import assemble, connect
from shop.inquiry_seed.season import play_season


class Command(BaseCommand):
    help = "Fill the example shop's support inbox (needs seed_shop; may be run again)."

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=float, default=1.0, help="share of the everyday conversations")

    def handle(self, *, scale, **options):
        if _was_played("last"):
            self.stdout.write(f"{Inquiry.objects.count()} inquiries are there already.")
        elif Inquiry.objects.exists() and not _was_played("first"):
            self.stdout.write("There are inquiries already; none were added.")
        else:
            if Inquiry.objects.exists():
                self.stdout.write("The last run was broken off; beginning again.")
                _clear()
            started = time.monotonic()
            self.stdout.write("Playing sixty days of conversations …")
            self.stdout.flush()
            play_season(scale=scale)
            seconds = time.monotonic() - started
            self.stdout.write(f"{Inquiry.objects.count()} inquiries in {seconds:.0f} seconds.")
        connect(assemble(random.Random(0)))


def _was_played(key):
    return Message.objects.filter(arrival_key=hashlib.sha256(f"seed:{key}".encode()).hexdigest()).exists()


def _clear():
    for model in (Inquiry, OutgoingMail, IncomingMail, Contact, NumberCounter):
        model.objects.all().delete()
