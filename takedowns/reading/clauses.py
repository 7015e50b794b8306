"""Which status belongs to which items within one sentence.

A sentence is cut at its strong seams ("but", "however"); in what is left, statuses and item sets must alternate, or
there must be one status. Anything else is not guessed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from takedowns.reading.marks import Kind, Mark, Weak

_SEAM = re.compile(
    r"\b(?:however|while|whilst|whereas|although|though|but|on the other hand|meanwhile|and then)\b|"
    r"하지만|그러나|반면에?|다만"
)
_SOFT_SEAM = re.compile(r",|\band\b|/|\||그리고|·|\s-\s|으며|하고|으나|지만|고\s")
_CONNECTING = re.compile(
    r"\b(?:and|as well as|plus|also|items?|links?|videos?|posts?|urls?|at|in|is|see|from|of|the|room|"
    r"message|no)\b|및|와|과|그리고|또한"
    r"|번|게시물|게시글|영상|링크|주소|항목|은|는|의"
)
_CONTENT = re.compile(
    r"\b(?:the|your|these|those) (?:reported |listed |flagged |requested |said |other |remaining ){0,2}"
    r"(?:items|links|urls|videos|posts|messages|contents?|materials?|entries|list)\b"
)
_ELLIPSIS = re.compile(r"\.\.|…|~")
_LETTERS = re.compile(r"[^\W\d_]")
_SETS = (Kind.ITEMS, Kind.ALL, Kind.REST)
PRECISE = frozenset({"not_found", "geo_blocked", "refused", "need_info", "in_progress"})


class Unclear(Exception):
    """A clause that cannot be read for certain; `reason` is a code of REASONS."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Statement:
    """A claim about a set of items. `whole` says how the set is given: named, all, rest, or nothing yet."""

    claim: str
    start: int
    end: int
    labels: tuple[str, ...] = ()
    whole: str = "named"
    excepted: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    sure: bool = True
    status: tuple[int, int] = (0, 0)
    weak: str = ""


@dataclass
class Clause:
    """The marks of one clause, and what they came to."""

    start: int
    end: int
    marks: list[Mark] = field(default_factory=list)

    def of(self, *kinds: Kind) -> list[Mark]:
        return [mark for mark in self.marks if mark.kind in kinds]


def cut(folded: str, start: int, end: int, marks: Sequence[Mark]) -> Iterator[Clause]:
    """The clauses of a sentence at its strong seams. A seam inside a mark is none."""
    seams = [
        (seam.start(), seam.end())
        for seam in _SEAM.finditer(folded, start, end)
        if not any(mark.start < seam.end() and seam.start() < mark.end and mark.kind != Kind.BUT for mark in marks)
        and not _but_excepts(folded, seam.end(), end, marks)
    ]
    begin = start
    for stop, resume in [*seams, (end, end)]:
        inside = [mark for mark in marks if begin <= mark.start and mark.end <= stop and mark.kind != Kind.BUT]
        inside += [
            replace(mark, kind=Kind.EXCEPT)
            for mark in marks
            if mark.kind == Kind.BUT and begin <= mark.start < stop and _but_excepts(folded, mark.end, end, marks)
        ]
        yield Clause(begin, stop, sorted(inside, key=lambda mark: mark.start))
        begin = resume


def _but_excepts(folded: str, at: int, end: int, marks: Sequence[Mark]) -> bool:
    """Whether "but" is followed by items and by no status of theirs: "all but 4", "all removed but 4"."""
    after = [mark for mark in marks if mark.start >= at - 4 and mark.kind in (*_SETS, Kind.STATUS) and mark.end <= end]
    if not after or after[0].kind != Kind.ITEMS or folded[at : after[0].start].strip(" (:not"):
        return False
    before = [mark for mark in marks if mark.end <= at and mark.kind in (Kind.ALL, Kind.STATUS)]
    statuses_after = [mark for mark in after if mark.kind == Kind.STATUS]
    all_right_before = bool(before) and before[-1].kind == Kind.ALL
    return all_right_before if statuses_after else bool(before)


def read_clause(folded: str, clause: Clause) -> list[Statement]:
    """The statements of a clause, some of them still without items. Raises Unclear."""
    statuses = clause.of(Kind.STATUS)
    sets = clause.of(*_SETS)
    if clause.of(Kind.EXCEPT):
        main, tail = _without_tail(clause)
        return [*_with_exceptions(folded, main), *(read_clause(folded, tail) if tail else [])]
    if not statuses:
        return []
    if not sets:
        return [_statement(folded, clause, _merged(folded, statuses), [])]
    sequence = _sequence(folded, clause)
    if sum(mark.kind == Kind.STATUS for mark in sequence) == 1:
        return [_statement(folded, clause, _merged(folded, statuses), sets)]
    if _alternates(sequence):
        parts = _pairs(sequence, clause)
        return [_statement(folded, part, _merged(folded, part.of(Kind.STATUS)), part.of(*_SETS)) for part in parts]
    return list(_by_soft_seams(folded, clause))


def _sequence(folded: str, clause: Clause) -> list[Mark]:
    """Statuses and sets in order, statuses in brackets (reasons) and repeated ones left out."""
    kept: list[Mark] = []
    for mark in clause.of(Kind.STATUS, *_SETS):
        if mark.kind == Kind.STATUS and kept and kept[-1].kind == Kind.STATUS:
            if _in_brackets(folded, mark, clause.start):
                if kept[-1].value in ("removed", Weak.DONE) and mark.value not in ("removed", Weak.DONE, Weak.GONE):
                    raise Unclear("conflicting")
                continue
            if _merge_two(kept[-1].value, mark.value):
                continue
        if mark.kind in _SETS and kept and kept[-1].kind in _SETS:
            continue
        kept.append(mark)
    return kept


def _alternates(sequence: Sequence[Mark]) -> bool:
    turns = [mark.kind == Kind.STATUS for mark in sequence]
    return len(turns) % 2 == 0 and all(a != b for a, b in pairwise(turns))


def _pairs(sequence: Sequence[Mark], clause: Clause) -> Iterator[Clause]:
    """The clause cut in front of every second mark of the alternating sequence."""
    heads = [clause.start, *(_with_its_count(mark, clause) for mark in sequence[2::2]), clause.end]
    for begin, stop in pairwise(heads):
        yield Clause(begin, stop, [mark for mark in clause.marks if begin <= mark.start < stop])


def _with_its_count(head: Mark, clause: Clause) -> int:
    """Where a set begins, with the count right before it: "…, 2 items (11 and 12)"."""
    before = [mark for mark in clause.of(Kind.COUNT) if mark.end <= head.start <= mark.end + 3]
    return before[-1].start if before and head.kind in _SETS else head.start


def _by_soft_seams(folded: str, clause: Clause) -> Iterator[Statement]:
    """Cut at commas and "and" where no set is cut; every part must have its status and its set."""
    cuts = [
        seam.end()
        for seam in _SOFT_SEAM.finditer(folded, clause.start, clause.end)
        if not any(
            mark.start <= seam.start() < mark.end - 1 for mark in clause.marks if mark.kind in (*_SETS, Kind.COUNT)
        )
    ]
    part = Clause(clause.start, clause.start)
    for stop in [*cuts, clause.end]:
        added = [mark for mark in clause.marks if part.end <= mark.start < stop]
        bigger = Clause(part.start, stop, [*part.marks, *added])
        whole = bool(part.of(Kind.STATUS)) and bool(part.of(*_SETS))
        if whole and any(mark.kind in (Kind.STATUS, *_SETS) for mark in added):
            yield _statement(folded, part, _merged(folded, part.of(Kind.STATUS)), part.of(*_SETS))
            bigger = Clause(part.end, stop, added)
        part = bigger
    if not part.of(Kind.STATUS) or not part.of(*_SETS):
        raise Unclear("unclear_items")
    yield _statement(folded, part, _merged(folded, part.of(Kind.STATUS)), part.of(*_SETS))


def _in_brackets(folded: str, mark: Mark, since: int) -> bool:
    told = folded[max(since, mark.start - 200) : mark.start]
    return told.count("(") > told.count(")") or told.count("[") > told.count("]")


def _merge_two(first: str, second: str) -> str:
    """What two statuses of the same items come to, or "" when they contradict."""
    if first == second:
        return first
    pair = {first, second}
    if Weak.UNKNOWN in pair or Weak.BLOCKED in pair:
        return ""
    if Weak.REJECTED in pair:
        other = (pair - {Weak.REJECTED}).pop()
        return Weak.REJECTED if other in ("refused", "need_info", Weak.NOT_REMOVED, Weak.DONE) else ""
    if pair <= {"removed", Weak.GONE, Weak.DONE, Weak.BARE}:
        return "removed" if pair != {Weak.GONE, Weak.BARE} else ""
    if Weak.NOT_REMOVED in pair:
        other = (pair - {Weak.NOT_REMOVED}).pop()
        return other if other in PRECISE - {"geo_blocked"} else "not_found" if other == Weak.GONE else ""
    if pair == {"not_found", Weak.GONE}:
        return "not_found"
    if pair == {"geo_blocked", Weak.GONE} or pair == {"geo_blocked", Weak.DONE}:
        return "geo_blocked"
    if pair == {"refused", "geo_blocked"}:
        return "geo_blocked"  # "it does not break our rules, so we have only blocked it in Korea"
    if pair == {"need_info", "in_progress"}:
        return "need_info"  # "send us a capture, and we will act"
    if pair == {"refused", Weak.DONE}:
        return "refused"
    return ""


def _merged(folded: str, statuses: Sequence[Mark]) -> Mark:
    """One status out of several about the same items; those in brackets are reasons. Raises Unclear."""
    since = statuses[0].start
    main = [statuses[0]] + [mark for mark in statuses[1:] if not _in_brackets(folded, mark, since)]
    aside = [mark for mark in statuses[1:] if _in_brackets(folded, mark, since)]
    value = main[0].value
    for mark in main[1:]:
        if value == Weak.NOT_REMOVED and mark.value == "geo_blocked" and not mark.english:
            value = "geo_blocked"  # "삭제는 불가하며, 국내 접속만 차단하였습니다": Korean has no "nor" in between
            continue
        value = _merge_two(value, mark.value)
        if not value:
            raise Unclear("conflicting")
    if value in ("removed", Weak.DONE) and any(not _merge_two(value, mark.value) for mark in aside):
        raise Unclear("conflicting")
    if value in (Weak.NOT_REMOVED, Weak.GONE) and aside:
        value = _merge_two(value, aside[0].value) or value
    english = any(mark.english for mark in main)
    return replace(main[0], value=value, end=main[-1].end, english=english)


def _statement(
    folded: str, clause: Clause, status: Mark, sets: Sequence[Mark], excepted: Sequence[Mark] = ()
) -> Statement:
    named = [mark for mark in sets if mark.kind == Kind.ITEMS]
    _check_sides(status, sets)
    _check_gaps(folded, status, sets)
    links = {label for mark in named if mark.value == "link" for label in mark.labels}
    numbers = [label for mark in named if mark.value != "link" for label in mark.labels]
    if links and numbers and links != set(numbers):
        raise Unclear("label_link_disagree")
    labels = tuple(dict.fromkeys([*numbers, *links]))
    whole = "named" if named else "rest" if any(mark.kind == Kind.REST for mark in sets) else "all" if sets else ""
    if clause.of(Kind.PARTIAL, Kind.MEASURE, Kind.RANGE):
        first = clause.of(Kind.PARTIAL, Kind.MEASURE, Kind.RANGE)[0].kind
        raise Unclear({Kind.PARTIAL: "partial", Kind.MEASURE: "other_measure", Kind.RANGE: "out_of_range"}[first])
    sure = not named or any(mark.sure for mark in named)
    return Statement(
        claim=status.value,
        weak=status.value,
        start=clause.start,
        end=clause.end,
        labels=labels,
        whole=whole,
        excepted=tuple(dict.fromkeys(label for mark in excepted for label in mark.labels)),
        counts=tuple(mark.count for mark in clause.of(Kind.COUNT)),
        sure=sure,
        status=(status.start, status.end),
    )


def _check_gaps(folded: str, status: Mark, sets: Sequence[Mark]) -> None:
    """Between two sets of one statement stand no words but "and" and the like: "21 none, 22-25 ..." Raises Unclear."""
    for first, second in pairwise(sets):
        rest_apart = Kind.REST in (first.kind, second.kind) and Kind.ITEMS in (first.kind, second.kind)
        if first.end <= status.start < second.start:
            if rest_apart:
                raise Unclear("unclear_items")
            continue
        if rest_apart and first.kind == Kind.ITEMS:
            raise Unclear("unclear_items")
        gap = _CONNECTING.sub("", folded[first.end : second.start])
        if first.kind == second.kind == Kind.ITEMS and (_LETTERS.search(gap) or _ELLIPSIS.search(gap)):
            raise Unclear("unclear_items")


def _check_sides(status: Mark, sets: Sequence[Mark]) -> None:
    """Sets that are named together must be apart or the same: "of 1-10, 1-7 removed" is neither. Raises Unclear."""
    named = [mark for mark in sets if mark.kind == Kind.ITEMS]
    before = {label for mark in named if mark.start < status.start for label in mark.labels}
    after = {label for mark in named if mark.start > status.start for label in mark.labels}
    if before and after and before != after:
        raise Unclear("unclear_items")
    for count, mark in enumerate(named[:50]):
        for other in named[:count]:
            shared = set(mark.labels) & set(other.labels)
            if shared and set(mark.labels) != set(other.labels):
                raise Unclear("unclear_items")


def _with_exceptions(folded: str, clause: Clause) -> list[Statement]:
    """ "All but 4 and 7 removed", "4번, 7번을 제외하고 모두 삭제", and the reason why the excepted ones were left."""
    sign = clause.of(Kind.EXCEPT)[0]
    whole = clause.of(Kind.ALL, Kind.REST) or _the_content(folded, clause)
    items = clause.of(Kind.ITEMS)
    if len(clause.of(Kind.EXCEPT)) > 1 or not whole or len({mark.kind for mark in whole}) > 2:
        raise Unclear("unclear_items")
    excepted = _excepted(folded, clause, sign, items)
    if not excepted or len(excepted) != len(items) or not all(mark.sure for mark in excepted):
        raise Unclear("unclear_items")
    reasons, main = _reasons(folded, clause, sign, excepted)
    if not main:
        raise Unclear("unclear_items")
    found = [_statement(folded, clause, _merged(folded, main), whole, excepted)]
    if reasons:
        why = _merged(folded, reasons)
        if why.value in ("removed", Weak.DONE, Weak.BARE):
            raise Unclear("conflicting")
        found.append(_statement(folded, clause, why, excepted))
    return found


def _the_content(folded: str, clause: Clause) -> list[Mark]:
    """ "The reported posts", which beside an exception are all of them."""
    told = _CONTENT.search(folded, clause.start, clause.end)
    return [Mark(told.start(), told.end(), Kind.ALL)] if told else []


def _without_tail(clause: Clause) -> tuple[Clause, Clause | None]:
    """The clause, and apart from it what is told of the excepted items when they are named again: "all but 4 removed,
    4 is under review", "4번을 제외하고 삭제하였으며, 4번은 검토 중"."""
    marks = clause.of(Kind.ITEMS, Kind.STATUS, Kind.EXCEPT)
    for at, mark in enumerate(marks):
        before, after = marks[:at], marks[at + 1 :]
        named = {label for each in before if each.kind == Kind.ITEMS for label in each.labels}
        told = {each.kind for each in before} >= {Kind.ITEMS, Kind.STATUS, Kind.EXCEPT}
        if mark.kind == Kind.ITEMS and told and set(mark.labels) <= named and _is_told(after):
            head = [each for each in clause.marks if each.start < mark.start]
            tail = [each for each in clause.marks if each.start >= mark.start]
            return Clause(clause.start, mark.start, head), Clause(mark.start, clause.end, tail)
    return clause, None


def _is_told(marks: Sequence[Mark]) -> bool:
    return bool(marks) and {mark.kind for mark in marks} == {Kind.STATUS}


def _excepted(folded: str, clause: Clause, sign: Mark, items: Sequence[Mark]) -> list[Mark]:
    if sign.english:
        return [mark for mark in items if mark.start >= sign.end]
    return [mark for mark in items if mark.end <= sign.start]


def _reasons(folded: str, clause: Clause, sign: Mark, excepted: Sequence[Mark]) -> tuple[list[Mark], list[Mark]]:
    """The statuses that say why items are excepted, and those that are said of all the others."""
    statuses = clause.of(Kind.STATUS)
    if sign.english:
        after = [mark for mark in statuses if mark.start >= excepted[-1].end]
        before = [mark for mark in statuses if mark.end <= sign.start]
        if before:
            return after, before
        aside = [mark for mark in after if _in_brackets(folded, mark, excepted[0].start)]
        return aside, [mark for mark in after if mark not in aside]
    before_sign = [mark for mark in statuses if mark.end <= sign.start]
    return before_sign, [mark for mark in statuses if mark.start >= sign.end]
