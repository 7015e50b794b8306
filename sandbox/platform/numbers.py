"""Lists of item numbers as people write them: "1-20, 23"."""

import re
from collections.abc import Iterable

LARGEST = 999  # no letter has more items; keeps "1-999999999" from filling the memory


def parse(text: str) -> list[int]:
    """ "1-3, 5" → [1, 2, 3, 5]. Raises ValueError with the part that is no number."""
    found: dict[int, None] = {}
    for part in re.split(r"[,;\s]+", text.strip()):
        match = re.fullmatch(r"(\d{1,3})(?:[-~–](\d{1,3}))?", part)
        if not match:
            raise ValueError(part)
        first, last = int(match.group(1)), int(match.group(2) or match.group(1))
        if first > last or last > LARGEST:
            raise ValueError(part)
        found.update(dict.fromkeys(range(first, last + 1)))
    return sorted(found)


def compress(numbers: Iterable[int]) -> str:
    """[1, 2, 3, 5] → "1-3, 5"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
