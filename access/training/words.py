"""Courses, undertakings and how they stand, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.vocabulary import STAFF_ROLES, Role

# Rows are imported where they are used: the gate, and so this module, is read before Django is set up.
LAWS: dict[str, Any] = {
    "CN-PIPL-51": gettext_lazy("《个人信息保护法》第五十一条：定期培训"),
    "CN-NFRA-CUST": gettext_lazy("《银行保险机构数据安全管理办法》：预案、培训、演练"),
}
STATES: dict[str, tuple[Any, str, str]] = {
    "valid": (gettext_lazy("有效"), "ok", "check"),
    "soon": (gettext_lazy("即将到期"), "warn", "clock"),
    "expired": (gettext_lazy("已失效"), "danger", "cross"),
    "missing": (gettext_lazy("未完成"), "danger", "cross"),
}


def titles(codes: Sequence[str]) -> list[str]:
    """The titles of what is in force under these codes, in the reader's language; else the code."""
    from access.training.standing import taught

    if not codes:
        return []
    known = {each.code: each.title for each in taught()}
    return [known.get(code, code) for code in codes]


def listed(codes: Sequence[str]) -> str:
    return _("、").join(_("《%(title)s》") % {"title": each} for each in titles(codes))


def refusal(said: Any, lacking: Sequence[str]) -> str:
    """A refusal's sentence with what is lacking."""
    return _("%(said)s：%(what)s") % {"said": said, "what": listed(lacking)}


def role_words(roles: Sequence[str]) -> str:
    words = dict(Role.choices)
    if {*roles, Role.REGULATOR.value} == {role.value for role in STAFF_ROLES}:
        return _("本公司所有岗位")
    return _("、").join(str(words[each]) for each in roles) or _("所有岗位")


def months_words(months: int) -> str:
    return ngettext("%(n)s 个月", "%(n)s 个月", months) % {"n": months}
