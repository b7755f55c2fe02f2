from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from unittest import mock
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodian.crypto import canonical
from custodian.crypto.committing import OVERHEAD
from custodian.crypto.envelope import (
    VALUE_DOMAIN,
    Context,
    DataKey,
    holding_mac,
    holding_mac_matches,
    open_sealed,
    seal,
    state_hash,
    value_version,
)
from custodian.crypto.errors import CryptoError, OpenFailed
from custodian.crypto.suites import Suite

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "envelope.json"
FROZEN = json.loads(VECTORS.read_text(encoding="utf-8"))
DEK, OTHER_DEK = bytes(range(32)), bytes(range(1, 33))
HOLDING = UUID("6f1c2d3e-4a5b-4c6d-8e7f-901a2b3c4d5e")
STRANGER = UUID("7f1c2d3e-4a5b-4c6d-8e7f-901a2b3c4d5e")
HOME = Context("QH", HOLDING, "identity.mobile", 3, b"key 1")
ELSEWHERE = {
    "insurer": "BH",
    "holding": STRANGER,
    "element": "identity.landline",
    "version": 4,
    "key_id": b"key 2",
}
both_suites = pytest.mark.parametrize("suite", list(Suite))


@both_suites
@given(plaintext=st.binary(max_size=300))
def test_opening_undoes_sealing(suite: Suite, plaintext: bytes) -> None:
    blob = seal(plaintext, dek=DEK, context=HOME, suite=suite)
    assert open_sealed(blob, dek=DEK, context=HOME) == plaintext
    assert len(blob) == len(plaintext) + OVERHEAD


@both_suites
@given(data=st.data())
def test_one_flipped_bit_is_refused(suite: Suite, data: st.DataObject) -> None:
    blob = bytearray(seal(b"13800138000", dek=DEK, context=HOME, suite=suite))
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(OpenFailed):
        open_sealed(bytes(blob), dek=DEK, context=HOME)


@both_suites
@pytest.mark.parametrize("length", [0, 1, 5, 6, 37, 38, 49, 50, 65])
def test_a_cut_value_is_refused(suite: Suite, length: int) -> None:
    blob = seal(b"", dek=DEK, context=HOME, suite=suite)
    assert len(blob) == OVERHEAD
    with pytest.raises(OpenFailed):
        open_sealed(blob[:length], dek=DEK, context=HOME)


@both_suites
@pytest.mark.parametrize("part", list(ELSEWHERE))
def test_a15_a_value_moved_elsewhere_never_opens(suite: Suite, part: str) -> None:
    blob = seal(b"13800138000", dek=DEK, context=HOME, suite=suite)
    moved = HOME._replace(**{part: ELSEWHERE[part]})
    with pytest.raises(OpenFailed) as failure:
        open_sealed(blob, dek=DEK, context=moved)
    assert str(failure.value) == "sealed bytes did not open"
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__ or failure.value.__context__ is None


@both_suites
def test_a15_every_refusal_reads_the_same(suite: Suite) -> None:
    blob = seal(b"13800138000", dek=DEK, context=HOME, suite=suite)
    attempts = [
        (blob, OTHER_DEK, HOME),
        (blob[:-1], DEK, HOME),
        (b"", DEK, HOME),
        (b"\x09" + blob[1:], DEK, HOME),
        (blob[:1] + b"\x09" + blob[2:], DEK, HOME),
        (blob[:-1] + bytes([blob[-1] ^ 1]), DEK, HOME),
        (blob, DEK, HOME._replace(version=-1)),
    ]
    told = set()
    for sealed, dek, context in attempts:
        with pytest.raises(CryptoError) as failure:
            open_sealed(sealed, dek=dek, context=context)
        told.add((type(failure.value), str(failure.value)))
    assert told == {(OpenFailed, "sealed bytes did not open")}


def test_a15_two_rows_with_swapped_values_both_refuse() -> None:
    key, other = DataKey(DEK, Suite.AES_256_GCM), DataKey(OTHER_DEK, Suite.AES_256_GCM)
    mine = key.context(insurer="QH", holding=HOLDING, element="identity.mobile", version=1)
    theirs = other.context(insurer="QH", holding=STRANGER, element="identity.mobile", version=1)
    with pytest.raises(OpenFailed):
        key.open(other.seal(b"theirs", context=theirs), context=mine)
    with pytest.raises(OpenFailed):
        other.open(key.seal(b"mine", context=mine), context=theirs)


def test_a_value_of_one_suite_is_not_taken_for_the_other() -> None:
    blob = seal(b"x" * 16, dek=DEK, context=HOME, suite=Suite.AES_256_GCM)
    relabelled = blob[:1] + bytes([Suite.SM4_GCM]) + blob[2:]
    with pytest.raises(OpenFailed):
        open_sealed(relabelled, dek=DEK, context=HOME)
    with pytest.raises(OpenFailed):
        DataKey(DEK, Suite.SM4_GCM).open(blob, context=HOME)


@both_suites
def test_rows_read_as_memoryviews_open(suite: Suite) -> None:
    key = DataKey(DEK, suite)
    blob = key.seal(b"13800138000", context=HOME)
    assert key.open(memoryview(blob), context=HOME) == b"13800138000"


def test_the_value_version_is_readable_without_a_key() -> None:
    assert value_version(seal(b"", dek=DEK, context=HOME, suite=Suite.SM4_GCM)) == 3


@pytest.mark.parametrize("kind", [0, 2, 3, 255])
def test_only_a_value_has_a_value_version(kind: int) -> None:
    blob = seal(b"", dek=DEK, context=HOME, suite=Suite.SM4_GCM)
    with pytest.raises(OpenFailed):
        value_version(bytes([kind]) + blob[1:])


@pytest.mark.parametrize("version", [-1, 1 << 32])
def test_a_version_that_does_not_fit_is_not_sealed(version: int) -> None:
    with pytest.raises(ValueError, match="from 0 to"):
        seal(b"", dek=DEK, context=HOME._replace(version=version), suite=Suite.AES_256_GCM)


@pytest.mark.parametrize("dek", [b"", DEK[:31], DEK + b"x"])
def test_a_dek_of_another_length_is_refused(dek: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(dek, Suite.AES_256_GCM)


def test_a_key_is_neither_printed_nor_pickled() -> None:
    key = DataKey(DEK, Suite.AES_256_GCM)
    assert repr(key) == "<DataKey>"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(key)


def test_frozen_values_open_and_are_sealed_to_the_same_bytes() -> None:
    for vector in FROZEN["values"]:
        key = DataKey(bytes.fromhex(vector["dek"]), Suite[vector["suite"]])
        context = Context(
            vector["insurer"],
            UUID(vector["holding"]),
            vector["element"],
            vector["version"],
            bytes.fromhex(vector["key_id"]),
        )
        plaintext, blob = vector["plaintext"].encode(), bytes.fromhex(vector["blob"])
        assert key.key_id == context.key_id
        assert context.aad(VALUE_DOMAIN, key.suite).hex() == vector["aad"]
        assert key.open(blob, context=context) == plaintext
        with mock.patch("os.urandom", return_value=bytes.fromhex(vector["nonce"])):
            assert key.seal(plaintext, context=context) == blob


def test_a_short_script_opens_the_frozen_values_without_this_project() -> None:
    script = Path(__file__).with_name("open_without_us.py")
    source = script.read_text(encoding="utf-8")
    code = [line for line in source.splitlines() if line and not line.startswith('"""')]
    assert len(code) <= 20
    assert "custodian." not in source
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", str(script)],
        input=VECTORS.read_text(encoding="utf-8"),
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout.split("\n")[:-1] == [vector["plaintext"] for vector in FROZEN["values"]]


VALUES = {"identity.mobile": b"one", "identity.name": b"two"}


@pytest.fixture(params=list(Suite))
def key(request: pytest.FixtureRequest) -> DataKey:
    return DataKey(DEK, request.param)


@pytest.mark.parametrize(
    ("holding", "epoch", "values"),
    [
        (STRANGER, 1, VALUES),
        (HOLDING, 2, VALUES),
        (HOLDING, 1, {**VALUES, "identity.name": b"old"}),
        (HOLDING, 1, {"identity.mobile": b"one"}),
        (HOLDING, 1, {"identity.mobile": b"two", "identity.name": b"one"}),
        (HOLDING, 1, {**VALUES, "identity.sex": b""}),
    ],
)
def test_a_value_or_row_put_back_breaks_the_holding_mac(
    key: DataKey, holding: UUID, epoch: int, values: dict[str, bytes]
) -> None:
    mac = holding_mac(key, holding=HOLDING, epoch=1, values=VALUES)
    assert holding_mac_matches(mac, key, holding=HOLDING, epoch=1, values=VALUES)
    assert not holding_mac_matches(mac, key, holding=holding, epoch=epoch, values=values)


def test_the_holding_mac_needs_the_key_and_ignores_order(key: DataKey) -> None:
    mac = holding_mac(key, holding=HOLDING, epoch=1, values=VALUES)
    backwards = dict(reversed(VALUES.items()))
    assert holding_mac(key, holding=HOLDING, epoch=1, values=backwards) == mac
    other = DataKey(OTHER_DEK, key.suite)
    assert not holding_mac_matches(mac, other, holding=HOLDING, epoch=1, values=VALUES)
    assert mac != state_hash(holding=HOLDING, epoch=1, values=VALUES)


def test_frozen_holding_states_hold() -> None:
    for vector in FROZEN["states"]:
        key = DataKey(bytes.fromhex(vector["dek"]), Suite[vector["suite"]])
        state = {
            "holding": UUID(vector["holding"]),
            "epoch": vector["epoch"],
            "values": {name: bytes.fromhex(blob) for name, blob in vector["values"].items()},
        }
        assert state_hash(**state).hex() == vector["state_hash"]
        assert holding_mac(key, **state).hex() == vector["mac"]


parts = st.one_of(st.binary(max_size=6), st.text(max_size=6), st.integers(), st.uuids())


@given(st.lists(parts, max_size=4), st.lists(parts, max_size=4))
def test_different_sequences_never_share_canonical_bytes(left: list, right: list) -> None:
    def typed(sequence: list) -> list[tuple[type, object]]:
        return [(type(part), part) for part in sequence]

    assert (canonical.encode(*left) == canonical.encode(*right)) == (typed(left) == typed(right))


def test_canonical_bytes_are_what_the_page_says() -> None:
    assert canonical.encode("张", 7) == b"s\x00\x00\x00\x03\xe5\xbc\xa0i\x00\x00\x00\x017"
    assert canonical.encode(HOLDING, b"") == b"u\x00\x00\x00\x10" + HOLDING.bytes + b"b" + bytes(4)


@pytest.mark.parametrize("part", [True, None, 1.5, bytearray(b"x")])
def test_parts_of_other_types_are_refused(part: object) -> None:
    with pytest.raises(TypeError, match="cannot encode"):
        canonical.encode(part)
