"""What changes an order: placing it and shipping it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from . import mails
from .cart import Cart
from .models import Customer, Order, OrderLine, Product


class OutOfStockError(Exception):
    def __init__(self, product: Product):
        self.product = product
        super().__init__(f"「{product.name}」の在庫が足りません。数量を変えてください。")


def next_number() -> str:
    last = Order.objects.filter(number__startswith="A-").order_by("-number").values_list("number", flat=True)
    return f"A-{int(last[0][2:]) + 1 if last else 10001:05d}"


@transaction.atomic
def place_order(cart: Cart, *, user, data: dict) -> Order:
    """Turn the cart into an order and send the confirmation once it is stored."""
    lines = cart.lines
    for line in lines:
        taken = Product.objects.filter(pk=line.product.pk, stock__gte=line.qty).update(
            stock=F("stock") - line.qty
        )
        if not taken:
            raise OutOfStockError(line.product)
    customer = _customer(user, data)
    paid = data["payment_method"] == Order.PaymentMethod.CARD
    order = _create(
        customer=customer,
        email=data["email"],
        name=data["name"],
        phone=data["phone"],
        postal_code=data["postal_code"],
        shipping_address=data["address"],
        payment_method=data["payment_method"],
        payment_status=Order.PaymentStatus.PAID if paid else Order.PaymentStatus.UNPAID,
        status=Order.Status.PAID if paid else Order.Status.NEW,
        shipping_fee=cart.shipping_fee,
        total=cart.total,
        note=data["note"],
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=line.product,
            name=line.product.name,
            sku=line.product.sku,
            qty=line.qty,
            price=line.product.price,
        )
        for line in lines
    )
    transaction.on_commit(lambda: mails.send_order_confirmation(order))
    return order


def ship_order(order: Order) -> bool:
    """Mark the order as shipped and tell the customer. False if there was nothing to do."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.status in {Order.Status.SHIPPED, Order.Status.CANCELLED}:
            return False
        order.status = Order.Status.SHIPPED
        order.shipping_status = Order.ShippingStatus.SHIPPED
        order.carrier = order.carrier or Order.Carrier.KOTORI
        order.tracking_number = order.tracking_number or f"{4000_0000_0000 + order.pk * 37:d}"
        order.shipped_at = timezone.now()
        order.save()
        transaction.on_commit(lambda: mails.send_shipping_notice(order))
    return True


def _create(**fields) -> Order:
    for attempt in range(5):
        try:
            with transaction.atomic():
                return Order.objects.create(number=next_number(), **fields)
        except IntegrityError:  # someone else took this number a moment ago
            if attempt == 4:
                raise
    raise AssertionError


def _customer(user, data: dict) -> Customer:
    """The account's customer; else the guest who used this address before; else a new guest."""
    if user.is_authenticated:
        customer, _ = Customer.objects.get_or_create(
            user=user, defaults={"name": data["name"], "email": data["email"]}
        )
        return customer
    guest = Customer.objects.filter(user=None, email__iexact=data["email"]).order_by("pk").first()
    return guest or Customer.objects.create(
        name=data["name"],
        kana=data["kana"],
        email=data["email"],
        phone=data["phone"],
        postal_code=data["postal_code"],
        address=data["address"],
    )
