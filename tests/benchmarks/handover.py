"""A book handed over between two installations, beside sealing the same values and files bare."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from custodian import clock
from custodian.drills.handover.houses import House, addresses, standing
from custodian.drills.handover.parties import Clock, Parties
from tests.benchmarks import premises, report

ACTS = "tests.benchmarks.handover_acts"
GOAL = 0.3  # bare ÷ ours
FLAT = 1.25  # memory with ten times as many customers
FEW, MANY = (300, 3_000), (1_000, 10_000)


def measure(*, var: Path, quick: bool) -> None:
    peaks = [_one(var, number) for number in (FEW if quick else MANY)]
    for name in peaks[0]:
        grown = peaks[1][name] / peaks[0][name]
        told = "flat" if grown <= FLAT else "NOT flat"
        report.line(
            f"  memory of {name:<8} grew {grown:.2f} times with ten times the book ({told})"
        )


def _one(var: Path, customers: int) -> dict[str, int]:
    report.heading(f"hand-over: {customers:,} customers")
    folder = var / f"handover-{customers}"
    with ExitStack() as stack:
        seller, buyer = (
            stack.enter_context(_house(folder, code, customers)) for code in ("QH", "HX")
        )
        parties = Parties(seller, buyer, Clock(clock.now()), book="XH", into="QH-XH")
        parties.later()
        _frozen(parties, customers)
        bare = seller.bare()
        job = seller.order()
        path, packed, packing = _apart(seller, "pack", job=job)
        size = Path(path).stat().st_size
        arrival, taken, _peak = _apart(buyer, "take", path=path)
        _said, laid, laying = _apart(buyer, "lay_out", arrival=arrival)
        buyer.order_load()
        _said, loaded, loading = _apart(buyer, "go_on_loading")
    report.line(f"  {bare['values']:,.0f} values, {size / 2**20:,.1f} MB in the package")
    _told("build", bare["seconds"], packed, goal=GOAL)
    _told("check", bare["seconds"], taken + laid, goal=GOAL)
    _told("load", bare["seconds"], loaded, goal=GOAL)
    return {"build": packing, "check": laying, "load": loading}


def _house(folder: Path, code: str, customers: int) -> Any:
    name = f"custodian_{code.lower()}_{customers}"
    premises.copy(name)
    return standing(folder / code, code, code, addresses(name), acts=ACTS)


def _frozen(parties: Parties, customers: int) -> None:
    """Everything up to the order for the package."""
    seller, buyer = parties.seller, parties.buyer
    seller.begin(book=parties.book)
    buyer.begin(book=parties.into)
    seller.populate(count=customers, book=parties.book)
    seller.know(card=buyer.card(), name="乙")
    buyer.know(card=seller.card(), name="甲")
    parties.open()
    seller.walk(until="data_room")
    seller.file_papers()
    seller.show_room()
    seller.walk(until="notice")
    seller.choose()
    seller.write_letters()
    parties.later(days=2)
    seller.close_letters()
    seller.walk(until="freeze")
    seller.freeze()
    seller.walk(until="package")
    buyer.walk(until="receive")
    seller.enter_invitation(paper=buyer.invite())


def _apart(house: House, act: str, **said: Any) -> tuple[Any, float, int]:
    """In a process that has done nothing else: what it says, seconds, and its memory at most."""
    with house.revive() as fresh:
        fresh.clock = house.clock
        fresh.resume()
        step: Callable[..., Any] = getattr(fresh, act)
        begun = time.perf_counter()
        found = step(**said)
        return found, time.perf_counter() - begun, fresh.peak


def _told(name: str, bare: float, ours: float, *, goal: float) -> None:
    ratio = bare / ours
    told = "reached" if ratio >= goal else "NOT reached"
    load = os.getloadavg()[0]
    report.line(
        f"  bare ÷ {name:<6} {ratio:.2f} ({bare:.1f} s ÷ {ours:.1f} s; goal {goal}: {told}; load {load:.1f})"
    )
