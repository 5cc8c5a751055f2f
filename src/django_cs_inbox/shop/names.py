"""What shops usually call their fields, most telling name first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ORDER_NAMES: dict[str, tuple[str, ...]] = {
    "number": (
        "number",
        "order_number",
        "order_no",
        "ref",
        "ref_code",
        "reference",
        "reference_number",
        "order_code",
        "code",
        "identifier",
        "order_id",
    ),
    "emails": (
        "email",
        "guest_email",
        "user_email",
        "customer_email",
        "contact_email",
        "billing_email",
        "billing_detail_email",
        "email_address",
        "mail",
    ),
    "customer": (
        "customer",
        "user",
        "client",
        "user_profile",
        "profile",
        "member",
        "account",
        "buyer",
        "owner",
    ),
    "customer_name": ("customer_name", "name", "full_name", "billing_name", "contact_name"),
    "status": ("status", "state", "order_status"),
    "total": (
        "total",
        "grand_total",
        "total_price",
        "total_incl_tax",
        "total_gross_amount",
        "total_amount",
        "order_total",
        "amount",
    ),
    "currency": ("currency", "currency_code"),
    "placed_at": (
        "placed_at",
        "date_placed",
        "ordered_at",
        "ordered_date",
        "order_date",
        "date_ordered",
        "purchased_at",
        "created_at",
        "created",
        "created_on",
        "date_created",
        "date_added",
        "start_date",
        "date",
    ),
    "payment": ("payment_method", "payment_type", "payment_method_name", "payment"),
    "shipping": ("shipping_method", "delivery_method", "carrier", "shipping_carrier", "shipping"),
    "tracking_number": ("tracking_number", "tracking_code", "tracking_no", "waybill_number"),
    "tracking_url": ("tracking_url", "tracking_link"),
    "language": ("language", "language_code", "locale", "lang"),
}

LINES = (
    "lines",
    "items",
    "line_items",
    "lineitems",
    "order_lines",
    "order_items",
    "orderitems",
    "orderlines",
    "orderitem_set",
    "orderline_set",
    "lineitem_set",
    "orderdetail_set",
    "details",
    "positions",
    "all_positions",
    "products",
)

LINE_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "name", "product_name", "product_title", "item_name", "description"),
    "sku": ("sku", "partner_sku", "product_code", "product_sku", "upc", "jan", "jan_code", "code"),
    "quantity": ("quantity", "qty", "count", "number"),
    "price": ("unit_price", "unit_price_incl_tax", "price", "unit_price_gross_amount", "product_price"),
}

#: How a line names the thing that was bought.
LINE_PRODUCTS = ("product", "item", "variant", "variation", "goods")

CUSTOMER_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("name", "full_name", "display_name", "customer_name"),
    "emails": ("email", "email_address", "mail", "mail_address"),
    "user": ("user", "account", "login", "member"),
    "phone": ("phone", "phone_number", "tel", "telephone", "mobile", "mobile_number"),
    "rank": ("rank", "tier", "grade", "membership", "membership_rank", "customer_rank", "level"),
    "language": ("language", "language_code", "locale", "lang", "preferred_language"),
}

#: A customer with several addresses: table, then its column.
EMAIL_TABLES = ("emails", "email_addresses", "mail_addresses", "customeremail_set")
EMAIL_COLUMNS = ("address", "email", "value", "mail")

#: Shops without a status: flags and dates in the order in which an order meets them. The last one set counts.
STAGES = {
    "ordered": (("ordered", "is_ordered", "is_confirmed", "confirmed_at", "complete"), _("Ordered")),
    "paid": (("paid", "is_paid", "paid_at"), pgettext_lazy("order", "Paid")),
    "shipped": (
        ("being_delivered", "shipped", "is_shipped", "shipped_at", "date_shipped"),
        pgettext_lazy("order", "Shipped"),
    ),
    "delivered": (
        ("delivered", "is_delivered", "delivered_at", "received", "is_received"),
        pgettext_lazy("order", "Delivered"),
    ),
    "cancelled": (
        ("cancelled", "canceled", "is_cancelled", "is_canceled", "cancelled_at", "canceled_at"),
        pgettext_lazy("order", "Cancelled"),
    ),
    "refund_requested": (("refund_requested",), pgettext_lazy("order", "Refund requested")),
    "refunded": (
        ("refunded", "is_refunded", "refunded_at", "refund_granted"),
        pgettext_lazy("order", "Refunded"),
    ),
}
