"""Order numbers in running text: what may be one, and nothing that is a telephone, a date or a price."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..mail.numbers import unify

#: No more of a text is read, and no more candidates are taken from it: each one costs a query.
MAX_TEXT = 20_000
MAX_CANDIDATES = 20
MAX_LENGTH = 64

_RUN = r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*"
_END = r"(?![A-Za-z0-9])"
# Folding may have turned the long vowel mark into a hyphen.
_O_DA = r"オ[ー\-]?ダ[ー\-]"
_NO = r"(?:番号|ナンバ[ー\-]|ID|No\.?|№|#)"
_KEYWORD = (
    rf"(?:(?:ご?注文|{_O_DA}|受注|受付|ご?購入|お買い?上げ)\s*(?:{_NO}|(?=[\s:#「\[(]))"
    r"|(?<![A-Za-z])order(?:ed)?\s*(?:number|no\.?|num\.?|id|ref(?:erence)?\.?|code)?(?=[\s:#])"
    rf"|(?<![A-Za-z])(?:order|purchase)\s*{_NO})"
)
_BETWEEN = r"[\s:#=はがの「『【\[(<\"']{0,6}"
_AND = r"\s{0,2}(?:、|,|・|と|及び|/|&|and)\s{0,2}"
_AFTER_KEYWORD = re.compile(rf"{_KEYWORD}{_BETWEEN}({_RUN}(?:{_AND}#?{_RUN})*){_END}", re.IGNORECASE)

#: Shapes that speak for themselves.
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9_\-./@=&?%])(?:"
    r"#(?P<hash>\d{3,}(?:-\d+)*)"
    r"|(?P<uuid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<letters>(?!No\d)[A-Za-z]{1,8}[-_]?\d{3,}(?:[-_][A-Za-z0-9]+)*)"
    r"|(?P<groups>\d{2,}(?:-[A-Za-z0-9]+)+)"
    r")(?![A-Za-z0-9_@]|[-.][A-Za-z0-9])"
)

_NOT_A_NUMBER = re.compile(
    r"0\d{1,4}-\d{1,4}-\d{3,4}"  # telephone
    r"|0\d{9,10}"
    r"|(?:19|20)\d\d-\d{1,2}-\d{1,2}"  # date
    r"|\d{3}-\d{4}"  # postal code
    r"|(?:19|20)\d\d-\d{1,2}"
)
#: A counter behind it makes it an amount: 3個, 1200円, 5月.
_COUNTER = re.compile(r"\s?(?:個|点|件|枚|本|冊|箱|回|名|人|円|月|日|年|時|分|%|割|セット|ヶ|か|JPY|yen)")


def find_candidates(text: str, pattern: str | None, *, shapes: bool = True) -> list[str]:
    """Candidates in their order, each once, folded: after a keyword, by the shop's pattern, else by shape.

    A number standing alone never counts, whatever its length, unless the shop's pattern says so.
    """
    folded = unify(text[:MAX_TEXT])
    found = [*_after_keywords(folded), *_by_pattern(folded, pattern)]
    if pattern is None and shapes:
        found += _by_shape(folded)
    found.sort(key=lambda place: place[0])
    numbers = dict.fromkeys(number for _, number in found if 0 < len(number) <= MAX_LENGTH)
    return list(numbers)[:MAX_CANDIDATES]


def variants(number: str) -> list[str]:
    """Spellings under which the shop may have stored a number that a person typed."""
    typed, folded = number.strip(), plain(number)
    found = (typed, folded, folded.upper(), folded.lower())
    return list(dict.fromkeys(text for text in found if 0 < len(text) <= MAX_LENGTH and "\0" not in text))


def plain(number: str) -> str:
    """The number in its simplest spelling: ASCII width and hyphens, no "#" before it; case is kept."""
    return unify(number).strip().lstrip("#").strip()


def holds_number(text: str, number: str) -> bool:
    """Whether this very number stands in a folded text, not as a piece of a longer one."""
    wanted = re.escape(unify(number))
    return bool(
        re.search(rf"(?<![A-Za-z0-9\-_]){wanted}(?![A-Za-z0-9]|[\-_][A-Za-z0-9])", text, re.IGNORECASE)
    )


def _after_keywords(text: str) -> Iterator[tuple[int, str]]:
    for match in _AFTER_KEYWORD.finditer(text):
        named = bool(re.search(_NO, match.group(0)[: match.start(1) - match.start()], re.IGNORECASE))
        for token in re.finditer(_RUN, match.group(1)):
            number, start = token.group(0), match.start(1) + token.start()
            if not re.search(r"\d", number) or _COUNTER.match(text, start + len(number)):
                break
            # 「ご注文 3」 is no order number, 「ご注文番号 3」 is.
            if named or len(number) > 3:
                yield start, number


def _by_pattern(text: str, pattern: str | None) -> Iterator[tuple[int, str]]:
    if not pattern:
        return
    for match in re.finditer(pattern, text):
        group = "number" if "number" in match.groupdict() else min(1, match.re.groups)
        if match.group(group):
            yield match.start(group), match.group(group).strip()


def _by_shape(text: str) -> Iterator[tuple[int, str]]:
    for match in _SHAPES.finditer(text):
        number = match.group(match.lastgroup or 0)
        if _NOT_A_NUMBER.fullmatch(number) and match.lastgroup == "groups":
            continue
        if not _COUNTER.match(text, match.end()):
            yield match.start(match.lastgroup or 0), number
