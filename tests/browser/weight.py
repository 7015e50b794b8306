"""What a page costs before its pictures and fonts, as the browser that loaded it counts it."""

from collections.abc import Iterator

from playwright.sync_api import Page

LIMIT = 100_000  # bytes of HTML, CSS, JavaScript and SVG together

# Sizes as they came over the wire, whether from the server now or from the browser's cache.
LOADED = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .map((e) => ({ url: e.name, bytes: e.encodedBodySize, blocks: e.renderBlockingStatus === "blocking" }))"""
SEPARATE = (".woff2", ".png", ".jpg", ".webp")


def slow(page: Page) -> Iterator[str]:
    """What makes the page slower than it may be: its size without pictures and fonts, what its first paint waits for.

    To be asked before the window's size changes, which may load other pictures.
    """
    found = page.evaluate(LOADED)
    sizes = {each["url"]: each["bytes"] for each in found if not each["url"].split("?")[0].endswith(SEPARATE)}
    if sum(sizes.values()) >= LIMIT:
        yield f"loads {sum(sizes.values())} bytes: {sizes}"
    if late := [each["url"] for each in found if each["blocks"] and not each["url"].endswith(".css")]:
        yield f"is painted only after {late}"
