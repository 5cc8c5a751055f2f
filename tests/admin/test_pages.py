"""The base of our pages: closed by default, at home on every admin site."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from django_cs_inbox.admin.pages import InboxPage, admin_url, local_url
from django_cs_inbox.exceptions import InvalidInput, NotAllowed, StaleObject, WrongState
from django_cs_inbox.models import Inquiry
from tests.urls import ops_site

pytestmark = pytest.mark.django_db


class OpenPage(InboxPage):
    title = "Open"

    def has_page_permission(self):
        return True

    def get(self, request):
        return HttpResponse("fine")


class ForgetfulPage(InboxPage):
    def get(self, request):
        return HttpResponse("leaked")


class ClosedPage(OpenPage):
    def has_page_permission(self):
        return False


@pytest.fixture
def staff():
    return get_user_model().objects.create_user("staff", is_staff=True)


@pytest.fixture
def request_for(rf, staff):
    def make(user=staff, method="get", **data):
        request = getattr(rf, method)("/x/", data)
        request.user = user
        request.session = {}
        request._messages = FallbackStorage(request)
        return request

    return make


def page(view, site=admin.site):
    return view.as_page(site._registry[Inquiry])


def test_a_page_that_names_no_permission_is_closed(request_for):
    with pytest.raises(NotImplementedError, match="ForgetfulPage"):
        page(ForgetfulPage)(request_for())


def test_a_page_refuses_who_lacks_its_permission(request_for):
    with pytest.raises(PermissionDenied):
        page(ClosedPage)(request_for())


def test_anonymous_is_sent_to_the_login(request_for):
    response = page(OpenPage)(request_for(AnonymousUser()))
    assert response.status_code == 302
    assert "/admin/login/" in response.url


def test_a_fragment_after_the_session_ended_reloads_the_page(request_for):
    request = request_for(AnonymousUser())
    request.META["HTTP_HX_REQUEST"] = "true"
    response = page(OpenPage)(request)
    assert response.headers["HX-Refresh"] == "true"
    assert response.content == b""


def test_urls_belong_to_the_site_that_shows_the_page(request_for):
    assert admin_url(admin.site._registry[Inquiry], "changelist") == "/admin/cs_inbox/inquiry/"
    assert admin_url(ops_site._registry[Inquiry], "changelist") == "/ops/cs_inbox/inquiry/"
    request = request_for()
    page(OpenPage, ops_site)(request)
    assert request.current_app == "ops"


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", None],
)
def test_only_local_urls_are_followed(url):
    assert local_url(url, "/home/") == "/home/"
    assert local_url("/admin/?tab=new", "/home/") == "/admin/?tab=new"


def shown(view, request, action, **options):
    instance = view()
    instance.model_admin = admin.site._registry[Inquiry]
    instance.setup(request)
    response = instance.post_action(action, **options)
    return response, [(message.level_tag, str(message)) for message in request._messages]


def test_a_done_action_says_so_and_goes_on(request_for):
    response, said = shown(
        OpenPage, request_for(method="post"), lambda: None, next_url="/admin/", success="Done."
    )
    assert (response.status_code, response.url) == (302, "/admin/")
    assert said == [("success", "Done.")]


@pytest.mark.parametrize("error", [InvalidInput, WrongState, StaleObject])
def test_what_went_wrong_is_said(request_for, error):
    def action():
        raise error("This does not fit.")

    response, said = shown(OpenPage, request_for(method="post"), action, next_url="//evil.example/")
    assert response.url == "/admin/cs_inbox/inquiry/"
    assert [text for _, text in said] == ["This does not fit."]


def test_what_is_not_allowed_is_a_403(request_for):
    def action():
        raise NotAllowed("no")

    with pytest.raises(PermissionDenied):
        shown(OpenPage, request_for(method="post"), action, next_url="/admin/")
