"""How many forms one address may send in an hour."""

from __future__ import annotations

import hashlib
import logging
import time
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

from ..conf import conf
from ..mail.addresses import normalize

logger = logging.getLogger(__name__)

#: One person does not write more often, and nobody shall be written to more often in their name.
PER_EMAIL_AND_HOUR = 10
_HOUR = 3600


def client_address(request: HttpRequest) -> str:
    """The visitor's network address, "" when the server does not tell. An IPv6 visitor owns a whole /64."""
    # A proxy appends what it saw; everything before that is the visitor's own word.
    written = str(request.META.get(conf.client_ip_header, "")).rpartition(",")[2].strip()
    try:
        address = ip_address(written.strip("[]"))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address.packed, 64), strict=False))
    return str(address)


def is_limited(request: HttpRequest, email: str) -> bool:
    """Count this form, and say whether it is one too many from this client or under this address."""
    client = client_address(request)
    if not client:
        logger.warning("The visitor's address is unknown; see CS_INBOX['CLIENT_IP_HEADER'].")
    elif _count("ip", client) > conf.form_limit_per_hour:
        if not ip_address(client.partition("/")[0]).is_global:
            logger.error(
                "Contact forms are refused, all from an internal address. Behind a proxy, set "
                "CS_INBOX['CLIENT_IP_HEADER'], or all visitors count as one."
            )
        return True
    return bool(email) and _count("email", normalize(email)) > PER_EMAIL_AND_HOUR


def _count(kind: str, value: str) -> int:
    """How often in this hour, this time included; 0 when the cache is away: a form must not depend on it."""
    digest = hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
    key = f"cs_inbox:form:{int(time.time()) // _HOUR}:{digest}"
    try:
        cache.add(key, 0, timeout=_HOUR)
        return int(cache.incr(key))
    except Exception as error:
        # Each cache backend raises errors of its own; a value may also have been evicted in between.
        logger.warning("The cache did not count a contact form: %s", type(error).__name__)
        return 0
