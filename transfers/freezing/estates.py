"""Everything of a page of customers that travels, as canonical lists by kind; no value is opened.

A holding is told by its epoch and the MAC over all its values, so any change of a sealed value shows.
Whatever else travels stands in clear columns, and is told by them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from custodian.tlog.verify import canonical
from records import legal_holds
from records.models import Claim

PART: Final = 16
OPEN_CLAIMS: Final = frozenset(
    {Claim.Status.REPORTED, Claim.Status.EXAMINING, Claim.Status.WAITING, Claim.Status.APPROVED}
)
# Each kind with how it is called and what is read of it; the customer first, the rest in any order.
_STATEMENTS: Final[Mapping[str, str]] = {
    "customer": """
SELECT c.subject_id, c.ref, c.kind, i.code, c.minor_until::text, s.status
FROM records_customer c JOIN access_subject s ON s.id = c.subject_id
LEFT JOIN records_intermediary i ON i.id = c.intermediary_id
WHERE c.subject_id = ANY (%(subjects)s)""",
    "identity": """
SELECT t.subject_id, t.holding::text, t.epoch::text, encode(t.state_mac, 'hex') FROM records_identity t
WHERE t.subject_id = ANY (%(subjects)s)""",
    "financial": """
SELECT t.subject_id, t.holding::text, t.epoch::text, encode(t.state_mac, 'hex') FROM records_finances t
WHERE t.subject_id = ANY (%(subjects)s)""",
    "policies": """
SELECT t.subject_id, t.ref, t.status, r.code, i.code, t.starts_on::text, t.ends_on::text,
       t.pay_frequency, t.next_due_on::text, t.holding::text, t.epoch::text, encode(t.state_mac, 'hex')
FROM records_policy t JOIN records_product r ON r.id = t.product_id
LEFT JOIN records_intermediary i ON i.id = t.intermediary_id
WHERE t.subject_id = ANY (%(subjects)s)""",
    "claims": """
SELECT t.subject_id, t.ref, t.status, p.ref, t.kind, t.reported_on::text, t.occurred_on::text,
       t.decided_on::text, t.channel, t.holding::text, t.epoch::text, encode(t.state_mac, 'hex')
FROM records_claim t JOIN records_policy p ON p.id = t.policy_id
WHERE t.subject_id = ANY (%(subjects)s)""",
    "documents": """
SELECT t.subject_id, t.ref, t.kind, t.media_type, t.size::text, encode(t.digest, 'hex'),
       t.holding::text, t.epoch::text, encode(t.state_mac, 'hex')
FROM records_document t WHERE t.subject_id = ANY (%(subjects)s)""",
    "roles": """
SELECT r.subject_id, p.ref, r.role, r.relation
FROM records_policyrole r JOIN records_policy p ON p.id = r.policy_id
WHERE r.subject_id = ANY (%(subjects)s)
UNION ALL
SELECT a.subject_id, c.ref, a.kind, a.relation
FROM records_representative a JOIN records_customer c ON c.subject_id = a.representative_id
WHERE a.subject_id = ANY (%(subjects)s)
  AND (a.until IS NULL OR a.until > statement_timestamp())""",
    "consents": """
SELECT c.subject_id, c.ref::text, c.purpose, c.said, c.by, c.at::text
FROM records_consent c WHERE c.subject_id = ANY (%(subjects)s)""",
    "restrictions": """
SELECT r.subject_id, r.kind, r.holding::text, r.because
FROM access_restriction r WHERE r.subject_id = ANY (%(subjects)s)""",
    "objections": """
SELECT o.subject_id, o.purpose FROM access_objection o
WHERE o.subject_id = ANY (%(subjects)s)""",
}
HOLDS: Final = "holds"
KINDS: Final = (*_STATEMENTS, HOLDS)
WORDS: Final[Mapping[str, Any]] = {
    "customer": pgettext_lazy("冻结后变动", "客户登记"),
    "identity": _("身份信息"),
    "financial": _("财务信息"),
    "policies": _("保单"),
    "claims": _("赔案"),
    "documents": _("文件"),
    "roles": pgettext_lazy("冻结后变动", "保单角色与代表人"),
    "consents": _("同意记录"),
    "restrictions": _("限制处理"),
    "objections": pgettext_lazy("冻结后变动", "对用途的异议"),
    "holds": _("法律保留"),
    "left": pgettext_lazy("冻结后变动", "不再随转"),
}
_LOOKS: Final = """
SELECT s.id, (SELECT count(*) FROM querylog.subject_access a WHERE a.subject = s.uid)
FROM access_subject s WHERE s.id = ANY (%(subjects)s)"""


@dataclass
class Estate:
    """Of one customer: by kind a sorted list of rows of text."""

    subject: int
    rows: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    looks: int = 0

    @property
    def ref(self) -> str:
        return self.rows["customer"][0][0]

    def parts(self) -> bytes:
        """Sixteen bytes for each kind, in the order of `KINDS`."""
        return b"".join(self._of(kind)[:PART] for kind in KINDS)

    def digest(self) -> bytes:
        """SHA-256 over the whole."""
        whole = {kind: self._of(kind).hex() for kind in KINDS}
        return hashlib.sha256(canonical({"kinds": whole, "ref": self.ref}).encode()).digest()

    def _of(self, kind: str) -> bytes:
        said = {"kind": kind, "rows": sorted(self.rows[kind])}
        return hashlib.sha256(canonical(said).encode()).digest()

    def counts(self) -> dict[str, int]:
        """Numbers only; of policies and claims those that are her own."""
        policies, claims = self.rows["policies"], self.rows["claims"]
        return {
            "policies": len(policies),
            "in_force": sum(row[1] == "in_force" for row in policies),
            "claims": len(claims),
            "open_claims": sum(row[1] in OPEN_CLAIMS for row in claims),
            "consents": len(self.rows["consents"]),
            "restrictions": len(self.rows["restrictions"]),
            "holds": len(self.rows[HOLDS]),
            "documents": len(self.rows["documents"]),
            "looks": self.looks,
        }


def read(subjects: Sequence[int], *, looks: bool = False) -> dict[int, Estate]:
    """By customer, those alone who are registered; called in a scope that reaches everything."""
    found = {each: Estate(each) for each in subjects}
    terms = {"subjects": list(subjects)}
    with connection.cursor() as cursor:
        for kind, statement in _STATEMENTS.items():
            cursor.execute(statement, terms)
            for subject, *row in cursor.fetchall():
                found[subject].rows[kind].append([_text(each) for each in row])
        if looks:
            cursor.execute(_LOOKS, terms)
            for subject, count in cursor.fetchall():
                found[subject].looks = count
    for subject, facts in legal_holds.on_subjects(subjects).items():
        found[subject].rows[HOLDS] += [[str(each.ref)] for each in facts]
    return {subject: each for subject, each in found.items() if each.rows["customer"]}


def differing(before: bytes, now: bytes) -> tuple[str, ...]:
    """The kinds whose sixteen bytes are not the same."""
    return tuple(
        kind
        for place, kind in enumerate(KINDS)
        if before[place * PART : (place + 1) * PART] != now[place * PART : (place + 1) * PART]
    )


def words(kinds: Iterable[str]) -> list[Any]:
    return [WORDS[each] for each in kinds]


def _text(value: Any) -> str:
    return "" if value is None else str(value)
