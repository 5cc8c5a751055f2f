from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .host import user_key
from .inquiry import Inquiry


class Note(models.Model):
    """Internal comment. A table of its own, so that it can never be sent."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="notes")
    author = user_key()
    author_label = models.CharField(max_length=150, blank=True)
    text = models.TextField(_("note"))
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.text[:50]
