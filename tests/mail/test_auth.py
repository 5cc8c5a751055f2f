from __future__ import annotations

import pytest

from django_cs_inbox.mail.auth import read_results
from django_cs_inbox.mail.parse import parse

NAME = "Authentication-Results"
GOOD = (
    f"{NAME}: mx.shop.example; spf=fail smtp.mailfrom=x; dkim=none; dmarc=fail (p=none) header.from=x.example"
)
FORGED = f"{NAME}: mx.shop.example; dmarc=pass; spf=pass"


def results(*lines: str, trusted: str = "mx.shop.example") -> dict[str, str]:
    return read_results(parse("\r\n".join([*lines, "Subject: x", "", "text"]).encode()), trusted)


def test_results_of_the_trusted_server():
    assert results(GOOD) == {"spf": "fail", "dkim": "none", "dmarc": "fail"}
    assert results(GOOD, trusted=" MX.shop.example ") != {}


def test_nothing_without_a_trusted_server():
    assert results(GOOD, trusted="") == {}
    assert results(GOOD, trusted="other.example") == {}
    assert results("Received: x") == {}


def test_a_forged_field_below_changes_nothing():
    assert results(GOOD, FORGED)["dmarc"] == "fail"
    assert results(f"{NAME}: mx.shop.example; spf=pass", "Received: x", FORGED) == {"spf": "pass"}
    assert results(f"{NAME}: other.example; spf=fail", FORGED) == {}


def test_fields_that_stand_together_add_up():
    assert results(
        "Received: x", f"{NAME}: mx.shop.example; dmarc=pass", f"{NAME}: mx.shop.example; spf=pass"
    ) == {
        "dmarc": "pass",
        "spf": "pass",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mx.shop.example 1; spf=pass", {"spf": "pass"}),
        ("mx.shop.example; none", {}),
        ("mx.shop.example", {}),
        ("", {}),
        ("mx.shop.example; dkim=fail; dkim=pass", {"dkim": "pass"}),
        ("mx.shop.example; spf=fail; spf=pass", {"spf": "fail"}),
        ("mx.shop.example; dmarc/1 = FAIL", {"dmarc": "fail"}),
        ("mx.shop.example; iprev=pass", {}),
        ('mx.shop.example; spf=fail reason="x; dmarc=pass"', {"spf": "fail"}),
        ("mx.shop.example; spf=fail (a (b); dmarc=pass)", {"spf": "fail"}),
        ('mx.shop.example; spf=fail (\\); dmarc=pass) reason="\\"; dmarc=pass"', {"spf": "fail"}),
        ("mx.shop.example (x); spf=softfail); dkim=pass", {"spf": "softfail", "dkim": "pass"}),
        ("mx.shop.example.evil.example; dmarc=pass", {}),
    ],
)
def test_spellings(value, expected):
    assert results(f"{NAME}: {value}") == expected
