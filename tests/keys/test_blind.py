"""Equal values are found without being readable."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import MasterKeysMissing
from keys.services import blind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Minji", "minji"),
        ("  minji ", "minji"),
        ("ｍｉｎｊｉ", "minji"),
        ("민지", "\u1106\u1175\u11ab\u110c\u1175"),  # composed and conjoining jamo
        ("STRASSE", "straße"),
        ("@Handle", "@handle"),
    ],
)
def test_ways_of_writing_one_value_meet(one: str, other: str):
    assert blind(one, kind="name") == blind(other, kind="name")


def test_other_values_other_kinds_and_other_secrets_do_not_meet(settings: Any):
    before = blind("minji", kind="name")
    assert before != blind("minjo", kind="name")
    assert before != blind("minji", kind="handle")
    settings.BLIND_INDEX_KEY = "another secret of the same house!"
    assert before != blind("minji", kind="name")


@given(value=st.text(max_size=50))
def test_any_text_has_a_digest_that_repeats(value: str):
    digest = blind(value, kind="name")
    assert digest == blind(value, kind="name")
    assert len(digest) == 64


def test_folding_is_settled_after_one_pass():
    assert blind("\u0345\u03b1", kind="x") == blind("\u0345\u03b1".casefold(), kind="x")


@pytest.mark.parametrize("secret", ["", "short"])
def test_without_a_secret_nothing_is_blinded(settings: Any, secret: str):
    settings.BLIND_INDEX_KEY = secret
    with pytest.raises(MasterKeysMissing):
        blind("minji", kind="name")
