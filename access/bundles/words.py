"""A bundle's question in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from access.bundles.criteria import Criteria
from access.models import Unit, User


def scope_words(criteria: Criteria, called: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and value of each part of the question; `called` is how its customers are named."""
    period = f"{criteria.since} – {criteria.until}"
    people = User.objects.filter(ref__in=criteria.operators).order_by("staff_no")
    units = Unit.objects.filter(code__in=criteria.units).order_by("code")
    parts = [
        (_("时段"), [period]),
        (_("范围"), [_("时段内全部条目")] if criteria.everything else []),
        (_("操作人"), [str(user) for user in people]),
        (_("客户"), sorted(called.get(str(uid), "—") for uid in criteria.customers)),
        (_("机构"), [f"{unit} {unit.code}" for unit in units]),
        (_("放行密钥的客户"), sorted(called.get(str(uid), "—") for uid in criteria.keys)),
    ]
    return [(label, _("、").join(values)) for label, values in parts if values]
