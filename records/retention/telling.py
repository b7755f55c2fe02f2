"""Retention in words: rules with their clause and mark, events, states, and why something is still used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy

from access import law
from access.law import reading
from access.law import words as law_words
from custodian.regimes import packs
from custodian.regimes.packs import Mark, RetentionRule
from records.models import Keeping
from records.retention.deciding import Reason, Use

KINDS: Final[Mapping[str, Any]] = {kind: law_words.KINDS[kind] for kind in packs.HOLDINGS}
TRIGGERS: Final = law_words.TRIGGERS
STATES: Final[Mapping[str, Any]] = dict(Keeping.State.choices)
GONE: Final = gettext_lazy("已销毁")
TONES: Final[Mapping[str, str]] = {
    "in_use": "ok", "restricted": "warn", "undated": "danger", "due": "danger",
}  # fmt: skip
USES: Final[Mapping[str, Any]] = {
    "contract": gettext_lazy("保单有效"),
    "claim": gettext_lazy("理赔未结"),
    "prospect": gettext_lazy("尚在联系期内，没有保单"),
    "complaint": gettext_lazy("投诉未办结"),
    "request": gettext_lazy("申请未办结"),
    "correction": gettext_lazy("更正未办结"),
}


@dataclass(frozen=True)
class Source:
    """Where a rule comes from: its clause if it rests on one, and how sure that is."""

    clause: str
    mark: str
    rule: str  # its code, for what rests on no clause

    @property
    def text(self) -> str:
        return law_words.cite(reading.pack_clause(self.clause)) if self.clause else self.rule


@dataclass(frozen=True)
class ToldRule:
    """A rule as a line of the schedule."""

    rule: RetentionRule
    about: str
    trigger: Any
    period: str
    source: Source
    binding: bool


@dataclass(frozen=True)
class ToldReason:
    """One rule that applies to a holding, and the last day it gives."""

    source: Source
    trigger: Any
    about: str
    since: date | None
    period: str
    until: date | None
    at_once: str = ""  # for a rule without a period: after which event it goes at once


def rule(found: RetentionRule) -> ToldRule:
    return ToldRule(
        found,
        law_words.what(found),
        TRIGGERS[found.trigger],
        law_words.period(found.period),
        source(found),
        found.binding,
    )


def reason(found: Reason) -> ToldReason:
    return ToldReason(
        source(found.rule),
        TRIGGERS[found.event.trigger],
        found.event.about,
        found.event.on,
        law_words.period(found.rule.period),
        found.until,
        law_words.counted(found.rule) if law_words.goes_at_once(found.rule) else "",
    )


def source(found: RetentionRule) -> Source:
    return Source(found.clause, law_words.mark_key(found.mark), found.code)


def of_codes(codes: Iterable[str]) -> Mapping[str, Source]:
    """Rules by their codes, as rows and certificates keep them; one that is gone is its code alone."""
    known = reading.known_rules()
    return {code: _of(code, known) for code in set(codes)}


def of_code(code: str) -> Source:
    return of_codes([code])[code]


def _of(code: str, known: Mapping[str, RetentionRule]) -> Source:
    if code in known:
        return source(known[code])
    default = law_words.mark_key(Mark.DEFAULT)
    base = known.get(code.removeprefix(reading.OWN))
    if base is not None:  # what this insurer adds to a minimum of the law is its own choice
        return Source(base.clause, default, code)
    try:
        return source(reading.rule(code))
    except law.UnknownRule:
        return Source("", default, code)


def uses(found: Sequence[Use]) -> list[tuple[Any, list[str]]]:
    """Each kind of use with the policies or claims that make it, by reference."""
    said: dict[str, list[str]] = {}
    for each in found:
        said.setdefault(each.because, [])
        if each.about:
            said[each.because].append(each.about)
    return [(USES.get(code, code), sorted(set(abouts))) for code, abouts in said.items()]
