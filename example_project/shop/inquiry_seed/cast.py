"""Who plays: the shop's staff and customers, and the inboxes and lists that the staff set up."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth import get_user_model

from django_cs_inbox.actions import mailboxes
from django_cs_inbox.models import Category, HoldReason, Inbox, Tag

from ..models import Customer

CATEGORIES = ["商品について", "配送", "返品・交換", "領収書", "在庫・入荷", "その他"]
HOLD_REASONS = ["メーカー確認中", "倉庫確認中", "配送会社確認中", "社内確認中"]
TAGS = {
    "red": ["不良品", "誤配送", "欠品", "要返金"],
    "orange": ["配送遅れ", "キャンセル", "返品", "修理"],
    "green": ["お礼", "写真あり", "ギフト", "名入れ"],
    "blue": ["配送", "住所変更", "日時指定", "同梱", "入荷待ち"],
    "purple": ["法人・学校", "大口"],
    "gray": ["領収書", "お支払い", "会員情報", "ポイント", "サイト"],
}
SIGNATURE = """--
文具のことり堂 {}
{}
電話 {}（平日 10:00〜17:00）
お問い合わせ {}"""
ACKNOWLEDGEMENT = """{name} 様

お問い合わせをありがとうございます。下記のとおり受け付けました。
2営業日以内にお返事いたします。

受付番号：{number}
件名：{subject}

補足がございましたら、このメールにそのままご返信ください。
お心当たりのない場合は、お手数ですがこのメールを破棄してください。"""


@dataclass
class Person:
    name: str
    email: str
    phone: str = ""
    customer: Customer | None = None
    #: How their mails look: program, charset.
    style: str = "plain"
    encoding: str = "utf-8"

    @property
    def family(self):
        return self.name.split()[0]

    @property
    def is_member(self):
        return self.customer is not None and self.customer.user_id is not None


@dataclass
class Cast:
    support: Inbox
    business: Inbox
    owner: object
    sato: object
    suzuki: object
    tanaka: object
    people: dict[int, Person] = field(default_factory=dict)

    @property
    def clerks(self):
        return [self.sato, self.suzuki]


def assemble(pick) -> Cast:
    """The staff, the inboxes with their mailboxes, the lists, and the shop's customers."""
    users = {user.username: user for user in get_user_model().objects.filter(is_staff=True)}
    for position, name in enumerate(CATEGORIES):
        Category.objects.get_or_create(name=name, defaults={"position": position, "is_public": True})
    for position, name in enumerate(HOLD_REASONS):
        HoldReason.objects.get_or_create(name=name, defaults={"position": position})
    for color, names in TAGS.items():
        for name in names:
            Tag.objects.get_or_create(name=name, defaults={"color": color})
    support = _inbox("本店サポート", settings.SHOP_SUPPORT_EMAIL, "サポート担当", position=0, takes_form=True)
    business = _inbox("業務用・法人", settings.SHOP_BUSINESS_EMAIL, "法人担当", position=1)
    cast = Cast(support, business, *(users[name] for name in ("owner", "sato", "suzuki", "tanaka")))
    for customer in Customer.objects.select_related("user").order_by("pk"):
        style = pick.choices(["plain", "iphone", "gmail", "outlook"], [30, 40, 20, 10])[0]
        if "docomo" in customer.email or "ezweb" in customer.email or "softbank" in customer.email:
            style = "mobile"
        encoding = "iso-2022-jp" if style in {"mobile", "outlook"} or pick.random() < 0.25 else "utf-8"
        person = Person(customer.name, customer.email, customer.phone, customer, style, encoding)
        cast.people[customer.pk] = person
    return cast


def connect(cast: Cast) -> None:
    """Let both inboxes read their mailbox on the demo's mail server, also when its port has changed."""
    for inbox in (cast.support, cast.business):
        wanted = mailboxes.MailboxSettings(
            host=settings.DEMO_IMAP_HOST,
            port=settings.DEMO_IMAP_PORT,
            user=inbox.address,
            security="plain",
        )
        if mailboxes.current(inbox) != wanted:
            mailboxes.configure(inbox, by=None, settings=wanted, password=settings.DEMO_MAIL_PASSWORD)


def _inbox(name, address, desk, *, position, takes_form=False):
    inbox, _ = Inbox.objects.select_related("mailbox").get_or_create(
        address=address,
        defaults={
            "name": name,
            "sender_name": f"{settings.SHOP_NAME} {desk}",
            "signature": SIGNATURE.format(desk, settings.SHOP_URL, settings.SHOP_PHONE, address),
            "position": position,
            "takes_form": takes_form,
            "acknowledgement_subject": f"【{settings.SHOP_NAME}】お問い合わせを受け付けました",
            "acknowledgement_text": ACKNOWLEDGEMENT,
        },
    )
    return inbox
