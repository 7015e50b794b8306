"""What the pages show of requests and replies: reads only, with a fixed number of queries however many items."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from cases.models import Check
from cases.states import Standing
from mailroom.addresses import reply_address
from mailroom.models import OutgoingMail
from mailroom.services import outbox
from mailroom.services.inbox import MailText
from mailroom.states import Kind
from takedowns import rules
from takedowns.forms import GridForm
from takedowns.letters import fill
from takedowns.models import Claim, Letter, RemovalConfirmation, Reply, Revision, TakedownItem, TakedownRequest
from takedowns.states import Basis, ClaimStatus, LetterBlank, Trust
from takedowns.words import READING_REASONS

BLANK = re.compile("(" + "|".join(re.escape(blank.value) for blank in LetterBlank) + ")")


@dataclass
class LineFacts:
    """A request's line with its three facts: what the platform says, what we found last, what is confirmed."""

    row: TakedownItem
    claims: Sequence[Claim]
    said: Claim | None
    found: Check | None
    confirmed: RemovalConfirmation | None
    basis: Basis | None = None


def lines_of(asked: TakedownRequest, *, answered: bool = True) -> list[LineFacts]:
    """The request's lines with their facts, in their order. Five queries; three before anything can be `answered`."""
    rows = asked.items.select_related("item").prefetch_related(
        "item__locators", Prefetch("item__checks", Check.objects.order_by("checked_at"))
    )
    if answered:
        confirmations = RemovalConfirmation.objects.holding().select_related("confirmed_by")
        rows = rows.prefetch_related(
            Prefetch("claims", Claim.objects.effective(), to_attr="effective_claims"),
            Prefetch("confirmations", confirmations, to_attr="effective_confirmations"),
        )
    return [_facts_of(row) for row in rows]


def _facts_of(row: TakedownItem) -> LineFacts:
    claims: list[Claim] = getattr(row, "effective_claims", [])
    confirmations: list[RemovalConfirmation] = getattr(row, "effective_confirmations", [])
    return LineFacts(
        row=row,
        claims=claims,
        said=next(iter(claims), None),
        found=next(reversed(row.item.checks.all()), None),
        confirmed=next(iter(confirmations), None),
    )


def confirmable(lines: Sequence[LineFacts], *, left: datetime | None) -> list[LineFacts]:
    """The lines whose removal can be confirmed now, each with the `basis` that the confirmation would name."""
    ready = []
    for line in lines:
        if line.row.item.standing != Standing.REMOVED or line.confirmed:
            continue
        found = rules.basis_for(checks=line.row.item.checks.all(), claims=line.claims, left_at=left)
        if found:
            line.basis = found[0]
            ready.append(line)
    return ready


@dataclass(frozen=True)
class Piece:
    """A run of text: plain, a blank of a letter, or words of a mail that were read for the items in `labels`."""

    text: str
    blank: str = ""
    labels: str = ""
    unplaced: bool = False


def wording(asked: TakedownRequest, revision: Revision, letter: Letter | None) -> dict[str, Any]:
    """The letter as it will leave, or as it left: recipient, subject and body in pieces, digest."""

    def pieces(text: str) -> list[Piece]:
        if letter:
            reply_to = reply_address(letter.mail.token)
            return [Piece(fill(text, number=letter.number, at=letter.written_at, reply_to=reply_to))]
        return [
            Piece(part, blank=str(LetterBlank(part).label)) if part in LetterBlank.values else Piece(part)
            for part in BLANK.split(text)
            if part
        ]

    return {
        "recipient": revision.recipient,
        "subject": pieces(revision.subject),
        "body": pieces(revision.body),
        "digest": revision.body_sha256,
    }


@dataclass
class GridRow:
    """One line of the claim grid: what this reply says of it so far."""

    line: TakedownItem
    claim: Claim | None
    choice: str = ""
    decision: str = ""
    errors: Sequence[str] = field(default_factory=list)


def grid(reply: Reply) -> list[GridRow]:
    """A row for each line of the request, in its order, with this reply's proposed or effective claim."""
    by_line: dict[Any, Claim] = {}
    for claim in reply.claims.filter(superseded_by=None).exclude(status=ClaimStatus.REJECTED).order_by("made_at"):
        by_line[claim.takedown_item_id] = claim
    return [GridRow(line=line.row, claim=by_line.get(line.row.pk)) for line in lines_of(reply.request)]


def fill_in(rows: list[GridRow], form: GridForm) -> list[GridRow]:
    """Put what was chosen, or else what was proposed, into the rows."""
    for row in rows:
        claim, decision = f"claim-{row.line.pk}", f"decision-{row.line.pk}"
        row.choice = form.data.get(claim, "") if form.is_bound else row.claim.kind if row.claim else ""
        row.decision = form.data.get(decision, "") if form.is_bound else ""
        row.errors = [str(error) for error in form.errors.get(claim, [])] if form.is_bound else []
    return rows


def split_quoted(mail: MailText) -> tuple[str, str]:
    """The mail's text without its last run of quoted lines, and that run: mostly our own letter, folded on the page."""
    lines = (mail.text or mail.html_text).splitlines(keepends=True)
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    return "".join(lines[:end]), "".join(lines[end:])


def pieces(reply: Reply, text: str) -> list[Piece]:
    """The text cut into runs: words that were read, with the item numbers they were read for; the rest."""
    quoted: dict[str, list[int]] = {}
    for quote, number in reply.claims.filter(made_by=None).values_list("quote", "takedown_item__number"):
        if quote:
            quoted.setdefault(quote, []).append(number)
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


def spelled(numbers: Iterable[int]) -> str:
    """Numbers as people write them: 1-7, 9, 12-13."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)


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


def post_office() -> dict[str, Any]:
    """Letters that wait, that nobody is certain of, that were refused, and mail that could not be read."""
    letters = OutgoingMail.objects.select_related("letter__request__case").order_by("queued_at")
    return {
        "waiting": letters.filter(state__in=["queued", "sending"])[:50],
        "uncertain": letters.filter(state="uncertain")[:50],
        "rejected": letters.filter(state="rejected")[:50],
        "figures": outbox.queue_figures(),
    }
