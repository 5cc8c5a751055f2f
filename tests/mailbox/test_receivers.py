from __future__ import annotations

import email
import io
import sys

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django_mailbox.signals import message_received
from django_mailbox.transports.base import EmailTransport

from django_cs_inbox.actions import incoming
from django_cs_inbox.choices import IncomingState
from django_cs_inbox.mailbox import receivers
from django_cs_inbox.mailbox.receivers import sweep, take_in
from django_cs_inbox.models import IncomingMail, Message
from tests.factories import make_inbox

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # django-mailbox's own, when it stores an attachment.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
]

RAW = (
    "From: hanako@example.jp\r\nSubject: ok\r\nMessage-ID: <1@x>\r\n"
    "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\nあいう\r\n"
).encode("iso-2022-jp")
SJIS = (
    b"From: hanako@example.jp\r\nMessage-ID: <2@x>\r\nContent-Type: text/plain; charset=shift_jis\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\n" + "色鉛筆が折れて".encode("cp932") + b"\r\n"
)
LONG = (
    b"From: hanako@example.jp\r\nSubject: "
    + b" ".join(b"word%d" % number for number in range(40))
    + b"\r\nMessage-ID: <"
    + b"x" * 300
    + b"@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText\r\n"
    b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"JVBERg==\r\n--b--\r\n"
)


#: From Python 3.13 on, django-mailbox itself raises on eight-bit Shift_JIS before it sends its signal.
EIGHT_BIT = [SJIS] if sys.version_info < (3, 13) else []
MAILS = [RAW, LONG, *EIGHT_BIT]
OTHER = RAW.replace(b"<1@x>", b"<3@x>").replace(b"Subject: ok", b"Subject: other")


@pytest.fixture(autouse=True)
def _files_in_memory(settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }


@pytest.fixture
def row():
    return apps.get_model("django_mailbox", "Mailbox").objects.create(name="host's", uri="imap://a:b@host")


@pytest.fixture
def inbox(row):
    return make_inbox(mailbox=row)


def bring(row, raw):
    """What django-mailbox does with one mail of a transport."""
    return row.process_incoming_message(EmailTransport().get_email_from_bytes(raw))


def test_a_character_that_django_mailbox_cannot_read_is_not_lost(inbox, row):
    bring(row, SJIS.replace(b"\r\n\r\n", b"\r\n\r\n\x87\x40"))
    assert IncomingMail.objects.get().message.text == "①色鉛筆が折れて"


@pytest.mark.parametrize("raw", MAILS)
def test_a_mail_that_came_through_a_pipe(inbox, row, raw):
    row.process_incoming_message(email.message_from_bytes(raw))
    assert IncomingMail.objects.get().raw() == raw


def test_a_mail_of_the_host_s_own_loop_is_taken_in(inbox, row):
    bring(row, RAW)
    mail = IncomingMail.objects.get()
    assert mail.state == IncomingState.PROCESSED
    assert mail.message.text == "あいう"
    assert mail.message.inquiry.inbox == inbox


@pytest.mark.parametrize("raw", MAILS)
def test_the_bytes_are_those_that_were_sent(inbox, row, raw):
    bring(row, raw)
    assert IncomingMail.objects.get().raw() == raw


def test_what_django_mailbox_cuts_is_whole_here(inbox, row):
    message = bring(row, LONG)
    assert len(message.message_id) == 255
    mail = IncomingMail.objects.get()
    assert len(mail.message_id) == 302
    [attachment] = mail.message.attachments.all()
    assert attachment.file.read() == b"%PDF"


@pytest.mark.parametrize("compress", [False, True])
def test_the_stored_original_is_preferred(inbox, row, settings, compress):
    settings.DJANGO_MAILBOX_STORE_ORIGINAL_MESSAGE = True
    settings.DJANGO_MAILBOX_COMPRESS_ORIGINAL_MESSAGE = compress
    message = row.process_incoming_message(email.message_from_bytes(RAW))
    assert message.eml
    assert IncomingMail.objects.get().message.text == "あいう"


def test_the_signal_twice_makes_one_message(inbox, row):
    message = bring(row, RAW)
    message_received.send(sender=object(), message=message)  # as the host's admin does
    assert Message.objects.count() == 1
    assert IncomingMail.objects.count() == 1


def test_the_same_mail_again_after_a_crash_of_getmail_is_a_duplicate(inbox, row):
    bring(row, RAW)
    bring(row, RAW)
    assert sorted(IncomingMail.objects.values_list("state", flat=True)) == ["duplicate", "processed"]


def test_a_mailbox_that_no_inbox_uses_is_none_of_our_business(row):
    bring(row, RAW)
    make_inbox(mailbox=row, is_active=False)
    bring(row, RAW)
    assert not IncomingMail.objects.exists()


def test_mail_that_the_host_sends_is_not_taken_in(inbox, row):
    message = row.record_outgoing_message(email.message_from_bytes(RAW))
    take_in(None, message)
    assert not IncomingMail.objects.exists()


def test_whatever_goes_wrong_the_host_s_loop_goes_on(inbox, row, monkeypatch, caplog):
    def fail(*args, **options):
        raise OSError(options["raw"].decode())

    monkeypatch.setattr(incoming, "store", fail)
    assert bring(row, RAW)
    assert "was not taken in: OSError" in caplog.text
    assert "hanako" not in caplog.text


def test_inside_the_host_s_transaction(inbox, row):
    with transaction.atomic():
        bring(row, RAW)
        assert IncomingMail.objects.get().state == IncomingState.RECEIVED
    assert IncomingMail.objects.get().state == IncomingState.PROCESSED


def test_with_the_host_s_transaction_undone_ours_is_as_well(inbox, row):
    with transaction.atomic():
        bring(row, RAW)
        assert IncomingMail.objects.exists()
        transaction.set_rollback(True)
    assert not IncomingMail.objects.exists()


def test_a_mail_that_python_cannot_write_again(inbox, row, monkeypatch):
    message = bring(row, RAW)
    IncomingMail.objects.all().delete()

    class Broken:
        def as_bytes(self, **options):
            raise KeyError("content-transfer-encoding")

    monkeypatch.setattr(message, "_email_object", Broken())
    take_in(None, message)
    assert IncomingMail.objects.get().raw() == message.get_body()


# What the signal missed


def missed(row, raw):
    message_received.disconnect(dispatch_uid="cs_inbox.take_in")
    try:
        return bring(row, raw)
    finally:
        receivers.listen()


def test_the_sweep_takes_what_was_missed_once(inbox, row):
    missed(row, RAW)
    bring(row, OTHER)
    row.record_outgoing_message(email.message_from_bytes(LONG))
    assert sweep(inbox) == 1
    assert sweep(inbox) == 0
    assert {mail.message.subject for mail in IncomingMail.objects.all()} == {"ok", "other"}


def test_one_bad_row_stops_no_sweep(inbox, row, monkeypatch, caplog):
    first, _second = missed(row, RAW), missed(row, OTHER)
    real = receivers._raw

    def raw(message):
        if message.pk == first.pk:
            raise FileNotFoundError
        return real(message)

    monkeypatch.setattr(receivers, "_raw", raw)
    assert sweep(inbox) == 1
    assert f"Message {first.pk} of django-mailbox" in caplog.text


def test_another_worker_s_sweep_is_not_counted(inbox, row, monkeypatch):
    missed(row, RAW)
    monkeypatch.setattr(incoming, "missing_sources", lambda keys: keys)
    assert sweep(inbox) == 1
    assert sweep(inbox) == 0


def test_an_inbox_without_mailbox_has_nothing_to_sweep():
    assert sweep(make_inbox()) == 0


def test_the_command_sweeps(inbox, row):
    missed(row, RAW)
    row.uri, row.active = "pop3://a:b@host", True
    row.save()
    out = io.StringIO()
    call_command("cs_inbox_fetch", "--sweep", stdout=out)
    assert f"{inbox.name}: 1 mails taken over from django-mailbox." in out.getvalue()


# The whole way: django-mailbox's own command against a real server


def test_getmail(dovecot, mail_user, connected):
    connected()
    user = mail_user.replace("@", "%40")
    row = apps.get_model("django_mailbox", "Mailbox").objects.create(
        name="host's", uri=f"imap+ssl://{user}:{dovecot.password}@{dovecot.host}:{dovecot.tls_port}"
    )
    inbox = make_inbox(mailbox=row)
    for raw in MAILS:
        dovecot.deliver(mail_user, raw)
    call_command("getmail")
    assert [mail.raw() for mail in IncomingMail.objects.order_by("pk")] == MAILS
    assert {mail.state for mail in IncomingMail.objects.all()} == {"processed"}
    assert dovecot.fetch(mail_user) == []  # that is how getmail works
    call_command("cs_inbox_fetch", f"--inbox={inbox.pk}", stdout=io.StringIO())
    assert Message.objects.count() == len(MAILS)


def test_getmail_and_our_own_fetch_together_bring_nothing_twice(dovecot, mail_user, connected):
    connected()
    user = mail_user.replace("@", "%40")
    row = apps.get_model("django_mailbox", "Mailbox").objects.create(
        name="host's", uri=f"imap+ssl://{user}:{dovecot.password}@{dovecot.host}:{dovecot.tls_port}"
    )
    make_inbox(mailbox=row, name="both")
    for raw in MAILS:
        dovecot.deliver(mail_user, raw)
    call_command("cs_inbox_fetch", "--inbox=both", stdout=io.StringIO())
    call_command("getmail")
    assert Message.objects.count() == len(MAILS)
    assert IncomingMail.objects.filter(state="duplicate").count() == len(MAILS)


def test_getmail_leaves_our_rows_alone(connected, dovecot, mail_user):
    dovecot.deliver(mail_user, RAW)
    connected()
    call_command("getmail")
    assert dovecot.fetch(mail_user) == [RAW]
