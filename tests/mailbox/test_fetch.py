from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import OperationalError, transaction

from django_cs_inbox.actions import incoming
from django_cs_inbox.choices import IncomingState
from django_cs_inbox.exceptions import CsInboxError
from django_cs_inbox.mailbox import fetch as fetching
from django_cs_inbox.mailbox.fetch import fetch, inboxes_to_fetch
from django_cs_inbox.models import FolderState, IncomingMail, Message
from tests.factories import make_inbox

pytestmark = pytest.mark.django_db


def mail(number, body=b"Hello", headers=b""):
    return (
        b"From: hanako@example.jp\r\nTo: support@shop.example\r\nSubject: No. %d\r\n"
        b"Message-ID: <%d@example.jp>\r\n%s\r\n%s\r\n"
    ) % (number, number, headers, body)


def fill(dovecot, user, count, start=1):
    raws = [mail(number) for number in range(start, start + count)]
    for raw in raws:
        dovecot.deliver(user, raw)
    return raws


def server_state(dovecot, user):
    with dovecot.connect(user) as connection:
        connection.select("INBOX", readonly=True)
        return connection.fetch("1:*", "(UID FLAGS RFC822.SIZE)")[1]


def stored():
    return [row.raw() for row in IncomingMail.objects.order_by("pk")]


def test_new_mail_is_taken_byte_for_byte(dovecot, mail_user, connected):
    raws = [
        *fill(dovecot, mail_user, 3),
        mail(9, bytes(range(1, 256)).replace(b"\n", b"").replace(b"\r", b"")),
    ]
    dovecot.deliver(mail_user, raws[-1])
    report = fetch(connected())
    assert (report.stored, report.known, report.error) == (4, 0, "")
    assert stored() == raws == dovecot.fetch(mail_user)
    assert {row.state for row in IncomingMail.objects.all()} == {"processed"}
    assert Message.objects.count() == 4


def test_a_second_look_changes_nothing(dovecot, mail_user, connected):
    fill(dovecot, mail_user, 3)
    inbox = connected()
    fetch(inbox)
    before = list(IncomingMail.objects.values()), list(Message.objects.values())
    report = fetch(inbox)
    assert (report.stored, report.known) == (0, 0)
    assert (list(IncomingMail.objects.values()), list(Message.objects.values())) == before


def test_only_what_came_since_is_asked_for(dovecot, mail_user, connected):
    fill(dovecot, mail_user, 2)
    inbox = connected()
    fetch(inbox)
    fill(dovecot, mail_user, 2, start=3)
    report = fetch(inbox)
    assert (report.stored, report.known) == (2, 0)
    state = FolderState.objects.get()
    assert (state.folder, state.last_uid, state.failures, state.last_error) == ("INBOX", 4, 0, "")
    assert state.last_success_at is not None


def test_the_server_s_copy_is_left_alone(dovecot, mail_user, connected):
    fill(dovecot, mail_user, 3)
    before = server_state(dovecot, mail_user)
    inbox = connected()
    fetch(inbox)
    fetch(inbox)
    assert server_state(dovecot, mail_user) == before
    with dovecot.connect(mail_user) as connection:
        connection.select("INBOX", readonly=True)
        assert connection.search(None, "UNSEEN")[1] == [b"1 2 3"]


def test_mail_that_somebody_has_read_is_taken_all_the_same(dovecot, mail_user, connected):
    fill(dovecot, mail_user, 2)
    with dovecot.connect(mail_user) as connection:
        connection.select("INBOX")
        connection.store("1:*", "+FLAGS", "\\Seen")
    assert fetch(connected()).stored == 2


def test_batches_and_an_empty_mailbox(dovecot, mail_user, connected, settings, monkeypatch):
    settings.CS_INBOX = settings.CS_INBOX | {"FETCH_BATCH": 2}
    monkeypatch.setattr(fetching, "LISTING", 3)
    inbox = connected()
    assert fetch(inbox).stored == 0
    raws = fill(dovecot, mail_user, 7)
    assert fetch(inbox).stored == 7
    assert stored() == raws


def test_a_huge_mailbox_is_searched_in_windows(dovecot, mail_user, connected, monkeypatch):
    monkeypatch.setattr(fetching, "SEARCH_WINDOW", 2)
    raws = fill(dovecot, mail_user, 5)
    fetch(connected())
    assert stored() == raws


def test_another_folder_with_a_japanese_name(dovecot, mail_user, connected):
    dovecot.deliver(mail_user, mail(1), folder='問い合わせ & "返品"')
    report = fetch(connected(folder='問い合わせ & "返品"'))
    assert (report.error, report.stored) == ("", 1)
    assert IncomingMail.objects.get().folder == '問い合わせ & "返品"'


def test_a_mail_over_the_limit_is_kept_as_its_headers(dovecot, mail_user, connected, settings):
    settings.CS_INBOX = settings.CS_INBOX | {"MAX_MAIL_BYTES": 10_000}
    big = mail(1, b"x" * 20_000)
    dovecot.deliver(mail_user, big)
    inbox = connected()
    fetch(inbox)
    dovecot.deliver(mail_user, mail(2))
    fetch(inbox)
    cut, whole = IncomingMail.objects.order_by("pk")
    assert cut.is_truncated
    assert cut.size == len(big)
    assert cut.raw() == big.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert cut.message.warnings == ["truncated"]
    assert (whole.is_truncated, whole.raw()) == (False, mail(2))


def test_killed_between_storing_and_processing(dovecot, mail_user, connected, monkeypatch):
    fill(dovecot, mail_user, 3)
    inbox = connected()

    class Killed(BaseException):
        pass

    def kill(pk):
        raise Killed

    real = incoming.process
    monkeypatch.setattr(incoming, "process", kill)
    with pytest.raises(Killed):
        fetch(inbox)
    monkeypatch.setattr(incoming, "process", real)
    assert [row.state for row in IncomingMail.objects.all()] == ["received"] * 3
    call_command("cs_inbox_fetch", stdout=io.StringIO())
    assert [row.state for row in IncomingMail.objects.all()] == ["processed"] * 3
    assert Message.objects.count() == 3


def test_killed_while_storing(dovecot, mail_user, connected, monkeypatch):
    raws = fill(dovecot, mail_user, 4)
    inbox = connected()
    real = incoming.store

    def store(inbox, **options):
        if options["uid"] == 3:
            raise KeyboardInterrupt
        return real(inbox, **options)

    monkeypatch.setattr(incoming, "store", store)
    with pytest.raises(KeyboardInterrupt):
        fetch(inbox)
    assert FolderState.objects.get().last_uid == 0
    monkeypatch.setattr(incoming, "store", real)
    report = fetch(inbox)
    assert (report.stored, report.known) == (2, 2)
    assert stored() == raws
    incoming.process_pending()
    assert Message.objects.count() == 4


def test_a_broken_database_is_everybody_s_trouble(dovecot, mail_user, connected, monkeypatch):
    fill(dovecot, mail_user, 1)

    def broken(*args, **options):
        raise OperationalError

    monkeypatch.setattr(incoming, "store", broken)
    with pytest.raises(OperationalError):
        fetch(connected())


def test_other_numbers_on_the_server_bring_no_mail_twice(dovecot, mail_user, connected):
    fill(dovecot, mail_user, 3)
    inbox = connected()
    fetch(inbox)
    FolderState.objects.update(uid_validity=1)  # as if the server had numbered anew
    for row in IncomingMail.objects.all():
        IncomingMail.objects.filter(pk=row.pk).update(source_key=f"before {row.pk}")
    report = fetch(inbox)
    assert report.stored == 3
    assert IncomingMail.objects.filter(state=IncomingState.DUPLICATE).count() == 3
    assert Message.objects.count() == 3
    assert FolderState.objects.get().uid_validity != 1


def test_another_account_starts_from_its_first_mail(dovecot, mail_user, connected):
    fill(dovecot, mail_user, 3)
    inbox = connected()
    fetch(inbox)
    FolderState.objects.update(account="of another server with the same UIDVALIDITY")
    assert fetch(inbox).known == 3


def test_start_with_what_arrives_from_now_on(dovecot, mail_user, connected):
    fill(dovecot, mail_user, 3)
    inbox = connected()
    assert fetch(inbox, only_new=True).stored == 0
    fill(dovecot, mail_user, 1, start=4)
    fetch(inbox)
    assert stored() == [mail(4)]


def test_stopped_between_two_mails(dovecot, mail_user, connected):
    fill(dovecot, mail_user, 3)
    inbox = connected()
    answers = iter([False, True])
    fetch(inbox, should_stop=lambda: next(answers))
    assert [row.state for row in IncomingMail.objects.order_by("pk")] == ["processed", "received", "received"]


def test_stopped_between_two_batches(dovecot, mail_user, connected, settings):
    settings.CS_INBOX = settings.CS_INBOX | {"FETCH_BATCH": 1}
    fill(dovecot, mail_user, 3)
    answers = iter([False, True])
    fetch(connected(), should_stop=lambda: next(answers))
    assert IncomingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_nothing_is_fetched(dovecot, mail_user, connected):
    fill(dovecot, mail_user, 1)
    inbox = connected()
    with transaction.atomic(), pytest.raises(CsInboxError, match="inside a transaction"):
        fetch(inbox)
    assert not IncomingMail.objects.exists()
    assert fetch(inbox).stored == 1


HOSTILE = {
    "no From": b"Subject: x\r\n\r\nHello\r\n",
    "no body": b"From: a@example.jp\r\nSubject: x\r\n\r\n",
    "no header": b"just text\r\n",
    "NUL": b"From: a@example.jp\r\nSubject: a\0b\r\n\r\nx\0y\r\n",
    "10,000 parts": b"From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 10_000,
    "1 MB header": b"From: a@example.jp\r\nSubject: " + b"x" * 1_000_000 + b"\r\n\r\nHello\r\n",
    "many headers": b"From: a@example.jp\r\n" + b"X-A: b\r\n" * 50_000 + b"\r\nHello\r\n",
    "nested": b"".join(
        b"From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(100)
    ),
    "8-bit header": b"From: \xe5\xb1\xb1 <a@example.jp>\r\nSubject: \x82\xa0\xff\r\n\r\n\xff\r\n",
}


def test_hostile_mails_are_kept_and_stop_nothing(dovecot, mail_user, connected):
    for raw in HOSTILE.values():
        dovecot.deliver(mail_user, raw)
    dovecot.deliver(mail_user, mail(1))
    report = fetch(connected())
    assert (report.error, report.stored) == ("", len(HOSTILE) + 1)
    # Not HOSTILE itself: Dovecot serves another byte for NUL.
    assert stored() == dovecot.fetch(mail_user)
    assert list(IncomingMail.objects.order_by("pk").values_list("state", flat=True)) == ["processed"] * 10
    assert Message.objects.count() == 10


def test_inboxes_without_mailbox_or_switched_off_are_left_out(dovecot, connected):
    make_inbox()
    inbox = connected()
    assert inboxes_to_fetch() == [inbox]
    type(inbox).objects.update(is_active=False)
    assert inboxes_to_fetch() == []
