"""The numbered list out of the text of a letter."""

import re

from takedowns.reading.plain import tidy
from takedowns.reading.shapes import ItemRef

_ITEM = re.compile(
    r"^[ \t]{0,8}(?P<label>(?:[A-Z0-9-]{4,30}/)?\d{1,4})[.):]?[ \t]{1,8}<?(?P<url>\S{4,4000})[ \t]*", re.M
)
_LABEL_ALONE = re.compile(r"^([ \t]{0,8}(?:[A-Z0-9-]{4,30}/)?\d{1,4}[.)])[ \t]*\n[ \t]*(?=\S+$)", re.M)
_LINK = re.compile(r"^(?:https?|hxxps?|tg)\W{1,6}\S+|^[\w-]+(?:\.[\w-]+)+(?:/\S*)?$", re.I)


def letter_items(sent_text: str) -> list[ItemRef]:
    """The items in the order printed; a label is taken once. Empty when the text has no numbered list of links."""
    found: dict[str, ItemRef] = {}
    for match in _ITEM.finditer(_LABEL_ALONE.sub(r"\1 ", tidy(sent_text))):
        url = match["url"].rstrip(">")
        if _LINK.match(url) and match["label"] not in found:
            found[match["label"]] = ItemRef(label=match["label"], url=url)
    return list(found.values())
