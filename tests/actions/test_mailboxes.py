from __future__ import annotations

import dataclasses

import pytest
from django.apps import apps
from django.core.cache import cache

from django_cs_inbox.actions import mailboxes
from django_cs_inbox.actions.mailboxes import MailboxSettings
from django_cs_inbox.exceptions import ConfigurationError, InvalidInput, MailboxError, NotAllowed
from django_cs_inbox.models import Event, FolderState
from django_cs_inbox.secrets import resolve
from tests.factories import make_inbox, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"
SETTINGS = MailboxSettings(host="imap.shop.example", user="support@shop.example")


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def manager():
    return make_user("change_inbox", "test_mailbox")


def configured(inbox=None, *, by=None, password=PASSWORD, **fields):
    settings = dataclasses.replace(SETTINGS, **fields)
    return mailboxes.configure(inbox or make_inbox(), by=by, settings=settings, password=password)


def host_row(uri="imap+ssl://me:hidden@imap.shop.example", **fields):
    return apps.get_model("django_mailbox", "Mailbox").objects.create(name="host's own", uri=uri, **fields)


# Setting up


def test_the_password_is_stored_encrypted_and_nowhere_else(manager):
    inbox = configured(by=manager)
    inbox.refresh_from_db()
    assert inbox.mailbox.uri == "imap+ssl://support%40shop.example@imap.shop.example:993?folder=INBOX"
    assert inbox.mailbox.active is False
    assert PASSWORD not in inbox.mailbox_secret
    assert resolve(inbox.mailbox_secret) == PASSWORD
    event = Event.objects.get(verb="mailbox.configured")
    assert event.actor == manager
    assert event.data["password_changed"] is True
    assert PASSWORD not in str(event.data)
    assert PASSWORD not in f"{inbox!r} {inbox} {vars(inbox)} {mailboxes.current(inbox)}"


def test_what_was_entered_can_be_shown_again():
    settings = dataclasses.replace(
        SETTINGS, port=1143, security="starttls", user="a b+ü@x/?#", folder="問い合わせ/返品 & 交換"
    )
    inbox = mailboxes.configure(make_inbox(), by=None, settings=settings, password="p")
    assert mailboxes.current(inbox) == settings


def test_an_ipv6_server(settings):
    inbox = configured(host="::1")
    assert mailboxes.current(inbox).host == "::1"
    assert inbox.mailbox.location == "::1"


def test_django_mailbox_reads_our_row_as_it_was_meant():
    row = configured(user="a@b:c", folder="My folder").mailbox
    assert (row.type, row.use_ssl, row.use_tls) == ("imap", True, False)
    assert (row.location, row.port, row.username, row.folder) == (
        "imap.shop.example",
        993,
        "a@b:c",
        "My folder",
    )


def test_a_reference_to_the_environment_is_kept_as_it_is():
    inbox = configured(password="env:CS_INBOX_IMAP")
    assert inbox.mailbox_secret == "env:CS_INBOX_IMAP"
    assert mailboxes.password_source(inbox) == "env:CS_INBOX_IMAP"


@pytest.mark.parametrize("name", ["SECRET_KEY", "CS_INBOX_", "CS_INBOX_A B", ""])
def test_no_other_variable_can_be_sent_to_a_server(name):
    with pytest.raises(InvalidInput, match="CS_INBOX_"):
        configured(password=f"env:{name}")


def test_an_empty_password_keeps_the_stored_one():
    inbox = configured()
    before = inbox.mailbox_secret
    inbox = configured(inbox, password="", folder="Archive")
    assert inbox.mailbox_secret == before
    assert mailboxes.current(inbox).folder == "Archive"
    assert Event.objects.latest("pk").data["password_changed"] is False


@pytest.mark.parametrize(
    "change", [{"host": "evil.example"}, {"user": "x"}, {"security": "starttls"}, {"port": 1}]
)
def test_the_stored_password_goes_to_no_other_server(change):
    inbox = configured()
    with pytest.raises(InvalidInput, match="password"):
        configured(inbox, password="", **change)


def test_without_any_password_nothing_is_stored():
    with pytest.raises(InvalidInput, match="password"):
        configured(password="")


def test_our_row_is_changed_and_the_host_s_is_not():
    inbox = configured()
    row = inbox.mailbox
    assert configured(inbox, folder="Other").mailbox == row
    theirs = host_row()
    inbox = mailboxes.adopt(inbox, by=None, mailbox_id=theirs.pk)
    inbox = configured(inbox)
    assert inbox.mailbox not in (row, theirs)
    theirs.refresh_from_db()
    assert theirs.uri == "imap+ssl://me:hidden@imap.shop.example"


def test_a_row_that_another_inbox_uses_is_left_to_it():
    first = configured()
    second = make_inbox(mailbox=first.mailbox)
    assert configured(second, folder="Other").mailbox != first.mailbox


def test_a_row_without_uri_is_taken_over():
    inbox = make_inbox(mailbox=host_row(uri=None, active=False))
    assert mailboxes.current(inbox) is None
    assert configured(inbox).mailbox == inbox.mailbox


def test_new_settings_end_the_old_error():
    inbox = configured()
    FolderState.objects.create(inbox=inbox, last_error="Wrong password", failures=3)
    configured(inbox)
    state = FolderState.objects.get()
    assert (state.last_error, state.failures) == ("", 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"protocol": "pop3"},
        {"security": "none"},
        {"security": "plain"},
        {"host": ""},
        {"host": "imap.shop.example/x"},
        {"host": "user@host"},
        {"host": "a b"},
        {"host": "a\nb"},
        {"port": 0},
        {"port": 70000},
        {"user": ""},
        {"user": "a\r\nb"},
        {"folder": ""},
        {"folder": "a\0"},
        {"folder": "x" * 250},
        {"password": "a\nb"},
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(fields):
    with pytest.raises(InvalidInput) as caught:
        configured(**fields)
    assert str(caught.value).endswith(".")


def test_a_plain_connection_needs_the_setting(settings):
    settings.CS_INBOX = settings.CS_INBOX | {"ALLOW_PLAIN_IMAP": True}
    inbox = configured(security="plain", port=143)
    assert mailboxes.current(inbox).security == "plain"
    assert inbox.mailbox.uri.startswith("imap://")


# The host's own rows, and none


def test_the_host_s_mailbox_is_used_and_its_password_not_shown():
    row = host_row("imap+tls://me%40x:hidden@imap.shop.example?folder=Support")
    inbox = mailboxes.adopt(configured(), by=None, mailbox_id=row.pk)
    assert inbox.mailbox_secret == ""
    assert mailboxes.password_source(inbox) == "stored"
    shown = mailboxes.current(inbox)
    assert shown == MailboxSettings(
        host="imap.shop.example", port=143, security="starttls", user="me@x", folder="Support"
    )
    assert "hidden" not in repr(shown)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("gmail://me:x@gmail.com", ("gmail", "gmail.com", 993, "ssl")),
        ("maildir:///var/mail/x", ("maildir", "/var/mail/x", 143, "plain")),
        ("imap://me:x@host:no", ("imap", "host", 143, "plain")),
    ],
)
def test_other_kinds_of_rows_are_shown_as_far_as_it_goes(uri, expected):
    shown = mailboxes.current(make_inbox(mailbox=host_row(uri)))
    assert (shown.protocol, shown.host, shown.port, shown.security) == expected


def test_a_row_that_was_never_an_address_is_replaced():
    inbox = make_inbox(mailbox=host_row("imap://me:[hidden@host"))
    assert mailboxes.current(inbox) is None
    assert mailboxes.password_source(inbox) == ""
    assert configured(inbox).mailbox != inbox.mailbox


def test_a_mailbox_that_does_not_exist():
    with pytest.raises(InvalidInput):
        mailboxes.adopt(make_inbox(), by=None, mailbox_id=0)


def test_disconnected():
    inbox = mailboxes.disconnect(configured(), by=None)
    inbox.refresh_from_db()
    assert (inbox.mailbox, inbox.mailbox_secret) == (None, "")
    assert mailboxes.current(inbox) is None
    assert mailboxes.password_source(inbox) == ""


def test_sources_of_passwords():
    assert mailboxes.password_source(configured()) == "stored"
    assert mailboxes.password_source(make_inbox(mailbox=host_row("imap://me@host"))) == ""


# Who may


@pytest.mark.parametrize("user", [(), ("view_inquiry", "test_mailbox")])
def test_without_permission_nothing_is_set_up(user):
    by = make_user(*user)
    inbox = make_inbox()
    for refused in (
        lambda: configured(inbox, by=by),
        lambda: mailboxes.adopt(inbox, by=by, mailbox_id=host_row().pk),
        lambda: mailboxes.disconnect(inbox, by=by),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert not Event.objects.exists()


# Testing the connection


@pytest.fixture
def transport(monkeypatch):
    def use(answer):
        monkeypatch.setattr(mailboxes, "_transport", answer)

    return use


def test_a_connection_that_works(transport, manager):
    transport(lambda inbox: ["INBOX", "Archive"])
    report = mailboxes.test(configured(), by=manager)
    assert (report.ok, report.folders) == (True, ("INBOX", "Archive"))
    assert "2 folders" in report.message
    assert Event.objects.get(verb="mailbox.tested").data == {"ok": True}


@pytest.mark.parametrize("error", [MailboxError("Wrong password."), ConfigurationError("No key.")])
def test_a_connection_that_does_not(transport, manager, error):
    def fail(inbox):
        raise error

    transport(fail)
    report = mailboxes.test(configured(), by=manager)
    assert (report.ok, report.message, report.folders) == (False, str(error), ())


def test_without_permission_nothing_is_tested(transport):
    transport(lambda inbox: pytest.fail("connected"))
    with pytest.raises(NotAllowed):
        mailboxes.test(configured(), by=make_user("change_inbox"))


def test_the_button_is_no_port_scanner(transport, manager):
    transport(lambda inbox: [])
    inbox = configured()
    for _ in range(10):
        mailboxes.test(inbox, by=manager)
    with pytest.raises(InvalidInput, match="ten minutes"):
        mailboxes.test(inbox, by=manager)
    mailboxes.test(inbox, by=make_user("test_mailbox"))  # others are not held up
    mailboxes.test(inbox, by=None)


def test_a_cache_that_keeps_nothing_holds_up_nobody(transport, manager, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    transport(lambda inbox: [])
    assert mailboxes.test(configured(), by=manager).ok


def test_nobody_talks_to_servers(transport, manager):
    transport(None)
    with pytest.raises(ConfigurationError):
        mailboxes.test(configured(), by=manager)


def test_the_app_registers_its_transport(monkeypatch):
    monkeypatch.setattr(mailboxes, "_transport", None)
    apps.get_app_config("cs_inbox").ready()
    assert mailboxes._transport is not None
