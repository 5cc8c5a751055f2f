"""The example shop does what a host shop does. Run: pytest tests/example --ds=config.settings"""

import re
import smtplib
from datetime import timedelta

import pytest
from demo_mail.webmail import list_mails, read_mail
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from shop.actions import OutOfStockError, next_number, place_order, ship_order
from shop.models import Customer, Order, OrderLine, Product

from django_cs_inbox.models import Inbox

from .conftest import use_smtp

pytestmark = pytest.mark.django_db

ADDRESS = {
    "name": "山田 花子",
    "kana": "ヤマダ ハナコ",
    "email": "hanako@example.jp",
    "phone": "090-0000-0000",
    "postal_code": "000-0001",
    "address": "東京都世田谷区桜木町1-2-3",
    "payment_method": "bank",
    "note": "",
}


@pytest.fixture
def pencils():
    return Product.objects.create(
        sku="CP-012", slug="colored-pencils-12", name="色鉛筆12色セット", category="art", price=1980, stock=5
    )


@pytest.fixture
def hanako():
    user = get_user_model().objects.create_user("hanako", "hanako@example.jp", "demo")
    return Customer.objects.create(user=user, name="山田 花子", email="hanako@example.jp")


@pytest.fixture
def order(hanako, pencils):
    order = Order.objects.create(
        number="1005-2",
        customer=hanako,
        email=hanako.email,
        name=hanako.name,
        payment_method="card",
        shipping_address="東京都",
        total=1980,
    )
    OrderLine.objects.create(order=order, product=pencils, name=pencils.name, sku=pencils.sku, price=1980)
    return order


def buy(client, product, capture, qty=1, **changes):
    client.post(reverse("shop:cart-add", args=[product.pk]), {"qty": qty})
    with capture(execute=True):
        return client.post(reverse("shop:checkout"), ADDRESS | changes)


def test_a_guest_orders_and_gets_the_confirmation(
    client, pencils, mailoutbox, django_capture_on_commit_callbacks
):
    answer = buy(client, pencils, django_capture_on_commit_callbacks, qty=2)
    assert answer.url == reverse("shop:complete")
    order = Order.objects.get()
    assert (order.total, order.shipping_fee, order.customer.is_guest) == (1980 * 2 + 550, 550, True)
    assert order.lines.get().qty == 2
    pencils.refresh_from_db()
    assert pencils.stock == 3
    (mail,) = mailoutbox
    assert (mail.to, mail.from_email) == (["hanako@example.jp"], "文具のことり堂 <order@kotori.example>")
    assert order.number in mail.subject
    assert "色鉛筆12色セット" in mail.body
    assert order.number in client.get(answer.url).content.decode()


def test_a_guest_who_comes_back_is_one_customer(client, pencils, django_capture_on_commit_callbacks):
    buy(client, pencils, django_capture_on_commit_callbacks)
    buy(client, pencils, django_capture_on_commit_callbacks, email="Hanako@Example.jp")
    assert Customer.objects.count() == 1
    assert [order.number for order in Order.objects.order_by("pk")] == ["A-10001", "A-10002"]


def test_a_customer_orders_and_sees_only_her_orders(
    client, hanako, pencils, mailoutbox, django_capture_on_commit_callbacks
):
    client.force_login(hanako.user)
    buy(client, pencils, django_capture_on_commit_callbacks)
    order = Order.objects.get()
    assert order.customer == hanako
    assert len(mailoutbox) == 1
    assert order.number in client.get(reverse("shop:mypage")).content.decode()
    assert client.get(reverse("shop:order", args=[order.number])).status_code == 200
    stranger = get_user_model().objects.create_user("stranger")
    client.force_login(stranger)
    assert client.get(reverse("shop:order", args=[order.number])).status_code == 404


def test_the_order_stands_when_the_mail_server_is_down(
    client, pencils, settings, django_capture_on_commit_callbacks, caplog
):
    use_smtp(settings, "127.0.0.1", 1)
    assert buy(client, pencils, django_capture_on_commit_callbacks).status_code == 302
    assert Order.objects.count() == 1
    assert "could not be sent" in caplog.text


def test_sold_out_goods_are_not_sold_twice(rf, pencils):
    class Full:
        lines = [type("Line", (), {"product": pencils, "qty": 6})]

    with pytest.raises(OutOfStockError, match="在庫が足りません"):
        place_order(Full, user=None, data=ADDRESS)
    pencils.refresh_from_db()
    assert pencils.stock == 5


def test_shipping_from_the_admin_sends_one_mail(
    admin_client, order, mailoutbox, django_capture_on_commit_callbacks
):
    data = {"action": "ship", "_selected_action": [order.pk]}
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            admin_client.post(reverse("admin:shop_order_changelist"), data)
    order.refresh_from_db()
    assert (order.status, order.shipping_status) == ("shipped", "shipped")
    (mail,) = mailoutbox
    assert "1005-2" in mail.subject
    assert order.tracking_number in mail.body


def test_a_cancelled_order_is_not_shipped(order, mailoutbox):
    Order.objects.update(status=Order.Status.CANCELLED)
    assert ship_order(order) is False
    assert mailoutbox == []


def test_numbers_go_on_after_the_last(order):
    assert next_number() == "A-10001"
    Order.objects.update(number="A-10042")
    assert next_number() == "A-10043"


def test_every_page_answers_in_japanese_without_inline_code(client, admin_client, order, world, pencils):
    Inbox.objects.create(name="本店サポート", address="support@kotori.example", takes_form=True)
    client.force_login(order.customer.user)
    client.post(reverse("shop:cart-add", args=[pencils.pk]))
    pages = [
        reverse("shop:products"),
        reverse("shop:products") + "?category=art&q=色鉛筆",
        pencils.get_absolute_url(),
        reverse("shop:cart"),
        reverse("shop:checkout"),
        reverse("shop:login"),
        reverse("shop:register"),
        reverse("shop:mypage"),
        reverse("shop:order", args=[order.number]),
        reverse("cs_inbox_contact:form") + "?product=CP-012",
        reverse("demo:start"),
        reverse("demo:mailbox", args=["foo..bar.@docomo.example"]),
        reverse("demo:new", args=["n+y/2003@docomo.example"]),
    ]
    for page in pages:
        answer = client.get(page, headers={"accept-language": "en"})
        html = answer.content.decode()
        assert answer.status_code == 200, page
        assert '<html lang="ja">' in html
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script|<style| style=| on\w+=", html), page
    for model in ("product", "customer", "order"):
        assert admin_client.get(reverse(f"admin:shop_{model}_changelist")).status_code == 200
        assert admin_client.get(reverse(f"admin:shop_{model}_add")).status_code == 200


def test_registering_makes_a_customer(client):
    data = {"username": "jiro", "email": "jiro@example.jp", "name": "鈴木 次郎"}
    client.post(reverse("shop:register"), data | {"password1": "demo", "password2": "demo"})
    assert Customer.objects.get().user.username == "jiro"


def test_the_seed_can_be_run_again(capsys):
    call_command("seed_shop")
    first = list(Order.objects.order_by("number").values_list("number", "email", "total"))
    call_command("seed_shop")
    assert first == list(Order.objects.order_by("number").values_list("number", "email", "total"))
    assert len(first) == 250
    assert Order.objects.get(number="1005-2").customer.name == "山田 花子"
    assert Customer.objects.filter(email="foo..bar.@docomo.example").exists()
    for username in ("owner", "sato", "suzuki", "admin"):
        assert get_user_model().objects.get(username=username).check_password("demo")


def test_the_shops_mail_arrives_and_the_customer_answers_it(
    client, order, world, django_capture_on_commit_callbacks, png
):
    with django_capture_on_commit_callbacks(execute=True):
        ship_order(order)
    (mail,) = list_mails("hanako@example.jp", "inbox")
    assert abs(mail.date - timezone.now()) < timedelta(minutes=1)
    page = reverse("demo:mail", args=["hanako@example.jp", "inbox", mail.uid])
    html = client.get(page).content.decode()
    assert "文具のことり堂 &lt;order@kotori.example&gt;:\n&gt; 山田 花子 様" in html

    text = "12色セットのうち3本が折れていました。\r\n\r\n" + read_mail("hanako@example.jp", "inbox", 1).quoted
    answer = client.post(page, {"text": text, "photo": png})
    assert answer.url == reverse("demo:mailbox", args=["hanako@example.jp"])

    received = read_mail("support@kotori.example", "inbox", 1)
    original = read_mail("hanako@example.jp", "inbox", 1)
    assert received.message["In-Reply-To"] == original.message["Message-ID"]
    assert original.message["Message-ID"] in received.message["References"]
    assert received.subject == f"Re: {original.subject}"
    assert received.sender == "山田 花子 <hanako@example.jp>"
    assert received.text.startswith("12色セットのうち3本が折れていました。\n\n20")
    (photo,) = received.attachments
    assert (photo.name, photo.content_type) == ("折れた色鉛筆.png", "image/png")
    (copy,) = list_mails("hanako@example.jp", "sent")
    assert copy.subject == received.subject
    shown = client.get(reverse("demo:file", args=["support@kotori.example", "inbox", 1, 0]))
    assert shown.content == photo.data


@pytest.mark.parametrize(
    "raw",
    [
        b'Content-Type: text/plain; charset="no-such"\r\nFrom: .a..@b.example\r\nDate: x\r\n\r\nabc \xff\r\n',
        b"Content-Type: multipart/mixed\r\nSubject: =?iso-2022-jp?B?GyRC?=\r\n\r\nno parts\r\n",
        b'From: "a <b@c.example\r\nTo: @@\r\nMessage-ID: <[odd]@x>\r\n\r\nhi\r\n',
        b"\r\n",
    ],
)
def test_mail_that_is_none_is_listed_and_shown(client, world, raw):
    with smtplib.SMTP(world.host, world.smtp_port) as smtp:
        smtp.sendmail("x@a.example", ["hanako@example.jp"], raw)
    assert client.get(reverse("demo:mailbox", args=["hanako@example.jp"])).status_code == 200
    assert client.get(reverse("demo:mail", args=["hanako@example.jp", "inbox", 1])).status_code == 200


def test_an_odd_mobile_address_writes_to_the_support_address(client, world):
    page = reverse("demo:new", args=["foo..bar.@docomo.example"])
    data = {"to": "support@kotori.example", "subject": "在庫について", "text": "まだありますか。"}
    assert client.post(page, data).status_code == 302
    (mail,) = list_mails("support@kotori.example", "inbox")
    assert (mail.sender, mail.subject) == ("foo..bar.@docomo.example", "在庫について")


def test_without_a_mail_server_the_mailbox_says_what_to_do(client, settings):
    settings.DEMO_IMAP_PORT = 1
    answer = client.get(reverse("demo:mailbox", args=["hanako@example.jp"]))
    assert answer.status_code == 503
    assert "python -m mailworld" in answer.content.decode()


def test_order_mails_are_seeded_once(order, world, capsys):
    call_command("seed_mails")
    call_command("seed_mails")
    assert len(list_mails("hanako@example.jp", "inbox")) == 1


@pytest.fixture
def png():
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    data = BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    return SimpleUploadedFile("折れた色鉛筆.png", data.getvalue(), "image/png")
