"""Entries to outcomes: headings and rows, answers under quoted items, "all" and "the rest"; or a reason to abstain."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from takedowns.reading.clauses import PRECISE, Statement, Unclear
from takedowns.reading.marks import Weak
from takedowns.reading.statements import Entry, agrees

MAX_QUOTE = 400


@dataclass
class Findings:
    """What a text came to: the span and claim for each label, or what could not be placed."""

    claims: dict[str, Statement] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    unplaced: list[tuple[int, int]] = field(default_factory=list)

    def trouble(self, reason: str, entry: Entry) -> None:
        self.blame(reason, entry.sentence.start, entry.sentence.end)

    def blame(self, reason: str, start: int, end: int) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)
        self.unplaced.append((start, end))


def decide(entries: Sequence[Entry], labels: Sequence[str], quoted: set[str]) -> Findings:
    """The outcomes of all entries together. Any trouble empties them: the whole reply is then for a person."""
    found = Findings()
    for entry in entries:
        if entry.trouble:
            found.trouble(entry.trouble, entry)
    telling = [entry for entry in entries if not entry.trouble]
    statements, lone = _placed(telling, found)
    partly_quoted = 0 < len(quoted) < len(labels)
    try:
        statements += _about_all(lone, statements, labels, telling, partly_quoted=partly_quoted)
        _check_sure(statements, labels, telling)
        found.claims = _by_label(statements, labels, partly_quoted=partly_quoted, found=found)
    except _Refused as refused:
        found.blame(refused.reason, refused.statement.start, refused.statement.end)
    if found.reasons:
        found.claims = {}
    return found


class _Refused(Unclear):
    def __init__(self, reason: str, statement: Statement) -> None:
        self.statement = statement
        super().__init__(reason)


def _placed(entries: Sequence[Entry], found: Findings) -> tuple[list[Statement], list[Entry]]:
    """Statements with their items, and the entries whose status stands without any."""
    statements: list[Statement] = []
    lone: list[Entry] = []
    run: list[Entry] = []
    for entry in [*entries, None]:
        if entry and run and entry.sentence.chunk != run[-1].sentence.chunk:
            _close(run, statements, lone, found)
        if entry is None or entry.is_silent or entry.statements:
            _close(run, statements, lone, found)
        if entry is None or entry.is_silent:
            continue
        if entry.statements:
            statements += entry.statements
        else:
            run.append(entry)
    return statements, lone


def _close(run: list[Entry], statements: list[Statement], lone: list[Entry], found: Findings) -> None:
    entries = list(run)
    run.clear()
    if not entries:
        return
    if entries[0].sentence.context and all(entry.lone for entry in entries):
        _answer_quoted(entries, statements, found)
        return
    while entries and entries[0].lone and not entries[0].heading and _absorbed(entries[0].lone, statements):
        entries.pop(0)
    kinds = ["status" if entry.lone else "items" for entry in entries]
    if "items" not in kinds:
        lone += entries
    elif "status" not in kinds:
        _repeat(entries, statements, found)
    elif kinds[0] == "status" and kinds[-1] == "items":
        _headings(entries, statements, found)
    elif kinds == ["items", "status"] * (len(kinds) // 2):
        for items, status in zip(entries[::2], entries[1::2], strict=True):
            _join(items, status, statements)
    else:
        for entry in entries:
            found.trouble("unclear_items", entry)


def _answer_quoted(entries: Sequence[Entry], statements: list[Statement], found: Findings) -> None:
    """Words under a quoted item of ours are about that item."""
    context = entries[0].sentence.context
    for entry in entries:
        if entry.lone and context:
            if entry.lone.counts:
                found.trouble("unclear_items", entry)
            elif not any(s.labels == (context,) and _refined(s, entry.lone, statements) for s in list(statements)):
                statements.append(replace(entry.lone, labels=(context,), whole="named", sure=True))


def _absorbed(lone: Statement, statements: list[Statement]) -> bool:
    """Whether a sentence without items only explains the statement before it."""
    if not statements or lone.counts:
        return False
    return agrees(statements[-1].claim, lone) or _refined(statements[-1], lone, statements)


def _refined(before: Statement, lone: Statement, statements: list[Statement]) -> bool:
    """Let "not removed" be told precisely by the next remark. Whether it fitted."""
    if agrees(before.claim, lone):
        return True
    if before.weak == Weak.NOT_REMOVED and lone.claim in PRECISE - {"geo_blocked"}:
        statements[statements.index(before)] = replace(before, claim=lone.claim, weak=lone.claim, end=before.end)
        return True
    return lone.weak == Weak.NOT_REMOVED and before.claim in PRECISE - {"geo_blocked"}


def _repeat(entries: Sequence[Entry], statements: Sequence[Statement], found: Findings) -> None:
    """Items without a status: allowed only where the statement before has named them all."""
    said = set(statements[-1].labels) if statements else set()
    for entry in entries:
        if not set(entry.items) <= said:
            found.trouble("unclear_items", entry)


def _headings(entries: Sequence[Entry], statements: list[Statement], found: Findings) -> None:
    """ "Removed:" and the items below it, up to the next heading."""
    heading: Entry | None = None
    below: list[Entry] = []
    for entry in [*entries, None]:
        if entry is None or entry.lone:
            if heading and not below:
                found.trouble("unclear_items", heading)
            elif heading and heading.lone:
                _list_below(heading, heading.lone, below, statements, found)
            heading, below = entry, []
        else:
            below.append(entry)


def _list_below(
    heading: Entry, lone: Statement, below: Sequence[Entry], statements: list[Statement], found: Findings
) -> None:
    named = [label for entry in below for label in entry.items]
    if any(count != len(set(named)) for count in lone.counts):
        found.trouble("count_disagrees", heading)
        return
    for entry in below:
        end = entry.sentence.end if entry.sentence.end - lone.start <= MAX_QUOTE else lone.end
        statements.append(replace(lone, labels=entry.items, whole="named", counts=(), sure=True, end=end))


def _join(items: Entry, status: Entry, statements: list[Statement]) -> None:
    if status.lone:
        start = items.sentence.start
        labels = tuple(dict.fromkeys(items.items))
        statements.append(replace(status.lone, labels=labels, whole="named", sure=True, start=start))


def _about_all(
    lone: Sequence[Entry],
    statements: Sequence[Statement],
    labels: Sequence[str],
    entries: Sequence[Entry],
    *,
    partly_quoted: bool,
) -> list[Statement]:
    """A status without items is about the whole list when it is all that the reply says. Raises _Refused."""
    lone = [entry for entry in lone if not (statements and entry.lone and entry.lone.claim == Weak.DONE)]
    if not lone:
        return []
    told = [entry.lone for entry in lone if entry.lone]
    first = told[0]
    if any(statement.claim == Weak.DONE for statement in told):
        raise _Refused("unclear_status", first)
    chunks = {entry.sentence.chunk for entry in entries if not entry.is_silent}
    if statements or len(chunks) > 1 or any(entry.heading for entry in lone):
        raise _Refused("unclear_items", first)
    if partly_quoted and not first.counts:
        raise _Refused("partial_quote", first)
    if len(labels) > 1 and not all(entry.says_all for entry in lone):
        raise _Refused("unclear_items", first)
    merged = [first]
    for other in told[1:]:
        if not _refined(merged[0], other, merged):
            raise _Refused("conflicting", other)
    for count in [count for statement in told for count in statement.counts]:
        if count != len(labels):
            raise _Refused("partial" if count < len(labels) else "count_disagrees", first)
    return [replace(merged[0], labels=tuple(labels), whole="named", counts=(), sure=True)]


def _check_sure(statements: Sequence[Statement], labels: Sequence[str], entries: Sequence[Entry]) -> None:
    """A bare number alone may be a count ("24 removed, 1 refused"). Raises _Refused."""
    named = [statement for statement in statements if statement.whole == "named" and statement.labels]
    single = [statement for statement in named if len(statement.labels) == 1 and _number(statement.labels[0])]
    doubtful = [statement for statement in named if not statement.sure]
    rest = [statement for statement in statements if statement.whole == "rest"]
    if _is_numbered_list(named, single, labels):
        return
    if doubtful and len(doubtful) == len(named) and not rest:
        raise _Refused("unclear_number", doubtful[0])
    if doubtful and rest and not all(rest_statement.counts for rest_statement in rest):
        raise _Refused("unclear_number", doubtful[0])
    numbers = [_number(statement.labels[0]) for statement in single]
    if sorted(numbers) == list(range(1, len(numbers) + 1)) and not doubtful:
        return
    others = sum(len(statement.labels) for statement in named if statement not in single)
    explicit = all(statement.sure for statement in single) and len(single) != 2
    if single and not explicit and sum(numbers) + others == len(labels):
        raise _Refused("unclear_number", single[0])


def _is_numbered_list(named: Sequence[Statement], single: Sequence[Statement], labels: Sequence[str]) -> bool:
    """Whether there are at least four rows, 1 to n in their order, that do not add up to the list's length as counts
    would: "1 ok deleted", "2 ok deleted", "3 404 here", "4 ok deleted"."""
    numbers = [_number(statement.labels[0]) for statement in single]
    rows = len(numbers)
    return rows >= 4 and rows == len(named) and numbers == list(range(1, rows + 1)) and sum(numbers) != len(labels)


def _number(label: str) -> int:
    last = label.rsplit("/", 1)[-1]
    return int(last) if last.isdecimal() else 0


def _by_label(
    statements: Sequence[Statement], labels: Sequence[str], *, partly_quoted: bool, found: Findings
) -> dict[str, Statement]:
    """One statement a label. Raises _Refused on contradiction or a count that does not fit."""
    claims: dict[str, Statement] = {}
    for statement in statements:
        if statement.whole == "named":
            _check_counts(statement, {len(set(statement.labels))})
            _add(claims, statement.labels, statement)
    named = set(claims) | {label for statement in statements for label in statement.excepted}
    for statement in statements:
        if statement.whole == "all":
            if partly_quoted and not statement.counts:
                raise _Refused("partial_quote", statement)
            rest = [label for label in labels if label not in statement.excepted]
            _check_counts(statement, {len(labels), len(rest)} if statement.excepted else {len(labels)})
            _add(claims, rest, statement)
        elif statement.whole == "rest":
            rest = [label for label in labels if label not in named]
            if not rest or not named:
                raise _Refused("unclear_items", statement)
            _check_counts(statement, {len(rest)})
            _add(claims, rest, statement)
    return claims


def _check_counts(statement: Statement, allowed: set[int]) -> None:
    if not set(statement.counts) <= allowed:
        raise _Refused("count_disagrees", statement)


def _add(claims: dict[str, Statement], labels: Sequence[str], statement: Statement) -> None:
    for label in labels:
        if label in claims and claims[label].claim != statement.claim:
            raise _Refused("conflicting", statement)
        claims.setdefault(label, statement)
