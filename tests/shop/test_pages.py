from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Permission
from django.urls import resolve

from django_cs_inbox.shop.pages import admin_url
from tests.projects.default_user.shopapp.models import OrderLine
from tests.urls import ops_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(make_customer):
    user = make_customer(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_order"))
    return user


@pytest.fixture
def request_on(rf, clerk):
    def make(path, user=clerk):
        request = rf.get(path)
        request.user, request.resolver_match = user, resolve(path)
        return request

    return make


@pytest.mark.parametrize("site", ["admin", "ops"])
def test_the_link_stays_on_the_site_of_the_page(shop, make_order, request_on, site):
    order = make_order()
    assert shop.order_url(order, request_on(f"/{site}/")) == f"/{site}/shop/order/{order.pk}/change/"


def test_current_app_counts_more_than_the_path(shop, make_order, request_on):
    request = request_on("/admin/")
    request.current_app = ops_site.name
    assert shop.order_url(make_order(), request).startswith("/ops/")


def test_no_link_without_the_permission(shop, make_order, make_customer, request_on):
    assert shop.order_url(make_order(), request_on("/admin/", make_customer(is_staff=True))) == ""
    assert shop.order_url(make_order(), request_on("/admin/", AnonymousUser())) == ""
    customer = make_customer()
    assert shop.customer_url(customer, request_on("/admin/")) == ""


def test_no_link_to_what_the_site_does_not_show(make_order, request_on, admin_user):
    assert not admin.site.is_registered(OrderLine)
    assert admin_url(make_order().lines.first(), request_on("/admin/", admin_user)) == ""


def test_no_link_on_a_site_that_is_not_mounted(make_order, request_on, admin_user):
    from django.contrib.admin import AdminSite

    spare = AdminSite(name="spare")
    spare.register(type(make_order()))
    request = request_on("/admin/", admin_user)
    request.current_app = "spare"
    assert admin_url(make_order(), request) == ""


def test_customer_link(shop, make_customer, request_on, admin_user):
    customer = make_customer()
    url = shop.customer_url(customer, request_on("/ops/", admin_user))
    assert url == f"/ops/auth/user/{customer.pk}/change/"
