"""Quotas and their findings in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Quota
from access.models.findings import TELLERS
from access.quotas import KIND


def window(hours: int | None) -> str:
    if hours is None:
        return _("累计")
    if hours % 24 == 0:
        return ngettext("%(n)s 天内", "%(n)s 天内", hours // 24) % {"n": hours // 24}
    return ngettext("%(n)s 小时内", "%(n)s 小时内", hours) % {"n": hours}


def counted(measure: str, harm: str) -> str:
    if measure == Quota.Measure.REVEALS:
        return _("揭示次数")
    if not harm:
        return _("看过的不同客户")
    kinds = dict(Quota._meta.get_field("harm").choices or [])
    return _("%(kind)s明文的不同客户") % {"kind": kinds[harm]}


def told(facts: Mapping[str, Any]) -> str:
    """What a finding of a quota says."""
    words = {
        "window": window(facts["hours"]),
        "counted": counted(facts["measure"], facts["harm"]),
        "used": f"{facts['used']:,}",
        "limit": f"{facts['limit']:,}",
        "code": facts["quota"],
    }
    if facts.get("rule"):
        return (
            _("按规则 %(code)s 一天内%(counted)s将达 %(used)s，超过 %(limit)s，已停止显示") % words
        )
    if facts["step"] == "block":
        return (
            _("%(window)s%(counted)s将达 %(used)s，超过 %(limit)s，已停止显示（%(code)s）") % words
        )
    return _("%(window)s%(counted)s达到 %(used)s，报告线 %(limit)s（%(code)s）") % words


TELLERS[KIND] = told
