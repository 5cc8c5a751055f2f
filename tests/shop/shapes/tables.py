# ruff: noqa: DJ008 - nobody reads these rows as text
"""One order model for each way of keeping orders that a simpler adapter would trip over."""

from __future__ import annotations

import uuid

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test.utils import isolate_apps

User = get_user_model()
# Keys to the project's own tables are not enforced: tests that empty those know nothing of these here.

with isolate_apps("tests.shop.shapes"):

    class Goods(models.Model):
        """A product, for the lines that name one."""

        name = models.CharField(max_length=100)
        sku = models.CharField(max_length=20, blank=True)
        price = models.DecimalField(max_digits=10, decimal_places=0, default=0)

        class Meta:
            app_label = "shapes"

    class FlagOrder(models.Model):
        """Primary key of another name, flags for a status, lines under Django's own accessor, no number."""

        _id = models.AutoField(primary_key=True)
        user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_constraint=False)
        is_paid = models.BooleanField(default=False)
        is_delivered = models.BooleanField(default=False)
        created_at = models.DateTimeField(null=True)

        class Meta:
            app_label = "shapes"

    class FlagOrderItem(models.Model):
        order = models.ForeignKey(FlagOrder, models.CASCADE)
        product = models.ForeignKey(Goods, models.SET_NULL, null=True, related_name="+")
        name = models.CharField(max_length=100, blank=True)
        qty = models.IntegerField(default=1)
        price = models.DecimalField(max_digits=10, decimal_places=0, default=0)

        class Meta:
            app_label = "shapes"
            default_related_name = "orderitem_set"

    class BasketItem(models.Model):
        item = models.ForeignKey(Goods, models.CASCADE, related_name="+")
        quantity = models.IntegerField(default=1)

        class Meta:
            app_label = "shapes"

    class BasketOrder(models.Model):
        """Lines by many-to-many, a code that is not unique, five flags; carts are rows of this table."""

        user = models.ForeignKey(User, models.CASCADE, related_name="+", db_constraint=False)
        ref_code = models.CharField(max_length=20, null=True)
        items = models.ManyToManyField(BasketItem)
        start_date = models.DateTimeField(auto_now_add=True)
        ordered_date = models.DateTimeField(null=True)
        ordered = models.BooleanField(default=False)
        being_delivered = models.BooleanField(default=False)
        received = models.BooleanField(default=False)
        refund_requested = models.BooleanField(default=False)
        refund_granted = models.BooleanField(default=False)

        class Meta:
            app_label = "shapes"

    class JsonOrder(models.Model):
        """Text key in which case counts; lines and delivery as JSON; dates for a status."""

        id = models.CharField(max_length=22, primary_key=True)
        user = models.ForeignKey(User, models.CASCADE, related_name="+", db_constraint=False)
        items = models.JSONField(default=list)
        shipping = models.JSONField(default=dict)
        is_confirmed = models.BooleanField(default=True)
        shipped_at = models.DateField(null=True)
        canceled_at = models.DateField(null=True)

        class Meta:
            app_label = "shapes"

    class State(models.Model):
        identifier = models.CharField(max_length=20)
        name = models.CharField(max_length=50)

        class Meta:
            app_label = "shapes"

        def __str__(self):
            return self.name

    class StateRowOrder(models.Model):
        """The status is a row of another table; the customer may be a guest with only a mail address."""

        reference_number = models.CharField(max_length=20, unique=True)
        status = models.ForeignKey(State, models.PROTECT, related_name="+")
        email = models.CharField(max_length=100, blank=True)
        orderer = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_constraint=False)

        class Meta:
            app_label = "shapes"

    class NumberOrder(models.Model):
        """UUID key, the number an integer, its own mail address beside the account's."""

        class Status(models.TextChoices):
            DRAFT = "draft", "Draft"
            SENT = "sent", "On its way"

        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        number = models.IntegerField(unique=True)
        user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_constraint=False)
        user_email = models.EmailField(blank=True)
        status = models.CharField(max_length=10, choices=Status.choices, default=Status.SENT)
        total_gross_amount = models.FloatField(default=0)
        currency = models.CharField(max_length=3, default="EUR")
        language_code = models.CharField(max_length=10, default="en")

        class Meta:
            app_label = "shapes"

    class Profile(models.Model):
        user = models.OneToOneField(User, models.CASCADE, related_name="+", db_constraint=False)
        phone = models.CharField(max_length=20, blank=True)

        class Meta:
            app_label = "shapes"

    class ProfileOrder(models.Model):
        """The user is one table further away; the address is the order's own."""

        order_number = models.CharField(max_length=32)
        user_profile = models.ForeignKey(Profile, models.SET_NULL, null=True, related_name="orders")
        full_name = models.CharField(max_length=50)
        email = models.EmailField()
        date = models.DateTimeField(auto_now_add=True)
        grand_total = models.DecimalField(max_digits=10, decimal_places=2, default=0)

        class Meta:
            app_label = "shapes"

    class ProfileOrderLine(models.Model):
        order = models.ForeignKey(ProfileOrder, models.CASCADE, related_name="lineitems")
        product = models.ForeignKey(Goods, models.CASCADE, related_name="+")
        quantity = models.IntegerField(default=1)

        class Meta:
            app_label = "shapes"

    class TwoUsersOrder(models.Model):
        """Two keys to users: only the buyer is the customer."""

        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        seller = models.ForeignKey(User, models.CASCADE, related_name="+", db_constraint=False)
        client = models.ForeignKey(User, models.CASCADE, related_name="+", db_constraint=False)
        products = models.ManyToManyField(Goods)

        class Meta:
            app_label = "shapes"

    class UnnamedUsersOrder(models.Model):
        """Two keys to users, neither of a telling name: better no customer than the wrong one."""

        packer = models.ForeignKey(User, models.CASCADE, related_name="+", db_constraint=False)
        checker = models.ForeignKey(User, models.CASCADE, related_name="+", db_constraint=False)

        class Meta:
            app_label = "shapes"

    class LooseOrder(models.Model):
        """No customer at all, only an integer that happens to be one; lines through a generic key."""

        user_id = models.IntegerField(null=True)
        billing_detail_email = models.EmailField()
        first_name = models.CharField(max_length=30, blank=True)
        last_name = models.CharField(max_length=30, blank=True)
        status = models.IntegerField(default=1, choices=[(1, "Unprocessed"), (2, "Processed")])

        class Meta:
            app_label = "shapes"

    class LooseItem(models.Model):
        order = models.ForeignKey(LooseOrder, models.CASCADE, related_name="items")
        product_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", db_constraint=False)
        product_id = models.IntegerField()
        product = GenericForeignKey("product_type", "product_id")
        unit_price = models.DecimalField(max_digits=10, decimal_places=0, default=0)

        class Meta:
            app_label = "shapes"


TABLES = (
    Goods,
    FlagOrder,
    FlagOrderItem,
    BasketItem,
    BasketOrder,
    JsonOrder,
    State,
    StateRowOrder,
    NumberOrder,
    Profile,
    ProfileOrder,
    ProfileOrderLine,
    TwoUsersOrder,
    UnnamedUsersOrder,
    LooseOrder,
    LooseItem,
)
