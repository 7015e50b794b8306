"""The words of this room agree with the codes of the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.forms.cases import OutcomeForm
from cases.queries.history import ranges
from cases.queries.tally import REMOVAL_BASES
from cases.rules import OUTCOME_STANDINGS
from cases.states import OutcomeKind, Standing
from cases.words import BASES, CLAIMS, LINK_ERRORS, METHODS
from platforms.checkers import CHECKERS
from platforms.locators import ERRORS
from takedowns.states import Basis, ClaimKind


def test_every_reading_error_has_its_sentence() -> None:
    assert {code: str(words) for code, words in LINK_ERRORS.items()} == ERRORS


def test_claims_and_bases_are_worded_as_in_the_room_above() -> None:
    assert {code: str(words) for code, words in CLAIMS.items()} == {k.value: str(k.label) for k in ClaimKind}
    assert {code: str(words) for code, words in BASES.items()} == {
        b.value: str(b.label) for b in Basis if b != Basis.VOID
    }
    assert set(REMOVAL_BASES) == set(BASES)


def test_every_method_of_a_check_has_its_words() -> None:
    assert {method for method, _look in CHECKERS.values()} | {"by_hand", "none"} == set(METHODS)


def test_every_outcome_is_decided() -> None:
    assert set(OUTCOME_STANDINGS) == set(OutcomeKind)


@pytest.mark.parametrize("standing", list(Standing))
def test_the_form_offers_what_the_rules_allow(standing: Standing) -> None:
    form = OutcomeForm().offer_for(standing)
    offered = {code for code, _label in form.fields["kind"].choices}  # type: ignore[attr-defined]
    assert offered == {kind.value for kind in OutcomeKind if standing in OUTCOME_STANDINGS[kind]}


@given(st.sets(st.integers(1, 300)))
def test_ranges_lose_no_number(numbers: set[int]) -> None:
    told = ranges(numbers)
    spelled: set[int] = set()
    for part in filter(None, told.split(", ")):
        first, _dash, last = part.partition("–")
        spelled |= set(range(int(first), int(last or first) + 1))
    assert spelled == numbers
