"""The table of standings, row by row, and that it is total."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.standing import CheckFact, ClaimFact, Facts, Verdict, standing_of
from cases.states import Standing

T0 = datetime(2024, 9, 3, 9, 0, tzinfo=UTC)


def hour(n: int) -> datetime:
    return T0 + timedelta(hours=n)


def claim(kind: str, at: int) -> ClaimFact:
    return ClaimFact(kind, hour(at))


def checks(*rows: tuple[str, int]) -> list[CheckFact]:
    return [CheckFact(outcome, hour(at)) for outcome, at in rows]


TABLE = [
    ("nothing known", Facts(), Verdict(Standing.OPEN)),
    ("live, no claim", Facts(checks=checks(("live", 1))), Verdict(Standing.OPEN)),
    ("claim, no check", Facts(claim("removed", 1)), Verdict(Standing.CLAIMED)),
    ("not found, no check", Facts(claim("not_found", 1)), Verdict(Standing.CLAIMED)),
    ("claim after a live check", Facts(claim("removed", 2), checks(("live", 1))), Verdict(Standing.CLAIMED)),
    ("claim borne out", Facts(claim("removed", 1), checks(("gone", 2))), Verdict(Standing.REMOVED)),
    ("gone before the claim", Facts(claim("removed", 2), checks(("gone", 1))), Verdict(Standing.REMOVED)),
    ("gone without a word", Facts(checks=checks(("gone", 1))), Verdict(Standing.REMOVED, silent=True)),
    ("gone though refused", Facts(claim("refused", 1), checks(("gone", 2))), Verdict(Standing.REMOVED, silent=True)),
    ("claim contradicted", Facts(claim("removed", 1), checks(("live", 2))), Verdict(Standing.CONTRADICTED)),
    ("block contradicted", Facts(claim("geo_blocked", 1), checks(("live", 2))), Verdict(Standing.CONTRADICTED)),
    (
        "contradicted, then cannot tell",
        Facts(claim("removed", 1), checks(("live", 2), ("cannot_verify", 3))),
        Verdict(Standing.CONTRADICTED),
    ),
    (
        "contradicted, gone at last",
        Facts(claim("removed", 1), checks(("live", 2), ("gone", 3))),
        Verdict(Standing.REMOVED),
    ),
    ("live again after gone", Facts(checks=checks(("gone", 1), ("live", 2))), Verdict(Standing.REAPPEARED)),
    (
        "live again after claim and gone",
        Facts(claim("removed", 1), checks(("gone", 2), ("live", 3))),
        Verdict(Standing.REAPPEARED),
    ),
    (
        "came back and went",
        Facts(claim("removed", 1), checks(("gone", 2), ("live", 3), ("gone", 4))),
        Verdict(Standing.REMOVED),
    ),
    (
        "cannot_verify leaves a return standing",
        Facts(checks=checks(("gone", 1), ("live", 2), ("cannot_verify", 3))),
        Verdict(Standing.REAPPEARED),
    ),
    ("seen after gone", Facts(checks=checks(("gone", 1)), sightings=[hour(2)]), Verdict(Standing.REAPPEARED)),
    (
        "seen before gone",
        Facts(checks=checks(("gone", 2)), sightings=[hour(1)]),
        Verdict(Standing.REMOVED, silent=True),
    ),
    ("seen, never gone", Facts(sightings=[hour(1)]), Verdict(Standing.OPEN)),
    ("blocked here by check", Facts(checks=checks(("blocked_here", 1))), Verdict(Standing.GEO_BLOCKED)),
    ("blocked here by claim", Facts(claim("geo_blocked", 1)), Verdict(Standing.GEO_BLOCKED)),
    (
        "said removed, is only blocked",
        Facts(claim("removed", 1), checks(("blocked_here", 2))),
        Verdict(Standing.GEO_BLOCKED),
    ),
    ("cannot tell", Facts(claim("removed", 1), checks(("cannot_verify", 2))), Verdict(Standing.UNVERIFIABLE)),
    (
        "tried before the claim only",
        Facts(claim("removed", 2), checks(("cannot_verify", 1))),
        Verdict(Standing.CLAIMED),
    ),
    ("refused", Facts(claim("refused", 1)), Verdict(Standing.REFUSED)),
    ("refused and live", Facts(claim("refused", 1), checks(("live", 2))), Verdict(Standing.REFUSED)),
    ("asks for more", Facts(claim("need_info", 1)), Verdict(Standing.NEED_INFO)),
    ("works on it", Facts(claim("in_progress", 1)), Verdict(Standing.IN_PROGRESS)),
]


@pytest.mark.parametrize(("facts", "verdict"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_table(facts: Facts, verdict: Verdict) -> None:
    assert standing_of(facts) == verdict


moments = st.integers(0, 6).map(hour)
claims = st.none() | st.builds(
    ClaimFact,
    st.sampled_from(["removed", "not_found", "geo_blocked", "refused", "need_info", "in_progress"]),
    moments,
)
check_lists = st.lists(
    st.builds(CheckFact, st.sampled_from(["gone", "live", "blocked_here", "cannot_verify"]), moments), max_size=6
)


@given(claims, check_lists, st.lists(moments, max_size=3))
def test_total_and_never_removed_without_a_check(claim, checks, sightings) -> None:
    verdict = standing_of(Facts(claim, checks, sightings))
    assert verdict.standing in Standing
    if verdict.standing == Standing.REMOVED:
        conclusive = [check for check in checks if check.outcome != "cannot_verify"]
        last = max(check.at for check in conclusive)
        assert any(check.outcome == "gone" and check.at == last for check in conclusive)


@given(claims, check_lists)
def test_cannot_verify_never_changes_a_conclusion(claim, checks) -> None:
    certain = [check for check in checks if check.outcome != "cannot_verify"]
    before = standing_of(Facts(claim, certain))
    after = standing_of(Facts(claim, checks))
    if before.standing != Standing.CLAIMED:
        assert after == before
    else:
        assert after.standing in {Standing.CLAIMED, Standing.UNVERIFIABLE}
