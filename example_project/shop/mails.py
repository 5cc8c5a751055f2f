"""The mails the shop sends by itself: order confirmation and shipping notice."""

from __future__ import annotations

import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from django_cs_inbox.api import send_order_mail

from .models import Order

logger = logging.getLogger(__name__)


def order_confirmation(order: Order) -> EmailMessage:
    return _message(order, "ご注文ありがとうございます", "order")


def shipping_notice(order: Order) -> EmailMessage:
    return _message(order, "商品を発送しました", "shipping")


def send_order_confirmation(order: Order) -> bool:
    return send(order, order_confirmation(order))


def send_shipping_notice(order: Order) -> bool:
    return send(order, shipping_notice(order))


def sent_so_far(order: Order, now) -> list[tuple]:
    """For the demo's past: the mails that an order has brought about until now, each with its moment and
    the Message-ID it keeps wherever it is made again."""
    found = [(order.placed_at, "order", order_confirmation(order))]
    if order.shipped_at and order.shipped_at < now:
        found.append((order.shipped_at, "shipping", shipping_notice(order)))
    for _moment, kind, message in found:
        message.extra_headers["Message-ID"] = f"<{kind}.{order.number}@kotori.example>"
    return [(moment, message) for moment, _kind, message in found]


def _message(order: Order, title: str, name: str) -> EmailMessage:
    subject = f"【{settings.SHOP_NAME}】{title}（注文番号 {order.number}）"
    context = {
        "order": order,
        "lines": order.lines.all(),
        "shop_name": settings.SHOP_NAME,
        "shop_phone": settings.SHOP_PHONE,
        "shop_url": settings.SHOP_URL,
        "support_email": settings.SHOP_SUPPORT_EMAIL,
    }
    body = render_to_string(f"shop/mail/{name}.txt", context)
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [order.email])


def send(order: Order, message: EmailMessage) -> bool:
    """Hand the mail to the mail server. A sold order stays sold when that fails, so this never raises."""
    try:
        # --- INTEGRATION: django-cs-inbox: instead of message.send(); a reply now finds its order
        send_order_mail(order, message)
    except (OSError, ValueError, smtplib.SMTPException):
        # ValueError: Django 6 refuses the addresses that mobile carriers once gave out (foo..bar.@…).
        logger.exception("Mail for order %s could not be sent", order.pk)
        return False
    return True
