"""A list turned up for sale: a case is opened, the list traced, and the insider of the demo stands first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from access import actors, scopes
from access.models import User
from custodian import clock
from custodian.demo import portal
from custodian.demo.insurer.leaked import LEAKED
from custodian.demo.officers import Officers, paper
from incidents import triage
from incidents.affected import jobs as affected
from incidents.cases import (
    assessing,
    clocks,
    decisions,
    evidence,
    group,
    links,
    opening,
    remedying,
    timeline,
    todo,
)
from incidents.models import Incident, Kind
from incidents.notices import drafting, sending, texts
from incidents.reports import writing
from incidents.tracing import jobs
from records.importing import store
from records.importing.readers import Source
from records.notices.contents import Both

HIT = "customer.hit"
FIRST, WRITTEN = "CN-NFRA-2H", "CN-NFRA-24H"
INSIDER, SECURITY, AUDITOR = "A0197", "S0088", "U0012"


def trace(officers: Officers, people: Mapping[str, User], folder: Path) -> Incident:
    """As the pages do, and at once as the worker would."""
    case = _opened(officers, people)
    with officers.acting() as officer:
        job = jobs.ask(
            store.receive(Source.from_path(folder / LEAKED)),
            label="社交平台上兜售的名单",
            reason="客户举报接到推销电话，名单截图附在工单里",
            since=None,
            until=clock.local().date(),
            incident=case,
            actor=officer,
        )
    jobs.work(job.pk)
    _worked_on(officers, people, case)
    return case


def _opened(officers: Officers, people: Mapping[str, User]) -> Incident:
    with officers.acting() as officer:
        alert, _new = triage.raise_alert(
            "customer", "客户反映社交平台上有人兜售本公司客户名单", severity="high", actor=officer
        )
        case = opening.open_case(
            kind=Kind.INSIDER,
            title="社交平台上兜售的客户名单",
            occurred_at=None,
            aware_at=clock.now() - timedelta(hours=3),
            alerts=[alert],
            actor=officer,
        )
        group.let_in(case, officers.second, "member", actor=officer)
        group.let_in(case, people[SECURITY], "member", actor=officer)
        group.let_in(case, people[AUDITOR], "observer", actor=officer)
    return case


def _worked_on(officers: Officers, people: Mapping[str, User], case: Incident) -> None:
    with officers.acting() as officer:
        links.link(case, "operator", INSIDER, why="溯源第一名", actor=officer)
        shot = paper("聊天截图", "卖家报价与名单前几行")
        evidence.file(case, shot, name="聊天截图", origin="客户提供，客服转来", actor=officer)
        note = "平台客服已下架该帖子，并保留发帖人的登记信息"
        timeline.note(case, note, at=clock.now() - timedelta(hours=1), actor=officer)
        for step, said in (("secure", "日志已封存并核验"), ("trace", "第一名的证据强度为“强”")):
            todo.settle(case.tasks.get(step=step), "done", note=said, actor=officer)
        todo.give(case.tasks.get(step="interview"), people[SECURITY], actor=officer)
        job = affected.ask(case, "operator", INSIDER, since=None, until=None, actor=officer)
        asked = decisions.ask(
            case, "contain", "停止该工号的查询权限并收回设备，直到查清", actor=officer
        )
    affected.work(job.pk)
    officers.approve(asked)
    _assessed(officers, people, case)


def _assessed(officers: Officers, people: Mapping[str, User], case: Incident) -> None:
    """Two officers; the first report has gone out, late, and the others run."""
    with officers.acting() as officer:
        said = {
            "occasions": ["data_incident", "pi_breach"],
            "severity": "significant",
            "level": "ordinary",
            "operator": "other",
            "circumstances": ["CN-SEV-PERSON"],
            "reason": "涉及敏感级以上资料，名单已在网上出售，对个人的损害难以挽回；人数不到网信分级的较大",
        }
        asked = assessing.ask(case, said, actor=officer)
    officers.approve(asked)
    with officers.acting() as officer:
        why = "接到客户反映后先核实名单真伪"
        for first in case.clocks.filter(rule=FIRST):  # another pack has other clocks
            clocks.report(first, at=None, reference="演示〔2026〕1号", why_late=why, actor=officer)
    _told(officers, case)
    _reported(officers, people, case)


def _reported(officers: Officers, people: Mapping[str, User], case: Incident) -> None:
    """The written report is approved and has to be handed in; what has to change has an owner."""
    words = {
        "happened": {
            "zh": "一名人员超出工作需要查看客户信息，名单在社交平台上出售。",
            "en": "One of our people looked beyond what the work needed; a list was offered for sale.",
        },
        "harm": {
            "zh": "可能被冒充诈骗。",
            "en": "Customers may be defrauded by somebody who poses as us.",
        },
        "planned": {"zh": "电销列表遮住号码。", "en": "Numbers in telesales lists are masked."},
        "discovery": {"zh": "客户来电反映。", "en": "A customer called."},
        "taken": {
            "zh": "已停止该人员的访问并告知客户。",
            "en": "Access was cut and customers told.",
        },
        "contact": {"zh": "合规部 400-000-0000", "en": "Compliance 400-000-0000"},
    }
    with officers.acting() as officer:
        asked = None
        if case.clocks.filter(rule=WRITTEN).exists():
            report = writing.begin(case, WRITTEN, actor=officer)
            writing.write(report, words, actor=officer)
            asked = writing.submit(report, actor=officer)
        remedying.propose(
            case,
            title="电销坐席的客户列表一律遮住号码",
            kind="technical",
            note="先在泰州试行",
            owner=people[SECURITY],
            due_on=clock.local().date() + timedelta(days=21),
            actor=officer,
        )
    officers.approve(asked)


def _told(officers: Officers, case: Incident) -> None:
    """Everybody on the lists is written to; a page for anybody stands beside it."""
    words = {
        **texts.proposed(case),
        "done": Both(
            "已停止该人员的访问，向监管部门报告，并已报案；平台已下架帖子。",
            "The person's access was cut; the authorities and the police were told; the post is gone.",
        ),
    }
    with officers.acting() as officer:
        batch = drafting.draft(case, words, public=True, actor=officer)
        asked = drafting.submit(batch, actor=officer)
    officers.approve(asked)
    sending.work(batch.pk)
    with scopes.acting(actors.system("incidents")):
        told = list(batch.notices.order_by("pk").values_list("subject_id", flat=True))
    if (hers := portal.first_with_mobile(told)) is not None:
        portal.add(HIT, hers)
