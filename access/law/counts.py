"""Counts by their codes: how often something must be done, as this insurer applies the law."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from custodian.errors import CustodianError
from custodian.regimes.counts import CountRule
from custodian.regimes.packs import load, regimes


class UnknownCount(CustodianError):
    """No pack has a count of this code."""

    code = "unknown-count"
    status = 404
    message = _("没有这项次数，请核对代码")


def pack_count(code: str) -> CountRule:
    """As its file says it; raises `UnknownCount`."""
    regime = code.partition("-")[0].lower()
    found = load(regime).counts.get(code) if regime in regimes() else None
    if found is None:
        raise UnknownCount
    return found


def of(code: str) -> CountRule:
    """As it holds today; raises `UnknownCount`."""
    return pack_count(code)
