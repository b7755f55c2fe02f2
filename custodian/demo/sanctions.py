"""Two matters and a list: one against an intermediary's person is over, one against the insider is heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from access import actors, approvals, scopes
from access.actors import Actor
from access.models import Approval, User
from custodian import clock
from custodian.demo.leak import AUDITOR, INSIDER, SECURITY
from custodian.demo.officers import Officers
from incidents.models import Incident, SanctionCase, SanctionPaper
from incidents.sanctions import (
    closing,
    deciding,
    hearing,
    importing,
    investigating,
    opening,
    people,
    screening,
    serving,
)
from records.identifiers.resident import to_eighteen
from records.models import Intermediary

# Invented: no such person has ever had these.
NAMED: Final = "示例·周全"
NUMBER: Final = to_eighteen("320301880808008")
LISTED: Final = ("320102790101001", "320102810202002", "320102830303003")


def begin(officers: Officers, staff: Mapping[str, User], case: Incident) -> None:
    _listed(officers)
    _finished(officers, staff)
    _in_hearing(officers, staff, case)


@contextmanager
def _as(person: User) -> Iterator[Actor]:
    acting = actors.staff(person, stepped_up=True)
    with scopes.acting(acting):
        yield acting


def _approve(asked: Approval, person: User) -> None:
    with _as(person) as actor:
        approvals.approve(asked, seen=asked.digest, actor=actor)


def _listed(officers: Officers) -> None:
    """Three of other insurers, and a row that nobody can be found by; then two candidates."""
    day = clock.local().date() - timedelta(days=200)
    rows = [
        f"示例·甲,{to_eighteen(LISTED[0])},泄露、出售客户信息,{day},长汀示例人寿,",
        f"示例·乙,{LISTED[1]},伪造、篡改客户信息,{day},海门示例财险,",
        f"示例·丙,{to_eighteen(LISTED[2])},超出限定范围查询或使用,{day},长汀示例人寿,",
        f"示例·丁,32010283030300,泄露、出售客户信息,{day},海门示例财险,",
    ]
    text = "\n".join(("姓名,证件号码,行为,决定日期,保险公司,限制至", *rows))
    with officers.acting() as officer:
        importing.take(
            text.encode(),
            file_name="industry.csv",
            origin="演示保险行业协会〔2026〕5号",
            received_on=clock.local().date(),
            actor=officer,
        )
        for number in (NUMBER, LISTED[1]):
            screening.screen(number, "", "agent", actor=officer)


def _finished(officers: Officers, staff: Mapping[str, User]) -> None:
    """Heard, decided by two, appealed, and upheld by two others."""
    words = {
        "zh": "查明：代客户填写并修改健康告知和联系电话，共 11 份投保单。",
        "en": "Filled in and altered health declarations and telephone numbers on 11 applications.",
    }
    with officers.acting() as officer:
        matter = opening.open_matter(
            person=None,
            kind="outside",
            intermediary=Intermediary.objects.order_by("code")[0],
            name=NAMED,
            id_number=NUMBER,
            acts=["forge"],
            summary="回访发现多份投保单联系电话相同，客户称从未填写",
            actor=officer,
        )
        for person in (officers.second, staff[SECURITY], staff[AUDITOR]):
            people.let_in(matter, person, "member", actor=officer)
        found = "真实性抽查第 3 批，投保单影像及回访录音"
        investigating.refer_to_evidence(matter, found, actor=officer)
        serving.issue_findings(matter, words, actor=officer)
        _serve(matter, "findings", officer)
        hearing.record(matter, "statement", "承认代填，称客户知情", actor=officer)
        hearing.hold(matter, "held", "本人到场，陈述一小时，有签字笔录", actor=officer)
        asked = deciding.propose(matter, ["end_agency"], words, actor=officer)
    officers.approve(asked.approval)
    with officers.acting() as officer:
        _serve(matter, "decision", officer)
        hearing.record(matter, "appeal", "认为处理过重", actor=officer)
    _upheld(officers, staff, matter)


def _upheld(officers: Officers, staff: Mapping[str, User], matter: SanctionCase) -> None:
    words = {"zh": "事实清楚，处理适当。", "en": "The facts are clear and the measure is fitting."}
    with _as(staff[SECURITY]) as actor:
        asked = deciding.propose_on_appeal(matter, "upheld", [], words, actor=actor)
    _approve(asked.approval, staff[AUDITOR])
    with officers.acting() as officer:
        _serve(matter, "appeal", officer)
        closing.close(matter, note="申诉维持，办结", actor=officer)


def _in_hearing(officers: Officers, staff: Mapping[str, User], case: Incident) -> None:
    """From the case of the list that was for sale; the insider has five days."""
    words = {
        "zh": "查明：三周内反复查看非名下客户，名单与其查看记录高度吻合。",
        "en": "Repeatedly looked at customers not his own; the list matches his looks closely.",
    }
    with officers.acting() as officer:
        matter = opening.open_matter(
            person=staff[INSIDER],
            kind="agent",
            intermediary=None,
            name="",
            id_number="320301900909009",
            acts=["access", "leak"],
            summary="泄露溯源排第一名，见事件",
            incident=case,
            actor=officer,
        )
        for person in (officers.second, staff[SECURITY]):
            people.let_in(matter, person, "member", actor=officer)
        found = f"事件 {case.code} 的证据与溯源结果"
        investigating.refer_to_evidence(matter, found, actor=officer)
        serving.issue_findings(matter, words, actor=officer)
        _serve(matter, "findings", officer)


def _serve(matter: SanctionCase, kind: str, officer: Actor) -> None:
    paper = SanctionPaper.objects.select_related("matter").get(matter=matter, kind=kind)
    today = clock.local().date()
    serving.note_service(paper, today, "in_hand", note="本人签收", actor=officer)
