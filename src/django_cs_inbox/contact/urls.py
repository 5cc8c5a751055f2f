"""The customers' pages: ``path("contact/", include("django_cs_inbox.contact.urls"))``."""

from __future__ import annotations

from django.urls import path

from .views import AccountContactFormView, ContactDoneView, ContactFormView

app_name = "cs_inbox_contact"
urlpatterns = [
    path("", ContactFormView.as_view(), name="form"),
    path("account/", AccountContactFormView.as_view(), name="account"),
    path("done/<str:token>/", ContactDoneView.as_view(), name="done"),
]
