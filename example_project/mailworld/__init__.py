"""A mail server for the demo and for tests: SMTP in, IMAP out, one process, nothing leaves the machine.

>>> with MailWorld(root=tmp_path, smtp_port=0, imap_port=0) as world:
...     smtplib.SMTP("127.0.0.1", world.smtp_port)
...     imaplib.IMAP4("127.0.0.1", world.imap_port)

Every address of a local domain has a mailbox as soon as someone writes to it or logs in to it.
"""

from .server import ALIASES, PASSWORD, MailWorld

__all__ = ["ALIASES", "PASSWORD", "MailWorld"]
