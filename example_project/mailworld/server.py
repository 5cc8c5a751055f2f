"""The two servers and their life: SMTP by aiosmtpd, IMAP by pymap, both on one event loop."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP
from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.imap import IMAPServer

from .store import Mailboxes, MailConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from aiosmtpd.smtp import Envelope, Session

PASSWORD = "demo"
ALIASES = {"order@kotori.example": "support@kotori.example"}
LOCAL_DOMAINS = ("example", "example.jp", "example.com", "example.net", "example.org", "test")


class _Receiver:
    """What aiosmtpd calls for each command of a mail transaction."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self.mailboxes = mailboxes

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        local, _, domain = address.rpartition("@")
        if not any(domain.lower() == d or domain.lower().endswith("." + d) for d in LOCAL_DOMAINS):
            return "550 5.7.1 This mail server delivers to example domains only"
        if local.lower() == "unknown":
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mailboxes = self.mailboxes
        recipients = {mailboxes.resolve(address): address for address in reversed(envelope.rcpt_tos)}
        for address in recipients.values():
            await mailboxes.deliver(
                address,
                envelope.mail_from or "",
                envelope.original_content or b"",
                peer=str(session.host_name or "localhost"),
            )
        return "250 2.0.0 Delivered"


class MailWorld:
    """A complete small mail world. Port 0 asks the system for a free one; read the real one after start.

    Without a root the mails live in a temporary directory and go away with the object. With a root they
    stay, and so do their UIDs and the mailboxes' UIDVALIDITY.
    """

    def __init__(
        self,
        root: str | Path | None = None,
        *,
        host: str = "127.0.0.1",
        smtp_port: int = 1025,
        imap_port: int = 1143,
        password: str = PASSWORD,
        aliases: Mapping[str, str] = ALIASES,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="mailworld-") if root is None else None
        self.root = Path(self._temporary.name if self._temporary else root)
        self.host = host
        self.smtp_port = smtp_port
        self.imap_port = imap_port
        self.mailboxes = Mailboxes(MailConfig(self.root), password, aliases)
        self._connections: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    async def serve(self, ready: Callable[[], object], stop: asyncio.Event) -> None:
        """Run both servers until the event is set."""
        self.mailboxes.prepare()
        self.mailboxes.config.apply_context()
        receiver = _Receiver(self.mailboxes)
        smtp_sessions: set[SMTP] = set()

        def smtp() -> SMTP:
            session = SMTP(receiver, hostname="mx.kotori.example", ident="mailworld", enable_SMTPUTF8=True)
            smtp_sessions.add(session)
            return session

        imap = IMAPServer(self.mailboxes, self.mailboxes.config)

        async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            self._connections.add(task)
            try:
                peer = SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid4().bytes)
                await imap(reader, writer, peer)
            except (ConnectionError, asyncio.CancelledError):
                pass  # the client went away, or the world is closing
            finally:
                self._connections.discard(task)
                writer.close()

        loop = asyncio.get_running_loop()
        smtp_server = await loop.create_server(smtp, self.host, self.smtp_port)
        try:
            imap_server = await asyncio.start_server(connection, self.host, self.imap_port)
        except OSError:
            smtp_server.close()
            raise
        self.smtp_port = smtp_server.sockets[0].getsockname()[1]
        self.imap_port = imap_server.sockets[0].getsockname()[1]
        try:
            ready()
            await stop.wait()
        finally:
            smtp_server.close()
            imap_server.close()
            for session in smtp_sessions:
                if session.transport is not None:
                    session.transport.abort()
            for task in list(self._connections):
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            await asyncio.sleep(0)

    def start(self) -> Self:
        """Run the servers in a thread; returns when both accept connections."""
        ready = threading.Event()

        async def main() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            await self.serve(ready.set, self._stop)

        def run() -> None:
            try:
                asyncio.run(main())
            except BaseException as failure:  # start() raises it in the caller's thread
                self._failure = failure
            finally:
                ready.set()

        self._thread = threading.Thread(target=run, name="mailworld", daemon=True)
        self._thread.start()
        ready.wait(10)
        if self._failure is not None:
            raise self._failure
        return self

    def stop(self) -> None:
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join(10)
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()
