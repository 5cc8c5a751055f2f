"""Two thousand generated mails: subject, name, body and file name come back to the letter."""

from __future__ import annotations

import random
from base64 import b64encode

from django_cs_inbox.mail.parse import parse

from .japanese import encode, word

#: What breaks codecs: NEC's row 13, IBM's extensions, half-width kana, trail bytes that look like ASCII.
SIGNS = """
    ① ㈱ 髙橋 山﨑 ｶﾀｶﾅ ﾊﾞｯｸﾞ 色鉛筆 注文 返品 交換 ソ 表 予約 Ⅲ № が折れて いました 届きません 1005-2 ABC － ℡
    です ください 、 。 サンプル の件
"""
PIECES = tuple(SIGNS.split())
CHARSETS = ("iso-2022-jp", "cp50221", "euc-jp", "x-sjis", "utf-8")


def text_of(chance: random.Random, least: int, most: int) -> str:
    return "".join(chance.choice(PIECES) for _ in range(chance.randint(least, most)))


def name_header(name: str, charset: str, way: int) -> bytes:
    raw = encode(name, charset)
    if way == 0:
        return b'filename="' + word(name, charset).encode() + b'"'
    if way == 1:
        label = charset.encode()
        return b"filename*=" + label + b"''" + "".join(f"%{byte:02X}" for byte in raw).encode()
    if way == 2:
        return b"filename=" + word(name, charset).encode()
    return b'filename="' + raw + b'"'


def make(chance: random.Random) -> tuple[bytes, tuple[str, str, str, str]]:
    charset = chance.choice(CHARSETS)
    subject, name = text_of(chance, 2, 9), text_of(chance, 1, 4)
    body = "\n".join(text_of(chance, 1, 14) for _ in range(chance.randint(1, 6)))
    file_name = text_of(chance, 1, 4) + ".pdf"
    # Bare cp932 or EUC of a few characters is a guess, so raw headers are tried where the bytes tell.
    ways = 4 if charset in ("iso-2022-jp", "cp50221", "utf-8") else 3
    is_raw = ways == 4 and chance.random() < 0.4
    raw_subject = encode(subject, charset) if is_raw else word(subject, charset).encode()
    raw_name = encode(name, charset) if is_raw else word(name, charset).encode()
    content = encode(body, charset)
    lines = [
        b"From: " + raw_name + b" <hanako@example.com>",
        b"Subject: " + raw_subject,
        b"Content-Type: multipart/mixed; boundary=m",
        b"",
        b"--m",
        b"Content-Type: text/plain; charset=" + charset.encode(),
        b"Content-Transfer-Encoding: base64",
        b"",
        b64encode(content),
        b"--m",
        b"Content-Type: application/pdf",
        b"Content-Disposition: attachment; " + name_header(file_name, charset, chance.randrange(ways)),
        b"",
        b"x",
        b"--m--",
    ]
    return b"\r\n".join(lines), (subject, name, body, file_name)


def test_round_trips():
    chance = random.Random(20261121)
    for number in range(2000):
        raw, expected = make(chance)
        mail = parse(raw)
        assert mail.author is not None
        found = (mail.subject, mail.author.name, mail.text, mail.attachments[0].name)
        assert found == expected, (number, raw)
