from __future__ import annotations

import asyncio

import pytest
from django.contrib.auth import get_user_model

from .browser import expect

KANJI = "<title>注文</title><h1 lang=ja>問い合わせ</h1><p lang=ja>注</p><p lang=ja>返</p>"


def test_blank_page(page):
    page.goto("about:blank")
    assert page.url == "about:blank"


def test_page_is_japanese(page):
    page.set_content(KANJI)
    assert page.evaluate("navigator.language") == "ja-JP"
    assert page.title() == "注文"
    expect(page.get_by_role("heading")).to_have_text("問い合わせ")
    # Without a Japanese font, every kanji is drawn as the same box.
    assert page.locator("p").first.screenshot() != page.locator("p").last.screenshot()


def test_phone_is_narrow(phone):
    phone.set_content('<meta name="viewport" content="width=device-width">')
    assert phone.evaluate("window.innerWidth") == 390


def test_errors_in_scripts_are_noticed(browser):
    page = browser.new_page()
    page.set_content("<script>throw Error('見つけた')</script>")
    page.wait_for_timeout(100)
    problems = page.problems
    page.context.close()
    assert problems == ["JavaScript: 見つけた"]


def test_the_tests_thread_stays_free_of_event_loops(page):
    page.goto("about:blank")
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()


@pytest.mark.django_db(transaction=True)
def test_admin_of_the_live_server(page, live_server, log_in):
    member = get_user_model().objects.create_superuser("staff", "staff@shop.example", "x")
    log_in(page, member)
    page.goto(f"{live_server.url}/admin/")
    expect(page.locator("#user-tools")).to_contain_text("ようこそ")
    assert get_user_model().objects.get() == member
