"""A real browser for tests that click: Debian's Chromium, driven by playwright, at the real servers of `house`."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """In CI a missing browser is a failure, elsewhere these tests are left out, before any server starts for them."""
    if shutil.which("chromium") is None:
        words = "Chromium is not installed (apt-get install chromium)"
        if "CI" in os.environ:
            pytest.fail(words, pytrace=False)
        pytest.skip(words)


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium as found on PATH, one a test: while playwright is open its event loop runs in this thread, and Django
    refuses its ORM there.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield running
        running.close()
