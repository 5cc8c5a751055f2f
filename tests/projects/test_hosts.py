"""What must hold in every host project: ``pytest -m hosts --ds=tests.projects.<name>.settings``."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

pytestmark = pytest.mark.hosts


def test_checks_find_nothing():
    call_command("check", fail_level="WARNING")


@pytest.mark.django_db
def test_database_checks_find_nothing():
    call_command("check", databases=["default"], fail_level="WARNING")


@pytest.mark.django_db
def test_nobody_needs_a_migration():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
@pytest.mark.parametrize("site", ["admin", "ops"])
def test_every_registered_page_opens(site, admin_client):
    own = [model for model in apps.get_app_config("cs_inbox").get_models() if is_listed(model, site)]
    assert own
    for model in own:
        url = reverse(f"admin:cs_inbox_{model._meta.model_name}_changelist", current_app=site)
        assert url.startswith(f"/{site}/")
        assert admin_client.get(url).status_code == 200, model


def is_listed(model, site):
    from django.contrib import admin

    from tests.urls import ops_site

    return {"admin": admin.site, "ops": ops_site}[site].is_registered(model)


@pytest.mark.django_db
def test_keys_to_the_host_have_the_type_of_its_models():
    order = apps.get_model(settings.CS_INBOX["ORDER_MODEL"])
    customer = apps.get_model(settings.CS_INBOX["CUSTOMER_MODEL"])
    targets = {
        field.related_model
        for model in apps.get_app_config("cs_inbox").get_models()
        for field in model._meta.get_fields()
        if field.many_to_one and not field.auto_created
    }
    assert {order, customer} <= targets
