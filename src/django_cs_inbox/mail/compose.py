"""What goes into a mail of ours: ids that prove themselves, references, addresses and quoted text."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .threading import SIGNED_PREFIX

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
#: What every mail library and server takes: a domain of ASCII letters, or the number of a machine.
_WIRE_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[A-Za-z0-9.:-]+\]")
#: The older rules, which Python knows, make another domain of these: strasse.de is not straße.de.
_TWO_READINGS = re.compile("[ßẞς\u200c\u200d]")
_LONGEST_PATH = 254
_LAST_REFERENCES = 10

#: Header of every mail we send; one that comes back with its value is our own.
LOOP_HEADER = "X-CS-Inbox-Loop"


@dataclass(frozen=True, slots=True)
class SignedId:
    """What a Message-ID of ours says: the kind of mail and the row that it belongs to."""

    kind: str
    ident: str


def make_message_id(*, kind: str, ident: str, domain: str, key: bytes, key_id: str) -> str:
    """A new Message-ID without angle brackets, which only the owner of ``key`` can make.

    ``cs.{key_id}.{kind}.{ident}.{random}.{mac}@{domain}``, short enough for a header line: longer ids are
    folded on the way and break threads.
    """
    for name, value in (("kind", kind), ("ident", ident), ("key_id", key_id)):
        if not _TOKEN.fullmatch(value):
            raise ValueError(f"{name} of a Message-ID is 1 to 64 letters, digits, - or _, not {value!r}.")
    if not key:
        raise ValueError("The key that signs Message-IDs is empty.")
    host = _ascii_domain(domain)
    nonce = _base32(secrets.token_bytes(8))
    head = f"{SIGNED_PREFIX}{key_id}.{kind}.{ident}.{nonce}"
    return f"{head}.{_mac(head, host, key)}@{host}"


def read_message_id(message_id: str, keys: Mapping[str, bytes]) -> SignedId | None:
    """Kind and row of an id of ours, or None for every other id, also for one that was changed by one bit."""
    written = message_id.strip().removeprefix("<").removesuffix(">")
    if len(written) > 998 or not written.isascii() or not written.startswith(SIGNED_PREFIX):
        return None
    local, _, host = written.rpartition("@")
    head, _, mac = local.rpartition(".")
    fields = head.split(".")
    if len(fields) != 5:
        return None
    _, key_id, kind, ident, _ = fields
    key = keys.get(key_id)
    if not key or not hmac.compare_digest(_mac(head, host, key), mac):
        return None
    return SignedId(kind, ident)


def _mac(head: str, host: str, key: bytes) -> str:
    digest = hmac.new(key, f"django-cs-inbox message id\n{head}@{host}".encode(), hashlib.sha256).digest()
    return _base32(digest[:16])


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def _ascii_domain(domain: str) -> str:
    try:
        host = domain.strip().encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = ""
    if not _DOMAIN.fullmatch(host):
        raise ValueError(f"{domain!r} is no domain for a Message-ID.")
    return host


def references_for(mail_references: Sequence[str], parent_id: str) -> tuple[str, ...]:
    """The References of an answer: the first id, which started the thread, and the last ten."""
    ids = [_CONTROLS.sub("", value).strip("<> ") for value in (*mail_references, parent_id)]
    # The parent stands last, also when the chain named it before.
    ids = list(dict.fromkeys(reversed([value for value in ids if value])))[::-1]
    if len(ids) <= _LAST_REFERENCES + 1:
        return tuple(ids)
    return (ids[0], *ids[-_LAST_REFERENCES:])


def wire_address(address: str) -> str:
    """The address as a mail library takes it: a local part that RFC 5322 refuses is quoted, and the name of
    a domain in other letters is written in ASCII (punycode).

    ``foo..bar.@docomo.ne.jp`` is a real address; bare, Django 6 raises on it, quoted, every version sends it.
    """
    clean = (
        "".join(_CONTROLS.sub("", address).split(" "))
        if '"' not in address
        else _CONTROLS.sub("", address).strip()
    )
    local, at, domain = clean.rpartition("@")
    if not at or not local:
        return clean
    is_written = _DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local)
    return f"{local if is_written else _quoted(local)}@{_wire_domain(domain)}"


def is_sendable(address: str) -> bool:
    """Whether a mail can be handed over for the address, however odd: ``"a b"@x.example``, ``a@[192.0.2.1]``.

    For addresses that somebody has written from; what people type is for ``is_plausible``.
    """
    written = wire_address(address)
    local, at, domain = written.rpartition("@")
    is_local = _DOT_ATOM.fullmatch(local) or (_QUOTED.fullmatch(local) and len(local) > 2)
    return bool(
        at
        and is_local
        and _WIRE_DOMAIN.fullmatch(domain)
        and written.isascii()
        and len(written) <= _LONGEST_PATH
    )


def _wire_domain(domain: str) -> str:
    """What cannot be written in ASCII stays as it is: nobody can send to it."""
    if domain.isascii() or _TWO_READINGS.search(domain):
        return domain
    try:
        written = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
    # Some letters fold into an @ or a slash.
    return written if _WIRE_DOMAIN.fullmatch(written) else domain


def format_address(name: str, address: str) -> str:
    """``"name" <address>`` for a header. No name can add a second address or a line."""
    shown = header_value(name)
    written = re.sub("[<>,;]", "", wire_address(address)) if '"' not in address else wire_address(address)
    return f"{_quoted(shown)} <{written}>" if shown else written


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def header_value(value: str) -> str:
    """One line without control characters, whatever was typed or pasted."""
    return " ".join(_CONTROLS.sub(" ", value).split())


def quote_text(text: str, *, intro: str) -> str:
    """The text with ``> `` in front of every line, below the line that says whose it is."""
    lines = [
        f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in text.strip("\n").split("\n")
    ]
    return "\n".join([intro, *lines] if intro else lines)
