"""How mailers quote, one sample a way. Lines that begin with | in a sample are the ones to be hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_cs_inbox.mail.quotes import new_text, split

SAMPLES = {
    "gmail ja": """
よろしくお願いします。

|2026年11月21日(土) 12:34 みどり文具店 <support@shop.example>:
|
|> ご連絡ありがとうございます。
|> 在庫を調べます。
|>
""",
    "gmail ja, wrapped": """
赤をお願いします。

|2026年11月21日(土) 12:34 みどり文具店 お客様サポート
|<support@shop.example>:
|
|> 色はどちらになさいますか。
""",
    "gmail ja, old": """
赤です。

|2014年8月5日 3:51 みどり文具店 <support@shop.example>:
|> 色はどちらですか。
""",
    "gmail en": """
Thank you!

|On Sat, Nov 21, 2026 at 12:34 PM Midori <support@shop.example> wrote:
|
|> We sent it today.
""",
    "gmail en, wrapped": """
Thank you!

|On Sat, Nov 21, 2026 at 12:34 PM Midori Stationery Customer Support <
|support@shop.example> wrote:
|
|> We sent it today.
""",
    "android": """
わかりました

|土曜日、11月 21, 2026 at 12:34 午後 みどり文具店 <support@shop.example>さんは書きました:
|
|> 明日お届けします。
""",
    "iphone ja": """
届きました。

|2026/11/21 12:34、みどり文具店 <support@shop.example>のメール:
|
|> 発送しました。
""",
    "iphone ja, introduction marked as well": """
届きました。

iPhoneから送信

|> 2026/11/21 12:34、みどり文具店 <support@shop.example>のメール:
|>
|> 発送しました。
""",
    "iphone ja, newer": """
届きました。

|2026年11月21日(土) 12:34、みどり文具店 <support@shop.example>のメール:
|
|発送しました。
""",
    "original message": """
キャンセルしてください。

|-----Original Message-----
|From: support@shop.example
|Sent: Saturday, November 21, 2026 12:34 PM
|To: hanako@example.com
|Subject: ご注文の確認
|
|ご注文の品は次のとおりです。
""",
    "outlook ja with a line": """
住所を変えたいです。

|________________________________
|差出人: みどり文具店 <support@shop.example>
|送信日時: 2026年11月21日 12:34
|宛先: hanako@example.com
|件名: ご注文の確認
|
|ご注文の品は次のとおりです。
""",
    "outlook ja without a line": """
住所を変えたいです。
山田

|差出人: みどり文具店 <support@shop.example>
|送信日時: 2026年11月21日土曜日 12:34
|宛先: hanako@example.com
|件名: ご注文の確認
|
|ご注文の品は次のとおりです。
""",
    "outlook en without a line": """
Please change my address.

|From: Midori <support@shop.example>
|Sent: Saturday, November 21, 2026 12:34 PM
|To: hanako@example.com
|Cc: taro@example.com
|Subject: Your order
|
|These are your goods.
""",
    "outlook with bold labels": """
お願いします。

|*差出人：* みどり文具店 <support@shop.example>
|*日付：* 2026年11月21日 12:34
|*宛先：* hanako@example.com
|*件名：* ご注文の確認
|
|ご注文の品は次のとおりです。
""",
    "moto no message, full-width colons": """
色違いでした。

|----- 元のメッセージ -----
|差出人：みどり文具店
|日時：2026年11月21日 12:34
|件名：発送のお知らせ
|
|発送しました。
""",
    "inyo moto": """
色違いでした。

|---- 引用元メッセージ ----
|発送しました。
""",
    "yahoo app": """
すみません、もう一度お願いします。

|----- Original Message -----
|
|From: support@shop.example
|To: hanako@example.com
|Date: 2026/11/21 土 12:34
|Subject: ご注文の確認
|
|ご注文の品は次のとおりです。
""",
    "yahoo web": """
了解しました。

|2026年11月21日 土曜日 12:34, みどり文具店 <support@shop.example> wrote:
|
|明日お届けします。
""",
    "thunderbird ja": """
写真を送ります。

|On 2026/11/21 12:34, みどり文具店 wrote:
|> 写真をお送りください。
|> よろしくお願いします。
""",
    "thunderbird, old": """
写真を送ります。

|(2014/08/05 3:51), みどり文具店 wrote:
|> 写真をお送りください。
|> よろしくお願いします。
""",
    "thunderbird, newer": """
写真を送ります。

|2026/11/21 12:34、みどり文具店 さんは書きました:
|> 写真をお送りください。
""",
    "evolution": """
写真を送ります。

|2026-11-21 (土) の 12:34 +0900 に みどり文具店 さんは書きました:
|> 写真をお送りください。
""",
    "roundcube": """
写真を送ります。

|2026-11-21 12:34 に support@shop.example は書きました:
|> 写真をお送りください。
""",
    "only a name": """
はい、そうです。

|みどり文具店さんは書きました:
|> 山田様でしょうか。
""",
    "becky": """
赤が一本です。

|On Sat, 21 Nov 2026 12:34:56 +0900
|みどり文具店 <support@shop.example> wrote:
|
|midori> 何色が何本
|midori> 折れていましたか。
""",
    "name marks without introduction": """
山田> 何色ですか。
山田> 何本ですか。
赤が一本です。
""".replace("山田>", "|山田>"),
    "full-width marks": """
赤です。
|＞何色ですか。
|＞何本ですか。
一本です。
""",
    "docomo": """
まだ届きません

|---- 元のメール ----
|差出人: support@shop.example
|件名: 発送のお知らせ
|
|発送しました。
""",
    "au": """
まだ届きません

|-------- Original Message --------
|From: support@shop.example
|Date: 2026/11/21 12:34
|発送しました。
""",
    "softbank": """
まだ届きません

|--- 元のメッセージ ---
|発送しました。
""",
    "zoho": """
Thanks.

|---- On Sat, 21 Nov 2026 12:34:56 +0900 Midori <support@shop.example> wrote ----
|
|We sent it.
""",
    "interleaved": """
|2026年11月21日(土) 12:34 みどり文具店 <support@shop.example>:
|
|> 何色ですか。

赤です。

|> 何本ですか。
|> お知らせください。

一本です。
""",
    "interleaved, one line": """
|2026年11月21日(土) 12:34 みどり文具店 <support@shop.example>:
|
|> 何色ですか。
|> 赤でしょうか。

はい。

|> 何本ですか。
一本です。
""",
    "bottom posting": """
|On 2026/11/21 12:34, みどり文具店 wrote:
|> 何色ですか。
|> 何本ですか。

赤が一本です。
山田
""",
    "answers inside an original message": """
下に書きました。

|-----Original Message-----
|From: support@shop.example
|Sent: 2026/11/21 12:34
|
|> 何色ですか。
|> 材質は何ですか。
|> 何本ですか。
赤です。
""",
    "marks that begin late inside an original message": """
下に書きました。

|-----Original Message-----
|From: support@shop.example
|Sent: 2026/11/21 12:34

下をご覧ください。
|> 何色ですか。
|> 材質は何ですか。
|> 何本ですか。
赤です。
""",
    "two quotes, the older inside": """
お願いします。

|2026年11月22日(日) 9:00 みどり文具店 <support@shop.example>:
|
|> 承りました。
|> 2026年11月21日(土) 12:34 山田 <hanako@example.com>:
|> > 交換してください。
""",
    # What must stay.
    "forwarded by gmail": """
この件です。

---------- Forwarded message ---------
From: みどり文具店 <support@shop.example>
Date: 2026年11月21日(土) 12:34
Subject: ご注文 1005-2
To: <hanako@example.com>

ご注文番号 1005-2
""",
    "forwarded by thunderbird": """
-------- 転送されたメッセージ --------
件名: ご注文 1005-2
日付: 2026年11月21日
差出人: みどり文具店 <support@shop.example>

ご注文番号 1005-2
""",
    "forwarded by apple": """
見てください。

Begin forwarded message:

> From: support@shop.example
> Subject: ご注文 1005-2
>
> ご注文番号 1005-2
""",
    "forwarded by outlook, said in words": """
下記メールを転送します。

差出人: みどり文具店 <support@shop.example>
送信日時: 2026年11月21日 12:34
宛先: hanako@example.com
件名: ご注文 1005-2

ご注文番号 1005-2
""",
    "nothing but an old mail": """
差出人: みどり文具店 <support@shop.example>
送信日時: 2026年11月21日 12:34
宛先: hanako@example.com
件名: ご注文 1005-2

ご注文番号 1005-2
""",
    "nothing but marks": """
> ご注文番号 1005-2
> 届きません
""",
    "one mark for emphasis": """
次の品が届きません。
> 色鉛筆12色
早めにお願いします。
""",
    "arrows and comparisons": """
>>> 大至急 <<<
> 1,980円
>= 3 本
>¥500
""",
    "a parcel's slip": """
送り状にはこうありました。
差出人：みどり文具店
宛先：山田花子
品名：色鉛筆
""",
    "labels that begin with a copy": """
CC: taro@example.com
From: hanako@example.com
Date: 2026/11/21 12:34
""",
    "becky, long": """
赤が一本です。

|In message <1.2@shop.example>
|"Re: ご注文の件"
|On Sat, 21 Nov 2026 12:34:56 +0900
|みどり文具店 <support@shop.example> wrote:
|
|> 何色ですか。
|> 何本ですか。
""",
    "a copied header in the middle of a story": """
こんにちは。

差出人: みどり文具店 <support@shop.example>
件名: 当選のお知らせ
日時: 2026/11/21 12:34
というメールが来ました。本物ですか。
""",
    "a date, an address and a colon in a sentence": """
お世話になります。
昨日 2026/11/21 12:34 に support@shop.example から次のメールが来ました:
在庫がありません
どういうことですか。
""",
    "a sentence before a quote": """
2026年11月21日 12:34 に注文しました。
確認メール:
|> 注文番号 1005-2
|> 合計 1,980円です
この件です。
""",
    "labels of a form": """
件名: 返品
日時: 昨日
差出人: 山田
どれも空欄でした。
""",
    "a date with a colon": """
2026年11月21日 12:34 に電話しました:
出ませんでした。
""",
    "a mail is mentioned": """
昨日のメール:
届いていますか。
""",
    "signature lines": """
お願いします。
----------------
山田花子
________________
電話 03-0000-0000
""",
    "long line": "> " + "長" * 500 + "\n本文です。\n",
}


def marked(sample: str) -> list[tuple[str, bool]]:
    return [(line.removeprefix("|"), line.startswith("|")) for line in sample.strip("\n").split("\n")]


@pytest.mark.parametrize("name", list(SAMPLES))
def test_sample(name):
    expected = marked(SAMPLES[name])
    text = "\n".join(line for line, _ in expected)
    result = split(text)
    assert "".join(piece.text for piece in result.pieces) == text
    found = [
        (line, piece.is_quote)
        for piece in result.pieces
        for line in piece.text.removesuffix("\n").split("\n")
    ]
    # Blank lines may stand on either side.
    assert [pair for pair in found if pair[0].strip()] == [pair for pair in expected if pair[0].strip()]


def test_forwarding_is_told_by_the_subject_too():
    text = "".join(f"{line}\n" for line, _ in marked(SAMPLES["outlook ja with a line"]))
    assert len(split(text).pieces) == 2
    assert len(split(text, subject="FW: ご注文の確認").pieces) == 1
    assert "次のとおり" in new_text(text, subject="転送: ご注文")


def test_new_text():
    text = "赤です。\n\nOn 2026/11/21 12:34, shop wrote:\n> 何色?\n> 何本?\n\n一本です。\n"
    assert new_text(text) == "赤です。\n\n\n一本です。"
    assert new_text("") == ""


def test_blank_text_has_no_quote():
    assert split("").pieces == ()
    assert [piece.is_quote for piece in split(" \n\n").pieces] == [False]


def test_line_ends_of_every_kind_come_back():
    text = "a\r\n\r\nOn 2026/11/21 12:34, x wrote:\r\n> b\r\n> c\x0bd\u2028e"
    pieces = split(text).pieces
    assert "".join(piece.text for piece in pieces) == text
    assert pieces[0].text == "a\r\n\r\n"


def test_very_long_mails_keep_the_last_verdict():
    text = "a\n-----Original Message-----\nFrom: x\nSent: y\n" + "b\n" * 20_000
    assert [piece.is_quote for piece in split(text).pieces] == [False, True]
    assert [piece.is_quote for piece in split("b\n" * 20_000).pieces] == [False]


LINES = [line for sample in SAMPLES.values() for line, _ in marked(sample)]


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=30))
def test_any_order_of_lines_joins_back_and_leaves_something(lines):
    text = "\n".join(lines)
    pieces = split(text).pieces
    assert "".join(piece.text for piece in pieces) == text
    assert not text.strip() or any(piece.text.strip() and not piece.is_quote for piece in pieces)
