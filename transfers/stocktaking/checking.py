"""The importer's own checks over what is held: which basic facts are missing or wrong, and of how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from access import keystore, machine_reads
from access.actions import Action
from access.actors import Actor
from records import parts, registration, vault
from records.models import Customer, Identity
from transfers.models import Transfer

UNREAD: Final = "value-unreadable"
CODES: Final = tuple(f"identity.{name}" for name in parts.sealed(Identity))


@dataclass
class Checked:
    """Of a page of customers; `missing` by element, `flaws` by the code of the problem."""

    whole: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    flaws: Counter[str] = field(default_factory=Counter)


def check(transfer: Transfer, subjects: Sequence[int], *, today: date, actor: Actor) -> Checked:
    """One entry in the log for the page; no value leaves this function."""
    rows = {row.subject_id: row for row in Identity.objects.filter(subject__in=subjects)}
    kinds = dict(Customer.objects.filter(subject__in=subjects).values_list("subject_id", "kind"))
    found = Checked()
    if not rows:
        return found
    sweep = machine_reads.read(
        Action.STOCK_READ,
        subjects=list(rows),
        elements=CODES,
        facts={"transfer": transfer.code, "held": len(rows)},
        actor=actor,
    )
    keys = keystore.unlock({row.holding: row.subject_id for row in rows.values()})
    for subject, row in rows.items():
        _one(found, _opened(row, keys, sweep), kind=kinds[subject], today=today)
    return found


def _opened(
    row: Identity, keys: Mapping[UUID, Any], sweep: machine_reads.Sweep
) -> dict[str, str | None]:
    blobs = parts.sealed_of("identity", row)
    if row.holding not in keys:
        return dict.fromkeys(blobs)
    values = vault.examine(
        sweep, blobs, subject=row.subject_id, holding=row.holding, key=keys[row.holding]
    )
    return dict(values)


def _one(found: Checked, opened: Mapping[str, str | None], *, kind: str, today: date) -> None:
    values = {code: text for code, text in opened.items() if text is not None}
    checked = registration.check(values, kind=kind, today=today)
    missing = set(checked.draft.missing)
    wrong = {flaw.problem.code for flaw in checked.flaws}
    wrong |= {UNREAD} if None in opened.values() else set()
    found.missing.update(missing)
    found.flaws.update(wrong)
    found.whole += not missing and not wrong
