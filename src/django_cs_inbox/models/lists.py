"""The shop's own lists."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """What an inquiry is about; a tree."""

    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switch off instead of deleting: old inquiries keep it.")
    )
    #: Shown to customers in the contact form.
    is_public = models.BooleanField(_("offered in the contact form"), default=False)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=50, unique=True)
    color = models.CharField(
        _("color"),
        max_length=10,
        default="gray",
        choices=(
            ("gray", _("gray")),
            ("red", _("red")),
            ("orange", _("orange")),
            ("green", _("green")),
            ("blue", _("blue")),
            ("purple", _("purple")),
        ),
    )

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class HoldReason(models.Model):
    """Why an inquiry rests: waiting for the maker, the warehouse, the carrier …"""

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("hold reason")
        verbose_name_plural = _("hold reasons")
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name
