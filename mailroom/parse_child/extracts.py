"""What is taken out of a mail on demand: one attachment as it is, or its page of HTML. Nothing is unpacked."""

from mailroom.parse_child import heads
from mailroom.parse_child.limits import TEXT_CHARACTERS
from mailroom.parse_child.parts import Part, leaves
from mailroom.parse_child.words import clean, decode


def attachment(data: bytes, n: int) -> bytes:
    """The n-th in the list of attachments, from 0. Raises IndexError where there are fewer."""
    return [part for part in _parts(data) if not part.is_text][n].content()


def page(data: bytes) -> str:
    """The mail's HTML parts as they are, joined and cut; empty where it has none."""
    pages = [part for part in _parts(data) if part.is_text and part.sub == "html"]
    words = (clean(decode(part.content(), part.parameters.get("charset", ""))) for part in pages)
    return "\n".join(words)[:TEXT_CHARACTERS]


def _parts(data: bytes) -> list[Part]:
    return list(leaves(*heads.split(memoryview(data))))
