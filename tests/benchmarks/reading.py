"""Read the synthetic replies of platform liaisons and print what was told against what was read.

python -m tests.benchmarks.reading [--faults]
"""

import sys
from collections import Counter
from time import perf_counter

from takedowns.reading import CLAIMS, letter_items, read
from tests.takedowns.reading_mails import Answer, answers

NOTHING = "(nothing)"


def confusion() -> tuple[Counter[tuple[str, str]], list[str], float]:
    """Counts of (told, read) an item, the faults in words, and the seconds it took."""
    counts: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    began = perf_counter()
    for answer in answers():
        faults += _compare(answer, counts)
    return counts, faults, perf_counter() - began


def _compare(answer: Answer, counts: Counter[tuple[str, str]]) -> list[str]:
    items = letter_items(answer.sent)
    reading = read(
        text=answer.bodies.text,
        html_text=answer.bodies.html,
        items=items,
        sent_text=answer.sent,
        csv_texts=answer.bodies.tables,
    )
    wrong = Counter[tuple[str, str]]()
    for item in items:
        told = answer.outcomes.get(item.label, NOTHING)
        outcome = reading.outcomes.get(item.label)
        pair = (told, outcome.claim if outcome else NOTHING)
        counts[pair] += 1
        if pair[0] != pair[1]:
            wrong[pair] += 1
    return [f"{answer.name}: {dict(wrong)} {reading.reasons}"] if wrong else []


def main() -> None:
    counts, faults, seconds = confusion()
    columns = (*CLAIMS, NOTHING)
    width = max(map(len, columns)) + 2
    sys.stdout.write("told \\ read".ljust(width) + "".join(name.rjust(width) for name in columns) + "\n")
    for told in columns:
        cells = "".join(str(counts[told, got]).rjust(width) for got in columns)
        sys.stdout.write(told.ljust(width) + cells + "\n")
    false_removed = sum(n for (told, got), n in counts.items() if got == "removed" and told != "removed")
    counted = {pair: n for pair, n in counts.items() if pair[0] not in (NOTHING, "in_progress")}
    right = sum(n for (told, got), n in counted.items() if told == got)
    total = sum(counted.values())
    mails = len(answers())
    sys.stdout.write(
        f'false "removed": {false_removed}; other outcomes read: {right} of {total} '
        f"({right / max(1, total):.1%}); {mails} mails in {seconds:.2f} s\n"
    )
    if "--faults" in sys.argv:
        sys.stdout.write("\n".join(faults) + "\n")


if __name__ == "__main__":
    main()
