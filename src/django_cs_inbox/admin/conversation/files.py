"""Attachments: always a download, except for pictures that are known to be pictures."""

from __future__ import annotations

import logging
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ...queries.attachments import HEAD_BYTES, attachments, download_name, image_type
from .base import ConversationPage

logger = logging.getLogger(__name__)

#: Nothing in the file may run or fetch, even when somebody opens it in a tab of its own.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


class AttachmentPage(ConversationPage):
    """One file. ``?inline=1`` shows a picture in the page; whatever else it is comes as a download."""

    def get(self, request: HttpRequest, *, attachment: int, **kwargs: Any) -> HttpResponseBase:
        row = get_object_or_404(attachments(self.inquiry), pk=attachment)
        try:
            file = row.file.open("rb")
        except OSError as error:
            logger.warning("The file of attachment %s cannot be read: %s", row.pk, type(error).__name__)
            raise Http404(_("The file is missing in the storage.")) from error
        picture = ""
        if request.GET.get("inline") == "1":
            picture = image_type(file.read(HEAD_BYTES))
            file.seek(0)
        response = FileResponse(
            file,
            as_attachment=not picture,
            filename=download_name(row.name),
            # The claimed type helps nobody who saves a file, and browsers act on it.
            content_type=picture or "application/octet-stream",
        )
        secure(response)
        return response


def secure(response: HttpResponseBase, policy: str = POLICY) -> None:
    """Headers for everything that strangers made."""
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
