"""Fixtures for the servers. A test that asks for one is marked, and so left out of ``make test``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

MARKED_BY_FIXTURE = {"dovecot": "dovecot", "browser": "browser"}

_serial = itertools.count(1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture, marker in MARKED_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Any]:
    """One IMAP server for the whole run. Use ``mail_user`` for a mailbox that no other test touches."""
    from .dovecot import Dovecot

    with Dovecot() as server:
        yield server


@pytest.fixture
def mail_user(dovecot: Any) -> str:
    """Address of an empty mailbox on ``dovecot``."""
    address = f"shop{next(_serial)}@shop.example"
    dovecot.add_user(address)
    return address


@pytest.fixture
def smtp_sink() -> Iterator[Any]:
    """A running mail server that records what it gets."""
    from .smtp import SmtpSink

    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def django_sends_to_sink(smtp_sink: Any, settings: Any) -> Any:
    """The same server, with Django's mail settings pointing at it."""
    for name, value in smtp_sink.django_settings().items():
        setattr(settings, name, value)
    return smtp_sink


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from .browser import BrowserThread

    with BrowserThread() as thread:
        yield thread


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """``new_page(locale="en-US")``, as many as wanted. Script errors and CSP violations fail the test."""
    pages: list[Any] = []

    def opened(**options: Any) -> Any:
        pages.append(browser.new_page(**options))
        return pages[-1]

    yield opened
    problems = [problem for page in pages for problem in page.problems]
    for page in pages:
        page.context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A Japanese desktop browser at 1280 px."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Any]) -> Any:
    """A Japanese browser on a phone."""
    from .browser import PHONE

    return new_page(**PHONE)


@pytest.fixture
def log_in(live_server: Any, client: Any, settings: Any) -> Callable[[Any, Any], None]:
    """``log_in(page, user)``: a session in that browser, without typing a password."""

    def logged_in(page: Any, user: Any) -> None:
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return logged_in
