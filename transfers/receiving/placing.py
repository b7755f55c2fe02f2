"""Where the parts of a record go: the same registers that an import fills, under keys of this house.

What she shut at the seller stays shut here; a yes to what only consent allows is not taken over: a new
controller asks anew (PIPL art. 22, 23), and never earlier than that uses more than was used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access import actors
from access.actions import Action
from access.models import Arriving, Objection, Restriction
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.regimes.purposes import processing_purposes
from records import blind_indexes, bulk, claims, intake, merges, policies
from records.claims import NewClaim
from records.consents import opening
from records.intake import NewCustomer
from records.models import (
    Claim,
    Consent,
    Customer,
    Intermediary,
    Policy,
    PolicyRole,
    Product,
    Representative,
)
from records.policies import NewPolicy
from records.sign_in import doubts
from transfers.models import ArrivedRecord, Load
from transfers.packages.record import (
    BrokerPart,
    ClaimPart,
    ConsentPart,
    PolicyPart,
    ProductPart,
    RestrictionPart,
)
from transfers.receiving import claim_histories

if TYPE_CHECKING:
    from transfers.receiving.archive import Filed
    from transfers.receiving.unpacking import Held

_WHOLE: Final = frozenset({"identity", "financial"})
STAYED: Final = "consents-with-the-seller"


class NoBook(CustodianError):
    """Nobody has said into which book it goes."""

    code = "transfer-without-book"
    status = 409
    message = _("这笔转入还没有指定账册，请先指定")


class Placing:
    def __init__(self, load: Load) -> None:
        self.load = load
        book = load.transfer.book
        if book is None:
            raise NoBook
        self.book = book
        self.actor = actors.system("receiver")
        self.day = clock.local().date().isoformat()
        self._products: dict[str, int] = {}
        self._brokers: dict[str, int] = {}

    def customers(self, segment: Sequence[Held]) -> None:
        """Pass one: subjects, identity and money; nobody sees them from the first moment on."""
        made = intake.register(
            [self._newcomer(each) for each in segment],
            book=self.book,
            channel=Channel.TASK.value,
            actor=self.actor,
            action=Action.TRANSFER_LOAD,
            operation=self.load.ref,
        )
        Arriving.objects.bulk_create(
            [
                Arriving(subject_id=customer.subject_id, arrival=self.load.transfer.ref)
                for customer in made
            ]
        )
        for each, customer in zip(segment, made, strict=True):
            each.row.subject_id = customer.subject_id
        places = [(each.row.pk, each.subject) for each in segment]
        bulk.assign(ArrivedRecord._meta.db_table, "subject_id", "bigint", places)
        merges.seek([each.subject_id for each in made], source=self.book.code)
        self._write_consents(segment)
        self._write_objections(segment)
        self._restrict_customers(segment)

    def policies(self, segment: Sequence[Held]) -> None:
        """Pass two: policies with everybody who has a part in them."""
        subjects = self._subjects(
            role.who for each in segment for policy in each.record.policies for role in policy.roles
        )
        new = [
            self._policy(policy, each.subject, subjects)
            for each in segment
            for policy in each.record.policies
        ]
        if new:
            made = policies.register(
                new,
                book=self.book,
                channel=Channel.TASK.value,
                actor=self.actor,
                action=Action.TRANSFER_LOAD,
                operation=self.load.ref,
            )
            parts = [policy.ref for each in segment for policy in each.record.policies]
            holdings = {ref: row.holding for ref, row in zip(parts, made, strict=True)}
            self._restrict(segment, "policy", holdings)
        self._write_representatives(segment)

    def claims(self, segment: Sequence[Held], filed: Sequence[Filed]) -> None:
        """Pass three: claims on policies that are there by now, and the files, which are in the store."""
        claim_histories.link(filed, self._register_claims(segment))
        self._restrict(segment, "document", {part.ref: row.holding for part, row in filed})

    def _register_claims(self, segment: Sequence[Held]) -> dict[str, Claim]:
        """By their references at the seller."""
        named = [(claim, each) for each in segment for claim in each.record.claims]
        if not named:
            return {}
        on = self._policies(claim.policy for claim, _each in named)
        made = claims.register(
            [self._claim(claim, each.subject, on[claim.policy]) for claim, each in named],
            book=self.book,
            channel=Channel.TASK.value,
            actor=self.actor,
            action=Action.TRANSFER_LOAD,
            operation=self.load.ref,
        )
        holdings = {claim.ref: row.holding for (claim, _each), row in zip(named, made, strict=True)}
        self._restrict(segment, "claim", holdings)
        parts = [(claim, row) for (claim, _each), row in zip(named, made, strict=True)]
        claim_histories.write(parts)
        return {part.ref: row for part, row in parts}

    def _newcomer(self, each: Held) -> NewCustomer:
        record = each.record
        return NewCustomer(
            kind=record.kind,
            source_key=record.ref,
            unit_id=self.load.unit_id,
            values=record.values,
            accounts=record.accounts,
            intermediary_id=self._broker(record.broker),
            minor_until=_day(record.minor_until),
            origin=("transfer", self.day),
            origins=dict.fromkeys(record.doubted, (doubts.ORIGIN, self.day)),
            row_digest=bytes(each.row.leaf)[:16],
        )

    def _policy(self, part: PolicyPart, holder: int, subjects: dict[str, int]) -> NewPolicy:
        return NewPolicy(
            source_key=part.ref,
            holder=holder,
            product_id=self._product(part.product),
            values=part.values,
            roles=[
                (subjects[role.who], role.role, role.relation)
                for role in part.roles
                if role.role != PolicyRole.Role.POLICYHOLDER
            ],
            status=part.status,
            starts_on=_day(part.starts_on),
            ends_on=_day(part.ends_on),
            pay_frequency=part.pay_frequency,
            next_due_on=_day(part.next_due_on),
            intermediary_id=self._broker(part.broker),
            origin=("transfer", self.day),
        )

    def _claim(self, part: ClaimPart, subject: int, policy: int) -> NewClaim:
        return NewClaim(
            source_key=part.ref,
            policy_id=policy,
            subject=subject,
            values=part.values,
            kind=part.kind,
            status=part.status,
            reported_on=_day(part.reported_on),
            decided_on=_day(part.decided_on),
            occurred_on=_day(part.occurred_on),
            origin=("transfer", self.day),
        )

    def _subjects(self, refs: Iterable[str]) -> dict[str, int]:
        """The customers of this transfer by their references at the seller."""
        rows = ArrivedRecord.objects.filter(
            transfer=self.load.transfer, current=True, ref__in=set(refs), subject__isnull=False
        )
        return dict(rows.values_list("ref", "subject_id"))

    def _policies(self, refs: Iterable[str]) -> dict[str, int]:
        digests = {blind_indexes.of_source(self.book.code, ref): ref for ref in set(refs)}
        rows = Policy.objects.filter(book=self.book, source_digest__in=list(digests))
        return {
            digests[bytes(digest)]: pk for digest, pk in rows.values_list("source_digest", "pk")
        }

    def _product(self, part: ProductPart) -> int:
        if part.code not in self._products:
            row, _made = Product.objects.get_or_create(
                code=part.code,
                defaults={
                    "name": part.name,
                    "name_en": part.name_en,
                    "kind": part.kind,
                    "filed": part.filed,
                    "filing_no": part.filing_no,
                    "over_a_year": part.over_a_year,
                },
            )
            self._products[part.code] = row.pk
        return self._products[part.code]

    def _broker(self, part: BrokerPart | None) -> int | None:
        if part is None:
            return None
        if part.code not in self._brokers:
            row, _made = Intermediary.objects.get_or_create(
                code=part.code, defaults={"name": part.name, "kind": part.kind}
            )
            self._brokers[part.code] = row.pk
        return self._brokers[part.code]

    def _write_consents(self, segment: Sequence[Held]) -> None:
        """What she shut stays shut; a yes to what nothing but consent allows was said to somebody else."""
        kept = [
            (each, part)
            for each in segment
            for part in each.record.consents
            if not _is_the_sellers(part)
        ]
        came = sum(len(each.record.consents) for each in segment)
        counts = {**self.load.counts, STAYED: self.load.counts.get(STAYED, 0) + came - len(kept)}
        Load.objects.filter(pk=self.load.pk).update(counts=counts)
        self.load.counts = counts
        Consent.objects.bulk_create(
            Consent(
                subject_id=each.subject,
                purpose=part.purpose,
                said=part.said,
                by=Consent.By.IMPORT,
                at=datetime.fromisoformat(part.at),
                channel=Channel.TASK.value,
                source=self.book.code,
                notice=part.notice,
            )
            for each, part in kept
        )
        opening.project(Customer.objects.filter(pk__in=[each.subject for each in segment]))

    def _write_objections(self, segment: Sequence[Held]) -> None:
        Objection.objects.bulk_create(
            Objection(subject_id=each.subject, purpose=purpose)
            for each in segment
            for purpose in each.record.objections
        )

    def _write_representatives(self, segment: Sequence[Held]) -> None:
        subjects = self._subjects(
            part.who for each in segment for part in each.record.representatives
        )
        Representative.objects.bulk_create(
            Representative(
                subject_id=each.subject,
                representative_id=subjects[part.who],
                kind=part.kind,
                relation=part.relation,
                since=datetime.fromisoformat(part.since),
            )
            for each in segment
            for part in each.record.representatives
            if part.who in subjects
        )

    def _restrict_customers(self, segment: Sequence[Held]) -> None:
        """What was stored and not used stays so: the whole identity, the whole money."""
        wanted = {
            each.subject: {part.kind for part in each.record.restrictions if part.kind in _WHOLE}
            for each in segment
        }
        held = [subject for subject, kinds in wanted.items() if kinds]
        rows = Customer.objects.filter(pk__in=held).values_list(
            "pk", "subject__identity__holding", "subject__finances__holding"
        )
        for subject, identity, finances in rows:
            for kind, holding in (("identity", identity), ("financial", finances)):
                if kind in wanted[subject]:
                    part = next(
                        part
                        for each in segment
                        if each.subject == subject
                        for part in each.record.restrictions
                        if part.kind == kind
                    )
                    _restrict(subject, kind, holding, part)

    def _restrict(self, segment: Sequence[Held], kind: str, holdings: dict[str, UUID]) -> None:
        for each in segment:
            for part in each.record.restrictions:
                if part.kind == kind and part.ref in holdings:
                    _restrict(each.subject, kind, holdings[part.ref], part)


def _is_the_sellers(part: ConsentPart) -> bool:
    """Whoever takes a book over asks anew for what only a yes allows (PIPL art. 22, 23)."""
    purpose = processing_purposes().get(part.purpose)
    optional = purpose is not None and purpose.optional
    return optional and part.said == Consent.Said.GIVEN


def _restrict(subject: int, kind: str, holding: UUID, part: RestrictionPart) -> None:
    Restriction.objects.get_or_create(
        subject_id=subject,
        holding=holding,
        because=part.because,
        defaults={"kind": kind, "since": datetime.fromisoformat(part.since)},
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
