from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from django_cs_inbox.actions import mailboxes
from django_cs_inbox.actions.mailboxes import MailboxSettings
from tests.factories import make_inbox


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def connected(dovecot: Any, mail_user: str, monkeypatch: Any) -> Callable[..., Any]:
    """``connected(port=…)``: an inbox that takes its mail from ``mail_user`` on ``dovecot``, by default over
    TLS with the server's certificate trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))

    def connect(*, password: str = dovecot.password, name: str = "", **fields: Any) -> Any:
        values = {"host": dovecot.host, "port": dovecot.tls_port, "user": mail_user, **fields}
        inbox = make_inbox(name=name or f"Inbox of {mail_user}")
        return mailboxes.configure(inbox, by=None, settings=MailboxSettings(**values), password=password)

    return connect
