"""What a guest meets at the form."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from django_cs_inbox.choices import Channel, LinkSource, LinkState, Origin
from django_cs_inbox.models import Category, Inquiry, Message, OutgoingMail
from tests.factories import make_inbox, make_order

from .conftest import FORM


def test_a_guest_writes_and_gets_a_number(inbox, send, client):
    response = send(phone="０３－１２３４－５６７８")
    inquiry = Inquiry.objects.get()
    assert (inquiry.inbox, inquiry.channel, inquiry.origin) == (inbox, Channel.FORM, Origin.CONTACT_FORM)
    assert inquiry.subject == "色鉛筆が折れていました"
    message = inquiry.messages.get()
    assert (message.sender_name, message.sender_address) == ("山田花子", "hanako@example.jp")
    assert message.text == "12色セットのうち3本が折れていました。"
    assert {address.kind for address in inquiry.contact.addresses.all()} == {"email", "phone"}
    assert not inquiry.contact.addresses.get(kind="email").is_verified
    assert response.status_code == 302
    done = client.get(response["Location"])
    assert inquiry.number in done.content.decode()
    assert "@kotori.example" in done.content.decode()


def test_the_acknowledgement_is_queued_in_the_same_transaction(inbox, send):
    send()
    mail = OutgoingMail.objects.get()
    assert mail.to == ["hanako@example.jp"]
    assert Inquiry.objects.get().number in mail.subject


def test_without_an_acknowledgement_the_page_does_not_promise_one(inbox, send, client):
    inbox.acknowledges = False
    inbox.save()
    page = client.get(send()["Location"]).content.decode()
    assert "note the number" in page
    assert "@kotori.example" not in page


def test_a_double_click_is_one_inquiry(inbox, fill, client):
    data = fill()
    first, second = client.post(FORM, data), client.post(FORM, data)
    assert Inquiry.objects.count() == Message.objects.count() == 1
    number = Inquiry.objects.get().number
    for response in (first, second):
        assert number in client.get(response["Location"]).content.decode()


def test_going_back_to_add_a_sentence_is_a_second_inquiry(inbox, fill, client):
    data = fill()
    client.post(FORM, data)
    client.post(FORM, data | {"body": "書き忘れました。写真を送ります。"})
    assert Inquiry.objects.count() == 2


@pytest.mark.parametrize("token", ["", "0" * 32, "f00:bar"])
def test_a_made_up_token_is_refused_with_the_text_kept(inbox, send, token):
    response = send(form_token=token)
    assert response.status_code == 400
    assert "3本が折れていました" in response.content.decode()
    assert response.context["form_token"] != token
    assert not Inquiry.objects.exists()


def test_a_filled_trap_takes_nothing_in_and_tells_a_person_what_to_do(inbox, send):
    response = send(website="https://spam.example")
    assert response.status_code == 400
    assert not Inquiry.objects.exists()
    page = response.content.decode()
    assert "hidden field" in page
    assert "spam.example" not in page


@pytest.mark.parametrize(
    "email",
    ["foo..bar.@docomo.ne.jp", ".foo@ezweb.ne.jp", "foo.@ezweb.ne.jp", "a/b?c+d@docomo.ne.jp"],
)
def test_addresses_that_break_the_rules_but_exist_pass(inbox, send, email):
    assert send(email=email).status_code == 302
    assert Message.objects.get().sender_address == email


def test_an_address_in_full_width_letters_is_read(inbox, send):
    assert send(email="ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ").status_code == 302
    assert Message.objects.get().sender_address == "hanako@example.jp"


@pytest.mark.parametrize("email", ["hanako", "hanako@", "a b@example.jp", "花子@example.jp", "a@b@c.jp", ""])
def test_other_addresses_are_refused_with_everything_kept(inbox, send, email):
    response = send(email=email)
    assert response.status_code == 200
    page = response.content.decode()
    assert "3本が折れていました" in page
    assert 'aria-describedby="cs-inbox-email_helptext cs-inbox-email_error"' in page
    assert 'id="cs-inbox-email_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'href="#cs-inbox-email"' in page
    assert not Inquiry.objects.exists()


def test_a_wrong_telephone_number_is_refused(inbox, send):
    response = send(phone="12")
    assert "phone" in response.context["form"].errors


@pytest.mark.parametrize("field", ["name", "subject"])
def test_no_line_break_gets_into_a_header(inbox, send, field):
    send(**{field: "山田\r\nBcc: victim@example.jp\x0b\u2028end"})
    message = Message.objects.get()
    value = message.sender_name if field == "name" else message.subject
    assert value == "山田 Bcc: victim@example.jp end"


def test_the_longest_text_counts_a_line_break_once(inbox, send):
    text = "\r\n".join(["あ" * 99] * 100)  # 9,999 signs and breaks as the browser counts
    assert send(body=text).status_code == 302
    assert "\r" not in Message.objects.get().text
    assert send(body="あ" * 10_001).status_code == 200


def test_public_categories_only(inbox, send, client):
    goods = Category.objects.create(name="商品", position=1)
    offered = Category.objects.create(name="返品・交換", is_public=True, parent=goods)
    hidden = Category.objects.create(name="クレーム")
    Category.objects.create(name="終了", is_public=True, is_active=False)
    page = client.get(FORM).content.decode()
    assert "商品 › 返品・交換" in page
    assert "クレーム" not in page
    assert "終了" not in page
    send(category=offered.pk)
    assert Inquiry.objects.get().category == offered
    assert "category" in send(category=hidden.pk).context["form"].errors


def test_without_public_categories_there_is_no_question(inbox, client):
    assert "category" not in client.get(FORM).context["form"].fields


class TestOrderNumberOfAGuest:
    def test_number_and_address_that_fit_make_a_link(self, inbox, order, send):
        send(order_number="１００５－２")
        link = Inquiry.objects.get().order_links.get()
        assert (link.order, link.source, link.state) == (order, LinkSource.FORM_TEXT, LinkState.CONFIRMED)
        assert Message.objects.get().text.startswith("Order number: 1005-2\n\n") is False
        assert "１００５－２" in Message.objects.get().text

    @pytest.mark.parametrize("number", ["1005-2", "9999-9"])
    def test_somebody_elses_and_no_order_look_the_same(self, inbox, order, fill, client, number):
        response = client.post(FORM, fill(email="stranger@example.jp", order_number=number), follow=True)
        assert response.status_code == 200
        inquiry = Inquiry.objects.get()
        assert not inquiry.order_links.exists()
        assert f"Order number: {number}\n\n" in inquiry.messages.get().text
        page = response.content.decode().replace(inquiry.number, "")
        assert number not in page

    def test_the_order_in_the_address_bar_is_not_honoured(self, inbox, order, client, send):
        page = client.get(FORM + "?order=1005-2")
        assert "order" not in page.context["form"].fields
        send(FORM + "?order=1005-2", email="stranger@example.jp")
        assert not Inquiry.objects.get().order_links.exists()


class TestProductPage:
    url = FORM + "?product=PEN-12"

    def test_the_product_is_named_and_linked(self, inbox, client, send):
        page = client.get(self.url)
        assert "色鉛筆 12色セット" in page.content.decode()
        assert page.context["form"]["subject"].value() == "About: 色鉛筆 12色セット"
        response = send(self.url)
        inquiry = Inquiry.objects.get()
        assert inquiry.origin == Origin.PRODUCT_FORM
        link = inquiry.product_links.get()
        assert (link.product_key, link.name, link.url) == ("PEN-12", "色鉛筆 12色セット", "/products/pen-12/")
        assert 'href="/products/pen-12/"' in client.get(response["Location"]).content.decode()

    @pytest.mark.parametrize("key", ["NONE", "", "%00", "<script>", "x" * 500])
    def test_an_unknown_product_is_as_if_it_were_not_there(self, inbox, send, client, key):
        url = f"{FORM}?product={key}"
        assert "<script>" not in client.get(url).content.decode()
        send(url)
        inquiry = Inquiry.objects.get()
        assert inquiry.origin == Origin.CONTACT_FORM
        assert not inquiry.product_links.exists()


class TestFiles:
    def test_several_files_go_along_under_clean_names(self, inbox, fill, client):
        png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
        files = [
            SimpleUploadedFile("写真.png", png, "image/png"),
            SimpleUploadedFile("../../etc/pass\u202egpj.exe", b"MZ", "application/x-msdownload"),
            SimpleUploadedFile("a" * 300 + ".pdf", b"%PDF", "application/pdf"),
        ]
        client.post(FORM, fill(attachments=files))
        found = list(Message.objects.get().attachments.all())
        assert [attachment.size for attachment in found] == [28, 2, 4]
        assert found[0].name == "写真.png"
        assert found[0].content_type == "image/png"
        assert found[1].name == "passgpj.exe"
        assert len(found[2].name) <= 150
        assert found[2].name.endswith(".pdf")
        assert Inquiry.objects.get().has_attachment

    def test_a_file_that_is_too_large_is_named_and_the_text_kept(self, inbox, fill, client, settings):
        settings.CS_INBOX = settings.CS_INBOX | {"MAX_UPLOAD_BYTES": 1000}
        file = SimpleUploadedFile("動画.mp4", b"0" * 200_000)
        small = SimpleUploadedFile("ok.txt", b"0" * 10)
        response = client.post(FORM, fill(attachments=[file, small]))
        assert response.status_code == 200
        page = response.content.decode()
        assert "動画.mp4" in page
        assert "3本が折れていました" in page
        assert "choose your files again" in page
        assert not Inquiry.objects.exists()

    def test_two_photos_of_one_name_and_size_are_two_messages(self, inbox, fill, client):
        data = fill()
        for content in (b"1234", b"5678"):
            client.post(FORM, data | {"attachments": SimpleUploadedFile("image.jpg", content)})
        contents = [message.attachments.get().file.read() for message in Message.objects.order_by("pk")]
        assert contents == [b"1234", b"5678"]

    def test_too_many_files(self, inbox, fill, client, settings):
        settings.CS_INBOX = settings.CS_INBOX | {"MAX_UPLOAD_FILES": 2}
        files = [SimpleUploadedFile(f"{n}.txt", b"0") for n in range(4)]
        response = client.post(FORM, fill(attachments=files))
        assert "at most 2 files" in response.content.decode()
        assert not Inquiry.objects.exists()

    def test_an_empty_file_is_refused(self, inbox, fill, client):
        response = client.post(FORM, fill(attachments=[SimpleUploadedFile("leer.txt", b"")]))
        assert "attachments" in response.context["form"].errors

    def test_a_request_that_is_far_too_large_is_not_read(self, inbox, client, fill):
        class Untouched(io.RawIOBase):
            def read(self, *args: Any) -> bytes:
                raise AssertionError("read")

        response = client.generic(
            "POST",
            FORM,
            b"",
            content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(10**10),
            **{"wsgi.input": Untouched()},
        )
        assert response.status_code == 413
        assert "go back" in response.content.decode()

    @pytest.mark.parametrize("length", ["", "x"])
    def test_a_request_of_unknown_length_is_read(self, inbox, client, length):
        response = client.generic(
            "POST", FORM, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=length
        )
        assert response.status_code in (200, 400)

    def test_text_beyond_djangos_limit_gets_a_page_too(self, inbox, fill, client, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        response = client.post(FORM, fill(body="あ" * 5000))
        assert response.status_code == 413
        assert "too large" in response.content.decode()

    def test_a_middleware_that_read_the_form_first(self, inbox, fill, client, settings):
        settings.CS_INBOX = settings.CS_INBOX | {"MAX_UPLOAD_BYTES": 1000, "MAX_UPLOAD_FILES": 1}
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.contact.test_form.ReadingMiddleware"]
        files = [SimpleUploadedFile("a.bin", b"0" * 2000), SimpleUploadedFile("b.bin", b"0")]
        response = client.post(FORM, fill(attachments=files))
        errors = " ".join(response.context["form"].errors["attachments"])
        assert "a.bin" in errors
        assert "at most 1 file" in errors


class ReadingMiddleware:
    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        assert request.POST is not None
        return self.get_response(request)


class TestCsrf:
    def test_a_missing_token_keeps_the_text_and_takes_nothing_in(self, inbox):
        client = Client(enforce_csrf_checks=True)
        page = client.get(FORM)
        data = {
            "form_token": page.context["form_token"],
            "name": "山田花子",
            "email": "hanako@example.jp",
            "subject": "件名",
            "body": "本文です",
        }
        response = client.post(FORM, data)
        assert response.status_code == 403
        assert "本文です" in response.content.decode()
        assert not Inquiry.objects.exists()
        data["csrfmiddlewaretoken"] = str(response.context["csrf_token"])
        assert client.post(FORM, data).status_code == 302
        assert Inquiry.objects.count() == 1

    def test_a_host_without_the_middleware_is_protected_all_the_same(self, inbox, settings):
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]
        client = Client(enforce_csrf_checks=True)
        page = client.get(FORM)
        assert "csrftoken" in client.cookies
        response = client.post(FORM, {"form_token": page.context["form_token"]})
        assert response.status_code == 200  # incomplete anyway
        assert not Inquiry.objects.exists()


class TestClosed:
    def test_without_an_inbox_visitors_get_a_page_and_the_log_an_error(self, client, caplog):
        make_inbox(takes_form=False)
        make_inbox(takes_form=True, is_active=False)
        for method in (client.get, client.post):
            response = method(FORM)
            assert response.status_code == 503
            assert "try again later" in response.content.decode()
        assert "no active inbox" in caplog.text

    def test_the_first_inbox_by_position_takes_it(self, send):
        make_inbox(takes_form=True, position=2)
        first = make_inbox(takes_form=True, position=1)
        send()
        assert Inquiry.objects.get().inbox == first


class TestDone:
    @pytest.mark.parametrize("token", ["x", "eyJudW1iZXIiOiAiMSJ9:x:y"])
    def test_a_made_up_page_does_not_exist(self, client, token):
        assert client.get(f"/contact/done/{token}/").status_code == 404

    def test_a_token_of_another_shape_does_not_exist(self, client):
        from django.core import signing

        token = signing.dumps({"other": 1}, salt="django_cs_inbox.contact.done")
        assert client.get(f"/contact/done/{token}/").status_code == 404


def test_get_changes_nothing_and_is_not_cached(inbox, client):
    response = client.get(FORM)
    assert "no-store" in response["Cache-Control"]
    assert not Inquiry.objects.exists()


def test_the_page_has_neither_inline_script_nor_style(inbox, client, send):
    for page in (client.get(FORM), send(email="")):
        text = page.content.decode()
        assert "<script" not in text
        assert "style=" not in text
        assert "<style" not in text


def test_what_is_typed_is_escaped(inbox, send):
    response = send(email="", subject='"><script>alert(1)</script>', body="</textarea><script>x</script>")
    assert "<script>" not in response.content.decode()


def test_the_intakes_refusal_is_shown(inbox, send, monkeypatch):
    from django_cs_inbox.actions import intake
    from django_cs_inbox.exceptions import InvalidInput

    def refuse(arrival: Any) -> None:
        raise InvalidInput("この内容は受け付けられません。")

    monkeypatch.setattr(intake, "receive", refuse)
    response = send()
    assert response.status_code == 400
    assert "この内容は受け付けられません。" in response.content.decode()


def test_a_guest_order_is_found_by_the_address_given_at_checkout(inbox, send):
    guest_order = make_order("2001-1", email="Hanako@Example.jp")
    send(order_number="2001-1")
    assert Inquiry.objects.get().order_links.get().order == guest_order
