"""What a page costs before its pictures and fonts, as the browser that loaded it counts it."""

from playwright.sync_api import Page

# Sizes as they came over the wire, whether from the server now or from the browser's cache.
LOADED = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .map((e) => ({ url: e.name, bytes: e.encodedBodySize, blocks: e.renderBlockingStatus === "blocking" }))"""
SEPARATE = (".woff2", ".png", ".jpg", ".webp")


def loaded(page: Page) -> dict[str, int]:
    """Bytes of the page itself and of each style sheet, script and drawing it asks for: address -> bytes."""
    found = page.evaluate(LOADED)
    return {each["url"]: each["bytes"] for each in found if not each["url"].split("?")[0].endswith(SEPARATE)}


def blocking(page: Page) -> list[str]:
    """Addresses that the first paint waits for."""
    return [each["url"] for each in page.evaluate(LOADED) if each["blocks"]]
