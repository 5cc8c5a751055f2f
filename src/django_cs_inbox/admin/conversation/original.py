"""The original mail: its headers on a page, the whole as a file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ... import permissions
from ...models import IncomingMail, Message
from .base import ConversationPage
from .files import secure

#: Bytes of headers that are shown; the download has them all.
MOST_HEADER_BYTES = 64 * 1024


class _OriginalBase(ConversationPage):
    def has_page_permission(self) -> bool:
        return super().has_page_permission() and permissions.has_perm(
            self.request.user, permissions.VIEW_ORIGINAL
        )

    def mail(self) -> tuple[Message, IncomingMail]:
        rows = self.inquiry.messages.filter(incoming__isnull=False).select_related("incoming")
        message = get_object_or_404(rows, pk=self.kwargs["message"])
        if message.incoming is None:
            raise Http404
        return message, message.incoming


class OriginalPage(_OriginalBase):
    def get_title(self) -> str:
        return _("Original mail")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        message, incoming = self.mail()
        head = next(incoming.raw_chunks(), b"")[: MOST_HEADER_BYTES * 2]
        for end in (b"\r\n\r\n", b"\n\n"):
            head = head.partition(end)[0]
        return self.render(
            "admin/cs_inbox/inquiry/conversation_original.html",
            inquiry=self.inquiry,
            message=message,
            incoming=incoming,
            headers=head[:MOST_HEADER_BYTES].decode("utf-8", "backslashreplace").replace("\r\n", "\n"),
            is_cut=len(head) > MOST_HEADER_BYTES,
        )


class DownloadPage(_OriginalBase):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        _message, incoming = self.mail()
        response = HttpResponse(incoming.raw(), content_type="message/rfc822")
        response.headers["Content-Disposition"] = f'attachment; filename="mail-{incoming.pk}.eml"'
        secure(response)
        return response
