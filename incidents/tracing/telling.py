"""A trace in words and as JSON: every number with its base, and nothing of the list itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access.models import Export, User
from custodian import clock
from incidents.tracing import copies, layout_words, looks
from incidents.tracing.tracing import Trace
from incidents.tracing.weighing import Because, Strength, Together, Weighed
from transfers.models import Counterparty

KINDS: Final[Mapping[str, Any]] = {
    looks.OPERATOR: _("操作人"),
    copies.EXPORT: _("导出"),
    copies.PARTNER: _("合作方"),
    copies.PACKAGE: _("业务转让"),
}
STRENGTHS: Final[Mapping[str, Any]] = {
    Strength.STRONG: _("强"),
    Strength.MODERATE: _("中"),
    Strength.WEAK: _("弱"),
    Strength.NONE: _("无"),
}
NO_VERDICT: Final = _(
    "这是查询行为与名单的吻合程度，不是定论。处理前须由两人复核，并听取本人说明。"
)
_REASONS: Final[Mapping[str, Any]] = {
    "coverage": _("名单 %(listed)s 人中有 %(covered)s 人，是随机期望的 %(lift)s 倍"),
    "chance": _("出于巧合的机会不超过 %(chance)s（已计入全部比对对象）"),
    "fingerprint": _("行序、诱饵、引号和写法与这份导出吻合；出于巧合的机会 %(chance)s"),
    "alone": _("%(covered)s 人中有 %(alone)s 人，别的来源都没有看过"),
    "honey": _("名单上 %(listed)s 名诱饵客户中有 %(honey)s 名"),
    "unexplained": _("%(covered)s 人中有 %(unexplained)s 人对不上任何事项"),
    "dated": _("能推断时间的 %(dated)s 人中，%(fitting)s 人在相应时间内看过"),
}


def reason(said: Mapping[str, Any]) -> str:
    numbers = {name: number(name, value) for name, value in said["numbers"].items()}
    return str(_REASONS[said["code"]]) % numbers


def number(name: str, value: float | None) -> str:
    if value is None:
        return "∞"
    if name == "chance":
        return "1" if value >= 1 else f"{value:.3f}" if value >= 1e-3 else _power(value)
    return f"{value:,.1f}" if name in {"lift", "expected"} else f"{value:,.0f}"


def _power(value: float) -> str:
    """A bound, so it is rounded up."""
    if value <= 0:
        return "10⁻³⁰⁰"
    exponent = math.ceil(math.log10(value))
    return "10" + str(exponent).translate(_RAISED)


_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def names(found: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """By kind and reference: name and staff number, or the partner's name."""
    known = list(found)
    people = User.objects.filter(pk__in=[ref for kind, ref in known if kind == looks.OPERATOR])
    parties = Counterparty.objects.filter(
        code__in=[ref for kind, ref in known if kind == copies.PARTNER]
    )
    called = {(looks.OPERATOR, str(each.pk)): f"{each.name} {each.staff_no}" for each in people}
    exports = Export.objects.filter(
        code__in=[ref for kind, ref in known if kind == copies.EXPORT]
    ).select_related("recipient")
    called |= {
        (copies.EXPORT, each.code): f"{each.code} · {each.recipient_words}" for each in exports
    }
    called |= {(copies.PARTNER, each.code): str(each) for each in parties}
    return {key: called.get(key, key[1]) for key in known}


def stored(trace: Trace) -> dict[str, Any]:
    """The answer without names and without a language: numbers, codes, and references to sources."""
    the_list = trace.the_list
    rest = the_list.rows - the_list.matched
    books = [{"book": code, "customers": n} for code, n in the_list.books.items()]
    return {
        "rows": the_list.rows,
        "matched": the_list.matched,
        "customers": the_list.listed.size,
        "not_ours": rest,
        "matched_by": dict(the_list.elements),
        "sources": books + layout_words.stored(trace.layouts, trace.compared, rest),
        "taken_after": _moment(the_list.taken_after),
        "taken_before": _moment(the_list.taken_before),
        "dated_by": len(the_list.spans),
        "honey": len(the_list.listed.honey),
        "since": _moment(trace.window.since),
        "until": _moment(trace.window.until),
        "tried": trace.tried,
        "candidates": [_candidate(each) for each in trace.candidates],
        "together": [_pair(each) for each in trace.together],
        "log_entry": trace.entry,
        "seconds": round(trace.seconds, 2),
    }


def worded(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The same with names and reasons in the reader's language."""
    called = names((each["kind"], each["ref"]) for each in answer["candidates"])
    return {
        **answer,
        "sources": layout_words.worded(answer["sources"]),
        "candidates": [
            {
                **each,
                "operator": called[each["kind"], each["ref"]],
                "because": [{**one, "words": reason(one)} for one in each["because"]],
            }
            for each in answer["candidates"]
        ],
        "together": [
            {**each, "operators": [called.get(tuple(ref), ref[1]) for ref in each["of"]]}
            for each in answer["together"]
        ],
        "note": str(NO_VERDICT),
    }


def _candidate(each: Weighed) -> dict[str, Any]:
    source = each.source
    return {
        "kind": source.kind,
        "ref": source.ref,
        "seen": source.total,
        "covered": each.covered,
        "share": round(each.share, 4),
        "expected": round(each.expected, 1),
        "lift": _finite(each.lift),
        "hit": round(each.hit, 4),
        "chance": each.chance,
        "alone": each.alone,
        "honey": each.honey,
        "first": _moment(source.first),
        "last": _moment(source.last),
        "strength": each.strength.value,
        "because": [_reason(one) for one in each.because],
    }


def _reason(one: Because) -> dict[str, Any]:
    numbers = {name: _finite(value) for name, value in one.numbers.items()}
    return {"code": one.code, "speaks": one.speaks, "numbers": numbers}


def _pair(each: Together) -> dict[str, Any]:
    return {
        "of": [[one.source.kind, one.source.ref] for one in (each.first, each.second)],
        "each": [each.first.covered, each.second.covered],
        "covered": each.covered,
        "common": each.common,
        "share": round(each.share, 4),
    }


def _finite(value: float) -> float | None:
    """None where there is no number: chance would have given nothing at all."""
    return None if math.isinf(value) else float(f"{value:.6g}")


def _moment(at: datetime | None) -> str | None:
    return clock.local(at).isoformat(timespec="seconds") if at else None
