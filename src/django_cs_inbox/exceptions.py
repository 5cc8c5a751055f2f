"""Errors of the package. Messages name the object, the rule and the way out."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured, PermissionDenied


class CsInboxError(Exception):
    """Base of all errors that a caller may want to catch."""


class NotAllowed(CsInboxError, PermissionDenied):  # noqa: N818 - reads as the sentence it is
    """The user lacks the permission for this action on this object. Django answers 403."""


class WrongState(CsInboxError, ValueError):  # noqa: N818
    """The action does not fit the object's present status. Nothing was changed."""


class InvalidInput(CsInboxError, ValueError):  # noqa: N818
    """A value was refused. ``str(error)`` is a translated sentence that can be shown to the person."""


class StaleObject(CsInboxError, ValueError):  # noqa: N818
    """Somebody else changed the inquiry since the caller read it."""


class MailboxError(CsInboxError):
    """The mail server could not be used. The text never holds a password."""


class ConfigurationError(ImproperlyConfigured):
    """A setting is missing or wrong. Outside ``CsInboxError``, so that no caller swallows it."""
