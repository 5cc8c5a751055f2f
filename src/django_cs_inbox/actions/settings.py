"""The shop's own lists and inboxes: saved and deleted with permission and an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext as _

from .. import permissions
from ..exceptions import InvalidInput
from ..models import Category, HoldReason, Inbox, Tag
from .events import record

#: What this module may write. Everything else has verbs of its own.
SETTINGS: tuple[type[Model], ...] = (Inbox, Category, Tag, HoldReason)

#: Who works with an inbox is changed by ``set_members``, its mailbox by ``actions.mailboxes``.
_NOT_SAVED = ("mailbox", "mailbox_secret", "members")

_Setting = TypeVar("_Setting", bound=Model)


def save(setting: _Setting, *, by: Any, changed: Sequence[str] = ()) -> _Setting:
    """Save a new or changed inbox, category, tag or hold reason. ``changed`` names fields for the history.

    Raises ``NotAllowed``, and ``InvalidInput`` for a category below itself.
    """
    is_new = setting.pk is None
    _demand(setting, "add" if is_new else "change", by)
    if isinstance(setting, Category):
        _demand_tree(setting)
    with transaction.atomic():
        if is_new:
            setting.save()
        else:
            fields = [field.name for field in setting._meta.concrete_fields if not field.primary_key]
            setting.save(update_fields=[name for name in fields if name not in _NOT_SAVED])
        record("settings.saved", by=by, target=setting, is_new=is_new, fields=sorted(changed))
    return setting


def set_members(inbox: Inbox, *, by: Any, members: Iterable[Any]) -> Inbox:
    """Say who may work in an inbox that is open to members only.

    Raises ``NotAllowed``.
    """
    _demand(inbox, "change", by)
    wanted = {member.pk for member in members}
    with transaction.atomic():
        inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
        present = set(inbox.members.values_list("pk", flat=True))
        if wanted != present:
            inbox.members.set(wanted)
            record(
                "settings.saved",
                by=by,
                target=inbox,
                is_new=False,
                fields=["members"],
                added=sorted(str(pk) for pk in wanted - present),
                removed=sorted(str(pk) for pk in present - wanted),
            )
    return inbox


def delete(setting: Model, *, by: Any) -> None:
    """Delete a setting that nothing holds on to.

    Raises ``NotAllowed``, and ``InvalidInput`` while it is in use.
    """
    _demand(setting, "delete", by)
    name = str(setting)
    try:
        with transaction.atomic():
            record("settings.deleted", by=by, target=setting, name=name)
            setting.delete()
    except ProtectedError as error:
        raise InvalidInput(_("“%(name)s” is in use. Switch it off instead.") % {"name": name}) from error


def _demand(setting: Model, verb: str, by: Any) -> None:
    if not isinstance(setting, SETTINGS):
        raise TypeError(f"{type(setting).__name__} is no setting.")
    opts = setting._meta
    permissions.demand(
        by is None or permissions.has_perm(by, f"{opts.app_label}.{verb}_{opts.model_name}"),
        _("You are not allowed to change these settings."),
    )


def _demand_tree(category: Category) -> None:
    parent, steps = category.parent, 0
    while parent is not None:
        steps += 1
        if parent.pk == category.pk or steps > 10:
            raise InvalidInput(_("A category cannot lie below itself."))
        parent = parent.parent
