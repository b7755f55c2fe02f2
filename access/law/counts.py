"""Counts by their codes: how often something must be done, as this insurer applies the law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from access.law.reading import clause, pack, today
from access.law.words import english
from access.models import CountOverride
from custodian.errors import CustodianError
from custodian.regimes.counts import CountRule
from custodian.regimes.packs import load, regimes
from custodian.regimes.rows import Mark


class UnknownCount(CustodianError):
    """No pack has a count of this code."""

    code = "unknown-count"
    status = 404
    message = _("没有这项次数，请核对代码")


def offered() -> Mapping[str, CountRule]:
    """Those of the law that this installation works under."""
    return pack().counts


def pack_count(code: str) -> CountRule:
    """As its file says it; raises `UnknownCount`."""
    regime = code.partition("-")[0].lower()
    found = load(regime).counts.get(code) if regime in regimes() else None
    if found is None:
        raise UnknownCount
    return found


def known(code: str, on: date | None = None) -> CountRule:
    """The pack's, as sure as what is known of its clause on the day; raises `UnknownCount`."""
    found = pack_count(code)
    provision = clause(found.clause, on=on)
    if provision.confirmation is None or found.mark is Mark.DEFAULT:
        return found
    return replace(found, mark=provision.mark)


def of(code: str, on: date | None = None) -> CountRule:
    """As it holds on the day, today unless told: ours, but never fewer than what binds.

    Raises `UnknownCount`.
    """
    day = on or today()
    found = known(code, day)
    row = CountOverride.objects.in_force(day).filter(rule=code).order_by("-version").first()
    if row is None or row.number == found.number or (found.binds and row.number < found.number):
        return found
    return replace(found, number=row.number, law=False, mark=Mark.DEFAULT)


def name(found: CountRule) -> str:
    return found.name_en if english() else found.name
