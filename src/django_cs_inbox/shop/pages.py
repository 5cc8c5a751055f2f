"""Links to the host's rows on the admin site that the person is looking at."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


def admin_url(row: Model, request: HttpRequest) -> str:
    """The row's change page, or "" when this site has none or the user may not see it."""
    site = _current_site(request)
    model = type(row)
    if site is None or row.pk is None or not site.is_registered(model):
        return ""
    if not site.get_model_admin(model).has_view_or_change_permission(request, row):
        return ""
    name = f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_change"
    try:
        return reverse(name, args=[_quoted(row.pk)], current_app=site.name)
    except NoReverseMatch:
        # A site that is made but not mounted.
        return ""


def _current_site(request: HttpRequest) -> Any | None:
    if not apps.is_installed("django.contrib.admin"):
        return None
    from django.contrib.admin import site as default_site
    from django.contrib.admin.sites import all_sites

    match = getattr(request, "resolver_match", None)
    name = getattr(request, "current_app", None) or getattr(match, "namespace", "")
    return next((site for site in all_sites if site.name == name), default_site)


def _quoted(key: Any) -> str:
    from django.contrib.admin.utils import quote

    return str(quote(str(key)))
