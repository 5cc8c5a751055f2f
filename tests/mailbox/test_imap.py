from __future__ import annotations

import datetime as dt

import pytest

from django_cs_inbox.mailbox.folders import decode, encode, parse_list_line, quoted
from django_cs_inbox.mailbox.imap import (
    Listed,
    batches,
    parse_bodies,
    parse_listing,
    parse_uids,
    uid_set,
)


def test_numbers_of_a_search():
    assert parse_uids([b"3 1 2", None, b"", b"3"]) == [1, 2, 3]


def test_sizes_and_dates_in_any_order():
    found = parse_listing(
        [
            b'1 (UID 5 RFC822.SIZE 100 INTERNALDATE "17-Jul-2026 02:44:25 +0900")',
            b"2 (RFC822.SIZE 200 UID 6)",
            b"3 (FLAGS (\\Seen))",
            b'4 (UID 8 RFC822.SIZE 1 INTERNALDATE " 1-Jul-2026 02:44:25 +0000")',
            b'5 (UID 9 RFC822.SIZE 1 INTERNALDATE "never")',
            (b"odd", b"odd"),
        ]
    )
    assert found[5].arrived_at == dt.datetime(2026, 7, 16, 17, 44, 25, tzinfo=dt.UTC)
    assert found[6] == Listed(6, 200, None)
    assert found[8].arrived_at == dt.datetime(2026, 7, 1, 2, 44, 25, tzinfo=dt.UTC)
    assert found[9].arrived_at is None
    assert sorted(found) == [5, 6, 8, 9]


def test_bodies_as_servers_write_them():
    assert parse_bodies(
        [
            (b"1 (UID 5 BODY[] {3}", b"abc"),
            b")",
            (b"2 (BODY[] {1}", b"x"),
            b" UID 6)",
            b'3 (UID 7 BODY[] "a \\"b\\" \\\\c")',
            b"4 (UID 8 BODY[] NIL)",
            b'5 (BODY[HEADER]<0> "" UID 9)',
            b"6 (FLAGS (\\Seen))",
            (b"7 (BODY[] {1}", b"nobody's"),
        ]
    ) == {5: b"abc", 6: b"x", 7: b'a "b" \\c', 8: b"", 9: b""}


def test_a_body_cannot_pretend_to_be_another_mail():
    assert parse_bodies([(b"1 (UID 5 BODY[] {9}", b" UID 6)"), b")"]) == {5: b" UID 6)"}


@pytest.mark.parametrize(
    ("uids", "expected"), [([], ""), ([4], "4"), ([1, 2, 3], "1:3"), ([1, 2, 3, 7, 9, 10], "1:3,7,9:10")]
)
def test_short_sets(uids, expected):
    assert uid_set(uids) == expected


def test_groups_stay_within_count_and_bytes():
    listed = [Listed(uid, size) for uid, size in enumerate([5, 5, 5, 50, 1, 1, 1], start=1)]
    groups = [[item.uid for item in group] for group in batches(listed, count=2, byte_budget=12)]
    assert groups == [[1, 2], [3], [4], [5, 6], [7]]
    assert list(batches([], count=2, byte_budget=12)) == []


NAMES = {
    "INBOX": "INBOX",
    "日本語": "&ZeVnLIqe-",
    "A & B": "A &- B",
    "台北日本語/~peter/mail": "&U,BTF2XlZyyKng-/~peter/mail",
    "😀": "&2D3eAA-",
    "a\tb": "a&AAk-b",
}


@pytest.mark.parametrize(("name", "written"), NAMES.items())
def test_names_of_folders(name, written):
    assert encode(name) == written
    assert decode(written) == name


def test_a_name_in_no_known_coding_stays():
    assert decode("&A-") == "&A-"
    assert decode("R&D") == "R&D"


def test_quoted_once_and_safely():
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'
    assert quoted('"My folder"') == '"My folder"'
    assert quoted('"') == '"\\""'


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b'(\\HasNoChildren) "/" INBOX', "INBOX"),
        (b'(\\HasNoChildren) "." "My \\"own\\" folder"', 'My "own" folder'),
        (b'() NIL "&ZeVnLIqe-"', "日本語"),
        ((b'(\\HasNoChildren) "/" {3}', b"a)b"), "a)b"),
        (b'(\\Noselect \\HasChildren) "/" "[Gmail]"', None),
        (b"what?", None),
        (None, None),
    ],
)
def test_lines_of_a_listing(line, name):
    assert parse_list_line(line) == name
