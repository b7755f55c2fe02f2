"""An office that carries a matter through its stages, with the person concerned and his line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.test import Client

from access import approvals
from access.models import Approval, User
from access.vocabulary import Role
from custodian import clock
from incidents.models import RehireFlag, SanctionCase, SanctionPaper
from incidents.sanctions import closing, deciding, hearing, investigating, opening, people, serving
from records.models import Intermediary
from tests import estate

NAME = "戚无咎"
NUMBER = "320311198604180011"
OLD = "320311860418001"
WORDS = {
    "zh": "查明：超出工作需要查看客户资料并出售。",
    "en": "Looked beyond need and sold what was seen.",
}


class Office:
    """Four in the group: two who decide first, two who decide the appeal. One officer stands outside."""

    def __init__(self, *, manager: bool = True) -> None:
        self.lead = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.SECURITY_OFFICER, name="孙强")
        self.third = estate.user(Role.COMPLIANCE_OFFICER, name="何平")
        self.auditor = estate.user(Role.AUDITOR, name="钱进")
        self.outside = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        self.boss = estate.user(Role.COMPLIANCE_OFFICER, name="高立")
        self.person = estate.user(
            Role.AGENT, name=NAME, password=estate.PASSWORD, manager=self.boss if manager else None
        )
        self.matter = self.open()
        with estate.acting(self.lead) as actor:
            for each in (self.second, self.third, self.auditor):
                people.let_in(self.matter, each, "member", actor=actor)

    def open(self, **said: Any) -> SanctionCase:
        terms = {
            "person": self.person, "kind": "agent", "intermediary": None, "name": "",
            "id_number": NUMBER, "acts": ["leak"], "summary": f"{NAME} 涉嫌出售名单",
        }  # fmt: skip
        with estate.acting(said.pop("by", self.lead)) as actor:
            return opening.open_matter(**{**terms, **said}, actor=actor)

    def approve(self, approval: Approval, by: User) -> None:
        with estate.acting(by, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def at(self) -> str:
        with estate.acting(self.lead):
            self.matter.refresh_from_db()
        return self.matter.stage

    def paper(self, kind: str) -> SanctionPaper:
        with estate.acting(self.lead):
            return SanctionPaper.objects.select_related("matter").get(matter=self.matter, kind=kind)

    def serve(self, kind: str, how: str = "in_hand") -> SanctionPaper:
        paper = self.paper(kind)
        with estate.acting(self.lead) as actor:
            serving.note_service(paper, today(), how, note="本人签收", actor=actor)
        return self.paper(kind)

    def notify(self, how: str = "own_page") -> SanctionPaper:
        with estate.acting(self.lead) as actor:
            serving.issue_findings(self.matter, WORDS, actor=actor)
        return self.serve("findings", how)

    def say(self, kind: str, text: str, paper: SanctionPaper) -> None:
        with estate.acting(self.person) as actor:
            hearing.answer(paper, kind, text, actor=actor)

    def hear(self) -> None:
        with estate.acting(self.lead) as actor:
            hearing.hold(self.matter, "held", "本人到场陈述", actor=actor)

    def judge(self) -> None:
        with estate.acting(self.lead) as actor:
            for each in investigating.unjudged(self.matter):
                investigating.judge(self.matter, each, "released", why="已尽审查", actor=actor)

    def propose(self, *measures: str, by: User | None = None) -> Approval:
        chosen = measures or ("end_agency", "refer")
        with estate.acting(by or self.lead) as actor:
            return deciding.propose(self.matter, chosen, WORDS, actor=actor).approval

    def heard(self) -> None:
        self.notify()
        self.hear()
        self.judge()

    def decide(self, *measures: str) -> None:
        self.heard()
        self.approve(self.propose(*measures), self.second)

    def appeal(self, *measures: str) -> None:
        """Decided, served on his page, and appealed against; an account that ended gets it on paper."""
        self.decide(*measures)
        self.serve("decision")
        with estate.acting(self.lead) as actor:
            hearing.record(self.matter, "appeal", "处理过重", actor=actor)

    def settle(self, outcome: str, *measures: str) -> None:
        with estate.acting(self.third) as actor:
            made = deciding.propose_on_appeal(self.matter, outcome, measures, WORDS, actor=actor)
        self.approve(made.approval, self.auditor)

    def close(self) -> None:
        with estate.acting(self.lead) as actor:
            closing.close(self.matter, note="办结", actor=actor)

    def flag(self) -> RehireFlag:
        with estate.acting(self.outside):
            return RehireFlag.objects.get(matter_id=self.matter.pk)


def today() -> date:
    return clock.local().date()


def later(days: int) -> Any:
    return clock.at(clock.now() + timedelta(days=days))


def signed_in(person: User, language: str = "zh-hans") -> Client:
    return estate.login(Client(HTTP_ACCEPT_LANGUAGE=language), person, stepped_up=True)


def intermediary() -> Intermediary:
    made, _new = Intermediary.objects.get_or_create(code="ZJ001", defaults={"name": "示例代理公司"})
    return made
