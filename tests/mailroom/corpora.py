"""What other projects' mails are, as far as somebody says: bounces with truth beside them, and everything else.

Nothing here knows a mail by its name or its text; held-out mails of the same kind are judged by the same lines.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from functools import cached_property
from pathlib import Path

from flufl.bounce import all_failures

from mailroom.kinds import kind_of
from mailroom.parse_child.limits import HTML_SECONDS, LimitExceeded
from mailroom.parse_child.main import read
from mailroom.parsing import checked
from mailroom.services import reports
from mailroom.states import Kind
from tests.mailroom.shared_mail import FOLDER, mails

UNREADABLE = "unreadable"
TOLD = {Kind.BOUNCE, Kind.DELAY, Kind.AUTO_REPLY}
logging.getLogger("flufl.bounce").disabled = True  # it says a dozen words about every mail
NO_MAILS = {".json", ".raw"}

_RETURN_PATH = re.compile(rb"(?im)^return-path:[ \t]*<?([^>\r\n]*)")
_NOBODY = {b"", b"mailer-daemon"}
# Looked for in the raw bytes, so that our own parsing is not its own judge.
_DECLARED = re.compile(
    rb"(?im)^auto-submitted:[ \t]*auto-"
    rb"|^content-type:[ \t]*message/(delivery-status|feedback-report|disposition-notification)"
)


@dataclass(frozen=True)
class Specimen:
    path: Path

    @property
    def collection(self) -> str:
        return self.path.relative_to(FOLDER).parts[0]

    @cached_property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def is_bounce(self) -> bool:
        """Somebody wrote down what this mail says about whose delivery."""
        beside = self.path.with_name(self.path.name + ".truth.json")
        truth = json.loads(beside.read_text()) if beside.exists() else None
        return isinstance(truth, list)

    @property
    def declares_itself(self) -> bool:
        """It says of itself, by a standard's header or part, that a machine wrote it."""
        return bool(_DECLARED.search(self.data))

    @cached_property
    def envelope_from(self) -> str:
        """As a server would have been told: nobody, where the mail says that it was nobody."""
        found = _RETURN_PATH.search(re.split(rb"\r?\n\r?\n", self.data, maxsplit=1)[0])
        return "" if found and found[1].strip().lower() in _NOBODY else "somebody@elsewhere.test"

    @cached_property
    def kind(self) -> str:
        """As our own rules tell it, without a database."""
        try:
            parsed = checked(read(self.data, html_seconds=HTML_SECONDS))
        except LimitExceeded:
            return UNREADABLE
        null_sender = self.envelope_from == ""
        kind, _sign = kind_of(parsed, boxes=(), null_sender=null_sender, is_our_letter=False)
        return reports.kind_after(parsed, reports.draft(parsed, letter=None)) if kind == Kind.BOUNCE else kind

    @cached_property
    def with_flufl(self) -> str:
        """The same, with flufl.bounce as a last resort: asked where our own rules see an ordinary mail."""
        if self.kind != Kind.ORDINARY:
            return self.kind
        try:
            temporary, permanent = all_failures(message_from_bytes(self.data))
        except (LookupError, ValueError, AttributeError):
            return self.kind  # it falls over mails without a sender, for one
        return Kind.BOUNCE if permanent else Kind.DELAY if temporary else Kind.ORDINARY


def specimens() -> Iterator[Specimen]:
    """Every mail there; descriptions, keys and expectations beside the mails are left out."""
    for path in mails():
        if path.suffix not in NO_MAILS:
            yield Specimen(path)


@dataclass
class Verdict:
    """How many of what was told, one way of telling."""

    bounces: Counter[str]
    ordinary: Counter[str]
    declared: Counter[str]
    faults: list[tuple[Specimen, str]]

    @property
    def recall(self) -> float:
        """Of the mails with truth, those told from ordinary mail."""
        return sum(self.bounces[kind] for kind in TOLD) / max(1, self.bounces.total())

    @property
    def false_alarms(self) -> float:
        """Of the ordinary mails, those called a bounce or automatic that do not say so of themselves."""
        return sum(self.ordinary[kind] for kind in TOLD) / max(1, self.ordinary.total())


def judge(kinds: dict[Specimen, str]) -> Verdict:
    """Mails of a collection with truth that have none themselves are neither: most are bounces, nobody says which."""
    with_truth = {specimen.collection for specimen in kinds if specimen.is_bounce}
    verdict = Verdict(Counter(), Counter(), Counter(), [])
    for specimen, kind in kinds.items():
        if specimen.is_bounce:
            verdict.bounces[kind] += 1
            verdict.faults += [] if kind in TOLD else [(specimen, kind)]
        elif specimen.collection not in with_truth:
            if specimen.declares_itself:
                verdict.declared[kind] += 1
            else:
                verdict.ordinary[kind] += 1
                verdict.faults += [(specimen, kind)] if kind in TOLD else []
    return verdict


def table(kinds: dict[Specimen, str]) -> str:
    """A line for each collection: what its mails were told to be."""
    columns = [*(kind.value for kind in (Kind.ORDINARY, Kind.AUTO_REPLY, Kind.BOUNCE, Kind.DELAY)), UNREADABLE]
    rows: dict[str, Counter[str]] = {}
    for specimen, kind in kinds.items():
        name = specimen.collection + (", with truth" if specimen.is_bounce else "")
        rows.setdefault(name, Counter())[kind] += 1
    width = max(map(len, rows), default=0)
    lines = ["".join([" " * width, *(column.rjust(13) for column in columns)])]
    lines += [
        name.ljust(width) + "".join(str(row[column]).rjust(13) for column in columns) for name, row in rows.items()
    ]
    return "\n".join(lines)
