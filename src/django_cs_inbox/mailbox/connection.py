"""A connection to an inbox's mailbox: django-mailbox's row and transport, with our own care for TLS, for
time-outs, and for the password, which is in memory only while it is sent."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django_mailbox.models import Mailbox
from django_mailbox.transports import ImapTransport

from .. import secrets
from ..conf import conf
from ..exceptions import MailboxError
from ..models import Inbox
from .folders import parse_list_line, quoted

#: Answers of a server that wants to be asked later (RFC 5530), as against a wrong password.
_LATER = re.compile(
    rb"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|OVERQUOTA)\]|too many|try again|\brate\b", re.IGNORECASE
)


class VerifiedImapTransport(ImapTransport):  # type: ignore[misc]
    """django-mailbox's IMAP transport, but the certificate is verified, STARTTLS is demanded where it was
    chosen, everything has a time-out, and the folder is opened for reading only."""

    server: imaplib.IMAP4
    #: Whose mailbox it is; differs when server or user do.
    account = ""

    @sensitive_variables("password")
    def connect(self, username: str, password: str) -> None:
        """Log in and open the folder. Raises ``MailboxError`` in plain words."""
        self.account = f"{self.hostname}:{self.port}:{username}"
        with plain_words(self.hostname, self.port):
            self._open()
        try:
            with plain_words(self.hostname, self.port):
                self._secure()
                self._log_in(username, password)
                self._select(self.folder or "INBOX")
        except BaseException:
            self.abandon()
            raise

    def close(self) -> None:
        """Say goodbye. Never raises."""
        try:
            self.server.logout()
        except (imaplib.IMAP4.error, OSError):
            self.abandon()

    def abandon(self) -> None:
        """Hang up without waiting for a server that may not listen any more. Never raises."""
        with suppress(OSError):
            self.server.shutdown()

    def list_folders(self) -> list[str]:
        """Names of all folders that can be opened, decoded."""
        with plain_words(self.hostname, self.port):
            lines = self._demand(self.server.list())
        return sorted({name for line in lines if (name := parse_list_line(line)) is not None})

    def uid(self, command: str, *arguments: str) -> list[Any]:
        """The data of a UID command. Raises ``Refused`` for a NO, ``MailboxError`` for a lost connection."""
        with plain_words(self.hostname, self.port):
            return self._demand(self.server.uid(command, *arguments))

    @property
    def uid_validity(self) -> int:
        """What tells whether the numbers of the folder are still those of the last visit."""
        return self._number("UIDVALIDITY")

    @property
    def next_uid(self) -> int:
        """The number that the next mail to arrive will get, or 0 when the server does not say."""
        return self._number("UIDNEXT")

    @property
    def exists(self) -> int:
        """How many mails the folder holds."""
        return self._number("EXISTS")

    def _number(self, name: str) -> int:
        found: list[Any] = self.server.untagged_responses.get(name) or [b"0"]
        return int(found[-1])

    def _open(self) -> None:
        if self.transport is imaplib.IMAP4_SSL:
            self.server = imaplib.IMAP4_SSL(
                self.hostname, self.port, ssl_context=ssl.create_default_context(), timeout=conf.mail_timeout
            )
        elif self.tls or conf.allow_plain_imap:
            self.server = imaplib.IMAP4(self.hostname, self.port, timeout=conf.mail_timeout)
        else:
            raise MailboxError(
                _(
                    "Unencrypted connections are switched off. Choose SSL/TLS or STARTTLS, or set "
                    "ALLOW_PLAIN_IMAP for a server on the same machine."
                )
            )

    def _secure(self) -> None:
        if not self.tls:
            return
        # A server that greets us as logged in, or hides STARTTLS, would get the password in the clear.
        if self.server.state != "NONAUTH" or "STARTTLS" not in self.server.capabilities:
            raise MailboxError(
                _(
                    "%(host)s offers no encryption (STARTTLS) on port %(port)s. Choose SSL/TLS, "
                    "usually on port 993."
                )
                % {"host": self.hostname, "port": self.port}
            )
        self.server.starttls(ssl_context=ssl.create_default_context())

    @sensitive_variables()
    def _log_in(self, username: str, password: str) -> None:
        if self.server.state != "NONAUTH":
            return
        try:
            if "AUTH=PLAIN" in self.server.capabilities:
                # In UTF-8, and never part of a command line that imaplib might keep or show.
                token = f"\0{username}\0{password}".encode()
                self.server.authenticate("PLAIN", lambda _challenge: token)
            elif (username + password).isascii():
                self.server.login(self.server._quote(username), password)
            else:
                raise MailboxError(
                    _("%(host)s takes only plain Latin letters in user name and password.")
                    % {"host": self.hostname}
                )
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise _login_error(self.hostname, error) from None
        finally:
            # imaplib remembers its last commands for debugging; LOGIN is one of them.
            getattr(self.server, "_cmd_log", {}).clear()

    def _select(self, folder: str) -> None:
        # Read-only: looking must not even take the "recent" mark off a mail.
        status, _data = self.server.select(quoted(folder), readonly=True)
        if status != "OK":
            raise MailboxError(_("There is no folder “%(folder)s” in the mailbox.") % {"folder": folder})

    @staticmethod
    def _demand(response: tuple[str, list[Any]]) -> list[Any]:
        status, data = response
        if status != "OK":
            raise Refused
        return data


class Refused(MailboxError):  # noqa: N818 - reads as the sentence it is
    """The server answered NO to a command; the connection still works."""

    def __str__(self) -> str:
        return _("The mail server refused a command. It may be overloaded; it will be asked again.")


@contextmanager
def opened(inbox: Inbox) -> Iterator[VerifiedImapTransport]:
    """A logged-in connection with the inbox's folder open for reading. Raises ``MailboxError``."""
    transport = _build(inbox.mailbox)
    transport.connect(*_credentials(inbox, inbox.mailbox))
    try:
        yield transport
    except BaseException:
        transport.abandon()
        raise
    transport.close()


def folders_of(inbox: Inbox) -> list[str]:
    """Log in and list all folders: what ``actions.mailboxes.test`` needs."""
    with opened(inbox) as connection:
        return connection.list_folders()


def kind_of(mailbox: Mailbox) -> str:
    """Which protocol the host's row names; "" when it names none. One row that nobody can read – a bracket in
    a password is enough – must not stop the others."""
    try:
        return str(mailbox.type) if mailbox.uri else ""
    except ValueError:
        return ""


def folder_of(mailbox: Mailbox | None) -> str:
    """The folder that the host's row names, else the inbox of the mailbox."""
    try:
        return str(mailbox.folder or "INBOX") if mailbox is not None and mailbox.uri else "INBOX"
    except ValueError:
        return "INBOX"


def _build(mailbox: Mailbox | None) -> VerifiedImapTransport:
    if mailbox is None or not mailbox.uri:
        raise MailboxError(_("No mailbox is set up for this inbox."))
    kind = kind_of(mailbox)
    if not kind:
        raise MailboxError(_("The address of the mailbox cannot be read. Enter server and user name again."))
    if kind != "imap":
        raise MailboxError(
            _("Mailboxes of the kind “%(kind)s” are read by django-mailbox's own getmail command.")
            % {"kind": kind}
        )
    try:
        port = mailbox.port
    except ValueError:
        raise MailboxError(_("The port of the mailbox is not a number from 1 to 65535.")) from None
    return VerifiedImapTransport(
        mailbox.location,
        port=port,
        ssl=mailbox.use_ssl,
        tls=mailbox.use_tls,
        archive=mailbox.archive,
        folder=mailbox.folder,
    )


@sensitive_variables()
def _credentials(inbox: Inbox, mailbox: Mailbox) -> tuple[str, str]:
    """User and password: ours, else the one in the host's own row."""
    parts = urlsplit(mailbox.uri)
    user = mailbox.username if parts.username else ""
    if inbox.mailbox_secret:
        return user, secrets.resolve(inbox.mailbox_secret)
    if parts.password is None:
        raise MailboxError(_("No password is stored for this mailbox. Enter it in the inbox's settings."))
    return user, mailbox.password


def _login_error(host: str, error: imaplib.IMAP4.error) -> MailboxError:
    answer = error.args[0] if error.args else b""
    if _LATER.search(answer if isinstance(answer, bytes) else str(answer).encode()):
        return MailboxError(
            _("%(host)s takes no log-in at the moment. It will be tried again by itself.") % {"host": host}
        )
    return MailboxError(
        _("%(host)s does not accept this user name and password. Some providers demand an app password.")
        % {"host": host}
    )


@contextmanager
def plain_words(host: str, port: int) -> Iterator[None]:
    """Errors of the network as sentences that say what to do, without a word of the server's."""
    values = {"host": host, "port": port, "seconds": int(conf.mail_timeout)}
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        values["reason"] = error.verify_message
        text = _("The certificate of %(host)s cannot be trusted (%(reason)s). Nothing was sent.")
    except ssl.SSLError:
        text = _(
            "No encrypted connection to %(host)s on port %(port)s. Check port and encryption: SSL/TLS is "
            "usually on port 993, STARTTLS on port 143."
        )
    except socket.gaierror:
        text = _("The mail server %(host)s was not found. Check how it is written.")
    except TimeoutError:
        text = _("%(host)s did not answer on port %(port)s within %(seconds)s seconds.")
    except ConnectionRefusedError:
        text = _("%(host)s takes no connections on port %(port)s. Check port and server.")
    except (imaplib.IMAP4.error, OSError, EOFError):
        text = _("The connection to %(host)s broke off. It will be tried again by itself.")
    else:
        return
    raise MailboxError(text % values) from None
