"""Mail backend around the shop's own one, which records mails about orders.

``EMAIL_BACKEND = "django_cs_inbox.mailbox.backend.EmailBackend"``, and in ``CS_INBOX["EMAIL_BACKEND"]`` the
backend that really sends. With Django's ``MAILERS``, ``OPTIONS`` may name it as ``backend``; all other
options go to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import django
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from ..actions.order_mail import order_of, record_order_mail, stamped, was_accepted
from ..conf import conf
from ..exceptions import ConfigurationError
from ..mail.threading import SIGNED_PREFIX

#: Header of the automatic mails that the package itself sends. What it sends has records of its own.
OWN_HEADER = "x-cs-inbox-loop"


class EmailBackend(BaseEmailBackend):
    """Behaves as the backend inside: its results, its errors, its connection."""

    def __init__(self, *args: Any, backend: str | None = None, **options: Any) -> None:
        # No super().__init__(): every attribute is the inner backend's, see __getattr__.
        path = backend or conf.email_backend
        if path == f"{__name__}.{type(self).__qualname__}":
            raise ConfigurationError(
                'CS_INBOX["EMAIL_BACKEND"] names the wrapper itself. Name the backend that really sends, '
                'for example "django.core.mail.backends.smtp.EmailBackend".'
            )
        if django.VERSION >= (6, 1):
            # Without it, Django takes us for a caller that makes backends by hand, and warns.
            options.setdefault("alias", None)
        self._inner: Any = import_string(path)(*args, **options)

    def __getattr__(self, name: str) -> Any:
        if name == "_inner":  # while being copied or unpickled
            raise AttributeError(name)
        return getattr(self._inner, name)

    def open(self) -> bool | None:
        result: bool | None = self._inner.open()
        return result

    def close(self) -> None:
        self._inner.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send as the inner backend does, then record those that are about an order."""
        messages = list(email_messages or ())
        orders = [None if _is_own(message) else order_of(message) for message in messages]
        if all(order is None for order in orders):
            return self._handed_over(messages)
        if len(messages) == 1:
            return self._send(messages[0], orders[0])
        return self._send_each(messages, orders)

    def _send(self, message: EmailMessage, order: Any | None) -> int:
        if order is None:
            return self._handed_over([message])
        with stamped(message) as message_id:
            sent = self._handed_over([message])
            # Not before: a mail that was refused must not stand on the order as sent.
            if message_id and was_accepted(sent):
                record_order_mail(order, message, message_id=message_id)
        return sent

    def _send_each(self, messages: list[EmailMessage], orders: Iterable[Any]) -> int:
        """One after the other over one connection: a count alone does not say which ones were accepted."""
        is_opened = self.open()
        try:
            if getattr(self._inner, "connection", self) is None:
                # Silently failing: the server is away. One more try for all, not one for each.
                return self._handed_over(messages)
            results = [self._send(message, order) for message, order in zip(messages, orders, strict=True)]
            return sum(int(sent or 0) for sent in results)
        finally:
            if is_opened:
                self.close()

    def _handed_over(self, messages: list[EmailMessage]) -> int:
        sent: int = self._inner.send_messages(messages)
        return sent


def _is_own(message: EmailMessage) -> bool:
    headers = {
        str(name).lower(): str(value)
        for name, value in (getattr(message, "extra_headers", None) or {}).items()
    }
    return OWN_HEADER in headers or headers.get("message-id", "").lstrip("<").startswith(SIGNED_PREFIX)
