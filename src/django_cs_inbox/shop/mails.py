"""Which order a mail of the shop's own is about."""

from __future__ import annotations

from email.utils import getaddresses
from typing import Any

from ..mail.numbers import unify
from .host import first_by_key, load
from .numbers import holds_number
from .search import OrderSearch

#: Numbers stand near the top; further down come terms, advertisements and other orders.
_HEAD = 3_000
#: The recipient's latest orders, among which a number without a keyword is looked for.
_RECENT = 50
#: A shorter number stands in mails for many things; without a keyword it proves nothing.
_SHORTEST = 4


class OrderMails(OrderSearch):
    def order_of_mail(self, message: Any) -> Any | None:
        """The order that a mail of the shop is about, from its subject and recipients; None when unsure.

        ``message`` is a Django ``EmailMessage``. The number must stand in the subject or near the top
        of the text, and the mail must go to the order's own address.
        """
        emails = recipients_of(message)
        if not emails:
            return None
        for text in (str(message.subject or ""), str(message.body or "")[:_HEAD]):
            orders = self._orders_named(text, emails) or self._recent_orders_in(text, emails)
            if orders:
                return orders[0] if len(orders) == 1 else None
        return None

    def _orders_named(self, text: str, emails: list[str]) -> list[Any]:
        found = [row for number in self.find_numbers(text) for row in self.find_orders(number)]
        rows = load(first_by_key(found), self.order_map.relations("emails"))
        return [row for row in rows if self.belongs_to(row, customer=None, emails=emails)]

    def _recent_orders_in(self, text: str, emails: list[str]) -> list[Any]:
        folded = unify(text)
        rows = self.orders_of(customer=None, emails=emails, limit=_RECENT)
        numbers = [(row, self.order_number(row)) for row in rows]
        return [row for row, no in numbers if len(no) >= _SHORTEST and holds_number(folded, no)]


def recipients_of(message: Any) -> list[str]:
    """Plain addresses of To, Cc and Bcc."""
    return [
        address for _name, address in getaddresses([str(to) for to in message.recipients()]) if "@" in address
    ]
