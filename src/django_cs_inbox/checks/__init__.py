"""System checks for everything a developer can get wrong. Ids are never reused.

==== ===================================================== =============
Id   Rule                                                  File
==== ===================================================== =============
E001 ``CS_INBOX`` is missing                               values.py
E002 ``CS_INBOX`` is not a dict                            values.py
E003 ``ORDER_MODEL`` is missing                            linked.py
E004 a model setting is not "app.Model"                    linked.py
E005 the model does not exist                              linked.py
E006 the model is swapped for another                      linked.py
E007 the model is abstract                                 linked.py
E008 ``SHOP`` cannot be imported                           adapter.py
E009 ``SHOP`` is not a subclass of ``Shop``                adapter.py
E010 field paths are of a wrong type                       adapter.py
E011 field paths answer a question nobody asks             adapter.py
E012 a field path does not exist                           adapter.py
E013 ``ORDER_NUMBER_PATTERN`` is no regular expression     adapter.py
E014 a number is no number, or not positive                values.py
E015 a text or a switch is something else                  values.py
E016 ``SITE_URL`` is no address                            values.py
E017 ``SECRET_KEYS`` are of a wrong type or too short      values.py
E018 ``SEND_LEASE`` is shorter than sending may take       values.py
E019 the attachments' storage is not in ``STORAGES``       project.py
E020 the attachments' storage cannot be made               project.py
E021 the attachments' storage is public                    project.py
E022 an app that we need is not installed                  project.py
E023 ``EMAIL_BACKEND`` cannot be used                      project.py
E024 host and inbox need each other's migrations           linked.py
E025 a key references another table than the setting says  database.py
E026 a key's column has another type than the host's key   database.py
E027 the host's rename does not depend on us               database.py
E028 MariaDB or MySQL cannot store every character         database.py
W001 an unknown key in ``CS_INBOX``                        values.py
W003 no migration of the host creates the model            linked.py
W004 orders cannot be searched by the number's path        adapter.py
W005 SQLite begins its transactions too late               project.py
W006 ``USE_TZ`` is off                                     project.py
W007 the cache keeps nothing                               project.py
==== ===================================================== =============

Retired: W002 (nothing needs ``SITE_URL`` to be there).

Two mistakes are not in the table, for with them Django does not start: another app with the label
``cs_inbox`` (Django says so), and a missing ``django_mailbox`` (apps.py says so).
"""

from __future__ import annotations

from django.core.checks import Tags
from django.core.checks import register as register_check

from .adapter import check_adapter
from .database import check_character_set, check_columns, check_history
from .linked import check_linked_models
from .project import check_project
from .values import check_values

TAG = "cs_inbox"


def register() -> None:
    """Called once, when the app is ready."""
    for check in (check_values, check_linked_models, check_adapter, check_project):
        register_check(check, TAG)
    for check in (check_columns, check_history, check_character_set):
        register_check(check, TAG, Tags.database)
