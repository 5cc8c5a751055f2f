"""Mails as Japanese customers send them, in any number; each is one of a kind."""

from __future__ import annotations

import random
from base64 import encodebytes

from tests.mail.japanese import encode, word

SUBJECTS = (
    "色鉛筆が折れていました",
    "注文の変更について",
    "領収書をお願いします",
    "返品したいのですが",
    "在庫の確認",
)
SENTENCES = (
    "お世話になっております。先日注文した商品についてお尋ねします。",
    "12色セットのうち3本が折れて届きました。交換していただけますか。",
    "配達日を来週の月曜日に変更できますでしょうか。",
    "領収書の宛名は株式会社①㈱サンプルでお願いいたします。",
    "まだ届いておりません。至急ご確認ください。",
    "よろしくお願いいたします。",
)
QUOTE = (
    "2026年11月21日 10:15 文具店 <support@shop.example>:\n"
    "> お問い合わせありがとうございます。\n"
    "> 確認いたします。"
)


def letter(
    message_id: str,
    *,
    sender: str,
    name: str = "山田花子",
    subject: str = "",
    charset: str = "iso-2022-jp",
    in_reply_to: str = "",
    attachment: int = 0,
    seed: int | str = 0,
) -> bytes:
    """One mail, byte for byte the same for the same arguments; ``attachment`` is a size in bytes."""
    rng = random.Random(f"{seed}:{message_id}")
    text = "\n".join(rng.choices(SENTENCES, k=rng.randint(2, 12)))
    if in_reply_to:
        text = f"{text}\n\n{QUOTE}"
    subject = subject or rng.choice(SUBJECTS)
    lines = [
        f"From: {word(name, charset)} <{sender}>",
        "To: support@shop.example",
        f"Subject: {word(subject, charset)}",
        f"Message-ID: <{message_id}>",
        "MIME-Version: 1.0",
    ]
    if in_reply_to:
        lines += [f"In-Reply-To: <{in_reply_to}>", f"References: <{in_reply_to}>"]
    body = _body(text, charset)
    if not attachment:
        return _bytes([*lines, *body[0]], body[1])
    head = [*lines, 'Content-Type: multipart/mixed; boundary="part"']
    file = [
        "Content-Type: application/pdf",
        f'Content-Disposition: attachment; filename="{word("写真.pdf", charset)}"',
        "Content-Transfer-Encoding: base64",
    ]
    content = encodebytes(rng.randbytes(attachment)).replace(b"\n", b"\r\n")
    parts = [b"--part\r\n" + _bytes(*body), b"--part\r\n" + _bytes(file, content), b"--part--\r\n"]
    return _bytes(head, b"\r\n".join(parts))


def _body(text: str, charset: str) -> tuple[list[str], bytes]:
    data = encode(text.replace("\n", "\r\n"), charset)
    if charset == "iso-2022-jp":
        return [f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: 7bit"], data
    encoded = encodebytes(data).replace(b"\n", b"\r\n")
    return [f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64"], encoded


def _bytes(head: list[str], body: bytes) -> bytes:
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"\r\n"
