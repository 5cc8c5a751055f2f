from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import CS_INBOX, DJANGO_APPS, PACKAGE_APPS

INSTALLED_APPS = [*DJANGO_APPS, "tests.projects.separate_customer.shopapp", *PACKAGE_APPS]
CS_INBOX = CS_INBOX | {"ORDER_MODEL": "mall.Order", "CUSTOMER_MODEL": "mall.Customer"}
CS_INBOX |= {
    "SHOP": "tests.projects.separate_customer.support.MallShop",
    "ORDER_FIELDS": {"number": "get_number", "placed": "is_confirmed"},
}
