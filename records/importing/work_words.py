"""How files write the kinds and outcomes of work, and its times."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from access.models import WorkItem
from custodian import clock
from records.identifiers import DateOrder, check_date
from records.identifiers.checked import Checked, hard, refused, warning
from records.identifiers.text import compact
from records.importing.words import table_of

KIND_UNREADABLE = hard(
    "work-kind-unreadable",
    _("事项类型无法识别，请写成回访、保全、核保、赔案、给付、投诉、更正、客户申请或来电来访"),
)
TIME_UNREADABLE = hard("work-time-unreadable", _("时间无法识别，请写成 2026-11-03 09:12"))
OUTCOME_UNREADABLE = warning("work-outcome-unreadable", _("结果无法识别，已按办结时间判断，请核对"))
UNDER_WAY: Final = "under-way"

Kind, Outcome = WorkItem.Kind, WorkItem.Outcome
_KINDS: Final = table_of(
    {
        Kind.FOLLOW_UP: "回访任务 回访 电话回访 followup callback",
        Kind.POLICY_SERVICE: "保全申请 保全 保全变更 policyservice service",
        Kind.UNDERWRITING: "核保任务 核保 underwriting",
        Kind.CLAIM: "赔案 理赔 理赔案件 理赔任务 claim",
        Kind.PAYMENT: "给付任务 给付 付费 payment",
        Kind.COMPLAINT: "投诉 投诉处理 complaint",
        Kind.CORRECTION: "更正 资料更正 correction",
        Kind.REQUEST: "客户申请 申请 request",
        Kind.CONTACT: "来电来访 来电 来访 咨询 客户来电 contact call visit",
    }
)
_OUTCOMES: Final = table_of(
    {
        Outcome.DONE: "已办结 办结 已完成 完成 已处理 已解决 closed completed resolved",
        Outcome.WITHDRAWN: "已撤销 撤销 已撤回 撤回 已取消 取消 作废 cancelled canceled",
        UNDER_WAY: "处理中 办理中 待处理 待办 未办结 进行中 open pending",
    }
)
_TIME: Final = re.compile(r"[ T]?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")


def check_kind(value: str) -> Checked:
    known = _KINDS.get(compact(value).lower())
    return Checked(known) if known else refused(KIND_UNREADABLE)


def check_outcome(value: str) -> Checked:
    known = _OUTCOMES.get(compact(value).lower())
    return Checked(known) if known else refused(OUTCOME_UNREADABLE)


def check_moment(value: str, *, order: DateOrder = DateOrder.UNSTATED) -> Checked:
    """A day with its time, the office's unless an offset says otherwise; a day alone stays one."""
    text = value.strip().replace("：", ":")
    found = _TIME.search(text)
    day = check_date(text[: found.start()] if found else text, order=order)
    if day.value is None or found is None:
        return day
    try:
        at = time(int(found[1]), int(found[2]), int(found[3] or 0))
        told = datetime.fromisoformat(f"{day.value}T{at.isoformat()}{_offset(found[4])}")
    except ValueError:
        return refused(TIME_UNREADABLE)
    local = told.replace(tzinfo=clock.OFFICE) if told.tzinfo is None else told
    return Checked(clock.local(local).isoformat())


def moment(text: str, *, end: bool = False) -> datetime:
    """What `check_moment` made even; a day alone is its first moment, or with `end` its last."""
    told = datetime.fromisoformat(text)
    if told.tzinfo is not None:
        return told
    begin = told.replace(tzinfo=clock.OFFICE)
    return begin + timedelta(days=1, seconds=-1) if end else begin


def _offset(written: str | None) -> str:
    return "+00:00" if written == "Z" else written or ""
