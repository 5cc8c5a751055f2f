from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from django_cs_inbox.actions import incoming, inquiries, mailboxes, outbox
from django_cs_inbox.actions.mailboxes import MailboxSettings
from django_cs_inbox.mailbox.fetch import FetchReport
from django_cs_inbox.management.commands import cs_inbox_run
from tests.factories import make_inbox
from tests.services.ports import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent


def configured(name):
    settings = MailboxSettings(host="imap.shop.example", user=name)
    return mailboxes.configure(make_inbox(name=name), by=None, settings=settings, password="secret-password")


@pytest.fixture
def steps(monkeypatch):
    """The names of what was done; ``errors`` says how fetching an inbox goes."""
    done: list[str] = []

    class Steps(list):
        errors: dict[str, str] = {}
        to_send = 2

    done = Steps()

    def deliver(*, worker, limit):
        done.append("deliver")
        done.to_send -= 1
        return max(done.to_send, 0)

    def fetch(inbox, *, should_stop):
        assert should_stop() is False
        done.append(f"fetch {inbox.name}")
        return FetchReport(inbox, stored=1, error=done.errors.get(inbox.name, ""))

    monkeypatch.setattr(cs_inbox_run, "fetch", fetch)
    monkeypatch.setattr(outbox, "deliver_due", deliver)
    monkeypatch.setattr(outbox, "recover_stale", lambda: 1)
    monkeypatch.setattr(inquiries, "wake_due", lambda: done.append("wake"))

    def process(*, limit):
        done.append("process")
        return done.count("process") % 2

    monkeypatch.setattr(incoming, "process_pending", process)
    return done


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("cs_inbox_run", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_everything_once(steps):
    configured("first")
    out, err = run("--once")
    assert steps == ["process", "process", "wake", "fetch first", "deliver", "deliver"]
    assert err == ""
    assert "first: 1 new mails." in out
    assert "1 mails are unclear" in out


@pytest.mark.django_db
def test_once_and_all_is_well_says_nothing(steps, monkeypatch):
    monkeypatch.setattr(outbox, "recover_stale", lambda: 0)
    monkeypatch.setattr(cs_inbox_run, "fetch", lambda inbox, **options: FetchReport(inbox))
    configured("first")
    assert run("--once") == ("", "")


@pytest.mark.django_db
def test_once_ends_with_an_error_that_names_what_failed(steps, monkeypatch):
    configured("first")
    configured("second")
    steps.errors["first"] = "The password is wrong."
    monkeypatch.setattr(inquiries, "wake_due", lambda: 1 / 0)
    out, err = run("--once", "--verbosity=0")
    assert "first: The password is wrong." in err
    assert err.endswith("Not everything went well: Waking inquiries, first.")
    assert "fetch second" in steps
    assert out == ""


@pytest.mark.django_db
def test_a_wrong_name_ends_it_at_once(steps):
    assert "nobody" in run("--inbox=nobody")[1]
    assert steps == []


@pytest.mark.django_db
def test_a_mailbox_that_fails_is_asked_less_often_and_the_others_are_not(steps, settings, monkeypatch):
    settings.CS_INBOX = settings.CS_INBOX | {"FETCH_INTERVAL": 10}
    bad, good = configured("bad"), configured("good")
    steps.errors["bad"] = "No."
    command = cs_inbox_run.Command(stdout=io.StringIO(), stderr=io.StringIO())
    command.verbosity, command.stop = 1, cs_inbox_run.Stop()
    fetching = cs_inbox_run._Fetching(command, [])
    now = 1000.0
    monkeypatch.setattr(cs_inbox_run.time, "monotonic", lambda: now)
    fetching.run()
    assert (fetching.due[bad.pk], fetching.due[good.pk]) == (1020, 1010)
    fetching.run()  # nobody is due
    now = 1011.0
    fetching.run()
    assert steps == ["fetch bad", "fetch good", "fetch good"]
    command.stop.request()
    now = 9999.0
    fetching.run()
    assert len(steps) == 3


@pytest.mark.django_db
def test_the_loop_ends_when_it_is_told_to(steps, monkeypatch):
    monkeypatch.setattr(cs_inbox_run, "chosen_inboxes", lambda names: [])  # no database in the thread
    before = signal.getsignal(signal.SIGTERM)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    begin = time.monotonic()
    out, _ = run()
    assert time.monotonic() - begin < 5
    assert out.startswith("Running.")
    assert out.endswith("Stopped.\n")
    assert signal.getsignal(signal.SIGTERM) is before
    assert {"deliver", "wake", "process"} <= set(steps)


@pytest.mark.django_db
def test_in_a_thread_there_are_no_signals_to_listen_to():
    found = []
    command = cs_inbox_run.Command()
    thread = threading.Thread(target=lambda: found.append(command._listen()))
    thread.start()
    thread.join()
    assert found == [{}]


SETUP = """
import os, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django_cs_inbox.actions import mailboxes
from django_cs_inbox.models import Inbox
inbox = Inbox.objects.create(name="Support", address="support@shop.example")
settings = mailboxes.MailboxSettings(
    host="127.0.0.1", port=int(os.environ["IMAP_PORT"]), user=os.environ["IMAP_USER"]
)
mailboxes.configure(inbox, by=None, settings=settings, password="env:CS_INBOX_TEST_PASSWORD")
"""
COUNT = """
import django
django.setup()
from django_cs_inbox.models import IncomingMail
print([mail.state for mail in IncomingMail.objects.all()])
"""


@pytest.fixture
def project(dovecot, mail_user, tmp_path):
    """A shop with its own database, whose commands run in processes of their own."""
    database = ROOT / "var" / f"run-{os.getpid()}.sqlite3"
    environment = os.environ | {
        "CS_INBOX_TEST_DB": "sqlite",
        "CS_INBOX_TEST_DB_NAME": database.stem,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
        "SSL_CERT_FILE": str(dovecot.certificate),
        "IMAP_PORT": str(dovecot.tls_port),
        "IMAP_USER": mail_user,
        "CS_INBOX_TEST_PASSWORD": dovecot.password,
    }

    def start(*arguments, **options):
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def output(*arguments):
        process = start(*arguments)
        text, _ = process.communicate(timeout=60)
        assert process.returncode == 0, text
        return text

    database.parent.mkdir(exist_ok=True)
    output("-c", SETUP)
    start.output = output
    yield start
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()


def test_the_service_takes_mail_and_stops_on_sigterm(project, dovecot, mail_user):
    process = project("-m", "django", "cs_inbox_run")
    try:
        dovecot.deliver(mail_user, b"From: hanako@example.jp\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n")
        wait_until(
            lambda: "processed" in project.output("-c", COUNT), what="The mail was not taken in", seconds=30
        )
        process.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        text, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert time.monotonic() - begin < 8
    assert process.returncode == 0, text
    assert "Support: 1 new mails." in text
    assert "Stopped." in text
    assert dovecot.password not in text


def test_killed_in_the_middle_it_goes_on_where_it_was(project, dovecot, mail_user):
    for number in range(60):
        raw = b"From: hanako@example.jp\r\nMessage-ID: <%d@x>\r\nSubject: %d\r\n\r\nHello\r\n" % (
            number,
            number,
        )
        dovecot.deliver(mail_user, raw)
    process = project("-m", "django", "cs_inbox_fetch")
    try:
        wait_until(lambda: "'" in project.output("-c", COUNT), what="Nothing was stored", seconds=30)
    finally:
        process.kill()
        process.communicate()
    project.output("-m", "django", "cs_inbox_fetch")
    assert project.output("-c", COUNT).count("processed") == 60
    assert project.output("-m", "django", "cs_inbox_fetch") == "Support: 0 new mails.\n"
    assert len(dovecot.fetch(mail_user)) == 60
