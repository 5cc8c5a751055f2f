"""Typed view of ``settings.CS_INBOX``: name, default and meaning of every setting.

Nothing is cached and nothing is read at import (the models' foreign keys aside), so that
``override_settings`` works and a changed setting counts at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

DEFAULTS: Mapping[str, Any] = {
    "ORDER_MODEL": None,
    "CUSTOMER_MODEL": None,
    "SHOP": "django_cs_inbox.shop.Shop",
    "ORDER_FIELDS": {},
    "CUSTOMER_FIELDS": {},
    "ORDER_NUMBER_PATTERN": None,
    "CURRENCY": "JPY",
    "DB_CONSTRAINT": True,
    "STORAGE": "cs_inbox",
    "SECRET_KEYS": None,
    "SITE_URL": "",
    "CLIENT_IP_HEADER": "REMOTE_ADDR",
    "MAX_MAIL_BYTES": 25 * 1024 * 1024,
    "MAX_UPLOAD_BYTES": 10 * 1024 * 1024,
    "MAX_UPLOAD_FILES": 5,
    "FORM_LIMIT_PER_HOUR": 20,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "ORDER_MAIL_REPLY_TO": "",
    "FETCH_INTERVAL": 10,
    "FETCH_BATCH": 50,
    "MAIL_TIMEOUT": 30,
    "ALLOW_PLAIN_IMAP": False,
    "SEND_LEASE": 300,
}


class Conf:
    """One property per setting; see the settings reference for examples."""

    def _get(self, name: str) -> Any:
        given = getattr(settings, "CS_INBOX", None)
        # Our models are made before any check can speak, so nothing here may fall over a wrong setting.
        return given.get(name, DEFAULTS[name]) if isinstance(given, Mapping) else DEFAULTS[name]

    def _model(self, name: str) -> str:
        label = self._get(name)
        return label if is_model_label(label) else settings.AUTH_USER_MODEL

    @property
    def order_model(self) -> str:
        """``app.Model`` of the shop's orders. Required; until it is set (E003) the user model stands in."""
        return self._model("ORDER_MODEL")

    @property
    def customer_model(self) -> str:
        """``app.Model`` of the shop's customers. Default: ``AUTH_USER_MODEL``."""
        return self._model("CUSTOMER_MODEL")

    @property
    def shop(self) -> str:
        """Dotted path of the ``Shop`` subclass that answers questions about orders and customers."""
        return str(self._get("SHOP"))

    @property
    def order_fields(self) -> Mapping[str, Any]:
        """Field paths of the order model for the default ``Shop`` (``{"number": "ref_code"}``). A part may be
        a relation, a key of a JSON field, a property or a method; "" switches a question off. Keys: number,
        emails, customer, customer_name, status, total, currency, placed_at, payment, shipping,
        tracking_number, tracking_url, language, lines, line_title, line_sku, line_quantity, line_price, and
        placed: the conditions that make a row a placed order (``{"placed": {"is_cart": False}}``)."""
        return _dict(self._get("ORDER_FIELDS"))

    @property
    def customer_fields(self) -> Mapping[str, Any]:
        """Field paths of the customer model for the default ``Shop`` (``{"emails": ["user__email"]}``).
        Keys: name, emails, user, phone, rank, language."""
        return _dict(self._get("CUSTOMER_FIELDS"))

    @property
    def order_number_pattern(self) -> str | None:
        """Regular expression of the shop's order numbers, found anywhere in a mail; a group called
        ``number`` (or the first one) marks the number itself. Full-width letters and the many hyphens have
        become ASCII before. Default: the usual shapes (``A-10023``, ``1005-2``, ``#10023``); a number behind
        a keyword such as 注文番号 is found in any case."""
        return self._get("ORDER_NUMBER_PATTERN") or None

    @property
    def currency(self) -> str:
        """Currency of orders that do not name one: three letters, ISO 4217."""
        return str(self._get("CURRENCY"))

    @property
    def db_constraint(self) -> bool:
        """Whether foreign keys to the host are enforced by the database. Set False when the host's
        tables are in another database or carry another collation (MariaDB error 150)."""
        return bool(self._get("DB_CONSTRAINT"))

    @property
    def storage(self) -> str:
        """Alias in ``STORAGES`` that keeps attachments. Must not be served by the web server."""
        return str(self._get("STORAGE"))

    @property
    def secret_keys(self) -> Sequence[str]:
        """Keys for mailbox passwords and signed Message-IDs, newest first. Default: ``SECRET_KEY``
        followed by ``SECRET_KEY_FALLBACKS``."""
        own = self._get("SECRET_KEYS")
        return [str(key) for key in own or (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]

    @property
    def site_url(self) -> str:
        """Scheme and host for links in mails ("https://shop.example"); never taken from a request."""
        return str(self._get("SITE_URL")).rstrip("/")

    @property
    def client_ip_header(self) -> str:
        """Key in ``request.META`` with the client's address; change it only behind a proxy that sets it."""
        return str(self._get("CLIENT_IP_HEADER"))

    @property
    def max_mail_bytes(self) -> int:
        """Largest mail fetched in full, in bytes. A larger one is kept as its headers with a notice."""
        return int(self._get("MAX_MAIL_BYTES"))

    @property
    def max_upload_bytes(self) -> int:
        """Largest single file in the contact form and in a reply, in bytes."""
        return int(self._get("MAX_UPLOAD_BYTES"))

    @property
    def max_upload_files(self) -> int:
        """Most files in one contact form."""
        return int(self._get("MAX_UPLOAD_FILES"))

    @property
    def form_limit_per_hour(self) -> int:
        """Contact forms accepted from one client address in an hour."""
        return int(self._get("FORM_LIMIT_PER_HOUR"))

    @property
    def email_backend(self) -> str:
        """Mail backend that really sends, when ``settings.EMAIL_BACKEND`` names our wrapper."""
        return str(self._get("EMAIL_BACKEND"))

    @property
    def order_mail_reply_to(self) -> str:
        """Address that recorded order mails ask replies to be sent to. Empty: the mails stay as they are."""
        return str(self._get("ORDER_MAIL_REPLY_TO"))

    @property
    def fetch_interval(self) -> float:
        """Seconds between two looks into a mailbox in ``cs_inbox_run``."""
        return float(self._get("FETCH_INTERVAL"))

    @property
    def fetch_batch(self) -> int:
        """Most mails asked for in one IMAP command."""
        return int(self._get("FETCH_BATCH"))

    @property
    def mail_timeout(self) -> float:
        """Seconds after which a silent mail server is given up."""
        return float(self._get("MAIL_TIMEOUT"))

    @property
    def allow_plain_imap(self) -> bool:
        """Whether a mailbox may be read without TLS. For a server on the same machine only."""
        return bool(self._get("ALLOW_PLAIN_IMAP"))

    @property
    def send_lease(self) -> int:
        """Seconds for which a worker owns a mail it is sending; must exceed the mail server's time-out."""
        return int(self._get("SEND_LEASE"))


def is_model_label(label: Any) -> bool:
    """Whether this can name a model at all: text of two parts, such as ``shop.Order``."""
    return isinstance(label, str) and [part.isidentifier() for part in label.split(".")] == [True, True]


def _dict(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


conf = Conf()
