from __future__ import annotations

import inspect

import pytest

from django_cs_inbox.conf import DEFAULTS, Conf, conf, is_model_label

PROPERTIES = {name: value for name, value in vars(Conf).items() if isinstance(value, property)}


def test_every_setting_has_a_property_and_every_property_a_setting():
    assert {name.upper() for name in PROPERTIES} == set(DEFAULTS)


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_says_what_it_means(name):
    assert inspect.getdoc(PROPERTIES[name]).endswith((".", ")", "`"))


def test_defaults(settings):
    settings.CS_INBOX = {"ORDER_MODEL": "shop.Order"}
    for name in PROPERTIES:
        value, default = getattr(conf, name), DEFAULTS[name.upper()]
        if default is not None:
            assert value == default, name
    assert (conf.order_model, conf.customer_model) == ("shop.Order", "auth.User")
    assert conf.order_number_pattern is None


def test_a_change_counts_at_once(settings):
    settings.CS_INBOX = settings.CS_INBOX | {"MAIL_TIMEOUT": 7, "SITE_URL": "https://a.example/"}
    assert (conf.mail_timeout, conf.site_url) == (7, "https://a.example")
    settings.CS_INBOX = settings.CS_INBOX | {"MAIL_TIMEOUT": 8}
    assert conf.mail_timeout == 8


def test_keys_default_to_djangos_own(settings):
    settings.SECRET_KEY_FALLBACKS = ["old"]
    assert conf.secret_keys == [settings.SECRET_KEY, "old"]
    settings.CS_INBOX = settings.CS_INBOX | {"SECRET_KEYS": ["mine"]}
    assert conf.secret_keys == ["mine"]


@pytest.mark.parametrize("value", [None, [], "shop.Order", 5])
def test_a_setting_of_another_kind_is_as_good_as_none(settings, value):
    """The checks say so; until then models must be made."""
    settings.CS_INBOX = value
    assert conf.order_model == settings.AUTH_USER_MODEL
    assert conf.order_fields == {}


@pytest.mark.parametrize("label", ["Order", "a.b.Order", "", ".", "shop.", 5, None, "shop.Or der"])
def test_what_names_no_model_is_not_used(settings, label):
    settings.CS_INBOX = {"ORDER_MODEL": label, "ORDER_FIELDS": ["number"], "CUSTOMER_FIELDS": None}
    assert not is_model_label(label)
    assert conf.order_model == settings.AUTH_USER_MODEL
    assert (conf.order_fields, conf.customer_fields) == ({}, {})
