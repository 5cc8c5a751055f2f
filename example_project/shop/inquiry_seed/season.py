"""Sixty days of the shop: who writes when, through which door, and how far it has come by today."""

from __future__ import annotations

import random
from datetime import timedelta

from django.utils import timezone

from django_cs_inbox.actions import contacts
from django_cs_inbox.api import record_order_mail
from django_cs_inbox.choices import Channel, Origin
from django_cs_inbox.models import Contact

from .. import mails
from ..management.commands._seed_data import FAMILY_NAMES, GIVEN_NAMES
from ..models import Order, Product
from . import specials, words
from .about_goods import GOODS
from .about_orders import ORDERS
from .business import BUSINESS
from .cast import Person, assemble
from .conversation import Conversation, photo_for_form, photo_for_mail
from .plans import Planner
from .stage import Clock, Stage, quiet_post

SITUATIONS = [*ORDERS, *GOODS]
#: How many inquiries stand where today, and how many days ago they came in. The special ones come on top.
STATUSES = {
    "done": (186, 1.5, 59),
    "waiting": (26, 0.6, 12),
    "new": (19, 0.01, 1.4),
    "open": (18, 0.05, 2.5),
    "on_hold": (10, 1, 9),
    "pending_approval": (6, 0.1, 1.2),
}
#: Left for whoever tries the demo: nobody has asked about these yet.
UNTOUCHED = {"1005-2", "1004-9"}
FORTNIGHT = timedelta(days=14)
#: Doors through which no address comes to answer to.
CALLS = {Channel.PHONE, Channel.LINE, Channel.FAX, Channel.VISIT, Channel.MALL}
COMPANIES = [
    ("株式会社みなと設計 総務部", "soumu@minato-sekkei.example"),
    ("つばめ市立図書館 庶務係", "shomu@lib.tsubame.example"),
    ("ひばり台小学校 事務室", "jimu@hibaridai-es.example"),
    ("有限会社はま印刷 浜田", "hamada@hama-print.example"),
    ("合同会社あおぞら 経理", "keiri@aozora-llc.example"),
    ("雑貨店こもれび 店主 森本", "morimoto@komorebi.example"),
]


def play_season(now=None, *, seed=20261121, scale=1.0):
    """Play it all. ``scale`` shrinks the ordinary conversations for tests. Returns the number of steps."""
    now = (now or timezone.now()).replace(microsecond=0)
    clock = Clock(now)
    season = Season(clock, now, random.Random(seed), scale)
    with clock.running(), quiet_post():
        season.prepare()
        steps = len(season.stage.steps)
        season.stage.play()
        clock.moment = now
    return steps


class Season:
    def __init__(self, clock, now, pick, scale):
        self.clock, self.now, self.pick, self.scale = clock, now, pick, scale
        self.stage = Stage(clock)
        #: When an order was last asked about.
        self.asked = {}
        self.piles = {}
        self.number = 0

    def prepare(self):
        self.cast = assemble(self.pick)
        self.products = list(Product.objects.filter(is_published=True).order_by("sku"))
        orders = Order.objects.exclude(customer=None).exclude(number__in=UNTOUCHED)
        self.orders = list(orders.select_related("customer").prefetch_related("lines__product"))
        self.pick.shuffle(self.orders)
        for order in Order.objects.order_by("placed_at").prefetch_related("lines"):
            self.record_mails(order)
        self.first()
        for status, (count, newest, oldest) in STATUSES.items():
            for n in range(max(1, round(count * self.scale))):
                # Spread evenly, so that no day is empty.
                share = (n + self.pick.random()) / max(1, round(count * self.scale))
                self.ordinary(status, newest + (oldest - newest) * share)
        specials.arrange(self)
        self.standings()
        self.last()

    def record_mails(self, order):
        """The mails that went out by themselves, as ``shop.mails`` would have recorded them then."""
        for moment, message in mails.sent_so_far(order, self.now):
            self.stage.at(moment, record_order_mail, order, message)

    def conversation(self, person, *, subject="", inbox=None, facts=(), key=""):
        self.number += 1
        talk = Conversation(key or f"{self.number:03}", person, inbox or self.cast.support, self.pick)
        talk.facts = {"name": person.name, "product": "", "number": "", **dict(facts)}
        talk.subject = subject.format(**talk.facts)
        return talk

    def planner(self, talk, situation, start):
        return Planner(self.stage, self.cast, self.pick, self.now, talk, situation, start)

    def ordinary(self, status, days):
        is_business = status in {"done", "waiting", "open"} and self.pick.random() < 0.07
        situation = self.draw(
            BUSINESS if is_business else SITUATIONS,
            lambda s: {"waiting": s.answer, "on_hold": s.hold}.get(status, True),
        )
        order = moment = None
        if situation.about in {"before", "after"}:
            order, moment = self.find_order(situation, days)
            if order is None:
                fitting = {"product", "none"}
                situation = self.draw(
                    SITUATIONS,
                    lambda s: (
                        s.about in fitting and {"waiting": s.answer, "on_hold": s.hold}.get(status, True)
                    ),
                )
        moment = moment or self.daytime(days)
        product = self.product_for(situation, order)
        person = self.person_for(order, is_business)
        talk = self.conversation(
            person,
            subject=situation.subject,
            inbox=self.cast.business if is_business else None,
            facts={"product": product.name if product else "", "number": order.number if order else ""},
        )
        body = self.pick.choice(situation.bodies).format(**talk.facts)
        if situation.about != "product":
            product = None
        is_called = status in {"new", "open", "on_hold", "done"}
        self.begin(talk, situation, moment, body, order, product, may_call=is_called)
        getattr(self.planner(talk, situation, moment), status)()

    def begin(self, talk, situation, moment, body, order, product, *, may_call):
        """The first word, through one of the shop's doors."""
        doors = _doors(talk.person, situation, order, product)
        doors = [(name, weight) for name, weight in doors if may_call or name not in CALLS]
        door = self.pick.choices([name for name, _ in doors], [weight for _, weight in doors])[0]
        at, pick, number = self.stage.at, self.pick, self.number
        is_mail = door in {"mail", "order_mail"}
        text = words.from_customer(talk.person, body, pick, signed=is_mail)
        if is_mail:
            photos = [photo_for_mail(situation.photo, number)] if situation.photo else []
            html = pick.random() < 0.25
            if door == "order_mail":

                def answer_order_mail():
                    talk.mails(text, answers=talk.order_mail(order), photos=photos, html=html)

                at(moment, answer_order_mail)
            else:
                if order is not None and order.number not in text:
                    text = (
                        text.replace("\n", f"\n注文番号は {order.number} です。\n", 1)
                        if "\n" in text
                        else text
                    )
                at(moment, talk.mails, text, photos=photos, html=html)
        elif door in CALLS:
            talk.can_reply = False
            note = f"（折り返し先：{talk.person.phone}）" if talk.person.phone else ""
            at(moment, talk.calls, f"{body}\n{note}".strip(), channel=door, order=order, product=product)
        else:
            files = [photo_for_form(situation.photo, number)] if situation.photo else []
            category = situation.category if pick.random() < 0.7 else ""
            at(
                moment, talk.fills_form, text, origin=door, order=order, product=product,
                category=category, files=files,
            )  # fmt: skip

    # Finding people and things

    def draw(self, situations, fits):
        """One that fits, and none twice before all have had their turn."""
        pile = self.piles.setdefault(id(situations), [])
        if not any(map(fits, pile)):
            fresh = list(situations)
            self.pick.shuffle(fresh)
            pile.extend(fresh)
        return pile.pop(next(n for n, situation in enumerate(pile) if fits(situation)))

    def find_order(self, situation, days):
        """An order about which this would be asked about then, and the moment."""
        for _ in range(len(self.orders)):
            order = self.orders.pop(0)
            self.orders.append(order)
            base = order.placed_at if situation.about == "before" else order.shipped_at
            if base is None or order.status == Order.Status.CANCELLED:
                continue
            low, high = (0.02, 0.8) if situation.about == "before" else (1, 8)
            moment = base + timedelta(days=self.pick.uniform(low, high))
            age = (self.now - moment) / timedelta(days=1)
            if not max(0.005, days - 2) < age < days + 2 or (days < 3 and age > days + 0.8):
                continue
            if situation.products and not self.product_for(situation, order, strict=True):
                continue
            if abs(self.asked.get(order.pk, moment + FORTNIGHT) - moment) < FORTNIGHT:
                continue  # a second question about the same order would join the first one
            self.asked[order.pk] = moment
            return order, moment
        return None, None

    def product_for(self, situation, order, *, strict=False):
        pool = [line.product for line in order.lines.all() if line.product] if order else self.products
        fitting = [p for p in pool if not situation.products or p.sku.startswith(situation.products)]
        if fitting:
            return fitting[0] if order else self.pick.choice(fitting)
        return None if strict or not pool else pool[0]

    def person_for(self, order, is_business):
        if is_business:
            name, email = self.pick.choice(COMPANIES)
            return Person(name, email, "03-0000-0000", style="outlook", encoding="iso-2022-jp")
        if order is not None:
            return self.cast.people[order.customer_id]
        if self.pick.random() < 0.7:
            return self.pick.choice(list(self.cast.people.values()))
        return self.stranger()

    def stranger(self):
        (family, _, roman), (given, _, given_roman) = (
            self.pick.choice(FAMILY_NAMES),
            self.pick.choice(GIVEN_NAMES),
        )
        domain = self.pick.choice(["mail.example", "kamome.example", "example.net", "docomo.example"])
        phone = f"080-0000-{self.pick.randint(1000, 9999)}"
        style = self.pick.choice(["iphone", "gmail", "plain"])
        return Person(f"{family} {given}", f"{given_roman}.{roman}{self.number}@{domain}", phone, style=style)

    def daytime(self, days):
        """A moment about so many days ago at an hour at which people write."""
        moment = self.now - timedelta(days=days)
        if days < 1.5:
            return moment
        hour = self.pick.choices(
            range(24), [1, 0, 0, 0, 0, 1, 2, 4, 6, 8, 9, 8, 9, 7, 6, 6, 7, 7, 8, 9, 10, 10, 7, 3]
        )[0]
        return timezone.localtime(moment).replace(hour=hour, minute=self.pick.randrange(60))

    # Beginning, end, and what staff know about people

    def first(self):
        """The oldest inquiry of all; by it a second run knows that the first one began."""
        person = next(iter(self.cast.people.values()))
        talk = self.conversation(person, subject="万年筆の洗い方を教えてください", key="first")
        moment = self.now - timedelta(days=60, hours=5)
        text = "いただいた万年筆を長く使いたいのですが、どのくらいの間隔で洗えばよいでしょうか。"
        situation = next(s for s in SITUATIONS if "使い方" in s.subject)
        self.stage.at(moment, talk.fills_form, text, origin=Origin.CONTACT_FORM)
        plan = self.planner(talk, situation, moment)
        plan.take_up()
        plan.reply(
            "お使いいただき、ありがとうございます。\n月に一度、ぬるま湯にペン先を一晩つけてから、柔らかい布で拭いてください。インクの色を替えるときも同じです。",
            "done",
        )

    def last(self):
        """The newest one; by it a second run knows that the first one ended."""
        person = self.stranger()
        talk = self.conversation(person, subject="プレゼント用の包装について", key="last")
        text = (
            f"こんにちは。{person.family}と申します。\n"
            "来週の誕生日に、レターセットを贈りたいと思っています。包装紙は選べますか。"
        )
        self.stage.at(self.now - timedelta(seconds=1), talk.fills_form, text, origin=Origin.CONTACT_FORM)

    def standings(self):
        """Known after they have written: VIPs, and people one has to be careful with."""
        cast = self.cast
        facts = [
            ("山田 花子", "vip", "開店からのお客様", "電話は夕方以降が望ましい。いつもお手紙用品をお探し。"),
            (self.pick.choice(list(cast.people.values())).name, "vip", "年間のお買い上げ上位", ""),
            ("郷田 剛", "caution", "長時間のお電話が続いたため、2名で対応する", "返信は必ず店主の確認後に。"),
        ]

        def set_standings():
            for name, standing, reason, memo in facts:
                for contact in Contact.objects.filter(name=name):
                    contacts.set_standing(contact, by=cast.owner, standing=standing, reason=reason)
                    if memo:
                        contacts.edit(contact, by=cast.owner, memo=memo)

        self.stage.at(self.now - timedelta(minutes=1), set_standings)


def _doors(person, situation, order, product):
    if situation in BUSINESS:
        return [("mail", 1)]
    if order is not None:
        forms = (
            [(Origin.ACCOUNT_FORM, 12), (Origin.ORDER_FORM, 14)]
            if person.is_member
            else [(Origin.CONTACT_FORM, 12)]
        )
        return [("order_mail", 42), ("mail", 22), *forms, (Channel.PHONE, 6), (Channel.LINE, 2)]
    if product is not None:
        return [
            (Origin.PRODUCT_FORM, 52), ("mail", 24), (Origin.CONTACT_FORM, 12), (Channel.PHONE, 6),
            (Channel.LINE, 3), (Channel.MALL, 3),
        ]  # fmt: skip
    return [
        (Origin.CONTACT_FORM, 40), ("mail", 44), (Channel.PHONE, 9), (Channel.FAX, 3), (Channel.VISIT, 2),
        (Channel.MALL, 2),
    ]  # fmt: skip
