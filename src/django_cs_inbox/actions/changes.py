"""What every change of an inquiry shares: lock, permission, transition, event, signal after commit."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from .. import permissions
from ..exceptions import WrongState
from ..models import Inquiry
from ..signals import status_changed
from .events import record

logger = logging.getLogger(__name__)


@contextmanager
def locked(inquiry: Inquiry, *, by: Any) -> Iterator[Inquiry]:
    """The inquiry's row, locked and read anew, in a transaction, for somebody who may work on it.

    ``by=None`` stands for the program itself. Raises ``NotAllowed``.
    """
    with transaction.atomic():
        fresh = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
        if by is not None:
            permissions.demand(
                permissions.can_work(by, fresh), _("You are not allowed to work on this inquiry.")
            )
        yield fresh


@contextmanager
def moving(inquiry: Inquiry, verb: str, *, by: Any, **data: Any) -> Iterator[None]:
    """Around one transition method of a locked inquiry: saves it, writes the event, announces it.

    Raises ``WrongState`` when the status does not allow the transition.
    """
    old = inquiry.status
    try:
        yield
    except TransitionNotAllowed as error:
        status = inquiry.get_status_display()
        raise WrongState(
            _("This is not possible while the inquiry is “%(status)s”.") % {"status": status}
        ) from error
    inquiry.save()
    record(verb, inquiry=inquiry, by=by, old=old, new=inquiry.status, **data)
    after_commit(status_changed, inquiry=inquiry, old=old, new=inquiry.status, by=by)


def after_commit(signal: Signal, **named: Any) -> None:
    """Send a public signal once the change is safe. A failing receiver is logged and harms nothing."""
    transaction.on_commit(partial(_send, signal, named))


def _send(signal: Signal, named: dict[str, Any]) -> None:
    for receiver, result in signal.send_robust(sender=Inquiry, **named):
        if isinstance(result, Exception):
            logger.error("A signal receiver failed: %r", receiver, exc_info=result)
