"""Are the values in ``CS_INBOX`` of the kind that each setting needs?"""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from ..conf import DEFAULTS
from .said import CheckMessage, did_you_mean, error, given, warning

SHORTEST_KEY = 32

_START = 'CS_INBOX = {"ORDER_MODEL": "shop.Order"}'


def check_values(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    if not hasattr(settings, "CS_INBOX"):
        return [error(1, "The setting CS_INBOX is missing.", f"Put this into your settings: {_START}")]
    if not isinstance(settings.CS_INBOX, dict):
        kind = type(settings.CS_INBOX).__name__
        return [error(2, f"CS_INBOX must be a dict, but is a {kind}.", f"Write it like this: {_START}")]
    return [*_names(), *_kinds(), *_site_url(), *_secret_keys(), *_lease()]


def _names() -> list[CheckMessage]:
    return [
        warning(
            1, f"CS_INBOX has the unknown key {key!r}. It does nothing.", did_you_mean(str(key), DEFAULTS)
        )
        for key in given()
        if key not in DEFAULTS
    ]


def _kinds() -> list[CheckMessage]:
    found = []
    for name, default in DEFAULTS.items():
        value = given().get(name, default)
        if isinstance(default, bool):
            if not isinstance(value, bool):
                found.append(_wrong_kind(name, value, "True or False", default))
        elif isinstance(default, int | float):
            if not _is_positive(value):
                text = f'CS_INBOX["{name}"] must be a number above 0, but is {value!r}.'
                found.append(error(14, text, f'For the default write: "{name}": {default!r}'))
        elif isinstance(default, str) and not isinstance(value, str):
            found.append(_wrong_kind(name, value, "a text", default))
    return found


def _is_positive(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value > 0


def _wrong_kind(name: str, value: Any, kind: str, default: Any) -> CheckMessage:
    text = f'CS_INBOX["{name}"] must be {kind}, but is {value!r}.'
    return error(15, text, f'For the default write: "{name}": {default!r}')


def _site_url() -> list[CheckMessage]:
    url = given().get("SITE_URL", "")
    line = 'Write scheme and host, without a path: "SITE_URL": "https://shop.example"'
    if not isinstance(url, str) or not url:
        return []
    try:
        parts = urlsplit(url.rstrip("/"))
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return [error(16, f'CS_INBOX["SITE_URL"] is {url!r}, which is no address.', line)]
    if not is_address or parts.path or parts.query or parts.fragment or parts.username or " " in url:
        return [error(16, f'CS_INBOX["SITE_URL"] is {url!r}, which is not the address of a site.', line)]
    return []


def _secret_keys() -> list[CheckMessage]:
    keys = given().get("SECRET_KEYS")
    if keys is None:
        return []
    hint = 'Make one with django.core.management.utils.get_random_secret_key(): "SECRET_KEYS": ["…"]'
    if not isinstance(keys, list | tuple) or not keys or not all(isinstance(key, str) for key in keys):
        # The value itself stays out of the message: it may be a key.
        return [error(17, 'CS_INBOX["SECRET_KEYS"] must be a list of texts, newest first.', hint)]
    short = [str(place) for place, key in enumerate(keys, start=1) if len(key) < SHORTEST_KEY]
    if not short:
        return []
    text = (
        f'CS_INBOX["SECRET_KEYS"] holds keys shorter than {SHORTEST_KEY} characters'
        f" (no. {', '.join(short)}). They protect the mailbox passwords."
    )
    return [error(17, text, hint)]


def _lease() -> list[CheckMessage]:
    lease = given().get("SEND_LEASE", DEFAULTS["SEND_LEASE"])
    timeouts = {
        'CS_INBOX["MAIL_TIMEOUT"]': given().get("MAIL_TIMEOUT", DEFAULTS["MAIL_TIMEOUT"]),
        "EMAIL_TIMEOUT": getattr(settings, "EMAIL_TIMEOUT", None),
    }
    found = []
    for name, seconds in timeouts.items():
        if _is_positive(lease) and _is_positive(seconds) and lease <= seconds:
            text = (
                f'CS_INBOX["SEND_LEASE"] ({lease} seconds) does not exceed {name} ({seconds} seconds).'
                " A second worker could take over a mail that the first one is still sending."
            )
            found.append(error(18, text, f'Give it room: "SEND_LEASE": {max(300, int(seconds * 3))}'))
    return found
