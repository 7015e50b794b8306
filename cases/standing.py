"""The one rule that turns an item's facts into its standing. Pure and total: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.states import Standing

CONCLUSIVE = frozenset({"gone", "live", "blocked_here"})
SAYS_GONE = frozenset({"removed", "not_found"})


@dataclass(frozen=True)
class ClaimFact:
    """What the platform says: one of the six claim codes, timed by the reply's `received_at`."""

    kind: str
    at: datetime


@dataclass(frozen=True)
class CheckFact:
    """What we found: gone, live, blocked_here or cannot_verify."""

    outcome: str
    at: datetime


@dataclass(frozen=True)
class Facts:
    """`claim` is the effective one: the latest accepted and unsuperseded claim of any addressee."""

    claim: ClaimFact | None = None
    checks: Sequence[CheckFact] = ()
    sightings: Sequence[datetime] = ()


@dataclass(frozen=True)
class Verdict:
    """The standing, and whether a removal came without any word from the platform."""

    standing: Standing
    silent: bool = False


def standing_of(facts: Facts) -> Verdict:
    """Return the standing: the first row of the table in docs/ARCHITECTURE.md that fits.

    Facts may come in any order. A check at the very moment of a claim counts as later than it.
    """
    claim = facts.claim
    conclusive = sorted((c for c in facts.checks if c.outcome in CONCLUSIVE), key=lambda c: c.at)
    latest = conclusive[-1] if conclusive else None

    if _came_back(conclusive, facts.sightings):
        return Verdict(Standing.REAPPEARED)
    if latest and latest.outcome == "gone":
        return Verdict(Standing.REMOVED, silent=claim is None or claim.kind not in SAYS_GONE)
    if (
        claim
        and claim.kind in SAYS_GONE | {"geo_blocked"}
        and latest
        and latest.outcome == "live"
        and latest.at >= claim.at
    ):
        return Verdict(Standing.CONTRADICTED)
    if (latest and latest.outcome == "blocked_here") or (claim and claim.kind == "geo_blocked"):
        return Verdict(Standing.GEO_BLOCKED)
    if claim and claim.kind in SAYS_GONE:
        tried = any(check.at >= claim.at for check in facts.checks)
        return Verdict(Standing.UNVERIFIABLE if tried else Standing.CLAIMED)
    if claim:
        return Verdict(Standing(claim.kind))
    return Verdict(Standing.OPEN)


def _came_back(conclusive: Sequence[CheckFact], sightings: Sequence[datetime]) -> bool:
    """The latest thing established, by a check or a sighting, is that it is there, after an earlier `gone`."""
    signs = [*conclusive, *(CheckFact("live", at) for at in sightings)]
    latest = max(signs, key=lambda sign: sign.at, default=None)
    if latest is None or latest.outcome != "live":
        return False
    return any(check.outcome == "gone" and check.at < latest.at for check in conclusive)
