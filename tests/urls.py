"""URLs of the test host: the stock admin, and a second admin site that shows the same models."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

ops_site = admin.AdminSite(name="ops")

for model, model_admin in admin.site._registry.items():
    if not ops_site.is_registered(model):
        ops_site.register(model, type(model_admin))

urlpatterns = [
    path("admin/", admin.site.urls),
    path("ops/", ops_site.urls),
]
