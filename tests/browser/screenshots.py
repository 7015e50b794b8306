"""A picture of every page, for a person to look through: `make screenshots`.

Pages, people and widths are those of test_every_page.py. docs/pictures/ is made from the same house.
"""

import html
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.launching import launched
from tests.browser.looking import HEIGHT, ROOT, WIDTHS
from tests.browser.moments import NOBODY, moments
from tests.browser.walking import LANGUAGES, NEWCOMER, entered, reachable
from tests.furnished.house import FurnishedHouse, furnished_house
from tests.furnished.objects import Address

# Whoever reaches a page first has it taken, and whoever sees more on it.
IN_TURN = {
    "analyst": "minseo",
    "supervisor": "soyeon",
    "intake": "hana",
    "auditor": "taeho",
    "administrator": "yuna",
    "privacy-officer": "dohyun",
    "newcomer": NEWCOMER,
}
HIGHEST = 12_000  # pixels of a picture
LARGEST = 200_000  # bytes of a picture in docs/


@dataclass(frozen=True)
class Shown:
    """A picture of docs/pictures/: whose page, in English, in a window of this size."""

    name: str
    page: tuple[str, str]
    person: str
    size: tuple[int, int]


IN_DOCS = (
    Shown("desk", ("desk", ""), "minseo", (1280, 860)),
    Shown("case", ("cases:case", "mixed"), "minseo", (1280, 1080)),
    Shown("reply", ("takedowns:reply", "read"), "minseo", (1280, 860)),
    Shown("outcome", ("cases:outcome", "closed"), "minseo", (1280, 1080)),
)


def main(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with furnished_house() as furnished, launched() as browser:
        taken = [name for language in LANGUAGES for name in take_all(furnished, browser, folder, language)]
        for shown in IN_DOCS:
            _take_for_docs(furnished, browser, shown)
    (folder / "index.html").write_text(_index(taken))
    sys.stdout.write(f"{len(taken)} pages, {len(list(folder.glob('*.png')))} pictures: {folder / 'index.html'}\n")


def take_all(furnished: FurnishedHouse, browser: Browser, folder: Path, language: str) -> Iterator[str]:
    """Yield the beginning of each page's file names: role_page_language."""
    come_in = partial(entered, furnished, browser, language=language)
    with come_in(NOBODY) as stranger:
        yield _take(stranger.page, folder, f"nobody_login_{language}")
    for name, visitor in moments(come_in, furnished):
        yield _take(visitor.page, folder, f"moment_{name}_{language}")
    seen: dict[str, set[int]] = {}
    for role, username in IN_TURN.items():
        with come_in(username) as visitor:
            for address in reachable(visitor, furnished.pages, seen):
                yield _take(visitor.page, folder, f"{role}_{_page(address)}_{language}")


def _page(address: Address) -> str:
    return "-".join(filter(None, [address.name.replace(":", "-").replace("_", "-"), address.stage]))


def _take(page: Page, folder: Path, beginning: str) -> str:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        # As high as the page: what sticks to the window's edge would else lie over its middle.
        height = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=folder / f"{beginning}_{width}.png")
    return beginning


def _take_for_docs(furnished: FurnishedHouse, browser: Browser, shown: Shown) -> None:
    path = ROOT / "docs" / "pictures" / f"{shown.name}.png"
    with entered(furnished, browser, shown.person, language="en") as visitor:
        visitor.page.set_viewport_size({"width": shown.size[0], "height": shown.size[1]})
        visitor.page.goto(furnished.page(*shown.page))
        visitor.page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size < LARGEST, f"{path} has {path.stat().st_size} bytes"


def _index(taken: list[str]) -> str:
    rows = "\n".join(
        f"<h2>{html.escape(name)}</h2><p>"
        + "".join(
            f'<a href="{name}_{w}.png"><img loading="lazy" height="400" src="{name}_{w}.png"></a> ' for w in WIDTHS
        )
        + "</p>"
        for name in sorted(taken)
    )
    return f"<!doctype html><meta charset=utf-8><title>Pages</title><body>{rows}"


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var" / "screenshots"))
