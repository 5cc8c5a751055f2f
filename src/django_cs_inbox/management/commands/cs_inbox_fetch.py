from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...actions import incoming
from ...exceptions import CsInboxError
from ...mailbox.fetch import FetchReport, fetch
from ...mailbox.receivers import sweep
from ...models import Inbox
from ._inboxes import add_inbox_option, chosen_inboxes


class Command(BaseCommand):
    help = (
        "Takes new mail of every active inbox. The server's copy is left alone. May be run as often as "
        "wanted, also at the same time. Ends with an error that names the inboxes that could not be fetched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_inbox_option(parser)
        parser.add_argument(
            "--only-new",
            action="store_true",
            help="Take nothing that is in the mailbox already; start with what arrives from now on.",
        )
        parser.add_argument(
            "--sweep",
            action="store_true",
            help="Also take in what django-mailbox's getmail stored without telling us.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.verbosity: int = options["verbosity"]
        inboxes = chosen_inboxes(options["inbox"])
        # What an earlier run stored and did not finish waits for no server.
        self._say(sum(iter(incoming.process_pending, 0)), "Finished %s mails that were stored before.")
        if options["sweep"]:
            for inbox in Inbox.objects.filter(is_active=True, mailbox__isnull=False).select_related(
                "mailbox"
            ):
                self._say(sweep(inbox), f"{inbox.name}: %s mails taken over from django-mailbox.")
        if not inboxes and self.verbosity:
            self.stdout.write("No active inbox has a mailbox.")
        failed = [inbox.name for inbox in inboxes if self._fetch(inbox, options["only_new"]).error]
        if failed:
            raise CommandError(f"Could not be fetched: {', '.join(failed)}.")

    def _fetch(self, inbox: Inbox, only_new: bool) -> FetchReport:
        try:
            report = fetch(inbox, only_new=only_new)
        except CsInboxError as error:
            raise CommandError(str(error)) from error
        if report.error:
            self.stderr.write(f"{inbox.name}: {report.error}")
        elif self.verbosity:
            self.stdout.write(f"{inbox.name}: {report.stored} new mails.")
        return report

    def _say(self, count: int, text: str) -> None:
        if count and self.verbosity:
            self.stdout.write(text % count)
