"""Packages that are not what they should be are refused before anything is read, with one entry each (A30)."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodian.drills.handover.houses import Refused
from tests.handover.two import Two


def test_nothing_but_the_package_that_is_meant_comes_in(two: Two, tmp_path: Path) -> None:
    two.introduce(8)
    two.freeze()
    path = Path(two.pack())
    raw = path.read_bytes()
    refused = two.buyer.refusals()

    def tried(name: str, content: bytes, code: str) -> None:
        nonlocal refused
        altered = tmp_path / name
        altered.write_bytes(content)
        with pytest.raises(Refused) as raised:
            two.buyer.take(path=str(altered))
        refused += 1
        assert (raised.value.name, raised.value.code) == ("PackageRefused", code), name
        assert two.buyer.refusals() == refused, name
        assert two.buyer.leftovers()["files"] == 0, name

    for place, code in (
        (3, "signature"),
        (40, "signature"),
        (len(raw) // 2, "signature"),
        (len(raw) - 200, "signature"),
        (len(raw) - 100, "signature"),
        (len(raw) - 1, "not-a-package"),
    ):
        tried(f"flipped-{place}", _flipped(raw, place), code)
    tried("cut", raw[:-1000], "not-a-package")
    tried("longer", raw + b"\0" * 128, "not-a-package")
    tried("empty", b"", "not-a-package")
    tried("zip", b"PK\x03\x04" + raw, "signature")

    two.buyer.take(path=str(path))
    two.buyer.lay_out(arrival=1)
    refused = two.buyer.refusals()
    with pytest.raises(Refused) as raised:
        two.buyer.take(path=str(path))
    assert raised.value.code == "again"
    assert two.buyer.refusals() == refused + 1
    assert two.buyer.records() == 8


def test_a_package_for_somebody_else_an_old_one_and_a_strangers_are_refused(two: Two) -> None:
    two.introduce(4)
    two.freeze()
    path = two.pack()
    assert two.buyer.refuses(path=path, days=40) == "expired"
    assert two.buyer.refuses(path=path, days=-2) == "not-yet-valid"
    assert two.buyer.refuses(path=path, how="another-recipient") == "wrong-recipient"
    assert two.buyer.refuses(path=path, how="key-ended") == "key-gone"
    assert two.buyer.refuses(path=path, how="transfer-stopped") == "unknown-sender"
    assert two.buyer.refuses(path=path, how="identity-ended") == "unknown-sender"
    two.buyer.take(path=path)


def _flipped(raw: bytes, place: int) -> bytes:
    damaged = bytearray(raw)
    damaged[place] ^= 1
    return bytes(damaged)
