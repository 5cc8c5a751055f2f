from __future__ import annotations

import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from ...actions import incoming, inquiries, outbox
from ...conf import conf
from ...mailbox.fetch import fetch
from ..worker import Stop, Task, pause, repeat
from ._inboxes import add_inbox_option, chosen_inboxes
from .cs_inbox_deliver import worker_name

#: Seconds that a mail server is waited for after the signal to stop. Fetching may be cut off anywhere.
_GRACE = 5.0
_DELIVER_EVERY = 1.0
_TIDY_EVERY = 10.0


class Command(BaseCommand):
    help = (
        "Fetches, processes and sends mail until it is stopped with SIGTERM or Ctrl-C. Meant for a service "
        "manager; several may run at the same time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_inbox_option(parser)
        parser.add_argument("--once", action="store_true", help="Do everything once and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        self.verbosity: int = options["verbosity"]
        self.stop = Stop()
        self.worker = worker_name()
        self.fetching = _Fetching(self, options["inbox"])
        if options["inbox"]:
            chosen_inboxes(options["inbox"])  # a wrong name ends it here, not in the log of a service
        tasks = [
            Task("Sending", self._deliver, lambda: _DELIVER_EVERY),
            Task("Processing stored mail", self._process, lambda: _TIDY_EVERY),
            Task("Waking inquiries", self._wake, lambda: _TIDY_EVERY),
        ]
        fetching = Task("Fetching", self.fetching.run, lambda: 1.0)
        if options["once"]:
            failed = [task.name for task in (*tasks[1:], fetching, tasks[0]) if not task.attempt()]
            failed += self.fetching.failed
            if failed:
                raise CommandError(f"Not everything went well: {', '.join(failed)}.")
            return
        self._run(tasks, fetching)

    def say(self, text: str) -> None:
        if self.verbosity:
            self.stdout.write(text)

    def _run(self, tasks: Sequence[Task], fetching: Task) -> None:
        before = self._listen()
        # A thread of its own: a mail server that does not answer must not hold up what goes out.
        thread = threading.Thread(target=self._fetch_until_stopped, args=(fetching,), daemon=True)
        thread.start()
        self.say("Running. Stop with SIGTERM or Ctrl-C.")
        repeat(tasks, self.stop)
        thread.join(_GRACE)
        for number, handler in before.items():
            signal.signal(number, handler)
        self.say("Stopped.")

    def _fetch_until_stopped(self, fetching: Task) -> None:
        try:
            repeat([fetching], self.stop)
        finally:
            connections.close_all()  # they belong to this thread

    def _listen(self) -> dict[int, Any]:
        """Let signals stop the loop. Only the main thread may say so; gives back what was set before."""
        if threading.current_thread() is not threading.main_thread():
            return {}
        return {
            number: signal.signal(number, self.stop.request) for number in (signal.SIGTERM, signal.SIGINT)
        }

    def _deliver(self) -> bool:
        # One at a time, so that a signal to stop waits for one mail only.
        while not self.stop.is_requested and outbox.deliver_due(worker=self.worker, limit=1):
            pass
        return True

    def _process(self) -> bool:
        while not self.stop.is_requested and incoming.process_pending(limit=20):
            pass
        return True

    def _wake(self) -> bool:
        inquiries.wake_due()
        unclear = outbox.recover_stale()
        if unclear:
            self.say(f"{unclear} mails are unclear: somebody has to decide whether they were sent.")
        return True


class _Fetching:
    """Looks into each mailbox at its own pace: one that fails is asked less often, the others are not."""

    def __init__(self, command: Command, names: Sequence[str]) -> None:
        self.command = command
        self.names = names
        self.due: dict[int, float] = {}
        self.failures: dict[int, int] = {}
        #: Names of the inboxes that could not be fetched in the last round.
        self.failed: list[str] = []

    def run(self) -> bool:
        self.failed = []
        for inbox in chosen_inboxes(self.names):
            if self.command.stop.is_requested or self.due.get(inbox.pk, 0.0) > time.monotonic():
                continue
            report = fetch(inbox, should_stop=lambda: self.command.stop.is_requested)
            if report.error:
                self.command.stderr.write(f"{inbox.name}: {report.error}")
                self.failed.append(inbox.name)
            elif report.stored:
                self.command.say(f"{inbox.name}: {report.stored} new mails.")
            failures = self.failures.get(inbox.pk, 0) + 1 if report.error else 0
            self.failures[inbox.pk] = failures
            self.due[inbox.pk] = time.monotonic() + pause(conf.fetch_interval, failures)
        # Each mailbox has its own pause; one that fails must not slow down the others.
        return True
