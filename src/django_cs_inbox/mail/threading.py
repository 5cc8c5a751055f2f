"""What a mail says about the conversation it belongs to, and subjects with and without the inquiry's tag."""

from __future__ import annotations

import re

from .numbers import unify
from .types import EvidenceKind, ParsedMail, ThreadEvidence

#: Ids of our own making begin with this; ``compose.read_message_id`` proves them.
SIGNED_PREFIX = "cs."
_MAX_IDS = 20
_MAX_SUBJECT = 1_000
_TAG = re.compile(r"\s*\[\s?#([^\[\]#]{1,60})\]\s*")
_REPLY_PREFIX = re.compile(
    r"\s*(?:re|aw|sv|返信|回答|答复|回复)\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3}|\*\d{1,3}|\d{1,3})?\s?[:>]\s*",
    re.IGNORECASE,
)
_FORWARD_PREFIX = re.compile(r"\s*(?:fwd?|tr|転送|轉寄|转发)\s?(?:\[\d{1,3}\])?\s?:\s*", re.IGNORECASE)
_ORDER = tuple(EvidenceKind)


def evidence(mail: ParsedMail, *, number_pattern: str) -> tuple[ThreadEvidence, ...]:
    """Hints, strongest first: signed ids, In-Reply-To, References newest first, then tags in the subject.

    ``number_pattern`` is the regular expression of an inquiry number. Ids that only look signed are named
    ``SIGNED_ID`` as well: the keys, and with them the proof, are the caller's.
    """
    found: dict[str, EvidenceKind] = {}
    for message_id in mail.in_reply_to[:_MAX_IDS]:
        found.setdefault(message_id, _kind(message_id, EvidenceKind.REPLY_ID))
    # The newest stands last. Older ones say less, and a thousand of them only cost look-ups.
    for message_id in reversed(mail.references[-_MAX_IDS:]):
        found.setdefault(message_id, _kind(message_id, EvidenceKind.REFERENCE_ID))
    hints = [ThreadEvidence(kind, value) for value, kind in found.items()]
    numbers = dict.fromkeys(
        match[1].strip()
        for match in _TAG.finditer(unify(mail.subject[:_MAX_SUBJECT]))
        if re.fullmatch(number_pattern, match[1].strip())
    )
    hints += [ThreadEvidence(EvidenceKind.SUBJECT_TAG, number) for number in numbers]
    return tuple(sorted(hints, key=lambda hint: _ORDER.index(hint.kind)))


def _kind(message_id: str, otherwise: EvidenceKind) -> EvidenceKind:
    return EvidenceKind.SIGNED_ID if message_id.startswith(SIGNED_PREFIX) else otherwise


def reply_subject(subject: str, number: str) -> str:
    """``Re: subject [#number]``: one Re:, one tag, however often the mail went to and fro."""
    bare = _without_replies(_without_tags(subject))
    return " ".join(part for part in ("Re:", bare, f"[#{number}]" if number else "") if part)


def clean_subject(subject: str) -> str:
    """The subject without reply and forward marks and without our tag."""
    return _strip_prefixes(_without_tags(subject), (_REPLY_PREFIX, _FORWARD_PREFIX))


def _without_replies(subject: str) -> str:
    """Replies collapse; a forward mark stays, because it says what the mail is."""
    return _strip_prefixes(subject, (_REPLY_PREFIX,))


def _strip_prefixes(subject: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    at = 0
    again = True
    # Full-width letters and colons are typed too; the folded copy shows where a prefix ends.
    while again:
        again = False
        for pattern in patterns:
            match = pattern.match(_folded(subject), at)
            if match is not None:
                at, again = match.end(), True
    return subject[at:].strip()


def _without_tags(subject: str) -> str:
    subject = " ".join(subject[:_MAX_SUBJECT].split())
    out: list[str] = []
    at = 0
    for match in _TAG.finditer(_folded(subject)):
        if any(character.isdigit() for character in match[1]):
            out.append(subject[at : match.start()])
            at = match.end()
    out.append(subject[at:])
    return " ".join(part for part in out if part).strip()


def _folded(text: str) -> str:
    """The text with every sign replaced by its narrow form, one for one, so that places stay the same."""
    return text.translate(_NARROW)


_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3014: 0x5B, 0x3015: 0x5D}
