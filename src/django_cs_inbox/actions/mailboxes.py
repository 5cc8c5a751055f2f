"""Where an inbox's mail comes from. A password goes in here and is never given out again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlencode, urlsplit

from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from .. import permissions, secrets
from ..conf import conf
from ..exceptions import ConfigurationError, InvalidInput, MailboxError
from ..models import FolderState, Inbox
from .events import record

#: Security → suffix of the URI's scheme, usual port.
SECURITIES = {"ssl": ("+ssl", 993), "starttls": ("+tls", 143), "plain": ("", 143)}
PROTOCOLS = ("imap",)
#: A person with the right to enter a server must not be able to send that server just any variable.
ENV_NAME = re.compile(r"CS_INBOX_[A-Z0-9_]{1,100}")

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:]{2,39}\]?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_TESTS, _TEST_SECONDS = 10, 600


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """How to reach a mailbox, without the password. ``security`` is "ssl", "starttls" or "plain"."""

    host: str
    user: str
    protocol: str = "imap"
    port: int = 993
    security: str = "ssl"
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """What a test of the connection found out, in words for the person who pressed the button."""

    ok: bool
    message: str
    folders: tuple[str, ...] = field(default=())


#: Logs in, opens the inbox's folder and returns the names of all folders; raises ``MailboxError``.
Transport = Callable[[Inbox], Sequence[str]]
_transport: Transport | None = None


def register_transport(transport: Transport) -> None:
    """Name the part that talks to mail servers; ``mailbox`` does it when the app is ready."""
    global _transport
    _transport = transport


@sensitive_variables("password")
def configure(inbox: Inbox, *, by: Any, settings: MailboxSettings, password: str = "") -> Inbox:
    """Let the inbox take its mail from this mailbox. An empty password keeps the stored one, but only for the
    same server and user: otherwise whoever may enter a server could have the password sent to their own.

    A password ``env:CS_INBOX_…`` names an environment variable. ``by=None`` stands for the program itself.
    Raises ``NotAllowed`` and ``InvalidInput``.
    """
    _demand_manage(by)
    _validate(settings, password)
    with transaction.atomic():
        inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
        before = current(inbox)
        if password:
            is_reference = password.startswith(secrets.ENV_PREFIX)
            inbox.mailbox_secret = password if is_reference else secrets.encrypt(password)
        elif not inbox.mailbox_secret or before is None or _account(before) != _account(settings):
            raise InvalidInput(
                _("Enter the password. It has to be entered again when server or user change.")
            )
        row = _own_row(inbox)
        row.name = f"cs_inbox: {inbox.name}"[:255]
        row.uri = _uri(settings)
        # ``getmail`` of django-mailbox looks into active mailboxes only, and would find no password here.
        row.active = False
        row.save()
        _attach(inbox, row)
        record(
            "mailbox.configured",
            by=by,
            target=inbox,
            protocol=settings.protocol,
            host=settings.host,
            port=settings.port,
            security=settings.security,
            password_changed=bool(password),
        )
    return inbox


def adopt(inbox: Inbox, *, by: Any, mailbox_id: int) -> Inbox:
    """Let the inbox take its mail from a mailbox that the shop has already set up in django-mailbox. Its
    password stays where it is.

    Raises ``NotAllowed``, and ``InvalidInput`` when there is no such mailbox.
    """
    _demand_manage(by)
    row = _mailbox_model().objects.filter(pk=mailbox_id).first()
    if row is None:
        raise InvalidInput(_("This mailbox does not exist."))
    with transaction.atomic():
        inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
        inbox.mailbox_secret = ""
        _attach(inbox, row)
        record("mailbox.configured", by=by, target=inbox, mailbox=row.pk)
    return inbox


def disconnect(inbox: Inbox, *, by: Any) -> Inbox:
    """Take no more mail from the inbox's mailbox and forget its password. Mail taken so far stays.

    Raises ``NotAllowed``.
    """
    _demand_manage(by)
    with transaction.atomic():
        inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
        inbox.mailbox_secret = ""
        _attach(inbox, None)
        record("mailbox.configured", by=by, target=inbox, disconnected=True)
    return inbox


def current(inbox: Inbox) -> MailboxSettings | None:
    """How the inbox's mailbox is reached, for a form; None when it has none or an unreadable one. Holds
    no password."""
    parts = _parts(inbox.mailbox)
    if parts is None:
        return None
    protocol, _plus, suffix = parts.scheme.lower().partition("+")
    security = {"ssl": "ssl", "tls": "starttls"}.get(suffix, "ssl" if protocol == "gmail" else "plain")
    try:
        port = parts.port
    except ValueError:
        port = None
    return MailboxSettings(
        protocol=protocol,
        host=parts.hostname or parts.path,
        port=port or SECURITIES[security][1],
        security=security,
        user=unquote(parts.username or ""),
        folder=parse_qs(parts.query).get("folder", ["INBOX"])[0],
    )


def password_source(inbox: Inbox) -> str:
    """What a form may say about the password: "" for none, "stored", or the name ``env:…``."""
    if inbox.mailbox_secret.startswith(secrets.ENV_PREFIX):
        return inbox.mailbox_secret
    if inbox.mailbox_secret:
        return "stored"
    parts = _parts(inbox.mailbox)
    return "stored" if parts is not None and parts.password else ""


def test(inbox: Inbox, *, by: Any) -> ConnectionReport:
    """Try the stored settings: log in, open the folder, list the folders. Never says what the server said.

    Raises ``NotAllowed``, and ``InvalidInput`` when somebody tries too often.
    """
    if by is not None:
        allowed = permissions.has_perm(by, permissions.TEST_MAILBOX)
        permissions.demand(allowed, _("You are not allowed to test connections to mail servers."))
        _limit(by)
    if _transport is None:
        raise ConfigurationError("Nothing is registered that talks to mail servers (register_transport).")
    try:
        folders = tuple(_transport(inbox))
    except (MailboxError, ConfigurationError) as error:
        report = ConnectionReport(ok=False, message=str(error))
    else:
        text = ngettext(
            "The connection works. The mailbox has %(count)s folder.",
            "The connection works. The mailbox has %(count)s folders.",
            len(folders),
        )
        report = ConnectionReport(ok=True, message=text % {"count": len(folders)}, folders=folders)
    record("mailbox.tested", by=by, target=inbox, ok=report.ok)
    return report


def _demand_manage(by: Any) -> None:
    if by is not None:
        allowed = permissions.has_perm(by, permissions.MANAGE_INBOX)
        permissions.demand(allowed, _("You are not allowed to change inboxes."))


def _limit(by: Any) -> None:
    """Without a limit the button would be a port scanner."""
    key = f"cs_inbox:mailbox-test:{by.pk}"
    cache.add(key, 0, _TEST_SECONDS)
    try:
        count = cache.incr(key)
    except ValueError:  # the entry ended between the two calls, or the cache keeps nothing
        count = 1
    if count > _TESTS:
        raise InvalidInput(_("Too many tests. Wait ten minutes and try again."))


@sensitive_variables("password")
def _validate(settings: MailboxSettings, password: str) -> None:
    if settings.protocol not in PROTOCOLS:
        raise InvalidInput(_("This kind of mailbox is not supported."))
    if settings.security not in SECURITIES:
        raise InvalidInput(_("Choose how the connection is encrypted."))
    if settings.security == "plain" and not conf.allow_plain_imap:
        raise InvalidInput(
            _(
                "Unencrypted connections are switched off. Choose SSL/TLS or STARTTLS, or set "
                "ALLOW_PLAIN_IMAP for a server on the same machine."
            )
        )
    if not _HOST.fullmatch(settings.host):
        raise InvalidInput(_("Enter the name of the mail server, for example imap.example.com."))
    if not 1 <= settings.port <= 65535:
        raise InvalidInput(_("Enter a port between 1 and 65535."))
    if not settings.user or not settings.folder or _CONTROLS.search(settings.user + settings.folder):
        raise InvalidInput(_("Enter user name and folder in one line each."))
    if len(_uri(settings)) > 255:
        raise InvalidInput(_("Server, user name and folder are too long together."))
    if _CONTROLS.search(password):
        raise InvalidInput(_("The password contains a character that cannot be typed."))
    name = password.removeprefix(secrets.ENV_PREFIX)
    if name != password and not ENV_NAME.fullmatch(name):
        raise InvalidInput(_("The environment variable's name must begin with CS_INBOX_."))


def _uri(settings: MailboxSettings) -> str:
    suffix = SECURITIES[settings.security][0]
    host = settings.host.strip("[]")
    host = f"[{host}]" if ":" in host else host
    query = urlencode({"folder": settings.folder})
    user = quote(settings.user, safe="")
    return f"{settings.protocol}{suffix}://{user}@{host}:{settings.port}?{query}"


def _parts(mailbox: Any) -> SplitResult | None:
    """The parts of a mailbox's address; None when there is none, or when it was never one."""
    try:
        return urlsplit(mailbox.uri) if mailbox is not None and mailbox.uri else None
    except ValueError:
        return None


def _account(settings: MailboxSettings) -> tuple[object, ...]:
    return (settings.protocol, settings.host.lower(), settings.port, settings.security, settings.user)


def _own_row(inbox: Inbox) -> Any:
    """The row that ``configure`` made for this inbox, or a new one; the host's rows stay as they are."""
    model = _mailbox_model()
    row = inbox.mailbox
    parts = _parts(row)
    if row is None or row.active or (row.uri and (parts is None or parts.password is not None)):
        return model()
    is_shared = Inbox.objects.filter(mailbox=row).exclude(pk=inbox.pk).exists()
    return model() if is_shared else row


def _attach(inbox: Inbox, row: Any) -> None:
    """Set the mailbox. Another account's cursor would skip mails; reading twice does no harm."""
    inbox.mailbox = row
    inbox.save(update_fields=["mailbox", "mailbox_secret"])
    FolderState.objects.filter(inbox=inbox).update(last_error="", failures=0)


def _mailbox_model() -> Any:
    return apps.get_model("django_mailbox", "Mailbox")
