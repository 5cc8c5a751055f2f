"""The mail server of the past."""

from __future__ import annotations

import smtplib

from django.core.mail.backends.base import BaseEmailBackend


class QuietBackend(BaseEmailBackend):
    """Takes every mail, except for one address that nobody has."""

    def send_messages(self, email_messages):
        for message in email_messages:
            for address in message.recipients():
                if address.startswith("unknown@"):
                    refusal = (550, b"5.1.1 No such mailbox here")
                    raise smtplib.SMTPRecipientsRefused({address: refusal})
        return len(email_messages)
