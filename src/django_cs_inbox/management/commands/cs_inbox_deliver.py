from __future__ import annotations

import os
import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ...actions import outbox


def worker_name() -> str:
    """Who holds a mail while it is being sent: machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"[:100]


class Command(BaseCommand):
    help = "Sends the outgoing mail that is due. May be run as often as wanted, also at the same time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="Most mails to send. Default: 1000.")

    def handle(self, *args: Any, **options: Any) -> None:
        unclear = outbox.recover_stale()
        sent = outbox.deliver_due(worker=worker_name(), limit=options["limit"])
        if options["verbosity"]:
            self.stdout.write(f"{sent} mails sent.")
            if unclear:
                self.stdout.write(
                    f"{unclear} mails are unclear: somebody has to decide whether they were sent."
                )
