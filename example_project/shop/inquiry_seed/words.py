"""Greetings and closings around what is said."""

from __future__ import annotations

OPENINGS = [
    "お世話になっております。{name}です。\n",
    "はじめまして。{name}と申します。\n",
    "いつも利用しています、{family}です。\n",
    "こんにちは。{family}と申します。\n",
    "先日注文した{family}です。\n",
    "",
    "",
]
CLOSINGS = [
    "\n\nよろしくお願いいたします。",
    "\n\nお手数ですが、ご確認をお願いします。",
    "\n\nお返事をお待ちしております。",
    "\nよろしくお願いします。",
    "",
]
STAFF_OPENINGS = [
    "お世話になっております。文具のことり堂の{staff}です。",
    "いつもご利用いただき、ありがとうございます。文具のことり堂の{staff}と申します。",
    "文具のことり堂の{staff}でございます。",
]
STAFF_CLOSINGS = [
    "ご不明な点がございましたら、このメールにそのままご返信ください。\nよろしくお願いいたします。",
    "どうぞよろしくお願いいたします。",
    "今後とも文具のことり堂をよろしくお願いいたします。",
]
THANKS = [
    "ありがとうございます。助かりました。",
    "早速のご対応、ありがとうございました。",
    "承知しました。よろしくお願いします。",
    "ご丁寧にありがとうございます。それでお願いいたします。",
    "本日届きました。とてもきれいな状態でした。ありがとうございました。",
    "よくわかりました。また利用させていただきます。",
    "了解です！",
]
AFTERTHOUGHTS = [
    "たびたびすみません。先ほどの件ですが、平日の夕方でしたら電話にも出られます。",
    "追記です。急いでおりますので、今日中にお返事をいただけると助かります。",
    "先ほどのメールに書き忘れました。領収書も一緒にお願いできますか。",
    "その後いかがでしょうか。お忙しいところ恐れ入りますが、ご確認をお願いします。",
]
COLLEAGUES = [
    "前回のやり取りも確認しました。同じ内容で答えて問題ありません。",
    "倉庫に電話して確認済み。今日の便に間に合います。",
    "対応の手順は「よくある質問」の12番と同じです。",
    "折り返しの電話が必要かもしれません。夕方は不在とのこと。",
    "同じ商品の連絡が今週2件目です。",
    "商品ページの説明もあとで直しておきます。",
]
RETURNS = [
    "お詫びの言葉を先に。あと、お届け日を具体的に書いてください。",
    "返送料は当店負担です。「ご負担」の一文を消してください。",
    "お名前の漢字を注文と合わせてください。内容はこれで大丈夫です。",
]


def from_customer(person, body, pick, *, signed=False) -> str:
    text = pick.choice(OPENINGS).format(name=person.name, family=person.family)
    text += body + pick.choice(CLOSINGS)
    if signed:
        text += signature(person)
    return text.strip()


def signature(person) -> str:
    if person.style == "iphone":
        return "\n\niPhoneから送信"
    if person.style == "outlook":
        return f"\n\n_________________________\n{person.name}\nTEL {person.phone}"
    return "" if person.style == "mobile" else f"\n\n{person.name}"


def from_staff(person, staff, body, pick) -> str:
    name = f"{person.name} 様" if person.name else "お客様"
    opening = pick.choice(STAFF_OPENINGS).format(staff=staff.last_name)
    return f"{name}\n\n{opening}\n\n{body}\n\n{pick.choice(STAFF_CLOSINGS)}"
