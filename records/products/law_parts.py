"""The parts of the law that concern a product, each with a fingerprint: a changed pack shows which."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from access import purpose_versions
from access.law import clock_words, reading
from access.law import clocks as law_clocks
from access.law.clock_book import pack_rules
from access.law.words import english, what
from access.vocabulary import Purpose
from custodian import elements
from custodian.elements import ElementClass
from custodian.tlog.verify import canonical
from records.models import Product

# What a contract and its claims leave behind.
HOLDINGS: Final = frozenset({"identity", "financial", "policy", "claim", "document"})
# For which looks a contract is made and performed.
LOOKS: Final = frozenset(
    {Purpose.UNDERWRITING, Purpose.POLICY_SERVICE, Purpose.CLAIM, Purpose.PAYMENT}
)
SORTS: Final[Mapping[str, Any]] = {
    "retention": gettext_lazy("保存期限"),
    "clock": gettext_lazy("理赔时限"),
    "purpose": pgettext_lazy("评估对象", "处理目的"),
    "element": gettext_lazy("保单信息项"),
}
_PAGES: Final = {
    "retention": "admin:law_rule",
    "clock": "admin:law_clock",
    "purpose": "admin:law_purpose",
}
Parts = dict[str, str]


def of(product: Product) -> Parts:
    """By code the fingerprint of each part, as it holds today with this insurer's own terms."""
    return of_term(over_a_year=product.over_a_year)


def of_term(*, over_a_year: bool) -> Parts:
    said = {**_retention(over_a_year), **dict(_clocks()), **dict(_purposes()), **dict(_elements())}
    return {
        code: hashlib.sha256(canonical(text).encode()).hexdigest()[:24]
        for code, text in said.items()
    }


def _retention(over_a_year: bool) -> dict[str, Any]:  # noqa: FBT001  one call, above
    term = "long" if over_a_year else "short"
    clauses = reading.clauses()
    return {
        f"retention/{rule.code}": {
            "about": sorted(rule.about),
            "trigger": rule.trigger.value,
            "period": str(rule.period),
            "binding": rule.binding,
            "clause": _says(clauses, rule.clause),
        }
        for rule in reading.retention_rules(reading.today())
        if HOLDINGS & set(rule.about) and rule.when.get("term", term) == term
    }


def _clocks() -> Iterator[tuple[str, Any]]:
    clauses, book = reading.clauses(), law_clocks.Book()
    for each in pack_rules():
        rule = book.of(each.code)
        if (
            not rule.trigger.startswith("claim_")
            or not rule.enabled
            or not rule.in_force(reading.today())
        ):
            continue
        yield (
            f"clock/{rule.code}",
            {
                "length": str(rule.length or rule.yearly),
                "start": rule.start,
                "law": rule.law,
                "clause": _says(clauses, rule.clause),
            },
        )


def _purposes() -> Iterator[tuple[str, Any]]:
    for code, found in purpose_versions.register(reading.today()).items():
        if found.offered and LOOKS & set(found.looks):
            yield (
                f"purpose/{code}",
                {
                    "basis": found.basis.value,
                    "separate": found.separate,
                    "looks": sorted(found.looks),
                    "elements": sorted(found.elements),
                    "says": found.says,
                },
            )


def _elements() -> Iterator[tuple[str, Any]]:
    for each in elements.catalogue():
        if each.cls is ElementClass.POLICY:
            said = {"level": each.level, "sensitive": each.sensitive, "basis": each.basis}
            yield f"element/{each.code}", {**said, "purposes": sorted(map(str, each.purposes))}


def _says(clauses: Mapping[str, Any], code: str) -> str:
    found = clauses.get(code)
    return found.says if found is not None else ""


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str]]:
    """The code of each part that differs, with `new`, `gone` or `changed`."""
    codes = sorted({*before, *after})
    found = [(code, before.get(code), after.get(code)) for code in codes]
    return [
        (code, "new" if was is None else "gone" if now is None else "changed")
        for code, was, now in found
        if was != now
    ]


def told(code: str) -> tuple[str, str, str]:
    """What sort of part it is, its name, and its page; a part that is gone goes by its code."""
    sort, _slash, name = code.partition("/")
    return str(SORTS[sort]), _name(sort, name), _page(sort, name)


def _name(sort: str, code: str) -> str:
    try:
        if sort == "retention":
            return f"{what(reading.rule(code))} {code}"
        if sort == "clock":
            return f"{clock_words.name(law_clocks.of(code))} {code}"
    except (reading.UnknownRule, law_clocks.UnknownClock):
        return code
    if sort == "purpose":
        found = purpose_versions.register(reading.today()).get(code)
        return (found.name_en if english() else found.name) if found else code
    return str(elements.get(code).label) if elements.known(code) else code


def _page(sort: str, code: str) -> str:
    try:
        return reverse(_PAGES[sort], args=[code])
    except (KeyError, NoReverseMatch):
        return reverse("admin:inventory") if sort == "element" else ""


def word(how: str) -> str:
    return {"new": _("新增"), "gone": _("不再适用"), "changed": _("有变化")}[how]
