"""Foreign keys to models that the host owns."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from ..conf import conf


def order_key(**options: Any) -> models.ForeignKey[Any, Any]:
    """Link to the host's order. The row survives the order; callers keep the number beside it as text."""
    return _host_key(conf.order_model, **options)


def customer_key(**options: Any) -> models.ForeignKey[Any, Any]:
    """Link to the host's customer, under the same rules as ``order_key``."""
    return _host_key(conf.customer_model, **options)


def user_key(**options: Any) -> models.ForeignKey[Any, Any]:
    """Link to a member of staff. History outlives accounts: SET_NULL, with the name kept beside it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        **options,
    )


def _host_key(label: str, **options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        label,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=conf.db_constraint,
        **options,
    )
