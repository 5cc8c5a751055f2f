from __future__ import annotations

from django.apps import AppConfig


class BoutiqueConfig(AppConfig):
    name = "tests.projects.uuid_user.shopapp"
    # Not "shop": a migration of the package that names the default host must fail here.
    label = "boutique"
    default_auto_field = "django.db.models.BigAutoField"
