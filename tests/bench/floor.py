"""The least that any program must do with mail: read it from the server, decode it, keep it.

A program of its own, of the standard library and one bulk INSERT per hundred mails; it knows nothing of
conversations, contacts, duplicates or crashes. What the package does is measured against it.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from django.db import connection, transaction

HUNDRED = 100
_UID = re.compile(rb"UID (\d+)")
_BLOB = {"postgresql": "bytea", "mysql": "longblob", "sqlite": "blob"}


def make_table() -> None:
    text = "longtext" if connection.vendor == "mysql" else "text"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_floor")
        cursor.execute(
            f"CREATE TABLE bench_floor (uid integer, subject {text}, body {text}, "
            f"raw {_BLOB[connection.vendor]})"
        )


def read(server: Any, user: str, *, first: int = 1) -> int:
    """Take all mails from this number on; returns how many."""
    context = ssl.create_default_context(cafile=str(server.certificate))
    imap = imaplib.IMAP4_SSL(server.host, server.tls_port, ssl_context=context)
    imap.login(user, server.password)
    imap.select("INBOX", readonly=True)
    uids = [uid for uid in imap.uid("SEARCH", f"UID {first}:*")[1][0].split() if int(uid) >= first]
    for start in range(0, len(uids), HUNDRED):
        answer = imap.uid("FETCH", b",".join(uids[start : start + HUNDRED]).decode(), "(UID BODY.PEEK[])")[1]
        rows = [_row(item) for item in answer if isinstance(item, tuple)]
        with transaction.atomic(), connection.cursor() as cursor:
            places = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
            cursor.execute(
                f"INSERT INTO bench_floor (uid, subject, body, raw) VALUES {places}",
                [value for row in rows for value in row],
            )
    imap.logout()
    return len(uids)


def _row(item: tuple[bytes, bytes]) -> tuple[int, str, str, bytes]:
    head, raw = item
    mail = message_from_bytes(raw)
    subject = str(make_header(decode_header(mail["Subject"])))
    found = _UID.search(head)
    return int(found[1]) if found else 0, subject, "\n".join(_texts(mail)), raw


def _texts(mail: Message) -> Iterator[str]:
    for part in mail.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and part.get_content_maintype() == "text":
            yield content.decode(part.get_content_charset() or "ascii", "replace")
