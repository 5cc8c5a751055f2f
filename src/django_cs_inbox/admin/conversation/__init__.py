"""The conversation: one inquiry with everything that was said, and the forms that act on it."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.urls import URLPattern, path

from ..pages import InboxPage
from . import files, html_mail, notes, orders, original, page, replies, status


def get_urls(model_admin: ModelAdmin[Any]) -> list[URLPattern]:
    """Routes of the conversation, to stand before the stock ones. ``change`` is the page itself."""

    def route(tail: str, view: type[InboxPage], name: str) -> URLPattern:
        return path(f"<int:pk>/{tail}", view.as_page(model_admin), name=f"cs_inbox_inquiry_{name}")

    return [
        route("change/", page.Page, "change"),
        route("status/", status.StatusPage, "status"),
        route("assign/", status.AssignPage, "assign"),
        route("category/", status.CategoryPage, "category"),
        route("priority/", status.PriorityPage, "priority"),
        route("tags/", status.TagsPage, "tags"),
        route("note/", notes.NotePage, "note"),
        route("contact/", notes.ContactPage, "contact"),
        route("reply/", replies.ReplyPage, "reply"),
        route("replies/<int:reply>/<slug:verb>/", replies.DecisionPage, "decide"),
        route("outgoing/<int:outgoing>/<slug:verb>/", replies.OutgoingPage, "outgoing"),
        route("orders/link/", orders.LinkOrderPage, "link_order"),
        route("orders/<int:link>/<slug:verb>/", orders.OrderLinkPage, "order_link"),
        route("attachments/<int:attachment>/", files.AttachmentPage, "attachment"),
        route("messages/<int:message>/html/", html_mail.HtmlPage, "html"),
        route("messages/<int:message>/original/", original.OriginalPage, "original"),
        route("messages/<int:message>/original.eml", original.DownloadPage, "download"),
    ]
