"""Public signals. Sent after commit with ``send_robust``: a failing receiver is logged and harms nothing."""

from __future__ import annotations

from django.dispatch import Signal

#: A message of a customer was taken in. Arguments: ``inquiry``, ``message``, ``is_new`` (bool).
message_received = Signal()

#: The mail server accepted a mail of ours. Arguments: ``outgoing``, ``message`` (None for notices).
message_sent = Signal()

#: Sending failed for good or is unclear. Arguments: ``outgoing``.
sending_failed = Signal()

#: An inquiry changed its status. Arguments: ``inquiry``, ``old``, ``new``, ``by`` (user or None).
status_changed = Signal()

#: A mail of the shop was recorded on an order. Arguments: ``order_mail``.
order_mail_recorded = Signal()
