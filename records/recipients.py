"""Who else was given something of a customer, and whether it knows of a correction: in words, for pages."""

from __future__ import annotations

from dataclasses import dataclass

from custodian import clock, elements
from records import ports
from records.models import Correction, Customer
from records.ports import Holder, Told


@dataclass(frozen=True)
class Line:
    """One recipient, with its elements by name."""

    holder: Holder
    labels: list[str]
    sensitive: bool


@dataclass(frozen=True)
class ToldLine:
    told: Told
    labels: list[str]
    late: bool


def of(customer: Customer) -> list[Line]:
    """For herself, and for whoever may see her page (PIPL art. 23; 网络数据安全管理条例 art. 21)."""
    return [
        Line(each, _labels(each.elements), any(elements.get(c).sensitive for c in each.elements))
        for each in ports.partners().holders(customer.pk)
    ]


def told(correction: Correction) -> list[ToldLine]:
    """Which partners hold what she had corrected, and since when they know."""
    now = clock.now()
    found = ports.partners().told(correction.ref, correction.subject_id)
    return [
        ToldLine(each, _labels(each.elements), each.confirmed_at is None and each.due_at <= now)
        for each in found
    ]


def _labels(codes: tuple[str, ...]) -> list[str]:
    return [str(elements.get(code).label) if elements.known(code) else code for code in codes]
