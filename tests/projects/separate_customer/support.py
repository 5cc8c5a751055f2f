"""What this shop's developer wrote: orders are found by a number that no column holds."""

from __future__ import annotations

import re

from django_cs_inbox.shop import Shop


class MallShop(Shop):
    def find_orders(self, number):
        match = re.fullmatch(r"(\d{4})-(\d{5})", number.strip())
        return list(self.orders().filter(year=match[1], serial=match[2])) if match else []
