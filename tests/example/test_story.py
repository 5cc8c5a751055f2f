"""The reference story, walked in a real browser, with a real IMAP server and a real mail server between."""

from __future__ import annotations

import io
import itertools
import re
import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from PIL import Image
from shop.models import Customer, Product

from django_cs_inbox.actions import mailboxes
from django_cs_inbox.models import Inbox, Inquiry
from tests.services.browser import expect
from tests.services.smtp import SmtpSink

from .conftest import use_smtp

pytestmark = pytest.mark.django_db(transaction=True)

_serial = itertools.count(1)


class Post:
    """Mail between shop and customers: what is sent to the order address lands in the support mailbox."""

    def __init__(self, dovecot, support):
        self.dovecot, self.support = dovecot, support
        self.sink = SmtpSink(deliver_to=self)

    def deliver(self, user, raw, folder="INBOX"):
        self.dovecot.deliver(self.support if user.startswith("order@") else user, raw)

    def mailbox(self, address):
        return [message_from_bytes(raw, policy=policy.default) for raw in self.dovecot.fetch(address)]

    def send(self, sender, to, subject, text, *, answers=None, photo=None):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Message-ID"] = make_msgid(domain="example.jp")
        if answers is not None:
            parent = answers["Message-ID"].strip()
            mail["In-Reply-To"] = parent
            mail["References"] = f"{answers.get('References', '')} {parent}".strip()
            quoted = "".join(f"> {line}\n" for line in answers.get_body().get_content().splitlines())
            text = f"{text}\n\n2026年11月21日(土) 9:30 {answers['From']}:\n{quoted}"
        mail.set_content(text, charset="iso-2022-jp")
        if photo is not None:
            mail.add_attachment(photo, maintype="image", subtype="jpeg", filename="写真.jpg")
        with smtplib.SMTP(self.sink.host, self.sink.port) as server:
            server.send_message(mail)
        return mail


@pytest.fixture
def post(dovecot, settings):
    support = f"support{next(_serial)}@kotori.example"
    post = Post(dovecot, support)
    with post.sink as sink:
        use_smtp(settings, sink.host, sink.port)
        yield post


@pytest.fixture
def inbox(post, dovecot):
    inbox = Inbox.objects.create(
        name="本店サポート",
        address=post.support,
        sender_name="文具のことり堂",
        signature="文具のことり堂 サポート",
        takes_form=True,
    )
    where = mailboxes.MailboxSettings(
        protocol="imap",
        host=dovecot.host,
        port=dovecot.port,
        security="plain",
        user=post.support,
        folder="INBOX",
    )
    return mailboxes.configure(inbox, by=None, settings=where, password=dovecot.password)


@pytest.fixture
def staff():
    return get_user_model().objects.create_superuser("sato", first_name="健", last_name="佐藤")


@pytest.fixture
def pencils():
    return Product.objects.create(
        sku="PEN-12", name="色鉛筆12色セット", slug="pencils", price=1980, stock=10, category="color"
    )


@pytest.fixture
def hanako():
    user = get_user_model().objects.create_user("hanako", email="x@example.jp")
    address = f"hanako{next(_serial)}@example.jp"
    return Customer.objects.create(user=user, name="山田 花子", email=address, phone="03-1234-5678")


def test_reply_to_an_order_mail(page, new_page, live_server, log_in, post, inbox, staff, pencils, hanako):
    # The customer orders, and the shop's own mail arrives.
    log_in(page, hanako.user)
    page.goto(f"{live_server.url}/products/pencils/")
    page.get_by_role("button", name="カートに入れる").click()
    page.goto(f"{live_server.url}/checkout/")
    page.get_by_label("お名前").fill("山田 花子")
    page.get_by_label("メールアドレス").fill(hanako.email)
    page.get_by_label("電話番号").fill("03-1234-5678")
    page.get_by_label("郵便番号").fill("100-0001")
    page.get_by_label("お届け先の住所").fill("東京都千代田区1-1")
    page.get_by_role("button", name="注文を確定する").click()
    order = hanako.orders.get()
    (confirmation,) = post.mailbox(hanako.email)
    assert order.number in confirmation["Subject"]

    # The customer answers that mail, with a photo.
    answer = post.send(
        f"山田 花子 <{hanako.email}>",
        confirmation["From"],
        f"Re: {confirmation['Subject']}",
        "届いた色鉛筆が3本折れていました。",
        answers=confirmation,
        photo=_photo(),
    )
    call_command("cs_inbox_fetch", verbosity=0)

    # It stands in the window, with customer, order and photo.
    window = new_page()
    log_in(window, staff)
    window.goto(f"{live_server.url}/admin/cs_inbox/inquiry/")
    row = window.locator("li, tr, article").filter(has_text=order.number).first
    expect(row).to_contain_text("山田 花子")
    expect(row).to_contain_text("色鉛筆が3本折れていました")
    inquiry = Inquiry.objects.get()
    window.goto(f"{live_server.url}/admin/cs_inbox/inquiry/{inquiry.pk}/change/")
    expect(window.locator("body")).to_contain_text("写真.jpg")
    expect(window.locator("body")).to_contain_text(order.number)
    assert (inquiry.origin, inquiry.contact.customer) == ("order_mail_reply", hanako)
    assert inquiry.order_links.get().order == order

    _staff_answers(window, "山田花子様\n申し訳ございません。交換品をお送りします。")
    reply = post.mailbox(hanako.email)[-1]
    assert reply["In-Reply-To"].strip() == answer["Message-ID"]
    assert answer["Message-ID"] in reply["References"]
    assert "交換品をお送りします" in reply.get_body().get_content()
    assert inquiry.number in reply["Subject"]
    _thanks_reopen(window, live_server, post, inquiry, hanako.email, reply)


def test_the_form(page, new_page, live_server, log_in, post, inbox, staff, pencils):
    address = f"taro{next(_serial)}@example.jp"
    page.goto(f"{live_server.url}/products/pencils/")
    page.get_by_role("link", name="この商品について問い合わせる").click()
    page.get_by_label("お名前").fill("田中 太郎")
    page.locator("[name=email]").fill(address)
    page.locator("[name=subject]").fill("芯の硬さについて")
    page.locator("[name=body]").fill("硬さはどのくらいですか。")
    page.get_by_role("button", name="送信").click()
    inquiry = Inquiry.objects.get()
    expect(page.locator("body")).to_contain_text(inquiry.number)
    call_command("cs_inbox_deliver", verbosity=0)
    (acknowledgement,) = post.mailbox(address)
    assert inquiry.number in acknowledgement.get_body().get_content()
    assert acknowledgement["Auto-Submitted"] == "auto-replied"

    window = new_page()
    log_in(window, staff)
    window.goto(f"{live_server.url}/admin/cs_inbox/inquiry/{inquiry.pk}/change/")
    expect(window.locator("body")).to_contain_text("色鉛筆12色セット")
    assert inquiry.origin == "product_form"
    _staff_answers(window, "田中様\nHB相当です。")
    reply = post.mailbox(address)[-1]
    assert "HB相当です" in reply.get_body().get_content()
    _thanks_reopen(window, live_server, post, inquiry, address, reply)


def test_plain_mail_from_a_stranger(new_page, live_server, log_in, post, inbox, staff):
    address = f"stranger{next(_serial)}@example.jp"
    mail = post.send(f"鈴木 一郎 <{address}>", post.support, "営業時間", "土曜日も営業していますか。")
    call_command("cs_inbox_fetch", verbosity=0)
    call_command("cs_inbox_fetch", verbosity=0)
    inquiry = Inquiry.objects.get()
    assert (inquiry.origin, inquiry.contact.customer) == ("direct_mail", None)
    window = new_page()
    log_in(window, staff)
    window.goto(f"{live_server.url}/admin/cs_inbox/inquiry/")
    window.get_by_role("link", name=re.compile("営業時間")).first.click()
    expect(window.locator("body")).to_contain_text("土曜日も営業していますか")
    _staff_answers(window, "鈴木様\nはい、営業しております。")
    (reply,) = post.mailbox(address)
    assert reply["In-Reply-To"].strip() == mail["Message-ID"]
    _thanks_reopen(window, live_server, post, inquiry, address, reply)


def _staff_answers(window, text):
    window.locator("#reply textarea[name=body]").fill(text)
    window.get_by_role("button", name="送信", exact=True).click()
    expect(window.locator("body")).to_contain_text("返信を送信待ちにしました")
    call_command("cs_inbox_deliver", verbosity=0)
    assert Inquiry.objects.get().status == "waiting"
    assert Inquiry.objects.get().unanswered_since is None


def _thanks_reopen(window, live_server, post, inquiry, address, reply):
    post.send(address, post.support, f"Re: {reply['Subject']}", "ありがとうございました。", answers=reply)
    call_command("cs_inbox_fetch", verbosity=0)
    inquiry = Inquiry.objects.get(pk=inquiry.pk)
    assert inquiry.status == "new"
    assert Inquiry.objects.count() == 1
    window.goto(f"{live_server.url}/admin/cs_inbox/inquiry/?tab=new")
    expect(window.locator("body")).to_contain_text("ありがとうございました")


def _photo():
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), (180, 60, 40)).save(buffer, "JPEG")
    return buffer.getvalue()
