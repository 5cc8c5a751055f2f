from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import path

from tests.urls import urlpatterns as host


def empty(request: HttpRequest) -> TemplateResponse:
    """The admin's frame and nothing in it."""
    return TemplateResponse(request, "admin/base_site.html", admin.site.each_context(request))


urlpatterns = [path("empty/", admin.site.admin_view(empty)), *host]
