"""The contact form. Subclass it to add or drop fields; ``ContactFormView.form_class`` names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..conf import conf
from ..queries.contact_form import public_categories
from ..shop import OrderSummary, ProductSummary, get_shop
from ..shop.safe import ask
from .fields import (
    AddressField,
    BodyField,
    CategoryField,
    FilesField,
    LineField,
    PhoneField,
    upload_errors,
)
from .visitor import Visitor

LONGEST_BODY = 10_000


class ContactForm(forms.Form):
    """A customer with an account has no address field: the account says who writes, and ``reply_email``
    where else to answer. ``order`` offers the customer's own orders; others write a number."""

    name = LineField(
        label=gettext_lazy("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("We will answer to this address."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    reply_email = AddressField(
        label=gettext_lazy("Another email address for our answer"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = PhoneField(
        label=gettext_lazy("Telephone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )
    category = CategoryField(
        label=gettext_lazy("What is it about?"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Please choose"),
    )
    # Not "Order": Django's own catalogue has that word, and means the order of a list.
    order = forms.ChoiceField(label=gettext_lazy("Which order is it about?"), required=False)
    order_number = LineField(
        label=gettext_lazy("Order number"),
        help_text=gettext_lazy("If you are writing about an order. You find it in our mails."),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    subject = LineField(label=gettext_lazy("Subject"), max_length=150)
    body = BodyField(
        label=gettext_lazy("Your message"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    attachments = FilesField(label=gettext_lazy("Files"), required=False)

    def __init__(
        self,
        *args: Any,
        visitor: Visitor,
        orders: Sequence[Any] = (),
        page_order: Any | None = None,
        product: ProductSummary | None = None,
        oversized: Sequence[str] = (),
        has_surplus: bool = False,
        **kwargs: Any,
    ) -> None:
        # The host's page around us may well have an "id_email" of its own (newsletter, login).
        kwargs.setdefault("auto_id", "cs-inbox-%s")
        super().__init__(*args, **kwargs)
        self._orders = {str(order.pk): order for order in orders}
        self._upload_errors = upload_errors(oversized, has_surplus=has_surplus)
        self._fit_visitor(visitor)
        self._fit_orders(page_order)
        self._fit_categories()
        if product is not None:
            self.initial.setdefault("subject", _("About: %(product)s") % {"product": product.name[:120]})
        self.fields["attachments"].help_text = self._files_help()

    def clean_attachments(self) -> Any:
        if self._upload_errors:
            raise forms.ValidationError(self._upload_errors)
        return self.cleaned_data["attachments"]

    @property
    def chosen_order(self) -> Any | None:
        """The order of the customer's own that was chosen, of a valid form."""
        return self._orders.get(self.cleaned_data.get("order", ""))

    def _fit_visitor(self, visitor: Visitor) -> None:
        self.initial.setdefault("name", visitor.name[:100])
        self.initial.setdefault("email", visitor.email)
        if not visitor.has_account_address:
            del self.fields["reply_email"]
            return
        del self.fields["email"]
        text = _("We will answer to %(address)s. Fill this in only if you cannot read mail there.")
        self.fields["reply_email"].help_text = text % {"address": visitor.email}

    def _fit_orders(self, page_order: Any | None) -> None:
        if not self._orders:
            del self.fields["order"]
            return
        del self.fields["order_number"]
        nothing: dict[str, OrderSummary] = {}
        summaries = ask(get_shop().order_summaries, nothing, list(self._orders.values()))
        choices = [(key, _order_label(summaries[key])) for key in self._orders if key in summaries]
        field = cast(forms.ChoiceField, self.fields["order"])
        field.choices = [("", _("Not about an order")), *choices]
        if page_order is not None:
            self.initial.setdefault("order", str(page_order.pk))

    def _fit_categories(self) -> None:
        categories = public_categories()
        cast(CategoryField, self.fields["category"]).queryset = categories
        if not categories.exists():
            del self.fields["category"]

    def _files_help(self) -> str:
        text = ngettext(
            "A photo helps us to help you. At most %(count)d file of up to %(limit)s.",
            "A photo helps us to help you. At most %(count)d files of up to %(limit)s each.",
            conf.max_upload_files,
        )
        return text % {"count": conf.max_upload_files, "limit": filesizeformat(conf.max_upload_bytes)}


def _order_label(order: OrderSummary) -> str:
    if order.placed_at is None:
        return order.number
    moment = timezone.localtime(order.placed_at) if timezone.is_aware(order.placed_at) else order.placed_at
    values = {"number": order.number, "date": formats.date_format(moment, "SHORT_DATE_FORMAT")}
    titles = [line.title for line in order.lines if line.title]
    if not titles:
        return _("%(number)s, ordered on %(date)s") % values
    return _("%(number)s, ordered on %(date)s: %(item)s") % (values | {"item": titles[0][:40]})
