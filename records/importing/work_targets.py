"""Targets that tell about work: what was to be done for whom, by whom, and from when until when."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.importing.target import Check, Target, structural

WORK_TARGETS: Final[tuple[Target, ...]] = (
    structural(
        "work.number",
        _("事项编号"),
        Check.CODE,
        "事项编号 任务编号 任务号 工单编号 工单号 受理号 workno worknumber taskno tasknumber ticketno",
    ),
    structural(
        "work.kind",
        pgettext_lazy("工作", "事项"),
        Check.WORK_KIND,
        "事项 事项类型 事项类别 任务类型 任务类别 工单类型 worktype workkind tasktype tickettype",
    ),
    structural(
        "work.customer_key",
        _("事项的客户编号"),
        Check.CODE,
        "事项客户号 任务客户号 工单客户号",
    ),
    structural(
        "work.staff_no",
        _("经办工号"),
        Check.CODE,
        "经办工号 处理工号 处理人工号 任务工号 受派工号 assigneeno handlerno",
    ),
    structural(
        "work.unit",
        _("经办机构"),
        Check.CODE,
        "经办机构 经办机构代码 处理机构 处理机构代码 受派机构 assigneeunit",
    ),
    structural(
        "work.opened_at",
        _("登记时间"),
        Check.MOMENT,
        "登记时间 创建时间 受理时间 派发时间 openedat createdat",
    ),
    structural(
        "work.closed_at",
        _("办结时间"),
        Check.MOMENT,
        "办结时间 完成时间 关闭时间 办毕时间 closedat completedat",
    ),
    structural(
        "work.outcome",
        _("办理结果"),
        Check.WORK_OUTCOME,
        "结果 办理结果 处理结果 办结结果 outcome result",
    ),
    structural(
        "work.due_at",
        _("办理期限"),
        Check.MOMENT,
        "期限 办理期限 处理期限 截止时间 截止日期 dueat deadline",
    ),
)
