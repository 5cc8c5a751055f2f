from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.formats import date_format

from .actions import ship_order
from .models import Customer, Order, OrderLine, Product


def yen(field, label):
    @admin.display(description=label, ordering=field)
    def column(self, obj):
        return f"¥{intcomma(getattr(obj, field))}"

    return column


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "sku", "category", "price_yen", "stock", "is_published"]
    list_filter = ["category", "is_published"]
    list_editable = ["stock", "is_published"]
    search_fields = ["name", "sku", "description"]
    prepopulated_fields = {"slug": ["sku"]}
    price_yen = yen("price", "価格（税込）")


class OrderOfCustomer(admin.TabularInline):
    model = Order
    fields = ["number", "status", "payment_status", "shipping_status", "total", "placed_at"]
    readonly_fields = fields
    show_change_link = True
    can_delete = False
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["name", "kana", "email", "phone", "rank", "has_account", "created_at"]
    list_filter = ["rank", ("user", admin.EmptyFieldListFilter)]
    search_fields = ["name", "kana", "email", "phone"]
    autocomplete_fields = ["user"]
    inlines = [OrderOfCustomer]

    @admin.display(description="会員", boolean=True)
    def has_account(self, obj):
        return not obj.is_guest


class OrderLineInline(admin.TabularInline):
    model = OrderLine
    autocomplete_fields = ["product"]
    extra = 0


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = [
        "number", "name", "status", "payment_status", "shipping_status", "total_yen", "placed",
    ]  # fmt: skip
    list_filter = ["status", "payment_status", "shipping_status", "payment_method", "placed_at"]
    search_fields = ["number", "name", "email", "phone", "tracking_number"]
    date_hierarchy = "placed_at"
    autocomplete_fields = ["customer"]
    inlines = [OrderLineInline]
    actions = ["ship"]
    fieldsets = [
        (None, {"fields": [("number", "placed_at"), "status", "customer"]}),
        ("ご注文者", {"fields": ["name", "email", "phone"]}),
        ("お支払い", {"fields": [("payment_method", "payment_status"), ("shipping_fee", "total")]}),
        (
            "配送",
            {
                "fields": [
                    "shipping_status", ("carrier", "tracking_number"), "postal_code", "shipping_address",
                    "shipped_at",
                ]
            },
        ),
        ("ご要望", {"fields": ["note"]}),
    ]  # fmt: skip
    total_yen = yen("total", "合計（税込）")

    @admin.display(description="注文日時", ordering="placed_at")
    def placed(self, order):
        return date_format(timezone.localtime(order.placed_at), "Y/m/d\xa0H:i")

    @admin.action(description="発送済みにして発送メールを送る", permissions=["change"])
    def ship(self, request, queryset):
        shipped = sum(ship_order(order) for order in queryset)
        skipped = queryset.count() - shipped
        if shipped:
            self.message_user(request, f"{shipped}件を発送済みにしました。", messages.SUCCESS)
        if skipped:
            self.message_user(
                request, f"{skipped}件は発送済みかキャンセルのため、何もしていません。", messages.WARNING
            )
