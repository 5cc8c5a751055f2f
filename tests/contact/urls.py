"""A host that mounts the customers' pages with one ``include()``."""

from __future__ import annotations

from django.urls import include, path

from tests.urls import urlpatterns as base

urlpatterns = [*base, path("contact/", include("django_cs_inbox.contact.urls"))]
