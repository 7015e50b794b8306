"""Somebody at a browser: what they open is looked at for errors, for words that do not fit and for accessibility."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

WIDTHS = (1440, 768, 360)
HEIGHT = 900
# A page that breaks its own content security policy says so in the console.
TELL_OF_VIOLATIONS = """
addEventListener("securitypolicyviolation", (e) => console.error(`CSP ${e.effectiveDirective} ${e.blockedURI}`));
"""
NOT_IN_SIGHT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Visitor:
    """One person with a browser of their own (cookies, language); `troubles` collects what should not happen."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.context = browser.new_context(base_url=url, viewport={"width": WIDTHS[0], "height": HEIGHT})
        self.context.add_init_script(TELL_OF_VIOLATIONS)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._answered)
        self.troubles: list[str] = []
        self.page: Page = self.context.new_page()

    def log_in(self, username: str, password: str) -> None:
        self.page.goto("/login/")
        self.page.locator("#id_username").fill(username)
        self.page.locator("#id_password").fill(password)
        self.page.locator("#id_password").press("Enter")
        self.page.wait_for_url("/")

    def read_in(self, language: str) -> None:
        """Switch the language by the buttons in the page's head."""
        with self.page.expect_navigation():
            self.page.locator(f".languages button[value={language}]").click()

    def press(self, words: str) -> None:
        """Press a button or follow a link that leads to another page, and be there."""
        button = self.page.get_by_role("button", name=words, exact=True)
        link = self.page.get_by_role("link", name=words, exact=True)
        with self.page.expect_navigation():
            button.or_(link).first.click()

    def look(self, *, axe: bool = False) -> None:
        """The page as it is: nothing wider than the window; with `axe` nothing that shuts people out."""
        for width in reversed(WIDTHS):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            beyond = self.page.evaluate(NOT_IN_SIGHT)
            if beyond > 0:
                self.troubles.append(f"{self.page.url} scrolls sideways by {beyond} px at {width} px")
        if axe:
            found = Axe().run(self.page).response["violations"]
            bad = [each for each in found if each["impact"] in {"serious", "critical"}]
            self.troubles += [f"{self.page.url} {each['id']}: {each['nodes'][0]['html'][:200]}" for each in bad]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left before it had come
            self.troubles.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.request.method} {response.url}: {response.status}")
