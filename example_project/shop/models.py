"""A small shop's data, as thousands of small shops keep it."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone


class Product(models.Model):
    class Category(models.TextChoices):
        PEN = "pen", "ペン・万年筆"
        PENCIL = "pencil", "鉛筆・シャープペンシル"
        ART = "art", "色鉛筆・画材"
        INK = "ink", "インク"
        NOTE = "note", "ノート"
        MEMO = "memo", "手帳・ふせん"
        LETTER = "letter", "便箋・封筒"
        FILE = "file", "ファイル・収納"
        TOOL = "tool", "はさみ・テープ・のり"
        GIFT = "gift", "ギフト"

    sku = models.CharField("商品コード", max_length=32, unique=True)
    name = models.CharField("商品名", max_length=120)
    slug = models.SlugField("URL用の名前", max_length=60, unique=True)
    category = models.CharField("カテゴリー", max_length=10, choices=Category, default=Category.PEN)
    price = models.PositiveIntegerField("価格（税込）")
    description = models.TextField("説明", blank=True)
    stock = models.PositiveIntegerField("在庫数", default=0)
    drawing = models.CharField("絵", max_length=20, blank=True, help_text="写真がないときに出す絵の名前")
    image = models.ImageField("写真", upload_to="products/", blank=True)
    is_published = models.BooleanField("公開", default=True)

    class Meta:
        ordering = ["category", "sku"]
        verbose_name = "商品"
        verbose_name_plural = "商品"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("shop:product", args=[self.slug])

    @property
    def picture_url(self) -> str:
        """The photo, or else a drawing."""
        return self.image.url if self.image else static(f"shop/img/{self.drawing or 'sticky'}.svg")

    @property
    def tint(self) -> int:
        """One of six background colours, so that a shelf of drawings does not look like wallpaper."""
        return sum(self.sku.encode()) % 6


class Customer(models.Model):
    """Who buys here. Without a user account it is a guest."""

    class Rank(models.TextChoices):
        REGULAR = "regular", "一般"
        SILVER = "silver", "シルバー"
        GOLD = "gold", "ゴールド"
        VIP = "vip", "VIP"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="ログイン",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="customer",
    )
    name = models.CharField("お名前", max_length=60)
    kana = models.CharField("フリガナ", max_length=60, blank=True)
    email = models.EmailField("メールアドレス", db_index=True)
    phone = models.CharField("電話番号", max_length=20, blank=True)
    postal_code = models.CharField("郵便番号", max_length=8, blank=True)
    address = models.CharField("住所", max_length=200, blank=True)
    rank = models.CharField("会員ランク", max_length=10, choices=Rank, default=Rank.REGULAR)
    note = models.TextField("備考", blank=True)
    created_at = models.DateTimeField("登録日時", default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "顧客"
        verbose_name_plural = "顧客"

    def __str__(self):
        return f"{self.name} 様"

    @property
    def is_guest(self) -> bool:
        return self.user_id is None


class Order(models.Model):
    class Status(models.TextChoices):
        NEW = "new", "新規"
        PAID = "paid", "入金済"
        PREPARING = "preparing", "発送準備中"
        SHIPPED = "shipped", "発送済"
        CANCELLED = "cancelled", "キャンセル"

    class PaymentMethod(models.TextChoices):
        CARD = "card", "クレジットカード"
        BANK = "bank", "銀行振込"
        KONBINI = "konbini", "コンビニ払い"
        COD = "cod", "代金引換"

    class PaymentStatus(models.TextChoices):
        UNPAID = "unpaid", "未入金"
        PAID = "paid", "入金済"
        REFUNDED = "refunded", "返金済"

    class ShippingStatus(models.TextChoices):
        WAITING = "waiting", "未発送"
        PREPARING = "preparing", "準備中"
        SHIPPED = "shipped", "発送済"
        DELIVERED = "delivered", "配達完了"
        RETURNED = "returned", "返送"

    class Carrier(models.TextChoices):
        KOTORI = "kotori", "ことり便"
        HAYABUSA = "hayabusa", "はやぶさ急便"
        POST = "post", "ポスト投函便"

    number = models.CharField("注文番号", max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer,
        verbose_name="顧客",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="orders",
    )
    email = models.EmailField("メールアドレス", db_index=True)
    name = models.CharField("ご注文者名", max_length=60)
    phone = models.CharField("電話番号", max_length=20, blank=True)
    status = models.CharField("状態", max_length=12, choices=Status, default=Status.NEW, db_index=True)
    payment_method = models.CharField("支払方法", max_length=10, choices=PaymentMethod)
    payment_status = models.CharField(
        "支払状況", max_length=10, choices=PaymentStatus, default=PaymentStatus.UNPAID
    )
    shipping_status = models.CharField(
        "配送状況", max_length=10, choices=ShippingStatus, default=ShippingStatus.WAITING
    )
    carrier = models.CharField("配送会社", max_length=10, choices=Carrier, blank=True)
    tracking_number = models.CharField("送り状番号", max_length=30, blank=True)
    postal_code = models.CharField("郵便番号", max_length=8, blank=True)
    shipping_address = models.CharField("お届け先", max_length=200)
    shipping_fee = models.PositiveIntegerField("送料", default=0)
    total = models.PositiveIntegerField("合計（税込）", default=0)
    note = models.TextField("ご要望", blank=True)
    placed_at = models.DateTimeField("注文日時", default=timezone.now, db_index=True)
    shipped_at = models.DateTimeField("発送日時", null=True, blank=True)

    class Meta:
        ordering = ["-placed_at", "-pk"]
        verbose_name = "注文"
        verbose_name_plural = "注文"

    def __str__(self):
        return f"{self.number} {self.name} 様"

    @property
    def subtotal(self) -> int:
        return self.total - self.shipping_fee


class OrderLine(models.Model):
    order = models.ForeignKey(Order, verbose_name="注文", on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        Product,
        verbose_name="商品",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="order_lines",
    )
    name = models.CharField("商品名", max_length=120)
    sku = models.CharField("商品コード", max_length=32)
    qty = models.PositiveIntegerField("数量", default=1, validators=[MinValueValidator(1)])
    price = models.PositiveIntegerField("単価（税込）")

    class Meta:
        ordering = ["pk"]
        verbose_name = "注文明細"
        verbose_name_plural = "注文明細"

    def __str__(self):
        return f"{self.name} × {self.qty}"

    @property
    def amount(self) -> int:
        return self.price * self.qty
