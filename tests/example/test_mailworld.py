"""The embedded mail world: what goes in by SMTP comes out by IMAP, byte for byte and for good."""

import imaplib
import os
import signal
import smtplib
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mailworld import MailWorld

# Not what Python would write: a bare line feed in a long header, raw 8-bit text, a single dot.
RAW = (
    b"From: =?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <foo..bar.@docomo.example>\r\n"
    b"Subject: =?iso-2022-jp?B?GyRCSVQ8KSROJSglUyUrGyhC?=\r\n"
    b"X-Long: " + b"x" * 300 + b"\r\nMessage-ID: <a@docomo.example>\r\n\r\n"
    b"\x83\x65\x83\x58\x83\x67 \xff\r\n.\r\n.dot\r\n"
)


def send(world, to, raw=RAW, sender="foo..bar.@docomo.example"):
    with smtplib.SMTP(world.host, world.smtp_port) as smtp:
        smtp.sendmail(sender, to, raw)


def box(world, address):
    imap = imaplib.IMAP4(world.host, world.imap_port)
    imap.login(address, "demo")
    imap.select("INBOX")
    return imap


def uids(imap):
    return imap.uid("SEARCH", "ALL")[1][0].split()


def test_bytes_survive_with_the_trace_of_the_way(tmp_path):
    with MailWorld(tmp_path, smtp_port=0, imap_port=0) as world:
        send(world, ["order@kotori.example"])
        imap = box(world, "support@kotori.example")
        data = imap.uid("FETCH", "1", "(BODY.PEEK[])")[1][0][1]
        imap.logout()
    assert data.endswith(RAW)
    assert b"Delivered-To: support@kotori.example\r\nX-Original-To: order@kotori.example\r\n" in data


def test_an_alias_and_its_target_get_one_copy(tmp_path):
    with MailWorld(tmp_path, smtp_port=0, imap_port=0) as world:
        send(world, ["support@kotori.example", "order@kotori.example", "hanako@example.jp"])
        imap, hanako = box(world, "support@kotori.example"), box(world, "hanako@example.jp")
        assert (len(uids(imap)), len(uids(hanako))) == (1, 1)
        imap.logout()
        hanako.logout()


def test_uids_and_flags_survive_a_restart(tmp_path):
    seen = []
    for _ in range(2):
        with MailWorld(tmp_path, smtp_port=0, imap_port=0) as world:
            send(world, ["hanako@example.jp"])
            imap = box(world, "hanako@example.jp")
            imap.uid("STORE", "1", "+FLAGS", r"(\Seen)")
            seen.append((imap.response("UIDVALIDITY")[1], uids(imap), imap.uid("SEARCH", "SEEN")[1][0]))
            imap.logout()
    (first_validity, first, _), (second_validity, second, flagged) = seen
    assert first_validity == second_validity
    assert (first, second, flagged) == ([b"1"], [b"1", b"2"], b"1")


def test_a_selected_mailbox_sees_new_mail_within_a_second(world):
    imap = box(world, "hanako@example.jp")
    send(world, ["hanako@example.jp"])
    started = time.monotonic()
    while not uids(imap) and time.monotonic() - started < 1:
        time.sleep(0.02)
    assert uids(imap) == [b"1"]
    imap.logout()


def test_a_hostile_mail_does_not_end_the_connection(world):
    send(
        world,
        ["hanako@example.jp"],
        b'From: "a <b@c.example\r\nTo: @@\r\nDate: x\r\nMessage-ID: <[o]@x>\r\n\r\n',
    )
    send(world, ["hanako@example.jp"])
    imap = box(world, "hanako@example.jp")
    assert imap.uid("SEARCH", "HEADER", "Message-ID", "<a@docomo.example>")[1] == [b"2"]
    assert imap.uid("FETCH", "1:*", "(ENVELOPE BODYSTRUCTURE)")[0] == "OK"
    imap.logout()


def test_wrong_password_and_foreign_domains_are_refused(world):
    imap = imaplib.IMAP4(world.host, world.imap_port)
    with pytest.raises(imaplib.IMAP4.error):
        imap.login("hanako@example.jp", "guess")
    imap.logout()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(world, ["someone@elsewhere.invalid"])
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(world, ["unknown@kotori.example"])


def test_a_name_never_leaves_the_root(tmp_path):
    root = tmp_path / "mail"
    with MailWorld(root, smtp_port=0, imap_port=0) as world:
        send(world, ['"../../out"@x.example'])
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]


def test_the_command_says_ready_and_ends_on_sigterm(tmp_path):
    here = Path(sys.modules["mailworld"].__file__).parent.parent
    command = [sys.executable, "-m", "mailworld", "--smtp-port", "0", "--imap-port", "0", "--root", "mail"]
    env = os.environ | {"PYTHONPATH": str(here)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("mailworld ready smtp://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
