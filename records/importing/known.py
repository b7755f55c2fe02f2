"""What the database and this chunk know: whose key is taken, by what, and who is in quarantine.

Everything is looked up by digest, a chunk at a time, so that memory does not grow with the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from access import work_items
from access.models import WorkItem
from records import blind_indexes
from records.consents import bringing
from records.consents.bringing import Spoken
from records.identifiers.checked import Problem, hard
from records.importing import working
from records.importing.drafts import (
    By,
    ClaimDraft,
    ConsentDraft,
    CustomerDraft,
    Draft,
    PolicyDraft,
    Reference,
    WorkDraft,
)
from records.importing.joining import (
    HOLDER_QUARANTINED,
    HOLDER_UNKNOWN,
    POLICY_QUARANTINED,
    POLICY_UNKNOWN,
)
from records.models import BlindIndex, Book, Claim, Customer, Policy, PolicyRole, QuarantinedRow

OTHER_CONTENT = hard("key-with-other-content", _("这个编号已有内容不同的记录，请核对哪一份正确"))

_ID_NUMBER: Final = "identity.id_number"
_NUMBER: Final = "policy.number"


@dataclass(slots=True)
class HeldCustomer:
    """`subject` is 0 while the customer is new in this chunk and not written yet."""

    digest: bytes
    content: bytes
    subject: int = 0


@dataclass(slots=True)
class HeldPolicy:
    digest: bytes
    content: bytes
    holder: HeldCustomer
    pk: int = 0
    insured: HeldCustomer | None = None


@dataclass(slots=True)
class Rows:
    """The sheet whose row numbers name customers: digests of the keys on them, and rows refused."""

    keys: dict[str, bytes] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)


class Known:
    """One chunk's knowledge. `look_up` first; then decide row by row, telling what becomes held."""

    def __init__(self, book: Book, *, by_row: Rows | None = None) -> None:
        self.book = book
        self.customers: dict[bytes, HeldCustomer] = {}
        self.policies: dict[bytes, HeldPolicy] = {}
        self.work: dict[str, WorkItem] = {}
        self.spoken = Spoken()
        self._claims: dict[tuple[bytes, bytes], bytes] = {}
        self._by_document: dict[str, HeldCustomer] = {}
        self._by_number: dict[str, HeldPolicy] = {}
        self._in_quarantine: set[tuple[str, bytes]] = set()
        self._rows = by_row or Rows()
        self._digests: dict[str, bytes] = {}

    def digest(self, key: str) -> bytes:
        if key not in self._digests:
            self._digests[key] = blind_indexes.of_source(self.book.code, key) if key else b""
        return self._digests[key]

    def look_up(self, drafts: Sequence[Draft]) -> None:
        policies = [draft for draft in drafts if isinstance(draft, PolicyDraft)]
        claims = [draft for draft in drafts if isinstance(draft, ClaimDraft)]
        own = [self.digest(d.key) for d in drafts if isinstance(d, CustomerDraft)]
        pointers = [
            reference
            for draft in drafts
            for reference in references_of(draft)
            if reference is not None
        ]
        self._load_customers(own)
        self.look_up_customers(pointers)
        wanted = [*(d.key for d in policies), *(d.policy_key for d in claims)]
        self._load_policies({self.digest(key) for key in wanted})
        self._load_by_number({d.policy_key for d in claims} - self._numbers_known(claims))
        self._load_claims(claims)
        self._load_quarantine(pointers, claims)
        self._load_work(drafts)
        self._load_consents(drafts)

    def look_up_customers(self, pointers: Sequence[Reference]) -> None:
        self._load_customers([d for d in map(self._digest_of, pointers) if d])
        self._load_by_document(
            pointer.value
            for pointer in pointers
            if pointer.by is not By.ROW and self._held(pointer) is None
        )

    def customer_of(self, reference: Reference) -> HeldCustomer | Problem:
        held = self._held(reference)
        if held is not None:
            return held
        if reference.by is By.ROW:
            waiting = reference.value in self._rows.refused
        else:
            waiting = ("customer", self.digest(reference.value)) in self._in_quarantine
        return HOLDER_QUARANTINED if waiting else HOLDER_UNKNOWN

    def policy_of(self, draft: ClaimDraft) -> HeldPolicy | Problem:
        digest = self.digest(draft.policy_key)
        held = self.policies.get(digest) or self._by_number.get(draft.policy_key)
        if held is not None:
            return held
        return POLICY_QUARANTINED if ("policy", digest) in self._in_quarantine else POLICY_UNKNOWN

    def claim(self, policy: HeldPolicy, key: str) -> bytes | None:
        """What the claim of this number says, if the policy has it already."""
        return self._claims.get((policy.digest, self.digest(key)))

    def hold_claim(self, policy: HeldPolicy, key: str, content: bytes) -> None:
        self._claims[policy.digest, self.digest(key)] = content

    def _held(self, reference: Reference) -> HeldCustomer | None:
        digest = self._digest_of(reference)
        if digest and digest in self.customers:
            return self.customers[digest]
        return self._by_document.get(reference.value) if reference.by is not By.ROW else None

    def _digest_of(self, reference: Reference) -> bytes | None:
        if reference.by is By.ROW:
            return self._rows.keys.get(reference.value)
        return self.digest(reference.value)

    def _load_customers(self, digests: Iterable[bytes]) -> None:
        rows = Customer.objects.filter(book=self.book, source_digest__in=set(digests))
        for subject, digest, content in rows.values_list(
            "subject_id", "source_digest", "row_digest"
        ):
            held = HeldCustomer(bytes(digest), bytes(content), subject)
            self.customers[held.digest] = held

    def _load_by_document(self, numbers: Iterable[str]) -> None:
        by_digest = {
            digest: number
            for number in set(numbers)
            for digest in blind_indexes.digests(_ID_NUMBER, number)
        }
        if not by_digest:
            return
        found = BlindIndex.objects.current().filter(
            element=_ID_NUMBER,
            digest__in=list(by_digest),
            subject__customer__book=self.book,
        )
        columns = ("digest", "subject_id", "subject__customer__source_digest",
                   "subject__customer__row_digest")  # fmt: skip
        # The customer who came first is meant where two have the same document.
        for digest, subject, source, content in found.order_by("-subject_id").values_list(*columns):
            held = HeldCustomer(bytes(source), bytes(content), subject)
            self._by_document[by_digest[bytes(digest)]] = held

    def _load_policies(self, digests: set[bytes]) -> None:
        if digests:
            held = self._held_policies(
                Policy.objects.filter(book=self.book, source_digest__in=digests).values_list(
                    *_POLICY_COLUMNS
                )
            )
            self.policies |= {policy.digest: policy for policy in held.values()}

    def _numbers_known(self, claims: Sequence[ClaimDraft]) -> set[str]:
        return {d.policy_key for d in claims if self.digest(d.policy_key) in self.policies}

    def _load_by_number(self, numbers: set[str]) -> None:
        by_digest = {
            digest: number
            for number in numbers
            if number
            for digest in blind_indexes.digests(_NUMBER, number)
        }
        if not by_digest:
            return
        holdings = {
            holding: by_digest[bytes(digest)]
            for digest, holding in BlindIndex.objects.current()
            .filter(element=_NUMBER, digest__in=list(by_digest))
            .values_list("digest", "holding")
        }
        rows = Policy.objects.filter(book=self.book, holding__in=list(holdings))
        held = self._held_policies(rows.values_list(*_POLICY_COLUMNS))
        for pk, holding in rows.values_list("pk", "holding"):
            self._by_number[holdings[holding]] = held[pk]

    def _held_policies(
        self, rows: Iterable[tuple[int, bytes, bytes, int]]
    ) -> dict[int, HeldPolicy]:
        held = {
            pk: HeldPolicy(bytes(digest), bytes(content), HeldCustomer(b"", b"", holder), pk)
            for pk, digest, content, holder in rows
        }
        insured = PolicyRole.objects.filter(policy__in=list(held), role=PolicyRole.Role.INSURED)
        for pk, subject in insured.values_list("policy_id", "subject_id"):
            held[pk].insured = HeldCustomer(b"", b"", subject)
        return held

    def _load_claims(self, claims: Sequence[ClaimDraft]) -> None:
        digests = {self.digest(draft.key) for draft in claims}
        policies = {p.pk: p for p in (*self.policies.values(), *self._by_number.values()) if p.pk}
        if not digests:
            return
        rows = Claim.objects.filter(policy__in=list(policies), source_digest__in=digests)
        for policy, digest, content in rows.values_list("policy_id", "source_digest", "row_digest"):
            self._claims[policies[policy].digest, bytes(digest)] = bytes(content)

    def _load_work(self, drafts: Sequence[Draft]) -> None:
        keys = [draft.key for draft in drafts if isinstance(draft, WorkDraft)]
        numbers = [working.number_of(self.book.code, key) for key in keys]
        if numbers:
            self.work |= work_items.imported(numbers)

    def _load_consents(self, drafts: Sequence[Draft]) -> None:
        held = [self._held(each.customer) for each in drafts if isinstance(each, ConsentDraft)]
        if subjects := {each.subject for each in held if each is not None}:
            self.spoken = bringing.spoken(subjects)

    def _load_quarantine(self, pointers: list[Reference], claims: Sequence[ClaimDraft]) -> None:
        wanted = {
            ("customer", self.digest(p.value))
            for p in pointers
            if p.by is not By.ROW and self._held(p) is None
        }
        wanted |= {("policy", self.digest(draft.policy_key)) for draft in claims}
        if not wanted:
            return
        rows = QuarantinedRow.objects.filter(
            book=self.book,
            status=QuarantinedRow.Status.OPEN,
            key_digest__in={digest for _, digest in wanted},
        ).values_list("kind", "key_digest")
        self._in_quarantine = {(kind, bytes(digest)) for kind, digest in rows}


_POLICY_COLUMNS: Final = ("pk", "source_digest", "row_digest", "subject_id")


def references_of(draft: Draft) -> tuple[Reference | None, ...]:
    if isinstance(draft, PolicyDraft):
        return (draft.holder, draft.insured)
    if isinstance(draft, ClaimDraft):
        return (draft.customer,)
    if isinstance(draft, WorkDraft | ConsentDraft):
        return (draft.customer,)
    return ()
