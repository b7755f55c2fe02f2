"""What the buyer does, from the invitation to the signature for what came."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from custodian.drills.handover import people
from custodian.drills.handover.houses import packed, unpacked
from custodian.drills.handover.people import here
from custodian.drills.handover.selling import lapsed
from transfers import invitations
from transfers.models import Arrival, Difference, Load, Receipt
from transfers.receipts import accepting, reconciling, releasing
from transfers.receiving import arriving, asking, laying_out, loading


def invite() -> str:
    with people.acting() as actor:
        return packed(invitations.paper(invitations.make(here.open(), actor=actor)))


def take(path: str) -> int:
    """Raises `PackageRefused`."""
    with Path(path).open("rb") as file, people.acting() as actor:
        arrival = arriving.take(arriving.pieces_of(file), channel="command", actor=actor)
    return int(arrival.pk)


def lay_out(arrival: int) -> dict[str, Any]:
    with lapsed(Arrival, arrival):
        found: Arrival = laying_out.work(arrival)
    return {"stage": found.stage, "records": found.done, "root": found.records_root}


def reconcile() -> dict[str, Any]:
    """Lines of what was sent, came and was loaded; and every difference that stands."""
    transfer = here.open()
    rows = Difference.objects.filter(arrival__transfer=transfer, settled_at=None)
    lines = reconciling.lines(transfer)
    return {
        "lines": [[line.name, line.sent, line.came, line.loaded] for line in lines],
        "differences": [[row.what, row.ref, row.part] for row in rows],
    }


def order_load() -> None:
    """By two. Raises `NotReconciled`."""
    with people.acting() as actor:
        asked = asking.ask(here.open(), people.unit(), actor=actor)
    people.approve(asked)


def go_on_loading() -> dict[str, Any]:
    load = Load.objects.get(transfer=here.transfer)
    with lapsed(Load, load.pk):
        found: Load = loading.work(load.pk)
    return {"status": found.status, "done": found.done}


def load() -> dict[str, Any]:
    order_load()
    return go_on_loading()


def accept() -> str:
    """By two; the paper for the seller."""
    with people.acting() as actor:
        asked = accepting.ask(here.open(), actor=actor)
    people.approve(asked)
    return packed(bytes(Receipt.objects.get(transfer=here.transfer).acceptance))


def enter_release(paper: str) -> None:
    with people.acting() as actor:
        releasing.enter(here.open(), unpacked(paper), actor=actor)
