"""Mailboxes on disk, as pymap's maildir backend reads them.

pymap's own maildir code takes a mail apart and writes it anew on every read and append. A demo about mail
must hand out the bytes that came in, so the classes here read and write the file as it is.
"""

from __future__ import annotations

import os
import time
from argparse import Namespace
from contextlib import asynccontextmanager
from email.errors import MessageError
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pymap.backend.maildir import Config, FilterSet, Identity, Session
from pymap.backend.maildir.io import FileWriteable
from pymap.backend.maildir.layout import MaildirLayout
from pymap.backend.maildir.mailbox import MailboxSet, Maildir, Message
from pymap.exceptions import InvalidAuth
from pymap.interfaces.login import LoginInterface
from pymap.mime.parsed import ParsedHeaders
from pymap.token import AllTokens
from pymap.user import UserMetadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from pysasl.creds.server import ServerCredentials


class RawMail:
    """Stands where pymap expects a parsed message and asks for its bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __bytes__(self) -> bytes:
        return self.data


class RawMaildir(Maildir):
    """A maildir that gives back exactly the bytes it was given."""

    def get_message(self, key: str) -> Any:
        return RawMail(self.get_bytes(key))

    def add(self, message: Any) -> str:
        data = getattr(message, "raw", None)
        if data is None:
            return super().add(message)
        key = super().add(data)  # bytes are written as they are, into "new"
        old = Path(self._path, self._lookup(key))
        info = self.colon + message.get_info()
        new = Path(self._path, message.get_subdir(), key + (info if message.get_subdir() == "cur" else ""))
        old.rename(new)
        os.utime(new, (time.time(), message.get_date()))
        return key


class Folders(MailboxSet):
    """A person's folders. pymap reports an existing folder with an error its own session does not expect."""

    async def add_mailbox(self, name: str) -> Any:
        try:
            return await super().add_mailbox(name)
        except KeyError as conflict:
            raise ValueError(name) from conflict


def _to_maildir(cls: type[Message], append_msg: Any, recent: bool, maildir_flags: Any) -> Any:
    message = _parsed_to_maildir(append_msg, recent, maildir_flags)
    message.raw = bytes(append_msg.literal)
    return message


_parsed_to_maildir = Message.to_maildir
Message.to_maildir = classmethod(_to_maildir)  # type: ignore[method-assign, assignment]


def _file_write(self: FileWriteable) -> None:
    # pymap writes the new list into the system's temporary directory and renames it, which fails where
    # that directory is another file system. Write it next to its target.
    target = Path(self.get_file(self.path))
    with NamedTemporaryFile("w", dir=target.parent, prefix=".", delete=False) as tmp:
        self.write(tmp)
    Path(tmp.name).replace(target)
    self._touched = False


FileWriteable.file_write = _file_write  # type: ignore[method-assign]


def _parse_headers(cls: type[ParsedHeaders], values: Any) -> Iterator[Any]:
    # Python's header parser fails on some mail of real life, and a failure here would end the connection.
    # What it cannot read is missing from ENVELOPE and SEARCH; the mail itself is handed out untouched.
    for lines in values:
        try:
            name, text = SMTP.header_source_parse([line.decode("ascii", "surrogateescape") for line in lines])
            header = cls._registry(name, text)
            str(header).encode()
        except (LookupError, TypeError, ValueError, AttributeError, MessageError):
            continue
        if getattr(header, "datetime", header) is not None:
            yield header


ParsedHeaders._parse = classmethod(_parse_headers)  # type: ignore[method-assign, assignment]


class MailConfig(Config):
    """pymap's settings without its command line."""

    def __init__(self, root: Path) -> None:
        args = Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None)
        super().__init__(
            args,
            host="127.0.0.1",
            port=0,
            base_dir=str(root),
            layout="++",
            colon=None,
            tls_enabled=False,
            secure_auth=False,
            reject_dnsbl=False,
            invalid_user_sleep=0.0,
        )

    @classmethod
    def parse_args(cls, args: Namespace) -> Mapping[str, Any]:
        return {}

    @property
    def greeting(self) -> bytes:
        return b"mailworld ready"  # the inherited one looks up a host name, which can take seconds


class Mailboxes(LoginInterface):
    """All mailboxes below one directory: pymap asks it who may log in, the SMTP side delivers through it."""

    def __init__(self, config: MailConfig, password: str, aliases: Mapping[str, str]) -> None:
        super().__init__()
        self.config = config
        self.root = Path(config.base_dir)
        self.password = password
        self.aliases = aliases
        self._tokens = AllTokens(config)
        self._open: dict[str, Folders] = {}

    def prepare(self) -> None:
        """Make the directory, and take away the locks of a process that was killed."""
        self.root.mkdir(parents=True, exist_ok=True)
        for lock in self.root.glob("*/*.lock"):
            lock.unlink(missing_ok=True)

    @property
    def tokens(self) -> AllTokens:
        return self._tokens

    async def authenticate(self, credentials: ServerCredentials) -> Owner:
        user = UserMetadata(self.config, credentials.authcid, password=self.password)
        if "@" not in credentials.authcid or not credentials.verify(_Cleartext(user)):
            raise InvalidAuth
        return Owner(self, credentials.authcid)

    async def authorize(self, authenticated: Any, authzid: str) -> Owner:
        if authenticated.name != authzid:
            raise InvalidAuth
        return Owner(self, authzid)

    def resolve(self, address: str) -> str:
        """The mailbox that mail to this address lands in."""
        address = address.strip().lower()
        return self.aliases.get(address, address)

    def path(self, address: str) -> Path:
        return self.root / quote(self.resolve(address), safe="@+=!~")

    def mailbox_set(self, address: str) -> Folders:
        name = self.resolve(address)
        if name not in self._open:
            path = str(self.path(name))
            layout = MaildirLayout.get(path, self.config.layout, RawMaildir)
            self._open[name] = Folders(RawMaildir(path, create=True), layout)
        return self._open[name]

    async def deliver(self, address: str, sender: str, raw: bytes, *, peer: str = "localhost") -> None:
        """Put a mail into the mailbox of this address, with the trace lines a mail server adds."""
        home = self.mailbox_set(address)
        trace = (
            f"Return-Path: <{sender}>\r\n"
            f"Delivered-To: {self.resolve(address)}\r\n"
            f"X-Original-To: {address}\r\n"
            f"Received: from {peer} by mx.kotori.example (mailworld) with ESMTP\r\n"
            f"\tfor <{address}>; {formatdate(localtime=True)}\r\n"
        )
        home._inbox_maildir.add(trace.encode("utf-8", "surrogateescape") + raw)
        await home.get_mailbox("INBOX")  # gives the new file its UID, so that idling clients see it


class _Cleartext:
    """A user whose password is no secret. Comparing hashes would only make each login slow."""

    def __init__(self, user: UserMetadata) -> None:
        self.authcid = user.name
        self._password = user.password

    def compare_authcid(self, authcid: str) -> bool:
        return self.authcid.lower() == authcid.lower()

    def compare_secret(self, value: str) -> bool:
        return value == self._password

    def get_clear_secret(self) -> str | None:
        return self._password


class Owner(Identity):
    """Whoever knows the password owns the mailbox of the name he gave."""

    def __init__(self, mailboxes: Mailboxes, name: str) -> None:
        super().__init__(mailboxes.config, mailboxes.tokens, name, None, frozenset())
        self._mailboxes = mailboxes

    @asynccontextmanager
    async def new_session(self) -> AsyncIterator[Session]:
        home = self._mailboxes.mailbox_set(self.name)
        yield Session(self.name, self._mailboxes.config, home, FilterSet(home._layout.path))

    async def get(self) -> UserMetadata:
        return UserMetadata(self.config, self.name, password=self._mailboxes.password)
