"""What a host changes: its own frame around the page, its own fields, its own rules. And its own models."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import include, path

from django_cs_inbox.contact.fields import FilesField
from django_cs_inbox.contact.forms import ContactForm
from django_cs_inbox.contact.views import ContactFormView
from django_cs_inbox.models import Inquiry

FRAME = """<html><title>文具のことり堂</title><body>
<nav>メニュー</nav>{% block cs_inbox_content %}{% endblock %}</body></html>"""


class BriefForm(ContactForm):
    """Without telephone number; with a photo that must be there and a consent."""

    attachments = FilesField(label="写真")
    consent = forms.BooleanField(label="同意する")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["phone"]


class BriefView(ContactFormView):
    form_class = BriefForm
    back_url = "/mypage/"


class MembersView(LoginRequiredMixin, ContactFormView):
    pass


urlpatterns = [
    path("contact/", include("django_cs_inbox.contact.urls")),
    path("brief/", BriefView.as_view()),
    path("members/", MembersView.as_view()),
]


def test_the_page_stands_in_the_hosts_frame(inbox, client, settings, tmp_path):
    (tmp_path / "cs_inbox" / "contact").mkdir(parents=True)
    (tmp_path / "cs_inbox" / "contact" / "base.html").write_text(FRAME, encoding="utf-8")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path]}]
    page = client.get("/contact/").content.decode()
    assert "<nav>メニュー</nav>" in page
    assert 'name="subject"' in page


def test_the_hosts_own_fields(inbox, client, fill, settings):
    settings.ROOT_URLCONF = __name__
    response = client.post("/brief/", fill("/brief/", phone="12"))
    assert set(response.context["form"].errors) == {"attachments", "consent"}
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("写真.jpg", b"\xff\xd8\xff")
    response = client.post("/brief/", fill("/brief/", consent="on", attachments=photo))
    assert 'href="/mypage/"' in client.get(response["Location"]).content.decode()
    assert Inquiry.objects.get().has_attachment


def test_the_hosts_own_rule_who_may_write(inbox, client, hanako, settings, send):
    settings.ROOT_URLCONF = __name__
    assert client.get("/members/").status_code == 302
    client.force_login(hanako)
    assert send("/members/").status_code == 302
    assert Inquiry.objects.get().contact.customer == hanako


@pytest.mark.hosts
def test_guests_and_logins_write_in_every_host(inbox, client, send, admin_user):
    assert send(order_number="2026-00012").status_code == 302
    client.force_login(admin_user)
    assert client.get("/contact/?order=2026-00012&product=x").status_code == 200
    response = send(body="もう一通", email="root@example.jp")
    assert response.status_code == 302
    assert Inquiry.objects.count() == 2
