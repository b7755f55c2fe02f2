"""A transfer that is given up leaves no job, key or package, and tells of whom it had brought."""

from __future__ import annotations

import pytest

from custodian.drills.handover.houses import Refused
from custodian.drills.handover.parties import killed
from tests.handover.two import Two

NOTHING = {"private": 0, "secrets": 0, "files": 0}


def test_nothing_of_it_goes_on_at_either_end(two: Two) -> None:
    two.introduce(16)
    two.freeze()
    job = two.seller.order()
    assert killed(two.seller, "hand-over-after-checkpoint", "pack", job=job) == "killed"
    path = two.seller.pack(job=job)
    two.receive(path)
    two.buyer.order_load()
    assert killed(two.buyer, "load-after-commit", "go_on_loading") == "killed"

    two.buyer.stop()
    assert two.buyer.leftovers() == NOTHING
    with pytest.raises(Refused) as refused:
        two.buyer.go_on_loading()
    assert refused.value.name == "IllegalMove"
    assert set(two.buyer.jobs()) == {"done", "refused"}
    assert (two.buyer.visible(), two.buyer.arriving_now() > 0) == (0, True)
    assert two.buyer.residue() > 0
    assert killed(two.buyer, "unload-page", "unload") == "killed"
    two.buyer.unload()
    assert (two.buyer.arriving_now(), two.buyer.residue()) == (0, 0)
    assert two.buyer.faults() == []
    assert two.buyer.invariants() == []

    two.seller.change_policy(number=5)
    half = two.seller.order()
    assert killed(two.seller, "hand-over-before-done", "pack", job=half) == "killed"
    assert two.seller.leftovers()["secrets"] == 1
    two.seller.stop()
    assert two.seller.leftovers() == NOTHING
    with pytest.raises(Refused):
        two.seller.pack(job=half)
    assert two.seller.faults() == []


def test_once_the_moment_is_signed_nobody_gives_it_up(two: Two) -> None:
    two.introduce(4)
    two.freeze()
    two.receive(two.pack())
    two.buyer.load()
    two.agree()
    for house in (two.seller, two.buyer):
        with pytest.raises(Refused) as refused:
            house.stop()
        assert refused.value.code == "transfer-settled"
