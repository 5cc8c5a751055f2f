"""The composer: drafts, sending, and that nothing typed is ever lost or sent twice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from django_cs_inbox.actions import replies
from django_cs_inbox.choices import MessageKind
from django_cs_inbox.models import Attachment, OutgoingMail, Reply
from tests import factories as make

from .conversation_data import url

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def user():
    return make.make_superuser()


@pytest.fixture
def page(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def inquiry():
    inbox = make.make_inbox(signature="-- \n文具店 サポート")
    contact = make.make_contact(email="hanako@example.jp")
    inquiry = make.make_inquiry(inbox=inbox, contact=contact, subject="色鉛筆")
    make.make_message(inquiry, at=timezone.now() - HOUR)
    return inquiry


def content(client, inquiry, query=""):
    response = client.get(url("change", inquiry.pk) + query)
    assert response.status_code == 200
    return response.content.decode()


def typed(inquiry, **data):
    """What the browser sends: the hidden fields as the page drew them, and what was typed."""
    return {
        "do": "draft",
        "to": "hanako@example.jp",
        "subject": "Re: 色鉛筆",
        "body": "ご連絡ありがとうございます。",
        "next_status": "waiting",
        "version": inquiry.version,
        "seen_at": timezone.now().isoformat(),
        **data,
    }


def post(client, inquiry, follow=True, **data):
    return client.post(url("reply", inquiry.pk), typed(inquiry, **data), follow=follow)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_the_form_starts_with_sender_subject_and_signature(page, inquiry):
    html = content(page, inquiry)
    assert 'value="hanako@example.jp"' in html
    assert f"Re: 色鉛筆 [#{inquiry.number}]" in html
    assert "文具店 サポート" in html


def test_a_draft_is_kept_and_nothing_is_sent(page, inquiry, user):
    response = post(page, inquiry, cc="a@example.jp; b@example.jp", quotes="on", next_status="done")
    draft = Reply.objects.get()
    assert (draft.body, draft.state, draft.author) == ("ご連絡ありがとうございます。", "draft", user)
    assert (draft.cc, draft.quotes, draft.next_status) == (["a@example.jp", "b@example.jp"], True, "done")
    assert not OutgoingMail.objects.exists()
    html = response.content.decode()
    assert "ご連絡ありがとうございます。</textarea>" in html
    assert "a@example.jp, b@example.jp" in html


def test_sending_queues_the_mail_and_moves_the_inquiry(page, inquiry):
    response = post(page, inquiry, do="send")
    outgoing = OutgoingMail.objects.get()
    assert outgoing.to == ["hanako@example.jp"]
    assert outgoing.body.startswith("ご連絡ありがとうございます。\n\n--")
    inquiry.refresh_from_db()
    assert inquiry.status == "waiting"
    assert "ご連絡ありがとうございます。" in response.content.decode()
    assert response.redirect_chain[-1][0].endswith("#latest")


@pytest.mark.parametrize("next_status", ["waiting", "done", "on_hold", "open"])
def test_the_next_status_is_the_authors_choice(page, inquiry, next_status):
    post(page, inquiry, do="send", next_status=next_status)
    inquiry.refresh_from_db()
    assert inquiry.status == next_status


@pytest.mark.parametrize(
    ("pasted", "addresses"),
    [
        ("山田 花子 <hanako@example.jp>, 佐藤 <sato@example.jp>", ["hanako@example.jp", "sato@example.jp"]),
        ("a@example.jp、b@example.jp", ["a@example.jp", "b@example.jp"]),
        ("a@example.jp b@example.jp\nc@example.jp", ["a@example.jp", "b@example.jp", "c@example.jp"]),
    ],
)
def test_addresses_may_be_pasted_as_people_write_them(page, inquiry, pasted, addresses):
    post(page, inquiry, to=pasted)
    assert Reply.objects.get().to == addresses


@pytest.mark.parametrize(
    "mistake",
    [{"to": ""}, {"to": "not-an-address"}, {"body": "  \n"}, {"to": "a@example.jp", "cc": "x@"}],
)
def test_a_mistake_keeps_the_text_as_a_draft(page, inquiry, mistake):
    response = post(page, inquiry, do="send", **{"body": "大切な文章", **mistake})
    assert not OutgoingMail.objects.exists()
    draft = Reply.objects.get()
    assert draft.state == "draft"
    assert any("Nothing was sent" in text for text in messages(response))
    if "body" not in mistake:
        assert "大切な文章</textarea>" in response.content.decode()


def test_what_the_form_refuses_stays_in_the_page(page, inquiry):
    with override_settings(CS_INBOX={"MAX_UPLOAD_BYTES": 10}):
        response = post(
            page, inquiry, do="send", body="大切な文章", uploads=SimpleUploadedFile("a.bin", b"x" * 11)
        )
    assert response.status_code == 422
    html = response.content.decode()
    assert "大切な文章</textarea>" in html
    assert "a.bin" in html
    assert not Reply.objects.exists()


def test_a_new_message_of_the_customer_stops_the_reply_and_is_shown(page, inquiry):
    before = typed(inquiry, do="send", body="古い話への返事")
    post(page, inquiry, body="古い話への返事")
    make.make_message(inquiry, "やはり交換でなく返金で")
    inquiry.version += 1
    inquiry.save()
    response = page.post(url("reply", inquiry.pk), before, follow=True)
    assert not OutgoingMail.objects.exists()
    html = response.content.decode()
    assert "古い話への返事</textarea>" in html
    assert "csc-new" in html
    assert "1 new entry since you wrote this" in html
    # Having seen it, the same person may send.
    inquiry.refresh_from_db()
    post(page, inquiry, do="send", body="古い話への返事")
    assert OutgoingMail.objects.count() == 1


def test_a_second_click_does_not_make_a_second_reply(page, inquiry):
    data = typed(inquiry, do="send")
    page.post(url("reply", inquiry.pk), data)
    response = page.post(url("reply", inquiry.pk), data, follow=True)
    assert OutgoingMail.objects.count() == 1
    assert Reply.objects.count() == 1
    assert "This reply has been handed over already." in messages(response)


def test_files_are_attached_shown_and_removed(page, inquiry):
    post(page, inquiry, uploads=[SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b/../c.txt", b"b")])
    names = list(Attachment.objects.values_list("name", flat=True))
    assert names == ["a.txt", "c.txt"]
    html = content(page, inquiry)
    assert "a.txt" in html
    first = Attachment.objects.get(name="a.txt")
    post(page, inquiry, remove=[first.pk])
    assert [file.name for file in Attachment.objects.all()] == ["c.txt"]


def test_a_draft_is_discarded(page, inquiry):
    post(page, inquiry)
    response = post(page, inquiry, do="discard")
    assert Reply.objects.get().state == "discarded"
    assert "ご連絡ありがとうございます。</textarea>" not in response.content.decode()
    assert "There is no draft." in messages(post(page, inquiry, do="discard"))


def test_while_a_reply_waits_nobody_is_offered_to_send_another(page, inquiry):
    colleague = make.make_user("view_inquiry", "change_inquiry")
    draft = replies.save_draft(inquiry, by=colleague, body="承認してください", to=["hanako@example.jp"])
    replies.submit(draft, by=colleague)
    html = content(page, inquiry)
    assert 'value="send"' not in html
    assert "承認してください" in html
    assert "Approve and send" in html
    response = page.post(url("decide", inquiry.pk, draft.pk, "approve"), follow=True)
    assert OutgoingMail.objects.count() == 1
    assert "The reply was approved and is on its way." in messages(response)


def test_who_may_approve_is_led_to_the_reply(page, client, inquiry, user):
    draft = replies.save_draft(inquiry, by=user, body="本文", to=["hanako@example.jp"])
    replies.submit(draft, by=user)
    words = "waits for your approval"
    assert words not in content(page, inquiry)
    client.force_login(make.make_superuser("approver"))
    html = content(client, inquiry)
    assert words in html
    assert f'<a href="#reply-{draft.pk}">Read and decide' in html


def test_an_empty_composer_is_folded_while_another_reply_is_on_its_way(page, inquiry, user):
    assert "csc-later" not in content(page, inquiry)
    replies.send(replies.save_draft(inquiry, by=user, body="本文", to=["hanako@example.jp"]), by=user)
    assert '<details class="csc-later">' in content(page, inquiry)
    page.post(url("reply", inquiry.pk), typed(inquiry, body="もう一つ"))
    assert "csc-later" not in content(page, inquiry)


def test_a_returned_reply_comes_back_with_the_reason(page, client, inquiry, user):
    colleague = make.make_user("view_inquiry", "change_inquiry")
    draft = replies.save_draft(inquiry, by=user, body="本文", to=["hanako@example.jp"])
    replies.submit(draft, by=user)
    colleague.is_superuser = True
    colleague.save()
    replies.return_reply(draft, by=colleague, reason="敬語を直してください")
    html = content(page, inquiry)
    assert "敬語を直してください" in html
    assert "本文</textarea>" in html


def test_ones_own_submitted_reply_can_be_withdrawn_but_not_approved(page, inquiry, user):
    draft = replies.save_draft(inquiry, by=user, body="本文", to=["hanako@example.jp"])
    replies.submit(draft, by=user)
    html = content(page, inquiry)
    assert "Approve and send" not in html
    assert page.post(url("decide", inquiry.pk, draft.pk, "approve")).status_code == 403
    page.post(url("decide", inquiry.pk, draft.pk, "withdraw"))
    assert "本文</textarea>" in content(page, inquiry)


def test_an_answer_address_elsewhere_needs_a_choice(page, inquiry):
    make.make_message(
        inquiry,
        sender_address="hanako@example.jp",
        reply_to=[{"name": "", "address": "other@elsewhere.example"}],
    )
    html = content(page, inquiry)
    assert 'name="to" id="id_to" value="hanako@example.jp"' in html
    assert "other@elsewhere.example" in html
    html = content(page, inquiry, "?reply_to=1")
    assert 'name="to" id="id_to" value="other@elsewhere.example"' in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": MessageKind.AUTOMATIC, "automatic_kind": "auto_reply"}, "written by a machine"),
        ({"automatic_kind": "list"}, "came through a mailing list"),
    ],
)
def test_nobody_answers_a_machine_or_a_list_by_accident(page, inquiry, fields, words):
    assert words not in content(page, inquiry)
    make.make_message(inquiry, **fields)
    assert words in content(page, inquiry)


def test_spam_is_not_answered(page, inquiry):
    other = make.make_inquiry(status="spam")
    make.make_message(other)
    html = content(page, other)
    assert "This inquiry is marked as spam" in html
    assert 'value="send"' not in html
    response = post(page, other, do="send")
    assert not OutgoingMail.objects.exists()
    assert any("spam" in text for text in messages(response))


def test_without_an_address_the_page_says_so(page):
    inquiry = make.make_inquiry(contact=make.make_contact(email=None))
    assert "No email address of this customer is known." in content(page, inquiry)


def test_failed_and_unclear_mails_ask_for_a_decision(page, inquiry, user):
    draft = replies.save_draft(inquiry, by=user, body="本文", to=["hanako@example.jp"])
    outgoing = replies.send(draft, by=user)
    OutgoingMail.objects.filter(pk=outgoing.pk).update(state="failed", last_error="550 <script>no</script>")
    html = content(page, inquiry)
    assert "Send again" in html
    assert f'A mail could not be sent.\n      <a href="#reply-{draft.pk}">' in html
    assert "550 &lt;script&gt;" in html
    OutgoingMail.objects.filter(pk=outgoing.pk).update(state="unknown")
    html = content(page, inquiry)
    assert "It is not clear whether the mail was sent." in html
    assert "It was not sent: send it again" in html


def test_a_failed_reply_can_be_corrected_and_sent_anew(page, inquiry, user):
    draft = replies.save_draft(inquiry, by=user, body="本文", to=["typo@example.jp"])
    failed = replies.send(draft, by=user)
    OutgoingMail.objects.filter(pk=failed.pk).update(state="failed", last_error="550 unknown user")
    reply = failed.reply
    reply.to_failed()
    reply.save()
    html = content(page, inquiry)
    assert "typo@example.jp" in html
    assert "This text could not be sent." in html
    assert "550 unknown user" in html
    inquiry.refresh_from_db()
    response = post(page, inquiry, do="send", to="right@example.jp", body="本文")
    assert "The reply is on its way." in messages(response)
    failed.refresh_from_db()
    assert failed.state == "cancelled"
    assert OutgoingMail.objects.get(state="queued").to == ["right@example.jp"]
