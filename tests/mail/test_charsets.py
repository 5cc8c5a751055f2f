from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_cs_inbox.mail.charsets import decode, family_of

from .japanese import _places, cp50221, cp51932

EVERYTHING = "①㈱Ⅲ№㍑髙﨑ｶﾀｶﾅ－〜～ソ表能ー亜熙"


def test_every_cell_of_the_table_survives_in_every_dress():
    text = "".join(_places())
    assert len(text) > 7000
    assert decode(cp50221(text), "iso-2022-jp") == (text, ())
    assert decode(cp51932(text), "euc-jp") == (text, ())
    assert decode(text.encode("cp932"), "shift_jis") == (text, ())


@pytest.mark.parametrize(
    "label",
    ["iso-2022-jp", "ISO-2022-JP", "cp50220", "CP50221", "cp50222", "iso-2022-jp-ms", "csISO2022JP", ""],
)
def test_labels_of_jis(label):
    text = EVERYTHING.replace("～", "").replace("〜", "")
    assert decode(cp50221(text), label) == (text, ())


@pytest.mark.parametrize("label", ["utf-8", "us-ascii", "shift_jis", "iso-8859-1", "x-strange"])
def test_escape_sequences_win_over_every_label(label):
    assert decode(cp50221("注文①です"), label)[0] == "注文①です"


@pytest.mark.parametrize(
    "label",
    ["shift_jis", "x-sjis", "MS_Kanji", "windows-932", "windows-31j", "csWindows31J", "Shift_JIS-2004"],
)
def test_labels_of_shift_jis(label):
    # shift_jis_2004 of Python turns 髙橋 into another name without a word.
    assert decode("髙橋①㈱﨑～".encode("cp932"), label) == ("髙橋①㈱﨑～", ())


@pytest.mark.parametrize("label", ["euc-jp", "x-euc-jp", "eucjp-ms", "cp51932", '"EUC-JP"'])
def test_labels_of_euc(label):
    assert decode(cp51932("髙橋①㈱ｶﾅ－"), label) == ("髙橋①㈱ｶﾅ－", ())


def test_third_plane_of_euc():
    assert decode(b"\x8f\xb0\xa1", "euc-jp") == ("丂", ())
    # IBM's extensions as eucJP-ms keeps them: the first, one in the middle, the last.
    assert decode(b"\x8f\xf3\xf3\x8f\xf4\xab\x8f\xf4\xac\x8f\xf4\xfe", "eucjp-ms") == ("ⅰ㈱№黑", ())


def test_third_plane_of_jis():
    assert decode(b"\x1b$(D\x30\x21\x1b(B", "iso-2022-jp") == ("丂", ())


def test_wider_iso_2022():
    assert decode("한국".encode("iso2022_jp_2"), "iso-2022-jp-2")[0] == "한국"
    assert decode("𠮟る①".encode("iso2022_jp_2004"), "iso-2022-jp-2004")[0] == "𠮟る①"
    # Not clean: read as the older sets rather than not at all.
    assert decode(b'\x1b$(Q$"\x1b(B\xff', "iso-2022-jp")[0].startswith("あ")
    assert decode(b'\x1b$B$"\x1b(B\x1b$A\xff', "iso-2022-jp")[0].startswith("あ")


def test_jis_roman_shows_the_yen_sign_and_keeps_web_addresses():
    assert decode(cp50221(r"注文 \1,980 ~user", roman=True), "iso-2022-jp")[0] == "注文 ¥1,980 ~user"


def test_kana_by_shift_out_and_by_eighth_bit():
    assert decode(b"\x0e\x36\x45\x0f ok", "iso-2022-jp") == ("ｶﾅ ok", ())
    assert decode(b'\x1b$B$"\x1b(B \xb6\xc5', "iso-2022-jp") == ("あ ｶﾅ", ())
    assert decode(b"\x1b(I6E\x1b(B", "") == ("ｶﾅ", ())


def test_two_byte_text_with_the_eighth_bit_or_with_blanks():
    assert decode(b"\x1b$B\xa4\xa2\x1b(B", "iso-2022-jp")[0] == "あ"
    assert decode(b'\x1b$B$" $$\x1b(B', "iso-2022-jp")[0] == "あ い"


def test_a_line_resets_to_ascii_unless_kana_goes_on():
    assert decode(b'\x1b$B$"\r\nHello', "iso-2022-jp")[0] == "あ\r\nHello"
    assert decode(b'\x1b$B$"\n$$\x1b(B', "iso-2022-jp")[0] == "あ\nい"
    assert decode(b'\x1b$B$"\n$5.00 only', "iso-2022-jp")[0] == "あ\n$5.00 only"


def test_half_a_character_is_replaced_and_reported():
    assert decode(b'\x1b$B$"$\x1b(B!', "iso-2022-jp") == ("あ\ufffd!", ("unreadable characters",))
    assert decode(b"\xa4\xa2\xff", "euc-jp")[1] != ()


def test_pictograms_of_a_carrier_leave_a_mark():
    assert decode(b'\x1b$B$"\x1b(B\x1b$Gj"\x0f!', "iso-2022-jp")[0] == "あ〓〓!"


def test_registration_escape_is_ignored():
    assert decode(b'\x1b&@\x1b$B$"\x1b(B', "iso-2022-jp")[0] == "あ"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("ありがとう".encode(), "ありがとう"),
        ("注文した品が".encode("euc_jp"), "注文した品が"),
        ("ください".encode("euc_jp"), "ください"),
        ("注文した品が".encode("cp932"), "注文した品が"),
        ("ﾃﾞﾝﾜ".encode("cp932"), "ﾃﾞﾝﾜ"),
        ("a".encode("utf-16"), "a"),
        ("café".encode("latin-1"), "café"),
        ("本日の注文について連絡です".encode()[:-1], "本日の注文について連絡で\ufffd"),
        (
            "本日の注文について連絡です".encode("cp932") + b"\xa0\xfd\x81",
            "本日の注文について連絡です\uf8f0\uf8f1\ufffd",
        ),
    ],
)
def test_unlabelled(data, text):
    assert decode(data)[0] == text
    assert decode(data, "unknown-8bit")[0] == text


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("部品です".encode(), "shift_jis", "部品です"),
        ("部品です".encode(), "euc-jp", "部品です"),
        ("部品です".encode(), "iso-8859-1", "部品です"),
        ("部品です".encode("cp932"), "iso-8859-1", "部品です"),
        ("部品です".encode("cp932"), "utf-8", "部品です"),
        ("部品です".encode("euc_jp"), "shift_jis", "部品です"),
        ("部品です".encode("cp932"), "iso-2022-jp", "部品です"),
        ("café à la carte".encode("latin-1"), "iso-8859-1", "café à la carte"),
        (b"smart \x93quotes\x94", "iso-8859-1", "smart “quotes”"),
        (b"\x81", "windows-1252", "\ufffd"),
        ("部品です".encode()[:-1], "utf-8", "部品で\ufffd"),
        ("中国".encode("gb2312"), "gb2312", "中国"),
        ("똠".encode("cp949"), "ks_c_5601-1987", "똠"),
        ("中国".encode("utf-16-le"), "utf-16le", "中国"),
        ("привет".encode("koi8_r"), "koi8-r", "привет"),
    ],
)
def test_wrong_or_foreign_labels(data, label, text):
    assert decode(data, label)[0] == text


@pytest.mark.parametrize(
    "label", ["base64", "rot13", "idna", "punycode", "unicode_escape", "x" * 50, "é", "a\0b"]
)
def test_labels_that_are_no_character_set(label):
    assert family_of(label) is None
    text, defects = decode(b"abc", label)
    assert text == "abc"
    assert defects[0].startswith("unknown charset")


def test_what_a_database_refuses_is_removed():
    assert decode(b"a\0b") == ("ab", ("NUL or broken characters removed",))
    assert decode("\ufeffあ".encode()) == ("あ", ())
    assert decode(b"\r\n a \r\n") == ("\r\n a \r\n", ())


def test_a_codec_that_cannot_go_on_after_an_error():
    assert decode(b"+AAA\xff", "utf-7")[0]


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "iso-2022-jp", "euc-jp", "sjis", "utf-8", "utf-7", "hz", "x"]),
)
def test_never_raises(data, label):
    text, _ = decode(data, label)
    text.encode()
    assert "\0" not in text


@given(
    st.lists(
        st.sampled_from([b"\x1b$B", b"\x1b(B", b"\x1b(I", b"\x1b$(D", b"\x0e", b"\n", b'$"', b"a", b"\xb1"])
    )
)
def test_any_order_of_escapes(parts):
    assert isinstance(decode(b"".join(parts), "iso-2022-jp")[0], str)
