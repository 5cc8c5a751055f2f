"""Several workers at once, each with a database connection of its own."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from django_cs_inbox.actions import incoming
from django_cs_inbox.mailbox.fetch import fetch
from django_cs_inbox.models import FolderState, IncomingMail, Inquiry, Message
from tests.factories import make_inbox

pytestmark = pytest.mark.django_db(transaction=True)


def together(count, work):
    """Run ``work(number)`` in so many threads that start at the same moment; none of them may raise."""
    barrier, errors = threading.Barrier(count), []

    def run(number):
        try:
            barrier.wait(10)
            work(number)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


def mail(number):
    return (b"From: customer%d@example.jp\r\nSubject: %d\r\nMessage-ID: <%d@example.jp>\r\n\r\nHello\r\n") % (
        number % 3,
        number,
        number,
    )


def states():
    return sorted(IncomingMail.objects.values_list("state", flat=True))


def test_one_source_is_stored_once():
    inbox = make_inbox()
    together(4, lambda _: incoming.store(inbox, raw=mail(1), source_key="1"))
    assert IncomingMail.objects.count() == 1
    assert IncomingMail.objects.get().raw() == mail(1)


def test_one_mail_is_processed_once():
    pk = incoming.store(make_inbox(), raw=mail(1), source_key="1")[0].pk
    together(4, lambda _: incoming.process(pk))
    assert states() == ["processed"]
    assert Message.objects.count() == 1


def test_of_copies_from_several_sources_one_becomes_a_message():
    inbox = make_inbox()
    keys = [incoming.store(inbox, raw=mail(1), source_key=str(number))[0].pk for number in range(4)]
    together(4, lambda number: incoming.process(keys[number]))
    assert states() == ["duplicate"] * 3 + ["processed"]
    assert (Message.objects.count(), Inquiry.objects.count()) == (1, 1)


def test_many_workers_share_the_work():
    inbox = make_inbox()
    for number in range(12):
        incoming.store(inbox, raw=mail(number), source_key=str(number))
    together(4, lambda _: incoming.process_pending())
    assert states() == ["processed"] * 12
    assert Message.objects.count() == 12


def test_many_workers_fetch_the_same_mailbox(dovecot, mail_user, connected):
    for number in range(12):
        dovecot.deliver(mail_user, mail(number))
    inbox = connected()
    together(3, lambda _: fetch(inbox))
    assert states() == ["processed"] * 12
    assert Message.objects.count() == 12
    assert FolderState.objects.get().last_uid == 12
