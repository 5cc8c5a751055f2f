"""The contact form and the page after it. Subclass a view to change it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from ..actions import intake
from ..choices import Origin
from ..exceptions import InvalidInput
from ..models import Inbox
from ..queries.contact_form import get_form_inbox
from .arrival import build_arrival
from .csrf import csrf_failed, csrf_noted
from .forms import ContactForm
from .throttle import is_limited
from .tokens import Done, arrival_key, new_form_token, read_done, sign_done
from .uploads import LimitedUploadHandler, is_far_too_large
from .visitor import Visitor, get_visitor, order_of_page, orders_to_choose, product_of_page

if TYPE_CHECKING:
    _FormView = FormView[ContactForm]
else:
    _FormView = FormView

logger = logging.getLogger(__name__)

#: Nobody sees this field; programs that fill in every field do.
TRAP = "website"
TOKEN = "form_token"  # noqa: S105 - the name of a field


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class ContactFormView(_FormView):
    """Shows the form and takes it in. ``?product=<key>`` and ``?order=<number>`` name the page it is opened
    from; the order counts only when it is the logged-in customer's."""

    form_class = ContactForm
    template_name = "cs_inbox/contact/form.html"
    problem_template_name = "cs_inbox/contact/problem.html"
    origin = Origin.CONTACT_FORM
    #: Where the last page leads back to, when the form was not opened from a product's page.
    back_url = "/"

    inbox: Inbox
    visitor: Visitor

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        # Exempt only from the check that runs before us. Ours, in dispatch, comes once the size is known.
        return csrf_exempt(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        inbox = get_form_inbox()
        if inbox is None:
            logger.error("The contact form is closed: no active inbox takes it.")
            return self.closed()
        self.inbox = inbox
        self.status = 200
        self.upload = LimitedUploadHandler(request)
        if request.method == "POST" and not self._read(request):
            return self.too_large()
        self.visitor = get_visitor(request)
        self.product = product_of_page(request)
        self.page_order = order_of_page(request, self.visitor)
        self.orders = orders_to_choose(self.visitor, self.page_order)
        response: HttpResponseBase = csrf_noted(super().dispatch)(request, *args, **kwargs)
        return response

    def _read(self, request: HttpRequest) -> bool:
        """Read what was sent, within limits; False when it is more than a form can be."""
        if is_far_too_large(request):
            return False
        try:
            request.upload_handlers.insert(0, self.upload)
        except AttributeError:
            logger.info("A middleware read the contact form first; files were limited by its handlers only.")
        try:
            request.POST  # noqa: B018 - reading it is what may fail
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            return False
        return True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "visitor": self.visitor,
            "orders": self.orders,
            "page_order": self.page_order,
            "product": self.product,
            "oversized": self.upload.oversized,
            "has_surplus": self.upload.has_surplus,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form_token", new_form_token())
        return super().get_context_data(
            inbox=self.inbox,
            visitor=self.visitor,
            product=self.product,
            token_name=TOKEN,
            trap_name=TRAP,
            lost_files=bool(self.request.FILES or self.upload.oversized),
            **kwargs,
        )

    def form_valid(self, form: ContactForm) -> HttpResponse:
        request = self.request
        if csrf_failed(request):
            return self.refuse(form, 403, _("For your safety, please check your text and send it once more."))
        if request.POST.get(TRAP):
            return self.refuse(
                form, 400, _("Your browser filled in a hidden field. It is empty now; please send once more.")
            )
        words = [str(value) for name, value in form.cleaned_data.items() if name != "attachments"]
        key = arrival_key(request.POST.get(TOKEN, ""), words, form.cleaned_data.get("attachments") or [])
        if key is None:
            return self.refuse(
                form, 400, _("This page was too old. Please check your text and send it once more.")
            )
        arrival = build_arrival(
            form,
            key=key,
            inbox=self.inbox,
            origin=self.get_origin(form),
            visitor=self.visitor,
            page_order=self.page_order,
            product=self.product,
        )
        if is_limited(request, arrival.sender.address):
            return self.limited(form)
        try:
            received = intake.receive(arrival)
        except InvalidInput as error:
            return self.refuse(form, 400, str(error))
        return HttpResponseRedirect(self.get_done_url(received.inquiry.number))

    def form_invalid(self, form: ContactForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=self.status)

    def refuse(self, form: ContactForm, status: int, reason: str) -> HttpResponse:
        """Show the form again with everything that was typed, a fresh token, and the reason above it."""
        form.add_error(None, reason)
        self.status = status
        return self.form_invalid(form)

    def limited(self, form: ContactForm) -> HttpResponse:
        response = self.refuse(
            form,
            429,
            _(
                "We have received many messages from you in the last hour. "
                "Your text is still here: please send it again in an hour, or write a mail to %(address)s."
            )
            % {"address": self.inbox.address},
        )
        response["Retry-After"] = "3600"
        return response

    def closed(self) -> HttpResponse:
        """No inbox takes the form."""
        return self.problem(
            503,
            _("The contact form is closed"),
            _("We cannot take your message at the moment. Please try again later."),
        )

    def too_large(self) -> HttpResponse:
        return self.problem(
            413,
            _("Your message is too large"),
            _(
                "What you sent is more than we can take, so we have not read it. Please go back, "
                "choose smaller or fewer files, and send it again. Your text is usually still there."
            ),
        )

    def problem(self, status: int, title: str, text: str) -> HttpResponse:
        context = {"title": title, "text": text, "back_url": self.back_url}
        return render(self.request, self.problem_template_name, context, status=status)

    def get_origin(self, form: ContactForm) -> Origin:
        """Which of the shop's doors this is: by the page the form was opened from."""
        chosen = form.chosen_order
        if self.page_order is not None and chosen is not None and chosen.pk == self.page_order.pk:
            return Origin.ORDER_FORM
        return Origin.PRODUCT_FORM if self.product is not None else self.origin

    def get_done_url(self, number: str) -> str:
        back_url = self.product.url if self.product is not None and self.product.url else self.back_url
        sender = self.inbox.address if self.inbox.acknowledges else ""
        token = sign_done(Done(number=number, sender=sender, back_url=back_url))
        match = self.request.resolver_match
        return reverse(
            "cs_inbox_contact:done",
            kwargs={"token": token},
            current_app=match.namespace if match is not None else None,
        )


class AccountContactFormView(ContactFormView):
    """The same form in the customer's account: for customers only."""

    origin = Origin.ACCOUNT_FORM

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Whose session ended while writing keeps the text, and is asked for an address like any guest.
        if request.method != "POST" and get_visitor(request).customer is None:
            return redirect_to_login(request.get_full_path())
        return super().dispatch(request, *args, **kwargs)


@method_decorator(never_cache, name="dispatch")
class ContactDoneView(TemplateView):
    """The number of the inquiry, and what happens now."""

    template_name = "cs_inbox/contact/done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        done = read_done(str(self.kwargs["token"]))
        if done is None:
            raise Http404
        return super().get_context_data(done=done, domain=done.sender.rpartition("@")[2], **kwargs)
