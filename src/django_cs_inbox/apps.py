from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CsInboxConfig(AppConfig):
    name = "django_cs_inbox"
    label = "cs_inbox"
    verbose_name = _("Customer support")
    # Pinned: a host's DEFAULT_AUTO_FIELD must not alter our tables.
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks
        from .actions.mailboxes import register_transport
        from .mailbox import connection, receivers

        checks.register()
        receivers.listen()
        register_transport(connection.folders_of)
