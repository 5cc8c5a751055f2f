"""Mail backends of imaginary shops."""

from __future__ import annotations

from typing import Any

import django
from django.core.mail.backends.base import BaseEmailBackend


def use_backend(settings: Any, path: str, **options: Any) -> None:
    """Name the host's mail backend in the words of its Django version."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": path, "OPTIONS": options}}
    else:
        settings.EMAIL_BACKEND = path


class RecordingBackend(BaseEmailBackend):
    """Notes what is done to it."""

    log: list[Any] = []
    sent: list[Any] = []
    #: What ``send_messages`` returns; "count" for the number.
    answer: Any = "count"
    #: Position of the message that fails, over all calls.
    fails_at: int | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        options.pop("alias", None)
        self.options = options
        self.connection: Any = None
        self.opens = True

    def open(self) -> bool | None:
        self.log.append("open")
        if not self.opens:
            return None
        if self.connection is not None:
            return False
        self.connection = object()
        return True

    def close(self) -> None:
        self.log.append("close")
        self.connection = None

    def send_messages(self, messages: Any) -> Any:
        self.log.append(len(messages))
        for message in messages:
            if self.fails_at is not None and len(self.sent) == self.fails_at:
                raise OSError("server away")
            self.sent.append((message.to[0], message.message()["Message-ID"]))
        return len(messages) if self.answer == "count" else self.answer


class FailingBackend(BaseEmailBackend):
    def __init__(self, *args: Any, **options: Any) -> None:
        """Takes every option."""

    def send_messages(self, messages: Any) -> int:
        raise OSError("server away")
