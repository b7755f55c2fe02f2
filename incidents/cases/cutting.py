"""Cutting access from a case: one approved act ends logins and tokens, files, and partners' shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access import actors, approvals, employment, proposals, scopes
from access.actors import Actor
from access.exports import jobs as exports
from access.exports.jobs import NotThere
from access.models import Approval
from access.vocabulary import Channel
from custodian.errors import CustodianError
from incidents.cases import links, timeline
from incidents.cases.decisions import CaseKind, Pending, put_up
from incidents.cases.standing import ACTOR, held, require_work
from incidents.models import Incident, IncidentLink, TimelineEntry
from transfers.models import Share
from transfers.shares import jobs as shares

KIND: Final = "incident-cut"
CUTTABLE: Final = ("operator", "export", "partner")
What = TimelineEntry.What


class NothingToCut(CustodianError):
    """Access is cut of what the case is linked with: people, exports, partners."""

    code = "incident-nothing-to-cut"
    message = _("先关联人员、导出或合作方，再从中选择要停止的")


def cuttable(incident: Incident) -> list[IncidentLink]:
    rows = incident.links.select_related("operator", "export", "partner")
    return [each for each in rows if links.thing_of(each) in CUTTABLE]


def ask(incident: Incident, chosen: Sequence[IncidentLink], why: str, *, actor: Actor) -> Approval:
    """Raises `NothingToCut`, `Pending`, `Observes`, `Over`."""
    with held(incident) as row:
        require_work(row, actor)
        if proposals.waiting(KIND, incident=row.code) is not None:
            raise Pending
        named = {each.pk for each in chosen}
        cuts = [_said(each) for each in cuttable(row) if each.pk in named]
        if not cuts:
            raise NothingToCut
        return put_up(KIND, {"incident": row.code, "cuts": cuts, "text": why}, actor)


def _said(row: IncidentLink) -> dict[str, str]:
    thing = links.thing_of(row)
    return {"thing": thing, "link": str(row.pk), "name": links.name(row)}


class _Cut(CaseKind):
    label = _("事件中停止访问")

    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        named = [f"{links.LABELS[each['thing']]} {each['name']}" for each in payload["cuts"]]
        return [(_("停止访问"), named), (_("理由"), [payload["text"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """All of it in the transaction of the yes; what had ended by then is said to have."""
        row, said = self.held(approval, actor), approval.payload
        rows = {str(each.pk): each for each in cuttable(row)}
        house = actors.system(ACTOR)
        if row.exercise:  # it is written down, and nobody is cut off
            rows = {}
        for cut in said["cuts"]:
            done = 0
            with scopes.acting(house):
                done = sum(_cut(rows[cut["link"]], house)) if cut["link"] in rows else 0
            told = {"kind": cut["thing"], "name": cut["name"], "ended": done}
            timeline.write(row, What.CUT, actor=actor, text=said["text"], facts=told)


def _cut(row: IncidentLink, house: Actor) -> Iterator[int]:
    """How many of its ways in ended."""
    if row.operator is not None and row.operator.is_active:
        employment.disable(row.operator, channel=Channel.ADMIN, actor=house)
        yield 1
    if row.export is not None:
        try:
            exports.recall(row.export, channel=Channel.ADMIN, actor=house)
            yield 1
        except NotThere:
            yield 0
    if row.partner is not None:
        rows = Share.objects.select_for_update(of=("self",))
        for share in rows.filter(agreement__counterparty=row.partner, ended_at=None):
            shares.end(share, actor=house)
            yield 1


def ready() -> None:
    approvals.register(KIND, _Cut())
