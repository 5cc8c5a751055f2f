"""The conversation page. Placeholder until its views are written."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.urls import URLPattern


def get_urls(model_admin: ModelAdmin[Any]) -> list[URLPattern]:
    return []
