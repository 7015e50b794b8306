"""Somebody at a browser. What should not happen on any page they open is collected while they go about."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.browser.looking import HEIGHT, WIDTHS, barriers, too_wide

# A page that breaks its own content security policy says so in the console.
TELL_OF_VIOLATIONS = """
addEventListener("securitypolicyviolation", (e) => console.error(`CSP ${e.effectiveDirective} ${e.blockedURI}`));
"""


class Visitor:
    """One person with a browser of their own (cookies, language); `troubles` collects what should not happen.

    An error answer is one of them, unless refusals are expected.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.context = browser.new_context(base_url=url, viewport={"width": WIDTHS[0], "height": HEIGHT})
        self.context.add_init_script(TELL_OF_VIOLATIONS)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._answered)
        self.troubles: list[str] = []
        self.page: Page = self.context.new_page()
        self._any_answer = False

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

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

    def try_to_open(self, path: str) -> int:
        """Go to an address that may refuse; its HTTP code, 302 when it leads elsewhere."""
        with self.refusals_expected():
            answer = self.page.goto(path)
        assert answer is not None
        return answer.status if answer.request.redirected_from is None else 302

    @contextmanager
    def refusals_expected(self) -> Iterator[None]:
        """While this lasts, a page that is refused is no trouble; anything that belongs to a page still is."""
        self._any_answer = True
        try:
            yield
        finally:
            self._any_answer = False

    def look(self, *, axe: bool = False) -> None:
        """The page as it is: nothing wider than the window; with `axe` nothing that shuts people out."""
        for width in reversed(WIDTHS):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            self.troubles += [f"{self.page.url} {each}" for each in too_wide(self.page)]
        if axe:
            self.troubles += [f"{self.page.url} {each}" for each in barriers(self.page)]

    def _console(self, message: ConsoleMessage) -> None:
        # The browser writes down an error answer as well; those are counted where they come in.
        answered = message.text.startswith("Failed to load resource: the server responded")
        if message.type in {"error", "warning"} and not answered:
            self.troubles.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left before it had come
            self.troubles.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        expected = self._any_answer and response.request.is_navigation_request()
        if response.status >= 400 and not expected:
            self.troubles.append(f"{response.request.method} {response.url}: {response.status}")
