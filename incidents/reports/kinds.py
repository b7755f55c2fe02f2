"""What kinds of reports there are: the action of a clock names one, and it says what has to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.law.clocks import ClockRule

SECTIONS: Final[Mapping[str, Any]] = {
    "happened": _("发生了什么"),
    "discovery": _("怎样发现的"),
    "harm": _("影响和可能的危害"),
    "cause": pgettext_lazy("报告", "原因"),
    "taken": _("已采取的措施"),
    "planned": _("拟采取的措施"),
    "improvement": _("整改和责任追究"),
    "contact": _("联系人和联系方式"),
}
# The first report goes out within hours: what nobody knows yet is not asked for.
_FIRST: Final = ("happened", "discovery", "taken", "contact")
NEEDED: Final[Mapping[str, Sequence[str]]] = {
    "brief": ("happened", "contact"),
    "first_report": _FIRST,
    "breach_notice": (*_FIRST, "harm"),
    "written_report": (*_FIRST, "harm", "planned"),
    "progress_report": ("happened", "taken", "planned", "contact"),
    "final_report": (*_FIRST, "harm", "cause", "improvement"),
    "explanation": ("happened", "cause", "contact"),
    "yearly_report": ("happened", "contact"),
}
LABELS: Final[Mapping[str, Any]] = {
    "brief": pgettext_lazy("报告", "简报"),
    "first_report": _("首次报告"),
    "breach_notice": _("泄露通知（致主管部门）"),
    "written_report": _("书面报告"),
    "progress_report": _("进展报告"),
    "final_report": _("总结报告"),
    "explanation": _("情况说明"),
    "yearly_report": _("年度报告"),
}
# Clocks that ask for telling people as well: the report to the authority alone does not meet them.
TOGETHER: Final = frozenset({"CN-PIPL-57"})
_TO_PEOPLE_ALONE: Final = frozenset({"US-HIP"})
LANGUAGES: Final = {"zh": "zh-hans", "en": "en"}


def is_report(rule: ClockRule) -> bool:
    return rule.action in NEEDED and rule.code not in _TO_PEOPLE_ALONE


def missing(rule: ClockRule, words: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Sections that this kind needs and that say nothing in either language."""
    said = {name for name, texts in words.items() if any(map(str.strip, texts.values()))}
    return [name for name in SECTIONS if name in NEEDED[rule.action] and name not in said]
