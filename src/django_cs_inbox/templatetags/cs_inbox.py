"""Filters of our admin templates. Every text that came from outside is escaped here or by the template."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from ..actions.events import VERBS
from ..choices import InquiryStatus, Priority
from ..conf import conf
from ..models import Attachment, Event
from ..permissions import person_label as label_of
from ..queries.attachments import IMAGE_TYPES

register = template.Library()

# ASCII only: in Japanese text the address ends where the sentence goes on, without a space.
_URL = re.compile(r"""https?://[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]{3,2000}""", re.IGNORECASE)
_TRAILING = ".,;:!?'"
_BRACKETS = ((")", "("), ("]", "["))
#: Links made in one text; a text with thousands of them is not meant to be clicked.
_MOST_LINKS = 200


@register.filter
def person_label(user: Any) -> str:
    """The name of a member of staff."""
    return label_of(user)


@register.filter
def trimmed(text: str) -> str:
    """The text without empty lines before and after it; spaces that indent its first line stay."""
    return re.sub(r"\A(?:[^\S\n]{0,200}\n){1,200}", "", text).rstrip()


@register.filter
def linkify(text: str) -> SafeString:
    """The text, escaped, with http and https addresses as links that tell the target nothing."""
    done: list[SafeString] = []
    start = 0
    for count, match in enumerate(_URL.finditer(text)):
        if count == _MOST_LINKS:
            break
        url = _without_punctuation(match.group())
        done.append(conditional_escape(text[start : match.start()]))
        done.append(
            format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', url, url)
        )
        start = match.start() + len(url)
    done.append(conditional_escape(text[start:]))
    return format_html_join("", "{}", ((piece,) for piece in done))


def _without_punctuation(url: str) -> str:
    """Marks that close the sentence around an address are not part of it."""
    while url:
        if url[-1] in _TRAILING:
            url = url[:-1]
            continue
        for closing, opening in _BRACKETS:
            if url[-1] == closing and url.count(closing) > url.count(opening):
                url = url[:-1]
                break
        else:
            return url
    return url


@register.filter
def web_url(url: str) -> str:
    """The address if a browser may follow it: http, https, or a path on this site; else ""."""
    url = str(url or "").strip()
    if re.match(r"https?://", url, re.IGNORECASE) or re.match(r"/(?![/\\])", url):
        return url
    return ""


@register.filter
def money(amount: Decimal | int | None, currency: str = "") -> str:
    """``¥1,980``, or ``12.50 USD``; in the shop's currency where none is said."""
    if amount is None:
        return ""
    currency = currency or conf.currency
    if currency == "JPY":
        return "¥" + number_format(Decimal(amount).quantize(Decimal(1)), force_grouping=True)
    return f"{number_format(amount, decimal_pos=2, force_grouping=True)} {currency}"


@register.filter
def is_picture(file: Attachment) -> bool:
    """Whether to try a thumbnail. The view that serves it looks at the content again."""
    return file.content_type in IMAGE_TYPES and file.size <= 5 * 1024 * 1024


@register.filter
def addresses(values: Any) -> str:
    """``山田花子 <hanako@example.jp>, info@example.jp`` from what messages and replies keep."""
    shown = []
    for value in values or ():
        if isinstance(value, dict):
            name, address = str(value.get("name") or ""), str(value.get("address") or "")
            shown.append(f"{name} <{address}>" if name else address)
        else:
            shown.append(str(value))
    return ", ".join(filter(None, shown))


@register.filter
def event_line(event: Event) -> SafeString:
    """What happened, in words, with what it was before and is now."""
    sentence = VERBS.get(event.verb, event.verb)
    detail = _detail(event)
    if not detail:
        return conditional_escape(sentence)
    return format_html('{} <span class="csc-event-detail">{}</span>', sentence, detail)


def _detail(event: Event) -> SafeString | str:
    data = event.data if isinstance(event.data, dict) else {}
    if event.verb in ("inquiry.assigned", "inquiry.categorised"):
        return _change(data.get("old"), data.get("new"))
    if event.verb == "inquiry.priority_set":
        labels = {str(value): label for value, label in Priority.choices}
        return _change(*(labels.get(str(data.get(key)), data.get(key)) for key in ("old", "new")))
    if event.verb == "inquiry.tags_set":
        signs = [("+", data.get("added") or []), ("−", data.get("removed") or [])]
        return format_html_join(" ", "{}{}", [(sign, name) for sign, names in signs for name in names])
    if event.verb == "inquiry.held":
        return " · ".join(filter(None, (str(data.get("reason") or ""), _date(data.get("wake_at")))))
    if event.verb.startswith("order."):
        return str(data.get("number") or "")
    if event.verb.startswith("inquiry.") and data.get("new") and data.get("old") != data.get("new"):
        labels = dict(InquiryStatus.choices)
        return _change(*(labels.get(str(data.get(key)), data.get(key)) for key in ("old", "new")))
    return ""


def _change(old: Any, new: Any) -> SafeString:
    if not old:
        return conditional_escape(new or "")
    return format_html("{} → {}", old, new or "–")


def _date(value: Any) -> str:
    moment = parse_datetime(str(value)) if value else None
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""
