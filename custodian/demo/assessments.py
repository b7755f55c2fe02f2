"""The demo's impact assessments: of processing, of agreements and of the book that is sold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from access.law.reading import today
from access.models import User
from custodian.demo.diary import Steps
from custodian.drills.assessing import Words, carry, draft
from custodian.regimes.calendars import DAY
from records.assessments import watching
from records.models import ImpactAssessment
from transfers import assessing
from transfers.models import Agreement, Transfer

OFFICER, SECOND = "C0217", "C0218"
_MEASURES: Final = (
    "密封存储，按岗位和用途授权，默认掩码；每次查询留痕并逐日审计；限额、培训、到期销毁。"
)
_OTHERWISE: Final = "见本公司个人信息保护制度相应章节；已与业务部门逐项核对，没有例外。"
_ANSWERS: Final[Mapping[str, str]] = {
    "cn-purpose": "订立和履行保险合同所必需；敏感部分以客户的单独同意为准。",
    "cn-need": "逐项核对：少一项就不能核保、核赔或者联系到本人；不需要的没有收。",
    "cn-told": "投保时逐项告知，同意单独勾选，可以随时在客户门户撤回。",
    "cn-recipient": "只提供给协议写明的单位，不得再转；联系人和安全措施已核实。",
    "cn-rights": "可能影响承保结论；客户可以要求说明并申请人工复核。",
    "cn-harm": "最坏是泄露后被用于诈骗；有掩码、限额和逐次留痕，可能性低。",
    "cn-safeguards": "AES-256-GCM 密封、每份资料一把密钥、四眼复核、逐日审计、到期销毁。",
    "cn-fit": "措施与风险相称；剩余风险由个人信息保护负责人接受，每年复评。",
    "cn-contract": "约定目的、方式、期限、信息项、事件告知和返还或删除，每年复查。",
}


def _words(**more: Any) -> Words:
    return Words(
        answers=_ANSWERS, otherwise=_OTHERWISE, measures=_MEASURES,
        **{"review_on": today() + 330 * DAY, **more},
    )  # fmt: skip


def of_transfer(transfer: Transfer, *, first: User, second: User) -> None:
    """Before anything of the book is shown to anybody."""
    if not assessing.verdict(assessing.of_transfer(transfer)).ok:
        carry("transfer", transfer.code, "provide", _words(), first=first, second=second)


def of_agreement(
    agreement: Agreement, *, first: User, second: User, **more: Any
) -> ImpactAssessment:
    """As it is meant to be, before it is put up."""
    occasion = "entrust" if agreement.part == Agreement.Part.ENTRUSTED else "provide"
    return carry("agreement", agreement.code, occasion, _words(**more), first=first, second=second)


class Assessments:
    """Of two purposes; one is due for its review by now, and the rest still owe theirs."""

    def __init__(
        self, people: Mapping[str, User], begin: datetime, seal: Callable[[], None]
    ) -> None:
        self._first, self._second, self._seal = people[OFFICER], people[SECOND], seal
        self.steps: Steps = [(begin + 4 * DAY + timedelta(hours=9), self._early)]

    def _early(self) -> None:
        condition = {
            "what": "核保结论为拒保的，由第二名核保人复看",
            "owner": self._second,
            "due_on": today() + 40 * DAY,
        }
        self._of("health", conclusion="conditions", conditions=[condition])
        self._of("account", review_on=today() + 12 * DAY)
        self._seal()

    def end(self) -> None:
        """One in work, one of something else, and what the night finds."""
        draft("purpose", "income", "sensitive", _words(), by=self._first)
        carry(
            "other", "", "automated",
            _words(title="重疾险智能核保", elements=("identity.birth_date", "policy.health_declaration")),
            first=self._first, second=self._second,
        )  # fmt: skip
        self._seal()
        watching.carry_out()
        self._seal()

    def _of(self, purpose: str, **more: Any) -> None:
        carry(
            "purpose", purpose, "sensitive", _words(**more), first=self._first, second=self._second
        )
