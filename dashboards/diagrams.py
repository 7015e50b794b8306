"""The state diagrams of docs/STATES.md, drawn from the transitions that the code asks."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils import translation

from cases.states import CASE_TRANSITIONS, REPORT_TRANSITIONS, CaseStatus, ReportStatus
from mailroom.states import (
    BREAKER_TRANSITIONS,
    INCOMING_TRANSITIONS,
    OUTGOING_TRANSITIONS,
    Breaker,
    IncomingState,
    OutgoingState,
)
from platforms.states import CONTACT_TRANSITIONS, ContactStatus
from takedowns.states import (
    CLAIM_TRANSITIONS,
    FREE_LETTER_TRANSITIONS,
    REQUEST_TRANSITIONS,
    ClaimStatus,
    FreeLetterStatus,
    RequestStatus,
)

Machine = tuple[str, type[TextChoices], Mapping]

MACHINES: tuple[Machine, ...] = (
    ("Report (cases)", ReportStatus, REPORT_TRANSITIONS),
    ("Case (cases)", CaseStatus, CASE_TRANSITIONS),
    ("Request (takedowns)", RequestStatus, REQUEST_TRANSITIONS),
    ("Message to a liaison (takedowns)", FreeLetterStatus, FREE_LETTER_TRANSITIONS),
    ("Claim (takedowns)", ClaimStatus, CLAIM_TRANSITIONS),
    ("Letter in the outbox (mailroom)", OutgoingState, OUTGOING_TRANSITIONS),
    ("Domain that letters go to (mailroom)", Breaker, BREAKER_TRANSITIONS),
    ("Incoming mail (mailroom)", IncomingState, INCOMING_TRANSITIONS),
    ("Contact (platforms)", ContactStatus, CONTACT_TRANSITIONS),
)

HEAD = """# States

Drawn from the `states.py` of each room by `manage.py draw_states`; a test fails when this page is stale. The first
state of each machine is where a row begins. An item's standing is no machine: it is computed (ARCHITECTURE.md).
"""


def page() -> str:
    """The whole page as Markdown with Mermaid diagrams, in English."""
    with translation.override("en"):
        return HEAD + "".join(_section(*machine) for machine in MACHINES)


def _section(title: str, states: type[TextChoices], transitions: Mapping) -> str:
    lines = ["", f"## {title}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value}: {state.label}" for state in states]
    lines.append(f"    [*] --> {next(iter(states)).value}")
    for state in states:
        after = transitions[state]
        lines += [f"    {state.value} --> {target.value}" for target in states if target in after]
        if not after:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join([*lines, "```", ""])
