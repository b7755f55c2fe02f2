"""Evidence of a fraud case: as it came, sealed under keys of its own, with its chain of custody."""

from __future__ import annotations

import hashlib
from typing import Final

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.keystore import NoKey
from access.sealed_files import Sealing, Shelf
from access.vocabulary import Channel
from custodian.crypto.errors import CryptoError
from incidents.cases.evidence import Empty, Gone
from incidents.fraud.investigating import WORKED
from incidents.fraud.standing import authorise, held, require_member, write
from incidents.models import Custody, FraudCase, FraudCustody, FraudEntry, FraudEvidence

Act = Custody.Act
SHELF: Final = Shelf("", "fraud-evidence")
__all__ = [
    "SHELF",
    "Act",
    "Empty",
    "Gone",
    "check",
    "file",
    "hand_over",
    "note_elsewhere",
    "take_out",
]


def file(case: FraudCase, content: bytes, *, name: str, origin: str, actor: Actor) -> FraudEvidence:
    """Any kind of file, byte by byte as it came. Raises `Empty`, `NotAnInvestigator`, `WrongStep`."""
    if not content:
        raise Empty
    row = _row(case, name, origin, actor)
    row.length, row.sha256 = len(content), hashlib.sha256(content).hexdigest()
    try:
        with held(case, *WORKED) as locked:
            _keep(locked, row, actor)
            out = Sealing(row.ref, SHELF)
            try:
                out.write(content)
                out.keep()
            except BaseException:
                out.drop()
                raise
    except BaseException:
        SHELF.remove(row.ref)
        raise
    return row


def note_elsewhere(
    case: FraudCase, *, name: str, origin: str, place: str, sha256: str, actor: Actor
) -> FraudEvidence:
    """A thing that stays where it is. Raises `NotAnInvestigator`, `WrongStep`."""
    row = _row(case, name, origin, actor)
    row.place, row.sha256 = place, sha256
    with held(case, *WORKED) as locked:
        _keep(locked, row, actor)
    return row


def _row(case: FraudCase, name: str, origin: str, actor: Actor) -> FraudEvidence:
    return FraudEvidence(
        case=case, name=name, origin=origin, length=0, filed_by_id=actors.person(actor)
    )


def _keep(case: FraudCase, row: FraudEvidence, actor: Actor) -> None:
    require_member(case, actor)
    authorise(case, Action.FRAUD_WORK, "evidence", actor=actor, sha256=row.sha256, size=row.length)
    row.save(force_insert=True)
    _chain(row, Act.FILED, actor, note=row.origin)
    said = {"name": row.name, "sha256": row.sha256}
    write(case, FraudEntry.What.EVIDENCE, actor=actor, told=said)


def take_out(row: FraudEvidence, *, purpose: str, actor: Actor) -> bytes:
    """The file, on record and in its chain before anything of it is read. Raises `Refused`, `Gone`."""
    content = _read(row, purpose=purpose, actor=actor)
    _chain(row, Act.OPENED, actor)
    return content


def check(row: FraudEvidence, *, purpose: str, actor: Actor) -> bool:
    """Whether it still is what was filed; the answer stands in its chain. Raises `Gone`."""
    same = hashlib.sha256(_read(row, purpose=purpose, actor=actor)).hexdigest() == row.sha256
    _chain(row, Act.CHECKED, actor, note="=" if same else "≠")
    return same


def hand_over(row: FraudEvidence, *, to: str, note: str, actor: Actor) -> None:
    """The thing itself, or a copy of it, went to somebody else."""
    with held(row.case, *WORKED) as locked:
        require_member(locked, actor)
        authorise(locked, Action.FRAUD_WORK, "evidence", actor=actor, sha256=row.sha256)
        _chain(row, Act.HANDED, actor, to=to, note=note)


def _chain(
    row: FraudEvidence, act: Custody.Act, actor: Actor, *, to: str = "", note: str = ""
) -> None:
    FraudCustody.objects.create(
        evidence=row, act=act, by_id=actors.person(actor), to=to, note=note[:200]
    )


def _read(row: FraudEvidence, *, purpose: str, actor: Actor) -> bytes:
    if row.place:
        raise Gone
    facts = {"fraud": row.case.code, "sha256": row.sha256, "paper": str(row.ref)}
    gate.permit(
        actor, Action.FRAUD_EVIDENCE_READ, purpose=purpose, channel=Channel.ADMIN, facts=facts
    )
    try:
        return b"".join(SHELF.read(row.ref))
    except (FileNotFoundError, NoKey, CryptoError):
        raise Gone from None
