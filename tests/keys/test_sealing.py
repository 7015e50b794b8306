"""The sealed form: what goes in comes out, and nothing else ever does."""

import os
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.errors import TamperedRecord
from keys.sealing import CHUNK, HEADER, TAG, open_with, seal_with

KEY = os.urandom(32)
RECORD = UUID(int=1)
STEP = CHUNK + TAG
THREE = os.urandom(CHUNK * 2 + 100)  # three chunks


def chunks(sealed: bytes) -> tuple[bytes, list[bytes]]:
    body = sealed[HEADER:]
    return sealed[:HEADER], [body[start : start + STEP] for start in range(0, len(body), STEP)]


@given(data=st.binary(max_size=3000), record=st.uuids())
def test_what_is_sealed_comes_back(data: bytes, record: UUID):
    assert open_with(KEY, record, seal_with(KEY, record, data)) == data


@given(edge=st.sampled_from([0, CHUNK, 2 * CHUNK, 3 * CHUNK]), off=st.integers(-2, 2))
@settings(deadline=None, max_examples=30)
def test_every_length_around_a_chunks_end_comes_back(edge: int, off: int):
    data = os.urandom(max(0, edge + off))
    sealed = seal_with(KEY, RECORD, data)
    assert open_with(KEY, RECORD, sealed) == data
    assert len(sealed) == HEADER + len(data) + TAG * max(1, -(-len(data) // CHUNK))


@given(where=st.integers(0, HEADER + 200 + TAG - 1), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_is_seen(where: int, bit: int):
    sealed = bytearray(seal_with(KEY, RECORD, b"x" * 200))
    sealed[where] ^= 1 << bit
    with pytest.raises(TamperedRecord):
        open_with(KEY, RECORD, bytes(sealed))


@pytest.mark.parametrize(
    "where",
    [
        0,
        1,
        HEADER - 1,
        HEADER,
        HEADER + CHUNK - 1,
        HEADER + CHUNK,
        HEADER + STEP - 1,
        HEADER + STEP,
        HEADER + 2 * STEP,
        -TAG - 1,
        -1,
    ],
)
def test_a_changed_byte_in_each_region_of_a_long_record_is_seen(where: int):
    sealed = bytearray(seal_with(KEY, RECORD, THREE))
    sealed[where] ^= 0xFF
    with pytest.raises(TamperedRecord):
        open_with(KEY, RECORD, bytes(sealed))


@pytest.mark.parametrize(
    "kept", [0, 1, 8, 9, 10, HEADER + TAG - 1, HEADER + STEP, HEADER + 2 * STEP, HEADER + STEP + 5, -1, -100]
)
def test_a_cut_record_is_seen_at_chunk_ends_too(kept: int):
    with pytest.raises(TamperedRecord):
        open_with(KEY, RECORD, seal_with(KEY, RECORD, THREE)[:kept])


@pytest.mark.parametrize("more", [b"x", b"x" * TAG, b"x" * STEP])
def test_a_lengthened_record_is_seen(more: bytes):
    with pytest.raises(TamperedRecord):
        open_with(KEY, RECORD, seal_with(KEY, RECORD, THREE) + more)


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 0, 2], [0, 2], [2], [0, 1], [0, 1, 1, 2], [0, 1, 2, 2]])
def test_moved_dropped_and_doubled_chunks_are_seen(order: list[int]):
    header, parts = chunks(seal_with(KEY, RECORD, THREE))
    with pytest.raises(TamperedRecord):
        open_with(KEY, RECORD, header + b"".join(parts[n] for n in order))


def test_a_chunk_of_another_sealing_of_the_same_record_is_seen():
    header, first = chunks(seal_with(KEY, RECORD, THREE))
    _other, second = chunks(seal_with(KEY, RECORD, THREE))
    with pytest.raises(TamperedRecord):
        open_with(KEY, RECORD, header + first[0] + second[1] + first[2])


def test_another_records_bytes_do_not_open_even_under_the_same_key():
    with pytest.raises(TamperedRecord):
        open_with(KEY, uuid4(), seal_with(KEY, RECORD, b"words"))


def test_another_key_does_not_open():
    with pytest.raises(TamperedRecord):
        open_with(os.urandom(32), RECORD, seal_with(KEY, RECORD, b"words"))


def test_no_two_sealings_share_a_nonce():
    prefixes = {seal_with(KEY, RECORD, b"the same")[1:HEADER] for _n in range(5000)}
    assert len(prefixes) == 5000


@given(noise=st.binary(max_size=200))
def test_noise_is_never_taken_for_a_record(noise: bytes):
    with pytest.raises(TamperedRecord):
        open_with(KEY, RECORD, noise)
