"""Whatever goes wrong in a transfer is told once, as an alert, and closes when its cause is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodian.drills.handover.houses import Refused, packed, unpacked
from tests.handover.two import Two


def test_a_refused_package_is_told_once_however_often_it_is_tried(two: Two, tmp_path: Path) -> None:
    two.introduce(4)
    two.freeze()
    path = Path(two.pack())
    altered = tmp_path / "altered"
    altered.write_bytes(path.read_bytes()[:-300] + b"\1" + path.read_bytes()[-299:])
    for _each in range(2):
        with pytest.raises(Refused):
            two.buyer.take(path=str(altered))
    assert two.buyer.faults() == [["refused", "signature", "high", "", "new"]]

    two.receive(str(path))
    with pytest.raises(Refused):
        two.buyer.take(path=str(path))
    assert two.buyer.faults()[1:] == [["refused", "again", "low", "", "new"]]


def test_differences_are_told_for_each_package_and_close_with_what_puts_them_right(
    two: Two,
) -> None:
    two.introduce(8)
    two.freeze()
    two.seller.spoil(mistakes={"3": "doubled", "6": "premium"})
    path = two.pack()
    wrong = two.seller.spoiled()
    two.receive(path)
    assert two.buyer.faults() == [["differences", "", "high", "", "new"]]

    half = two.seller.order_again(refs=[wrong["doubled"]])
    two.receive(two.seller.pack(job=half))
    assert two.buyer.faults() == [["differences", "", "high", "", "new"]]
    two.receive(two.seller.pack(job=two.seller.order_again(refs=[wrong["premium"]])))
    assert two.buyer.faults() == [["differences", "", "high", "settled", "settled"]]


def test_a_failed_job_is_told_without_a_value_and_closes_once_it_went_through(two: Two) -> None:
    two.introduce(4)
    two.freeze()
    job = two.seller.order()
    two.seller.break_job(name="pack")
    for _each in range(2):
        with pytest.raises(Refused):
            two.seller.pack(job=job)
        assert two.seller.go_on() == 1
    assert two.seller.faults() == [["failed", "pack", "high", "", "new"]]
    two.seller.break_job(name="")
    two.seller.pack(job=job)
    assert two.seller.faults() == [["failed", "pack", "high", "settled", "settled"]]


def test_a_paper_that_the_other_party_did_not_sign_is_told(two: Two) -> None:
    two.introduce(4)
    two.freeze()
    two.receive(two.pack())
    two.buyer.load()
    paper = two.buyer.accept()
    forged = packed(unpacked(paper).replace(b'"customers": 4', b'"customers": 5'))
    for _each in range(2):
        with pytest.raises(Refused) as raised:
            two.seller.enter_acceptance(paper=forged)
        assert raised.value.name == "BadPaper"
    assert two.seller.faults() == [["paper", "acceptance", "high", "", "new"]]
    two.seller.enter_acceptance(paper=paper)

    released = two.seller.release()
    forged = packed(unpacked(released).replace(b'"live_at": "2', b'"live_at": "3'))
    with pytest.raises(Refused):
        two.buyer.enter_release(paper=forged)
    assert two.buyer.faults() == [["paper", "release", "high", "", "new"]]


def test_a_moment_that_passes_without_its_deed_is_urgent_after_an_hour(two: Two) -> None:
    two.introduce(4)
    two.freeze()
    two.receive(two.pack())
    two.buyer.load()
    two.agree()
    two.buyer.break_job(name="live")
    two.buyer.sweep(minutes=50)
    assert two.buyer.faults() == [["failed", "live", "high", "", "new"]]
    assert two.buyer.visible() == 0
    for minutes in (61, 62):
        two.buyer.sweep(minutes=minutes)
    assert two.buyer.faults()[1:] == [["late", "live", "urgent", "", "new"]]
    two.buyer.break_job(name="")
    two.buyer.sweep(minutes=63)
    assert two.buyer.visible() == 4
    assert [each[3:] for each in two.buyer.faults()] == [["settled", "settled"]] * 2
