"""A reply beside the grid: its words marked, each line of the request with what the reply says of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import User
from mailroom.services.inbox import MailText
from mailroom.states import AUTHENTIC, Authentication, Kind, SenderDefect
from takedowns.forms import GridForm
from takedowns.letters import spelled
from takedowns.models import Claim, Reply, TakedownItem
from takedowns.queries.letters import Piece
from takedowns.queries.lines import place_of, with_places
from takedowns.reading.attribution import attribution_start
from takedowns.rules import why_not_undo
from takedowns.states import GOOD_FACTS, STANDING_CLAIMS, ClaimStatus, Trust, TrustFact
from takedowns.words import READING_REASONS

# Most mails lack it, honest ones too: by itself nothing that one has to look at first.
OF_SIGNATURE = frozenset({*Authentication.values, TrustFact.WHOLE_HEAD, TrustFact.LOOSE_HEAD})


@dataclass
class GridRow:
    """One line of the claim grid: what this reply says of it so far."""

    line: TakedownItem
    place: str
    claim: Claim | None
    choice: str = ""
    decision: str = ""
    errors: Sequence[str] = field(default_factory=list)


def fetch_claims(reply: Reply) -> None:
    """All that it was ever taken to say, for `grid`, `pieces` and `undoable`. Two queries."""
    prefetch_related_objects([reply], "claims__takedown_item")


def grid(reply: Reply) -> list[GridRow]:
    """A row for each line of the request, in its order, with this reply's proposed or effective claim."""
    by_line: dict[Any, Claim] = {}
    claims = sorted(reply.claims.all(), key=lambda claim: claim.made_at)
    superseded = {claim.supersedes_id for claim in claims}
    for claim in claims:
        if claim.pk in superseded or claim.status not in STANDING_CLAIMS:
            continue
        by_line[claim.takedown_item_id] = claim
    rows = with_places(reply.request.items.order_by("number"))
    return [GridRow(line=row, place=place_of(row.link), claim=by_line.get(row.pk)) for row in rows]


def accepted_rows(reply: Reply) -> list[GridRow]:
    """The rows whose answer is accepted."""
    return [row for row in grid(reply) if row.claim and row.claim.status == ClaimStatus.ACCEPTED]


@dataclass(frozen=True)
class Decided:
    """What a person decided about a reply at one moment: the items' numbers, in words, and their lines."""

    at: datetime
    numbers: str
    lines: frozenset[UUID]


def undoable(reply: Reply, user: User, *, at: datetime) -> Decided | None:
    """What this person decided a moment ago and can undo. No query where the claims are fetched."""
    mine = [claim for claim in reply.claims.all() if claim.decided_by_id == user.pk and claim.decided_at]
    latest = max((claim.decided_at for claim in mine if claim.decided_at), default=None)
    if latest is None or why_not_undo(user, reply, latest, at=at):
        return None
    decided = [claim.takedown_item for claim in mine if claim.decided_at == latest]
    return Decided(latest, spelled(line.number for line in decided), frozenset(line.pk for line in decided))


def to_look_at_first(rows: Sequence[GridRow], decided: Decided | None) -> list[GridRow]:
    """The rows with an open proposal, then those decided a moment ago, then the rest; each by number."""
    just_now = decided.lines if decided else frozenset()

    def place(row: GridRow) -> int:
        if row.claim and row.claim.status == ClaimStatus.PROPOSED:
            return 0
        return 1 if row.line.pk in just_now else 2

    return sorted(rows, key=place)


def fill_in(rows: list[GridRow], form: GridForm) -> list[GridRow]:
    """Put what was chosen, or else what was proposed, into the rows."""
    for row in rows:
        claim, decision = f"claim-{row.line.pk}", f"decision-{row.line.pk}"
        row.choice = form.data.get(claim, "") if form.is_bound else row.claim.kind if row.claim else ""
        row.decision = form.data.get(decision, "") if form.is_bound else ""
        row.errors = [str(error) for error in form.errors.get(claim, [])] if form.is_bound else []
    return rows


def split_quoted(mail: MailText) -> tuple[str, str]:
    """The mail's text without its last run of quoted lines, and that run with the line that introduces it ("On …, X
    wrote:"): mostly our own letter, folded on the page.
    """
    lines = (mail.text or mail.html_text).splitlines(keepends=True)
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    if end and any(line.strip() for line in lines[end:]):
        introduced = attribution_start([line.rstrip() for line in lines[:end]], end - 1)
        end = end if introduced is None else introduced
    return "".join(lines[:end]), "".join(lines[end:])


def pieces(reply: Reply, text: str) -> list[Piece]:
    """The text cut into runs: words that were read, with the item numbers they were read for; the rest."""
    quoted: dict[str, list[int]] = {}
    for claim in reply.claims.all():
        if claim.quote and claim.made_by_id is None:
            quoted.setdefault(claim.quote, []).append(claim.takedown_item.number)
    spans = [*_spans(text, quoted.items()), *_spans(text, ((words, []) for words in reply.unplaced if words))]
    out, end = [], 0
    for start, stop, numbers in sorted(spans):
        if start < end:
            continue  # overlapping quotes: the first one stands
        out += [Piece(text[end:start]), Piece(text[start:stop], labels=spelled(numbers), unplaced=not numbers)]
        end = stop
    return [piece for piece in [*out, Piece(text[end:])] if piece.text]


def _spans(text: str, quotes: Iterable[tuple[str, list[int]]]) -> list[tuple[int, int, list[int]]]:
    found = []
    for quote, numbers in quotes:
        start = text.find(quote)
        if start >= 0:
            found.append((start, start + len(quote), numbers))
    return found


@dataclass(frozen=True)
class Fact:
    """What speaks for a reply's sender, or against."""

    good: bool
    words: str
    of_signature: bool = False


def facts_of_trust(reply: Reply) -> list[Fact]:
    """In the order in which they were asked; none of a reply that was filed before they were."""
    words = {
        **dict(Kind.choices),
        **dict(SenderDefect.choices),
        **dict(Authentication.choices),
        **dict(TrustFact.choices),
    }
    return [Fact(code in GOOD_FACTS | AUTHENTIC, str(words[code]), code in OF_SIGNATURE) for code in reply.trust_facts]


def reasons_in_words(reply: Reply) -> list[str]:
    """Why nothing, or not everything, was read from the mail."""
    ours = {
        **{trust.value: str(trust.label) for trust in Trust},
        **{kind.value: str(kind.label) for kind in Kind},
        "conflict": _("Another mail carries the same Message-ID with other contents."),
        "several_requests": _("The mail answers letters of several requests."),
        "reader_failed": _("The mail could not be read by rule."),
    }
    return [ours[code] if code in ours else str(READING_REASONS[code]) for code in reply.reasons]
