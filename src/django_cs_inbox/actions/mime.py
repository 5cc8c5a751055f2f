"""The Django mail message that leaves, with headers that arrive as written."""

from __future__ import annotations

import email.message
import email.policy
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from typing import Any

import django.core.mail
from django.core.mail import EmailMessage

from ..mail.compose import header_value, wire_address
from ..models import OutgoingMail


class _IdListHeader(UnstructuredHeader):
    """In-Reply-To and References folded between the ids and nowhere else.

    The standard library turns an id over 78 characters into encoded words (gh-100991), and Outlook then
    starts a new thread.
    """

    def fold(self, *, policy: email.policy.EmailPolicy) -> str:
        ids = f"{policy.linesep} ".join(str(self).split())
        return f"{self.name}: {ids}{policy.linesep}"  # type: ignore[attr-defined]


def _header_factory() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ("in-reply-to", "references"):
        registry.map_to_type(name, _IdListHeader)  # type: ignore[arg-type]
    return registry


class ThreadedMessage(EmailMessage):
    """``EmailMessage`` whose thread headers survive every Django and Python that we support."""

    def message(self, *args: Any, **kwargs: Any) -> Any:
        return keep_thread_headers(super().message(*args, **kwargs))


def keep_thread_headers(built: Any) -> Any:
    """Give In-Reply-To and References the header class above, where headers are structured (Django 6)."""
    if isinstance(built, email.message.EmailMessage):
        built.policy = built.policy.clone(header_factory=_header_factory())  # type: ignore[call-arg]
        for name in ("In-Reply-To", "References"):
            value = built[name]
            if value is not None:
                built.replace_header(name, str(value))
    return built


def build_message(outgoing: OutgoingMail) -> ThreadedMessage:
    """The message for one outbox row, the same at every attempt.

    Raises ``OSError`` when a file cannot be read from the storage.
    """
    message = ThreadedMessage(
        subject=header_value(outgoing.subject),
        body=outgoing.body,
        from_email=outgoing.sender,
        to=[wire_address(address) for address in outgoing.to],
        cc=[wire_address(address) for address in outgoing.cc],
        bcc=[wire_address(address) for address in outgoing.bcc],
        headers={"Message-ID": f"<{outgoing.message_id}>", **outgoing.headers},
    )
    if outgoing.reply is not None:
        for attachment in outgoing.reply.attachments.all():
            with attachment.file.open("rb") as file:
                message.attach(attachment.name, file.read(), attachment.content_type)
    return message


def mail_connection() -> Any:
    """The host's default mail backend, under the old and the new way of configuring it (Django 6.1)."""
    mailers = getattr(django.core.mail, "mailers", None)
    return mailers["default"] if mailers is not None else django.core.mail.get_connection()
