"""Everything that is some customers' own, as records of a package: a fixed number of statements for a chunk.

What is stored and not used goes along, and says so: whoever takes a book over takes over the duty to keep it
as well (PIPL art. 22). What is never shown goes to nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import Objection, Restriction
from access.vocabulary import Channel, Purpose
from custodian import elements
from custodian.elements import Element, Storage
from records import legal_holds, vault
from records.catalogue import DOCUMENT_NAME
from records.models import (
    Claim,
    ClaimNeed,
    ClaimStep,
    Consent,
    Customer,
    Document,
    Intermediary,
    Keeping,
    Policy,
    PolicyRole,
    Product,
    Representative,
)
from records.sign_in import doubts
from records.vault import Plain
from transfers.packages.record import (
    BrokerPart,
    ClaimPart,
    ConsentPart,
    FilePart,
    HoldPart,
    KeepingPart,
    NeedPart,
    PolicyPart,
    ProductPart,
    Record,
    RepresentativePart,
    RestrictionPart,
    RolePart,
    StepPart,
    Values,
    fresh_salt,
)

CHUNK: Final = 200
_KINDS: Final = frozenset({"identity", "financial", "policy", "claim"})
_APART: Final = (
    frozenset(  # of a claim's handling, which stays with the seller as evidence of its own work
        {
            "claim.needed",
            "claim.decided_amount",
            "claim.decision_reasons",
            "claim.paid_amount",
            "claim.payment_reference",
        }
    )
)


def codes() -> tuple[str, ...]:
    """The elements that travel in a record."""
    found = [each.code for each in elements.catalogue() if _travels(each)]
    return (*found, DOCUMENT_NAME.code)


def _travels(element: Element) -> bool:
    kind = element.code.partition(".")[0]
    hidden = element.never_shown or element.storage is not Storage.SEALED
    return kind in _KINDS and not hidden and element.code not in _APART


@dataclass(frozen=True)
class Collected:
    """A customer's record, and the documents whose pieces follow it, in its order."""

    subject: int
    record: Record
    documents: Sequence[Document]


def collect(
    subjects: Sequence[int], *, facts: Mapping[str, Any], actor: Actor
) -> Iterator[Collected]:
    """In the order of `subjects`. One look at all of them is decided and logged before anything opens."""
    permit = gate.permit(
        actor,
        Action.TRANSFER_PACK,
        purpose=Purpose.TRANSFER.value,
        channel=Channel.TASK.value,
        subjects=subjects,
        elements=codes(),
        facts=facts,
    )
    chunk = _Chunk(subjects, vault.reveal(permit))
    for subject in subjects:
        yield chunk.collected(subject)


class _Chunk:
    """What lies around the values: rows by subject, each kind read once."""

    def __init__(self, subjects: Sequence[int], plain: Iterable[Plain]) -> None:
        self._values: dict[UUID, dict[tuple[str, int], str]] = defaultdict(dict)
        self._own: dict[int, list[Plain]] = defaultdict(list)
        for each in plain:
            self._values[each.holding][each.element, each.slot] = each.text
            self._own[each.subject].append(each)
        customers = Customer.objects.select_related("subject__unit", "intermediary")
        self._customers = {each.pk: each for each in customers.filter(pk__in=subjects)}
        self._policies = _by_subject(
            Policy.objects.select_related("product", "intermediary").filter(subject__in=subjects)
        )
        self._roles = self._roles_of(subjects)
        self._claims = _by_subject(
            Claim.objects.select_related("policy").filter(subject__in=subjects)
        )
        self._steps = _grouped(
            ClaimStep.objects.filter(subject__in=subjects).order_by("pk"), "claim_id"
        )
        self._needs = _grouped(ClaimNeed.objects.filter(subject__in=subjects), "claim_id")
        self._documents = _by_subject(
            Document.objects.select_related("claim_paper__claim", "claim_paper__need")
            .filter(subject__in=subjects)
            .order_by("claim_paper__number", "pk")
        )
        self._consents = _by_subject(Consent.objects.filter(subject__in=subjects).order_by("pk"))
        self._objections = _by_subject(Objection.objects.filter(subject__in=subjects))
        self._restrictions = _by_subject(Restriction.objects.filter(subject__in=subjects))
        self._keepings = _by_subject(Keeping.objects.filter(subject__in=subjects))
        self._representatives = self._representatives_of(subjects)
        self._doubted = doubts.of(subjects)
        self._holds = legal_holds.on_subjects(subjects)

    def _roles_of(self, subjects: Sequence[int]) -> dict[int, list[Any]]:
        rows = PolicyRole.objects.filter(policy__subject__in=subjects).select_related(
            "subject__customer"
        )
        return _grouped(rows.order_by("pk"), "policy_id")

    def _representatives_of(self, subjects: Sequence[int]) -> dict[int, list[Any]]:
        rows = Representative.objects.filter(subject__in=subjects, until=None)
        return _by_subject(rows.select_related("representative__customer").order_by("pk"))

    def collected(self, subject: int) -> Collected:
        customer = self._customers[subject]
        documents = self._documents.get(subject, [])
        names = _names(self._policies.get(subject, ()), self._claims.get(subject, ()), documents)
        record = Record(
            salt=fresh_salt(),
            ref=customer.ref,
            kind=customer.kind,
            minor_until=_day(customer.minor_until),
            broker=_broker(customer.intermediary),
            unit=customer.subject.unit.code,
            values=self._identity(subject),
            accounts=self._accounts(subject),
            doubted=list(self._doubted.get(subject, ())),
            policies=[self._policy(each) for each in self._policies.get(subject, ())],
            claims=[self._claim(each) for each in self._claims.get(subject, ())],
            consents=[_consent(each) for each in self._consents.get(subject, ())],
            objections=sorted(each.purpose for each in self._objections.get(subject, ())),
            restrictions=[
                _restriction(each, names) for each in self._restrictions.get(subject, ())
            ],
            holds=[
                HoldPart(code=each.code, ground=each.ground, review_on=each.review_on.isoformat())
                for each in self._holds.get(subject, ())
            ],
            keepings=[_keeping(each, names) for each in self._keepings.get(subject, ())],
            representatives=[
                RepresentativePart(
                    who=each.representative.customer.ref,
                    kind=each.kind,
                    relation=each.relation,
                    since=_moment(each.since),
                )
                for each in self._representatives.get(subject, ())
                if hasattr(each.representative, "customer")
            ],
            files=[self._file(each) for each in documents],
            looks=None,
            looked=0,
        )
        return Collected(subject, record, documents)

    def _identity(self, subject: int) -> Values:
        return {
            each.element: each.text
            for each in self._own[subject]
            if each.element.startswith("identity.") or each.element == "financial.income"
        }

    def _accounts(self, subject: int) -> list[Values]:
        slots: dict[int, Values] = defaultdict(dict)
        for each in self._own[subject]:
            if each.element.startswith("financial.bank"):
                slots[each.slot][each.element] = each.text
        return [slots[slot] for slot in sorted(slots)]

    def _of(self, holding: UUID) -> Values:
        return {code: text for (code, _slot), text in self._values[holding].items()}

    def _policy(self, policy: Policy) -> PolicyPart:
        return PolicyPart(
            ref=policy.ref,
            product=_product(policy.product),
            broker=_broker(policy.intermediary),
            status=policy.status,
            starts_on=_day(policy.starts_on),
            ends_on=_day(policy.ends_on),
            pay_frequency=policy.pay_frequency,
            next_due_on=_day(policy.next_due_on),
            values=self._of(policy.holding),
            roles=[
                RolePart(who=each.subject.customer.ref, role=each.role, relation=each.relation)
                for each in self._roles.get(policy.pk, ())
            ],
        )

    def _claim(self, claim: Claim) -> ClaimPart:
        return ClaimPart(
            ref=claim.ref,
            policy=claim.policy.ref,
            kind=claim.kind,
            status=claim.status,
            reported_on=_day(claim.reported_on),
            decided_on=_day(claim.decided_on),
            occurred_on=_day(claim.occurred_on),
            values=self._of(claim.holding),
            steps=[
                StepPart(code=each.code, at=_time(each.at), day=_day(each.day))
                for each in self._steps.get(claim.pk, ())
            ],
            needs=[_need(each) for each in self._needs.get(claim.pk, ())],
        )

    def _file(self, document: Document) -> FilePart:
        paper = getattr(document, "claim_paper", None)
        return FilePart(
            ref=document.ref,
            kind=document.kind,
            name=self._of(document.holding).get("document.name", ""),
            media_type=document.media_type,
            size=document.size,
            claim=paper.claim.ref if paper else "",
            paper=paper.kind if paper else "",
            need=paper.need.slot if paper and paper.need else None,
            added_at=_moment(document.added_at),
        )


def _grouped(rows: Iterable[Any], key: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for each in rows:
        found[getattr(each, key)].append(each)
    return found


def _by_subject(rows: Iterable[Any]) -> dict[int, list[Any]]:
    return _grouped(rows, "subject_id")


def _names(*kinds: Iterable[Policy | Claim | Document]) -> dict[UUID, str]:
    """By holding: what is not the only one of its kind is named by its reference."""
    return {each.holding: each.ref for rows in kinds for each in rows}


def _broker(row: Intermediary | None) -> BrokerPart | None:
    return BrokerPart(code=row.code, name=row.name, kind=row.kind) if row else None


def _product(row: Product) -> ProductPart:
    return ProductPart(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        kind=row.kind,
        filed=row.filed,
        filing_no=row.filing_no,
        over_a_year=row.over_a_year,
    )


def _need(row: ClaimNeed) -> NeedPart:
    return NeedPart(
        slot=row.slot,
        kind=row.kind,
        asked_at=_moment(row.asked_at),
        received_at=_time(row.received_at),
        waived_at=_time(row.waived_at),
    )


def _consent(row: Consent) -> ConsentPart:
    return ConsentPart(
        purpose=row.purpose, said=row.said, by=row.by, at=_moment(row.at), notice=row.notice
    )


def _restriction(row: Restriction, names: Mapping[UUID, str]) -> RestrictionPart:
    return RestrictionPart(
        kind=row.kind,
        ref=names.get(row.holding, ""),
        because=row.because,
        since=_moment(row.since),
    )


def _keeping(row: Keeping, names: Mapping[UUID, str]) -> KeepingPart:
    return KeepingPart(
        kind=row.kind,
        ref=names.get(row.holding, ""),
        state=row.state,
        ended_on=_day(row.ended_on),
        keep_until=_day(row.keep_until),
        rule=row.rule,
    )


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _moment(value: datetime) -> str:
    return value.isoformat()
