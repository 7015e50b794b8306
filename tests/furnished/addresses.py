"""Every address that the house knows, with the furnished objects that may stand there.

Taken from the URL patterns, so that a page somebody adds later is visited without being listed anywhere.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from tests.furnished.objects import Address, Objects

# What answers programs (tests/cases/test_api.py), its description, which is Swagger UI as it comes, and files.
NO_PAGES = {"healthz", "api:index", "api:reports", "api:report", "api:schema", "api:docs"}
NO_PAGES |= {"takedowns:reply_attachment", "takedowns:unmatched_attachment"}
NO_PAGES |= {"notices:open"}  # leads on to what the notice is about
NOBODYS = "nobody's"  # an object that is not there: a deed says all the same that it is one
# Where a page below an object's own is worth seeing most: it comes first.
SHOWN_AT = {
    "cases:outcome": "closed",
    "takedowns:ask": "fresh",
    "takedowns:edit_message": "returned",
    "takedowns:follow_up": "mixed",
    "takedowns:on_statement": "on-statement",
    "takedowns:revise": "draft",
    "takedowns:take_back": "read",
    "takedowns:void": "confirmed",
    "takedowns:write": "unread",
}


def pages(objects: Objects, reader: User) -> list[Address]:
    """Every address that shows something; without stage and path where nobody furnished an object for it."""
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(reader)
    named = [_of(name, route, objects) for name, route in _routes()]
    shown = [stages for stages in named if stages and _may_be_a_page(browser, stages[0])]
    return [replace(each, path="") if each.stage == NOBODYS else each for stages in shown for each in stages]


def _may_be_a_page(browser: Client, address: Address) -> bool:
    """Neither a deed, which takes only what is sent to it, nor a part of a page, a file, a caged mail or nothing."""
    answer = browser.get(address.path)
    caged = "sandbox" in answer.headers.get("Content-Security-Policy", "")  # no script runs there, the tests' neither
    return answer.status_code == 302 or (
        answer.status_code != 405 and not caged and answer.content[:200].lstrip()[:9].lower() == b"<!doctype"
    )


def _routes() -> Iterator[tuple[str, str]]:
    def walk(patterns: list[Any], names: str, before: str) -> Iterator[tuple[str, str]]:
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                inner = f"{names}{each.namespace}:" if each.namespace else names
                yield from walk(each.url_patterns, inner, route)
            elif isinstance(each, URLPattern) and each.name:
                yield names + each.name, route

    yield from walk(get_resolver().url_patterns, "", "")


def _of(name: str, route: str, objects: Objects) -> list[Address]:
    if name in NO_PAGES:
        return []
    parts = route.strip("/").split("/")
    variable = [n for n, part in enumerate(parts) if part.startswith("<")]
    if not variable:
        return [Address(name, "", reverse(name))]
    kind = parts[variable[-1] - 1]
    stages = getattr(objects, kind, None)
    if not stages:
        stages = {NOBODYS: tuple(UUID(int=0) if "uuid" in parts[n] else "0" for n in variable)}
    ordered = sorted(stages.items(), key=lambda each: each[0] != SHOWN_AT.get(name))
    return [Address(name, stage, reverse(name, args=_keys(row))) for stage, row in ordered]


def _keys(row: Any) -> list[str]:
    return [str(getattr(each, "pk", each)) for each in (row if isinstance(row, tuple) else (row,))]
