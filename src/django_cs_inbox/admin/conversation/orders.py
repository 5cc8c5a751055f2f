"""Orders of the conversation: linked by number, confirmed, refused, unlinked."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ...actions import links
from ...exceptions import InvalidInput, WrongState
from ...queries import conversation
from .base import ActionPage


class LinkOrderPage(ActionPage):
    """Links an order by its number. Somebody else's order needs a second, deliberate click."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        number = request.POST.get("number", "").strip()[:100]
        force = request.POST.get("force") == "1"
        if not number:
            messages.error(request, _("Enter an order number."))
            return HttpResponseRedirect(self.back("orders"))
        try:
            links.link_order(self.inquiry, by=request.user, number=number, force=force)
        except links.ForeignOrder as error:
            # A page of its own rather than a message: the wrong order shows a stranger's data to staff
            # and, through an answer, to the customer.
            return self.render(
                "admin/cs_inbox/inquiry/conversation_foreign_order.html",
                status=409,
                inquiry=self.inquiry,
                number=number,
                reason=str(error),
            )
        except (InvalidInput, WrongState) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The order %(number)s is linked.") % {"number": number})
        return HttpResponseRedirect(self.back("orders"))

    def get_title(self) -> str:
        return _("Another customer's order")


class OrderLinkPage(ActionPage):
    """Unlinks, confirms or refuses one link."""

    def post(self, request: HttpRequest, *, link: int, verb: str, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(conversation.order_links(self.inquiry), pk=link)
        row.inquiry = self.inquiry
        choices = {
            "unlink": (links.unlink_order, _("The order is not linked any more.")),
            "confirm": (links.confirm_order, _("The order is linked.")),
            "refuse": (links.refuse_order, _("The order will not be suggested again.")),
        }
        if verb not in choices:
            raise Http404
        action, success = choices[verb]
        return self.post_action(
            partial(action, row, by=request.user), next_url=self.back("orders"), success=success
        )
