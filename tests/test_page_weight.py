"""Pages stay light, as the real server sends them: each under 100 KB before pictures and fonts, everything compressed,
static files kept for ever, and nothing that the first paint waits for but styles.
"""

import re
from dataclasses import dataclass
from functools import cache

import httpx
import pytest

from sandbox.people import Person
from tests.house import House

BUDGET = 100_000
ITEMS = 100  # a full page of a case's items
ROOM = "weighed_demo_room"
LINKED = re.compile(r"""<(?:link|script)\b[^>]*?\b(?:href|src)="(/static/[^"]+)"[^>]*>|<use href="(/static/[^"#]+)""")


@dataclass(frozen=True)
class Sent:
    """What came over the wire for one address: `size` in bytes as transferred."""

    size: int
    text: str
    headers: httpx.Headers


def fetch(client: httpx.Client, address: str) -> Sent:
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip, br"}) as answer:
        answer.raise_for_status()
        text = "".join(answer.iter_text())
        return Sent(answer.num_bytes_downloaded, text, answer.headers)


@pytest.fixture(scope="module")
def addresses(house: House) -> dict[str, str]:
    """The heaviest pages: lists, and a case, a request and a report of a hundred items."""
    analyst = house.person("analyst")
    links = "\n".join(f"https://t.me/{ROOM}/{n}" for n in range(1, ITEMS + 1))
    form = analyst.open("/reports/new/").form("/reports/new/", having="links")
    report = analyst.send(form, links=links, source="police").path
    chosen = [report.rstrip("/").rsplit("/", 1)[-1]]
    case = analyst.send(analyst.open("/reports/").form("/reports/group/"), reports=chosen, title=ROOM).path
    request = analyst.send(analyst.open(f"{case}ask/").form("/ask/", having="contact"), language="ko").path
    assert "/requests/" in request
    own = {"report": report, "case": case, "request": request, "outcome": f"{case}outcome/"}
    lists = {"desk": "/", "reports": "/reports/", "cases": "/cases/", "overview": "/overview/", "mail": "/mail/"}
    return own | lists | {"record a report": "/reports/new/", "log-in": "/login/", "account": "/account/"}


@pytest.fixture(scope="module")
def reader(house: House) -> Person:
    return house.person("supervisor")


def test_each_page_is_light_and_compressed(house: House, reader: Person, addresses: dict[str, str]) -> None:
    @cache
    def static(address: str) -> Sent:
        return fetch(reader.client, address)

    weights = {}
    for name, address in addresses.items():
        page = fetch(httpx.Client(base_url=house.stack.url) if name == "log-in" else reader.client, address)
        assert page.headers["content-encoding"] == "gzip", name
        parts = {
            found for pair in LINKED.findall(page.text) for found in pair if found.endswith((".css", ".js", "svg"))
        }
        assert any("icons" in part for part in parts) or name == "log-in"
        weights[name] = page.size + sum(static(part).size for part in parts)
    assert {name: size for name, size in weights.items() if size >= BUDGET} == {}
    assert min(weights.values()) > 20_000  # what is counted is really counted


def test_static_files_are_kept_for_ever_and_compressed(reader: Person) -> None:
    parts = {found for pair in LINKED.findall(reader.open("/").html) for found in pair if found}
    assert len(parts) >= 7
    for part in parts:
        headers = fetch(reader.client, part).headers
        assert "immutable" in headers["cache-control"], part
        assert "max-age=315360000" in headers["cache-control"], part
        if not part.endswith("favicon.svg"):
            assert headers["content-encoding"] in ("gzip", "br"), part


def test_the_first_paint_waits_for_no_script_and_no_font(reader: Person) -> None:
    page = reader.open("/").html
    scripts = re.findall(r"<script\b[^>]*>", page)
    assert scripts
    assert all(" defer" in script for script in scripts)
    assert 'rel="preload"' not in page
    (fonts,) = re.findall(r'href="(/static/[^"]*pretendard-gov[^"]*\.css)"', page)
    faces = re.findall(r"@font-face\{[^}]*\}", fetch(reader.client, fonts).text)
    assert len(faces) > 50
    assert all("font-display:swap" in face for face in faces)
