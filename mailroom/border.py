"""What our own border server says of a mail's sender, where a house has one that verifies.

Anybody can write an Authentication-Results line. Ours stands above the line by which our border server took the mail
in: what comes from outside stands below that, whatever it says and however it is signed.
"""

import re
from collections.abc import Iterable

_BY = re.compile(r"(?:^|\s)by\s+([A-Za-z0-9.-]{1,255})", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_RESULT = re.compile(r"\s*dmarc\s*=\s*([a-z]+)\b", re.IGNORECASE)
_FROM = re.compile(r"\bheader\.from\s*=\s*([A-Za-z0-9.-]{1,255})", re.IGNORECASE)


def dmarc_result(trace: Iterable[tuple[str, str]], *, server: str, host: str, domain: str) -> str:
    """ "pass", "fail", … for `domain` as `server` wrote it, or nothing. `trace` is in order from the top down.

    Several lines that do not agree say nothing.
    """
    said = set()
    for line in _above_border(trace, host):
        name, _semicolon, results = _without_comments(line).partition(";")
        if name.split()[:1] == [server] or name.strip().lower().split()[:1] == [server.lower()]:
            said |= {_result_for(result, domain) for result in results.split(";")}
    said.discard("")
    return said.pop() if len(said) == 1 else ""


def _above_border(trace: Iterable[tuple[str, str]], host: str) -> list[str]:
    """Lines of results above the topmost Received of our border server; none where it took no part."""
    above: list[str] = []
    for name, value in trace:
        if name == "received":
            by = _BY.search(_without_comments(value))
            if by and by[1].lower() == host.lower():
                return above
        else:
            above.append(value)
    return []


def _result_for(result: str, domain: str) -> str:
    found, of = _RESULT.match(result), _FROM.search(result)
    return found[1].lower() if found and of and of[1].lower() == domain.lower() else ""


def _without_comments(text: str) -> str:
    """Comments nest; read letter by letter, since a pattern that follows them does not stay linear."""
    kept, depth = [], 0
    for letter in _QUOTED.sub(" ", text):
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(letter)
    return "".join(kept)
