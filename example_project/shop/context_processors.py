from django.apps import apps
from django.conf import settings

from .cart import Cart


def shop(request):
    return {
        "shop_name": settings.SHOP_NAME,
        "support_email": settings.SHOP_SUPPORT_EMAIL,
        "shop_phone": settings.SHOP_PHONE,
        "cart_count": Cart(request).count,
        "demo": apps.is_installed("demo_mail"),
    }
