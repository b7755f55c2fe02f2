"""A book goes from one installation to another over files alone, and somebody answers for it at every moment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodian.drills.handover.houses import Refused
from tests.handover.two import Two


def noted(house: Path) -> list[tuple[str, int]]:
    """What stands in the ledger outside the house's database, with the number of customers."""
    files = sorted((house / "transfer-ledger").glob("*.json"))
    said = [json.loads(each.read_text())["sheet"] for each in files]
    return [(each["what"], len(each.get("subjects", ()))) for each in said]


def test_a_book_goes_over_whole(two: Two, tmp_path: Path) -> None:
    two.introduce(40)
    two.seller.flag(number=7)
    two.seller.set_aside(number=5)
    before = two.seller.plaintext()
    two.freeze()
    two.receive(two.pack())
    found = two.buyer.reconcile()
    assert found["differences"] == []
    assert [line for line in found["lines"] if line[1] != line[2]] == []

    two.buyer.load()
    assert two.buyer.visible() == 0
    assert two.buyer.arriving_now() == 40
    assert two.buyer.plaintext(arrivals=True) == before
    assert two.seller.files_set_aside() == 1 == two.buyer.files_set_aside()
    there, here = two.seller.choices(), two.buyer.choices(arrivals=True)
    assert (there["open"], here["open"]) == (["marketing"], [])
    assert there["shut"] == here["shut"] != []
    clocks = two.seller.claim_clocks()
    assert clocks == two.buyer.claim_clocks(arrivals=True) != []
    assert two.buyer.claim_clocks() == []

    moment = two.agree()
    with pytest.raises(Refused) as refused:
        two.seller.stay(number=3)
    assert refused.value.code == "bar-too-late"
    assert two.seller.responsible() == {"QH": 40} == two.buyer.responsible()
    assert noted(tmp_path / "qh") == [("opened", 0), ("settled", 40)] == noted(tmp_path / "hx")
    assert two.seller.responsible(at=moment) == {"HX": 40} == two.buyer.responsible(at=moment)

    two.buyer.at(moment=moment)
    assert noted(tmp_path / "hx")[-1] == ("carried-out", 0)
    assert two.buyer.visible() == 40
    assert two.buyer.plaintext() == before
    # What the seller trusted with no code, the buyer trusts with none either.
    assert two.buyer.trusted() == {"mobile": 39, "email": 40} == two.seller.trusted()
    assert two.buyer.leftovers() == {"private": 0, "secrets": 0, "files": 0}

    kept = two.seller.at(moment=moment)
    assert {state for _kind, state in kept["keepings"]} <= {"restricted", "due"}
    assert ["identity", "restricted"] in kept["keepings"]
    assert two.seller.leftovers() == {"private": 0, "secrets": 0, "files": 0}


def test_each_mistake_is_named_and_a_second_package_puts_it_right(two: Two) -> None:
    """A lost, a doubled and an altered record; then the same customers once more, who count once."""
    two.introduce(12)
    two.freeze()
    two.seller.spoil(mistakes={"3": "lost", "6": "doubled", "9": "premium"})
    path = two.pack()
    wrong = two.seller.spoiled()
    two.receive(path)
    found = {(what, ref) for what, ref, _part in two.buyer.reconcile()["differences"]}
    assert {
        ("lost", wrong["lost"]),
        ("count", wrong["doubled"]),
        ("amount", wrong["premium"]),
    } <= found
    assert {ref for what, ref in found if what != "nobody"} == set(wrong.values())
    with pytest.raises(Refused) as refused:
        two.buyer.load()
    assert refused.value.name == "NotReconciled"

    two.receive(two.seller.pack(job=two.seller.order_again(refs=sorted(wrong.values()))))
    found_again = two.buyer.reconcile()
    assert found_again["differences"] == []
    assert [line for line in found_again["lines"] if line[1] != line[2]] == []
    assert two.buyer.records() == 12
    two.buyer.load()
    assert two.buyer.arriving_now() == 12


def test_what_changes_after_the_freeze_travels_as_a_delta_and_counts_once(two: Two) -> None:
    two.introduce(12)
    two.freeze()
    two.receive(two.pack())
    late = two.seller.change_policy(number=5)
    staying = two.seller.stay(number=8)
    path = two.pack()
    two.receive(path)
    found = two.buyer.reconcile()
    assert [each for each in found["differences"] if each[1] == late] == []
    assert two.buyer.records() == 12 - len(staying)
    assert [line for line in found["lines"] if line[1] != line[2]] == []
    two.buyer.load()
    assert two.buyer.arriving_now() == 12 - len(staying)


def test_the_log_is_whole_while_who_was_loaded_is_seen_by_nobody(two: Two) -> None:
    two.introduce(4)
    two.freeze()
    two.receive(two.pack())
    two.buyer.load()
    assert two.buyer.visible() == 0
    assert two.buyer.log() == "whole"
    assert two.buyer.invariants() == []
