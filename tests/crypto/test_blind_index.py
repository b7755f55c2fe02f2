from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodian.crypto import blind_index, canonical
from custodian.crypto.private_use import STANDARD_CHARACTERS

FROZEN = json.loads((Path(__file__).parents[1] / "vectors" / "blind_index.json").read_text("utf-8"))
KEY, OTHER = bytes(32), b"1" * 32
NORMALISERS = [name for name in blind_index.__all__ if name.startswith("normalise_")]


@pytest.mark.parametrize(("kind", "given", "expected"), FROZEN["normalised"])
def test_frozen_spellings_hold(kind: str, given: str, expected: str) -> None:
    assert getattr(blind_index, f"normalise_{kind}")(given) == expected


@pytest.mark.parametrize("name", NORMALISERS)
@given(value=st.text(max_size=30))
def test_normalising_twice_changes_nothing(name: str, value: str) -> None:
    normalise = getattr(blind_index, name)
    assert normalise(normalise(value)) == normalise(value)


@pytest.mark.parametrize("left_right", [("王伟", "王玮"), ("买买提·阿不都", "买买提阿不都")])
def test_different_names_stay_different(left_right: tuple[str, str]) -> None:
    left, right = map(blind_index.normalise_name, left_right)
    assert left != right


def test_private_use_characters_stand_where_gb_18030_puts_them() -> None:
    trails = [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
    for place, trail in enumerate(trails, start=0xE815):
        character = bytes([0xFE, trail]).decode("gb18030")
        # Python keeps a few of them in the private use area still, at the very same place.
        assert character in (chr(place), STANDARD_CHARACTERS[place])
    assert all(not "\ue000" <= c <= "\uf8ff" for c in STANDARD_CHARACTERS.values())
    assert len(set(STANDARD_CHARACTERS.values())) == len(STANDARD_CHARACTERS) == 82


def test_frozen_indexes_hold() -> None:
    for vector in FROZEN["indexes"]:
        key = bytes.fromhex(vector["key"])
        if "values" in vector:
            made = blind_index.combined_index(vector["values"], key=key, length=vector["length"])
        elif "bits" in vector:
            made = blind_index.index_of_bits(vector["value"], key=key, bits=vector["bits"])
        else:
            made = blind_index.index(vector["value"], key=key, length=vector["length"])
        assert made.hex() == vector["index"]


def test_an_index_depends_on_value_and_key_and_on_nothing_else() -> None:
    made = blind_index.index("13800138000", key=KEY)
    assert made == blind_index.index("13800138000", key=KEY)
    assert made != blind_index.index("13800138001", key=KEY)
    assert made != blind_index.index("13800138000", key=OTHER)
    assert len(made) == 16
    assert blind_index.index("13800138000", key=KEY, length=4) == made[:4]


def test_values_combined_cannot_trade_characters() -> None:
    left = blind_index.combined_index(["王小", "明1990"], key=KEY)
    assert left != blind_index.combined_index(["王小明", "1990"], key=KEY)
    assert left != blind_index.combined_index(["明1990", "王小"], key=KEY)


@pytest.mark.parametrize("length", [0, -1, 33])
def test_an_index_of_impossible_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="1 to 32"):
        blind_index.index("x", key=KEY, length=length)


def test_an_empty_value_is_not_indexed() -> None:
    for values in ([], [""], ["王小明", ""]):
        with pytest.raises(ValueError, match="empty value"):
            blind_index.combined_index(values, key=KEY)


@pytest.mark.parametrize("bits", [1, 7, 8, 9, 11, 16, 20])
def test_a_coarse_index_keeps_so_many_bits_and_no_more(bits: int) -> None:
    seen = {blind_index.index_of_bits(str(n), key=KEY, bits=bits) for n in range(3_000)}
    assert len(seen) <= 2**bits
    unused = len(next(iter(seen))) * 8 - bits
    assert all(int.from_bytes(index, "big") % 2**unused == 0 for index in seen)
    if bits <= 8:
        assert len(seen) == 2**bits


@pytest.mark.parametrize("bits", [0, -1, 257])
def test_a_coarse_index_of_impossible_size_is_refused(bits: int) -> None:
    with pytest.raises(ValueError, match="1 to"):
        blind_index.index_of_bits("x", key=KEY, bits=bits)


@pytest.mark.parametrize(("distinct", "rows", "bits"), FROZEN["planned_bits"])
def test_frozen_plans_hold(distinct: int, rows: int, bits: int) -> None:
    assert blind_index.planned_bits(distinct, rows) == bits


@given(distinct=st.integers(0, 10**12), rows=st.integers(0, 10**9))
def test_a_plan_is_coarse_enough_to_hide_and_fine_enough_to_find(distinct: int, rows: int) -> None:
    if bits := blind_index.planned_bits(distinct, rows):
        shared = rows / min(2**bits, distinct)
        assert rows / 2**bits >= 2
        assert shared**2 <= rows


def test_a_field_of_two_values_gets_no_index_however_many_rows() -> None:
    assert {blind_index.planned_bits(2, 10**n) for n in range(9)} == {0}


def resident_id(number: int) -> str:
    born, order = divmod(number, 100)
    day, month, year = born % 28 + 1, born // 28 % 12 + 1, 1950 + born // 336
    digits = f"110105{year}{month:02}{day:02}{order:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
    return digits + "10X98765432"[check]


def test_a20_nothing_computable_from_a_dump_finds_an_index() -> None:
    elements = ["identity.id_number", "policy.number"]
    keys = {element: hashlib.sha256(element.encode()).digest() for element in elements}
    held = [resident_id(number) for number in range(0, 100_000, 1_000)]
    indexes = {blind_index.index(value, key=keys[elements[0]]) for value in held}
    # What lies in the dump beside them: names, other indexes, public ids.
    strings = [b"", b"QH", b"identity.id_number", b"custodian index 1", next(iter(indexes))]
    candidates = {resident_id(number) for number in range(100_000)}
    assert len(candidates) == 100_000

    hits = 0
    for candidate in candidates:
        plain = candidate.encode()
        hits += hashlib.sha256(plain).digest()[:16] in indexes
        hits += hashlib.sha3_256(plain).digest()[:16] in indexes
        hits += hashlib.md5(plain, usedforsecurity=False).digest() in indexes
        encoded = canonical.encode(candidate)
        hits += hashlib.sha256(encoded).digest()[:16] in indexes
        for string in strings:
            hits += hmac.digest(string, encoded, "sha256")[:16] in indexes
    assert hits == 0
    # The same search with the key finds everyone, so the search itself works.
    found = {blind_index.index(candidate, key=keys[elements[0]]) for candidate in candidates}
    assert indexes <= found


def test_a20_equal_values_differ_over_elements_and_insurers() -> None:
    from custodian.crypto.key_file import Roots
    from custodian.crypto.keyring import Keyring, LocalKeks
    from custodian.crypto.suites import Suite

    suite, roots = Suite.AES_256_GCM, Roots(bytes(32), bytes(32), bytes(32))
    keks = LocalKeks({1: bytes(32)}, current=1, suite=suite)
    made = {
        blind_index.index("13800138000", key=ring.index_key(element))
        for ring in (Keyring(insurer=i, suite=suite, keks=keks, roots=roots) for i in ("QH", "BH"))
        for element in ("identity.mobile", "identity.landline", "policy.number")
    }
    assert len(made) == 6
