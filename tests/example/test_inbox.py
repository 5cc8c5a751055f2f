"""django-cs-inbox in a host: the four entrances, one window, and the answer in the customer's mailbox."""

import re
from io import StringIO

import pytest
from demo_mail.webmail import list_mails, read_mail, send_mail
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse
from shop.actions import ship_order
from shop.inquiry_seed import cast as casting
from shop.models import Customer, Order, OrderLine, Product

from django_cs_inbox.actions import replies
from django_cs_inbox.choices import LinkSource, LinkState, Origin
from django_cs_inbox.models import Inbox, Inquiry, OrderMail, OutgoingMail

SHOP = "support@kotori.example"


@pytest.fixture
def pencils():
    return Product.objects.create(
        sku="CP-012", slug="colored-pencils-12", name="色鉛筆12色セット", category="art", price=1980, stock=5
    )


@pytest.fixture
def hanako():
    user = get_user_model().objects.create_user("hanako", "hanako@example.jp", "demo")
    return Customer.objects.create(user=user, name="山田 花子", email="hanako@example.jp", rank="vip")


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


@pytest.fixture
def inbox():
    return Inbox.objects.create(
        name="本店サポート",
        address=SHOP,
        sender_name="文具のことり堂",
        signature="-- 文具のことり堂",
        takes_form=True,
    )


@pytest.fixture
def sato():
    return get_user_model().objects.create_superuser("sato", last_name="佐藤", first_name="健一")


def fill(client, page, **words):
    """Open the form as a browser does, fill it in and send it."""
    html = client.get(page).content.decode()
    token = re.search(r'name="form_token" value="([^"]+)"', html)[1]
    return client.post(page, {"form_token": token, "website": "", **words})


@pytest.mark.django_db
def test_checks_pass_and_no_migration_is_missing():
    out = StringIO()
    call_command("check", fail_level="WARNING", databases=["default"], stdout=out)
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "no issues" in out.getvalue()
    assert "No changes detected" in out.getvalue()


@pytest.mark.django_db
def test_a_question_on_a_product_page_comes_with_its_product(client, inbox, pencils):
    html = client.get(pencils.get_absolute_url()).content.decode()
    page = re.search(r'href="(/contact/\?product=[^"]+)"', html)[1]
    answer = fill(
        client,
        page,
        name="大野 花",
        email="ono@mail.example",
        subject="在庫について",
        body="まだありますか。",
    )
    inquiry = Inquiry.objects.get()
    assert inquiry.number in client.get(answer.url).content.decode()
    assert (inquiry.origin, inquiry.contact.name) == (Origin.PRODUCT_FORM, "大野 花")
    product = inquiry.product_links.get()
    assert (product.product_key, product.name) == ("CP-012", "色鉛筆12色セット")
    assert product.url == pencils.get_absolute_url()


@pytest.mark.django_db
def test_a_customer_asks_about_an_order_from_its_page(client, inbox, order):
    client.force_login(order.customer.user)
    html = client.get(reverse("shop:order", args=[order.number])).content.decode()
    page = re.search(r'href="(/contact/\?order=[^"]+)"', html)[1]
    fill(client, page, name="山田 花子", order=str(order.pk), subject="届きません", body="まだ届きません。")
    inquiry = Inquiry.objects.get()
    assert (inquiry.origin, inquiry.contact.customer) == (Origin.ORDER_FORM, order.customer)
    link = inquiry.order_links.get()
    assert (link.order, link.source, link.state) == (order, LinkSource.FORM_PAGE, LinkState.CONFIRMED)


@pytest.mark.django_db
def test_the_account_page_leads_to_the_form_of_customers(client, inbox, hanako):
    account = reverse("cs_inbox_contact:account")
    assert client.get(account).status_code == 302
    client.force_login(hanako.user)
    assert account in client.get(reverse("shop:mypage")).content.decode()
    html = client.get(account).content.decode()
    assert "hanako@example.jp" in html
    assert "shop/contact.css" in html


@pytest.mark.django_db
def test_mails_about_orders_are_recorded_on_the_order(order, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ship_order(order)
    (sent,) = mailoutbox
    recorded = OrderMail.objects.get()
    assert (recorded.order, recorded.order_number, recorded.subject) == (order, "1005-2", sent.subject)


@pytest.mark.django_db
def test_what_the_window_shows_of_an_order(order):
    from django_cs_inbox.shop import get_shop

    summary = get_shop().order_summary(order)
    assert (summary.payment, summary.shipping) == ("クレジットカード（未入金）", "未発送")
    customer = get_shop().customer_summaries([order.customer])[str(order.customer.pk)]
    assert customer.rank == "VIP"


@pytest.mark.django_db(transaction=True)
def test_from_the_order_mail_to_the_window_and_back(world, order, inbox, sato):
    """The story the package is for, with real mail servers."""
    b2b = Inbox.objects.create(name="業務用・法人", address="b2b@kotori.example")
    casting.connect(casting.Cast(inbox, b2b, *[sato] * 4))
    ship_order(order)
    (listed,) = list_mails("hanako@example.jp", "inbox")
    notice = read_mail("hanako@example.jp", "inbox", listed.uid)
    text = f"12色のうち3本が折れていました。\n\n{notice.quoted}"
    question = send_mail(
        "hanako@example.jp", name="山田 花子", to=notice.reply_to, subject=notice.reply_subject, text=text,
        answers=notice,
    )  # fmt: skip

    call_command("cs_inbox_fetch", verbosity=0)
    inquiry = Inquiry.objects.get()
    assert (inquiry.origin, inquiry.status) == (Origin.ORDER_MAIL_REPLY, "new")
    assert inquiry.contact.customer == order.customer
    link = inquiry.order_links.get()
    assert (link.order, link.source, link.state) == (order, LinkSource.ORDER_MAIL, LinkState.CONFIRMED)
    assert inquiry.snippet == "12色のうち3本が折れていました。"

    draft = replies.save_draft(inquiry, by=sato, body="山田 花子 様\n\n新しいものを本日お送りします。")
    replies.send(draft, by=sato)
    call_command("cs_inbox_deliver", verbosity=0)
    assert OutgoingMail.objects.get().state == "sent"
    answer = read_mail("hanako@example.jp", "inbox", 2)
    assert answer.message["In-Reply-To"] == question["Message-ID"]
    assert answer.message["References"].split()[-1] == question["Message-ID"]
    assert notice.message["Message-ID"] in answer.message["References"]
    assert answer.subject == f"Re: {notice.subject} [#{inquiry.number}]"
    assert answer.sender == f"文具のことり堂 <{SHOP}>"
    assert answer.text.endswith("新しいものを本日お送りします。\n\n-- 文具のことり堂")

    send_mail(
        "hanako@example.jp", to=answer.reply_to, subject=answer.reply_subject, text="助かります。",
        answers=answer,
    )  # fmt: skip
    call_command("cs_inbox_run", once=True, verbosity=0)
    inquiry.refresh_from_db()
    assert Inquiry.objects.count() == 1
    assert (inquiry.status, inquiry.message_count) == ("new", 3)


@pytest.mark.django_db(transaction=True)
def test_the_seed_plays_every_kind_of_conversation_once(world, capsys):
    call_command("seed_shop")
    call_command("seed_inquiries", scale=0.08)
    before = list(Inquiry.objects.order_by("number").values_list("number", "status", "message_count"))
    call_command("seed_inquiries", scale=0.08)
    assert before == list(Inquiry.objects.order_by("number").values_list("number", "status", "message_count"))
    statuses = {status for _number, status, _count in before}
    assert statuses == {
        "new", "open", "pending_approval", "waiting", "on_hold", "done", "no_action", "spam",
    }  # fmt: skip
    assert max(count for *_rest, count in before) >= 10
    assert not OutgoingMail.objects.filter(state__in=["queued", "sending"]).exists()
    assert Inbox.objects.get(address=SHOP).mailbox is not None
    assert Inbox.objects.get(address="b2b@kotori.example").inquiries.exists()
    call_command("seed_mails")
    subjects = {mail.subject for mail in list_mails("hanako@example.jp", "inbox")}
    assert any("発送しました" in subject for subject in subjects)
    assert any("席札" in subject for subject in subjects)


@pytest.mark.django_db
def test_the_roles_of_the_staff(capsys):
    call_command("seed_shop")
    users = {user.username: user for user in get_user_model().objects.filter(is_staff=True)}
    can = {name: user.has_perm for name, user in users.items()}
    for name in ("owner", "sato", "suzuki", "tanaka"):
        assert can[name]("cs_inbox.view_inquiry")
        assert can[name]("cs_inbox.change_inquiry")
    assert [name for name in can if can[name]("cs_inbox.send_reply")] == ["admin", "owner", "sato", "suzuki"]
    assert [name for name in can if can[name]("cs_inbox.approve_reply")] == ["admin", "owner"]
    assert [name for name in can if can[name]("cs_inbox.change_inbox")] == ["admin", "owner"]
