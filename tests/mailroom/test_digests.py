"""The same mail by two ways is the same; anything else is not."""

from hypothesis import assume, given
from hypothesis import strategies as st

from mailroom.digests import content_digest, is_copy

LETTER = b"From: a@b.test\r\nSubject: one\r\n two\r\nMessage-ID: <1@b.test>\r\n\r\nbody\r\n"
words = st.text(alphabet="abc XYZ0", min_size=1, max_size=20)
trace = st.lists(
    st.tuples(
        st.sampled_from(["Received", "Return-Path", "DELIVERED-TO", "DKIM-Signature", "ARC-Seal", "X-Spam-Status"]),
        words,
        words,
    ),
    max_size=6,
)


def with_trace(headers: list[tuple[str, str, str]], data: bytes) -> bytes:
    return b"".join(f"{name}: {one}\r\n\t{two}\r\n".encode() for name, one, two in headers) + data


@given(one=trace, other=trace)
def test_marks_of_the_way_do_not_count(one: list[tuple[str, str, str]], other: list[tuple[str, str, str]]) -> None:
    assert content_digest(with_trace(one, LETTER)) == content_digest(with_trace(other, LETTER))
    assert is_copy(letter=LETTER, mail=with_trace(one, LETTER))


@given(place=st.integers(0, len(LETTER) - 1), letter=st.integers(0, 255))
def test_any_other_byte_counts(place: int, letter: int) -> None:
    assume(letter != LETTER[place])
    changed = LETTER[:place] + bytes([letter]) + LETTER[place + 1 :]
    assert not is_copy(letter=LETTER, mail=changed)


@given(data=st.binary(max_size=500))
def test_any_bytes_have_a_digest(data: bytes) -> None:
    assert len(content_digest(data)) == 64
    assert is_copy(letter=data, mail=data)


def test_a_trace_header_in_the_body_counts() -> None:
    assert content_digest(LETTER + b"Received: x\r\n") != content_digest(LETTER)
