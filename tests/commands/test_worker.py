from __future__ import annotations

import threading
import time

import pytest
from django.db import connections

from django_cs_inbox.management.worker import LONGEST_PAUSE, Stop, Task, pause, repeat


def task(run, interval=10.0, name="Testing"):
    return Task(name, run, lambda: interval)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 10), (1, 20), (3, 80), (10, LONGEST_PAUSE), (10_000, LONGEST_PAUSE)]
)
def test_the_pause_grows_with_failures(failures, seconds):
    assert pause(10, failures) == seconds


def test_a_pause_is_never_shorter_than_the_interval():
    assert pause(3600, 5) == 3600


@pytest.mark.django_db
def test_what_fails_is_logged_without_its_text_and_waits_longer(caplog):
    def fail():
        raise ValueError(str(time.time_ns())[:3] + "-words-of-a-customer")

    failing = task(fail)
    assert failing.attempt() is False
    first = failing.due - time.monotonic()
    assert failing.attempt() is False
    assert failing.due - time.monotonic() > first + 5
    assert "Testing failed with ValueError" in caplog.text
    assert "-words-of-a-customer\n" not in caplog.text


@pytest.mark.django_db
def test_success_ends_the_longer_pauses():
    answers = iter([False, False, True])
    found = task(lambda: next(answers))
    for expected in (1, 2, 0):
        found.attempt()
        assert found.failures == expected


def drops(monkeypatch):
    dropped = []
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: dropped.append(1))
    task(lambda: True).attempt()
    return len(dropped)


@pytest.mark.django_db(transaction=True)
def test_broken_connections_are_let_go_before_and_after(monkeypatch):
    connections["default"].ensure_connection()
    assert drops(monkeypatch) == 2


@pytest.mark.django_db
def test_an_open_transaction_is_not_cut_off(monkeypatch):
    assert drops(monkeypatch) == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_after_a_restart_of_the_database_it_goes_on():
    statements = iter(["SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"])

    def work():
        with connections["default"].cursor() as cursor:
            cursor.execute(next(statements))
        return True

    found = task(work)
    assert [found.attempt(), found.attempt(), found.attempt()] == [True, False, True]


@pytest.mark.django_db
def test_tasks_run_until_it_is_said_to_stop():
    stop, ran = Stop(), []

    def first():
        ran.append("first")
        if len(ran) > 2:
            stop.request()
        return True

    def second():
        ran.append("second")
        return True

    repeat([task(first, 0.01), task(second, 100)], stop)
    assert ran == ["first", "second", "first"]


def test_the_wish_to_stop_ends_a_pause_soon():
    stop = Stop()
    threading.Timer(0.1, stop.request).start()
    begin = time.monotonic()
    stop.wait(60)
    assert time.monotonic() - begin < 2
