from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from django_cs_inbox import secrets
from django_cs_inbox.mail.compose import make_message_id, read_message_id


@pytest.fixture
def keys(settings):
    def use(*names):
        settings.CS_INBOX = settings.CS_INBOX | {"SECRET_KEYS": names}

    return use


def test_what_was_encrypted_comes_back():
    token = secrets.encrypt("pässwörd")
    assert "pässwörd" not in token
    assert secrets.decrypt(token) == "pässwörd"
    assert secrets.encrypt("pässwörd") != token


def test_a_new_key_reads_what_the_old_one_wrote(keys):
    keys("old")
    token = secrets.encrypt("secret")
    keys("new", "old")
    assert secrets.decrypt(token) == "secret"


def test_a_lost_key_is_said_in_words(keys):
    keys("old")
    token = secrets.encrypt("secret")
    keys("new")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEYS") as caught:
        secrets.decrypt(token)
    assert token not in str(caught.value)
    assert caught.value.__suppress_context__


def test_without_keys_of_its_own_the_project_s_key_serves(settings):
    settings.SECRET_KEY = "first"
    token = secrets.encrypt("secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second", ["first"]
    assert secrets.decrypt(token) == "secret"


def test_a_reference_is_looked_up_when_it_is_needed(monkeypatch):
    monkeypatch.setenv("CS_INBOX_MAIL", "secret")
    assert secrets.resolve("env:CS_INBOX_MAIL") == "secret"
    assert secrets.resolve(secrets.encrypt("other")) == "other"


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named(monkeypatch, value):
    monkeypatch.delenv("CS_INBOX_MAIL", raising=False)
    if value is not None:
        monkeypatch.setenv("CS_INBOX_MAIL", value)
    with pytest.raises(ImproperlyConfigured, match="CS_INBOX_MAIL"):
        secrets.resolve("env:CS_INBOX_MAIL")


def test_message_ids_survive_a_rotation_and_no_stranger_makes_one(keys):
    keys("old")
    key_id, key = secrets.signing_key()
    written = make_message_id(kind="reply", ident="7", domain="shop.example", key=key, key_id=key_id)
    keys("new", "old")
    assert secrets.signing_key()[0] != key_id
    assert read_message_id(written, secrets.signing_keys()).ident == "7"
    keys("new")
    assert read_message_id(written, secrets.signing_keys()) is None


def test_one_key_serves_one_purpose(keys):
    keys("a")
    [signing] = secrets.signing_keys().values()
    assert secrets.loop_value() not in signing.hex()
    assert "a" not in secrets.signing_keys()


def test_the_loop_value_of_an_old_key_is_still_known(keys):
    keys("old")
    old = secrets.loop_value()
    keys("new", "old")
    assert secrets.loop_values() == [secrets.loop_value(), old]
