from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import CS_INBOX, DJANGO_APPS, PACKAGE_APPS

INSTALLED_APPS = [*DJANGO_APPS, "tests.projects.uuid_user.shopapp", *PACKAGE_APPS]
AUTH_USER_MODEL = "boutique.Member"
CS_INBOX = CS_INBOX | {"ORDER_MODEL": "boutique.Order", "CUSTOMER_MODEL": "boutique.Member"}
