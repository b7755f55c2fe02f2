"""Each gate and paper of a stage held against what this transfer has: met, or what is missing in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from access.law import clocks, counts
from access.law.reading import today
from custodian import clock
from custodian.regimes import deadlines
from custodian.regimes.routes import Gate, RouteGate, RoutePaper
from records.models import Customer
from transfers import assessing, routes
from transfers.models import Publication, Transfer, TransferAct, TransferPaper
from transfers.progress.checks import Missing, work_of

MANY = 10_000_000  # people; from here on a report of what becomes of the data is owed


def lacking(transfer: Transfer, stage: str) -> list[Missing]:
    """Everything that the stage still waits for, on this party's side."""
    found = routes.stage_of(transfer, stage)
    missing = [
        lack
        for each in found.papers
        if demands(transfer, each) and (lack := lack_of(transfer, stage, each)) is not None
    ]
    for gate in found.gates:
        if transfer.side in gate.of:
            missing += open_of(transfer, stage, gate)
    return missing


def lack_of(transfer: Transfer, stage: str, paper: RoutePaper) -> Missing | None:
    """Nothing where it is there; the report of an assessment counts only while that is in force."""
    filed = paper_of(transfer, stage, paper.code)
    if paper.assessed:
        found = assessing.verdict(assessing.of_transfer(transfer))
        if found.assessment is None:
            return Missing(paper.code, found.why, found.place)
        since = found.assessment.approved_at
        if filed is None or since is None or filed.filed_at < since:
            said = {"name": routes.name(paper), "row": str(found.assessment)}
            place = reverse("admin:transfer_papers", args=[transfer.code])
            return Missing(
                paper.code, _("影响评估 %(row)s 有效，还没有归档：%(name)s") % said, place
            )
        return None
    if filed is None:
        return Missing(paper.code, _("缺文件：%(name)s") % {"name": routes.name(paper)})
    return None


def demands(transfer: Transfer, paper: RoutePaper) -> bool:
    """Whether this party must have the paper before the stage ends."""
    if not paper.required or transfer.side not in paper.of:
        return False
    return "disposal" not in paper.when or owes_report(transfer)


def owes_report(transfer: Transfer) -> bool:
    """Important data, or ten million people (网络数据安全管理条例 28, 32)."""
    return transfer.important_data or Customer.objects.order_by()[MANY - 1 :].exists()


def paper_of(transfer: Transfer, stage: str, code: str) -> TransferPaper | None:
    """The newest."""
    return transfer.papers.filter(stage=stage, code=code).last()


def act_of(transfer: Transfer, gate: RouteGate) -> TransferAct | None:
    """What was recorded last for this gate."""
    return transfer.acts.filter(gate=gate.code).last()


def open_of(transfer: Transfer, stage: str, gate: RouteGate) -> list[Missing]:
    """What this one gate still waits for."""
    return list(_open(transfer, stage, gate))


def _open(transfer: Transfer, stage: str, gate: RouteGate) -> Iterator[Missing]:
    match gate.kind:
        case Gate.WORK:
            yield from work_of(transfer, stage)
        case Gate.DECISION:
            yield from _undecided(transfer, gate)
        case Gate.PRINTED:
            yield from _unprinted(transfer, gate)
        case Gate.ONLINE:
            yield from _offline(transfer, gate)
        case Gate.CLOCK:
            yield from _waiting(transfer, gate)


def _undecided(transfer: Transfer, gate: RouteGate) -> Iterator[Missing]:
    act = act_of(transfer, gate)
    name = {"name": routes.name(gate), "by": routes.by(gate)}
    if act is None:
        yield Missing(gate.code, _("还没有登记：%(name)s（%(by)s）") % name)
    elif not act.granted:
        yield Missing(gate.code, _("没有获准：%(name)s（%(by)s）") % name)
    elif act.paper_id is None or not act.number:
        yield Missing(gate.code, _("缺文号或凭证：%(name)s") % name)


def printed(transfer: Transfer, gate: RouteGate) -> int:
    """Notices with their proof."""
    rows = transfer.publications.filter(medium=gate.medium, paper__isnull=False)
    return rows.filter(day__lte=today()).count()


def _unprinted(transfer: Transfer, gate: RouteGate) -> Iterator[Missing]:
    needed, done = counts.of(gate.count).number, printed(transfer, gate)
    if done < needed:
        text = ngettext_lazy(
            "%(name)s：还差 %(n)s 次，须附凭证", "%(name)s：还差 %(n)s 次，须附凭证", "n"
        )
        yield Missing(gate.code, text % {"name": routes.name(gate), "n": needed - done})


def _offline(transfer: Transfer, gate: RouteGate) -> Iterator[Missing]:
    for side in gate.sites:
        if not any(stood(each, gate) for each in shown_at(transfer, side)):
            said = {"name": routes.name(gate), "side": str(Transfer.Side(side).label).lower()}
            yield Missing(f"{gate.code}-{side}", _("%(name)s：%(side)s方网站尚未满期") % said)


def shown_at(transfer: Transfer, side: str) -> list[Publication]:
    """When the notice stood on the party's website; of the other one's only what has its proof."""
    rows = transfer.publications.filter(medium=Publication.Medium.WEBSITE, side=side)
    own = side == transfer.side
    return [each for each in rows if own or each.paper_id is not None]


def stood(row: Publication, gate: RouteGate) -> bool:
    """Whether the notice has been there for as long as the route says."""
    until = deadlines.end_of(row.until) if row.until else clock.now()
    return full_at(row, gate) <= min(until, clock.now())


def full_at(row: Publication, gate: RouteGate) -> datetime:
    began = datetime.combine(row.day, datetime.min.time(), clock.OFFICE)
    return clocks.deadline(gate.clock, began).due_at


def _waiting(transfer: Transfer, gate: RouteGate) -> Iterator[Missing]:
    row = transfer.clocks.filter(rule=gate.clock).first()
    said = {"name": routes.name(gate)}
    if row is None:
        yield Missing(gate.code, _("还没有开始计时：%(name)s") % said)
    elif row.due_at > clock.now():
        yield Missing(gate.code, _("期限未满：%(name)s") % said)
