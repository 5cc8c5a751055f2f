"""Every sample mail in tests/mails, named after its trap, and what must come out of it."""

from __future__ import annotations

import datetime as dt

import pytest

from django_cs_inbox.mail.parse import parse
from django_cs_inbox.mail.types import Address

from .japanese import MAILS, sample

HANAKO = Address("", "hanako@example.com")
NOON = dt.datetime(2026, 11, 21, 12, 34, 56, tzinfo=dt.timezone(dt.timedelta(hours=9)))
UTC_NOON = NOON.replace(tzinfo=dt.UTC)

EXPECTED = {
    "subject_jis_row_13": {"subject": "①と㈱とⅢの件", "text": "hello"},
    "subject_split_inside_a_base64_group": {"subject": "サンプルメール受注担当窓口"},
    "subject_broken_words": {"subject": "café au lait注文"},
    "subject_mixed_charsets": {"subject": "Re: 注文確認 No.1005-2 ①"},
    "subject_with_line_break": {"subject": "a Bcc: x@example.net"},
    "from_name_split_inside_a_character": {
        "author": Address("サンプルメール受注担当窓口", "hanako@example.com"),
        "author_is_doubtful": False,
    },
    "from_raw_jis": {"author": Address("山田花子", "hanako@example.com"), "subject": "注文①の件"},
    "from_raw_shift_jis": {"author": Address("山田ソフト", "hanako@example.com"), "subject": "表示の件"},
    "from_raw_utf8": {"author": Address("山田花子", "hanako@example.com"), "subject": "注文の件"},
    "from_raw_euc": {"author": Address("山田㈱", "hanako@example.com"), "subject": "注文の件です"},
    "from_name_in_comment": {"author": Address("山田花子", "hanako@example.com")},
    "from_two_authors": {"author": HANAKO, "author_is_doubtful": True},
    "from_address_inside_the_name": {
        "author": Address("店長 <owner@shop.example>", "stranger@example.net"),
        "author_is_doubtful": False,
    },
    "from_encoded_as_a_whole": {
        "author": Address("山田花子", "hanako@example.com"),
        "author_is_doubtful": True,
    },
    "from_carrier_address": {
        "author": Address("", "foo..bar.@docomo.ne.jp"),
        "to": (Address("", '"foo..bar."@docomo.ne.jp'), Address("", ".foo@ezweb.ne.jp")),
    },
    "from_missing": {"author": None, "author_is_doubtful": False},
    "from_unreadable": {"author": None, "author_is_doubtful": True},
    "to_groups": {
        "to": (Address("Taro", "taro@example.net"), Address("", "jiro@example.net")),
        "cc": (Address("Yamada, Hanako", "h@example.com"), Address("Suzuki, Ichiro", "i@example.com")),
    },
    "body_jis_row_13_and_half_width_kana": {
        "text": "色鉛筆①番が㈱サンプルからｶﾀｶﾅで届きました。\n髙橋・山﨑",
        "defects": (),
    },
    "body_cp932_labelled_jis": {
        "text": "部品①が届きません。",
        "defects": ("labelled iso-2022-jp, read as cp932",),
    },
    "body_utf8_labelled_shift_jis": {
        "text": "部品が届きません。",
        "defects": ("labelled cp932, read as utf-8",),
    },
    "body_jis_labelled_utf8": {
        "text": "部品①が届きません。",
        "defects": ("labelled utf-8, read as iso-2022-jp",),
    },
    "body_x_sjis": {"text": "髙橋①", "defects": ()},
    "body_unknown_charset": {"text": "届きました", "defects": ("unknown charset 'x-shop-special'",)},
    "body_unlabelled_euc": {"text": "注文した品が届きません。"},
    "body_unlabelled_half_width_kana": {"text": "ﾃﾞﾝﾜｸﾀﾞｻｲ"},
    "body_jis_shift_out_kana": {"text": "ｶﾅ desu"},
    "body_flowed": {"text": "The pencils were broken.\n>not a quote\n\n> quoted words\n>\nother"},
    "body_flowed_delsp": {
        "text": "昨日届いた色鉛筆が折れていました。\n交換できますか。\n-- \n山田\n> > old \n> > words\n> end"
    },
    "body_empty": {"text": "", "html": ""},
    "body_missing_altogether": {"text": "", "html": "", "subject": "test"},
    "body_html_only": {
        "text": "返品をお願いします。\n\n番号 1234-5678\n\n- 赤\n- 青\n\n"
        "写真 (https://shop.example/x)\n> 前の\n> メール",
    },
    "body_html_meta_charset": {"text": "髙橋①"},
    "body_nul": {"text": "ab", "defects": ("NUL or broken characters removed",)},
    "body_base64_with_footer": {"text": "こんにちは"},
    "body_base64_that_is_not": {
        "text": "This is plain text, really. Is it not? Yes!",
        "defects": ("labelled base64, but is not",),
    },
    "body_quoted_printable": {"text": "あい 50% =ZZ"},
    "alternative": {"text": "本文です", "html": "<p>本文です</p>", "attachments": ()},
    "alternative_with_blank_text": {"text": "本文です", "html": "<p>本文です</p>"},
    "mixed_text_around_a_picture": {"text": "前\n\n後", "html": "<pre>前</pre>\n<p>後</p>"},
    "digest": {"text": ""},
    "boundary_missing": {"text": "hello", "defects": ("boundary missing",)},
    "boundary_never_seen": {"text": "hello there", "defects": ("multipart without parts",)},
    "boundary_that_begins_another": {"text": "one\n\ntwo\n\nthree", "defects": ()},
    "mbox_from_line": {"subject": "test", "text": "hello", "defects": ()},
    "lone_cr": {"subject": "test", "text": "line 1\nline 2"},
    "double_cr": {"subject": "test", "text": "hello\nagain"},
    "blank_line_missing": {
        "text": "This is no header\nhello",
        "defects": ("no blank line after the headers",),
    },
    "blank_line_of_spaces": {"text": "hello", "defects": ()},
    "folded_with_a_line_of_spaces": {"subject": "one    two", "text": "hello"},
    "leading_blank_lines": {"subject": "test", "text": "hello", "author": HANAKO},
    "ids_folded_and_encoded": {
        "message_id": "long.id@example.com",
        "in_reply_to": ("parent@shop.example",),
        "references": ("one@shop.example", "two@shop.example", "parent@shop.example"),
    },
    "ids_without_brackets": {"message_id": "bare@example.com", "in_reply_to": ("parent@shop.example",)},
    "date_absurd": {"date": None},
    "date_without_zone": {"date": UTC_NOON},
    "date_japanese": {"date": NOON},
    "list_mail": {"date": NOON, "message_id": "sample@example.com"},
}

#: (name, type, length, content id, inline)
ATTACHMENTS = {
    "related_inline_image": [
        ("photo.png", "image/png", 12, "img1@example.com", True),
        ("b.png", "image/png", 12, "img2@example.com", False),
    ],
    "mixed_text_around_a_picture": [
        ("p.png", "image/png", 12, "", False),
        ("memo.txt", "text/plain", 4, "", False),
    ],
    "forwarded_as_attachment": [
        ("元の_メール.eml", "message/rfc822", 130, "", False),
        ("message-2.eml", "message/rfc822", 33, "", False),
    ],
    "digest": [("元の_メール.eml", "message/rfc822", 130, "", False)],
    "calendar": [("attachment-1.ics", "text/calendar", 30, "", False)],
    "signed": [("attachment-1.asc", "application/pgp-signature", 15, "", False)],
    "uuencoded": [("a.txt", "application/octet-stream", 3, "", False)],
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_mail(name):
    mail = parse(sample(name))
    assert {field: getattr(mail, field) for field in EXPECTED[name]} == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(ATTACHMENTS))
def test_attachments(name):
    found = [
        (item.name, item.content_type, len(item.content), item.content_id, item.is_inline)
        for item in parse(sample(name)).attachments
    ]
    assert found == ATTACHMENTS[name]


def test_one_name_in_thirteen_spellings():
    mail = parse(sample("attachment_names"))
    assert [item.name for item in mail.attachments] == ["見積①.pdf"] * 13
    assert {item.content for item in mail.attachments} == {b"%PDF-"}


def test_names_that_attack_are_harmless():
    names = [item.name for item in parse(sample("attachment_names_that_attack")).attachments]
    assert names == [
        "photo.jpg",
        "passwd",
        "photogpj.exe",
        "a" * 146 + ".pdf",
        "ab c.txt",
        "a X-Evil_ b.txt",
        "attachment-7",
        "attachment-8",
        "nul.txt",
    ]


@pytest.mark.parametrize("path", sorted(MAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_every_sample_is_read_without_control_characters(path):
    mail = parse(path.read_bytes())
    texts = [mail.subject, mail.text, mail.html, mail.message_id, *(value for _, value in mail.headers)]
    texts += [item.name for item in mail.attachments]
    assert not any("\0" in text or "\x1b" in text for text in texts)
    assert not any(line in mail.subject for line in "\r\n")
