"""Holds as pages show them: in which state, what their scope means, and how much they cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from custodian import clock
from records.legal_holds import counting, selectors
from records.models import LegalHold

Status, Scope = LegalHold.Status, LegalHold.Scope
MEANING: Mapping[str, Any] = {
    Scope.CUSTOMER: _("这些客户的全部资料，以及他们有角色的每张保单和赔案"),
    Scope.POLICY: _("这些保单、其赔案，以及投保人、被保险人和出险人的身份信息与文件；不含财务信息"),
    Scope.BOOK: _("这本账册的全部客户、保单和隔离行，包括以后导入的"),
    Scope.CASE: _("案件或事项指明的客户的全部资料，以及他们有角色的每张保单和赔案"),
    Scope.QUERY: _("符合条件的全部资料；每次重新判断，以后才符合的也保留"),
}
_STATES: Mapping[str, tuple[Any, str]] = {
    Status.ASKED: (_("暂时保留，待复核"), "warn"),
    Status.OPEN: (_("保留中"), "ok"),
    Status.RETURNED: (_("已退回"), ""),
    Status.RELEASE_ASKED: (_("保留中，待复核解除"), "warn"),
    Status.RELEASED: (_("已解除"), ""),
}


def parts() -> dict[str, QuerySet[LegalHold]]:
    """Those that hold or wait, and those that are over."""
    over = Q(status__in=[Status.RETURNED, Status.RELEASED])
    return {
        "open": LegalHold.objects.exclude(over),
        "ended": LegalHold.objects.filter(over),
    }


def state(hold: LegalHold) -> tuple[Any, str]:
    """In words, with the tone of its tag."""
    if hold.status == Status.ASKED and not hold.holds:
        return _("逾期未复核，已失效"), "danger"
    return _STATES[hold.status]


def rows(holds: Sequence[LegalHold], *, counted: bool) -> list[dict[str, Any]]:
    """One for each hold; how much it covers only where that is asked."""
    covered = counting.extents(holds) if counted and holds else {}
    today = clock.local().date()
    return [
        {
            "hold": each,
            "what": selectors.in_short(each.scope, each.selector),
            "extent": covered.get(each.pk),
            "overdue": each.holds and each.review_on < today,
            **dict(zip(("state", "tone"), state(each), strict=True)),
        }
        for each in holds
    ]
