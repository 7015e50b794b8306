"""Sentences to entries: what each of them states, or leaves to its neighbours, or leaves to a person."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from takedowns.reading import english_words, korean_words
from takedowns.reading.clauses import PRECISE, Clause, Statement, Unclear, cut, read_clause
from takedowns.reading.marks import FILLED, Kind, Mark, Weak
from takedowns.reading.sentences import Sentence

_NEGATED_BEFORE = re.compile(
    r"\b(?:not|never|no|nor|neither|without|(?:is|are|was|were|has|have|had|do|does|did|ca|wo)n't|cannot)\s+(?:[\w-]{1,15}\s+){0,2}$"
)
_NEGATED_AFTER = re.compile(r"^\s{0,2}(?:(?:하|되|이|가|은|는)?(?:지|진)?\s{0,2}(?:않|못|아니|아님|아닙|아닌)|not\b)")
_HEADING = re.compile(r"(?::|：|->|→|=>|▼|↓)\s*$|^\s*(?:[\[【<■▶●#*]|\d{1,2}\)\s*$)")
_LETTERS = re.compile(r"[^\W\d_]")
_ROW_LABEL = re.compile(r"^[\s*·(\[#-]{0,6}$")
_ROW_SEPARATOR = re.compile(r"^(?:[.):\]|]|번|\s*(?:[-:|=\t]|→|=>|->)|\s*$)")
_MODAL_BEFORE = re.compile(
    r"\b(?:must|should|would|could|may|might|can|(?<!decided )(?<!chose )(?<!chosen )(?<!opted )to|will|shall"
    r"|if|whether)\s+(?:[\w-]{1,15}\s+)?(?:be\s+)?$"
)
_PARTICLES = re.compile(
    r"총|조치|처리|결과|내용|사항|내역|현황|전 ?세계|글로벌|번|까지|부터|은|는|을|를|도|이|가|의|게시물"
    r"|게시글|영상|동영상|항목|링크|콘텐츠|건|글|메시지|번호|및|와|과|no|item|items|link|links|url"
)
_JOKE = re.compile(
    r"\b(?:kidding|joking|jokes?|sarcasm|as if|yeah right|just a test|not really|not quite|wrong)\b|농담|장난|거짓말"
)
_NAMED_PART = re.compile(
    r"(?: of (?:the|them|these|those|your))?(?: (?:items?|links?|posts?|messages?|videos?|list))? ?\("
)
_SHARE = re.compile(r"(?<!\b100)(?<=\d)\s?%(?!\w)|(?<!hundred )\bpercent\b|퍼센트")
_RESULT_IS = re.compile(r"^\W{0,6}(?:조치|처리|회신|답변)? ?(?:결과|내용|사항|내역|현황|조치) ?[:：]")
_UNREAL_BEFORE = re.compile(
    r"\b(?:to|will|would|should|shall|may|might|could|can|must)\s+(?:[\w-]{1,12}\s+)?(?:be|have\s+been)\s+(?:\w{1,12}\s+)?$"
)
_ASKED_AFTER = re.compile(r"\s*(?:was |has been |is )?(?:requested|asked for|demanded|proposed|recommended)\b")
_FUTURE_AFTER = re.compile(r"^(?!\s*[/|;\n]).{0,200}(?:예정|계획|방침|겠(?:습|음|다)|[할될] ?것)", re.S)
_REMAINS = re.compile(
    r"\b(?:still (?:there|missing|to do|left|open)|left over|exceptions?|not all|not every\w*)\b|남아|"
    r"남은|남았|누락|빠뜨|못했|못 했"
)
_ALSO = re.compile(r"\b(?:as well|also|too|likewise|along with|together with)\b|역시|마찬가지|함께|포함")
_ON_TERMS = re.compile(
    r"\bonly (?:after|if|when|once|upon|on|with)\b|\bif (?:you|the court|a court|your)\b"
    r"|\b(?:as soon as|once|when|after|unless|until|subject to|upon) (?:[\w'-]{1,15} ){0,3}?"
    r"(?:courts?|judges?|orders?|warrants?|police|prosecutors?|judgments?|rulings?|injunctions?|you)\b"
    r"|(?:있으|주시|하시|보내시|확정되|명령하|제출되)면|경우에(?:만| 한)"
)
_STATES = ("not_found", "geo_blocked", "refused", Weak.REJECTED)
_PLAIN: dict[str, str] = {Weak.NOT_REMOVED: "refused", Weak.REJECTED: "refused", Weak.GONE: "not_found"}
_DONE_CLAIMS = ("removed", Weak.DONE, Weak.BARE)


@dataclass
class Entry:
    """One sentence: statements with items, a status without ("lone"), items without a status, or neither."""

    sentence: Sentence
    statements: list[Statement] = field(default_factory=list)
    lone: Statement | None = None
    items: tuple[str, ...] = ()
    heading: bool = False
    trouble: str = ""
    says_all: bool = True

    @property
    def is_silent(self) -> bool:
        return not (self.statements or self.lone or self.items or self.trouble)


class Sentences:
    """Reads the sentences of one text; `folded` and `blotted` are as long as `raw`."""

    def __init__(self, raw: str, folded: str, blotted: str, marks: Sequence[Mark], size: int) -> None:
        self.raw, self.folded, self.blotted = raw, folded, blotted
        self.marks = sorted(marks, key=lambda mark: mark.start)
        self.size = size
        self._next = 0
        self._here: list[Mark] = []

    def entry(self, sentence: Sentence) -> Entry:
        """What one sentence says. Sentences are to be given in order."""
        marks = self._here = self._marks_of(sentence)
        entry = Entry(sentence)
        try:
            self._read(entry, sentence, marks)
        except Unclear as unclear:
            return Entry(sentence, trouble=unclear.reason)
        return entry

    def _marks_of(self, sentence: Sentence) -> list[Mark]:
        found: list[Mark] = []
        while self._next < len(self.marks) and self.marks[self._next].start < sentence.end:
            mark = self.marks[self._next]
            self._next += 1
            if mark.start >= sentence.start:
                found.append(replace(mark, end=min(mark.end, sentence.end)))
        return found

    def _read(self, entry: Entry, sentence: Sentence, marks: list[Mark]) -> None:
        marks = self._without_told_parts(marks)
        kinds = {mark.kind for mark in marks}
        if Kind.STATUS in kinds and sentence.row and Kind.ITEMS not in kinds:
            marks = [mark for mark in marks if mark.kind != Kind.NUMBER]
        if Kind.RANGE in kinds and (Kind.STATUS in kinds or sentence.row):
            raise Unclear("out_of_range")
        if not kinds & {Kind.STATUS, Kind.ITEMS, Kind.REST, Kind.MEASURE, Kind.EXCEPT, Kind.RANGE}:
            self._check_silent(sentence, kinds)
            return
        if self._asks(sentence, marks):
            self._read_question(entry, sentence, marks)
        else:
            self._read_telling(entry, sentence, marks)

    def _without_told_parts(self, marks: list[Mark]) -> list[Mark]:
        """Without "some", "half" where it is told in brackets which ones: "the first half (1-6) was removed"."""
        told: list[Mark] = []
        for mark, item in pairwise(marks):
            if mark.kind == Kind.PARTIAL and item.kind == Kind.ITEMS and len(item.labels) < self.size:
                gap = self.folded[mark.end : item.start]
                told += [part for part in (mark, *told_before(marks, mark)) if _NAMED_PART.fullmatch(gap)]
        return [mark for mark in marks if mark not in told]

    def _check_silent(self, sentence: Sentence, kinds: set[Kind]) -> None:
        """ "Three are missing", "Well, almost all", "Just kidding": no status, and yet it changes what was said."""
        words = self.blotted[sentence.start : sentence.end]
        counts = kinds & {Kind.PARTIAL, Kind.COUNT, Kind.NUMBER, Kind.OUT_OF}
        if _JOKE.search(words) or (Kind.PARTIAL in kinds and Kind.ALL in kinds):
            raise Unclear("partial")
        asks = english_words.is_question_or_condition(words.strip()) or korean_words.is_question_or_condition(words)
        if counts and not asks and (english_words.has_doubt(words) or korean_words.has_doubt(words)):
            raise Unclear("partial")
        if not asks and _REMAINS.search(words):
            raise Unclear("unclear_items")

    def _asks(self, sentence: Sentence, marks: list[Mark]) -> bool:
        told = self.folded[sentence.start : sentence.end].strip()
        return (
            "?" in self.blotted[sentence.start : sentence.end]
            or english_words.is_question_or_condition(told)
            or korean_words.is_question_or_condition(self.blotted[sentence.start : sentence.end])
            or korean_words.is_question(told)
        )

    def _read_question(self, entry: Entry, sentence: Sentence, marks: list[Mark]) -> None:
        """Only a request for information is read out of a question; one about items leaves the reply to a person."""
        told = self.folded[sentence.start : sentence.end]
        statuses = [mark for mark in marks if mark.kind == Kind.STATUS]
        asked = bool(statuses) and all(mark.value == "need_info" for mark in statuses)
        if asked and not english_words.is_conditional(told) and not re.search(r"(?:시|으|있|하|되)면|경우", told):
            self._read_telling(entry, sentence, marks)
            return
        precise = statuses and all(mark.value in PRECISE for mark in statuses) and "?" not in told
        if precise and _ON_TERMS.search(told) and any(mark.value == "in_progress" for mark in statuses):
            precise = False  # "법원의 명령이 있으면 삭제하겠습니다" promises nothing yet
        if precise and not english_words.is_question_or_condition(told.strip()) and not korean_words.is_question(told):
            self._read_telling(entry, sentence, marks)  # "7번은 확인 불가하오니 참고 바랍니다"
            return
        if any(mark.kind in (Kind.ITEMS, Kind.REST, Kind.EXCEPT, Kind.RANGE) for mark in marks):
            raise Unclear("question_or_condition")

    def _read_telling(self, entry: Entry, sentence: Sentence, marks: list[Mark]) -> None:
        for clause in cut(self.folded, sentence.start, sentence.end, marks):
            self._check_numbers(clause)
            for statement in read_clause(self.folded, clause):
                settled = self._settled(statement, clause, sentence)
                if settled is None:
                    continue
                if settled.whole:
                    entry.statements.append(settled)
                elif entry.lone:
                    raise Unclear("unclear_items")
                else:
                    entry.lone = settled
            if not clause.of(Kind.STATUS):
                self._read_bare_clause(entry, clause)
        if entry.statements and (entry.lone or entry.items):
            self._fold_in(entry)
        if entry.lone:
            told = self.folded[sentence.start : sentence.end]
            entry.heading = bool(_HEADING.search(told)) or english_words.says_following(told)
            entry.says_all = self._can_mean_all(entry.lone, sentence)

    def _read_bare_clause(self, entry: Entry, clause: Clause) -> None:
        told = [*entry.statements, *([entry.lone] if entry.lone else [])]
        if any(statement.claim == "removed" for statement in told):
            words = self.blotted[clause.start : clause.end]
            if (
                clause.of(Kind.PARTIAL, Kind.COUNT, Kind.NUMBER)
                or english_words.has_doubt(words)
                or korean_words.has_doubt(words)
            ):
                raise Unclear("unclear_items")
        if clause.of(Kind.MEASURE):
            raise Unclear("other_measure")
        if clause.of(Kind.REST, Kind.EXCEPT):
            raise Unclear("unclear_items")
        labels = tuple(dict.fromkeys(label for mark in clause.of(Kind.ITEMS) for label in mark.labels))
        if labels and clause.of(Kind.ACCOUNT):
            raise Unclear("other_measure")
        if clause.of(Kind.RANGE):
            raise Unclear("out_of_range")
        entry.items += labels

    def _fold_in(self, entry: Entry) -> None:
        """A second clause with nothing new ("…, and they are no longer available") is dropped; else Unclear."""
        said = {label for statement in entry.statements for label in (*statement.labels, *statement.excepted)}
        if not set(entry.items) <= said:
            raise Unclear("unclear_items")
        entry.items = ()
        if entry.lone:
            claims = {statement.claim for statement in entry.statements}
            if len(claims) != 1 or not agrees(claims.pop(), entry.lone):
                raise Unclear("unclear_items")
            entry.lone = None

    def _check_numbers(self, clause: Clause) -> None:
        removed = any(mark.value in _DONE_CLAIMS for mark in clause.of(Kind.STATUS))
        for mark in clause.of(Kind.NUMBER):
            if clause.of(Kind.STATUS) and (removed or mark.count <= self.size):
                raise Unclear("out_of_range" if mark.count > self.size else "unclear_number")
        for mark in clause.of(Kind.OUT_OF):
            if mark.count != self.size:
                raise Unclear("count_disagrees")
            items = clause.of(Kind.ITEMS)
            if clause.of(Kind.STATUS) and (
                (clause.of(Kind.COUNT) and not items) or any(not mark.sure for mark in items)
            ):
                raise Unclear("partial")
        if removed and any(mark.value == "and more" for mark in clause.of(Kind.DOUBT)):
            raise Unclear("unclear_items")
        if clause.of(Kind.DOUBT) and clause.of(Kind.STATUS):
            raise Unclear("unclear_items")
        if removed and clause.of(Kind.LINK) and not clause.of(Kind.ITEMS):
            raise Unclear("unknown_link")
        if clause.of(Kind.STATUS) and any(mark.value == "near" for mark in clause.of(Kind.LINK)):
            raise Unclear("unknown_link")

    def _settled(self, statement: Statement, clause: Clause, sentence: Sentence) -> Statement | None:
        """The statement with a claim of CLAIMS, None when it says nothing. Raises Unclear."""
        claim: str = statement.claim
        named = statement.whole == "named" or bool(sentence.context)
        if claim == Weak.UNKNOWN:
            raise Unclear("unclear_status")
        if claim == Weak.BLOCKED:
            raise Unclear("scope_unclear")
        if claim == Weak.BARE:
            if not named and not statement.counts and not statement.whole:
                return None
            if statement.whole == "all" and _RESULT_IS.match(self.folded[sentence.start : statement.status[0]]):
                named = True  # "조치 내용: 전건 삭제"
            if not named or _LETTERS.search(_PARTICLES.sub("", self._unmarked(statement))):
                raise Unclear("unclear_status")
            claim = "removed"
        if claim == Weak.DONE:
            if not named and statement.whole and not statement.counts:
                raise Unclear("unclear_status")
            if not named and not statement.whole:
                return None if english_words.says_following(self.folded[sentence.start : sentence.end]) else statement
            claim = "removed"
        if claim == "in_progress" and _ON_TERMS.search(self.folded[sentence.start : sentence.end]):
            return None
        if claim == "removed":
            self._check_removed(statement, clause, sentence)
        self._check_negation(statement)
        claim = _PLAIN.get(claim, claim)
        if statement.whole == "all" and self._denies_all(statement, clause):
            raise Unclear("partial")
        return replace(statement, claim=claim, sure=statement.sure or self._heads_row(statement, sentence))

    def _denies_all(self, statement: Statement, clause: Clause) -> bool:
        """ "Not all were removed", "could not remove all", "모두 삭제하지는 못했습니다": which ones is not said."""
        told = self.folded[statement.status[0] : statement.status[1]]
        if any(mark.value == "any" for mark in clause.of(Kind.ALL)):
            return False
        denies = bool(re.search(r"\bnot\b|n't|cannot|unable", told))
        all_after = any(mark.start >= statement.status[0] for mark in clause.of(Kind.ALL))
        if statement.claim == Weak.NOT_REMOVED:
            return not re.search(r"불가|어렵|어려", told)
        return denies and all_after

    def _unmarked(self, statement: Statement) -> str:
        return self.blotted[statement.start : statement.end]

    def _check_removed(self, statement: Statement, clause: Clause, sentence: Sentence) -> None:
        words, raw = self._unmarked(statement), self.raw[statement.start : statement.end]
        told = self.blotted[sentence.start : sentence.end]
        if english_words.has_doubt(words) or korean_words.has_doubt(words):
            raise Unclear("unclear_status")
        if english_words.hedges(told) or "?" in told:
            raise Unclear("question_or_condition")
        if english_words.unknown_words(words, raw):
            raise Unclear("unclear_status")
        status = self.folded[statement.status[0] : statement.status[1]].rstrip()
        if english_words.removes_something_else(words, status=status, until=statement.status[1] - statement.start):
            raise Unclear("unclear_status")
        if korean_words.removes_something_else(self.folded[statement.start : statement.status[0]]):
            raise Unclear("unclear_status")
        if korean_words.unknown_words(words):
            raise Unclear("unclear_status")
        folded = self.folded[sentence.start : sentence.end]
        if english_words.names_a_term(folded) or korean_words.names_a_term(folded):
            raise Unclear("unclear_status")
        chosen = english_words.is_choice(folded) or korean_words.is_choice(folded)
        if chosen and statement.whole != "named" and not statement.counts and not sentence.context:
            raise Unclear("partial")
        if korean_words.is_asked_for(status, self.folded[statement.status[1] : sentence.end]):
            raise Unclear("question_or_condition")
        if sentence.context and sentence.context not in statement.labels and statement.labels and _ALSO.search(words):
            raise Unclear("unclear_items")
        counted = [self.folded[mark.start : mark.end] for mark in clause.of(Kind.COUNT, Kind.OUT_OF)]
        if _SHARE.search(folded) or any(map(english_words.counts_something_else, counted)):
            raise Unclear("partial")
        if re.search(r"\d", words.replace(FILLED, "")):
            raise Unclear("unclear_number")
        if self.folded[sentence.start : statement.status[0]].count('"') % 2:
            raise Unclear("foreign_quote")
        self._check_order(statement, clause)
        if any(mark.value == "any" for mark in clause.of(Kind.ALL)):
            raise Unclear("partial")
        if self._has_open_tense(statement, sentence) or self._is_unreal(statement, sentence):
            raise Unclear("unclear_status")

    def _check_order(self, statement: Statement, clause: Clause) -> None:
        """In Korean, items stand before the status, or below it as a heading: "삭제완료: 1, 2". Raises Unclear."""
        status = next((mark for mark in clause.of(Kind.STATUS) if mark.start == statement.status[0]), None)
        items = [mark for mark in clause.of(Kind.ITEMS) if statement.start <= mark.start < statement.end]
        if status is None or status.english or not items or items[0].start < status.start:
            return
        gap = self.blotted[status.end : items[0].start]
        ends = self.folded[status.start : status.end].rstrip()
        if _LETTERS.search(gap) or not (
            re.search(r"[:=→(\[|\t-]", gap) or re.search(r"(?:완료|삭제|처리|조치)$", ends)
        ):
            raise Unclear("unclear_items")

    def _has_open_tense(self, statement: Statement, sentence: Sentence) -> bool:
        """Whether "삭제하고" stands in a sentence that does not end in the past."""
        status = self.folded[statement.status[0] : statement.status[1]]
        if not re.search(r"(?:삭제|제거|파기)(?:하고|되고|하며|되며|해서|하여|되어|합니다|됩니다)$", status):
            return False
        after = self.folded[statement.status[1] : sentence.end]
        return not re.search(r"(?:했|하였|되었|됐|드렸|였)(?:습니다|음|다)|완료(?:입니다|됨|함)?\W*$|[함됨]\W*$", after)

    def _is_unreal(self, statement: Statement, sentence: Sentence) -> bool:
        """Whether "to be", "may have been" stands right before, in whichever clause, or a removal is only asked for, or
        "삭제" begins what ends in a future: "1~3번은 삭제, 4번은 차단할 예정입니다"."""
        start, end = statement.status
        before = self.blotted[max(sentence.start, start - 50) : start]
        after = self.folded[end : sentence.end]
        if _UNREAL_BEFORE.search(before) or _ASKED_AFTER.match(after):
            return True
        return self.folded[start:end].rstrip().endswith(("삭제", "조치", "처리")) and bool(_FUTURE_AFTER.search(after))

    def _check_negation(self, statement: Statement) -> None:
        if statement.claim in (Weak.NOT_REMOVED, Weak.GONE):
            return
        start, end = statement.status
        if _NEGATED_BEFORE.search(self.blotted[max(statement.start, start - 50) : start]):
            raise Unclear("unclear_status")
        if statement.claim in _STATES and _MODAL_BEFORE.search(self.blotted[max(statement.start, start - 50) : start]):
            raise Unclear("unclear_status")
        if _NEGATED_AFTER.search(self.blotted[end : end + 12]):
            raise Unclear("unclear_status")

    def _heads_row(self, statement: Statement, sentence: Sentence) -> bool:
        """Whether the statement's number stands as the label of a row: "7. removed", "7 | removed"."""
        for mark in self._here:
            if mark.kind == Kind.ITEMS:
                before = self.folded[sentence.start : mark.start]
                after = self.folded[mark.end : mark.end + 4]
                return sentence.row and bool(_ROW_LABEL.match(before)) and bool(_ROW_SEPARATOR.match(after))
        return False

    def _can_mean_all(self, lone: Statement, sentence: Sentence) -> bool:
        told, unmarked, raw = (text[sentence.start : sentence.end] for text in (self.folded, self.blotted, self.raw))
        removed = lone.claim == "removed"
        if removed and not korean_words.speaks_of_all(unmarked):
            return False
        return english_words.speaks_of_all(told, unmarked, raw, removed=removed)


def told_before(marks: Sequence[Mark], mark: Mark) -> list[Mark]:
    """The word of the same kind right before: "first half"."""
    return [other for other in marks if other.kind == mark.kind and mark.start - 1 == other.end]


def agrees(claim: str, lone: Statement) -> bool:
    """Whether a remark without items adds nothing to a claim: "removed … and no longer available"."""
    if claim == "geo_blocked" and lone.claim == "refused":
        return True  # "blocked in Korea only: they do not break our rules"
    return claim == lone.claim or (claim == "removed" and lone.weak == Weak.GONE)
