"""A mail's HTML, in a document of its own that can neither run nor fetch anything."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from ...mail.clean import sanitize_html
from ...models import Message
from ...queries.attachments import HEAD_BYTES, image_type
from .base import ConversationPage
from .files import secure

#: Pictures inside the mail are put into the document up to these sizes; larger ones stay attachments.
MOST_BYTES = 2 * 1024 * 1024
MOST_BYTES_IN_ALL = 8 * 1024 * 1024


class HtmlPage(ConversationPage):
    """Shown in an iframe. Pictures of other servers load only with ``?images=1``: a person asked."""

    def get(self, request: HttpRequest, *, message: int, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(self.inquiry.messages.exclude(html=""), pk=message)
        remote = request.GET.get("images") == "1"
        clean = sanitize_html(row.html, remote_images=remote, inline_images=_inline_images(row))
        document = render_to_string(
            "admin/cs_inbox/inquiry/html_mail.html",
            {
                "body": mark_safe(clean.html),  # noqa: S308 - the sanitizer's result
                "blocked": clean.blocked_remote_images,
            },
            request,
        )
        response = HttpResponse(document)
        pictures = "data: https:" if remote else "data:"
        # The sandbox stands in the header, too: the address can be opened without our iframe.
        secure(
            response,
            f"default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; form-action 'none'; "
            "base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
        )
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response


def _inline_images(message: Message) -> dict[str, str]:
    """``cid:`` pictures as data addresses. A sandboxed document has no origin, so the browser sends no
    session with its requests, and the attachment view would show it the login page."""
    found: dict[str, str] = {}
    room = MOST_BYTES_IN_ALL
    for row in message.attachments.exclude(content_id=""):
        if row.size > min(MOST_BYTES, room):
            continue
        try:
            with row.file.open("rb") as file:
                content = file.read()
        except OSError:
            continue
        content_type = image_type(content[:HEAD_BYTES])
        if content_type:
            room -= len(content)
            data = base64.b64encode(content).decode("ascii")
            found[row.content_id] = f"data:{content_type};base64,{data}"
    return found
