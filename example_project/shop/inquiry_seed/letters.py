"""Mails as customers' programs write them: raw bytes, with the charsets and quotes of everyday life."""

from __future__ import annotations

from email import charset as charsets
from email.header import Header
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from django.utils import timezone
from django.utils.html import escape

WEEKDAYS = "月火水木金土日"
UTF8 = charsets.Charset("utf-8")
UTF8.body_encoding = charsets.BASE64


def compose(
    *,
    sender,
    subject,
    text,
    message_id,
    to="support@kotori.example",
    answers=None,
    references=(),
    encoding="utf-8",
    html="",
    photos=(),
    headers=(),
) -> bytes:
    """One mail. ``sender`` is (name, address); ``photos`` are (file name, PNG bytes)."""
    body = _text(text, "plain", encoding)
    if html:
        both = MIMEMultipart("alternative")
        both.attach(body)
        both.attach(_text(html, "html", "utf-8"))
        body = both
    if photos:
        whole = MIMEMultipart("mixed")
        whole.attach(body)
        for name, data in photos:
            part = MIMEImage(data, "png", name=Header(name, "utf-8").encode())
            part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
            whole.attach(part)
        body = whole
    name, address = sender
    body["From"] = f"{_words(name, encoding)} <{address}>" if name else address
    body["To"] = to
    body["Subject"] = _words(subject, encoding)
    body["Date"] = format_datetime(timezone.localtime())
    body["Message-ID"] = f"<{message_id}>"
    if answers:
        body["In-Reply-To"] = f"<{answers}>"
        body["References"] = " ".join(f"<{known}>" for known in [*references, answers])
    for key, value in headers:
        body[key] = value
    return body.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def quoted(text, *, style, sender, moment) -> str:
    """The old mail under a new one, in one of the usual forms."""
    local = timezone.localtime(moment)
    if style == "outlook":
        sent = f"{local:%A, %B} {local.day}, {local:%Y %H:%M}"
        return f"-----Original Message-----\nFrom: {sender}\nSent: {sent}\n\n{text.strip()}"
    lines = "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))
    day = f"{local.year}年{local.month}月{local.day}日({WEEKDAYS[local.weekday()]}) {local:%H:%M}"
    if style == "iphone":
        return f"{day}、{sender}のメール:\n\n{lines}"
    return f"{day} {sender}:\n{lines}"


def as_html(text) -> str:
    """The same words as a mail program with formatting writes them."""
    paragraphs = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))
    return (
        '<html><head><style>div{font-family:"Yu Gothic",sans-serif}</style></head>'
        f'<body style="font-size:11pt;color:#1f1f1f">{paragraphs}</body></html>'
    )


def _text(text, subtype, encoding):
    if encoding != "utf-8":
        try:
            text.encode(encoding)
            return MIMEText(text, subtype, encoding)
        except UnicodeEncodeError:
            pass  # a rare letter: every program falls back to UTF-8 then
    return MIMEText(text, subtype, UTF8)


def _words(text, encoding) -> str:
    if text.isascii():
        return text
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        encoding = "utf-8"
    return Header(text, encoding, maxlinelen=70).encode()
