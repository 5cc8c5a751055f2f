"""One spelling for what people write in many: full-width digits, seven kinds of hyphen, wave dashes."""

from __future__ import annotations

import re
import unicodedata

#: NFKC leaves these apart, and every one of them is typed for the same key.
_HYPHENS = "‐‑‒–—―−⁃﹘﹣－"
_TABLE = str.maketrans({**dict.fromkeys(_HYPHENS, "-"), "〜": "~", "～": "~", "∼": "~"})
#: The long-vowel mark and the drawn line are hyphens only where nothing else makes sense.
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[ー─━]+(?=[0-9])")


def unify(text: str) -> str:
    """NFKC with one hyphen and one wave dash; letters keep their case."""
    plain = unicodedata.normalize("NFKC", text).translate(_TABLE)
    return _BETWEEN_DIGITS.sub(lambda match: "-" * len(match.group()), plain)


def fold(text: str) -> str:
    """The spelling under which texts and order numbers are compared. Folding twice changes nothing."""
    # Folding case can undo the normal form for a few signs, and the other way round: done to the end.
    folded = unify(text).casefold()
    return unify(unify(folded).casefold())
