"""From a valid form to the ``Arrival`` that passes the one door."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from ..actions.arrival import Arrival, ArrivalFile, OrderEvidence, ProductEvidence
from ..choices import Channel, LinkSource, LinkState, Origin
from ..mail.names import clean_name
from ..mail.types import Address
from ..models import Inbox
from ..shop import ProductSummary, get_shop
from ..shop.safe import ask
from .forms import ContactForm
from .visitor import Visitor


def build_arrival(
    form: ContactForm,
    *,
    key: str,
    inbox: Inbox,
    origin: Origin,
    visitor: Visitor,
    page_order: Any | None = None,
    product: ProductSummary | None = None,
) -> Arrival:
    """What the visitor said, and how we know what it is about."""
    data = form.cleaned_data
    is_account = visitor.has_account_address
    email = visitor.email if is_account else data["email"]
    reply_email = data.get("reply_email") or ""
    return Arrival(
        inbox=inbox,
        key=key,
        channel=Channel.FORM,
        origin=origin,
        sender=Address(data["name"], email),
        subject=data["subject"],
        text=_text(data),
        occurred_at=timezone.now(),
        phone=data.get("phone", ""),
        files=tuple(_file(file) for file in data.get("attachments") or ()),
        customer=visitor.customer,
        is_authenticated=is_account,
        orders=_orders(form, email, visitor.customer, page_order),
        products=(ProductEvidence(key=product.key, name=product.name, url=product.url),) if product else (),
        category=data.get("category"),
        to=(Address(inbox.sender_name, inbox.address),),
        reply_to=(Address(data["name"], reply_email),) if reply_email else (),
    )


def _text(data: dict[str, Any]) -> str:
    """The message as written; a typed order number is part of it, right or wrong."""
    number = data.get("order_number")
    if not number:
        return str(data["body"])
    return _("Order number: %(number)s\n\n%(body)s") % {"number": number, "body": data["body"]}


def _orders(
    form: ContactForm, email: str, customer: Any | None, page_order: Any | None
) -> tuple[OrderEvidence, ...]:
    chosen = form.chosen_order
    if chosen is not None:
        is_page = page_order is not None and page_order.pk == chosen.pk
        source = LinkSource.FORM_PAGE if is_page else LinkSource.FORM_LOGIN
        return (OrderEvidence(order=chosen, source=source),)
    number = form.cleaned_data.get("order_number")
    if not number:
        return ()
    nothing: tuple[OrderEvidence, ...] = ()
    return ask(_orders_by_number, nothing, number, email, customer)


def _orders_by_number(number: str, email: str, customer: Any | None) -> tuple[OrderEvidence, ...]:
    shop = get_shop()
    verified = shop.verify_order(number, email)
    if verified is not None:
        return (OrderEvidence(order=verified, source=LinkSource.FORM_TEXT),)
    # Nothing about the order of somebody else: neither to the visitor nor on the staff's page.
    return tuple(
        OrderEvidence(order=order, source=LinkSource.FORM_TEXT, state=LinkState.SUGGESTED)
        for order in shop.find_orders(number)
        if shop.belongs_to(order, customer=customer, emails=[email])
    )


def _file(file: UploadedFile[bytes]) -> ArrivalFile:
    file.seek(0)
    return ArrivalFile(
        name=clean_name(file.name or "") or _("file"),
        content=file.read(),
        content_type=file.content_type or "application/octet-stream",
    )
