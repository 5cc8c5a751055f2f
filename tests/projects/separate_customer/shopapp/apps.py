from __future__ import annotations

from django.apps import AppConfig


class MallConfig(AppConfig):
    name = "tests.projects.separate_customer.shopapp"
    label = "mall"
    default_auto_field = "django.db.models.BigAutoField"
