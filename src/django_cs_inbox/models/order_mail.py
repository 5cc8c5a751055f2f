from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .host import customer_key, order_key


class OrderMail(models.Model):
    """A mail that the shop itself sent about an order. A reply to it finds the order for certain."""

    order = order_key()
    order_key = models.CharField(max_length=64, db_index=True)
    order_number = models.CharField(_("order number"), max_length=100)
    customer = customer_key()
    sender = models.CharField(max_length=500, blank=True)
    #: Plain addresses.
    to: models.JSONField[Any, Any] = models.JSONField(default=list)
    subject = models.CharField(_("subject"), max_length=998, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=998)
    message_key = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("order mail")
        verbose_name_plural = _("order mails")
        ordering = ("sent_at", "id")

    def __str__(self) -> str:
        return self.subject
