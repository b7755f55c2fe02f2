"""Not telling the customers of a case: on a ground that the law names, decided by two, and seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, proposals
from access.actors import Actor
from access.law import reading
from access.models import Approval
from custodian.errors import CustodianError
from custodian.regimes.exemptions import Exemption
from incidents.cases import timeline
from incidents.cases.decisions import CaseKind, Pending, put_up
from incidents.cases.standing import held, require_real, require_work
from incidents.models import Incident, NoticeExemption, TimelineEntry
from records.notices.contents import language

KIND: Final = "incident-exempt"


class NoSuchGround(CustodianError):
    """The law of this insurer names no such ground."""

    code = "incident-no-such-ground"
    message = _("没有这项依据，请从列表中选择")


def grounds() -> Mapping[str, Exemption]:
    return reading.pack().exemptions


def words(code: str) -> str:
    """In the reader's language; a ground that the pack has no more, by its code."""
    found = grounds().get(code)
    if found is None:
        return code
    return found.says if language() == "zh" else found.says_en


def ask(incident: Incident, ground: str, reason: str, *, actor: Actor) -> Approval:
    """Raises `NoSuchGround`, `Pending`, `Observes`, `Over`."""
    if ground not in grounds():
        raise NoSuchGround
    with held(incident) as row:
        require_work(row, actor)
        require_real(row)
        if proposals.waiting(KIND, incident=row.code) is not None:
            raise Pending
        return put_up(KIND, {"incident": row.code, "ground": ground, "text": reason}, actor)


class _Exempt(CaseKind):
    label = _("免于告知客户")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:incident_notices", args=[payload["incident"]])

    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        return [(_("依据"), [words(payload["ground"])]), (_("理由"), [payload["text"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        row, said = self.held(approval, actor), approval.payload
        NoticeExemption.objects.create(
            incident=row, ground=said["ground"], reason=said["text"], approval=approval
        )
        what, facts = TimelineEntry.What.NOTICE, {"exempt": said["ground"]}
        timeline.write(row, what, actor=actor, text=said["text"], facts=facts)


def ready() -> None:
    approvals.register(KIND, _Exempt())
