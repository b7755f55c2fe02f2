"""The terms of an agreement: what a draft says, and what it lacks before it may come into force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, Final, Self

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access.exports import builders
from access.law.reading import pack
from access.vocabulary import OPTIONAL, Purpose
from custodian import clock, elements
from custodian.regimes.agreements import Part, Term
from records.assessments.standing import Verdict
from transfers.models import Agreement, AgreementPaper

# What a partner can work for; the last one is for purposes of its own.
PURPOSES: Final = (
    Purpose.FOLLOW_UP, Purpose.POLICY_SERVICE, Purpose.UNDERWRITING, Purpose.CLAIM,
    Purpose.PAYMENT, Purpose.COMPLAINT, Purpose.MARKETING, Purpose.SURVEY, Purpose.SHARING,
)  # fmt: skip
LONGEST_YEARS: Final = 5  # a company default
LONGEST_TELLING: Final = 72  # hours until an incident is told; a company default
GOOD: Final = ("passed", "measures")
RESULTS: Final = {"passed": _("通过"), "measures": _("采取措施后通过"), "failed": _("未通过")}


@dataclass(frozen=True, kw_only=True)
class Sub:
    """Somebody to whom the partner passes part of the work; `consent` is the reference of a paper."""

    name: str
    work: str
    consent: str = ""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Days are ISO dates and papers references, because all of it is what an approval's digest covers."""

    title: str
    part: str
    purpose: str
    why: str  # the purpose as the contract words it
    method: str
    elements: tuple[str, ...]
    books: tuple[str, ...] = ()  # none: any
    products: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    since: str
    until: str
    contract: str = ""
    assessed_on: str = ""
    assessed_by: str = ""
    assessed: str = ""  # of RESULTS
    assessment: str = ""
    pipia: str = ""  # the impact assessment that it rests on, with its version; put in by the house
    settled: tuple[str, ...] = ()  # codes of what the contract settles
    subs: tuple[Sub, ...] = ()
    tell_hours: int = 24
    tell_whom: str = ""
    papers: Mapping[str, str] = field(default_factory=dict)  # by reference the hash of the file

    def written(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """From what `written` wrote; raises TypeError for anything else."""
        known = {each.name for each in fields(cls)}
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in said.items()
            if name in known
        }
        subs = tuple(Sub(**each) for each in said.get("subs", ()))
        return cls(**{**given, "subs": subs})

    @property
    def first_day(self) -> date:
        return date.fromisoformat(self.since)

    @property
    def last_day(self) -> date:
        return date.fromisoformat(self.until)

    @property
    def named_papers(self) -> list[str]:
        subs = [each.consent for each in self.subs]
        return [each for each in (self.contract, self.assessment, *subs) if each]


def offered() -> Sequence[str]:
    """Elements that can leave at all: those of exports, which leave out what is never shown."""
    return builders.of("customers").elements


def required(part: str, on: date | None = None) -> list[Term]:
    """What a contract of this part settles by the installed pack, on that day."""
    day = on or clock.local().date()
    wanted = Part(part)
    return [t for t in pack().agreements.values() if wanted in t.parts and t.in_force(day)]


@dataclass(frozen=True)
class Lack:
    """One thing that is missing; `code` is of the law's table where it is a term of the contract."""

    code: str
    message: Any  # a text that is safe may hold a link


def lacks(terms: Terms, papers: Mapping[str, AgreementPaper], assessed: Verdict) -> list[Lack]:
    """All that stands in the way of its coming into force.

    `papers` are those filed, by reference; `assessed` says whether an impact assessment covers these terms.
    """
    return [
        *_of_scope(terms),
        *_of_time(terms),
        *_of_assessment(terms, papers),
        *_of_impact(terms, assessed),
        *_of_contract(terms, papers),
    ]


def _of_scope(terms: Terms) -> Iterator[Lack]:
    if not terms.elements:
        yield Lack("elements", _("没有选信息项"))
    if set(terms.elements) - set(offered()):
        yield Lack("never-shown", _("有信息项永不提供"))
    if terms.purpose not in PURPOSES:
        yield Lack("purpose", _("没有选用途"))
    own = terms.part == Agreement.Part.PROVIDED
    if own and terms.purpose != Purpose.SHARING:
        yield Lack("own-purpose", _("提供给其他处理者须以客户的单独同意为准，用途选“提供给合作方”"))
    if not own and terms.purpose == Purpose.SHARING:
        yield Lack("our-purpose", _("委托或共同处理须写明为哪项业务，不能选“提供给合作方”"))


def _of_time(terms: Terms) -> Iterator[Lack]:
    first, last = terms.first_day, terms.last_day
    if last < first or last < clock.local().date():
        yield Lack("term", _("期限的最后一天早于第一天，或已过"))
    if last.year - first.year > LONGEST_YEARS:
        yield Lack("too-long", _("期限最长五年（本公司默认），到期可以再订"))


def _of_assessment(terms: Terms, papers: Mapping[str, AgreementPaper]) -> Iterator[Lack]:
    day = terms.assessed_on
    if not day or not terms.assessed_by or date.fromisoformat(day) > clock.local().date():
        yield Lack("assessment", _("没有事前的安全评估，或没有写明由谁、何时评估"))
    elif terms.assessed not in GOOD:
        yield Lack("assessment-failed", _("安全评估没有通过"))
    if not _filed(terms.assessment, papers, AgreementPaper.Kind.ASSESSMENT):
        yield Lack("assessment-paper", _("没有归档安全评估报告"))


def _of_impact(terms: Terms, assessed: Verdict) -> Iterator[Lack]:
    if not assessed.ok:
        yield Lack("pipia", assessed.told)
    elif terms.pipia != str(assessed.assessment):
        yield Lack("pipia", _("协议写的影响评估不是现在有效的那一版，请撤回后重新提交"))


def _of_contract(terms: Terms, papers: Mapping[str, AgreementPaper]) -> Iterator[Lack]:
    if not _filed(terms.contract, papers, AgreementPaper.Kind.CONTRACT):
        yield Lack("contract", _("没有归档合同"))
    for term in required(terms.part, terms.first_day):
        if term.code not in terms.settled:
            yield Lack(term.code, _("合同没有约定：%(what)s") % {"what": term_name(term)})
    for sub in terms.subs:
        if not _filed(sub.consent, papers, AgreementPaper.Kind.CONSENT):
            yield Lack("sub-consent", _("%(who)s 的转委托没有同意文件") % {"who": sub.name})
    if not terms.tell_whom or not 0 < terms.tell_hours <= LONGEST_TELLING:
        yield Lack("incident", _("没有写明事件在几小时内告知谁（最多 72 小时，本公司默认）"))


def _filed(ref: str, papers: Mapping[str, AgreementPaper], kind: str) -> bool:
    paper = papers.get(ref)
    return paper is not None and paper.kind == kind


def term_name(term: Term) -> str:
    return term.name_en if get_language() == "en" else term.name


def rests_on_consent(terms: Terms) -> bool:
    """Whether a customer who said nothing is left out."""
    return terms.purpose in OPTIONAL


def labels(codes: Sequence[str]) -> list[str]:
    return [str(elements.get(code).label) for code in codes if elements.known(code)]
