"""Where the benchmarks put their figures: a table on the terminal, the same as JSON in var/bench/."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent.parent / "var" / "bench"


def report(name: str, figures: dict[str, float], unit: str) -> None:
    """Print `figures` (what -> number in `unit`) and write them to var/bench/NAME.json."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps({"unit": unit, "figures": figures}, indent=2, ensure_ascii=False))
    width = max(len(what) for what in figures)
    print(f"\n{name}")
    for what, number in figures.items():
        print(f"  {what:{width}}  {number:10.2f} {unit}")
