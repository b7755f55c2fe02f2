"""The ledger of transfers beside a restored database: read, compared, and done again where it has to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from access import ports
from access.models import Installation
from access.ports import LedgerRefused, Outside
from custodian.backup.errors import BackupRefused
from custodian.backup.gaps import Gap, Moment, of_ledger

# In the facts of the mark: what the database had at its backup, and the gaps that were accepted.
INSIDE: Final = "ledger"
ACCEPTED: Final = "ledger-gaps"


def read(mark: Installation, put_back: Moment, folder: Path | None) -> Outside:
    """Raises `BackupRefused` for one that is altered, incomplete or older than what is known."""
    held = ports.ledger()
    # Once: a run that was killed had brought the sheets in already.
    if INSIDE not in mark.facts:
        _keep(mark, {INSIDE: held.inside()})
    try:
        return held.read(folder, at_least=put_back.ledger, inside=mark.facts[INSIDE])
    except LedgerRefused as refused:
        raise BackupRefused(refused.code, refused.detail) from None


def lost(mark: Installation, outside: Outside) -> list[Gap]:
    """Those of now, and those that a run before accepted and has mended since. Raises `BackupRefused`."""
    try:
        outside.require_possible()
    except LedgerRefused as refused:
        raise BackupRefused(refused.code, refused.detail) from None
    now = list(of_ledger(outside))
    known = {(gap.what, gap.ref) for gap in now}
    before = (_gap(facts) for facts in mark.facts.get(ACCEPTED, ()))
    return [*(gap for gap in before if (gap.what, gap.ref) not in known), *now]


def carry_out(mark: Installation, outside: Outside, gaps: Sequence[Gap]) -> None:
    """The gaps are noted first: once it is done nothing shows them any more."""
    _keep(mark, {ACCEPTED: [gap.facts() for gap in gaps if gap.ref]})
    outside.bring()
    outside.carry_out()


def _gap(facts: Mapping[str, Any]) -> Gap:
    moments = {
        name: datetime.fromisoformat(facts[name]) for name in ("since", "until") if name in facts
    }
    return Gap(**{**facts, **moments})


def _keep(mark: Installation, facts: Mapping[str, Any]) -> None:
    mark.facts = {**mark.facts, **facts}
    Installation.objects.filter(pk=mark.pk).update(facts=mark.facts)
