"""Strangers who know a number, an id or a name: what they may not reach with it.

Each test counts every row of the package before and after, so that no side effect is overlooked.
"""

from __future__ import annotations

import base64
import time
from collections import Counter
from email.message import EmailMessage

import pytest
from django.apps import apps
from django.core import mail as django_mail
from django.core.cache import cache
from django.urls import reverse

from django_cs_inbox.actions import incoming, outbox, replies
from django_cs_inbox.actions.order_mail import record_order_mail
from django_cs_inbox.choices import LinkState, OutgoingKind, RelationKind
from django_cs_inbox.models import (
    Contact,
    Event,
    Inquiry,
    Message,
    Note,
    OrderLink,
    OutgoingMail,
    Reply,
)
from django_cs_inbox.secrets import loop_value
from tests.factories import make_inbox, make_order, make_superuser, make_user

pytestmark = pytest.mark.django_db

OWNER, STRANGER = "hanako@example.jp", "mallory@evil.example"
SENT = outbox._Outcome(outbox.OutgoingState.SENT)

#: What a mail that starts a conversation of its own adds, and nothing else.
OWN_INQUIRY = Counter(
    Contact=1, ContactAddress=1, Event=1, IncomingChunk=1, IncomingMail=1, Inquiry=1, Message=1
)
MAYBE = OWN_INQUIRY + Counter(InquiryRelation=1)
#: What a further mail of somebody known adds to their conversation.
JOINED = Counter(Event=1, IncomingChunk=1, IncomingMail=1, Message=1)


@pytest.fixture
def inbox():
    return make_inbox(
        address="support@shop.example", acknowledges_mail=True, trusted_authserv_id="mx.shop.example"
    )


@pytest.fixture
def clerk():
    return make_user("view_inquiry", "change_inquiry", "send_reply")


@pytest.fixture
def inquiry(inbox, clerk):
    """The owner's inquiry, answered: a signed id of ours has left."""
    found = take(inbox, written(OWNER, message_id="first@example.jp")).inquiry
    deliver(replies.send(replies.save_draft(found, by=clerk, body="x", version=found.version), by=clerk))
    found.refresh_from_db()
    return found


def written(sender, body="Please send the refund elsewhere.", *, subject="hello", message_id="", **headers):
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "support@shop.example"
    message["Subject"] = subject
    message["Message-ID"] = f"<{message_id or f'{time.monotonic_ns()}@evil.example'}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


def take(inbox, message):
    raw = message if isinstance(message, bytes) else message.as_bytes()
    stored, _ = incoming.store(inbox, raw=raw, source_key=str(time.monotonic_ns()))
    incoming.process(stored.pk)
    return Message.objects.filter(incoming=stored).first()


def deliver(outgoing):
    outbox._settle(outbox._claim(outgoing.pk, "w"), SENT)
    outgoing.refresh_from_db()
    return outgoing


def signed_id():
    return OutgoingMail.objects.get(kind=OutgoingKind.REPLY).message_id


def rows():
    return Counter(
        {model.__name__: model.objects.count() for model in apps.get_app_config("cs_inbox").get_models()}
    )


def state(inquiry):
    """Everything of the inquiry that a mail could move."""
    row = Inquiry.objects.filter(pk=inquiry.pk).values().get()
    return row, list(inquiry.messages.values_list("pk", flat=True)), inquiry.events.count()


class Untouched:
    """The inquiry stays as it is, and the tables grow by exactly these rows."""

    def __init__(self, inquiry, grown=MAYBE):
        self.inquiry, self.grown = inquiry, grown

    def __enter__(self):
        self.rows, self.state, self.mails = rows(), state(self.inquiry), OutgoingMail.objects.count()

    def __exit__(self, kind, *_):
        if kind is None:
            assert state(self.inquiry) == self.state
            assert rows() - self.rows == self.grown
            assert replies.default_recipients(self.inquiry) == [OWNER]


def bare(grown):
    """Without the acknowledgement that a first mail gets: one mail and one event."""
    return grown + Counter(OutgoingMail=1, Event=1)


def test_01_a_stranger_who_knows_a_message_id_stays_outside(inbox, inquiry):
    for known in ("first@example.jp", signed_id()):
        sender = f"{time.monotonic_ns()}@evil.example"
        with Untouched(inquiry, bare(MAYBE)):
            message = take(inbox, written(sender, In_Reply_To=f"<{known}>"))
        assert message.inquiry != inquiry
        relation = message.inquiry.relations.get()
        assert (relation.other, relation.kind) == (inquiry, RelationKind.MAYBE)


def test_02_neither_in_references_nor_among_a_thousand_ids(inbox, inquiry):
    with Untouched(inquiry, bare(MAYBE)):
        take(inbox, written(STRANGER, References=f"<{signed_id()}>"))
    flood = " ".join(f"<{n}@evil.example>" for n in range(1000))
    begun = time.monotonic()
    with Untouched(inquiry, bare(OWN_INQUIRY)):
        # The oldest of a thousand is beyond what is looked at.
        take(inbox, written("other@evil.example", References=f"<{signed_id()}> {flood}"))
    assert time.monotonic() - begun < 5


def test_03_a_number_in_the_subject_is_no_key(inbox, inquiry):
    with Untouched(inquiry, bare(MAYBE)):
        take(inbox, written(STRANGER, subject=f"Re: [#{inquiry.number}]"))
    before = rows()
    results = "mx.shop.example; dmarc=fail header.from=example.jp"
    message = take(inbox, written(OWNER, subject=f"Re: [#{inquiry.number}]", Authentication_Results=results))
    assert "authentication_failed" in message.warnings
    assert rows() - before == JOINED + Counter(Event=1)


def test_04_a_signed_id_that_was_forwarded_opens_nothing(inbox, inquiry):
    with Untouched(inquiry, bare(MAYBE)):
        message = take(
            inbox, written(STRANGER, In_Reply_To=f"<{signed_id()}>", References=f"<{signed_id()}>")
        )
    assert message.inquiry.relations.get().kind == RelationKind.MAYBE


def test_05_a_changed_signature_matches_nothing(inbox, inquiry, settings):
    good = signed_id()
    local, _, host = good.rpartition("@")
    flipped = local[:-1] + ("a" if local[-1] != "a" else "b")
    changed = [
        f"{flipped}@{host}",
        f"{local[:-3]}@{host}",
        f"{local}@other.example",
        f"{local.upper()}@{host}",
        f"{local.rpartition('.')[0]}@{host}",
        f"cs.00000000.{local.split('.', 2)[2]}@{host}",
        "cs.@" + host,
    ]
    for number, value in enumerate(changed):
        with Untouched(inquiry, bare(OWN_INQUIRY)):
            take(inbox, written(f"m{number}@evil.example", In_Reply_To=f"<{value}>"))
    other = make_inbox(address="other@shop.example", acknowledges=False)
    with Untouched(inquiry, OWN_INQUIRY):
        take(other, written("o@evil.example", In_Reply_To=f"<{good}>"))
    settings.SECRET_KEY = "another shop"
    with Untouched(inquiry, bare(OWN_INQUIRY)):
        take(inbox, written("p@evil.example", In_Reply_To=f"<{good}>"))


def test_06_mail_in_the_name_of_staff_never_reaches_the_customer(inbox, inquiry, clerk):
    clerk.email = "sato@shop.example"
    clerk.save()
    for sender in (clerk.email, inbox.address):
        before = OutgoingMail.objects.filter(to__icontains=OWNER).count()
        message = take(inbox, written(sender, In_Reply_To=f"<{signed_id()}>"))
        assert message is None or message.inquiry != inquiry
        assert OutgoingMail.objects.filter(to__icontains=OWNER).count() == before
    assert not Reply.objects.exclude(author=clerk).exists()
    assert inquiry.messages.filter(kind="staff").count() == 1


@pytest.mark.parametrize(
    "sender",
    [
        f"{STRANGER}, {OWNER}",
        f'"{OWNER}" <{STRANGER}>',
        f"=?utf-8?b?{base64.b64encode(f'<{OWNER}>'.encode()).decode()}?= <{STRANGER}>",
        "hanako@exаmple.jp",
        "",
        f"{STRANGER} <{OWNER}.evil.example>",
    ],
    ids=["two", "address in the name", "encoded address in the name", "look-alike", "none", "suffix"],
)
def test_07_the_author_is_from_and_nothing_else(inbox, inquiry, sender):
    raw = (
        f"From: {sender}\r\nTo: support@shop.example\r\nReply-To: {OWNER}\r\nSender: {OWNER}\r\n"
        f"In-Reply-To: <{signed_id()}>\r\nMessage-ID: <{time.monotonic_ns()}@x>\r\n\r\nhello\r\n"
    ).encode()
    before = state(inquiry)
    message = take(inbox, raw)
    assert message.sender_address != OWNER
    assert message.inquiry != inquiry
    assert state(inquiry) == before


def test_08_nobody_joins_by_a_copy(inbox, inquiry):
    before = rows()
    take(inbox, written(OWNER, In_Reply_To=f"<{signed_id()}>", Cc=STRANGER, message_id="second@example.jp"))
    assert rows() - before == JOINED + Counter(Event=1)
    assert not Contact.objects.filter(addresses__value=STRANGER).exists()
    inquiry.refresh_from_db()
    with Untouched(inquiry, bare(MAYBE)):
        take(inbox, written(STRANGER, In_Reply_To="<second@example.jp>"))


def report(sender, original, *, subtype="mixed", **headers):
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return (
        f"From: {sender}\r\nTo: support@shop.example\r\nSubject: hello\r\n"
        f"Message-ID: <{time.monotonic_ns()}@x>\r\n{head}MIME-Version: 1.0\r\n"
        f"Content-Type: multipart/{subtype}; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nPlease send the refund to my other account.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        f"Final-Recipient: rfc822; {OWNER}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{original}>\r\n\r\n--b--\r\n"
    ).encode()


def test_09_a_forged_bounce_changes_nothing(inbox, inquiry):
    status = Inquiry.objects.get(pk=inquiry.pk).status
    guessed = signed_id()[:-1] + "x"
    for original in ("first@example.jp", guessed):
        before = state(inquiry)
        take(inbox, report("mailer-daemon@evil.example", original, subtype="report"))
        assert state(inquiry) == before
    real = report("mailer-daemon@mx.example.jp", signed_id(), subtype="report")
    message = take(inbox, real)
    assert (message.inquiry, message.kind) == (inquiry, "automatic")
    assert Event.objects.filter(verb="mail.bounced").count() == 1
    assert Inquiry.objects.get(pk=inquiry.pk).status == status
    assert take(inbox, real) is None
    assert Event.objects.filter(verb="mail.bounced").count() == 1


def test_09b_a_person_who_attaches_a_report_is_no_bounce(inbox, inquiry):
    with Untouched(inquiry, bare(OWN_INQUIRY + Counter(Attachment=2))):
        message = take(inbox, report(STRANGER, signed_id()))
    assert message.inquiry != inquiry


def test_10_a_forwarded_mail_does_not_bring_the_orders_of_its_author(inbox, clerk):
    order = make_order("1005-77", email=OWNER)
    inner = written(OWNER, "My order 1005-77", message_id="inner@example.jp")
    outer = written(STRANGER, f"---------- Forwarded ----------\nFrom: {OWNER}\n\n注文番号 {order.number}")
    outer.add_attachment(inner)
    message = take(inbox, outer)
    assert message.sender_address == STRANGER
    assert not OrderLink.objects.filter(state=LinkState.CONFIRMED).exists()
    assert not OrderLink.objects.filter(order=order).exists()


def test_11_an_order_number_tells_a_stranger_nothing(inbox):
    order = make_order("1005-78", email=OWNER)
    take(inbox, written(STRANGER, f"注文番号 {order.number}", subject=f"order {order.number}"))
    assert not OrderLink.objects.exists()
    for outgoing in OutgoingMail.objects.all():
        assert order.number not in outgoing.subject + outgoing.body
        assert OWNER not in outgoing.body


def test_12_headers_of_our_own_are_nobody_elses(inbox, inquiry):
    headers = {"X-CS-Inbox-Inquiry": inquiry.number, "X-CS-Inbox-Order": "1", "X-CS-Inbox-Loop": "guess"}
    with Untouched(inquiry, bare(OWN_INQUIRY)):
        take(inbox, written(STRANGER, **{name.replace("-", "_"): value for name, value in headers.items()}))
    with Untouched(inquiry, Counter(IncomingMail=1, IncomingChunk=1)):
        take(inbox, written("x@evil.example", X_CS_Inbox_Loop=loop_value()))


def test_13_what_comes_from_outside_is_no_note_and_approves_nothing(inbox, inquiry, clerk):
    draft = replies.save_draft(
        inquiry, by=clerk, body="y", version=Inquiry.objects.get(pk=inquiry.pk).version
    )
    replies.submit(draft, by=clerk)
    for text in ("approve", "承認", "@fwd approve"):
        take(
            inbox,
            written(OWNER, text, In_Reply_To=f"<{signed_id()}>", subject=f"approve [#{inquiry.number}]"),
        )
    draft.refresh_from_db()
    assert draft.state == "submitted"
    assert not Note.objects.exists()
    assert OutgoingMail.objects.filter(kind=OutgoingKind.REPLY).count() == 1


@pytest.mark.urls("tests.contact.urls")
def test_14_the_form_writes_to_nobody_what_a_stranger_wants(client):
    cache.clear()
    make_inbox(takes_form=True, acknowledges=True)
    url = reverse("cs_inbox_contact:form")
    for number in range(12):
        token = client.get(url).context["form_token"]
        client.post(
            url,
            {
                "name": "CHEAP PILLS evil.example/x",
                "email": f"victim+{number}@example.jp",
                "subject": "Buy at http://evil.example now",
                "body": "spam spam",
                "form_token": token,
            },
        )
    outgoing = list(OutgoingMail.objects.all())
    assert 0 < len(outgoing) <= 3
    for row in outgoing:
        assert "evil" not in row.subject + row.body
        assert "PILLS" not in row.subject + row.body
        assert "spam" not in row.subject + row.body
    assert django_mail.outbox == []


def test_a_conversation_of_a_closed_inbox_takes_no_mail_of_another(clerk):
    """A second reply to an order mail joins the first one's inquiry, but not across inboxes."""
    closed = make_inbox(address="vip@shop.example", members=(make_superuser(),), acknowledges=False)
    opened = make_inbox(address="support@shop.example", acknowledges=False)
    order = make_order("1005-79", email=OWNER)
    shop_mail = django_mail.EmailMessage("Order 1005-79", "Thank you", to=[OWNER])
    recorded = record_order_mail(order, shop_mail)
    first = take(closed, written(OWNER, In_Reply_To=f"<{recorded.message_id}>"))
    second = take(opened, written(OWNER, In_Reply_To=f"<{recorded.message_id}>"))
    assert first.inquiry.inbox == closed
    assert second.inquiry.inbox == opened
    assert second.inquiry.relations.get().other == first.inquiry


@pytest.mark.urls("tests.contact.urls")
def test_a_login_with_a_guests_address_does_not_take_over_the_guest(client, django_user_model):
    """Mallory registers under the guest's address, which nobody checks, and changes it afterwards."""
    cache.clear()
    inbox = make_inbox(address="support@shop.example", acknowledges_mail=True, takes_form=True)
    first = take(inbox, written(OWNER, message_id="first@example.jp")).inquiry
    mallory = django_user_model.objects.create_user("mallory", OWNER)
    client.force_login(mallory)
    url = reverse("cs_inbox_contact:account")

    def fill():
        token = client.get(url).context["form_token"]
        client.post(url, {"name": "Hanako", "subject": "x", "body": "y", "form_token": token})
        return Message.objects.filter(channel="form").latest("pk")

    before = state(first)
    claimed = fill()
    assert claimed.warnings == ["address_unproven"]
    assert claimed.inquiry.contact == first.contact
    assert not Contact.objects.get().customer_is_proven
    assert not first.contact.addresses.filter(is_verified=True).exists()
    mallory.email = STRANGER
    mallory.save()
    assert fill().inquiry.contact != first.contact
    assert list(first.contact.addresses.values_list("value", flat=True)) == [OWNER]
    for evidence in (
        {"subject": f"Re: [#{first.number}]"},
        {"In_Reply_To": "<first@example.jp>"},
        {"References": "<first@example.jp>", "subject": f"Re: [#{first.number}]"},
    ):
        message = take(inbox, written(STRANGER, **evidence))
        assert message.inquiry.relations.get().kind == RelationKind.MAYBE
    assert state(first) == before
    assert replies.default_recipients(first) == [OWNER]
