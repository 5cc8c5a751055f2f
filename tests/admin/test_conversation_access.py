"""Who may open and do what on the conversation: every page and every form of it."""

from __future__ import annotations

import pytest
from django.test import Client

from django_cs_inbox.models import Attachment, Event, Inquiry, Note, OrderLink, OutgoingMail, Reply
from tests import factories as make

from .conversation_data import forms, make_attachment, make_full, original_pages, reading_pages, url

pytestmark = pytest.mark.django_db

WORKER = ("view_inquiry", "change_inquiry", "send_reply", "view_original_mail")


def logged_in(*permissions, **fields):
    client = Client()
    client.force_login(make.make_user(*permissions, **fields))
    return client


def state():
    """Everything a forbidden request must not have changed."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Inquiry, Note, OrderLink, Reply, OutgoingMail, Event, Attachment)
    ]


@pytest.fixture
def full():
    return make_full(make.make_inbox())


@pytest.fixture
def hidden():
    """The same in an inbox whose members the users of these tests are not."""
    return make_full(make.make_inbox(members=(make.make_user(),)))


def test_nobody_gets_in_without_being_staff(full):
    for client in (Client(), logged_in(*WORKER, is_staff=False)):
        before = state()
        for address in [*reading_pages(full), *original_pages(full)]:
            response = client.get(address)
            assert response.status_code == 302
            assert "/login/" in response.url
        for address, data in forms(full):
            assert "/login/" in client.post(address, data).url
        assert state() == before


def test_staff_without_permission_get_403(full):
    client = logged_in()
    before = state()
    for address in [*reading_pages(full), *original_pages(full)]:
        assert client.get(address).status_code == 403, address
    for address, data in forms(full):
        assert client.post(address, data).status_code == 403, address
    assert state() == before


def test_who_may_only_look_sees_no_forms_and_changes_nothing(full):
    client = logged_in("view_inquiry")
    before = state()
    for address in reading_pages(full):
        assert client.get(address).status_code == 200, address
    for address in original_pages(full):
        assert client.get(address).status_code == 403, address
    page = client.get(url("change", full.inquiry.pk)).content.decode()
    content = page[page.index('id="content-main"') :]
    assert "<form" not in content
    assert "<button" not in content
    for address, data in forms(full):
        assert client.post(address, data).status_code == 403, address
    assert state() == before


def test_a_writer_without_send_right_may_submit_but_not_send(full):
    client = logged_in("view_inquiry", "change_inquiry")
    page = client.get(url("change", full.inquiry.pk)).content.decode()
    assert 'value="submit"' in page
    assert 'value="send"' not in page
    address = url("reply", full.inquiry.pk)
    data = {"do": "send", "body": "text", "to": "a@example.jp"}
    assert client.post(address, data).status_code == 403
    assert client.post(url("outgoing", full.inquiry.pk, full.outgoing.pk, "retry")).status_code == 403
    assert OutgoingMail.objects.count() == 1
    assert client.post(address, data | {"do": "submit"}).status_code == 302
    assert Inquiry.objects.get(pk=full.inquiry.pk).status == "pending_approval"


def test_an_inbox_of_others_does_not_exist(hidden):
    client = logged_in(*WORKER, "approve_reply")
    before = state()
    for address in [*reading_pages(hidden), *original_pages(hidden)]:
        assert client.get(address).status_code == 404, address
    for address, data in forms(hidden):
        assert client.post(address, data).status_code == 404, address
        assert client.get(address).status_code == 404, address
    assert state() == before


def test_what_belongs_to_another_inquiry_is_not_reached_through_this_one(full, hidden):
    client = logged_in(*WORKER, "approve_reply")
    other = make_full(full.inquiry.inbox)
    before = state()
    key = full.inquiry.pk
    for foreign in (other, hidden):
        assert client.get(url("attachment", key, foreign.attachment.pk)).status_code == 404
        for page in ("html", "original", "download"):
            assert client.get(url(page, key, foreign.message.pk)).status_code == 404
        for page, row, verbs in (
            ("order_link", foreign.link, ("confirm", "refuse", "unlink")),
            ("decide", foreign.reply, ("approve", "return", "withdraw")),
            ("outgoing", foreign.outgoing, ("retry", "was-sent", "send-again")),
        ):
            for verb in verbs:
                response = client.post(url(page, key, row.pk, verb), {"reason": "r"})
                assert response.status_code == 404, (page, verb)
        data = {"do": "draft", "body": "text", "answers": foreign.message.pk}
        assert client.post(url("reply", key), data).status_code == 404
        data = {"do": "draft", "body": "text", "remove": foreign.attachment.pk}
        assert client.post(url("reply", key), data).status_code == 404
    assert state() == before


def test_files_of_a_colleagues_draft_are_not_removed(full):
    file = make_attachment(reply=full.reply)
    client = logged_in(*WORKER)
    response = client.post(url("reply", full.inquiry.pk), {"do": "draft", "body": "x", "remove": file.pk})
    assert response.status_code == 404
    assert Attachment.objects.filter(pk=file.pk).exists()


def test_nonsense_in_addresses_and_fields_is_404_and_not_an_error(full):
    client = logged_in(*WORKER)
    key = full.inquiry.pk
    assert client.get(f"/admin/cs_inbox/inquiry/{10**30}/change/").status_code == 404
    assert client.get("/admin/cs_inbox/inquiry/abc/change/").status_code in (302, 404)
    for page, data in (
        ("status", {"verb": "to_closed"}),
        ("assign", {"to": "abc"}),
        ("assign", {"to": "9999999"}),
        ("category", {"category": "x'"}),
        ("tags", {"tags": ["1", "x"]}),
        ("reply", {"do": "approve", "body": "x"}),
        ("reply", {"do": "draft", "body": "x", "remove": "²"}),
        ("reply", {"do": "draft", "body": "x", "remove": "9" * 30}),
    ):
        assert client.post(url(page, key), data).status_code == 404, (page, data)
    assert client.post(url("order_link", key, full.link.pk, "delete")).status_code == 404
    assert (
        client.get(url("change", key) + "?all=x&full=abc&seen=yesterday&seen=2026-99-99T00:00").status_code
        == 200
    )


def test_people_who_may_not_work_in_the_inbox_cannot_be_assigned(full):
    client = logged_in(*WORKER)
    stranger = make.make_user("view_inquiry")
    response = client.post(url("assign", full.inquiry.pk), {"to": stranger.pk})
    assert response.status_code == 404
    assert str(stranger) not in client.get(url("change", full.inquiry.pk)).content.decode()


def test_a_restricted_inbox_offers_its_members_only():
    member = make.make_user(*WORKER, name="member-one")
    outsider = make.make_user(*WORKER, name="outsider-one")
    full = make_full(make.make_inbox(members=(member,)))
    client = Client()
    client.force_login(member)
    page = client.get(url("change", full.inquiry.pk)).content.decode()
    assert f'<option value="{member.pk}"' in page
    assert outsider.get_username() not in page


def test_every_form_needs_the_token_and_get_writes_nothing(full):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.make_superuser())
    before = state()
    for address, data in forms(full):
        assert client.post(address, data).status_code == 403, address
        assert client.get(address, data).status_code == 302, address
    for address in [*reading_pages(full), *original_pages(full)]:
        assert client.get(address).status_code == 200, address
        assert client.head(address).status_code == 200, address
    assert state() == before


def test_the_pages_stay_on_the_site_that_shows_them(full):
    client = Client()
    client.force_login(make.make_superuser())
    page = client.get(f"/ops/cs_inbox/inquiry/{full.inquiry.pk}/change/").content.decode()
    content = page[page.index('id="content-main"') :]
    assert "/ops/cs_inbox/inquiry/" in content
    assert "/admin/" not in content
    response = client.post(f"/ops/cs_inbox/inquiry/{full.inquiry.pk}/note/", {"text": "x"})
    assert response.url.startswith("/ops/")
