"""What goes on around a verification: looks, sealing, and attacks by name."""

from __future__ import annotations

from pathlib import Path

from access.models import Verification
from access.verification import jobs, run
from access.verification.outside import Outside
from access.verification.run import Report, Start
from custodian.drills import history
from custodian.drills.attacks import ATTACKS
from custodian.drills.copy import Copy

FULL, INCREMENTAL = Verification.Kind.FULL, Verification.Kind.INCREMENTAL
BY_NAME = {attack.name: attack for attack in ATTACKS}


def attack(name: str, copy: Copy) -> int:
    return BY_NAME[name].play(copy)


def looks(copy: Copy, count: int = 3) -> list[int]:
    """Sealed looks of another writer."""
    ids = history.Writer(copy.customers()).look(count)
    copy.seal()
    return ids


def verified(kind: Verification.Kind = FULL, *, note: bytes | None = None) -> Verification:
    """A run as the command carries it out; it must not be held up by another one."""
    row = jobs.carry_out(kind, outside=run.configured(note=note))
    assert row is not None
    return row


def report(copy: Copy, *, note: bytes | None = None, jobs: int = 1) -> Report:
    policy = copy.original.policy.read_text()
    return run.verify(Start(), Outside(policy=policy, note=note), jobs=jobs)


def faults(copy: Copy, *, note: bytes | None = None, jobs: int = 1) -> list[str]:
    return [str(fault) for fault in report(copy, note=note, jobs=jobs).faults]


def said(row: Verification) -> tuple[bool | None, int | None, str]:
    return row.ok, row.first_bad, row.because


def held(path: Path) -> bytes:
    return path.read_bytes()
