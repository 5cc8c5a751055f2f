"""CSRF protection that does not cost the visitor the text."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.decorators import decorator_from_middleware

_MARK = "_cs_inbox_csrf_reason"


class _NotingMiddleware(CsrfViewMiddleware):
    """Django's check, complete with its cookie; a failure is noted on the request instead of answered with
    a bare 403 page. Who logs in in another tab meets it without having done anything wrong."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        setattr(request, _MARK, reason)


csrf_noted = decorator_from_middleware(_NotingMiddleware)


def csrf_failed(request: HttpRequest) -> bool:
    """Whether the request must not change anything."""
    return hasattr(request, _MARK)
