"""Killed at every stage, on both sides: what goes on afterwards is the same package, the same load, one moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from custodian.drills.handover.houses import House, Killed
from tests.handover.two import Two

CUSTOMERS = 40


def killed(house: House, failpoint: str, step: Callable[[House], Any]) -> None:
    """Another process of the house dies at the failpoint while it does the step."""
    with house.revive(f"{failpoint}:sigkill") as victim:
        victim.resume()
        with pytest.raises(Killed):
            step(victim)


def test_a_kill_at_every_stage_changes_nothing(two: Two) -> None:
    two.introduce(CUSTOMERS)
    before = two.seller.plaintext()
    two.freeze()
    job = two.seller.order()
    for failpoint in (
        "hand-over-before-checkpoint",
        "hand-over-before-checkpoint@3",
        "hand-over-after-checkpoint@2",
        "hand-over-before-done",
    ):
        killed(two.seller, failpoint, lambda house: house.pack(job=job))
    path = two.seller.pack(job=job)

    arrival = two.buyer.take(path=path)
    for failpoint in ("lay-out-before-commit@2", "lay-out-after-commit@3"):
        killed(two.buyer, failpoint, lambda house: house.lay_out(arrival=arrival))
    assert two.buyer.lay_out(arrival=arrival)["records"] == CUSTOMERS
    assert two.buyer.reconcile()["differences"] == []

    two.buyer.order_load()
    for failpoint in ("load-before-commit", "load-after-commit@4", "load-before-commit@6"):
        killed(two.buyer, failpoint, lambda house: house.go_on_loading())
    assert two.buyer.go_on_loading()["status"] == "done"
    assert two.buyer.plaintext(arrivals=True) == before
    assert two.buyer.visible() == 0

    moment = two.agree()
    killed(two.buyer, "go-live-before-commit", lambda house: house.at(moment=moment))
    assert two.buyer.visible() == 0
    two.buyer.at(moment=moment)
    assert two.buyer.visible() == CUSTOMERS
    killed(two.seller, "ending-page", lambda house: house.at(moment=moment))
    kept = two.seller.at(moment=moment)
    assert {state for _kind, state in kept["keepings"]} <= {"restricted", "due"}
    assert two.seller.leftovers() == {"private": 0, "secrets": 0, "files": 0}
