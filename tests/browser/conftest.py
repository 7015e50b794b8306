"""A real browser for tests that click: Debian's Chromium at the real servers of `house` and of `furnished`."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.launching import MISSING, is_installed, launched
from tests.furnished.house import FurnishedHouse, furnished_house


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """In CI a missing browser is a failure, elsewhere these tests are left out, before any server starts for them."""
    if not is_installed():
        if "CI" in os.environ:
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)


@pytest.fixture
def browser() -> Iterator[Browser]:
    """One a test: while it is open, Django refuses its ORM in this thread."""
    with launched() as running:
        yield running


@pytest.fixture(scope="session")
def furnished() -> Iterator[FurnishedHouse]:
    """One furnished house a test process; tests leave its data as they are, or make rows of their own."""
    with furnished_house() as made:
        yield made
