"""The settings pages: permissions, events, secrets, and decisions about mails."""

from __future__ import annotations

import hashlib

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_cs_inbox.actions import mailboxes
from django_cs_inbox.admin.django_mailbox import MASK, MailboxAdmin, masked
from django_cs_inbox.choices import IncomingState, OutgoingState, Standing
from django_cs_inbox.models import (
    Category,
    Event,
    FolderState,
    HoldReason,
    Inbox,
    IncomingChunk,
    IncomingMail,
    OutgoingMail,
    Tag,
)
from tests import factories as make

pytestmark = pytest.mark.django_db

BASE = "/admin/cs_inbox/"
PASSWORD = "correct-horse-battery"
EVIL = "<script>alert(1)</script>"
Mailbox = apps.get_model("django_mailbox", "Mailbox")

INBOX = {
    "name": "Support",
    "address": "support@shop.example",
    "is_active": "on",
    "position": "0",
    "reopen_days": "30",
    "acknowledges": "on",
    "mailbox_protocol": "imap",
    "mailbox_security": "ssl",
    "mailbox_folder": "INBOX",
}
WITH_MAILBOX = {
    **INBOX,
    "mailbox_host": "imap.shop.example",
    "mailbox_user": "support@shop.example",
    "mailbox_password": PASSWORD,
}


@pytest.fixture
def root(client):
    user = make.make_superuser()
    client.force_login(user)
    return user


def text(response):
    return response.content.decode()


def incoming(state=IncomingState.FAILED, inbox=None, **fields):
    number = IncomingMail.objects.count()
    fields.setdefault("subject", f"Broken mail {number}")
    mail = IncomingMail.objects.create(
        inbox=inbox or Inbox.objects.first() or make.make_inbox(),
        source_key=hashlib.sha256(str(number).encode()).hexdigest(),
        sha256="0" * 64,
        size=40,
        state=state,
        received_at=timezone.now(),
        **fields,
    )
    raw = b"From: hanako@example.jp\r\nSubject: Hello\r\n\r\n<script>alert(1)</script>"
    IncomingChunk.objects.create(mail=mail, position=0, data=raw)
    return mail


def outgoing(state=OutgoingState.UNKNOWN, inbox=None, **fields):
    number = OutgoingMail.objects.count()
    fields.setdefault("subject", f"Answer {number}")
    fields.setdefault("body", "Dear customer")
    return OutgoingMail.objects.create(
        inbox=inbox or Inbox.objects.first() or make.make_inbox(),
        kind="notice",
        message_id=f"{number}@shop.example",
        message_key=hashlib.sha256(f"out{number}".encode()).hexdigest(),
        sender="support@shop.example",
        to=["hanako@example.jp"],
        state=state,
        next_attempt_at=timezone.now(),
        **fields,
    )


# Who may


@pytest.mark.parametrize(
    "model", ["inbox", "category", "tag", "holdreason", "contact", "incomingmail", "outgoingmail", "event"]
)
def test_staff_alone_opens_no_page(client, model):
    assert client.get(f"{BASE}{model}/").status_code == 302
    client.force_login(make.make_user())
    assert client.get(f"{BASE}{model}/").status_code == 403
    client.force_login(make.make_superuser())
    assert client.get(f"{BASE}{model}/").status_code == 200
    assert client.get(f"/ops/cs_inbox/{model}/").status_code == 200


@pytest.mark.parametrize("model", ["contact", "incomingmail", "outgoingmail", "event"])
def test_what_nobody_adds_or_deletes(client, root, model):
    row = {
        "contact": lambda: make.make_inquiry().contact,
        "incomingmail": incoming,
        "outgoingmail": outgoing,
        "event": lambda: Event.objects.create(verb="inquiry.closed", created_at=timezone.now()),
    }[model]()
    assert client.get(f"{BASE}{model}/add/").status_code == 403
    assert client.post(f"{BASE}{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{BASE}{model}/{row.pk}/change/").status_code == 200
    data = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    client.post(f"{BASE}{model}/", data)
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", ["incomingmail", "outgoingmail", "event"])
def test_what_nobody_edits(client, root, model):
    row = {
        "incomingmail": incoming,
        "outgoingmail": outgoing,
        "event": lambda: Event.objects.create(verb="inquiry.closed", created_at=timezone.now()),
    }[model]()
    before = type(row).objects.filter(pk=row.pk).values().get()
    response = client.post(f"{BASE}{model}/{row.pk}/change/", {"state": "processed", "verb": "x"})
    assert response.status_code == 403
    assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_looking_at_settings_is_not_changing_them(client):
    client.force_login(make.make_user("view_tag", "view_inbox"))
    tag, inbox = Tag.objects.create(name="urgent"), make.make_inbox()
    assert client.get(f"{BASE}tag/{tag.pk}/change/").status_code == 200
    assert client.get(f"{BASE}inbox/{inbox.pk}/change/").status_code == 200
    assert client.post(f"{BASE}tag/{tag.pk}/change/", {"name": "x", "color": "red"}).status_code == 403
    assert client.post(f"{BASE}inbox/{inbox.pk}/change/", INBOX).status_code == 403
    assert client.post(f"{BASE}inbox/{inbox.pk}/test/").status_code == 403


def test_looking_writes_nothing(client, root):
    inbox, mail, sent, contact = make.make_inbox(), incoming(), outgoing(), make.make_inquiry().contact
    events, logs = Event.objects.count(), LogEntry.objects.count()
    for path in (
        f"inbox/{inbox.pk}/change/", f"incomingmail/{mail.pk}/change/", f"outgoingmail/{sent.pk}/change/",
        f"contact/{contact.pk}/change/", "category/", "tag/", "holdreason/", "incomingmail/?state=all",
    ):  # fmt: skip
        assert client.get(BASE + path).status_code == 200
    for path in (
        f"inbox/{inbox.pk}/test/", f"incomingmail/{mail.pk}/retry/", f"outgoingmail/{sent.pk}/retry/",
        f"outgoingmail/{sent.pk}/resolve/",
    ):  # fmt: skip
        assert client.get(BASE + path).status_code == 405
    assert (Event.objects.count(), LogEntry.objects.count()) == (events, logs)


# The shop's lists


def test_a_list_entry_is_saved_with_an_event(client, root):
    client.post(f"{BASE}tag/add/", {"name": "urgent", "color": "red"})
    tag = Tag.objects.get()
    event = Event.objects.get(verb="settings.saved")
    assert (event.actor, event.target_type, event.target_id) == (root, "tag", str(tag.pk))
    assert event.data == {"is_new": True, "fields": ["color", "name"]}
    client.post(f"{BASE}tag/{tag.pk}/delete/", {"post": "yes"})
    assert not Tag.objects.exists()
    assert Event.objects.get(verb="settings.deleted").data == {"name": "urgent"}


def test_many_entries_are_deleted_each_with_its_event(client, root):
    keys = [HoldReason.objects.create(name=name).pk for name in ("Maker", "Warehouse")]
    data = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    client.post(f"{BASE}holdreason/", data)
    assert not HoldReason.objects.exists()
    assert Event.objects.filter(verb="settings.deleted").count() == 2


def test_a_category_below_itself_is_refused_with_what_was_typed(client, root):
    upper = Category.objects.create(name="Upper")
    lower = Category.objects.create(name="Lower", parent=upper)
    response = client.post(
        f"{BASE}category/{upper.pk}/change/",
        {"name": "Typed anew", "parent": lower.pk, "position": 0, "is_active": "on"},
    )
    assert response.status_code == 200
    assert "A category cannot lie below itself." in text(response)
    assert 'value="Typed anew"' in text(response)
    upper.refresh_from_db()
    assert (upper.name, upper.parent) == ("Upper", None)
    assert not Event.objects.exists()


def test_editing_in_the_list_leaves_events(client, root):
    category = Category.objects.create(name="Returns", is_active=True)
    data = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": category.pk,
        "form-0-position": 7,
        "_save": "Save",
    }
    client.post(f"{BASE}category/", data)
    category.refresh_from_db()
    assert (category.position, category.is_active) == (7, False)
    assert Event.objects.get(verb="settings.saved").data["fields"] == ["is_active", "position"]


def test_fields_in_the_list_are_labelled(client, root):
    Category.objects.create(name="Returns & more")
    assert 'aria-label="Returns &amp; more: Position"' in text(client.get(f"{BASE}category/"))


@pytest.mark.parametrize("kind", ["incomingmail", "outgoingmail"])
def test_a_list_without_problems_says_that_nothing_is_lost(client, root, kind):
    words = "No mail needs attention."
    page = text(client.get(f"{BASE}{kind}/"))
    assert words in page
    assert 'href="?state=all"' in page
    assert words not in text(client.get(f"{BASE}{kind}/", {"state": "all"}))


# Inboxes


def test_an_inbox_is_set_up_in_one_form(client, root):
    member = make.make_user("view_inquiry")
    data = {**WITH_MAILBOX, "is_restricted": "on", "members": [member.pk]}
    response = client.post(f"{BASE}inbox/add/", data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    inbox = Inbox.objects.get()
    assert list(inbox.members.all()) == [member]
    settings = mailboxes.current(inbox)
    assert (settings.host, settings.port, settings.user) == (
        "imap.shop.example",
        993,
        "support@shop.example",
    )
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["settings.saved", "settings.saved", "mailbox.configured"]


def test_the_password_is_shown_nowhere(client, root):
    client.post(f"{BASE}inbox/add/", WITH_MAILBOX)
    inbox = Inbox.objects.get()
    client.post(f"{BASE}inbox/{inbox.pk}/change/", {**WITH_MAILBOX, "name": "Renamed"})
    # A form that comes back with an error does not send it back, either.
    wrong = client.post(f"{BASE}inbox/{inbox.pk}/change/", {**WITH_MAILBOX, "mailbox_port": "99999"})
    assert wrong.status_code == 200
    pages = [
        text(wrong),
        text(client.get(f"{BASE}inbox/{inbox.pk}/change/")),
        text(client.get(f"{BASE}inbox/{inbox.pk}/history/")),
        text(client.get(f"{BASE}inbox/")),
        text(client.get(f"{BASE}event/")),
        text(client.get("/admin/django_mailbox/mailbox/")),
        text(client.get(f"/admin/django_mailbox/mailbox/{inbox.mailbox_id}/change/")),
        str(list(LogEntry.objects.values())),
        str(list(Event.objects.values())),
    ]
    for page in pages:
        assert PASSWORD not in page
        assert inbox.mailbox_secret not in page
    assert "Stored – type to replace" in pages[1]


def test_a_saved_form_keeps_the_password(client, root):
    client.post(f"{BASE}inbox/add/", WITH_MAILBOX)
    secret = Inbox.objects.get().mailbox_secret
    data = {**WITH_MAILBOX, "mailbox_password": "", "signature": "Yours", "mailbox_port": "993"}
    response = client.post(f"{BASE}inbox/{Inbox.objects.get().pk}/change/", data)
    assert response.status_code == 302
    inbox = Inbox.objects.get()
    assert (inbox.mailbox_secret, inbox.signature) == (secret, "Yours")
    assert Event.objects.filter(verb="mailbox.configured").count() == 1


def test_another_server_asks_for_the_password_and_keeps_what_was_typed(client, root):
    client.post(f"{BASE}inbox/add/", WITH_MAILBOX)
    inbox = Inbox.objects.get()
    data = {**WITH_MAILBOX, "mailbox_password": "", "mailbox_host": "imap.evil.example", "name": "Typed"}
    response = client.post(f"{BASE}inbox/{inbox.pk}/change/", data)
    assert response.status_code == 200
    assert "Enter the password." in text(response)
    assert 'value="imap.evil.example"' in text(response)
    inbox.refresh_from_db()
    assert inbox.name == "Support"
    assert mailboxes.current(inbox).host == "imap.shop.example"


def test_a_password_from_the_environment_is_shown_by_name(client, root):
    client.post(f"{BASE}inbox/add/", {**WITH_MAILBOX, "mailbox_password": "env:CS_INBOX_SUPPORT_PASSWORD"})
    page = text(client.get(f"{BASE}inbox/{Inbox.objects.get().pk}/change/"))
    assert "env:CS_INBOX_SUPPORT_PASSWORD" in page


def test_an_empty_server_disconnects(client, root):
    client.post(f"{BASE}inbox/add/", WITH_MAILBOX)
    inbox = Inbox.objects.get()
    client.post(f"{BASE}inbox/{inbox.pk}/change/", INBOX)
    inbox.refresh_from_db()
    assert (inbox.mailbox, inbox.mailbox_secret) == (None, "")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"mailbox_user": ""}, "Enter the user name for the mail server."),
        ({"mailbox_host": ""}, "Enter the server that the password is for."),
        ({"mailbox_host": "http://x/"}, "Enter the name of the mail server"),
    ],
)
def test_a_half_filled_mailbox_is_explained(client, root, data, says):
    response = client.post(f"{BASE}inbox/add/", {**WITH_MAILBOX, **data})
    assert response.status_code == 200
    assert says in text(response)
    assert not Inbox.objects.exists()


def test_hidden_fields_cannot_be_posted(client, root):
    other = Mailbox.objects.create(name="other", uri="imap+ssl://a:b@c.example")
    client.post(f"{BASE}inbox/add/", {**INBOX, "mailbox": other.pk, "mailbox_secret": "env:SECRET_KEY"})
    inbox = Inbox.objects.get()
    assert (inbox.mailbox, inbox.mailbox_secret) == (None, "")


def test_the_connection_is_tested_by_those_who_may(client, monkeypatch):
    inbox = make.make_inbox()
    mailboxes.configure(
        inbox,
        by=None,
        settings=mailboxes.MailboxSettings(host="imap.shop.example", user="support"),
        password=PASSWORD,
    )
    monkeypatch.setattr(mailboxes, "_transport", lambda _inbox: ["INBOX", "Spam"])
    url = f"{BASE}inbox/{inbox.pk}/"
    client.force_login(make.make_user("view_inbox", "change_inbox"))
    assert "Test the connection" not in text(client.get(url + "change/"))
    assert client.post(url + "test/").status_code == 403
    client.force_login(make.make_user("test_mailbox"))
    assert client.post(url + "test/").status_code == 403
    client.force_login(make.make_user("view_inbox", "test_mailbox"))
    assert "Test the connection" in text(client.get(url + "change/"))
    response = client.post(url + "test/", follow=True)
    assert "The connection works." in text(response)
    assert "Folders: INBOX, Spam" in text(response)
    assert Event.objects.filter(verb="mailbox.tested").count() == 1


def test_an_inbox_in_use_cannot_be_deleted(client, root):
    used, unused = make.make_inquiry().inbox, make.make_inbox()
    assert client.post(f"{BASE}inbox/{used.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"{BASE}inbox/{unused.pk}/delete/", {"post": "yes"})
    assert list(Inbox.objects.all()) == [used]


def test_how_the_last_look_went(client, root):
    client.post(f"{BASE}inbox/add/", WITH_MAILBOX)
    inbox = Inbox.objects.get()
    assert "Not fetched yet" in text(client.get(f"{BASE}inbox/"))
    state = FolderState.objects.create(inbox=inbox, last_error=f"Login refused {EVIL}", failures=1)
    assert "Cannot be fetched" in text(client.get(f"{BASE}inbox/"))
    page = text(client.get(f"{BASE}inbox/{inbox.pk}/change/"))
    assert "Login refused" in page
    assert EVIL not in page
    FolderState.objects.filter(pk=state.pk).update(last_error="", last_success_at=timezone.now())
    assert "Works" in text(client.get(f"{BASE}inbox/"))


# Contacts


def test_a_contact_is_described_through_actions(client):
    user = make.make_user("view_inquiry", "change_inquiry")
    client.force_login(user)
    contact = make.make_inquiry(subject="Broken pencils").contact
    page = text(client.get(f"{BASE}contact/{contact.pk}/change/"))
    assert "Broken pencils" in page
    data = {
        "name": "山田花子", "standing": "caution", "standing_reason": "Complained", "memo": "Call first",
        "customer": user.pk, "addresses-TOTAL_FORMS": 0, "addresses-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert client.post(f"{BASE}contact/{contact.pk}/change/", data).status_code == 302
    contact.refresh_from_db()
    assert (contact.standing, contact.standing_reason, contact.memo) == (
        "caution",
        "Complained",
        "Call first",
    )
    assert contact.customer is None
    assert contact.addresses.count() == 1
    assert set(Event.objects.values_list("verb", "actor")) == {
        ("contact.edited", user.pk),
        ("contact.standing_set", user.pk),
    }


def test_contacts_of_an_inbox_out_of_reach_do_not_exist(client):
    hidden = make.make_inquiry(
        inbox=make.make_inbox(members=(make.make_superuser(),)), contact=make.make_contact("Hidden")
    ).contact
    client.force_login(make.make_user("view_inquiry", "change_inquiry"))
    assert "Hidden" not in text(client.get(f"{BASE}contact/"))
    assert "Hidden" not in text(client.get(f"{BASE}contact/", {"q": "Hid"}))
    assert client.get(f"{BASE}contact/{hidden.pk}/change/").status_code == 302
    client.post(f"{BASE}contact/{hidden.pk}/change/", {"name": "x", "standing": "vip"})
    hidden.refresh_from_db()
    assert hidden.standing == Standing.NORMAL


def test_a_viewer_looks_at_a_contact_only(client):
    contact = make.make_inquiry().contact
    client.force_login(make.make_user("view_inquiry"))
    assert client.get(f"{BASE}contact/{contact.pk}/change/").status_code == 200
    assert client.post(f"{BASE}contact/{contact.pk}/change/", {"name": "x"}).status_code == 403


@pytest.mark.parametrize("words", ["山田", "hanako@", "ＨＡＮＡＫＯ"])
def test_contacts_are_found_by_name_and_address(client, root, words):
    make.make_inquiry(contact=make.make_contact("山田花子", email="hanako@example.jp"))
    make.make_inquiry(contact=make.make_contact("佐藤"))
    assert client.get(f"{BASE}contact/", {"q": words}).context["cl"].result_count == 1


def test_the_customer_of_the_shop_is_named(client, root):
    customer = make.make_user(name="hanako", is_staff=False)
    inquiry = make.make_inquiry(contact=make.make_contact(customer=customer, customer_label="hanako"))
    page = text(client.get(f"{BASE}contact/{inquiry.contact.pk}/change/"))
    assert f"/admin/auth/user/{customer.pk}/change/" in page


# Mails


def worker(client, *more):
    user = make.make_user("view_inquiry", "change_inquiry", *more)
    client.force_login(user)
    return user


def test_problems_come_first(client):
    worker(client)
    for state in IncomingState:
        incoming(state, subject=f"This is {state.value}")
    for state in OutgoingState:
        outgoing(state, subject=f"This is {state.value}")
    for model, problems, other in (
        ("incomingmail", {"failed", "quarantined"}, "processed"),
        ("outgoingmail", {"failed", "unknown"}, "sent"),
    ):

        def listed(data, model=model):
            return {mail.state for mail in client.get(f"{BASE}{model}/", data).context["cl"].result_list}

        assert listed({}) == problems
        assert listed({"state": other}) == {other}
        assert len(listed({"state": "all"})) == 6


def test_mails_of_an_inbox_out_of_reach_do_not_exist(client):
    inbox = make.make_inbox(members=(make.make_superuser(),))
    mail, sent = incoming(inbox=inbox, subject="Hidden"), outgoing(inbox=inbox, subject="Hidden")
    worker(client, "send_reply", "view_original_mail")
    for model, row, verbs in (
        ("incomingmail", mail, ("retry",)),
        ("outgoingmail", sent, ("retry", "resolve")),
    ):
        assert "Hidden" not in text(client.get(f"{BASE}{model}/"))
        assert client.get(f"{BASE}{model}/{row.pk}/change/").status_code == 302
        for verb in verbs:
            url = f"{BASE}{model}/{row.pk}/{verb}/"
            assert client.post(url, {"was_sent": "yes"}).status_code == 404
    assert client.get(f"{BASE}incomingmail/{mail.pk}/raw/").status_code == 404
    assert not Event.objects.exists()


def test_a_failed_mail_is_tried_again(client, monkeypatch):
    from django_cs_inbox.actions import incoming as action

    user = worker(client)
    mail = incoming()
    assert "Try again" in text(client.get(f"{BASE}incomingmail/{mail.pk}/change/"))
    monkeypatch.setattr(action, "process", lambda pk: IncomingState.PROCESSED)
    response = client.post(f"{BASE}incomingmail/{mail.pk}/retry/", follow=True)
    assert "The mail was taken in." in text(response)
    assert Event.objects.get(verb="mail.retried").actor == user
    monkeypatch.setattr(action, "process", lambda pk: IncomingState.FAILED)
    data = {"action": "try_again", "_selected_action": [incoming().pk, incoming().pk]}
    response = client.post(f"{BASE}incomingmail/", data, follow=True)
    assert "None of these mails could be taken in." in text(response)


def test_the_original_is_a_download_for_those_who_may(client):
    mail = incoming()
    worker(client)
    assert "Download the original" not in text(client.get(f"{BASE}incomingmail/{mail.pk}/change/"))
    assert client.get(f"{BASE}incomingmail/{mail.pk}/raw/").status_code == 403
    worker(client, "view_original_mail")
    response = client.get(f"{BASE}incomingmail/{mail.pk}/raw/")
    assert response.content == mail.raw()
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "html" not in response["Content-Type"]
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_person_decides_about_an_unclear_mail(client):
    mail = outgoing()
    worker(client)
    assert "It was sent" not in text(client.get(f"{BASE}outgoingmail/{mail.pk}/change/"))
    assert client.post(f"{BASE}outgoingmail/{mail.pk}/resolve/", {"was_sent": "yes"}).status_code == 403
    worker(client, "send_reply")
    page = text(client.get(f"{BASE}outgoingmail/{mail.pk}/change/"))
    assert "It was sent" in page
    assert "It was not sent, send again" in page
    client.post(f"{BASE}outgoingmail/{mail.pk}/resolve/", {"was_sent": "maybe"})
    mail.refresh_from_db()
    assert mail.state == OutgoingState.UNKNOWN
    client.post(f"{BASE}outgoingmail/{mail.pk}/resolve/", {"was_sent": "yes"})
    mail.refresh_from_db()
    assert mail.state == OutgoingState.SENT
    other = outgoing()
    client.post(f"{BASE}outgoingmail/{other.pk}/resolve/", {"was_sent": "no"})
    other.refresh_from_db()
    assert other.state == OutgoingState.QUEUED
    assert Event.objects.filter(verb="reply.resolved").count() == 2


def test_a_failed_reply_is_sent_again(client):
    mail = outgoing(OutgoingState.FAILED)
    worker(client, "send_reply")
    assert "Send again" in text(client.get(f"{BASE}outgoingmail/{mail.pk}/change/"))
    assert "will be sent again" in text(client.post(f"{BASE}outgoingmail/{mail.pk}/retry/", follow=True))
    # The second click finds it queued already, and says so.
    response = client.post(f"{BASE}outgoingmail/{mail.pk}/retry/", follow=True)
    assert "Only a mail that failed can be sent again." in text(response)


def test_nothing_from_outside_becomes_markup(client, root):
    mail = incoming(subject=EVIL, sender=EVIL, reason=EVIL, folder=EVIL)
    sent = outgoing(subject=EVIL, body=EVIL, last_error=EVIL)
    OutgoingMail.objects.filter(pk=sent.pk).update(to=[{"name": EVIL, "address": EVIL}])
    contact = make.make_contact(EVIL, email=f"{EVIL}@example.jp", customer_label=EVIL, standing_reason=EVIL)
    make.make_inquiry(contact=contact, subject=EVIL)
    parent = Category.objects.create(name=EVIL)
    Category.objects.create(name=EVIL, parent=parent)
    Tag.objects.create(name=EVIL, color="gray")
    Event.objects.create(verb=EVIL, actor_label=EVIL, data={"x": EVIL}, created_at=timezone.now())
    for path in (
        "incomingmail/", f"incomingmail/{mail.pk}/change/", "outgoingmail/",
        f"outgoingmail/{sent.pk}/change/", "contact/", f"contact/{contact.pk}/change/", "category/", "tag/",
        "event/", f"event/{Event.objects.get().pk}/change/",
    ):  # fmt: skip
        page = text(client.get(BASE + path))
        assert EVIL not in page, path
        assert "alert(1)" in page, path


@pytest.mark.parametrize("model", ["inbox", "contact", "incomingmail", "outgoingmail", "event", "category"])
def test_more_rows_cost_no_more_queries(client, root, model):
    costs = []
    for _ in range(2):
        for _ in range(4):
            inbox = make.make_inbox()
            inquiry = make.make_inquiry(inbox=inbox)
            incoming(inbox=inbox)
            outgoing(inbox=inbox, inquiry=inquiry)
            Event.objects.create(verb="inquiry.closed", inquiry=inquiry, created_at=timezone.now())
            Category.objects.create(name="Lower", parent=Category.objects.create(name="Upper"))
            FolderState.objects.create(inbox=inbox)
        client.get(f"{BASE}{model}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{BASE}{model}/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


# django-mailbox's own page


def test_our_page_stands_in_place_of_the_stock_one():
    assert type(admin.site._registry[Mailbox]) is MailboxAdmin


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        (None, ""),
        ("imap+ssl://user:pa%40ss@imap.example:993?folder=INBOX", f"imap+ssl://user:{MASK}@imap.example:993?folder=INBOX"),
        ("imap://user@imap.example", "imap://user@imap.example"),
        ("maildir:///var/mail", "maildir:///var/mail"),
        ("imap://us:er:secret@example", f"imap://us:{MASK}@example"),
        ("office365://u:s@h?client_secret=abc&folder=x", f"office365://u:{MASK}@h?client_secret={MASK}&folder=x"),
        ("imap://[broken:secret@x", f"imap://[broken:{MASK}@x"),
        ("user:secret@host", MASK),
        ("imap://user:pa/ss?wo#rd@host", f"imap://user:{MASK}@host"),
        ("imap://user:p@ss@host", f"imap://user:{MASK}@host"),
    ],
)  # fmt: skip
def test_everything_secret_is_covered(uri, shown):
    assert masked(uri) == shown


def test_a_mailbox_of_the_shop_never_shows_its_password(client, root):
    row = Mailbox.objects.create(name="Old", uri=f"imap+ssl://user:{PASSWORD}@imap.example")
    url = f"/admin/django_mailbox/mailbox/{row.pk}/"
    covered = f"imap+ssl://user:{MASK}@imap.example"
    form = {"name": "Renamed", "uri": covered, "from_email": "", "active": "on"}
    assert client.post(url + "change/", form).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.uri) == ("Renamed", f"imap+ssl://user:{PASSWORD}@imap.example")
    refused = client.post(
        url + "change/", {**form, "uri": f"imap+ssl://user:{MASK}@imap.evil.example", "name": "x"}
    )
    assert "without the dots" in text(refused)
    viewer = make.make_user("django_mailbox.view_mailbox")
    pages = [text(refused), text(client.get(url + "change/")), text(client.get(url + "history/"))]
    pages += [text(client.get("/admin/django_mailbox/mailbox/")), str(list(LogEntry.objects.values()))]
    client.force_login(viewer)
    pages += [text(client.get("/admin/django_mailbox/mailbox/")), text(client.get(url + "change/"))]
    for page in pages:
        assert PASSWORD not in page
    assert covered in pages[-1]
    row.refresh_from_db()
    assert row.uri == f"imap+ssl://user:{PASSWORD}@imap.example"


def test_a_mailbox_of_an_inbox_is_changed_on_the_inbox_page(client, root):
    client.post(f"{BASE}inbox/add/", WITH_MAILBOX)
    row = Inbox.objects.get().mailbox
    uri = row.uri
    client.post(
        f"/admin/django_mailbox/mailbox/{row.pk}/change/",
        {"name": "x", "uri": "imap+ssl://u:p@imap.evil.example", "active": "on"},
    )
    row.refresh_from_db()
    assert (row.uri, row.active) == (uri, False)


@pytest.mark.parametrize("first", ["django_mailbox", "django_cs_inbox"])
def test_the_order_of_the_apps_does_not_matter(first):
    import subprocess
    import sys

    program = f"""
from django.conf import settings
from tests import settings as ours
names = [name for name in dir(ours) if name.isupper()]
values = {{name: getattr(ours, name) for name in names}}
last = [app for app in values["INSTALLED_APPS"] if app in ("django_mailbox", "django_cs_inbox")]
rest = [app for app in values["INSTALLED_APPS"] if app not in last]
last.sort(key=lambda app: app != {first!r})
values["INSTALLED_APPS"] = [*rest[1:], *last, rest[0]] if {first!r} == "django_mailbox" else [*last, *rest]
settings.configure(**values)
import django
django.setup()
from django.apps import apps
from django.contrib import admin
print(type(admin.site._registry[apps.get_model("django_mailbox", "Mailbox")]).__module__)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "django_cs_inbox.admin.django_mailbox"


def test_categories_stand_below_their_parents(client, root):
    second = Category.objects.create(name="Returns", position=2)
    Category.objects.create(name="Delivery", position=1)
    Category.objects.create(name="Broken", parent=second, position=0)
    rows = client.get(f"{BASE}category/").context["cl"].result_list
    assert [row.name for row in rows] == ["Delivery", "Returns", "Broken"]


# What a list must not tell letter by letter


@pytest.mark.parametrize(
    "path",
    [
        "cs_inbox/inbox/?mailbox_secret__startswith=env",
        "cs_inbox/inbox/?mailbox__uri__contains=secret",
        "cs_inbox/inbox/?members__password__startswith=md5",
        "cs_inbox/contact/?customer__password__startswith=md5",
        "cs_inbox/contact/?addresses__value__startswith=h",
        "cs_inbox/incomingmail/?inbox__mailbox_secret__startswith=env",
        "cs_inbox/incomingmail/?chunks__data__contains=x",
        "cs_inbox/outgoingmail/?inbox__mailbox_secret__startswith=env",
        "cs_inbox/outgoingmail/?body__contains=secret",
        "cs_inbox/event/?actor__password__startswith=md5",
        "django_mailbox/mailbox/?uri__contains=secret",
    ],
)
def test_only_the_filters_of_the_page_reach_the_database(client, root, path):
    assert client.get(f"/admin/{path}").status_code == 400


@pytest.mark.parametrize(
    "path",
    ["contact/?standing__exact=vip", "incomingmail/?state=failed", "outgoingmail/?kind__exact=reply",
     "category/?is_active__exact=1", "incomingmail/?inbox=1", "incomingmail/?inbox=x",
     "incomingmail/?state=x"],
)  # fmt: skip
def test_the_filters_of_the_page_work(client, root, path):
    make.make_inbox()
    assert client.get(BASE + path).status_code == 200


@pytest.mark.parametrize("uri", [None, "", "imap+ssl://user:pa[ss@host", "nonsense"])
def test_an_inbox_with_an_unreadable_mailbox_can_be_mended(client, root, uri):
    inbox = make.make_inbox(mailbox=Mailbox.objects.create(name="Old", uri=uri))
    url = f"{BASE}inbox/{inbox.pk}/change/"
    assert client.get(url).status_code == 200
    assert client.get(f"{BASE}inbox/").status_code == 200
    assert client.get("/admin/django_mailbox/mailbox/").status_code == 200
    assert client.post(url, WITH_MAILBOX).status_code == 302
    inbox.refresh_from_db()
    assert mailboxes.current(inbox).host == "imap.shop.example"
