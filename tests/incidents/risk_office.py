"""The people who keep the register, and a risk of theirs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from access import approvals
from access.models import Approval, User
from access.vocabulary import Role
from custodian import clock
from incidents.models import Risk, RiskAction
from incidents.risks import accepting, actions, register
from tests import estate

DAY = timedelta(days=1)
TOLD = {
    "title": "名单经合作方流出", "cause": "平台保存期过长", "consequence": "客户被骗", "kind": "partner",
    "unit": None, "product": None, "origin": "own", "origin_ref": "",
}  # fmt: skip


def today() -> date:
    return clock.local().date()


class Office:
    def __init__(self) -> None:
        self.officer = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.SECURITY_OFFICER, name="孙强")
        self.auditor = estate.user(Role.AUDITOR, name="钱进")
        self.administrator = estate.user(Role.ADMINISTRATOR, name="周立")
        self.owner = estate.user(Role.SERVICE_DESK, name="周明")

    def risk(self, *levels: int, controls: Any = (), **told: Any) -> Risk:
        with estate.acting(self.officer) as actor:
            return register.raise_risk(
                {**TOLD, **told}, levels=list(levels or (4, 4, 3, 4)), controls=controls,
                owner=self.officer, review_on=None, actor=actor,
            )  # fmt: skip

    def action(self, thing: Any, owner: User | None = None, *, days: int = 30) -> RiskAction:
        with estate.acting(self.officer) as actor:
            return actions.propose(
                thing, title="缩短保存期", owner=owner or self.owner, due_on=today() + days * DAY,
                actor=actor,
            )  # fmt: skip

    def finish(self, row: RiskAction, by: User) -> None:
        with estate.acting(by) as actor:
            actions.finish(row, result="已改", evidence="变更 7", channel="admin", actor=actor)

    def verify(self, row: RiskAction, by: User, **said: Any) -> None:
        with estate.acting(by) as actor:
            actions.verify(row, **{"works": True, "note": "", **said}, actor=actor)

    def treat(self, risk: Risk, treatment: str, by: User | None = None) -> Approval | None:
        with estate.acting(by or self.officer) as actor:
            return accepting.treat(risk, treatment, why="成本高于损失", actor=actor)

    def weigh(self, risk: Risk, *levels: int) -> None:
        with estate.acting(self.officer) as actor:
            register.weigh(risk, list(levels), why="半年复查", actor=actor)

    def approve(self, approval: Approval | None, by: User) -> None:
        assert approval is not None
        with estate.acting(by, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)
