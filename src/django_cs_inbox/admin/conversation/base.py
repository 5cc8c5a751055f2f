"""What the conversation's pages share: the inquiry, what the user may do with it, the way back."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.forms import Media
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ... import permissions
from ...models import Inquiry
from ...queries import conversation
from ...queries.conversation import Rights
from ..pages import InboxPage


class ConversationPage(InboxPage):
    """A page of one inquiry. What the user may not see does not exist: 404."""

    def has_page_permission(self) -> bool:
        return permissions.has_perm(self.request.user, permissions.VIEW)

    @property
    def media(self) -> Media:
        return Media(
            css={"all": ("cs_inbox/conversation.css",)},
            js=(Script("cs_inbox/conversation.js", defer=True),),  # type: ignore[arg-type]
        )

    @cached_property
    def inquiry(self) -> Inquiry:
        return get_object_or_404(conversation.inquiries(self.request.user), pk=self.kwargs["pk"])

    @cached_property
    def rights(self) -> Rights:
        return Rights.of(self.request.user)

    def back(self, anchor: str = "") -> str:
        """URL of the conversation, at one of its entries."""
        url = self.url("change", self.inquiry.pk)
        return f"{url}#{anchor}" if anchor else url


class ActionPage(ConversationPage):
    """A form's target. It changes something on POST; on GET – after a new login, say – it only leads back."""

    permission = permissions.WORK

    def has_page_permission(self) -> bool:
        return super().has_page_permission() and permissions.has_perm(self.request.user, self.permission)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        messages.info(request, _("Nothing was changed. Please use the buttons on this page."))
        return HttpResponseRedirect(self.back())
