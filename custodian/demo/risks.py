"""The demo's risks: a filled register, assessments to compare, controls partly tested, audits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from access import actors, approvals, scopes
from access.actors import Actor
from access.models import Approval, Unit, User
from custodian import clock
from custodian.demo.diary import Steps
from incidents.models import Risk, RiskAction
from incidents.risks import (
    accepting,
    actions,
    assessing,
    calendar,
    checking,
    library,
    register,
    rounds,
)
from incidents.risks.rounds import Reported
from records.models import Product

OFFICER, SECOND, GUARD, AUDITOR, ADMIN = "C0217", "C0218", "S0088", "U0012", "T0003"
DESK, HANDLER = "K0501", "L0301"
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True)
class _Told:
    """One risk: words, levels inherent and residual, controls, how it is met, and what is done by whom."""

    title: str
    cause: str
    consequence: str
    kind: str
    levels: tuple[int, int, int, int]
    controls: Sequence[str] = ()
    treatment: str = ""
    why: str = ""
    action: str = ""
    owner: str = OFFICER
    days: int = 60
    of_product: bool = False
    of_unit: bool = False
    done: bool = field(default=False)


RISKS: Final = (
    _Told(
        "员工分批查看客户并出售名单", "岗位能看到名下以外的客户，单次数量少不易发现",
        "客户接到推销和诈骗电话，公司被处罚", "leak", (4, 5, 3, 4),
        ("C-ACCESS-01", "C-LOG-01", "C-LOG-02"), "reduce", "发现后按周收紧阈值",
        "把慢速渗漏的阈值从每周 40 名降到 25 名", SECOND, 20,
    ),
    _Told(
        "名单经合作方平台流出", "平台保存期长于协议，回执不全", "大量客户信息外泄，难以追回", "partner",
        (4, 5, 3, 4), ("C-PARTNER-01", "C-PARTNER-02"), "reduce", "年内全部补签",
        "逐家补签保存期限和返还条款", HANDLER, 45,
    ),
    _Told(
        "离职人员账号未及时停用", "人事通知晚于离职日", "离职后继续查看客户", "access", (3, 4, 2, 3),
        ("C-PEOPLE-02", "C-ACCESS-01"), "accept", "停用已缩短到当日，剩余概率低",
    ),
    _Told(
        "备份不能恢复", "备份与密钥分开保存，长期没有演练", "灾难时资料丢失，业务中断", "loss", (2, 5, 2, 4),
        ("C-DATA-03", "C-DATA-04"), "reduce", "半年演练一次", "在异地主机上做一次完整恢复", ADMIN, 30,
    ),
    _Told(
        "客户信息不真实", "代理人代填联系方式", "通知不到客户，回访失败", "quality", (4, 3, 3, 3),
        ("C-LOG-02",), "reduce", "分步核实", "对银保渠道逐户核实手机号码", DESK, 90,
    ),
    _Told(
        "健康告知资料收集过多", "问卷沿用旧版", "超出必要范围处理敏感个人信息", "legal", (3, 4, 2, 4),
        ("C-KEEP-01",), "accept", "新问卷已报批，一个月内换用", of_product=True,
    ),
    _Told(
        "客户申请逾期答复", "赔案高峰时人手不足", "客户投诉，监管约谈", "legal", (3, 3, 2, 2),
        ("C-RIGHTS-01",), "accept", "已有替班安排",
    ),
    _Told(
        "查询日志被删改而未发现", "核验只在夜间运行", "责任无法认定", "access", (2, 5, 1, 4),
        ("C-LOG-01", "C-DATA-01"), "accept", "有外部见证，谁删改都会被发现",
    ),
    _Told(
        "勒索软件加密业务系统", "办公网与业务网之间放行过宽", "业务中断，客户资料可能外流", "loss",
        (3, 5, 2, 5), ("C-DATA-03", "C-PLAN-01"), "transfer", "已投保网络安全险，赔付范围含恢复费用",
    ),
    _Told(
        "销售误导引发集中投诉", "条款解释不一致", "退保、诉讼、声誉受损", "product", (3, 4, 3, 3),
        ("C-PEOPLE-01",), of_product=True,
    ),
    _Told(
        "中支共用终端", "柜面机位少于人数", "不能认定是谁查看", "access", (3, 3, 2, 2), ("C-LOG-02",),
        "avoid", "停用共用终端，改为一人一机", of_unit=True,
    ),
    _Told(
        "到期资料没有销毁", "影像系统没有接入批次", "超期保存被处罚", "legal", (4, 3, 2, 3), ("C-KEEP-01",),
        "reduce", "接入销毁批次", "把影像系统接入销毁批次", OFFICER, 10, done=True,
    ),
)  # fmt: skip
ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "customers": {"channel": "agency", "vulnerable": "some", "sensitive": "usual", "interest": "signs"},
    "products": {"terms": "some", "data": "health", "sale": "agents"},
    "market": {"law": "some", "attackers": "rising", "partners": "high"},
}  # fmt: skip
EARLIER: Final[Mapping[str, Mapping[str, str]]] = {
    "customers": {"channel": "agency", "vulnerable": "some", "sensitive": "usual", "interest": "unknown"},
    "products": {"terms": "often", "data": "health", "sale": "agents"},
    "market": {"law": "open", "attackers": "quiet", "partners": "high"},
}  # fmt: skip


class Risks:
    def __init__(self, people: Mapping[str, User], begin: datetime) -> None:
        self._people = dict(people)
        self._begin = begin
        self._made: dict[str, Risk] = {}
        self.steps: Steps = [
            (self._at(3), self._raise_all),
            # Whoever is new in his office approves nothing before.
            (self._at(9), lambda: self._assess(EARLIER)),
            (self._at(10), self._treat_all),
            (self._at(11), self._test),
            (self._at(16), self._finish),
        ]

    def end(self) -> None:
        """What stands on the last day."""
        self._assess(ANSWERS)
        self._find_failing()
        self._audits()
        self._review()

    def _at(self, days: int) -> datetime:
        return clock.local(self._begin + timedelta(days=days)).replace(hour=11, minute=0)

    @contextmanager
    def _acting(self, number: str = OFFICER) -> Iterator[Actor]:
        actor = actors.staff(self._people[number], stepped_up=True)
        with scopes.acting(actor):
            yield actor

    def _approve(self, asked: Approval | None, by: str = SECOND) -> None:
        if asked is not None:
            with self._acting(by) as second:
                approvals.approve(asked, seen=asked.digest, actor=second)

    def _assess(self, answers: Mapping[str, Mapping[str, str]]) -> None:
        """One of each kind, signed by the other officer."""
        today = clock.local().date()
        product = Product.objects.order_by("code").first()
        for kind, said in answers.items():
            thing = product if kind == "products" else None
            with self._acting() as officer:
                row = assessing.begin(
                    kind, since=today - YEAR, until=today, product=thing, actor=officer
                )
                summary = "按部门会议结论作答，数字由系统取定"
                assessing.answer(row, said, summary=summary, actor=officer)
                asked = assessing.put_up(row, actor=officer)
            self._approve(asked)

    def _raise_all(self) -> None:
        unit = Unit.objects.exclude(parent=None).order_by("code").first()
        product = Product.objects.order_by("code").first()
        for each in RISKS:
            said: dict[str, Any] = {
                "title": each.title, "cause": each.cause, "consequence": each.consequence,
                "kind": each.kind, "unit": unit if each.of_unit else None,
                "product": product if each.of_product else None,
            }  # fmt: skip
            with self._acting() as officer:
                self._made[each.title] = register.raise_risk(
                    said, levels=each.levels, controls=each.controls, owner=self._people[OFFICER],
                    review_on=None, actor=officer,
                )  # fmt: skip

    def _treat_all(self) -> None:
        """One acceptance waits for its second person."""
        today = clock.local().date()
        for each in RISKS:
            risk = self._made[each.title]
            with self._acting() as officer:
                if each.action:
                    actions.propose(
                        risk, title=each.action, owner=self._people[each.owner],
                        due_on=today + timedelta(days=each.days), actor=officer,
                    )  # fmt: skip
                asked = (
                    accepting.treat(risk, each.treatment, why=each.why, actor=officer)
                    if each.treatment
                    else None
                )
            if not each.of_product:
                self._approve(asked)

    def _test(self) -> None:
        """Some offices have done theirs."""
        done = {
            "C-ACCESS-02": AUDITOR, "C-ACCESS-03": GUARD, "C-LOG-02": OFFICER, "C-PARTNER-01": OFFICER,
            "C-PEOPLE-02": GUARD, "C-RIGHTS-01": OFFICER, "C-DATA-04": ADMIN,
        }  # fmt: skip
        for code, number in done.items():
            with self._acting(number) as person:
                checking.record(
                    library.controls()[code], "passed", note="按抽样表逐项核对，没有例外",
                    evidence="底稿 2026-4", actor=person,
                )  # fmt: skip

    def _finish(self) -> None:
        """One action is done and found to work; its risk is smaller by that."""
        each = next(told for told in RISKS if told.done)
        risk = self._made[each.title]
        with self._acting(each.owner) as owner:
            row = RiskAction.objects.get(risk=risk)
            actions.finish(
                row,
                result="影像系统已接入，首批已销毁",
                evidence="批次记录",
                channel="admin",
                actor=owner,
            )
        with self._acting(GUARD) as guard:
            actions.verify(row, works=True, note="抽查五份影像已销毁", actor=guard)
        with self._acting() as officer:
            register.weigh(risk, [4, 3, 1, 3], why="接入之后按月销毁", actor=officer)

    def _find_failing(self) -> None:
        """An auditor finds receipts missing; somebody sees to it, and the risk is due for review."""
        with self._acting(AUDITOR) as auditor:
            row = checking.record(
                library.controls()["C-PARTNER-02"], "failed", note="两家已结束的合作方没有返还回执",
                evidence="底稿 2026-9", actor=auditor,
            )  # fmt: skip
        with self._acting() as officer:
            action = RiskAction.objects.get(check_row=row)
            actions.move(
                action, owner=self._people[HANDLER], due_on=action.due_on, why="", actor=officer
            )
        system = actors.system("incidents")
        with scopes.acting(system):
            checking.measure_all(actor=system)

    def _audits(self) -> None:
        """Some were done in earlier years, one is under way, one is planned."""
        today = clock.local().date()
        earlier = {
            "CN-NFRA-ANN": (date(today.year, 1, 15), date(today.year, 1, 12), "合规部"),
            "CO-AUDIT-36MO": (date(today.year - 1, 6, 30), date(today.year - 1, 6, 20), "甲会计师事务所"),
            "CN-PBOC-RISK-1Y": (date(today.year, 6, 30), date(today.year, 6, 18), "反洗钱部"),
            "CO-DRILL-12MO": (date(today.year, 3, 31), date(today.year, 3, 24), "信息安全部"),
        }  # fmt: skip
        with self._acting(AUDITOR) as auditor:
            for rule, (due, done, who) in earlier.items():
                said = Reported(
                    done, "没有重大发现", f"档案 {done.year}-{done.month:02}", filed_on=done
                )
                if done <= today:
                    rounds.note_earlier(
                        rule,
                        said,
                        due_on=due,
                        lead=self._people[AUDITOR],
                        auditor=who,
                        actor=auditor,
                    )
            coming = {each.rule.code: each for each in calendar.duties(auditor)}
            for rule in ("CN-NFRA-ANN", "CN-PBOC-AUDIT-1Y"):
                planned = rounds.plan(
                    rule, due_on=coming[rule].due_on, planned_on=today, lead=self._people[AUDITOR],
                    auditor="内部审计部", ordered=False, actor=auditor,
                )  # fmt: skip
            rounds.begin(planned, actor=auditor)
            planned.refresh_from_db()
            rounds.find(
                planned, found="三家支付机构的协议没有写明销毁方式", title="补签销毁条款",
                owner=self._people[HANDLER], due_on=today + timedelta(days=40), actor=auditor,
            )  # fmt: skip

    def _review(self) -> None:
        with self._acting() as officer:
            register.review(
                self._made[RISKS[0].title], found="上月有一起内部人员出售名单，维持高风险", next_on=None,
                actor=officer,
            )  # fmt: skip
