"""Rows in quarantine put right by a person: the same checks as in a run, one row at a time."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.gate import Permit
from custodian import clock
from custodian.errors import CustodianError
from records.importing import engine, on_its_way
from records.importing import mapping as mappings
from records.importing.directory import Directory
from records.importing.drafts import Flaw
from records.importing.known import Known
from records.importing.mapping import SourceMapping
from records.importing.quarantine import Opened, Seal
from records.importing.readers import Row
from records.importing.rows import Plan
from records.importing.taking import Chunk, Errand, Place
from records.models import QuarantinedRow


class AlreadySettled(CustodianError):
    """Somebody else has put the row right, or dropped it."""

    code = "already-settled"
    status = 409


def opened(row: QuarantinedRow, *, permit: Permit) -> Opened:
    """The row in clear, for the person whom the permit names."""
    if permit.action is not Action.QUARANTINE_READ:
        raise gate.PermitSpent
    permit.spend()
    return Seal(row.book).open(row)


def fix(
    row: QuarantinedRow, cells: Sequence[str], *, channel: str, actor: Actor
) -> tuple[Flaw, ...]:
    """Import the row as it reads now. Returns what is still wrong with it; nothing is written then."""
    with scopes.acting(actors.system("importer")), on_its_way.sight(row.run):
        seal = Seal(row.book)
        before = seal.open(row)
        said = _mapping_of(row, before)
        number = Row(row.number, tuple(cells))
        outcome = Plan.of(said, before.headers, today=clock.local().date()).read_row(number)
        known = Known(row.book, by_row=engine.rows_named(row.run, said.holders_by_row_of))
        errand = Errand(
            run=row.run,
            directory=Directory(unit=engine.unit_of(row.run)),
            seal=seal,
            channel=channel,
            actor=actor,
            action=Action.QUARANTINE_FIX,
        )
        place = Place(sheet=row.sheet, mapping=said, headers=before.headers, row_kind=row.kind)
        chunk = Chunk(errand, place, known, editing=row.pk)
        with transaction.atomic():
            _settle(row, QuarantinedRow.Status.FIXED)
            chunk.take([(number, outcome)])
            if chunk.flaws:
                transaction.set_rollback(True)
            else:
                _record(row, "fixed", channel=channel, actor=actor)
    return chunk.flaws


def drop(row: QuarantinedRow, *, reason: str, channel: str, actor: Actor) -> None:
    """Decide that the row is not imported; it stays sealed until it expires."""
    with transaction.atomic():
        _settle(row, QuarantinedRow.Status.DROPPED)
        _record(row, "dropped", channel=channel, actor=actor, reason=reason)


def _mapping_of(row: QuarantinedRow, before: Opened) -> SourceMapping:
    sources = mappings.load(row.run.mapping["toml"]).sources
    return next(source for source in sources if source.name == before.source)


def _settle(row: QuarantinedRow, status: str) -> None:
    waiting = QuarantinedRow.objects.filter(pk=row.pk, status=QuarantinedRow.Status.OPEN)
    if not waiting.update(status=status):
        raise AlreadySettled


def _record(
    row: QuarantinedRow, outcome: str, *, channel: str, actor: Actor, reason: str = ""
) -> None:
    gate.authorise(
        actor,
        Action.QUARANTINE_FIX,
        channel=channel,
        purpose="import",
        facts={"row": str(row.ref), "outcome": outcome},
        reason=reason,
    )
