"""Whether a row is new, known or in conflict, draft by draft; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from access.models import WorkItem
from custodian import clock
from records.claims import NewClaim
from records.consents.bringing import Brought
from records.identifiers.checked import Problem, warning
from records.importing import consenting, fingerprints, working
from records.importing.directory import Directory
from records.importing.drafts import (
    ClaimDraft,
    ConsentDraft,
    CustomerDraft,
    Draft,
    Flaw,
    PolicyDraft,
    WorkDraft,
)
from records.importing.known import OTHER_CONTENT, HeldCustomer, HeldPolicy, Known
from records.intake import NewCustomer
from records.models.policies import PolicyRole
from records.policies import NewPolicy

INSURED_UNKNOWN = warning(
    "policy-insured-unknown", _("客户资料中没有这位被保险人，未记入角色，请核对")
)
CLAIMANT_UNKNOWN = warning(
    "claim-customer-unknown", _("客户资料中没有这位出险人，已记在被保险人名下，请核对")
)

CHILD: Final = 14
_ACCOUNT: Final = ("financial.bank_name", "financial.bank_account")
_SELF: Final = frozenset({"本人", "自己", "self"})


@dataclass
class New:
    """What a chunk writes at its end, in this order; makers run once earlier rows have their keys."""

    customers: list[tuple[HeldCustomer, NewCustomer]] = field(default_factory=list)
    policies: list[tuple[HeldPolicy, Callable[[], NewPolicy]]] = field(default_factory=list)
    claims: list[Callable[[], NewClaim]] = field(default_factory=list)
    work: list[WorkItem] = field(default_factory=list)
    closing: list[WorkItem] = field(default_factory=list)
    consents: list[Brought] = field(default_factory=list)


@dataclass
class RowDecision:
    """`problems` send the row to the quarantine as a whole; `new` waits until there are none."""

    known: Known
    directory: Directory
    problems: list[Flaw] = field(default_factory=list)
    warnings: list[Flaw] = field(default_factory=list)
    new: New = field(default_factory=New)
    _customers: dict[bytes, HeldCustomer] = field(default_factory=dict)
    _policies: dict[bytes, HeldPolicy] = field(default_factory=dict)
    _claims: list[tuple[HeldPolicy, str, bytes]] = field(default_factory=list)

    def decide(self, draft: Draft) -> None:
        self.warnings += draft.warnings
        if isinstance(draft, WorkDraft):
            self._work(draft)
            return
        if isinstance(draft, ConsentDraft):
            self._consent(draft)
            return
        content = fingerprints.of_draft(draft)
        if isinstance(draft, CustomerDraft):
            self._customer(draft, content)
        elif isinstance(draft, PolicyDraft):
            self._policy(draft, content)
        else:
            self._claim(draft, content)

    @property
    def unchanged(self) -> bool:
        new = self.new
        return not any(
            (new.customers, new.policies, new.claims, new.work, new.closing, new.consents)
        )

    def settle(self, into: New) -> None:
        """The row is kept: the rows after it find what it brings."""
        into.customers += self.new.customers
        into.policies += self.new.policies
        into.claims += self.new.claims
        into.work += self.new.work
        into.closing += self.new.closing
        into.consents += self.new.consents
        self.known.customers |= self._customers
        self.known.policies |= self._policies
        for claim in self._claims:
            self.known.hold_claim(*claim)
        self.known.work |= {item.number: item for item in self.new.work}
        for brought in self.new.consents:
            self.known.spoken.hear(brought.row)

    def _customer(self, draft: CustomerDraft, content: bytes) -> None:
        digest = self.known.digest(draft.key)
        held = self.known.customers.get(digest)
        if held is not None:
            self._compare(held.content, content, "customer.key")
            return
        held = self._customers[digest] = HeldCustomer(digest, content)
        self.new.customers.append((held, self._newcomer(draft, content)))

    def _newcomer(self, draft: CustomerDraft, content: bytes) -> NewCustomer:
        now = clock.now()
        agent = self.directory.agent(draft.agent_staff_no, self.warnings)
        account: dict[str, str] = {
            code: draft.values[code] for code in _ACCOUNT if code in draft.values
        }
        return NewCustomer(
            kind=draft.kind,
            source_key=draft.key,
            unit_id=self.directory.unit(draft.unit_code, draft.agent_staff_no, self.warnings),
            values=draft.values,
            accounts=[account] if account else [],
            intermediary_id=self.directory.intermediary(draft.intermediary_code, self.warnings),
            assignments=[(agent, now)] if agent else [],
            minor_until=_fourteenth(draft, now),
            origin=("import", clock.local(now).date().isoformat()),
            row_digest=content,
        )

    def _policy(self, draft: PolicyDraft, content: bytes) -> None:
        holder = self._holder(draft)
        if isinstance(holder, Problem):
            self.problems.append(Flaw(None, holder))
            return
        digest = self.known.digest(draft.key)
        held = self.known.policies.get(digest)
        if held is not None:
            self._compare(held.content, content, "policy.number")
            return
        insured = self._insured(draft, holder)
        held = self._policies[digest] = HeldPolicy(digest, content, holder, insured=insured)
        warnings = self.warnings
        # The unit and the agent of a policy are looked at for their warnings only.
        self.directory.unit(draft.unit_code, None, warnings)
        self.directory.agent(draft.agent_staff_no, warnings)
        product = self.directory.product(draft.product_code, draft.product_name, warnings)
        broker = self.directory.intermediary(draft.intermediary_code, warnings)
        self.new.policies.append((held, partial(_new_policy, held, draft, product, broker)))

    def _holder(self, draft: PolicyDraft) -> HeldCustomer | Problem:
        own = self._customers.get(self.known.digest(draft.holder.value))
        return own or self.known.customer_of(draft.holder)

    def _insured(self, draft: PolicyDraft, holder: HeldCustomer) -> HeldCustomer | None:
        if draft.insured is None:
            return holder if draft.relation in _SELF else None
        found = self.known.customer_of(draft.insured)
        if isinstance(found, Problem):
            self.warnings.append(Flaw("policy.insured_key", INSURED_UNKNOWN))
            return None
        return found

    def _claim(self, draft: ClaimDraft, content: bytes) -> None:
        policy = self._policies.get(self.known.digest(draft.policy_key)) or self.known.policy_of(
            draft
        )
        if isinstance(policy, Problem):
            self.problems.append(Flaw(None, policy))
            return
        held = self.known.claim(policy, draft.key)
        if held is not None:
            self._compare(held, content, "claim.number")
            return
        subject = self._claimant(draft, policy)
        self._claims.append((policy, draft.key, content))
        self.new.claims.append(partial(_new_claim, policy, subject, draft, content))

    def _claimant(self, draft: ClaimDraft, policy: HeldPolicy) -> HeldCustomer:
        if draft.customer is not None:
            found = self.known.customer_of(draft.customer)
            if not isinstance(found, Problem):
                return found
            self.warnings.append(Flaw("claim.customer_key", CLAIMANT_UNKNOWN))
        return policy.insured or policy.holder

    def _work(self, draft: WorkDraft) -> None:
        customer = self.known.customer_of(draft.customer)
        if isinstance(customer, Problem):
            self.problems.append(Flaw(None, working.nobody(customer)))
            return
        book = self.known.book.code
        told = working.item(draft, customer.subject, self.directory, self.problems, book=book)
        if self.problems:
            return
        held = self.known.work.get(told.number)
        if held is None:
            self.new.work.append(told)
        elif not working.is_same(held, told):
            self.problems.append(Flaw("work.number", OTHER_CONTENT))
        elif working.closes(held, told):
            held.closed_at, held.outcome = told.closed_at, told.outcome
            self.new.closing.append(held)

    def _consent(self, draft: ConsentDraft) -> None:
        customer = self.known.customer_of(draft.customer)
        if isinstance(customer, Problem):
            self.problems.append(Flaw(None, consenting.nobody(customer)))
            return
        brought = consenting.item(
            draft, customer.subject, self.known.spoken, self.problems, book=self.known.book.code
        )
        if brought is not None:
            self.new.consents.append(brought)

    def _compare(self, held: bytes, content: bytes, target: str) -> None:
        if held != content:
            self.problems.append(Flaw(target, OTHER_CONTENT))


def _fourteenth(draft: CustomerDraft, now: datetime) -> date | None:
    """Until when the customer is a child, if it is one."""
    born = draft.values.get("identity.birth_date")
    if draft.kind != "person" or not born:
        return None
    birth = date.fromisoformat(born)
    leap = (birth.month, birth.day) == (2, 29)
    year = birth.year + CHILD
    day = date(year, 3, 1) if leap and year % 4 else birth.replace(year=year)
    return day if day > clock.local(now).date() else None


def _new_policy(
    held: HeldPolicy, draft: PolicyDraft, product: int, broker: int | None
) -> NewPolicy:
    roles = []
    if held.insured:
        relation = draft.relation or ""
        roles = [(held.insured.subject, str(PolicyRole.Role.INSURED), relation)]
    return NewPolicy(
        source_key=draft.key,
        holder=held.holder.subject,
        product_id=product,
        values=draft.values,
        roles=roles,
        status=draft.status,
        starts_on=_day(draft.starts_on),
        ends_on=_day(draft.ends_on),
        pay_frequency=draft.pay_frequency or "",
        next_due_on=_day(draft.next_due_on),
        intermediary_id=broker,
        origin=("import", clock.local().date().isoformat()),
        row_digest=held.content,
    )


def _new_claim(
    policy: HeldPolicy, subject: HeldCustomer, draft: ClaimDraft, content: bytes
) -> NewClaim:
    return NewClaim(
        source_key=draft.key,
        policy_id=policy.pk,
        subject=subject.subject,
        values=draft.values,
        kind=draft.kind,
        status=draft.status,
        reported_on=_day(draft.reported_on),
        decided_on=_day(draft.decided_on),
        origin=("import", clock.local().date().isoformat()),
        row_digest=content,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
