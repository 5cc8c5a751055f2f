"""What a customer's mail program does: read over IMAP, answer over SMTP. It knows nothing of the shop."""

from __future__ import annotations

import imaplib
import re
import smtplib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import (
    format_datetime,
    formataddr,
    getaddresses,
    make_msgid,
    parseaddr,
    parsedate_to_datetime,
)
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.timezone import localtime

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS = {"inbox": "INBOX", "sent": "Sent"}
WEEKDAYS = "月火水木金土日"
HEADERS = "BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE)]"


# What Python's mail parser raises on mail that is not as the standards want it.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, MessageError)


class MailServerError(Exception):
    """The mail server does not answer."""


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    uid: int
    seen: bool
    message: EmailMessage

    def header(self, name: str) -> str:
        """The header as text, even where Python's parser gives up."""
        try:
            return str(self.message[name] or "").strip()
        except UNREADABLE:
            raw = next(value for key, value in self.message.raw_items() if key.lower() == name.lower())
            return str(raw).strip()

    @property
    def subject(self) -> str:
        return self.header("Subject") or "（件名なし）"

    @property
    def sender(self) -> str:
        return self.header("From")

    @property
    def sender_name(self) -> str:
        name, address = parseaddr(self.sender)
        return name or address

    @property
    def recipients(self) -> str:
        return self.header("To")

    @property
    def recipient_name(self) -> str:
        return ", ".join(name or address for name, address in getaddresses([self.recipients]))

    @property
    def date(self) -> datetime | None:
        try:
            date = parsedate_to_datetime(self.header("Date"))
            return localtime(date if date.tzinfo else date.replace(tzinfo=UTC))  # -0000 gives no zone
        except (ValueError, TypeError):
            return None

    @property
    def text(self) -> str:
        try:
            part = self.message.get_body(("plain", "html"))
        except UNREADABLE:
            part = self.message
        if part is None:
            return ""
        try:
            content = part.get_content()
        except UNREADABLE:  # a charset Python does not know, or a structure that is none
            content = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
        if part.get_content_type() == "text/html":
            content = strip_tags(re.sub(r"(?i)<br\s*/?>|</p>|</div>", "\n", content))
        return str(content).replace("\r\n", "\n").strip("\n")

    @property
    def attachments(self) -> list[Attachment]:
        found = []
        try:
            parts = list(self.message.iter_attachments())
        except UNREADABLE:
            parts = []
        for part in parts:
            try:
                name = part.get_filename() or ""
            except UNREADABLE:
                name = ""
            found.append(Attachment(name or "添付ファイル", part.get_content_type(), _bytes(part)))
        return found

    @property
    def reply_to(self) -> str:
        return parseaddr(self.header("Reply-To") or self.sender)[1]

    @property
    def reply_subject(self) -> str:
        return self.subject if self.subject.lower().startswith("re:") else f"Re: {self.subject}"

    @property
    def quoted(self) -> str:
        """The text under the answer, as Japanese mail programs write it."""
        lead = f"{self.sender}:"
        if self.date:
            day = f"{self.date:%Y年}{self.date.month}月{self.date.day}日({WEEKDAYS[self.date.weekday()]})"
            lead = f"{day} {self.date.hour}:{self.date:%M} {lead}"
        return lead + "\n" + "\n".join(f"> {line}".rstrip() for line in self.text.split("\n"))


def list_mails(address: str, folder: str) -> list[Mail]:
    """The newest mails of a folder, headers only."""
    with _folder(address, folder, readonly=True) as (imap, exists):
        if not exists:
            return []
        first = max(1, exists - 99)
        return sorted(_mails(imap.fetch(f"{first}:*", f"(UID FLAGS {HEADERS})")), key=lambda mail: -mail.uid)


def read_mail(address: str, folder: str, uid: int) -> Mail | None:
    with _folder(address, folder) as (imap, _):
        mails = _mails(imap.uid("FETCH", str(uid), "(UID FLAGS BODY[])"))
        return mails[0] if mails else None


def unread(address: str) -> int:
    return sum(not mail.seen for mail in list_mails(address, "inbox"))


def send_mail(
    address: str,
    *,
    name: str = "",
    to: str,
    subject: str,
    text: str,
    files: list[tuple[str, str, bytes]] = (),
    answers: Mail | None = None,
) -> EmailMessage:
    """Send a mail and keep a copy in the folder Sent. Files are (name, content type, bytes)."""
    message = EmailMessage(policy=policy.SMTP)
    message["Date"] = format_datetime(localtime())
    message["From"] = formataddr((name, address))
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    parent = answers.header("Message-ID") if answers else ""
    if parent:
        known = (answers.header("References") or answers.header("In-Reply-To")).split()
        message["In-Reply-To"] = parent
        message["References"] = " ".join([*known, parent])
    message["User-Agent"] = "Kotori Demo Mail"
    message.set_content(text.replace("\r\n", "\n"))
    for filename, content_type, data in files:
        maintype, _, subtype = content_type.partition("/")
        message.add_attachment(data, maintype=maintype, subtype=subtype or "octet-stream", filename=filename)
    try:
        with smtplib.SMTP(settings.DEMO_SMTP_HOST, settings.DEMO_SMTP_PORT, timeout=10) as smtp:
            smtp.sendmail(address, [parseaddr(to)[1]], message.as_bytes())
    except (OSError, smtplib.SMTPException) as problem:
        raise MailServerError(str(problem)) from problem
    with _connect(address) as imap:
        imap.create("Sent")
        imap.append("Sent", r"(\Seen)", None, message.as_bytes())
    return message


def _bytes(part: EmailMessage) -> bytes:
    if part.is_multipart():  # a forwarded mail
        return b"".join(inner.as_bytes() for inner in part.get_payload())
    return part.get_payload(decode=True) or b""


@contextmanager
def _connect(address: str) -> Iterator[imaplib.IMAP4]:
    try:
        imap = imaplib.IMAP4(settings.DEMO_IMAP_HOST, settings.DEMO_IMAP_PORT, timeout=10)
    except (OSError, imaplib.IMAP4.error) as problem:
        raise MailServerError(str(problem)) from problem
    try:
        quoted = address.replace("\\", "\\\\").replace('"', '\\"')
        imap.login(f'"{quoted}"', settings.DEMO_MAIL_PASSWORD)
        yield imap
    except (OSError, imaplib.IMAP4.error) as problem:
        raise MailServerError(str(problem)) from problem
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            imap.logout()


@contextmanager
def _folder(address: str, folder: str, *, readonly: bool = False) -> Iterator[tuple[imaplib.IMAP4, int]]:
    with _connect(address) as imap:
        if folder != "inbox":
            imap.create(FOLDERS[folder])
        answer, count = imap.select(FOLDERS[folder], readonly=readonly)
        yield imap, int(count[0]) if answer == "OK" else 0


def _mails(response: tuple[str, list]) -> list[Mail]:
    mails = []
    for item in response[1]:
        if isinstance(item, tuple):
            head, data = item
            uid = re.search(rb"UID (\d+)", head)
            message = message_from_bytes(data, policy=policy.default)
            mails.append(Mail(int(uid[1]) if uid else 0, rb"\Seen" in head, message))
    return mails
