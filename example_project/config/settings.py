"""Settings of the example shop. Everything a machine may want to change comes from the environment.

DATABASE_URL        sqlite:////path/to/file (default: <checkout>/var/demo.sqlite3), postgres://…, mysql://…
SHOP_VAR            directory for database, uploads and mail (default: <checkout>/var)
SHOP_SECRET_KEY     default: a key for the demo, which everybody can read here
SHOP_DEBUG          1 (default) or 0
SHOP_DEMO           1 (default) or 0: the demo pages, among them a mailbox anyone may read
SHOP_ALLOWED_HOSTS  comma separated, in addition to localhost
SHOP_URL            the shop's address in its mails (default: http://localhost:8000)
SHOP_SMTP_HOST, SHOP_SMTP_PORT, SHOP_IMAP_HOST, SHOP_IMAP_PORT
                    the mail world (default: 127.0.0.1, 1025 and 1143)
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import django

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("SHOP_VAR") or BASE_DIR.parent / "var")
VAR.mkdir(parents=True, exist_ok=True)


def flag(name: str, default: str) -> bool:
    return os.environ.get(name, default).lower() in {"1", "true", "yes", "on"}


def database(url: str) -> dict:
    """A small reader of DATABASE_URL."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path)[1:] or ":memory:",
            # Two processes write: the web server and the mail fetcher. Without these they meet
            # "database is locked".
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        engine, options = "postgresql", {}
    else:
        engine, options = "mysql", {"charset": "utf8mb4"}
    return {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "OPTIONS": options,
    }


SECRET_KEY = os.environ.get("SHOP_SECRET_KEY", "demo-key-anyone-can-read-this-in-the-repository")
DEBUG = flag("SHOP_DEBUG", "1")
DEMO = flag("SHOP_DEMO", "1")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += [host for host in os.environ.get("SHOP_ALLOWED_HOSTS", "").split(",") if host]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "shop",  # before django_cs_inbox: its templates give the contact form the shop's look
    # --- INTEGRATION: django-cs-inbox
    "django_mailbox",
    "django_filters",
    "django_cs_inbox",
]
if DEMO:
    INSTALLED_APPS += ["demo_mail"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.JapaneseShopMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.context_processors.shop",
            ],
        },
    },
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR / 'demo.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
MEDIA_URL = "media/"
MEDIA_ROOT = VAR / "media"

LOGIN_URL = "shop:login"
LOGIN_REDIRECT_URL = "shop:mypage"
LOGOUT_REDIRECT_URL = "shop:products"
# The demo's passwords are "demo". A real shop keeps Django's validators.
AUTH_PASSWORD_VALIDATORS = []

SMTP_HOST = os.environ.get("SHOP_SMTP_HOST", "127.0.0.1")
SMTP_PORT = int(os.environ.get("SHOP_SMTP_PORT", "1025"))
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if django.VERSION >= (6, 1):
    MAILERS = {
        "default": {
            "BACKEND": SMTP_BACKEND,
            "OPTIONS": {"host": SMTP_HOST, "port": SMTP_PORT, "timeout": 10},
        }
    }
else:
    EMAIL_BACKEND = SMTP_BACKEND
    EMAIL_HOST = SMTP_HOST
    EMAIL_PORT = SMTP_PORT
    EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = "文具のことり堂 <order@kotori.example>"

SHOP_NAME = "文具のことり堂"
SHOP_ORDER_EMAIL = "order@kotori.example"
SHOP_SUPPORT_EMAIL = "support@kotori.example"
SHOP_BUSINESS_EMAIL = "b2b@kotori.example"
SHOP_PHONE = "0120-000-000"
SHOP_URL = os.environ.get("SHOP_URL", "http://localhost:8000")

DEMO_SMTP_HOST, DEMO_SMTP_PORT = SMTP_HOST, SMTP_PORT
DEMO_IMAP_HOST = os.environ.get("SHOP_IMAP_HOST", "127.0.0.1")
DEMO_IMAP_PORT = int(os.environ.get("SHOP_IMAP_PORT", "1143"))
DEMO_MAIL_PASSWORD = "demo"

# --- INTEGRATION: django-cs-inbox -------------------------------------------------------------------
CS_INBOX = {
    "ORDER_MODEL": "shop.Order",
    "CUSTOMER_MODEL": "shop.Customer",
    "SHOP": "shop.support.StationeryShop",
    "SITE_URL": SHOP_URL,
    # For the demo only: its mail server is this machine, and nobody likes to wait.
    "ALLOW_PLAIN_IMAP": DEMO,
    "FETCH_INTERVAL": 1 if DEMO else 10,
}
# Customers' photos and documents: a directory that no web server serves.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "cs_inbox": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "cs_inbox", "base_url": None, "file_permissions_mode": 0o600},
    },
}
# The other places: config/urls.py, shop/support.py, shop/mails.py, shop/templates/cs_inbox.
# ----------------------------------------------------------------------------------------------------
