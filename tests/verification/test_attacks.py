"""Whatever is done to the log's rows is found, at the first entry that is wrong (A11)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from access.verification import run
from access.verification.run import Start
from access.verification.walk import Fault
from access.verification.words import sentence
from custodian.drills.attacks import ATTACKS, Attack
from custodian.drills.copy import Copy
from custodian.tlog.verify import TILE

pytestmark = pytest.mark.xdist_group("verification")

# The others leave a database that a sequencer may begin with; verification finds those.
REFUSED = {
    "truncate": "entries-missing",
    "tail": "entries-missing",
    "upper-tile": "database-forked",
    "upper-tile-deleted": "tiles-missing",
    "cut": "database-behind",
    "yesterday": "database-forked",
    "fork": "database-behind",
}
RANGES = frozenset(
    "swap delete tile upper-tile-deleted tail delete-waiting back-dated cut fork".split()
)


def test_an_untouched_log_is_whole(untouched: Copy) -> None:
    report = run.verify(Start(), untouched.outside(copies=True))
    assert (report.faults, report.entries) == ([], untouched.original.size)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_named_with_its_first_entry(
    attack: Attack, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = attack.play(copy)
    report = run.verify(Start(), copy.outside(copies=False))
    outside = run.compare(copy.outside(copies=True))
    if attack.alone:
        assert report.first == Fault(attack.alone, index)
    else:
        assert report.whole
        assert min(fault.index for fault in outside) == index
        assert Fault(attack.outside, index) in outside
        assert {"head", "witness", "archive"} == {fault.code.split("-")[0] for fault in outside}
    assert copy.refusal() == REFUSED.get(attack.name, "")
    if attack.name not in RANGES:
        return
    # In short ranges, and together with the copies, the same is found.
    monkeypatch.setattr(run, "STRIDE", TILE)
    again = run.verify(Start(), copy.outside(copies=True))
    assert min(again.faults, key=lambda fault: fault.index).index == index
    assert _codes(again.faults) == _codes([*report.faults, *outside])


def _codes(faults: Sequence[Fault]) -> set[str]:
    return {fault.code for fault in faults}


def test_each_attack_has_a_name_of_its_own_and_one_thing_that_shows_it() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    for attack in ATTACKS:
        assert bool(attack.alone) != bool(attack.outside)
        code = attack.alone or attack.outside
        assert sentence(code) != code
