"""Addresses and phone numbers as keys. Lenient: docomo and au gave out addresses no standard allows."""

from __future__ import annotations

import re
import unicodedata

from .numbers import unify

_SIMPLE_QUOTED = re.compile(r'"([^\s"\\(),:;<>@\[\]]+)"')
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LOCAL = re.compile(r"[!#$%&'*+/=?^_`{|}~.A-Za-z0-9-]{1,64}")
_PHONE = re.compile(r"(?P<plus>\+?)(?P<number>[0-9][0-9() .\-]{6,40})")
_EXTENSION = re.compile(r"(?:内線|ext\.?|x)\s*[0-9]+.*\Z", re.IGNORECASE | re.DOTALL)


def normalize(address: str) -> str:
    """The key under which an address is stored and compared. Dots and plus tags stay: they belong to it.

    A quoted local part that needs its quotes only for its dots (``"foo..bar."@docomo.ne.jp``) is the same
    mailbox as the bare spelling, and both are on their way.
    """
    key = unicodedata.normalize("NFKC", address).casefold().strip()
    key = unicodedata.normalize("NFKC", key).strip()
    local, at, domain = key.rpartition("@")
    match = _SIMPLE_QUOTED.fullmatch(local)
    return f"{match[1] if match else local}{at}{domain}"


def is_plausible(address: str) -> bool:
    """True when a mail could reach this address; for forms, so a little too kind on the local part."""
    if len(address) > 254 or not address.isascii():
        return False
    local, at, domain = address.rpartition("@")
    if not at or not (_LOCAL.fullmatch(local) or (_SIMPLE_QUOTED.fullmatch(local) and len(local) <= 64)):
        return False
    labels = domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        return False
    return all(_LABEL.fullmatch(label) for label in labels)


def normalize_phone(text: str) -> str:
    """The digits of a phone number in national form (``+81 90-…`` → ``090…``), or "" when there is none.

    A number of another country keeps its plus sign.
    """
    plain = _EXTENSION.sub("", unify(text[:200]).replace("ー", "-").replace("(0)", ""))
    match = _PHONE.search(plain)
    if match is None:
        return ""
    digits = re.sub(r"[^0-9]", "", match["number"])
    plus = match["plus"]
    if digits.startswith(("0081", "01081")):
        digits, plus = digits[digits.index("81") :], "+"
    if plus and digits.startswith("81"):
        digits, plus = "0" + digits[2:].lstrip("0"), ""
    if not 7 <= len(digits) <= 15:
        return ""
    return plus + digits
