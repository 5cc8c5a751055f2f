"""The ``--inbox`` option, shared by the commands."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence

from django.core.management.base import CommandError

from ...mailbox.fetch import inboxes_to_fetch
from ...models import Inbox


def add_inbox_option(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--inbox",
        action="append",
        default=[],
        metavar="NAME",
        help="Name, address or number of an inbox; may be given several times. Default: all active ones.",
    )


def chosen_inboxes(names: Sequence[str]) -> list[Inbox]:
    """The inboxes to fetch that were named, or all.

    Raises ``CommandError`` for a name that is not among them.
    """
    found = inboxes_to_fetch()
    if not names:
        return found
    chosen = []
    for name in names:
        fitting = [inbox for inbox in found if name in (inbox.name, inbox.address, str(inbox.pk))]
        if not fitting:
            known = ", ".join(inbox.name for inbox in found) or "none"
            raise CommandError(f"No active inbox with a mailbox is called “{name}”. There are: {known}.")
        chosen += fitting
    return chosen
