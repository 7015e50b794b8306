"""From what somebody pasted to the place of the content: platform, kind, key.

Pure: no Django, no network, no files but the bundled public suffix list. The same content gives the same
(platform, kind, key) however it was written; different content never does. Which forms are one and which are not is
told in `telegram` and `web`; what is cut from pasted text, in `cleaning`.
"""

from platforms.locators.errors import ERRORS, LinkError, TooManyLines
from platforms.locators.reading import MAX_LINES, Line, Locator, parse, parse_lines

__all__ = ["ERRORS", "MAX_LINES", "Line", "LinkError", "Locator", "TooManyLines", "parse", "parse_lines"]
