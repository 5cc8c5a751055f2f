"""Put into the demo customers' mailboxes what they would have there: order mails of the last days, and what
the shop answered them. What is there already stays as it is."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.utils import format_datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from shop import mails
from shop.models import Order

from demo_mail.webmail import MailServerError, list_mails
from django_cs_inbox.mail.compose import wire_address
from django_cs_inbox.models import Message

#: Whose mailbox also gets the answers: those whom the demo's guide asks to play.
PLAYED = ("hanako@example.jp", "taro@example.jp", "foo..bar.@docomo.example")


class Command(BaseCommand):
    help = "Fill the demo customers' mailboxes (needs the mail world; may be run again)."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=10, help="orders of the last so many days")

    def handle(self, *, days, **options):
        try:
            sent = self.send_all(days)
        except (MailServerError, OSError, smtplib.SMTPException) as problem:
            raise CommandError(f"The mail world does not answer: {problem}") from problem
        self.stdout.write(f"{sent} mails put into the customers' mailboxes.")

    def send_all(self, days):
        known, sent = {}, 0
        for date, message in sorted([*order_mails(days), *answers()], key=lambda entry: entry[0]):
            address = message.to[0]
            if address not in known:
                known[address] = {mail.subject for mail in list_mails(address, "inbox")}
            if message.subject in known[address]:
                continue
            message.extra_headers["Date"] = format_datetime(timezone.localtime(date))
            # Old mobile addresses break the standard; Django 6 sends to them only when quoted.
            message.to = [wire_address(address)]
            message.send()
            known[address].add(message.subject)
            sent += 1
        return sent


def order_mails(days):
    """Not through ``mails.send``: that would record mails of last week as sent today."""
    now = timezone.now()
    orders = Order.objects.filter(placed_at__gte=now - timedelta(days=days)).exclude(customer=None)
    return [entry for order in orders.prefetch_related("lines") for entry in mails.sent_so_far(order, now)]


def answers():
    """The newest answer in each conversation, as the customer received it."""
    found = {}
    rows = Message.objects.filter(direction="out", message_id__gt="").select_related("inquiry__inbox")
    for row in rows.order_by("occurred_at"):
        addresses = [entry["address"] for entry in row.to]
        if len(addresses) == 1 and addresses[0] in PLAYED:
            found[row.inquiry_id] = (row.occurred_at, as_sent(row, addresses))
    return list(found.values())


def as_sent(row, addresses):
    inbox = row.inquiry.inbox
    message = mails.EmailMessage(row.subject, row.text, f"{inbox.sender_name} <{inbox.address}>", addresses)
    message.extra_headers["Message-ID"] = f"<{row.message_id}>"
    if row.references:
        message.extra_headers["In-Reply-To"] = f"<{row.references[-1]}>"
        message.extra_headers["References"] = " ".join(f"<{known}>" for known in row.references)
    return message
