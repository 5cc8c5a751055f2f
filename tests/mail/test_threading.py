from __future__ import annotations

import pytest

from django_cs_inbox.mail.threading import clean_subject, evidence, reply_subject
from django_cs_inbox.mail.types import EvidenceKind, ParsedMail, ThreadEvidence

NUMBER = r"\d{8}-\d{4}"


def test_strongest_first_and_each_id_once():
    mail = ParsedMail(
        in_reply_to=("a@example.com", "cs.k.reply.1.x.y@shop.example"),
        references=("old@example.com", "cs.k.reply.2.x.y@shop.example", "new@example.com", "a@example.com"),
        subject="Re: 折れていました [#20261121-0042]",
    )
    assert evidence(mail, number_pattern=NUMBER) == (
        ThreadEvidence(EvidenceKind.SIGNED_ID, "cs.k.reply.1.x.y@shop.example"),
        ThreadEvidence(EvidenceKind.SIGNED_ID, "cs.k.reply.2.x.y@shop.example"),
        ThreadEvidence(EvidenceKind.REPLY_ID, "a@example.com"),
        ThreadEvidence(EvidenceKind.REFERENCE_ID, "new@example.com"),
        ThreadEvidence(EvidenceKind.REFERENCE_ID, "old@example.com"),
        ThreadEvidence(EvidenceKind.SUBJECT_TAG, "20261121-0042"),
    )


def test_references_are_bounded_and_the_newest_count():
    ids = tuple(f"{number}@example.com" for number in range(1000))
    found = evidence(ParsedMail(references=ids, in_reply_to=ids), number_pattern=NUMBER)
    assert [hint.value for hint in found if hint.kind is EvidenceKind.REFERENCE_ID] == list(
        reversed(ids[-20:])
    )
    assert len(found) == 40


@pytest.mark.parametrize(
    "subject",
    [
        "[#20261121-0042]",
        "Re: x［＃２０２６１１２１－００４２］",
        "[# 20261121‐0042 ]",
        "x [#20261121ー0042] y",
        "[#2] [#20261121-0042]",
    ],
)
def test_tag_in_every_width(subject):
    found = evidence(ParsedMail(subject=subject), number_pattern=NUMBER)
    assert found == (ThreadEvidence(EvidenceKind.SUBJECT_TAG, "20261121-0042"),)


@pytest.mark.parametrize(
    "subject", ["", "#20261121-0042", "[20261121-0042]", "[#120261121-0042]", "[#" * 500]
)
def test_no_tag(subject):
    assert evidence(ParsedMail(subject=subject), number_pattern=NUMBER) == ()


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("折れていました", "Re: 折れていました [#20261121-0042]"),
        ("Re: RE: re:折れていました", "Re: 折れていました [#20261121-0042]"),
        ("Re[2]: Re^3: Re(4): Re2: 折れていました", "Re: 折れていました [#20261121-0042]"),
        ("返信: Ｒｅ： 折れていました", "Re: 折れていました [#20261121-0042]"),
        ("Re: 折れていました [#20261121-0042]", "Re: 折れていました [#20261121-0042]"),
        ("Re: [#20261121-0042] Re: x［＃２０２６１１２１－００４１］ y", "Re: x y [#20261121-0042]"),
        ("Fwd: x", "Re: Fwd: x [#20261121-0042]"),
        ("", "Re: [#20261121-0042]"),
        ("[#tag] 返品のReason: x", "Re: [#tag] 返品のReason: x [#20261121-0042]"),
        ("a\r\nBcc: b", "Re: a Bcc: b [#20261121-0042]"),
        ("Request: x", "Re: Request: x [#20261121-0042]"),
    ],
)
def test_reply_subject(subject, reply):
    assert reply_subject(subject, "20261121-0042") == reply
    assert reply_subject(reply, "20261121-0042") == reply


def test_reply_subject_without_number():
    assert reply_subject("Re: x", "") == "Re: x"


@pytest.mark.parametrize(
    ("subject", "clean"),
    [
        ("Re: Fwd: FW: 転送: x [#20261121-0042]", "x"),
        ("Fw: Re: 返信：x", "x"),
        ("x", "x"),
        ("Re:", ""),
        ("Re: " * 200 + "x", "x"),
    ],
)
def test_clean_subject(subject, clean):
    assert clean_subject(subject) == clean
