"""``kill -9`` at random moments while a worker fetches and sends: nothing lost, doubled or half made.

What a dead worker left unclear is decided at the end as a person would, by what the mail server has.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from django_cs_inbox.actions import incoming, mailboxes, replies
from django_cs_inbox.actions.mailboxes import MailboxSettings
from django_cs_inbox.choices import IncomingState, InquiryStatus, NextStatus, OutgoingState
from django_cs_inbox.models import Attachment, Event, IncomingMail, Inquiry, Message, OutgoingMail

from .invariants import broken
from .letters import letter
from .world import EXPECTED, World

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent
#: Longest life of a worker after it said that it runs; its first mails take about half of that.
LONGEST_LIFE = 0.8


@pytest.fixture
def start(dovecot, slow_sink, files_on_disk):
    """``start()``: a worker that says on its standard output that it runs."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.soak.worker_settings",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
        "PYTHONUNBUFFERED": "1",
        "SSL_CERT_FILE": str(dovecot.certificate),
        "CS_INBOX_SOAK_DB": str(connection.settings_dict["NAME"]),
        "CS_INBOX_SOAK_SMTP_PORT": str(slow_sink.port),
        "CS_INBOX_SOAK_FILES": str(files_on_disk),
    }

    def started(*options):
        command = [sys.executable, "-m", "django", "cs_inbox_run", *options]
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    return started


@pytest.fixture
def world(dovecot, mail_user, slow_sink, files_on_disk):
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.cursor().execute("PRAGMA journal_mode=DELETE")
    made = World(slow_sink)
    made.folder = files_on_disk
    settings = MailboxSettings(host=dovecot.host, port=dovecot.tls_port, user=mail_user)
    made.inbox = mailboxes.configure(made.inbox, by=None, settings=settings, password=dovecot.password)
    yield made
    connection.close()


def test_kills(world, start, dovecot, mail_user):
    kill(world, start, lambda raw: dovecot.deliver(mail_user, raw), kills=8, mails=60)


@pytest.mark.soak
def test_many_kills(world, start, dovecot, mail_user):
    kill(world, start, lambda raw: dovecot.deliver(mail_user, raw), kills=100, mails=600)


def kill(world, start, deliver, *, kills, mails):
    seed = random.SystemRandom().getrandbits(32)
    rng = random.Random(seed)
    letters = {f"{number}.{seed}@example.jp": number for number in range(mails)}
    waiting = list(letters)
    found_working = 0
    for left in range(kills, 0, -1):
        for _ in range(-(-len(waiting) // left)):
            deliver(written(waiting.pop(), letters, seed))
        answer(world)
        before = progress()
        process = start()
        assert process.stdout.readline().startswith("Running."), process.stdout.read()
        time.sleep(rng.uniform(0, LONGEST_LIFE))
        assert process.poll() is None, process.stdout.read()
        process.kill()
        process.communicate()
        found_working += progress() != before
    answer(world)
    process = start("--once")
    text, _ = process.communicate(timeout=120 + mails)
    assert process.returncode == 0, text
    unclear = OutgoingMail.objects.filter(state__in=[OutgoingState.UNKNOWN, OutgoingState.SENDING]).count()
    given_up = list(IncomingMail.objects.filter(state=IncomingState.FAILED))
    for mail in given_up:
        incoming.retry(mail, by=None)  # broken off three times; staff are shown it
    world.settle()
    found = broken(accepted=world.sink.ids)
    assert found == [], "\n".join(found[:20])
    taken = Message.objects.filter(incoming__isnull=False)
    assert sorted(taken.values_list("message_id", flat=True)) == sorted(letters)
    for mail in IncomingMail.objects.all():
        assert mail.raw() == written(mail.message_id, letters, seed)
    replied = OutgoingMail.objects.filter(state=OutgoingState.SENT, reply__isnull=False).count()
    assert replied == Event.objects.filter(verb="inquiry.replied").count() > 0
    # Written to disk by a transaction that never ended; no row knows them.
    files = sum(len(names) for _, _, names in os.walk(world.folder))
    print(
        f"\n{kills} kills, {found_working} at work; {mails} mails taken, {len(given_up)} of them by hand; "
        f"{replied} replies sent, {unclear} of the mails unclear; "
        f"{files - Attachment.objects.count()} files without a row"
    )


def written(message_id, letters, seed):
    number = letters[message_id]
    return letter(
        message_id,
        sender=f"writer{number % 40}@example.jp",
        charset="iso-2022-jp" if number % 2 else "utf-8",
        attachment=20_000 if number % 5 == 0 else 0,
        in_reply_to=f"{number - 40}.{seed}@example.jp" if number % 4 == 0 and number >= 40 else "",
        seed=seed,
    )


def answer(world):
    """Staff answer what is new."""
    by = world.staff[0]
    for inquiry in Inquiry.objects.filter(status=InquiryStatus.NEW).order_by("pk"):
        try:
            draft = replies.save_draft(
                inquiry, by=by, body="承知いたしました。", next_status=NextStatus.WAITING
            )
            replies.send(draft, by=by)
        except EXPECTED:
            pass  # an earlier reply is on its way still


def progress():
    return (
        IncomingMail.objects.exclude(state=IncomingState.RECEIVED).count(),
        IncomingMail.objects.count(),
        list(OutgoingMail.objects.order_by("pk").values_list("state", "attempts")),
    )
