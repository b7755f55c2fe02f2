"""Her own data as a customer sees it: each value with why, on what ground and until when it is held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from access.actors import Actor
from access.models import Restriction
from access.vocabulary import Purpose
from custodian import clock
from custodian.elements import Element
from records import overview, portal_pages, standings
from records.catalogue import BASES, DOCUMENT_NAME
from records.consents import asking
from records.corrections import words as correction_words
from records.holdings_of import SHOWN, ClaimFacts, PolicyFacts, claims_of, policies_of
from records.models import ClaimPaper, Customer, Document, Representative
from records.overview import Item
from records.own_data import amendments
from records.retention import explaining
from records.retention.explaining import Told
from records.retention.telling import ToldReason
from records.vault import Plain

LEVELS: Final[Mapping[int, Any]] = {
    1: _("公开的信息"),
    2: _("一般信息"),
    3: _("重要信息"),
    4: _("很重要的信息，泄露会造成严重损害"),
    5: _("最重要的信息"),
}
FORMATS: Final[Mapping[str, Any]] = {"image/jpeg": _("照片"), "application/pdf": "PDF"}
# The ground of PIPL art. 13, or 28 to 30 for what is sensitive, on which an element is held.
CLAUSES: Final[Mapping[str, str]] = {
    "contract": "CN-PIPL-13", "duty": "CN-PIPL-13", "consent": "CN-PIPL-28",
}  # fmt: skip
IN_USE, RESTRICTED, DUE, UNDATED = "in_use", "restricted", "due", "undated"


@dataclass(frozen=True)
class Reasons:
    """Why an element is held and what for, as the catalogue says."""

    purposes: list[Any]
    basis: Any
    clause: str
    level: Any
    agreed: tuple[str, ...] = ()  # the purposes that are hers to allow


@dataclass(frozen=True)
class Kept:
    """Until when a part stays, and by which rule. Of a legal hold only that there is a duty to keep."""

    state: str
    since: datetime | None = None
    until: Any = None
    reason: ToldReason | None = None
    duty: bool = False
    certificate: str = ""


@dataclass(frozen=True)
class Fact:
    """Something that is not sealed: text, a day, or several texts."""

    label: Any
    value: Any

    @property
    def day(self) -> date | None:
        return self.value if isinstance(self.value, date) else None

    @property
    def text(self) -> str:
        if isinstance(self.value, list):
            return gettext("、").join(map(str, self.value))
        return str(self.value)


@dataclass
class Part:
    """Values under one key: identity, money, one policy, one claim, one file."""

    code: str  # what it is asked for by: its kind, or the reference of a policy or claim
    kind: str
    title: Any
    facts: list[Fact] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    kept: Kept | None = None
    note: Any = ""
    url: str = ""  # of the page that says more

    @property
    def opens(self) -> bool:
        return any(item.opens and item.text is None for item in self.items)

    @property
    def folds(self) -> bool:
        """One of several: its name stands for it until it is asked for."""
        return self.kind in {"policy", "claim", "document", "correction"} and bool(self.title)

    @property
    def lit(self) -> bool:
        return any(item.text is not None for item in self.items)

    @property
    def destroyed(self) -> bool:
        return self.kept is not None and bool(self.kept.state == "destroyed")

    @property
    def restricted(self) -> bool:
        return any(item.state == "restricted" for item in self.items)


@dataclass(frozen=True)
class Section:
    code: str
    title: Any
    parts: list[Part]


@dataclass(frozen=True)
class Sheet:
    sections: list[Section]
    entry: int
    customer: Customer
    purposes: asking.Register = field(default_factory=asking.register)  # of the day, read once
    asked: frozenset[str] = (
        frozenset()
    )  # kinds that are restricted because she asks, and for nothing else

    @property
    def parts(self) -> list[Part]:
        return [part for section in self.sections for part in section.parts]


def reasons(element: Element, purposes: asking.Register) -> Reasons:
    labels = [label for code, label in Purpose.choices if code in element.purposes - _NOT_SAID]
    return Reasons(
        labels,
        BASES[element.basis],
        CLAUSES[element.basis],
        LEVELS[element.level],
        tuple(asking.name(each) for each in asking.of_element(element.code, purposes)),
    )


_NOT_SAID: Final = frozenset({Purpose.SELF.value})


def of(customer: Customer, *, actor: Actor, plain: Sequence[Plain] = ()) -> Sheet:
    """The whole sheet; the masks are a look of her own, and logged as one. `plain` stands in clear."""
    found = overview.find(customer.ref, actor=actor)
    beside = amendments.holdings(customer, actor=actor)
    page = overview.show(
        found,
        purpose=portal_pages.PURPOSE,
        channel=portal_pages.CHANNEL,
        actor=actor,
        plain=[each for each in plain if each.holding not in beside],
    )
    keeping = _keeping(customer.pk)
    sections = [
        Section("identity", _("身份信息"), [_whole("identity", page.identity, keeping)]),
        Section("financial", _("财务信息"), [_whole("financial", page.financial, keeping)]),
        Section("policy", _("保单信息"), [_policy(each, keeping) for each in page.policies]),
        Section("claim", _("理赔信息"), [_claim(each, keeping) for each in page.claims]),
        Section("document", _("文件"), _documents(customer, keeping, plain, actor=actor)),
        Section(
            "correction",
            pgettext_lazy("列表", "更正"),
            _corrections(customer, keeping, plain, beside, actor=actor),
        ),
        Section(
            "representative",
            pgettext_lazy("分类", "代表人"),
            _representatives(customer, actor=actor),
        ),
    ]
    known = {part.kept for section in sections for part in section.parts if part.kept}
    sections = _with_gone(sections, keeping, known)
    shown = [each for each in sections if each.parts]
    asked = _asked(customer.pk)
    if "identity" in asked:  # with which everything else is
        asked = frozenset(each.code for each in sections)
    return Sheet(shown, page.entry, customer, asked=asked)


def _asked(subject: int) -> frozenset[str]:
    kinds: dict[str, set[str]] = {}
    for each in standings.of(subject).values():
        if each.restricted:
            kinds.setdefault(each.kind, set()).add(each.because)
    hers = {Restriction.Because.REQUEST.value}
    return frozenset(kind for kind, reasons in kinds.items() if reasons == hers)


Keeping = Mapping[tuple[str, str], Kept]


def _keeping(subject: int) -> Keeping:
    """By kind and reference. Holds lie outside a customer's rows, so the portal itself reads this."""
    with scopes.acting(actors.system("portal")):
        told = explaining.of_customer(subject, today=clock.local().date())
    return {(each.kind, each.name): _kept(each) for each in told}


def _kept(told: Told) -> Kept:
    return Kept(
        state="destroyed" if told.gone else told.state,
        since=told.since,
        until=told.until,
        reason=told.reasons[0] if told.reasons else None,
        duty=bool(told.holds),
        certificate=told.batch,
    )


def _whole(kind: str, items: Iterable[Item], keeping: Keeping) -> Part:
    return Part(kind, kind, "", items=_held(items), kept=keeping.get((kind, "")))


def _held(items: Iterable[Item]) -> list[Item]:
    """What was never collected is not there to be shown."""
    return [each for each in items if each.state != "not_collected"]


def _policy(part: overview.PolicyPart, keeping: Keeping) -> Part:
    """What is sealed in a policy is the policyholder's; of another's policy there are the bare facts."""
    facts = part.facts
    own = bool(part.items)
    return Part(
        facts.ref,
        "policy",
        facts.product,
        facts=_facts_of(facts, own=own),
        items=_held(part.items.values()),
        kept=keeping.get(("policy", facts.ref)),
        note="" if own else _("这张保单由别人投保。保额、保费等只有投保人能看到。"),
    )


def _facts_of(facts: PolicyFacts, *, own: bool) -> list[Fact]:
    lines = [
        (_("您是"), [str(each) for each in dict.fromkeys(map(str, facts.roles))]),
        (_("状态"), facts.status_label),
        (_("生效日"), facts.starts_on),
        (_("满期日"), facts.ends_on),
        (_("下次交费"), facts.next_due_on if own else None),
        (_("保单编号"), facts.ref),
    ]
    return [Fact(label, value) for label, value in lines if value]


def _claim(part: overview.ClaimPart, keeping: Keeping) -> Part:
    facts: ClaimFacts = part.facts
    lines = [
        (_("状态"), facts.status),
        (_("报案日"), facts.reported_on),
        (_("结案日"), facts.decided_on),
        (_("赔案编号"), facts.ref),
    ]
    return Part(
        facts.ref,
        "claim",
        facts.kind,
        facts=[Fact(label, value) for label, value in lines if value],
        items=_held(part.items.values()),
        kept=keeping.get(("claim", facts.ref)),
    )


def _documents(
    customer: Customer, keeping: Keeping, plain: Sequence[Plain], *, actor: Actor
) -> list[Part]:
    """The bare facts; the name of a file only in a copy, where it stands in clear."""
    names = {each.holding: each.text for each in plain if each.element == DOCUMENT_NAME.code}
    rows = Document.objects.visible_to(actor).filter(subject=customer.pk)
    return [
        Part(
            each.ref,
            "document",
            each.get_kind_display(),
            facts=[
                *_of_claim(each),
                Fact(_("归档时间"), clock.local(each.added_at).date()),
                Fact(_("格式"), FORMATS.get(each.media_type, each.media_type)),
                *([Fact(_("文件名"), names[each.holding])] if each.holding in names else ()),
            ],
            kept=keeping.get(("document", each.ref)),
        )
        for each in rows.select_related("claim_paper__claim")[:SHOWN]
    ]


def _of_claim(document: Document) -> list[Fact]:
    """What it is, and with which claim it was filed; nothing for a document of another kind."""
    paper: ClaimPaper | None = getattr(document, "claim_paper", None)
    if paper is None:
        return []
    return [
        Fact(_("材料"), paper.get_kind_display()),
        Fact(_("赔案编号"), paper.claim.ref),
    ]


def _corrections(
    customer: Customer,
    keeping: Keeping,
    plain: Sequence[Plain],
    beside: Collection[UUID],
    *,
    actor: Actor,
) -> list[Part]:
    """On the page how they stand; in a copy also what each said."""
    return [
        Part(
            each.ref,
            amendments.KIND,
            correction_words.title(each),
            facts=[
                *(Fact(*line) for line in amendments.lines(each, plain, names=beside)),
                Fact(_("更正编号"), each.ref),
            ],
            kept=keeping.get((amendments.KIND, each.ref)),
            url=reverse("portal:correction", args=[each.ref]),
        )
        for each in amendments.of(customer, actor=actor)
    ]


def _representatives(customer: Customer, *, actor: Actor) -> list[Part]:
    """Who may act for her, by capacity; who it is by name is that person's own data."""
    rows = Representative.objects.visible_to(actor).filter(subject=customer.pk, until=None)
    return [
        Part(
            "",
            "representative",
            each.get_kind_display(),
            facts=[Fact(_("自"), clock.local(each.since).date())],
            note=_("代表人的姓名和联系方式是他本人的资料，不在这里显示。"),
        )
        for each in rows
    ]


def _with_gone(sections: list[Section], keeping: Keeping, known: set[Kept]) -> list[Section]:
    """What is destroyed and has no row of its own any more still shows, with its certificate."""
    for (kind, name), kept in keeping.items():
        if kept.state != "destroyed" or kept in known:
            continue
        for section in sections:
            if section.code == kind:
                section.parts.append(Part(name or kind, kind, "", kept=kept))
    return sections


# Of one part, as it is asked for in a reveal: the elements and the holding.
@dataclass(frozen=True)
class Target:
    codes: tuple[str, ...]
    holdings: tuple[UUID, ...]


def target(customer: Customer, code: str, *, actor: Actor) -> Target | None:
    """What can be revealed under this name; None for what is not hers."""
    found: Any = overview.find(customer.ref, actor=actor)
    if code == "identity":
        return Target(overview.identity_codes(found), (found.identity_holding,))
    if code == "financial":
        held = found.finances_holding
        return Target(overview.FINANCIAL, (held,)) if held else None
    policies = policies_of(customer.pk, actor=actor)
    for each in policies:
        if each.ref == code:
            own = each.holder == customer.pk
            return Target(overview.POLICY, (each.holding,)) if own else None
    for claim in claims_of(customer.pk, policies, actor=actor):
        if claim.ref == code:
            return Target(overview.CLAIM, (claim.holding,))
    return None
