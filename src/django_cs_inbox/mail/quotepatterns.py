"""The lines by which mailers announce a quoted mail. One pattern a kind; every one works on a single line."""

from __future__ import annotations

import re

#: Longer lines announce nothing, and no pattern below sees them.
MAX_LINE = 400

_BLANK = r"[ \t\u3000]"
_DAY = (
    r"(?:\d{4}\s?[年/.\-]\s?\d{1,2}\s?[月/.\-]\s?\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d{1,2},?\s\d{4}"
    r"|\d{1,2}\.?\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,?\s\d{4}"
    r"|\d{1,2}月\s?\d{1,2}\s?日?,?\s{0,2}\d{4})"
)
_CLOCK = r"(?:\d{1,2}[:：]\d{2}|\d{1,2}時\d{1,2}分)"
_ADDRESS = r"[^\s<>＜＞@]{1,100}@[A-Za-z0-9.\-]{3,100}"

DAY = re.compile(_DAY, re.IGNORECASE)
CLOCK = re.compile(_CLOCK)
ADDRESS = re.compile(_ADDRESS)

#: ``> text`` in all spellings.
MARK = re.compile(rf"{_BLANK}{{0,3}}[>＞]")
#: ``yamada> text``: the writer's name in front of every line.
NAME_MARK = re.compile(rf"{_BLANK}{{0,3}}([^\s<>＞@:：]{{1,16}})[>＞]")
#: Not a quote: arrows for emphasis, comparisons, tags.
ARROWS = re.compile(
    r"\s{0,3}(?:[>＞]{2,}[^<＜]{1,80}[<＜]{1,}\s{0,3}\Z|[>＞]\s?[=＝]|[>＞]\s?[¥￥\d][\d,.]{0,12}\s?(?:円|%|個)?\s?\Z)"
)

#: The end of a line that introduces the words of someone else. What must stand with it: ``is_attribution``.
WROTE = re.compile(
    r"(?:\bwrote|\bwrites|さんは?書きました|は書きました|が書きました|に書きました|(?:さん|様|氏)\s?wrote|のメール|からのメール|のメッセージ"
    r"|さんからのメール|より)\s{0,3}[:：]?\s{0,3}(?:-{2,40})?\s{0,3}\Z",
    re.IGNORECASE,
)
WROTE_WORD = re.compile(r"wrote|writes|書きました|のメール|のメッセージ", re.IGNORECASE)
#: A sentence of the writer's own: "昨日 12:34 に次のメールが来ました:".
PROSE = re.compile(r"。|(?<!書き)ました|ます|です|ので|次の|以下の")
COLON = re.compile(r"[:：]\s{0,3}\Z")

_RULE = r"[-－ー―─━=＝_*＊~～]"
_ORIGINAL = (
    r"(?:original\s(?:message|mail|appointment)|(?:引用)?元(?:の)?(?:メッセージ|メール)|オリジナル(?:の)?(?:メッセージ|メール)"
    r"|返信元(?:の)?(?:メッセージ|メール)|引用(?:元|文|ここから)|以下引用|reply\smessage|受信メール|受信メッセージ)"
)
#: ``-----Original Message-----`` and its Japanese cousins.
SEPARATOR = re.compile(
    rf"\s{{0,5}}{_RULE}{{2,80}}\s{{0,5}}{_ORIGINAL}\s{{0,5}}{_RULE}{{0,80}}\s{{0,5}}[:：]?\s{{0,5}}\Z",
    re.IGNORECASE,
)
#: ``---- On …, name wrote ----`` (Zoho and others).
RULED_WROTE = re.compile(
    rf"\s{{0,5}}{_RULE}{{2,80}}.{{5,250}}(?:wrote|書きました).{{0,5}}{_RULE}{{2,80}}\s{{0,5}}\Z",
    re.IGNORECASE,
)
#: A drawn line, which belongs to the header block below it.
RULE = re.compile(rf"\s{{0,5}}{_RULE}{{5,200}}\s{{0,5}}\Z")

_FORWARD = (
    r"(?:forwarded\s(?:message|mail)|forward(?:ed)?\sby\s.{1,80}|begin\sforwarded\smessage|転送(?:された|する|元)?(?:の)?"
    r"(?:メッセージ|メール)?(?:ここから|開始|します|いたします)?|以下転送(?:メール|メッセージ)?)"
)
FORWARD = re.compile(
    rf"\s{{0,5}}(?:[>＞]\s?)?(?:{_RULE}{{2,80}}\s{{0,5}}{_FORWARD}\s{{0,5}}{_RULE}{{0,80}}"
    r"|begin\sforwarded\smessage\s?[:：]|転送されたメッセージ\s?[:：]?|以下転送(?:メール|メッセージ)?\s?[:：]?)\s{0,5}\Z",
    re.IGNORECASE,
)
#: Said in the writer's own words: what follows is meant to be read.
FORWARD_WORDS = re.compile(
    r"転送(?:いた)?します|転送させて|を転送|下記(?:の)?メール|以下(?:の)?メール|forwarding|\bfyi\b|see below",
    re.IGNORECASE,
)
FORWARD_SUBJECT = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|tr|転送)\s?[:：]", re.IGNORECASE)

_LABELS = {
    "from": "from|差出人|送信者|送信元|発信者",
    "date": "date|sent|sent at|送信日時|送信日|日時|日付|受信日時",
    "to": "to|宛先|あて先|宛て先|受信者|送信先",
    "cc": "cc|bcc|ｃｃ|reply-to|返信先|importance|重要度|添付ファイル|attachments",
    "subject": "subject|件名|題名|表題|タイトル",
}
#: ``差出人: …`` with the name of the group that matched; Outlook and Yahoo! set the label in bold with stars.
LABEL = re.compile(
    r"\s{0,5}(?:[>＞]\s?){0,3}[*＊]{0,2}(?:"
    + "|".join(rf"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")[ \u3000]{0,6}[:：][*＊]{0,2}",
    re.IGNORECASE,
)
