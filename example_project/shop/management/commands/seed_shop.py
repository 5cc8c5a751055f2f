"""Fill the shop with believable, entirely invented data. Running it again changes nothing that is there."""

from __future__ import annotations

import random
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from shop.cart import FREE_SHIPPING_FROM, SHIPPING_FEE
from shop.models import Customer, Order, OrderLine, Product

from ._seed_data import (
    FAMILY_NAMES,
    GIVEN_NAMES,
    NOTES,
    ODD_ADDRESSES,
    PLACES,
    PRODUCTS,
)

PASSWORD = "demo"
CUSTOMERS = 80
ORDERS = 250
DAYS = 90

Status, Payment, Shipping = Order.Status, Order.PaymentStatus, Order.ShippingStatus


class Command(BaseCommand):
    help = "Fill the example shop with products, customers, orders and staff (may be run again)."

    @transaction.atomic
    def handle(self, *args, **options):
        self.random = random.Random(20261121)
        self.password = make_password(PASSWORD)  # once: hashing is slow on purpose
        self.now = timezone.now().replace(second=0, microsecond=0)
        self.staff()
        self.products()
        self.customers()
        self.orders()
        self.stdout.write(
            f"{Product.objects.count()} products, {Customer.objects.count()} customers, "
            f"{Order.objects.count()} orders. All passwords: {PASSWORD}"
        )

    def user(self, username, **fields):
        user, created = get_user_model().objects.get_or_create(username=username, defaults=fields)
        if created:
            user.password = self.password
            user.save()
        return user

    def staff(self):
        self.user("admin", is_staff=True, is_superuser=True, email="admin@kotori.example")
        owner = self.user(
            "owner", last_name="小鳥", first_name="遊子", is_staff=True, email="owner@kotori.example"
        )
        sato = self.user(
            "sato", last_name="佐藤", first_name="健一", is_staff=True, email="sato@kotori.example"
        )
        suzuki = self.user(
            "suzuki", last_name="鈴木", first_name="あおい", is_staff=True, email="suzuki@kotori.example"
        )
        tanaka = self.user(
            "tanaka", last_name="田中", first_name="みのり", is_staff=True, email="tanaka@kotori.example"
        )
        for person, group in (
            (owner, "店主"),
            (sato, "サポート担当"),
            (suzuki, "サポート担当"),
            (tanaka, "サポート新人（承認が必要）"),
        ):
            person.groups.add(self.group(group))

    def group(self, name):
        """The staff's roles, as the shop's owner would make them on the admin's page for groups."""
        group, created = Group.objects.get_or_create(name=name)
        if created:
            shop = Permission.objects.filter(content_type__app_label="shop")
            # --- INTEGRATION: django-cs-inbox: its permissions belong to the roles like any others
            inbox = Permission.objects.filter(content_type__app_label="cs_inbox")
            if name == "店主":
                accounts = Permission.objects.filter(content_type__app_label="auth")
                group.permissions.set([*shop, *accounts, *inbox])
            else:
                look = ["view_contact", "view_inquiry", "change_inquiry"]
                send = ["change_contact", "send_reply", "view_original_mail"]
                codenames = look if "新人" in name else look + send
                group.permissions.set(
                    [*shop.exclude(codename__startswith="delete"), *inbox.filter(codename__in=codenames)]
                )
        return group

    def products(self):
        for sku, slug, name, category, price, drawing, description in PRODUCTS:
            stock = self.random.choice([0, 3, 8, 12, 20, 35, 50, 80])
            Product.objects.get_or_create(
                sku=sku,
                defaults={
                    "slug": slug,
                    "name": name,
                    "category": category,
                    "price": price,
                    "drawing": drawing,
                    "description": description,
                    "stock": 24 if sku == "CP-012" else stock,
                },
            )
        self.catalogue = list(Product.objects.filter(sku__in=[row[0] for row in PRODUCTS]).order_by("sku"))

    def customers(self):
        """Eighty people; hanako and taro can log in, so can every third of the others."""
        hanako = self.customer(
            "山田 花子", "ヤマダ ハナコ", "hanako@example.jp", rank="vip", username="hanako"
        )
        taro = self.customer("田中 太郎", "タナカ タロウ", "taro@example.jp", username="taro")
        people = [hanako, taro]
        seen = {hanako.name, taro.name}
        while len(people) < CUSTOMERS:
            family, family_kana, family_roman = self.random.choice(FAMILY_NAMES)
            given, given_kana, given_roman = self.random.choice(GIVEN_NAMES)
            name = f"{family} {given}"
            if name in seen:
                continue
            seen.add(name)
            number = len(people)
            odd = ODD_ADDRESSES[number // 8 - 1] if number % 8 == 0 else None
            domain = self.random.choice(
                ["example.jp", "mail.example", "kamome.example", "docomo.example", "example.com"]
            )
            romans = [f"{given_roman}.{family_roman}", f"{family_roman}{number}", f"{given_roman}{number}"]
            people.append(
                self.customer(
                    name,
                    f"{family_kana} {given_kana}",
                    odd or f"{self.random.choice(romans)}@{domain}",
                    rank=self.random.choices(Customer.Rank.values, [70, 15, 10, 5])[0],
                    username=f"{family_roman}{number}" if number % 3 == 0 else None,
                )
            )
        self.people = people

    def customer(self, name, kana, email, *, rank="regular", username=None):
        place, postal_code = self.random.choice(PLACES)
        house = f"{self.random.randint(1, 5)}-{self.random.randint(1, 20)}-{self.random.randint(1, 15)}"
        room = self.random.choice(["", "", "", " コーポひばり201", " つばめハイツ305", " みどり荘102"])
        phone = f"0{self.random.choice('789')}0-0000-{self.random.randint(0, 9999):04d}"
        days = self.random.randint(DAYS, 900)
        user = None
        if username:
            family, _, given = name.partition(" ")
            user = self.user(username, last_name=family, first_name=given, email=email)
        customer, _ = Customer.objects.get_or_create(
            email=email,
            name=name,
            defaults={
                "user": user,
                "kana": kana,
                "phone": phone,
                "postal_code": postal_code,
                "address": f"{place}{house}{room}",
                "rank": rank,
                "created_at": self.now - timedelta(days=days),
            },
        )
        return customer

    def orders(self):
        hanako, taro = self.people[:2]
        pencils = [product for product in self.catalogue if product.sku == "CP-012"]
        self.order("1004-9", taro, self.catalogue[:2], days=6, status=Status.SHIPPED)
        self.order("1005-2", hanako, pencils, days=4, status=Status.SHIPPED)
        for n, days in enumerate((81, 66, 52, 38, 20)):
            products = self.random.sample(self.catalogue, 2)
            self.order(f"A-{10001 + n}", hanako, products, days=days, status=Status.SHIPPED)
        self.order("A-10006", hanako, self.random.sample(self.catalogue, 3), days=0, status=Status.PREPARING)
        # Two ranges of numbers, as shops have them after a change of system: 964-1 … 1004-2 and A-10001 ….
        web = 10007
        for n in range(ORDERS - 8):
            days = DAYS * (1 - n / (ORDERS - 8)) ** 1.7
            number = f"{964 + n // 6}-{n % 6 + 1}"
            if n % 3 == 2:
                number, web = f"A-{web}", web + 1
            customer = self.random.choice(self.people[1:])
            how_many = self.random.choices([1, 2, 3, 4], [45, 30, 15, 10])[0]
            products = self.random.sample(self.catalogue, how_many)
            self.order(number, customer, products, days=days, status=self.status(days))

    def status(self, days):
        if days > 10:
            return self.random.choices([Status.SHIPPED, Status.CANCELLED], [94, 6])[0]
        weights = [6, 8, 16, 65, 5] if days > 3 else [35, 25, 30, 8, 2]
        choices = [Status.NEW, Status.PAID, Status.PREPARING, Status.SHIPPED, Status.CANCELLED]
        return self.random.choices(choices, weights)[0]

    def order(self, number, customer, products, *, days, status):
        pick = self.random
        quantities = [pick.choices([1, 2, 3, 5], [75, 15, 7, 3])[0] for _ in products]
        if number == "1005-2":
            quantities = [1]
        subtotal = sum(product.price * qty for product, qty in zip(products, quantities, strict=True))
        fee = 0 if subtotal >= FREE_SHIPPING_FROM else SHIPPING_FEE
        method = pick.choices(Order.PaymentMethod.values, [60, 15, 18, 7])[0]
        placed = self.now - timedelta(days=days, hours=pick.randint(1, 9), minutes=pick.randint(0, 59))
        note = pick.choice(NOTES) if pick.random() < 0.15 else ""
        tracking = f"{pick.randint(400_000_000_000, 499_999_999_999)}"
        carrier = pick.choices(Order.Carrier.values, [60, 25, 15])[0]
        delivered = pick.random() < 0.97
        if status == Status.SHIPPED:
            payment, shipping = Payment.PAID, Shipping.SHIPPED
            if days > 5:
                shipping = Shipping.DELIVERED if delivered else Shipping.RETURNED
        elif status == Status.PREPARING:
            payment, shipping = Payment.PAID, Shipping.PREPARING
        elif status == Status.PAID:
            payment, shipping = Payment.PAID, Shipping.WAITING
        elif status == Status.CANCELLED:
            payment, shipping = pick.choice([Payment.UNPAID, Payment.REFUNDED]), Shipping.WAITING
        else:
            payment, shipping = Payment.UNPAID, Shipping.WAITING
            method = method if method != "card" else "bank"
        shipped = status == Status.SHIPPED
        order, created = Order.objects.get_or_create(
            number=number,
            defaults={
                "customer": customer,
                "email": customer.email,
                "name": customer.name,
                "phone": customer.phone,
                "status": status,
                "payment_method": method,
                "payment_status": payment,
                "shipping_status": shipping,
                "carrier": carrier if shipped else "",
                "tracking_number": tracking if shipped else "",
                "postal_code": customer.postal_code,
                "shipping_address": customer.address,
                "shipping_fee": fee,
                "total": subtotal + fee,
                "note": note,
                "placed_at": placed,
                "shipped_at": min(placed + timedelta(days=1, hours=5), self.now) if shipped else None,
            },
        )
        if created:
            OrderLine.objects.bulk_create(
                OrderLine(
                    order=order,
                    product=product,
                    name=product.name,
                    sku=product.sku,
                    qty=qty,
                    price=product.price,
                )
                for product, qty in zip(products, quantities, strict=True)
            )
