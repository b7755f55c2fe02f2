"""A book goes from one installation to another over files alone, and somebody answers for it at every moment."""

from __future__ import annotations

import pytest

from tests.handover.houses import Refused
from tests.handover.two import Two


def test_a_book_goes_over_whole(two: Two) -> None:
    two.introduce(40)
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
    there, here = two.seller.choices(), two.buyer.choices(arrivals=True)
    assert (there["open"], here["open"]) == (["marketing"], [])
    assert there["shut"] == here["shut"] != []

    moment = two.agree()
    assert two.seller.responsible() == {"QH": 40} == two.buyer.responsible()
    assert two.seller.responsible(at=moment) == {"HX": 40} == two.buyer.responsible(at=moment)

    two.buyer.at(moment=moment)
    assert two.buyer.visible() == 40
    assert two.buyer.plaintext() == before
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
