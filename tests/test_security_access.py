"""A closed inbox, reached for by every address and every id; rights that end on the way; headers."""

from __future__ import annotations

import re
from email.utils import getaddresses

import pytest
from django.contrib.auth import get_user_model
from django.test.utils import isolate_apps
from django.urls import reverse

from django_cs_inbox import permissions
from django_cs_inbox.actions import contacts, incoming, notes, replies
from django_cs_inbox.actions.arrival import ArrivalFile
from django_cs_inbox.actions.mime import build_message
from django_cs_inbox.exceptions import InvalidInput, NotAllowed
from django_cs_inbox.models import (
    Attachment,
    Category,
    Event,
    IncomingMail,
    Inquiry,
    Note,
    OutgoingMail,
    Reply,
)
from tests.factories import (
    make_contact,
    make_inbox,
    make_inquiry,
    make_message,
    make_order,
    make_order_link,
    make_superuser,
    make_user,
)

pytestmark = pytest.mark.django_db

BASE = "/admin/cs_inbox/"
WORD = "TOPSECRET"
WORK = ("view_inquiry", "change_inquiry", "send_reply")


@pytest.fixture
def outsider(client):
    user = make_user(*WORK, "approve_reply", "view_original_mail", "view_event", "view_contact")
    client.force_login(user)
    return user


@pytest.fixture
def secret():
    """An inquiry with everything that one can have, in an inbox of its own."""
    member = make_user(*WORK)
    inbox = make_inbox(members=(member,))
    inquiry = make_inquiry(inbox=inbox, subject=WORD)
    make_message(inquiry, WORD, html=f"<p>{WORD}</p>")
    raw = f"From: a@example.jp\nSubject: {WORD}\nMessage-ID: <q@example.jp>\n\n{WORD}".encode()
    mail, _ = incoming.store(inbox, raw=raw, source_key="1", joins_transaction=True)
    incoming.process(mail.pk)
    file = ArrivalFile(name=f"{WORD}.txt", content=WORD.encode())
    replies.send(replies.save_draft(inquiry, by=member, body=WORD, files=[file]), by=member)
    make_order_link(inquiry)
    notes.add_note(inquiry, by=member, text=WORD)
    return inquiry


def everything():
    inquiries = list(Inquiry.objects.order_by("pk").values())
    outgoing = list(OutgoingMail.objects.values("pk", "state", "next_attempt_at"))
    return inquiries, outgoing, *(model.objects.count() for model in (Note, Reply, Event, Attachment))


@pytest.mark.usefixtures("outsider")
def test_no_address_leads_into_a_closed_inbox(client, secret):
    seen = make_inquiry(inbox=make_inbox())
    file, reply, outgoing = Attachment.objects.get(), Reply.objects.get(), OutgoingMail.objects.get()
    mail, link = IncomingMail.objects.get(), secret.order_links.get()
    message = secret.messages.exclude(html="").get()
    before = everything()
    for pk in (secret.pk, seen.pk):  # with the secret's own key, and with a key that may be seen
        for tail in (
            f"attachments/{file.pk}/",
            f"messages/{message.pk}/html/",
            f"messages/{mail.message.pk}/original/",
            f"messages/{mail.message.pk}/original.eml",
        ):
            assert client.get(f"{BASE}inquiry/{pk}/{tail}").status_code == 404, tail
        for tail, data in (
            (f"replies/{reply.pk}/approve/", {}),
            (f"replies/{reply.pk}/return/", {"reason": "x"}),
            (f"replies/{reply.pk}/withdraw/", {}),
            (f"outgoing/{outgoing.pk}/retry/", {}),
            (f"outgoing/{outgoing.pk}/was-sent/", {}),
            (f"outgoing/{outgoing.pk}/send-again/", {}),
            (f"orders/{link.pk}/unlink/", {}),
            ("reply/", {"do": "draft", "body": "x", "answers": message.pk}),
            ("reply/", {"do": "draft", "body": "x", "remove": file.pk}),
        ):
            assert client.post(f"{BASE}inquiry/{pk}/{tail}", data).status_code == 404, tail
    for tail, data in (
        ("status/", {"verb": "close"}),
        ("assign/", {"to": "me"}),
        ("note/", {"text": "x"}),
        ("contact/", {"standing": "vip"}),
        ("reply/", {"do": "send", "body": "x"}),
        ("tags/", {}),
        ("category/", {}),
        ("priority/", {"priority": 40}),
        ("orders/link/", {"number": "1"}),
    ):
        assert client.post(f"{BASE}inquiry/{secret.pk}/{tail}", data).status_code == 404, tail
    client.post(f"{BASE}inquiry/bulk/", {"action": "close", "inquiry": [secret.pk]})
    assert client.get(f"{BASE}incomingmail/{mail.pk}/raw/").status_code == 404
    for tail in (f"incomingmail/{mail.pk}/retry/", f"outgoingmail/{outgoing.pk}/resolve/"):
        assert client.post(BASE + tail, {"was_sent": "yes"}).status_code == 404, tail
    assert everything() == before


@pytest.mark.usefixtures("outsider")
def test_no_list_and_no_search_knows_it(client, secret):
    make_inquiry(inbox=make_inbox())
    mail, outgoing = IncomingMail.objects.get(), OutgoingMail.objects.get()
    event = Event.objects.filter(inquiry=secret).first()
    for page in (
        "inquiry/?tab=all",
        f"inquiry/?q={secret.number}",
        f"inquiry/?q={secret.contact.name}&tab=all",
        f"inquiry/?inbox={secret.inbox_id}",
        "incomingmail/?state=all",
        "incomingmail/?state=all&q=a@example.jp",
        "outgoingmail/?state=all",
        "contact/",
        f"contact/?q={secret.contact.addresses.get().value}",
        "event/",
        f"event/{event.pk}/change/",
        f"contact/{secret.contact_id}/change/",
        f"contact/{secret.contact_id}/history/",
        f"outgoingmail/{outgoing.pk}/change/",
        f"incomingmail/{mail.pk}/change/",
        "../autocomplete/?app_label=cs_inbox&model_name=message&field_name=inquiry&term=",
    ):
        text = client.get(BASE + page, follow=True).content.decode()
        assert WORD not in text, page
        assert f"/inquiry/{secret.pk}/" not in text, page
        assert secret.inbox.name not in text, page


def test_suggestions_hold_only_what_may_be_seen(client, outsider, secret):
    seen = make_inquiry(inbox=make_inbox())
    query = {"app_label": "cs_inbox", "model_name": "message", "field_name": "inquiry", "term": ""}
    answer = client.get("/admin/autocomplete/", query)
    assert [row["id"] for row in answer.json()["results"]] == [str(seen.pk)]


def test_a_contact_is_changed_by_those_who_see_its_inquiries(outsider, secret):
    contact = secret.contact
    for change in (
        lambda: contacts.edit(contact, by=outsider, memo="x"),
        lambda: contacts.set_standing(contact, by=outsider, standing="blocked"),
        lambda: contacts.add_address(contact, by=outsider, kind="email", value="evil@example.jp"),
    ):
        with pytest.raises(NotAllowed):
            change()
    make_inquiry(inbox=make_inbox(), contact=contact)
    contacts.edit(contact, by=outsider, memo="x")


def test_rights_that_end_between_submission_and_decision():
    author, boss = make_user(*WORK), make_user(*WORK, "approve_reply")
    inquiry = make_inquiry()
    make_message(inquiry)
    draft = replies.save_draft(inquiry, by=author, body="x")
    replies.submit(draft, by=author)
    inquiry.inbox.is_restricted = True
    inquiry.inbox.save()
    for act in (
        lambda: replies.approve(draft, by=boss),
        lambda: replies.return_reply(draft, by=boss, reason="r"),
        lambda: replies.withdraw(draft, by=author),
        lambda: replies.discard(draft, by=author),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_nothing_that_was_typed_or_received_becomes_a_header():
    clerk = make_user(*WORK)
    evil = '"\r\nBcc: evil@example.jp'
    inquiry = make_inquiry(inbox=make_inbox(sender_name=f"Shop{evil}"), subject=f"a{evil}")
    make_message(inquiry, message_id=f"x@y>{evil}", references=[f"a>{evil}"])
    file = ArrivalFile(name=f"a{evil}.txt", content=b"x")
    draft = replies.save_draft(inquiry, by=clerk, body="x", subject=f"s{evil}", files=[file])
    try:
        written = build_message(replies.send(draft, by=clerk)).message().as_bytes()
    except ValueError:
        return  # refused as a whole: the mail is listed as failed
    assert not re.search(rb"^Bcc:", written, re.MULTILINE)


@pytest.mark.parametrize(
    "typed",
    ["a@b.jp, evil@x.jp", "<a@b.jp>,<c@d.jp>", '"a@b.jp, c"@d.jp', "a@b.jp;c@d.jp", "a@b.jp\r\nBcc: e@x.jp"],
)
def test_one_address_is_one_recipient(typed):
    clerk = make_user(*WORK)
    inquiry = make_inquiry()
    make_message(inquiry)
    try:
        outgoing = replies.send(replies.save_draft(inquiry, by=clerk, body="x", to=[typed]), by=clerk)
    except InvalidInput:
        return
    assert len(getaddresses([str(build_message(outgoing).message()["To"])])) == 1


def test_pages_open_when_every_related_row_is_gone(client):
    root, author = make_superuser(), make_user(*WORK)
    client.force_login(root)
    customer = get_user_model().objects.create_user("hanako", email="hanako@example.jp", password="x")
    category = Category.objects.create(name="c")
    inquiry = make_inquiry(contact=make_contact(customer=customer), assignee=author, category=category)
    make_message(inquiry)
    order = make_order("1005-2", customer=customer)
    make_order_link(inquiry, order)
    draft = replies.save_draft(inquiry, by=author, body="x")
    replies.submit(draft, by=author)
    notes.add_note(inquiry, by=author, text="n")
    for row in (author, customer, category, order):
        row.delete()
    for page, args in (("inquiry_change", [inquiry.pk]), ("contact_change", [inquiry.contact_id])):
        assert client.get(reverse(f"admin:cs_inbox_{page}", args=args)).status_code == 200
    assert client.get(f"{BASE}inquiry/?tab=all").status_code == 200
    client.post(f"{BASE}inquiry/{inquiry.pk}/replies/{draft.pk}/return/", {"reason": "x"})
    draft.refresh_from_db()
    assert draft.state == "returned"


@isolate_apps("tests")
def test_a_member_is_one_also_as_a_proxy_of_the_user_model(secret):
    """Backends of some shops give users as a proxy model."""

    class Clerk(get_user_model()):
        class Meta:
            app_label = "tests"
            proxy = True

    member = Clerk.objects.get(pk=secret.inbox.members.get().pk)
    outsider = Clerk.objects.get(pk=make_user(*WORK).pk)
    assert secret in permissions.visible_inquiries(member)
    assert permissions.can_view(member, secret)
    assert not permissions.visible_inquiries(outsider).exists()
    assert not permissions.can_view(outsider, secret)
