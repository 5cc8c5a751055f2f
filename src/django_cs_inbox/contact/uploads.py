"""Reading a request that may be far too large, without keeping what is too much of it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from ..conf import conf

_MARGIN = 100 * 1024 * 1024


def request_limit() -> int:
    """Bytes above which a request is refused unread. Below, the text survives files that are too large."""
    return 2 * conf.max_upload_files * conf.max_upload_bytes + _MARGIN


def is_far_too_large(request: HttpRequest) -> bool:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > request_limit()
    except ValueError:
        return False


class LimitedUploadHandler(FileUploadHandler):
    """Drops the rest of a file as soon as it is over the limit, and whole files beyond their number, so
    that neither memory nor disk fills. The form says which ones (``oversized``, ``has_surplus``)."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.oversized: list[str] = []
        self.has_surplus = False
        self._count = 0
        self._size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._count += 1
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._size += len(raw_data)
        if self._count > conf.max_upload_files:
            self.has_surplus = True
            raise SkipFile
        if self._size > conf.max_upload_bytes:
            self.oversized.append(self.file_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Django's own handlers keep the file."""
