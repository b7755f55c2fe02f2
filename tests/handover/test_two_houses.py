"""A book goes from one installation to another over files alone, and everybody answers for it once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.handover.houses import House, Refused, house


class Two(NamedTuple):
    seller: House
    buyer: House


@pytest.fixture
def two(tmp_path: Path, django_db_setup: None, django_db_blocker: object) -> Iterator[Two]:
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        house(tmp_path / "qh", "QH", "青禾人寿") as seller,
        house(tmp_path / "hx", "HX", "恒信人寿") as buyer,
    ):
        yield Two(seller, buyer)


def introduce(two: Two, customers: int) -> None:
    """Both houses stand, know each other's keys, and have opened the same transfer."""
    two.seller.begin()
    two.buyer.begin(book="QH-XH")
    two.seller.populate(count=customers)
    two.seller.know(card=two.buyer.card(), name="恒信人寿")
    two.buyer.know(card=two.seller.card(), name="青禾人寿")
    ref = two.seller.open_transfer(side="seller")
    two.buyer.open_transfer(side="buyer", ref=ref, book="QH-XH")


def pack(two: Two) -> str:
    """Up to the package, which lies in the seller's store."""
    two.seller.walk(until="freeze")
    two.seller.choose()
    two.seller.freeze()
    two.seller.walk(until="package")
    two.buyer.walk(until="receive")
    two.seller.enter_invitation(paper=two.buyer.invite())
    return str(two.seller.pack(job=two.seller.order()))


def test_a_book_goes_over_whole(two: Two) -> None:
    introduce(two, 40)
    before = two.seller.plaintext()
    path = pack(two)
    arrival = two.buyer.take(path=path)
    laid = two.buyer.lay_out(arrival=arrival)
    assert laid["records"] == 40
    found = two.buyer.reconcile()
    assert found["differences"] == []
    assert [line for line in found["lines"] if line[1] != line[2]] == []

    two.buyer.load()
    assert two.buyer.visible() == 0
    assert two.buyer.arriving_now() == 40
    assert two.buyer.plaintext(arrivals=True) == before

    two.seller.enter_acceptance(paper=two.buyer.accept())
    release = two.seller.release()
    two.buyer.enter_release(paper=release)
    assert two.seller.responsible() == {"QH": 40} == two.buyer.responsible()
    moment = two.seller.live_at()
    assert two.seller.responsible(at=moment) == {"HX": 40} == two.buyer.responsible(at=moment)

    two.buyer.at(moment=moment)
    assert two.buyer.visible() == 40
    assert two.buyer.plaintext() == before
    assert two.buyer.leftovers() == {"private": 0, "secrets": 0, "files": 0}

    kept = two.seller.at(moment=moment)
    assert {state for _kind, state in kept["keepings"]} <= {"restricted", "due"}
    assert ["identity", "restricted"] in kept["keepings"]
    assert two.seller.leftovers() == {"private": 0, "secrets": 0, "files": 0}


def test_the_same_package_twice_is_refused(two: Two) -> None:
    introduce(two, 8)
    path = pack(two)
    two.buyer.lay_out(arrival=two.buyer.take(path=path))
    with pytest.raises(Refused) as refused:
        two.buyer.take(path=path)
    assert refused.value.code == "again"
    assert two.buyer.records() == 8
