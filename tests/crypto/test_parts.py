from __future__ import annotations

import io
import json
import os
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from unittest import mock
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodian.crypto.envelope import Context, DataKey
from custodian.crypto.errors import OpenFailed
from custodian.crypto.parts import PART_LENGTH, PartFile, open_parts, seal_parts
from custodian.crypto.suites import Suite

FROZEN = json.loads((Path(__file__).parents[1] / "vectors" / "envelope.json").read_text("utf-8"))
KEY = DataKey(bytes(32), Suite.AES_256_GCM)
CONTEXT = KEY.context(insurer="QH", holding=UUID(int=1), element="document.file", version=1)
PLAIN = bytes(range(256)) * (PART_LENGTH * 3 // 256) + b"tail"


def opened(frames: list[bytes], *, key: DataKey = KEY, context: Context = CONTEXT) -> bytes:
    return b"".join(open_parts(frames, key=key, context=context))


@pytest.fixture
def frames() -> list[bytes]:
    sealed = list(seal_parts([PLAIN], key=KEY, context=CONTEXT))
    assert len(sealed) == 5
    return sealed


@pytest.mark.parametrize("suite", list(Suite))
@pytest.mark.parametrize("length", [0, 1, PART_LENGTH - 1, PART_LENGTH, PART_LENGTH + 1, 200_000])
def test_a_file_of_any_size_comes_back(suite: Suite, length: int) -> None:
    key, plain = DataKey(bytes(32), suite), b"x" * length
    assert opened(list(seal_parts([plain], key=key, context=CONTEXT)), key=key) == plain


@given(st.lists(st.integers(0, 90_000), max_size=6), st.integers(1, 90_000))
def test_how_the_stream_is_chunked_does_not_matter(sizes: list[int], read: int) -> None:
    chunks = [bytes([number]) * size for number, size in enumerate(sizes)]
    sealed = b"".join(seal_parts(chunks, key=KEY, context=CONTEXT))
    rechunked = [sealed[at : at + read] for at in range(0, len(sealed), read)]
    assert opened(rechunked) == b"".join(chunks)


def test_no_part_can_be_dropped_repeated_moved_or_cut_off(frames: list[bytes]) -> None:
    head, one, two, three, last = frames
    assert opened(frames) == PLAIN
    for damaged in (
        [],
        [head],
        [head, one, two, three],
        [head, one, three, last],
        [head, one, one, two, three, last],
        [head, two, one, three, last],
        [head, last],
        [head, one, two, three, last[:-1]],
        [head, one, two, three, last, b"more"],
        [head, one, two, three, last, last],
        [head[:-1]],
        [head[:5]],
    ):
        with pytest.raises(OpenFailed):
            opened(damaged)


def test_a_part_cannot_be_made_the_last_one(frames: list[bytes]) -> None:
    head, one, *_ = frames
    with pytest.raises(OpenFailed):
        opened([head, bytes([one[0] | 0x80]) + one[1:]])


def test_a_part_of_another_file_is_refused(frames: list[bytes]) -> None:
    other = list(seal_parts([PLAIN], key=KEY, context=CONTEXT))
    with pytest.raises(OpenFailed):
        opened([*frames[:2], other[2], *frames[3:]])


def test_a_length_beyond_a_part_is_refused_before_it_is_read(frames: list[bytes]) -> None:
    def stream() -> Iterator[bytes]:
        yield frames[0]
        yield b"\x7f\xff\xff\xff"
        pytest.fail("a part of two gigabytes was being read")

    with pytest.raises(OpenFailed):
        b"".join(open_parts(stream(), key=KEY, context=CONTEXT))


def test_a16_a_file_without_its_keys_commitment_is_refused(frames: list[bytes]) -> None:
    head = frames[0]
    for commitment in (bytes(32), KEY.commitment):
        with pytest.raises(OpenFailed):
            opened([head[:6] + commitment + head[38:], *frames[1:]])


def test_a_file_moved_elsewhere_never_opens(frames: list[bytes]) -> None:
    for changed in (
        CONTEXT._replace(holding=UUID(int=2)),
        CONTEXT._replace(insurer="BH"),
        CONTEXT._replace(version=2),
        CONTEXT._replace(element="document.other"),
    ):
        with pytest.raises(OpenFailed):
            opened(frames, context=changed)
    with pytest.raises(OpenFailed):
        opened(frames, key=DataKey(b"1" * 32, Suite.AES_256_GCM))


def at_any_place(sealed: bytes, *, key: DataKey = KEY, context: Context = CONTEXT) -> PartFile:
    return PartFile(io.BytesIO(sealed), key=key, context=context)


@given(
    st.integers(0, 3 * PART_LENGTH + 3),
    st.lists(st.tuples(st.integers(0, 220_000), st.integers(0, 90_000)), max_size=8),
)
def test_a_file_is_read_at_any_place(length: int, reads: list[tuple[int, int]]) -> None:
    plain = PLAIN[:length]
    with io.BufferedReader(
        at_any_place(b"".join(seal_parts([plain], key=KEY, context=CONTEXT)))
    ) as file:
        assert file.seek(0, os.SEEK_END) == length
        for place, count in reads:
            file.seek(place)
            assert file.read(count) == plain[place : place + count]


def test_a_file_that_was_cut_or_altered_is_not_read_at_any_place(frames: list[bytes]) -> None:
    head, one, two, three, last = frames
    assert at_any_place(b"".join(frames)).readall() == PLAIN
    whole = b"".join(frames)
    for damaged in (
        b"",
        whole[:10],
        head,
        whole[:-1],
        whole[: -len(last)],
        whole + b"x",
        whole + last,
        head + two + one + three + last,
        head + one + one + three + last,
        whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
    ):
        with pytest.raises(OpenFailed):
            at_any_place(damaged).readall()
    with pytest.raises(OpenFailed):
        at_any_place(whole, key=DataKey(b"1" * 32, Suite.AES_256_GCM))
    with pytest.raises(OpenFailed):
        at_any_place(whole, context=CONTEXT._replace(version=2))


def test_a_value_is_not_taken_for_a_file_nor_a_file_for_a_value(frames: list[bytes]) -> None:
    with pytest.raises(OpenFailed):
        opened([KEY.seal(b"x" * 100, context=CONTEXT)])
    with pytest.raises(OpenFailed):
        KEY.open(b"".join(frames), context=CONTEXT)


def test_a_large_file_passes_in_constant_memory() -> None:
    chunks = (b"x" * 10_000 for _ in range(2_000))
    tracemalloc.start()
    sealed = seal_parts(chunks, key=KEY, context=CONTEXT)
    total = sum(len(part) for part in open_parts(sealed, key=KEY, context=CONTEXT))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 20_000_000
    assert peak < 2_000_000


def test_frozen_files_are_sealed_to_the_same_bytes() -> None:
    for vector in FROZEN["parts"]:
        key = DataKey(bytes.fromhex(vector["dek"]), Suite[vector["suite"]])
        context = key.context(
            insurer=vector["insurer"],
            holding=UUID(vector["holding"]),
            element=vector["element"],
            version=vector["version"],
        )
        plain = b"0123456789abcdef" * 4097
        with mock.patch("os.urandom", return_value=bytes.fromhex(vector["salt"])):
            sealed = b"".join(seal_parts([plain], key=key, context=context))
        assert sealed[:54].hex() == vector["head"]
        assert sha256(sealed).hexdigest() == vector["sealed_sha256"]
        assert opened([sealed], key=key, context=context) == plain
