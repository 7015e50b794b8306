"""Why a line is no link to content: a code, and an English sentence for a person."""

ERRORS: dict[str, str] = {
    "empty": "There is no link in this line.",
    "not_a_link": "This is not a link.",
    "several_links": "There is more than one link in this line. Put each on a line of its own.",
    "spaces": "There is a space inside the link. Paste the link alone.",
    "too_long": "The link is longer than 2,000 characters.",
    "control": "The link contains characters that cannot be part of a link.",
    "scheme": "Only links that begin with http, https or tg can be recorded.",
    "malformed": "The address in this link is not valid.",
    "port": "The port number in this link cannot be used.",
    "credentials": (
        "The link contains a user name or password before the address (user@…). Check where it really leads."
    ),
    "private_address": "The link leads to a private, local or reserved address, not to a public site.",
    "no_domain": "The link does not name a registered domain.",
    "telegram_no_content": "This Telegram link does not lead to a message, a room or other content.",
    "telegram_number": "The message number in this Telegram link is not valid.",
}


class LinkError(ValueError):
    """A line that is no link to content; `code` is a key of ERRORS."""

    def __init__(self, code: str) -> None:
        super().__init__(ERRORS[code])
        self.code = code


class TooManyLines(ValueError):
    """More lines at once than one report takes; `count` is how many there were."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} lines")
        self.count = count
