"""Evidence of a case: filed as it came, sealed under keys of its own, and its chain of custody."""

from __future__ import annotations

import hashlib
from typing import Final

from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.keystore import NoKey
from access.sealed_files import Sealing, Shelf
from access.vocabulary import Channel
from custodian.crypto.errors import CryptoError
from custodian.errors import CustodianError
from incidents.cases import timeline
from incidents.cases.standing import held, require_work
from incidents.models import Custody, Incident, IncidentEvidence, TimelineEntry

Act = Custody.Act


SHELF: Final = Shelf("", "incident-evidence")


class Empty(CustodianError):
    """There is nothing in it."""

    code = "incident-evidence-empty"
    message = _("文件是空的，请重新选择")


class Gone(CustodianError):
    """The file is not where it was put, or opens no more; its row and its chain stay."""

    code = "incident-evidence-gone"
    status = 410
    message = _("文件不在存储中或已打不开，请联系系统管理员核对存储检查")


def file(
    incident: Incident, content: bytes, *, name: str, origin: str, actor: Actor
) -> IncidentEvidence:
    """Any kind of file, byte by byte as it came. Raises `Empty`, `Observes`, `Over`."""
    if not content:
        raise Empty
    row = _row(incident, name, origin, actor)
    row.length, row.sha256 = len(content), hashlib.sha256(content).hexdigest()
    try:
        with held(incident) as case:
            _keep(case, row, actor)
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
    incident: Incident, *, name: str, origin: str, place: str, sha256: str, actor: Actor
) -> IncidentEvidence:
    """A thing that stays where it is, such as a seized computer. Raises `Observes`, `Over`."""
    row = _row(incident, name, origin, actor)
    row.place, row.sha256 = place, sha256
    with held(incident) as case:
        _keep(case, row, actor)
    return row


def _row(incident: Incident, name: str, origin: str, actor: Actor) -> IncidentEvidence:
    return IncidentEvidence(
        incident=incident,
        name=name,
        origin=origin,
        media_type="application/octet-stream",
        length=0,
        filed_by_id=actors.person(actor),
    )


def _keep(case: Incident, row: IncidentEvidence, actor: Actor) -> None:
    require_work(case, actor)
    facts = {"incident": case.code, "sha256": row.sha256, "size": row.length}
    gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
    row.save(force_insert=True)
    row.custody.create(act=Act.FILED, by_id=actors.person(actor), note=row.origin)
    what = TimelineEntry.What.EVIDENCE
    said = {"name": row.name, "sha256": row.sha256}
    timeline.write(case, what, actor=actor, facts=said)


def take_out(row: IncidentEvidence, *, purpose: str, actor: Actor) -> bytes:
    """The file, on record and in its chain before anything of it is read. Raises `Refused`, `Gone`."""
    content = _read(row, purpose=purpose, actor=actor)
    row.custody.create(act=Act.OPENED, by_id=actors.person(actor))
    return content


def check(row: IncidentEvidence, *, purpose: str, actor: Actor) -> bool:
    """Whether it still is what was filed; the answer stands in its chain. Raises `Gone`."""
    same = hashlib.sha256(_read(row, purpose=purpose, actor=actor)).hexdigest() == row.sha256
    note = str(_("指纹相符")) if same else str(_("指纹不符"))
    row.custody.create(act=Act.CHECKED, by_id=actors.person(actor), note=note)
    return same


def _read(row: IncidentEvidence, *, purpose: str, actor: Actor) -> bytes:
    if row.place:
        raise Gone
    facts = {"incident": row.incident.code, "sha256": row.sha256, "paper": str(row.ref)}
    gate.permit(
        actor,
        Action.INCIDENT_EVIDENCE_READ,
        purpose=purpose,
        channel=Channel.ADMIN,
        facts=facts,
    )
    try:
        return b"".join(SHELF.read(row.ref))
    except (FileNotFoundError, NoKey, CryptoError):
        raise Gone from None


def hand_over(row: IncidentEvidence, *, to: str, note: str, actor: Actor) -> None:
    """The thing itself, or a copy of it, went to somebody else. Raises `Observes`, `Over`."""
    with held(row.incident) as case:
        require_work(case, actor)
        facts = {"incident": case.code, "sha256": row.sha256}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        row.custody.create(act=Act.HANDED, by_id=actors.person(actor), to=to, note=note)


def file_name(row: IncidentEvidence) -> str:
    """Neutral: what evidence is about does not stand in a download's name."""
    return f"{row.incident.code}-{row.sha256[:12]}.bin"
