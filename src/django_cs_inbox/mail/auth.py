"""Authentication-Results (RFC 8601): what our own mail server found out about the sender."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .types import ParsedMail

_HEADER = "authentication-results"
_METHODS = frozenset({"dmarc", "spf", "dkim", "arc"})
_FAILED = frozenset({"fail", "softfail", "permerror"})
_RESULT = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]{0,30})(?:/\d{1,3})?\s{0,9}=\s{0,9}([A-Za-z]{1,20})(?![\w-])")


def read_results(mail: ParsedMail, trusted_authserv_id: str) -> dict[str, str]:
    """``{"dmarc": "pass", …}`` from the topmost fields of the trusted server; empty when none is trusted.

    Only the fields that stand together at the top count, and of these the first that names a method: anything
    further down may come from the sender. RFC 8601 makes the trusted server remove forged fields with its own
    name; a server that does not must not be configured as trusted.
    """
    trusted = trusted_authserv_id.strip().casefold()
    results: dict[str, str] = {}
    if not trusted:
        return results
    has_begun = False
    for name, value in mail.headers:
        if name.lower() != _HEADER:
            if has_begun:
                break
            continue
        statements = _statements(value)
        server = statements[0].split()[0].casefold() if statements[0].split() else ""
        if server != trusted:
            break
        has_begun = True
        for method, result in _read(statements[1:]).items():
            results.setdefault(method, result)
    return results


def failures(results: Mapping[str, object]) -> list[str]:
    """Checks that the sender failed, as "dmarc=fail"; empty when the server vouches for them or is silent.

    A failed SPF or DKIM alone is everyday life with forwarded mail; DMARC passes if one of them does.
    """
    found = {str(key).lower(): str(value).lower() for key, value in results.items()}
    if found.get("dmarc") == "pass":
        return []
    return [f"{key}={value}" for key, value in found.items() if value in _FAILED]


def _read(statements: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement in statements:
        match = _RESULT.match(statement)
        if match is None:
            continue
        method, result = match[1].lower(), match[2].lower()
        # A mail may carry several signatures; one that holds is enough.
        if method in _METHODS and (method not in found or (method == "dkim" and result == "pass")):
            found[method] = result
    return found


def _statements(value: str) -> list[str]:
    """The field cut at its semicolons; what stands in comments or quotes says nothing."""
    parts: list[list[str]] = [[]]
    depth = 0
    is_quoted = False
    characters = iter(value)
    for character in characters:
        if character == "\\" and (depth or is_quoted):
            next(characters, "")
        elif is_quoted:
            is_quoted = character != '"'
        elif character == "(":
            depth += 1
        elif character == ")":
            depth = max(depth - 1, 0)
        elif depth:
            continue
        elif character == '"':
            is_quoted = True
        elif character == ";":
            parts.append([])
        else:
            parts[-1].append(character)
    return ["".join(part) for part in parts]
