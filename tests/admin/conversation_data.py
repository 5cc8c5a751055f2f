"""What the tests of the conversation share: addresses of its pages, and an inquiry with one of everything."""

from __future__ import annotations

from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.urls import reverse

from django_cs_inbox.actions import replies
from django_cs_inbox.choices import LinkState
from django_cs_inbox.models import Attachment, Category, IncomingChunk, IncomingMail, OutgoingMail, Tag
from tests import factories as make

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def url(page, *args):
    return reverse(f"admin:cs_inbox_inquiry_{page}", args=args)


def make_attachment(*, content=PNG, name="photo.png", **fields):
    attachment = Attachment(
        name=name,
        size=len(content),
        sha256="x",
        **{"content_type": "application/octet-stream", **fields},
    )
    attachment.file.save("file", ContentFile(content), save=False)
    attachment.save()
    return attachment


def make_incoming(inbox, raw=b"From: a@example.jp\r\nSubject: x\r\n\r\nbody\r\n"):
    mail = IncomingMail.objects.create(
        inbox=inbox,
        source_key=f"key{IncomingMail.objects.count()}",
        size=len(raw),
        sha256="x",
        received_at="2026-11-20T00:00:00+09:00",
    )
    IncomingChunk.objects.create(mail=mail, position=0, data=raw)
    return mail


def make_full(inbox, name="x"):
    """An inquiry with everything a form or an address can name."""
    inquiry = make.make_inquiry(inbox=inbox, contact=make.make_contact(name))
    incoming = make_incoming(inbox)
    message = make.make_message(inquiry, html="<p>hello</p>", incoming=incoming)
    writer = make.make_superuser()
    submitted = replies.save_draft(inquiry, by=writer, body="text", to=["a@example.jp"])
    outgoing = OutgoingMail.objects.create(
        inbox=inbox,
        inquiry=inquiry,
        kind="acknowledgement",
        message_id=f"{inquiry.pk}@x",
        message_key=f"{inquiry.pk}",
        sender="a@b.example",
        subject="s",
        body="b",
        state="failed",
        next_attempt_at="2026-11-20T00:00:00+09:00",
    )
    return SimpleNamespace(
        inquiry=inquiry,
        message=message,
        attachment=make_attachment(message=message),
        link=make.make_order_link(inquiry, state=LinkState.SUGGESTED),
        reply=submitted,
        outgoing=outgoing,
        category=Category.objects.create(name=f"category {inquiry.pk}"),
        tag=Tag.objects.create(name=f"tag {inquiry.pk}"),
    )


def reading_pages(full):
    key = full.inquiry.pk
    return [
        url("change", key),
        url("attachment", key, full.attachment.pk),
        url("html", key, full.message.pk),
    ]


def original_pages(full):
    key = full.inquiry.pk
    return [url("original", key, full.message.pk), url("download", key, full.message.pk)]


def forms(full):
    """Every form's address and a body that would do something."""
    key = full.inquiry.pk
    return [
        (url("status", key), {"verb": "close"}),
        (url("status", key), {"verb": "hold"}),
        (url("assign", key), {"to": "me"}),
        (url("category", key), {"category": full.category.pk}),
        (url("priority", key), {"priority": 30}),
        (url("tags", key), {"tags": [full.tag.pk]}),
        (url("note", key), {"text": "note"}),
        (url("contact", key), {"standing": "vip", "standing_reason": "r", "memo": "m"}),
        (url("reply", key), {"do": "draft", "body": "text"}),
        (url("reply", key), {"do": "send", "body": "text", "to": "a@example.jp"}),
        (url("reply", key), {"do": "discard"}),
        (url("link_order", key), {"number": "1005-1"}),
        (url("order_link", key, full.link.pk, "confirm"), {}),
        (url("order_link", key, full.link.pk, "refuse"), {}),
        (url("order_link", key, full.link.pk, "unlink"), {}),
        (url("decide", key, full.reply.pk, "approve"), {}),
        (url("decide", key, full.reply.pk, "return"), {"reason": "r"}),
        (url("decide", key, full.reply.pk, "withdraw"), {}),
        (url("outgoing", key, full.outgoing.pk, "retry"), {}),
        (url("outgoing", key, full.outgoing.pk, "was-sent"), {}),
    ]
