"""What customers write and what the shop answers. All of it is invented.

``{product}``, ``{number}``, ``{name}`` and ``{item_price}`` are filled in. Greeting, salutation and closing
are added when a conversation is played. ``about`` says which order or product fits: "before" an order is
shipped, "after" it, a "product", or "none".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Situation:
    category: str
    about: str
    subject: str
    bodies: tuple[str, ...]
    reply: str
    #: The customer's answer, where the reply asks something, and what the shop says then.
    answer: str = ""
    second: str = ""
    #: A word between colleagues.
    note: str = ""
    tags: str = ""
    photo: str = ""
    #: Product codes begin with one of these; empty: any.
    products: tuple[str, ...] = ()
    hold: str = ""


def s(category, about, subject, *bodies, reply, products="", **more):
    return Situation(
        category, about, subject, tuple(b.strip() for b in bodies), reply.strip(),
        products=tuple(products.split()), **{key: value.strip() for key, value in more.items()},
    )  # fmt: skip
