"""Chromium as found on PATH, driven by playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

MISSING = "Chromium is not installed (apt-get install chromium)"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def is_installed() -> bool:
    return shutil.which("chromium") is not None


@contextmanager
def launched() -> Iterator[Browser]:
    """One browser, closed at the end. While playwright is open, its event loop runs in this thread."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield running
        running.close()
