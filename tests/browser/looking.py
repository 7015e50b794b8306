"""What is looked for on a page, as a list of words for each thing that is wrong."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polib
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS = (1440, 768, 360)
HEIGHT = 900
ROOT = Path(__file__).resolve().parent.parent.parent

AXE = "options => axe.run(options).then(found => found.violations)"
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "resultTypes": ["violations"],
    "elementRef": False,
}
BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FRAME = """() => ({
  language: document.documentElement.lang,
  title: document.title.split("·")[0].trim(),
  h1: document.querySelectorAll("h1").length,
  main: document.querySelectorAll("main").length,
  skip: Boolean(document.querySelector("a.skip[href='#main']")),
  ids: [...document.querySelectorAll("[id]")].map(e => e.id).filter((id, n, all) => all.indexOf(id) !== n),
  ahead: document.querySelectorAll("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").length,
})"""
# Every text of the page and every word that only a screen reader or a pointer finds, outside what names its language.
WORDS = """() => {
  const said = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("[lang], script, textarea")) said.add(walker.currentNode.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "data-words", "data-confirm"])
    for (const element of document.querySelectorAll(`[${name}]`)) said.add(element.getAttribute(name));
  return [...said].map(words => words.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def too_wide(page: Page) -> list[str]:
    """Whether it scrolls sideways at the window's width."""
    beyond = page.evaluate(BEYOND)
    return [f"scrolls sideways by {beyond} px at {_width(page)} px"] if beyond > 0 else []


def barriers(page: Page) -> list[str]:
    """What axe calls serious or critical among the rules of WCAG 2.1, levels A and AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(AXE, AXE_OPTIONS)
    return [
        f"{each['id']} at {_width(page)} px: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


def _width(page: Page) -> int:
    size = page.viewport_size
    return size["width"] if size else 0


def frame(page: Page, language: str) -> Iterator[str]:
    """What every page has: language, title, one heading, a main part, a way past the head, ids that are unique."""
    seen = page.evaluate(FRAME)
    if seen["language"] != language:
        yield f"says it is in {seen['language']!r}"
    if not seen["title"]:
        yield "has no title"
    for name in ("h1", "main"):
        if seen[name] != 1:
            yield f"has {seen[name]} {name}"
    if not seen["skip"]:
        yield "has no link past its head"
    if seen["ids"]:
        yield f"uses ids twice: {seen['ids'][:3]}"
    if seen["ahead"]:
        yield "changes the order of Tab"


def of_the_other_language(page: Page, language: str) -> list[str]:
    """Words of the portal that stand there in the language that was not asked for."""
    said = set(page.evaluate(WORDS))
    return [f"says {words!r}" for words in sorted(said & _portal_words(language))]


@cache
def _portal_words(language: str) -> frozenset[str]:
    """What the portal says only in the other language than this one, as its catalogue has it."""
    catalogue = polib.pofile(str(ROOT / "locale" / "ko" / "LC_MESSAGES" / "django.po"))
    pairs = [(entry.msgid, entry.msgstr) for entry in catalogue if entry.msgstr and entry.msgid != entry.msgstr]
    english, korean = {each for each, _ in pairs}, {each for _, each in pairs}
    return frozenset(english - korean if language == "ko" else korean - english)
