"""A mail server that keeps what it is given, to the byte."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import django
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from .dovecot import Dovecot
from .ports import free_port, wait_until


def django_settings(host: str, port: int) -> dict[str, Any]:
    """Settings that make Django send there, in the words of its version."""
    backend = "django.core.mail.backends.smtp.EmailBackend"
    if django.VERSION >= (6, 1):
        options = {"host": host, "port": port, "timeout": 20}
        return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": backend, "EMAIL_HOST": host, "EMAIL_PORT": port, "EMAIL_TIMEOUT": 20}


@dataclass(frozen=True)
class Received:
    """One mail as it came over the wire: envelope and raw bytes."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]


@dataclass
class SmtpSink:
    """``with SmtpSink() as sink: …; sink.mails[0].raw``

    With ``deliver_to``, each mail also lands in that server's mailbox of each recipient. ``refuse`` maps a
    recipient to the reply it gets; ``data_reply`` replaces the answer to every mail (``"451 later"``), which
    is then not kept; ``hang_up_after_data`` keeps the mail and cuts the line without an answer.
    """

    deliver_to: Dovecot | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    data_reply: str | None = None
    hang_up_after_data: bool = False

    host = "127.0.0.1"

    def __post_init__(self) -> None:
        self.port = free_port()
        self._mails: list[Received] = []
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    def __enter__(self) -> SmtpSink:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._controller = Controller(self, hostname=self.host, port=self.port, data_size_limit=0)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def mails(self) -> list[Received]:
        with self._lock:
            return list(self._mails)

    def clear(self) -> None:
        with self._lock:
            self._mails.clear()

    def wait_for(self, count: int, *, seconds: float = 20) -> list[Received]:
        """The mails, once so many have come."""
        wait_until(
            lambda: len(self.mails) >= count,
            what=f"{count} mails wanted, {len(self.mails)} came",
            seconds=seconds,
        )
        return self.mails

    def django_settings(self) -> dict[str, Any]:
        """Settings that make Django send here: ``override_settings(**…)``."""
        return django_settings(self.host, self.port)

    # Called by aiosmtpd, in its thread; the names and signatures are its own.

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data_reply is not None:
            return self.data_reply
        mail = Received(
            envelope.mail_from or "", tuple(envelope.rcpt_tos), bytes(envelope.original_content or b"")
        )
        with self._lock:
            self._mails.append(mail)
        if self.deliver_to is not None:
            for recipient in mail.recipients:
                self.deliver_to.deliver(recipient, mail.raw)
        if self.hang_up_after_data:
            server.transport.abort()
        return "250 OK"
