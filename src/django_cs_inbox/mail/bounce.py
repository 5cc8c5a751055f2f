"""Reports that a mail of ours did not arrive: standard ones fully, the others as far as their words go."""

from __future__ import annotations

import re

from . import headers
from .automatic import classify
from .types import AutomaticKind, Bounce, ParsedMail

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.\-])([45]\d\d)(?=[ -])")
_ADDRESS = re.compile(r"<?([^\s<>()\[\],;:\"']{1,64}@[A-Za-z0-9.-]{1,255}[A-Za-z0-9])>?")
_RETURNED = re.compile(
    rb"^(?:>\s?)?Message-ID:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\r\n]{1,998}>)", re.IGNORECASE | re.MULTILINE
)
_RECIPIENT_LINES = re.compile(
    r"(?:could not be delivered|delivery .{0,60}failed|failed recipient|unknown user|user unknown|not found"
    r"|宛先|あて先|届け|配信できませんでした|存在しません|recipients?)",
    re.IGNORECASE,
)
_WORDS = (
    (
        re.compile(
            r"user unknown|unknown user|no such user|does not exist|存在しません|見つかりません", re.I
        ),
        "5.1.1",
        True,
    ),
    (re.compile(r"mailbox (?:is )?full|over quota|quota exceeded|容量", re.I), "", None),
    (re.compile(r"will (?:be )?retr(?:y|ied)|delayed|warning", re.I), "", False),
)
_FIELD = re.compile(rb"^[!-9;-~]{1,200}[ \t]{0,20}:", re.MULTILINE)
_TEXT_LIMIT = 20_000
_REPORT_LIMIT = 200_000
_MAX_RECIPIENTS = 50


def read_bounce(mail: ParsedMail, raw: bytes) -> Bounce | None:
    """What the report says, or None when the mail is no bounce.

    ``original_message_id`` is what the report claims; only a signed id proves that the mail was ours.
    """
    status_parts = [
        item.content for item in mail.attachments if item.content_type == "message/delivery-status"
    ]
    if not status_parts and classify(mail).kind is not AutomaticKind.BOUNCE:
        return None
    if status_parts:
        found = _read_status(status_parts[0][:_REPORT_LIMIT])
        if found is None:  # delivered, relayed or expanded: a receipt that somebody asked for
            return None
        recipients, status, diagnostic, is_permanent = found
        if not recipients:  # a report that tells only people who it was
            recipients = _read_words(mail)[0]
    else:
        recipients, status, diagnostic, is_permanent = _read_words(mail)
    return Bounce(
        original_message_id=_original_id(mail, raw),
        recipients=recipients[:_MAX_RECIPIENTS],
        status=status,
        is_permanent=is_permanent,
        diagnostic=diagnostic[:1000],
    )


def _read_status(content: bytes) -> tuple[tuple[str, ...], str, str, bool | None] | None:
    """The per-recipient blocks (RFC 3464) that failed or are delayed."""
    recipients: list[str] = []
    status = diagnostic = action = ""
    actions: list[str] = []
    at = 0
    # From field to field: lines that are none are stepped over in one go.
    while (field := _FIELD.search(content, at)) is not None:
        block = headers.split_headers(content, start=field.start())
        at = block.body_at
        one = headers.decode_text(block.first("action")).partition(" ")[0].lower()
        written = headers.decode_text(block.first("final-recipient") or block.first("original-recipient"))
        if not one and not written:
            continue
        actions.append(one)
        if one in ("delivered", "relayed", "expanded"):
            continue
        address = written.partition(";")[2].strip() or written
        recipients += [address.strip("<> ")] if address else []
        # The worst news counts: one recipient may only be late while another is gone for good.
        if not action or (action == "delayed" and one != "delayed"):
            action = one
            match = _STATUS.search(headers.decode_text(block.first("status")))
            status = match[1] if match else ""
            diagnostic = headers.decode_text(block.first("diagnostic-code"))
    if actions and not action and not recipients:
        return None
    match = _STATUS.search(diagnostic)
    status = status or (match[1] if match else "")
    is_permanent = _is_permanent(status)
    if action == "delayed":
        is_permanent = False
    return tuple(dict.fromkeys(recipients)), status, diagnostic, is_permanent


def _is_permanent(status: str) -> bool | None:
    return {"5": True, "4": False}.get(status[:1])


def _read_words(mail: ParsedMail) -> tuple[tuple[str, ...], str, str, bool | None]:
    text = mail.text[:_TEXT_LIMIT]
    failed = _ADDRESS.findall(mail.header("X-Failed-Recipients"))
    lines = text.splitlines()
    diagnostic = ""
    for at, line in enumerate(lines):
        short = line[:500]
        if not failed and _RECIPIENT_LINES.search(short):
            failed = _ADDRESS.findall("\n".join(part[:500] for part in lines[at : at + 6]))
        if not diagnostic and (_STATUS.search(short) or _CODE.search(short)):
            diagnostic = short.strip()
    if not failed:
        failed = _ADDRESS.findall(text)[:1]
    match = _STATUS.search(diagnostic)
    status = match[1] if match else ""
    is_permanent = _is_permanent(status)
    code = _CODE.search(diagnostic)
    if is_permanent is None and code is not None:
        is_permanent = code[1].startswith("5")
    for pattern, meaning, verdict in _WORDS:
        if not status and is_permanent is None and pattern.search(text):
            return tuple(dict.fromkeys(failed)), meaning, diagnostic, verdict
    return tuple(dict.fromkeys(failed)), status, diagnostic, is_permanent


def _original_id(mail: ParsedMail, raw: bytes) -> str:
    """The id in the returned headers: an attached part first, else quoted in the text of the report."""
    for item in mail.attachments:
        if item.content_type in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            ids = headers.parse_message_ids(headers.split_headers(item.content).first("message-id"))
            if ids:
                return ids[0]
    # Behind the report's own header; 300 kB hold any report, and more would only cost time.
    body_at = headers.split_headers(raw).body_at
    for source in (raw[body_at : body_at + 300_000], mail.text[:300_000].encode("utf-8", "replace")):
        match = _RETURNED.search(source)
        if match is not None:
            ids = headers.parse_message_ids(match[1])
            if ids and ids[0] != mail.message_id:
                return ids[0]
    # Last hope: some servers answer the mail that failed.
    return mail.in_reply_to[0] if mail.in_reply_to else ""
