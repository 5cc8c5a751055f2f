"""Pictures for the documentation: ``make screenshots`` writes them anew into docs/images."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from PIL import Image
from shop.models import Customer

from django_cs_inbox.choices import LinkSource
from django_cs_inbox.models import Inquiry
from tests.services.browser import PHONE

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
WIDTHS = {"1280": {}, "390": PHONE}

pytestmark = [pytest.mark.screenshots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def filled(world):
    """The shop as the demo shows it, with its customers' mailboxes."""
    call_command("seed_shop", verbosity=0)
    call_command("seed_inquiries", verbosity=0)
    call_command("seed_mails", verbosity=0)


def test_pictures(filled, live_server, new_page, log_in):
    IMAGES.mkdir(exist_ok=True)
    clerk = get_user_model().objects.get(username="sato")
    # An inquiry that came by a reply to an order mail, with a picture: what the inbox is for.
    inquiry = (
        Inquiry.objects.filter(order_links__source=LinkSource.ORDER_MAIL, has_attachment=True)
        .order_by("-last_customer_at")
        .first()
    )
    customer = Customer.objects.get(user__username="hanako")
    pages = {
        "list": ("/admin/cs_inbox/inquiry/", clerk),
        "conversation": (f"/admin/cs_inbox/inquiry/{inquiry.pk}/change/", clerk),
        "form": ("/contact/", customer.user),
        "mailbox": (f"/demo/mailbox/{customer.email}/", customer.user),
    }
    for width, options in WIDTHS.items():
        for name, (path, user) in pages.items():
            page = new_page(**options)
            log_in(page, user)
            assert page.goto(live_server.url + path).status == 200
            picture = IMAGES / f"{name}-{width}.png"
            page.screenshot(path=picture, full_page=name in ("conversation", "form"))
            _make_smaller(picture)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def _make_smaller(picture):
    """256 colours are enough for pages of text, and a third of the bytes in the repository."""
    colours = Image.open(picture).convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE)
    colours.save(picture, optimize=True)
