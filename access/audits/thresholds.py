"""The rules of the audits with the numbers that they begin with: company defaults, changed by four eyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# How many days back a rule may look.
WINDOW: Final = 90


@dataclass(frozen=True)
class Declared:
    """A rule's name, what it looks for in one sentence, its severity and its numbers."""

    label: Promise
    looks_for: Promise
    severity: str
    numbers: Mapping[str, float]


# What each number means, for the form that changes it.
NAMES: Final[Mapping[str, Promise]] = {
    "least": _("至少几次"),
    "days": _("看几天"),
    "active_days": _("至少分布在几天"),
    "most": _("同姓同街至多几名"),
    "most_a_day": _("每天至多几名"),
    "steady": _("至少占上班日的比例（%）"),
    "share": _("至少占比（%）"),
    "times_usual": _("本人平常的几倍"),
    "times_peers": _("同岗位常见值的几倍"),
    "run": _("连续几名"),
    "gap": _("间隔至多几秒"),
    "idle_days": _("闲置几天以上"),
    "changes": _("地址来回几次"),
    "minutes": _("在几分钟内"),
    "before": _("离职前几天起"),
    "unit_share": _("同机构同样做的人占比低于（%）"),
}

DECLARED: Final[Mapping[str, Declared]] = {
    "self": Declared(_("看自己"), _("工作人员在业务台查看本人的客户资料"), "medium", {"least": 1}),
    "family": Declared(
        _("看家人"),
        _("查看同住址、同电话或同一保单上的人，且没有业务事由"),
        "high",
        {"least": 1},
    ),
    "colleague": Declared(
        _("看同事"),
        _("再三查看同事的客户资料，且没有业务事由"),
        "high",
        {"days": 30, "least": 2},
    ),
    "kin": Declared(
        _("同姓同街"),
        _("查看同一条街上同姓的客户，且没有业务事由"),
        "medium",
        {"least": 1, "most": 15},
    ),
    "vip": Declared(
        _("看重点客户"),
        _("再三查看重点名单上的客户，且没有业务事由"),
        "high",
        {"days": 30, "least": 2},
    ),
    "off-hours": Declared(
        _("非工作时间"),
        _("多在夜间或周末查看客户，没有业务事由，同机构的人并不如此"),
        "medium",
        {
            "days": 14,
            "least": 8,
            "share": 5,
            "active_days": 4,
            "times_peers": 4,
            "unit_share": 30,
        },
    ),
    "off-portfolio": Declared(
        _("越界尝试"),
        _("多次请求不在其名下或范围内的客户"),
        "medium",
        {"days": 7, "least": 12, "times_peers": 4},
    ),
    "enumeration": Declared(
        _("按序枚举"),
        _("按登记顺序逐个查看客户，间隔很短，没有业务事由"),
        "high",
        {"run": 15, "gap": 90},
    ),
    "fishing": Declared(
        _("试探检索"),
        _("反复检索却查不到人"),
        "medium",
        {"days": 7, "least": 12, "share": 15, "times_peers": 4},
    ),
    "bulk": Declared(
        _("批量"),
        _("一天内查看的客户远多于本人平常与同岗位的人，没有业务事由"),
        "high",
        {"least": 40, "times_usual": 4, "times_peers": 4},
    ),
    "harvest": Declared(
        _("成批查看名下客户"),
        _("一个月内揭示了许多没有业务事由的客户，远多于同岗位的人"),
        "high",
        {"days": 30, "least": 50, "times_peers": 4},
    ),
    "drip": Declared(
        _("慢速渗漏"),
        _("几乎每天都看一两名无解释的客户，日积月累"),
        "high",
        {"days": 60, "active_days": 30, "steady": 95, "most_a_day": 5, "times_peers": 2.25},
    ),
    "leaver": Declared(
        _("离职前后"),
        _("提出离职后查看的客户多于平常，或查看无解释的客户"),
        "high",
        {"before": 30, "days": 7, "least": 15, "times_usual": 2},
    ),
    "dormant": Declared(
        _("闲置账号"),
        _("久未使用的账号忽然查看客户，且没有业务事由"),
        "medium",
        {"idle_days": 45, "least": 3, "share": 30},
    ),
    "shared": Declared(
        _("共用账号"),
        _("同一账号在两处地址之间来回"),
        "medium",
        {"changes": 4, "minutes": 60},
    ),
    "unexplained": Declared(
        _("无解释占比"),
        _("无解释的查询占比远高于同岗位的人"),
        "medium",
        {"days": 14, "least": 30, "share": 25, "times_peers": 4},
    ),
    "own-word": Declared(
        _("自开事项"),
        _("查看多凭自己登记的事项，别无事由"),
        "medium",
        {"days": 14, "least": 30, "share": 40, "times_peers": 4},
    ),
    "honey": Declared(
        _("诱饵客户"), _("打开了诱饵客户：没有任何业务会用到这位客户"), "urgent", {"least": 1}
    ),
}
