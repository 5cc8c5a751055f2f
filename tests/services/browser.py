"""Chromium, driven by Playwright in a thread of its own.

Playwright's synchronous API keeps an event loop running in the thread that started it. In the test's thread
Django would then refuse every query as "called from an async context", and ``asyncio.run`` would fail in all
later tests. So the browser lives in another thread, and tests hold stand-ins whose calls go there and back.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .ports import find_binary

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


class Remote:
    """Stands for an object in the browser's thread. Plain values come back as they are."""

    def __init__(self, thread: BrowserThread, target: Any) -> None:
        self.__dict__["_thread"] = thread
        self.__dict__["_target"] = target

    def __getattr__(self, name: str) -> Any:
        return self._thread.run(getattr, self._target, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._thread.run(setattr, self._target, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._thread.run(self._target, *args, **kwargs)

    def __enter__(self) -> Any:
        return self._thread.run(self._target.__enter__)

    def __exit__(self, *details: Any) -> Any:
        return self._thread.run(self._target.__exit__, *details)

    def __repr__(self) -> str:
        return f"<in the browser's thread: {self._thread.run(repr, self._target)}>"


class BrowserThread:
    """``with BrowserThread() as browser: page = browser.new_page()``"""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="browser")

    def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call it in the browser's thread, with stand-ins replaced by what they stand for."""
        kwargs = {name: _unwrapped(value) for name, value in kwargs.items()}
        future = self._executor.submit(function, *map(_unwrapped, args), **kwargs)
        return self._wrapped(future.result())

    def _wrapped(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._wrapped(item) for item in value]
        if callable(value) or type(value).__module__.startswith("playwright."):
            return Remote(self, value)
        return value

    def __enter__(self) -> BrowserThread:
        try:
            self._executor.submit(self._launch).result()
        except BaseException:
            self._executor.shutdown()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.submit(self._quit).result()
        self._executor.shutdown()

    def _launch(self) -> None:
        from playwright.sync_api import sync_playwright

        binary = os.environ.get("CHROMIUM") or find_binary("chromium", "chromium-browser", "google-chrome")
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        except BaseException:
            self._playwright.stop()
            raise

    def _quit(self) -> None:
        self._browser.close()
        self._playwright.stop()

    def new_page(self, *, locale: str = "ja-JP", **options: Any) -> Remote:
        """A page in a fresh profile; close it with ``page.context.close()``."""

        def opened() -> Any:
            context = self._browser.new_context(
                locale=locale, timezone_id="Asia/Tokyo", **(DESKTOP | options)
            )
            context.set_default_timeout(15_000)
            page = context.new_page()
            page.problems = problems = []
            page.on("pageerror", lambda error: problems.append(f"JavaScript: {error}"))
            page.on("console", lambda message: _note_violation(problems, message))
            return page

        return self.run(opened)


def expect(target: Remote) -> Any:
    """Playwright's ``expect`` for a page or locator: ``expect(page.locator("h1")).to_have_text("…")``."""
    from playwright.sync_api import expect as playwright_expect

    return target._thread.run(playwright_expect, target)


def _note_violation(problems: list[str], message: Any) -> None:
    if "Content Security Policy" in message.text:
        problems.append(message.text)


def _unwrapped(value: Any) -> Any:
    return value._target if isinstance(value, Remote) else value
