"""The pack for the police, after a decision of two: letter, timeline, evidence with its chain, counts.

It is made on demand and kept nowhere; every taking is on record, and so is the hand-over of each piece.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from incidents.cases import evidence, timeline
from incidents.cases.decisions import DECIDE, Decision
from incidents.cases.standing import held, require_real, require_work
from incidents.models import Custody, FraudCustody, Incident, IncidentEvidence, TimelineEntry
from incidents.reports import facts, packs, referral_papers
from incidents.reports.packs import Pack
from incidents.tracing import packing

Said = dict[str, Any]


class NotDecided(CustodianError):
    """Two members decide that a case goes to the police."""

    code = "incident-referral-undecided"
    status = 409
    message = _("还没有报案或移送的决定；请先在事件页提交这一决定，由另一名成员复核")


def decision(incident: Incident) -> TimelineEntry | None:
    """The newest decision to refer that two people made and that stands as they left it."""
    rows = incident.timeline.filter(
        what=TimelineEntry.What.DECISION, facts__decision=Decision.REFER.value
    )
    row = rows.order_by("pk").last()
    if row is None:
        return None
    approval = Approval.objects.filter(ref=row.facts["approval"], kind=DECIDE).first()
    approved = approval is not None and approval.status == Approval.Status.APPROVED
    return row if approved and approval and approvals.is_as_left(approval) else None


def takings(incident: Incident) -> list[TimelineEntry]:
    return list(incident.timeline.filter(facts__has_key="pack").select_related("recorded_by"))


def take(incident: Incident, *, to: str, note: str, purpose: str, actor: Actor) -> Pack:
    """Raises `NotDecided`, `evidence.Gone`, `Refused`, `Observes`, `Over`."""
    with held(incident) as case:
        require_work(case, actor)
        require_real(case)
        decided = decision(case)
        if decided is None:
            raise NotDecided
        pieces = {}
        for row in case.evidence.order_by("pk"):
            if not row.place:
                pieces[row.pk] = evidence.take_out(row, purpose=purpose, actor=actor)
                evidence.hand_over(row, to=to, note=note, actor=actor)
        parts = _parts(case, decided, pieces, to)
        content = packs.zipped(packs.INCIDENT, _manifest(case, to), parts)
        digest = hashlib.sha256(content).hexdigest()
        said = {"incident": case.code, "sha256": digest, "size": len(content)}
        gate.authorise(actor, Action.INCIDENT_REFER, channel=Channel.ADMIN, facts=said, reason=to)
        told = {"pack": digest, "pieces": len(pieces)}
        timeline.write(case, TimelineEntry.What.DECISION, actor=actor, text=to, facts=told)
    return Pack(content, digest, len(pieces))


def _parts(
    case: Incident, decided: TimelineEntry, pieces: Mapping[int, bytes], to: str
) -> dict[str, bytes]:
    """Every file but the manifest, by its path."""
    rows = list(case.evidence.order_by("pk").prefetch_related("custody__by"))
    listed = [_piece(row, at, row.pk in pieces) for at, row in enumerate(rows, start=1)]
    events = [_event(each) for each in case.timeline.select_related("recorded_by")]
    found = facts.of(case)
    affected = {"people": found["people"], "elements": found["elements"]}
    parts = {
        "cover-letter.pdf": referral_papers.letter(case, decided, found, listed, to=to),
        "timeline.pdf": referral_papers.timeline_page(case),
        "timeline.json": packs.encoded(events),
        "evidence.json": packs.encoded(listed),
        "affected.json": packs.encoded(affected),
    }
    return (
        parts
        | dict(_traces(case))
        | {
            each["file"]: pieces[row.pk]
            for each, row in zip(listed, rows, strict=True)
            if each["file"]
        }
    )


def _traces(case: Incident) -> Iterator[tuple[str, bytes]]:
    """Of each list that was traced for the case, what its own pack holds."""
    for trace in case.traces.filter(status=JobStatus.DONE).order_by("pk"):
        for name, body in packing.parts_of(trace).items():
            yield f"traces/{trace.code}/{name}", body


def _piece(row: IncidentEvidence, at: int, in_pack: bool) -> Said:  # noqa: FBT001
    return {
        "number": at,
        "name": row.name,
        "origin": row.origin,
        "length": row.length,
        "sha256": row.sha256,
        "file": f"evidence/{at:03}-{row.sha256[:12]}.bin" if in_pack else "",
        "kept_at": row.place,
        "custody": [chained(each) for each in row.custody.all()],
    }


def chained(row: Custody | FraudCustody) -> Said:
    return {
        "act": row.act,
        "at": facts.moment(row.at),
        "by": str(row.by),
        "to": row.to,
        "note": row.note,
    }


def _event(row: TimelineEntry) -> Said:
    return {
        "at": facts.moment(row.at),
        "recorded": facts.moment(row.recorded_at),
        "by": str(row.recorded_by) if row.recorded_by else "",
        "what": row.what,
        "facts": row.facts,
        "text": row.text,
    }


def _manifest(case: Incident, to: str) -> Said:
    return {"incident": case.code, "to": to, "made": facts.moment(clock.now())}
