from __future__ import annotations

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from django_cs_inbox.actions import deadlocks, intake, outbox, replies
from django_cs_inbox.actions.arrival import Arrival, ArrivalFile
from django_cs_inbox.actions.deadlocks import run_again
from django_cs_inbox.choices import Channel, Origin, OutgoingState
from django_cs_inbox.mail.types import Address
from django_cs_inbox.models import Attachment, Message
from tests.factories import make_inbox, make_inquiry, make_message, make_user

pytestmark = pytest.mark.django_db(transaction=True)


class Sqlstate(Exception):  # noqa: N818 - stands for the driver's error
    def __init__(self, sqlstate):
        self.sqlstate = sqlstate


def deadlock():
    """What this database says."""
    if connection.vendor == "postgresql":
        error = OperationalError("deadlock detected")
        error.__cause__ = Sqlstate("40P01")
        return error
    if connection.vendor == "mysql":
        return OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")
    return OperationalError("database is locked")


def failing(times, call, error=deadlock):
    """``call``, which meets that many deadlocks after its work is done and before it is committed."""
    left = [times]

    def called(*args, **kwargs):
        result = call(*args, **kwargs)
        if left[0]:
            left[0] -= 1
            raise error()
        return result

    return called


def test_a_form_survives_a_deadlock_and_is_taken_in_once(monkeypatch):
    monkeypatch.setattr(intake, "_relate", failing(2, intake._relate))
    arrival = Arrival(
        inbox=make_inbox(acknowledges=False),
        key="k",
        channel=Channel.FORM,
        origin=Origin.CONTACT_FORM,
        sender=Address("", "hanako@example.jp"),
        subject="s",
        text="t",
        occurred_at=timezone.now(),
        files=(ArrivalFile(name="a.txt", content=b"x"),),
    )
    assert not intake.receive(arrival).is_repeat
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)
    assert Attachment.objects.get().file.read() == b"x"


def test_a_mail_that_was_accepted_is_not_unclear_because_of_a_deadlock(monkeypatch):
    clerk = make_user("view_inquiry", "change_inquiry", "send_reply")
    inquiry = make_inquiry()
    make_message(inquiry)
    outgoing = replies.send(replies.save_draft(inquiry, by=clerk, body="x"), by=clerk)
    monkeypatch.setattr(outbox.released, "write_message", failing(1, outbox.released.write_message))
    assert outbox.deliver(outgoing.pk, worker="w") == OutgoingState.SENT
    assert Message.objects.filter(kind="staff").count() == 1


def test_it_gives_up_in_the_end(monkeypatch):
    monkeypatch.setattr(deadlocks, "_PAUSE", 0)
    tried = []
    with pytest.raises(OperationalError):
        run_again(failing(100, lambda: tried.append(1)))
    assert len(tried) == deadlocks.TRIES


def test_other_errors_are_not_tried_again():
    tried = []
    with pytest.raises(OperationalError):
        run_again(failing(1, lambda: tried.append(1), lambda: OperationalError(2006, "gone away")))
    assert len(tried) == 1


def test_inside_the_callers_transaction_nothing_is_tried_again():
    tried = []
    with pytest.raises(OperationalError), transaction.atomic():
        run_again(failing(1, lambda: tried.append(1)))
    assert len(tried) == 1


@pytest.mark.parametrize(
    ("vendor", "state", "arguments", "verdict"),
    [
        ("postgresql", "40P01", (), True),
        ("postgresql", "40001", (), True),
        ("postgresql", "57014", (), False),
        ("mysql", None, (1213, "Deadlock found"), True),
        ("mysql", None, (2006, "gone away"), False),
        ("mysql", None, (), False),
        ("sqlite", None, ("database is locked",), True),
        ("sqlite", None, ("disk I/O error",), False),
    ],
)
def test_how_each_database_says_it(monkeypatch, vendor, state, arguments, verdict):
    monkeypatch.setattr(deadlocks.connection, "vendor", vendor)
    error = OperationalError(*arguments)
    error.__cause__ = Exception()
    error.__cause__.sqlstate = state
    assert deadlocks.is_deadlock(error) is verdict
