"""The lines of a reconciliation against a paper: what the seller's list says, what came, what stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from access import actors, scopes
from access.actors import Actor
from access.keystore import NoKey
from access.models import Arriving
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JOB, OPEN, JobStatus, wake
from custodian.workflow import IllegalMove
from records.importing import mapping as mappings
from records.importing.targets import Kind
from records.models import Policy, Product, QuarantinedRow
from transfers.freezing import sums as reading
from transfers.legacy.sealing import FEW, Seal, Sum
from transfers.models import ArrivedSums, Receipt, Transfer
from transfers.receipts import reconciling
from transfers.receipts.reconciling import Line
from transfers.receiving import files as come

ACTOR: Final = (
    "freezer"  # the piece that reads premium and cover for a transfer and shows them to nobody
)
PAGE: Final = 500
_ROWS: Final = {"customers": "customer", "policies": "policy", "claims": "claim"}
_BROUGHT: Final = {
    Kind.CUSTOMERS: ("customers",),
    Kind.POLICIES: ("policies",),
    Kind.MIXED: ("customers", "policies"),
    Kind.CLAIMS: ("claims",),
    Kind.CONSENTS: ("consents",),
}


def lines(transfer: Transfer) -> list[Line] | None:
    """Nothing for a transfer that packages bring; before the paper is entered, every line is against zero."""
    if not come.from_files(transfer):
        return None
    if (accepted := _accepted(transfer)) is not None:
        return accepted
    held = come.newest_list(transfer)
    said = held.counts if held else dict.fromkeys(_ROWS, 0)
    loaded = reconciling.loaded(transfer)
    waiting = _set_aside(transfer)
    came = _rehearsed(transfer) if loaded is None else {
        name: count + waiting[_ROWS.get(name, "")] for name, count in loaded.items()
    }  # fmt: skip
    found = [
        Line(name, said[name], came.get(name, 0), None if loaded is None else loaded[name])
        for name in reconciling.NAMES
        if name in said
    ]
    return found + _money(transfer)


def _accepted(transfer: Transfer) -> list[Line] | None:
    """Once they are live the customers change like all others: then the lines are those that two accepted."""
    receipt = Receipt.objects.filter(transfer=transfer, ended_at__isnull=False)
    found = receipt.select_related("acceptance_approval").first()
    if found is None or found.acceptance_approval is None:
        return None
    said = found.acceptance_approval.payload["lines"]
    return [
        Line(name, said[name], said[name], said[name]) for name in reconciling.NAMES if name in said
    ]


def _set_aside(transfer: Transfer) -> Counter[str]:
    rows = QuarantinedRow.objects.filter(
        run__arriving=transfer.ref, status=QuarantinedRow.Status.OPEN
    )
    return Counter(rows.values_list("kind", flat=True))


def _rehearsed(transfer: Transfer) -> Counter[str]:
    """What the newest rehearsal read of each kind."""
    run = come.runs_of(transfer).filter(dry_run=True, status=JobStatus.DONE).first()
    found: Counter[str] = Counter()
    if run is None:
        return found
    kinds = {each.name: each.kind for each in mappings.load(run.mapping["toml"]).sources}
    for name, counts in run.sources.items():
        for line in _BROUGHT.get(kinds[name], ()):
            found[line] += counts.get("kept", 0) + counts.get("quarantined", 0)
    return found


def _money(transfer: Transfer) -> list[Line]:
    """Premium and cover by class, as long as the transfer's key is there."""
    held = come.newest_list(transfer)
    if held is None:
        return []
    try:
        seal = Seal(transfer)
    except NoKey:
        return []
    stated = seal.open("list", bytes(held.sums_sealed))
    counted = _newest(transfer)
    here = seal.open("arrived", bytes(counted.sums_sealed)) if counted else {}
    found = []
    for cls in sorted({*stated, *here}):
        sent, got = stated.get(cls, Sum(0, 0)), here.get(cls, Sum(0, 0))
        few = got.policies < FEW
        for name, a, b in (
            ("premium", sent.premium, got.premium),
            ("cover", sent.cover, got.cover),
        ):
            found.append(Line(f"{name}/{cls}", a, b, b if counted else None, few=few))
    return found


def _newest(transfer: Transfer) -> ArrivedSums | None:
    rows = transfer.arrived_sums.filter(status=JobStatus.DONE)
    found: ArrivedSums | None = rows.first()
    return found


def is_counted(transfer: Transfer) -> bool:
    """Whether the sums are of everything that stands here now."""
    newest = _newest(transfer)
    loaded = reconciling.loaded(transfer)
    now = loaded["policies"] if loaded else 0
    return newest is not None and newest.policies == now and not newest.note


def begin(transfer: Transfer) -> ArrivedSums | None:
    """Add up what is loaded, unless somebody is at it or it is known already."""
    running = transfer.arrived_sums.filter(status__in=OPEN).exists()
    if running or is_counted(transfer):
        return None
    from transfers.tasks import count_arrived  # the task leads back here

    job = ArrivedSums.objects.create(transfer=transfer)
    wake(count_arrived, job.pk)
    return job


def begin_due() -> None:
    """For each transfer whose files are loaded and not added up."""
    expected = Transfer.objects.filter(side=Transfer.Side.BUYER, status=Transfer.Status.OPEN)
    for transfer in expected.filter(receipt=None):
        loads = come.runs_of(transfer).filter(dry_run=False)
        loading = loads.filter(status__in=OPEN).exists()
        if not loading and loads.filter(status=JobStatus.DONE).exists():
            begin(transfer)


def work(pk: int) -> ArrivedSums:
    """Read page by page, one entry a page; killed, it begins again. Raises `IllegalMove`."""
    with scopes.acting(actors.system(ACTOR)) as actor, scopes.arrivals():
        assert actor is not None  # noqa: S101  it was just named
        job: ArrivedSums = ArrivedSums.objects.select_related("transfer").get(pk=pk)
        lease = job.claim()
        try:
            _add_up(job, lease, actor)
        except IllegalMove:
            raise
        except Exception as error:
            note = error.code if isinstance(error, CustodianError) else type(error).__name__
            JOB.move(job, "fail", {"note": note, "finished_at": clock.now(), "leased_by": None})
            raise
    return job


def _add_up(job: ArrivedSums, lease: object, actor: Actor) -> None:
    classes = dict(Product.objects.values_list("code", "kind"))
    found: dict[str, Sum] = {}
    policies = unread = 0
    for page in _pages(job.transfer):
        for each in (
            one for rows in reading.read(job.transfer, page, actor=actor).values() for one in rows
        ):
            unread += "" in {each.premium, each.sum_insured}
            policies += 1
            cls = classes.get(each.product, "")
            known = found.get(cls, Sum(0, 0))
            found[cls] = Sum(
                known.premium + fen(each.premium),
                known.cover + fen(each.sum_insured),
                known.policies + 1,
            )
        job.keep(lease, done=policies)  # type: ignore[arg-type]
    seal = Seal(job.transfer, make=True)
    changes = {
        "policies": policies,
        "holding": seal.holding,
        "sums_sealed": seal.seal("arrived", found),
        "note": f"unread {unread}" if unread else "",
        "finished_at": clock.now(),
        "leased_by": None,
    }
    JOB.move(job, "finish", changes)


def _pages(transfer: Transfer) -> Iterator[list[int]]:
    after = 0
    while True:
        mine = Arriving.objects.filter(arrival=transfer.ref).values("subject")
        rows = Policy.objects.filter(subject__in=mine, subject_id__gt=after)
        page = list(
            rows.order_by("subject_id").values_list("subject_id", flat=True).distinct()[:PAGE]
        )
        if not page:
            return
        yield page
        after = page[-1]


def fen(amount: str | None) -> int:
    return int(Decimal(amount) * 100) if amount else 0
