from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .host import user_key
from .inquiry import Inquiry


class Event(models.Model):
    """Append-only record of who did what. Verbs are registered in ``actions.events``."""

    inquiry = models.ForeignKey(
        Inquiry,
        verbose_name=_("inquiry"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="events",
    )
    verb = models.CharField(max_length=50)
    actor = user_key()
    #: "" for what the program did by itself.
    actor_label = models.CharField(max_length=150, blank=True)
    target_type = models.CharField(max_length=50, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    data: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("time"), db_index=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("inquiry", "created_at", "id"), name="cs_inbox_event_time"),)

    def __str__(self) -> str:
        return self.verb
