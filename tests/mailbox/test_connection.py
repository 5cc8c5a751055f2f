from __future__ import annotations

import logging
import socket
import ssl
import traceback

import pytest
from django.apps import apps
from django.views.debug import ExceptionReporter

from django_cs_inbox.actions import mailboxes
from django_cs_inbox.actions.mailboxes import MailboxSettings
from django_cs_inbox.exceptions import ConfigurationError, MailboxError
from django_cs_inbox.mailbox import connection as module
from django_cs_inbox.mailbox.connection import folders_of, opened
from django_cs_inbox.mailbox.fetch import fetch, inboxes_to_fetch
from django_cs_inbox.models import FolderState, IncomingMail
from tests.factories import make_inbox
from tests.services.ports import free_port

from .scripted import ScriptedServer

pytestmark = pytest.mark.django_db

SECRET = "s3cret-Pässword"


@pytest.fixture
def plain(settings):
    settings.CS_INBOX = settings.CS_INBOX | {"ALLOW_PLAIN_IMAP": True, "MAIL_TIMEOUT": 2}


def inbox_on(port, *, security="plain", password=SECRET, host="127.0.0.1"):
    values = MailboxSettings(host=host, port=port, security=security, user="support@shop.example")
    return mailboxes.configure(make_inbox(), by=None, settings=values, password=password)


def host_inbox(uri, **fields):
    row = apps.get_model("django_mailbox", "Mailbox").objects.create(name="host's", uri=uri, **fields)
    return make_inbox(mailbox=row)


def error_of(inbox):
    """The sentence for staff; whatever happened, it holds no secret and nothing that the server said."""
    with pytest.raises((MailboxError, ConfigurationError)) as caught, opened(inbox):
        pass
    text = str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert "SERVER-WORDS" not in text
    assert text.endswith(".")
    return text


# Against a real server


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_encrypted(dovecot, connected, security):
    port = {"ssl": dovecot.tls_port, "starttls": dovecot.port}[security]
    inbox = connected(security=security, port=port)
    assert folders_of(inbox) == ["INBOX"]
    with opened(inbox) as connection:
        assert isinstance(connection.server.sock, ssl.SSLSocket)


def test_unencrypted_only_where_it_is_allowed(dovecot, connected, plain, settings):
    inbox = connected(security="plain", port=dovecot.port)
    assert folders_of(inbox) == ["INBOX"]
    settings.CS_INBOX = settings.CS_INBOX | {"ALLOW_PLAIN_IMAP": False}
    assert "ALLOW_PLAIN_IMAP" in error_of(inbox)


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_certificate_that_nobody_vouches_for(dovecot, connected, monkeypatch, security):
    inbox = connected(security=security, port={"ssl": dovecot.tls_port, "starttls": dovecot.port}[security])
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "self-signed" in error_of(inbox) or "certificate" in error_of(inbox)


def test_a_certificate_of_another_server(connected, monkeypatch):
    inbox = connected(host="imap.other.example")
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more))
    assert "The certificate of imap.other.example cannot be trusted" in error_of(inbox)


def test_a_wrong_password(dovecot, connected):
    assert "does not accept this user name and password" in error_of(connected(password=SECRET))


def test_a_wrong_folder(connected):
    assert "There is no folder “Nowhere”" in error_of(connected(folder="Nowhere"))


def test_the_wrong_kind_of_encryption(dovecot, connected):
    assert "993" in error_of(connected(security="ssl", port=dovecot.port))


def test_the_password_from_the_environment(dovecot, connected, monkeypatch):
    inbox = connected(password="env:CS_INBOX_TEST_IMAP")
    assert "CS_INBOX_TEST_IMAP" in error_of(inbox)
    monkeypatch.setenv("CS_INBOX_TEST_IMAP", dovecot.password)
    assert folders_of(inbox)


def test_the_host_s_own_row_with_its_password(dovecot, mail_user, connected):
    connected()
    user = mail_user.replace("@", "%40")
    inbox = host_inbox(f"imap+ssl://{user}:{dovecot.password}@{dovecot.host}:{dovecot.tls_port}")
    dovecot.deliver(mail_user, b"From: a@example.jp\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n")
    assert fetch(inbox).stored == 1


def test_folders_are_listed_with_their_names(dovecot, mail_user, connected):
    dovecot.deliver(mail_user, b"\r\n", folder="問い合わせ")
    report = mailboxes.test(connected(), by=None)
    assert report.ok
    assert report.folders == ("INBOX", "問い合わせ")


def test_the_password_is_nowhere_to_be_found(dovecot, connected, caplog, rf):
    inbox = connected()
    with caplog.at_level(logging.DEBUG), opened(inbox) as connection:
        assert dovecot.password not in repr(vars(connection))
        assert dovecot.password not in repr(vars(connection.server))
    assert dovecot.password not in caplog.text
    assert dovecot.password not in str(inbox.mailbox.__dict__)
    assert dovecot.password not in str(list(IncomingMail.objects.values()))


def test_the_debug_page_of_an_error_hides_the_password(plain, rf, monkeypatch, settings):
    with ScriptedServer({"PASSWORD": b"{tag} NO SERVER-WORDS\r\n"}) as server:
        inbox = inbox_on(server.port)
        monkeypatch.setattr(module, "_login_error", lambda *_: 1 / 0)
        try:
            fetched = module.opened(inbox)
            fetched.__enter__()
        except ZeroDivisionError as error:
            settings.DEBUG = False
            request = rf.get("/")
            page = ExceptionReporter(request, type(error), error, error.__traceback__).get_traceback_text()
    assert "s3cret" not in page
    assert "ZeroDivisionError" in page


# Against servers that misbehave


def test_a_server_that_hides_starttls_gets_no_password(plain):
    with ScriptedServer({"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"}) as server:
        assert "offers no encryption" in error_of(inbox_on(server.port, security="starttls"))
    assert not any("AUTHENTICATE" in line or "LOGIN" in line for line in server.heard)


def test_a_server_that_says_we_are_logged_in_gets_no_password(plain):
    capability = b"* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done\r\n"
    with ScriptedServer({"CAPABILITY": capability}, greeting=b"* PREAUTH hi\r\n") as server:
        assert "offers no encryption" in error_of(inbox_on(server.port, security="starttls"))


def test_a_refused_starttls(plain):
    capability = b"* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done\r\n"
    answers = {"CAPABILITY": capability, "STARTTLS": b"{tag} NO done\r\n"}
    with ScriptedServer(answers) as server:
        assert error_of(inbox_on(server.port, security="starttls"))


def test_a_server_that_logs_in_by_itself(plain):
    with ScriptedServer({}, greeting=b"* PREAUTH hi\r\n") as server, opened(inbox_on(server.port)) as found:
        assert (found.uid_validity, found.next_uid, found.exists) == (7, 3, 2)


def test_a_password_goes_in_utf8(plain):
    with ScriptedServer({}) as server, opened(inbox_on(server.port)):
        pass
    import base64

    token = next(line for line in server.heard if " " not in line)
    assert base64.b64decode(token).decode() == f"\0support@shop.example\0{SECRET}"


def test_an_old_server_without_auth_plain(plain):
    with ScriptedServer({"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"}) as server:
        with opened(inbox_on(server.port, password='a "quoted" one')) as connection:
            assert "quoted" not in repr(vars(connection.server))
        assert any(line.endswith(r'LOGIN "support@shop.example" "a \"quoted\" one"') for line in server.heard)
        assert "plain Latin letters" in error_of(inbox_on(server.port))


@pytest.mark.parametrize("answer", [b"[UNAVAILABLE] SERVER-WORDS", b"Too many connections SERVER-WORDS"])
def test_later_is_not_wrong(plain, answer):
    with ScriptedServer({"PASSWORD": b"{tag} NO " + answer + b"\r\n"}) as server:
        assert "at the moment" in error_of(inbox_on(server.port))


@pytest.mark.parametrize("command", ["EXAMINE", "AUTHENTICATE"])
def test_hung_up(plain, command):
    with ScriptedServer({command: b"HANG UP"}) as server:
        assert "broke off" in error_of(inbox_on(server.port))


def test_a_goodbye_that_nobody_answers_harms_nothing(plain):
    with ScriptedServer({"LOGOUT": b"HANG UP"}) as server, opened(inbox_on(server.port)):
        pass


def test_silence(plain, settings):
    settings.CS_INBOX = settings.CS_INBOX | {"MAIL_TIMEOUT": 0.3}
    with ScriptedServer({}, greeting=b"") as server:
        assert "did not answer" in error_of(inbox_on(server.port))


def test_nobody_there(plain):
    assert "takes no connections" in error_of(inbox_on(free_port()))


def test_no_such_server(plain, monkeypatch):
    assert "was not found" in error_of(inbox_on(143, host="imap.nowhere.invalid"))


def test_garbage_for_a_greeting(plain):
    with ScriptedServer({}, greeting=b"SSH-2.0 SERVER-WORDS\r\n") as server:
        assert "broke off" in error_of(inbox_on(server.port))


# What cannot be opened at all


def test_rows_that_cannot_be_used(plain):
    assert "No mailbox" in error_of(make_inbox())
    assert "No mailbox" in error_of(host_inbox(""))
    assert "pop3" in error_of(host_inbox("pop3://a:b@host"))
    assert "port" in error_of(host_inbox("imap://a:b@host:99999"))
    assert "No password" in error_of(host_inbox("imap://a@host"))
    assert "takes no connections" in error_of(host_inbox(f"imap://:{SECRET}@127.0.0.1:{free_port()}"))


def test_a_row_that_was_never_an_address_is_an_error_of_its_inbox_only():
    broken = host_inbox("imap://a:[b@host")
    assert broken in inboxes_to_fetch()
    assert "cannot be read" in fetch(broken).error
    assert fetch(make_inbox()).error == "No mailbox is set up for this inbox."


def test_a_key_that_was_lost(settings):
    inbox = inbox_on(1, security="ssl")
    settings.SECRET_KEY = "another"
    assert "SECRET_KEYS" in error_of(inbox)


def test_what_getmail_looks_after_is_left_to_it():
    host_inbox("pop3://a:b@host", active=True)
    other = host_inbox("pop3://a:b@host", active=False)
    assert inboxes_to_fetch() == [other]


# Fetching from them


def test_an_error_is_kept_in_plain_words_and_cleared_by_success(dovecot, connected, caplog):
    inbox = connected(password=SECRET)
    for failures in (1, 2):
        report = fetch(inbox)
        state = FolderState.objects.get()
        assert state.last_error == report.error != ""
        assert state.failures == failures
        assert state.last_success_at is None
    assert SECRET not in caplog.text + state.last_error
    assert fetch(mailboxes_again(inbox, dovecot.password)).error == ""
    state.refresh_from_db()
    assert (state.last_error, state.failures) == ("", 0)


def mailboxes_again(inbox, password):
    return mailboxes.configure(inbox, by=None, settings=mailboxes.current(inbox), password=password)


def body(uid, raw):
    return b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, len(raw), raw)


SEARCH = b"* SEARCH 1 2\r\n{tag} OK done\r\n"
SIZES = b"* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n* 2 FETCH (UID 2 RFC822.SIZE 9)\r\n{tag} OK done\r\n"
HEADER = b"* 1 FETCH (UID 1 BODY[HEADER]<0> {11}\r\nSubject: h\n)\r\n{tag} OK done\r\n"


def test_one_mail_that_the_server_cannot_read_holds_up_no_other(plain):
    answers = {
        "UID SEARCH": SEARCH,
        "UID FETCH 1:2 .*SIZE": SIZES,
        "UID FETCH 1:2 ": b"{tag} NO SERVER-WORDS\r\n",
        r"UID FETCH 1 .*HEADER": HEADER,
        "UID FETCH 1 ": b"{tag} NO SERVER-WORDS\r\n",
        "UID FETCH 2 ": body(2, b"Subject: two\r\n\r\n") + b"{tag} OK done\r\n",
    }
    with ScriptedServer(answers) as server:
        report = fetch(inbox_on(server.port))
    assert (report.error, report.stored) == ("", 2)
    first, second = IncomingMail.objects.order_by("pk")
    assert (first.raw(), first.is_truncated, first.size) == (b"Subject: h\n", True, 9)
    assert (second.raw(), second.is_truncated) == (b"Subject: two\r\n\r\n", False)


def test_not_even_its_header(plain):
    answers = {
        "UID SEARCH UID 1:": b"* SEARCH 1\r\n{tag} OK done\r\n",
        "UID SEARCH UID 1": b"* SEARCH 1\r\n{tag} OK done\r\n",
        "UID FETCH .*SIZE": b"* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n{tag} OK done\r\n",
        "UID FETCH": b"{tag} NO SERVER-WORDS\r\n",
    }
    with ScriptedServer(answers) as server:
        assert fetch(inbox_on(server.port)).stored == 1
    mail = IncomingMail.objects.get()
    assert (mail.raw(), mail.is_truncated) == (b"", True)


def test_deleted_while_we_were_reading(plain):
    answers = {
        "UID SEARCH UID 1:": b"* SEARCH 1\r\n{tag} OK done\r\n",
        "UID FETCH .*SIZE": b"* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n{tag} OK done\r\n",
    }
    with ScriptedServer(answers) as server:
        report = fetch(inbox_on(server.port))
    assert (report.error, report.stored) == ("", 0)
    assert FolderState.objects.get().last_uid == 1


def test_a_server_that_tells_no_next_number(plain):
    answers = {
        "EXAMINE": b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK done\r\n",
        "UID SEARCH UID 1:": SEARCH,
        "UID SEARCH UID 3:": b"* SEARCH 2\r\n{tag} OK done\r\n",  # the star: the newest mail, though older
    }
    with ScriptedServer(answers) as server:
        inbox = inbox_on(server.port)
        assert fetch(inbox, only_new=True).error == ""
        assert FolderState.objects.get().last_uid == 2
        assert fetch(inbox).stored == 0


def test_a_refused_search_is_an_error_of_this_inbox(plain):
    with ScriptedServer({"UID SEARCH": b"{tag} NO SERVER-WORDS\r\n"}) as server:
        assert "refused" in fetch(inbox_on(server.port)).error


def test_an_answer_that_nobody_understands(plain, caplog):
    with ScriptedServer({"EXAMINE": b"* OK [UIDVALIDITY SERVER-WORDS] x\r\n{tag} OK done\r\n"}) as server:
        report = fetch(inbox_on(server.port))
    assert "ValueError" in report.error
    assert "SERVER-WORDS" not in caplog.text + report.error
