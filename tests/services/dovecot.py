"""A Dovecot of our own: temporary folder, own ports on 127.0.0.1, any user with one password."""

from __future__ import annotations

import grp
import imaplib
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from .certificate import write_self_signed
from .ports import answers, find_binary, free_port, wait_until

CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
mail_location = maildir:~/Maildir:UTF-8
mail_max_userip_connections = 100
first_valid_uid = 1
auth_mechanisms = plain login
auth_failure_delay = 0 secs
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
# Not a passwd-file: Dovecot looks only once a second whether that has changed.
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={root}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # Else every login after a refused one waits for seconds.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """``with Dovecot() as server: server.deliver("shop@shop.example", raw)``"""

    host = "127.0.0.1"
    password = "imap-secret"

    def __init__(self) -> None:
        # A path of its own rather than pytest's: Unix sockets allow 107 characters, and the mail user
        # must be able to walk in.
        self.root = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
        self.root.chmod(0o755)
        self.port, self.tls_port = free_port(), free_port()
        self.certificate, self._key = write_self_signed(self.root)
        self._users: set[str] = set()
        self._lock = threading.Lock()
        self._serial = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None
        self._configure()

    def _configure(self) -> None:
        me = pwd.getpwuid(os.getuid()).pw_name
        group = grp.getgrgid(os.getgid()).gr_name
        # Dovecot opens no mailbox as root.
        mailer = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._owner = (mailer.pw_uid, mailer.pw_gid)
        for name in ("run", "state", "mail"):
            (self.root / name).mkdir()
        os.chown(self.root / "mail", *self._owner)
        is_root = os.getuid() == 0
        (self.root / "dovecot.conf").write_text(
            CONFIG.format(
                root=self.root,
                password=self.password,
                port=self.port,
                tls_port=self.tls_port,
                certificate=self.certificate,
                key=self._key,
                mail_user=mailer.pw_uid,
                mail_group=mailer.pw_gid,
                internal_user="dovecot" if is_root else me,
                internal_group="dovecot" if is_root else group,
                login_user="dovenull" if is_root else me,
            )
        )

    def __enter__(self) -> Dovecot:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start, or start again after ``stop``, on the same ports and with the same mails."""
        binary = find_binary("dovecot")
        with (self.root / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [binary, "-F", "-c", str(self.root / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        wait_until(self._is_up, what=f"Dovecot does not answer; its log is in {self.root}")

    def _is_up(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"Dovecot ended at once:\n{self.log()}")
        return answers(self.port, b"* OK")

    def stop(self) -> None:
        """Stop serving; mails and users stay. Connections in use are cut."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def log(self) -> str:
        """What the server wrote, for the message of a failing test."""
        files = (self.root / "output", self.root / "log")
        return "".join(file.read_text("utf-8", "replace") for file in files if file.exists())

    def add_user(self, user: str) -> None:
        """An empty mailbox; its password is ``self.password``. Known users are left alone."""
        with self._lock:
            if user in self._users:
                return
            self._make_folders(self.root / "mail" / user, "Maildir")
            self._users.add(user)

    def deliver(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """Put these very bytes into the mailbox, as a local delivery agent does."""
        self.add_user(user)
        target = self.root / "mail" / user / "Maildir"
        if folder != "INBOX":
            with self._lock:
                self._make_folders(target, f".{folder}")
            target /= f".{folder}"
        # Dovecot numbers new mails in the order of these names.
        name = f"{time.time_ns()}.{next(self._serial):08d}.{socket.gethostname()}"
        (target / "tmp" / name).write_bytes(raw)
        os.chown(target / "tmp" / name, *self._owner)
        (target / "tmp" / name).rename(target / "new" / name)

    def _make_folders(self, parent: Path, folder: str) -> None:
        for path in (parent, parent / folder, *(parent / folder / part for part in ("cur", "new", "tmp"))):
            if not path.exists():
                path.mkdir()
                os.chown(path, *self._owner)

    def connect(self, user: str) -> imaplib.IMAP4:
        """A logged-in connection, to look at the server from outside the package."""
        self.add_user(user)
        connection = imaplib.IMAP4(self.host, self.port, timeout=20)
        try:
            connection.login(user, self.password)
        except BaseException:
            connection.shutdown()
            raise
        return connection

    def fetch(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """All mails of a folder, oldest first, as the server serves them; nothing is marked as read."""
        with self.connect(user) as connection:
            connection.select(_quoted(folder), readonly=True)
            _, [found] = connection.uid("search", "ALL")
            return [self._fetch_one(connection, uid) for uid in found.split()]

    @staticmethod
    def _fetch_one(connection: imaplib.IMAP4, uid: bytes) -> bytes:
        _, data = connection.uid("fetch", uid.decode(), "(BODY.PEEK[])")
        return data[0][1]


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
