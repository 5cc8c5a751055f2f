"""The form in a browser: by keyboard, on a phone, without a mouse and without a script of ours."""

from __future__ import annotations

import pytest

from django_cs_inbox.models import Attachment, Inquiry
from tests.factories import make_inbox, make_order

# Said in words: the browser's fixture is asked for by name only when the test runs.
pytestmark = pytest.mark.browser


@pytest.fixture(params=["page", "phone"])
def visitor(request, transactional_db):
    make_inbox(name="サポート", address="support@kotori.example", takes_form=True)
    return request.getfixturevalue(request.param)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_from_a_mistake_to_the_number(visitor, live_server):
    visitor.goto(f"{live_server.url}/contact/?product=PEN-12")
    assert fits(visitor)
    # The browser itself refuses neither full-width letters nor an address of docomo's.
    visitor.locator("#cs-inbox-name").fill("山田花子")
    visitor.locator("#cs-inbox-email").fill("hanako＠example")
    visitor.locator("#cs-inbox-body").fill("3本が折れていました。")
    files = [{"name": "写真.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"}]
    visitor.set_input_files("input[type=file]", files)
    visitor.locator("button[type=submit]").click()
    assert visitor.evaluate("document.activeElement.id") == "cs-inbox-errors"
    assert fits(visitor)
    visitor.locator("#cs-inbox-errors a").click()
    assert visitor.evaluate("document.activeElement.id") == "cs-inbox-email"
    assert "3本" in visitor.locator("#cs-inbox-body").input_value()
    visitor.locator("#cs-inbox-email").fill("foo..bar.@docomo.ne.jp")
    visitor.set_input_files("input[type=file]", files)
    visitor.locator("button[type=submit]").click()
    assert fits(visitor)
    inquiry = Inquiry.objects.get()
    assert inquiry.number in visitor.locator("main").inner_text()
    assert Attachment.objects.get().name == "写真.png"


def test_every_field_has_a_label_and_the_trap_is_out_of_reach(visitor, live_server, log_in, hanako):
    make_order("1005-2", customer=hanako, email="hanako@example.jp")
    log_in(visitor, hanako)
    visitor.goto(f"{live_server.url}/contact/account/?order=1005-2")
    unnamed = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
        .filter(field => field.offsetParent && !field.labels.length).map(field => field.name)"""
    assert visitor.evaluate(unnamed) == []
    assert not visitor.locator("#cs-inbox-trap").is_visible()
    visitor.locator("#cs-inbox-subject").fill("交換")
    visitor.locator("#cs-inbox-subject").press("Tab")
    visitor.keyboard.type("お願いします")
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Enter")
    visitor.wait_for_url("**/done/**")
    assert Inquiry.objects.get().order_links.get().order_number == "1005-2"
