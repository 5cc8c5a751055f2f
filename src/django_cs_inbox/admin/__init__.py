"""The staff's pages, in the stock admin. Importing it registers them on the default admin site."""

from __future__ import annotations

from .inquiry import InquiryAdmin, InquiryAdminMixin

__all__ = ["InquiryAdmin", "InquiryAdminMixin"]
