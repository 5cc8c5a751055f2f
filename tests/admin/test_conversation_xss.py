"""Script in every field of everything that the conversation shows."""

from __future__ import annotations

import pytest
from django.utils import timezone

from django_cs_inbox.actions import contacts, notes, replies
from django_cs_inbox.choices import LinkState, MessageKind, Standing
from django_cs_inbox.models import Category, Event, HoldReason, OrderMail, OutgoingMail, Reply, Tag
from django_cs_inbox.shop import CustomerSummary, OrderLine, OrderSummary, Shop
from django_cs_inbox.templatetags.cs_inbox import linkify, money, trimmed, web_url
from tests import factories as make

from .conversation_data import make_attachment, url

pytestmark = pytest.mark.django_db

BAD = "'\"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}{% now 'Y' %}"
EVIL_URL = "javascript:alert(3)"


def summary(order):
    return OrderSummary(
        key=str(order.pk),
        number=order.number,
        status=BAD,
        payment=BAD,
        shipping=BAD,
        tracking_number=BAD,
        tracking_url=EVIL_URL,
        customer_name=BAD,
        email=BAD,
        total=1,
        currency=BAD[:3],
        lines=(OrderLine(title=BAD, sku=BAD, quantity=1, price=1),),
    )


class BadShop(Shop):
    def order_summaries(self, orders):
        return {str(order.pk): summary(order) for order in orders}

    def customer_summaries(self, customers):
        return {
            str(row.pk): CustomerSummary(key=str(row.pk), name=BAD, phone=BAD, rank=BAD) for row in customers
        }

    def order_url(self, order, request):
        return EVIL_URL

    def customer_url(self, customer, request):
        return "//evil.example/"


@pytest.fixture
def user():
    user = make.make_superuser()
    user.first_name = "<script>first"
    user.save()
    return user


@pytest.fixture
def inquiry(user):
    inbox = make.make_inbox(name=BAD[:90], signature=BAD)
    customer = make.make_user(is_staff=False)
    contact = make.make_contact(BAD, email="a@example.jp", customer=customer)
    make.add_address(contact, BAD, kind="other")
    category = Category.objects.create(name=BAD)
    inquiry = make.make_inquiry(
        inbox=inbox, contact=contact, subject=BAD, status="open", category=category, assignee_label=BAD
    )
    inquiry.tags.add(Tag.objects.create(name=BAD[:50]))
    HoldReason.objects.create(name=BAD[:90])
    people = [{"name": BAD, "address": BAD}]
    for kind in MessageKind:
        message = make.make_message(
            inquiry,
            BAD + "\n\n> " + BAD,
            kind=kind,
            subject=BAD + "x",
            sender_name=BAD,
            sender_address=BAD,
            to=people,
            cc=people,
            reply_to=people,
            author_label=BAD,
            automatic_kind="<script>",
            automatic_reason=BAD,
            auth_results={BAD: "fail"},
            warnings=[BAD],
            html=BAD,
        )
        make_attachment(message=message, name=BAD, content_type="image/png")
    for state in (LinkState.CONFIRMED, LinkState.SUGGESTED):
        make.make_order_link(inquiry, make.make_order(f"<script>{state[:3]}"), state=state, order_number=BAD)
    make.make_order("<b>other", customer=customer)
    OrderMail.objects.create(
        order_key=str(inquiry.order_links.first().order_key),
        order_number=BAD,
        subject=BAD,
        text=BAD,
        to=[BAD],
        message_id="x",
        message_key="x",
        sent_at=timezone.now(),
    )
    make.make_product_link(inquiry, name=BAD, url=EVIL_URL, product_key=BAD[:90])
    make.make_inquiry(contact=contact, subject=BAD)
    notes.add_note(inquiry, by=user, text=BAD)
    contacts.set_standing(contact, by=user, standing=Standing.VIP, reason=BAD)
    contacts.edit(contact, by=user, memo=BAD)
    colleague = make.make_user("view_inquiry", "change_inquiry", first_name=BAD[:100])
    for author in (user, colleague):
        draft = replies.save_draft(inquiry, by=author, body=BAD, subject=BAD, to=[BAD], cc=[BAD], bcc=[BAD])
        make_attachment(reply=draft, name=BAD)
    Reply.objects.update(decision_note=BAD, decided_by_label=BAD, author_label=BAD)
    OutgoingMail.objects.create(
        inbox=inbox,
        inquiry=inquiry,
        kind="acknowledgement",
        message_id="y",
        message_key="y",
        sender=BAD,
        to=[BAD],
        subject=BAD,
        body=BAD,
        state="failed",
        last_error=BAD,
        next_attempt_at=timezone.now(),
    )
    data = {"old": BAD, "new": BAD, "number": BAD, "added": [BAD], "removed": [BAD], "reason": BAD}
    for verb in ("inquiry.assigned", "inquiry.tags_set", "order.linked", "inquiry.held", BAD[:50]):
        Event.objects.create(
            inquiry=inquiry, verb=verb, actor_label=BAD, data=data, created_at=timezone.now()
        )
    return inquiry


def check(html):
    for sign in ("<script>alert", "<img src=x", "<script>first", "<b>other", "<script>con", "javascript:"):
        assert sign not in html, html[html.index(sign) - 300 : html.index(sign) + 100]
    assert "//evil.example" not in html
    # Not a template of ours either.
    assert "7|add:7" in html


def test_nothing_of_it_becomes_markup(client, user, inquiry, settings):
    settings.CS_INBOX = {**settings.CS_INBOX, "SHOP": f"{__name__}.BadShop"}
    client.force_login(user)
    for query in ("", "?all=1", "?reply_to=1"):
        response = client.get(url("change", inquiry.pk) + query)
        assert response.status_code == 200
        assert not response.context["panel"].shop_failed
        check(response.content.decode())
    response = client.post(url("reply", inquiry.pk), {"do": "send", "body": BAD, "to": BAD}, follow=True)
    check(response.content.decode())
    response = client.post(url("note", inquiry.pk), {"text": BAD + "x" * 21_000})
    check(response.content.decode())
    response = client.post(url("link_order", inquiry.pk), {"number": BAD}, follow=True)
    check(response.content.decode())


def test_the_page_that_warns_of_a_foreign_order_is_safe_too(client, user, inquiry):
    number = "<script>alert(9)"
    make.make_order(number, customer=make.make_user(is_staff=False))
    client.force_login(user)
    response = client.post(url("link_order", inquiry.pk), {"number": number})
    assert response.status_code == 409
    assert "<script>alert(9)" not in response.content.decode()


# The filters by themselves


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://a.example/x?y=1&z=2。次", ["https://a.example/x?y=1&amp;z=2"]),
        ("(http://a.example/x)", ["http://a.example/x"]),
        ("https://a.example/wiki_(x)です", ["https://a.example/wiki_(x)"]),
        ("見て「https://a.example/」ね", ["https://a.example/"]),
        ("HTTPS://A.example.", ["HTTPS://A.example"]),
        ("javascript:alert(1) data:text/html,x ftp://a.example", []),
        ('https://a.example/"><script>', ["https://a.example/"]),
        ("https://a.example/'onclick='x", ["https://a.example/&#x27;onclick=&#x27;x"]),
        ("https://", []),
    ],
)
def test_addresses_become_links_and_nothing_else(text, links):
    html = linkify(text)
    assert html.count("<a ") == len(links)
    for link in links:
        assert f'<a href="{link}" target="_blank" rel="noopener noreferrer nofollow">{link}</a>' in html
    assert "<script" not in html


def test_thousands_of_links_are_not_made():
    assert linkify("https://a.example/ " * 5000).count("<a ") == 200


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ("https://a.example/", True),
        ("/admin/shop/order/1/", True),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("", False),
        (None, False),
    ],
)
def test_which_addresses_of_the_host_are_followed(given, allowed):
    assert bool(web_url(given)) == allowed


def test_money_and_empty_lines():
    from decimal import Decimal

    assert money(Decimal("1980.00"), "JPY") == "¥1,980"
    assert money(Decimal("12.5"), "USD") == "12.50 USD"
    assert money(None) == ""
    assert trimmed("\n \n  indented\nend\n\n") == "  indented\nend"
