from __future__ import annotations

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class CsInboxConfig(AppConfig):
    name = "django_cs_inbox"
    label = "cs_inbox"
    verbose_name = _("Customer support")
    # Pinned: a host's DEFAULT_AUTO_FIELD must not alter our tables.
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        # Our models refer to its models. Without it the admin breaks down before any check can speak.
        if not apps.is_installed("django_mailbox"):
            raise ImproperlyConfigured(
                "django_cs_inbox keeps its mailboxes with django_mailbox, which is not in INSTALLED_APPS."
                ' Add it: INSTALLED_APPS = [..., "django_mailbox", "django_filters", "django_cs_inbox"]'
            )
        super().import_models()

    def ready(self) -> None:
        from . import checks
        from .actions.mailboxes import register_transport
        from .mailbox import connection, receivers

        checks.register()
        receivers.listen()
        register_transport(connection.folders_of)
