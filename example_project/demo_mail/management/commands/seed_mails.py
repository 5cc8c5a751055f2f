"""Send the demo customers the mails that belong to their orders of the last days, unless they have them."""

from datetime import timedelta
from email.utils import format_datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from shop import mails
from shop.models import Order

from demo_mail.webmail import MailServerError, list_mails


class Command(BaseCommand):
    help = "Fill the demo customers' mailboxes with order mails (needs the mail world; may be run again)."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=10, help="orders of the last so many days")

    def handle(self, *, days, **options):
        since = timezone.now() - timedelta(days=days)
        orders = Order.objects.filter(placed_at__gte=since).exclude(customer=None).order_by("placed_at")
        due = []
        for order in orders.prefetch_related("lines"):
            due.append((order.placed_at, order, mails.order_confirmation(order)))
            if order.shipped_at and order.shipped_at < timezone.now():
                due.append((order.shipped_at, order, mails.shipping_notice(order)))
        known, sent = {}, 0
        for date, order, message in sorted(due, key=lambda entry: entry[0]):
            try:
                if order.email not in known:
                    known[order.email] = {mail.subject for mail in list_mails(order.email, "inbox")}
            except MailServerError as problem:
                raise CommandError(f"The mail world does not answer: {problem}") from problem
            if message.subject not in known[order.email]:
                message.extra_headers["Date"] = format_datetime(timezone.localtime(date))
                sent += mails.send(order, message)
        self.stdout.write(f"{sent} order mails sent.")
