"""What each rule finds among some claims: by dates, references and fingerprints, and no value is opened."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from custodian import clock
from custodian.tlog.verify import canonical
from incidents.fraud.rules import Rule
from records.blind_indexes import ADDRESS, KIN
from records.models import Claim, ContactFlag, MergeCase
from records.staff_traces import EMAIL, ID_NUMBER, MOBILE

ACCOUNT: Final = "financial.bank_account"
# What of a claimant is compared; the entry of each chunk names them.
ELEMENTS: Final = (ACCOUNT, EMAIL, ID_NUMBER, MOBILE)


@dataclass(frozen=True)
class Hit:
    """`same` makes it the same signal again; `facts` is what is told of it, in numbers and references."""

    rule: str
    claim: int
    subject: int
    policy: int | None
    same: Sequence[Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    operator: int | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical({"same": list(self.same)}).encode()).hexdigest()


Finder = Callable[[Rule, Sequence[Claim]], Iterator[Hit]]


def _hit(rule: Rule, claim: Claim, same: Sequence[Any], **facts: Any) -> Hit:
    return Hit(rule.code, claim.pk, claim.subject_id, claim.policy_id, same, facts)


def day_of(claim: Claim) -> date | None:
    day: date | None = claim.occurred_on or claim.reported_on
    return day


def early(rule: Rule, claims: Sequence[Claim]) -> Iterator[Hit]:
    for claim in claims:
        day, begun = day_of(claim), claim.policy.starts_on
        if day is None or begun is None:
            continue
        passed = (day - begun).days
        if 0 <= passed < rule.threshold["days"]:
            yield _hit(rule, claim, [claim.ref], days=passed, begun=begun.isoformat())


def many(rule: Rule, claims: Sequence[Claim]) -> Iterator[Hit]:
    """Counted back from each claim's own report, so that days that pass make no new signal of it."""
    by_subject: dict[int, list[tuple[date, str]]] = defaultdict(list)
    rows = Claim.objects.filter(subject__in={each.subject_id for each in claims})
    for subject, day, ref in rows.exclude(reported_on=None).values_list(
        "subject_id", "reported_on", "ref"
    ):
        by_subject[subject].append((day, ref))
    window = timedelta(days=rule.threshold["days"])
    for claim in claims:
        end = claim.reported_on
        if end is None:
            continue
        inside = sorted(
            ref for day, ref in by_subject[claim.subject_id] if end - window < day <= end
        )
        if len(inside) >= rule.threshold["claims"]:
            yield _hit(rule, claim, inside, claims=len(inside), refs=inside)


# Of no common policy, nobody's representative, of another home and no relative in the same street.
_STRANGER: Final = """
    NOT EXISTS (SELECT 1 FROM records_policyrole x JOIN records_policyrole y USING (policy_id)
                WHERE x.subject_id = c.subject_id AND y.subject_id = o.subject_id)
    AND NOT EXISTS (SELECT 1 FROM records_representative r WHERE (r.subject_id, r.representative_id) IN
                ((c.subject_id, o.subject_id), (o.subject_id, c.subject_id)))
    AND NOT EXISTS (SELECT 1 FROM records_blindindex x JOIN records_blindindex y USING (element, digest)
                WHERE x.subject_id = c.subject_id AND y.subject_id = o.subject_id
                  AND x.element = ANY (%(home)s) AND x.until IS NULL AND y.until IS NULL)
"""
_SHARED: Final = f"""
SELECT c.id, array_agg(DISTINCT w.ref ORDER BY w.ref)
FROM records_claim c
JOIN records_blindindex b ON b.subject_id = c.subject_id AND b.element = %(element)s AND b.until IS NULL
JOIN records_blindindex o ON o.element = b.element AND o.digest = b.digest AND o.until IS NULL
     AND o.subject_id <> c.subject_id
JOIN access_subject s ON s.id = o.subject_id AND NOT s.honey AND s.status = 'active'
JOIN records_customer w ON w.subject_id = o.subject_id
WHERE c.id = ANY (%(claims)s)
  AND EXISTS (SELECT 1 FROM records_claim k WHERE k.subject_id = o.subject_id AND k.reported_on > %(since)s)
  AND {_STRANGER}
GROUP BY c.id
"""  # noqa: S608  the pieces are ours


def _shared(element: str) -> Finder:
    def find(rule: Rule, claims: Sequence[Claim]) -> Iterator[Hit]:
        since = clock.local().date() - timedelta(days=rule.threshold["days"])
        said = {"element": element, "since": since, "home": [ADDRESS, KIN]}
        for claim, refs in _asked(_SHARED, claims, **said):
            yield _hit(rule, claim, [claim.ref, *refs], customers=refs)

    return find


# The same file, as it came. Her own identity card goes with each of her claims, and says nothing.
_SAME_FILE: Final = """
SELECT c.id, array_agg(DISTINCT k.ref ORDER BY k.ref)
FROM records_claim c
JOIN records_claimpaper p ON p.claim_id = c.id JOIN records_document d ON d.id = p.document_id
JOIN records_document e ON e.received_digest = d.received_digest AND e.id <> d.id
JOIN records_claimpaper q ON q.document_id = e.id AND q.claim_id <> c.id
JOIN records_claim k ON k.id = q.claim_id
WHERE c.id = ANY (%(claims)s) AND NOT (d.kind = 'proof' AND k.subject_id = c.subject_id)
GROUP BY c.id
"""


def same_document(rule: Rule, claims: Sequence[Claim]) -> Iterator[Hit]:
    for claim, refs in _asked(_SAME_FILE, claims):
        yield _hit(rule, claim, [claim.ref, *refs], refs=refs)


def doubts(rule: Rule, claims: Sequence[Claim]) -> Iterator[Hit]:
    wanted = {each.subject_id for each in claims}
    why = (ContactFlag.Why.SUSPECTED, ContactFlag.Why.NOT_HERS)
    flags, merges = defaultdict(list), defaultdict(list)
    for row in ContactFlag.objects.filter(subject__in=wanted, until=None, why__in=why):
        flags[row.subject_id].append(f"{row.contact}/{row.pk}")
    unsettled = MergeCase.objects.exclude(status=MergeCase.Status.SETTLED)
    for side in ("subject", "other"):
        for case in unsettled.filter(**{f"{side}__in": wanted}):
            merges[getattr(case, f"{side}_id")].append(case.code)
    for claim in claims:
        said = sorted([*flags[claim.subject_id], *merges[claim.subject_id]])
        if said:
            found = {
                "flags": len(flags[claim.subject_id]),
                "merges": sorted(merges[claim.subject_id]),
            }
            yield _hit(rule, claim, [claim.ref, *said], **found)


_IS_OWN_AGENT: Final = """
SELECT DISTINCT c.id, t.user_id
FROM records_claim c
JOIN records_blindindex b ON b.subject_id = c.subject_id AND b.until IS NULL
JOIN records_stafftrace t ON t.element = b.element AND t.digest = b.digest
JOIN access_assignment a ON a.subject_id = c.subject_id AND a.user_id = t.user_id
     AND a.grant_id IS NULL AND a.window_id IS NULL AND (a.until IS NULL OR a.until > %(now)s)
WHERE c.id = ANY (%(claims)s) AND t.element = %(id)s
"""
_HAS_STAFFS_CONTACT: Final = """
SELECT DISTINCT c.id, t.user_id
FROM records_claim c
JOIN records_blindindex b ON b.subject_id = c.subject_id AND b.until IS NULL
JOIN records_stafftrace t ON t.element = b.element AND t.digest = b.digest
WHERE c.id = ANY (%(claims)s) AND t.element = ANY (%(contacts)s)
  AND NOT EXISTS (SELECT 1 FROM records_stafftrace own JOIN records_blindindex i
                  ON i.element = own.element AND i.digest = own.digest AND i.until IS NULL
                  WHERE own.user_id = t.user_id AND own.element = %(id)s AND i.subject_id = c.subject_id)
"""


def own_agent(rule: Rule, claims: Sequence[Claim]) -> Iterator[Hit]:
    yield from _of_staff(rule, claims, _IS_OWN_AGENT, now=clock.now())


def staff_contact(rule: Rule, claims: Sequence[Claim]) -> Iterator[Hit]:
    yield from _of_staff(rule, claims, _HAS_STAFFS_CONTACT, contacts=[EMAIL, MOBILE])


def _of_staff(rule: Rule, claims: Sequence[Claim], sql: str, **said: Any) -> Iterator[Hit]:
    for claim, user in _asked(sql, claims, id=ID_NUMBER, **said):
        facts = {"operator": user}
        same = [claim.ref, user]
        yield Hit(rule.code, claim.pk, claim.subject_id, claim.policy_id, same, facts, user)


_ON_A_LIST: Final = """
SELECT c.id, array_agg(DISTINCT l.code || '/' || i.element ORDER BY l.code || '/' || i.element)
FROM records_claim c
JOIN records_blindindex b ON b.subject_id = c.subject_id AND b.until IS NULL
JOIN incidents_fraudsharedindex i ON i.element = b.element AND i.digest = b.digest
JOIN incidents_fraudshared l ON l.id = i.shared_id AND l.state = 'held' AND l.use_by >= %(today)s
WHERE c.id = ANY (%(claims)s)
GROUP BY c.id
"""


def on_a_list(rule: Rule, claims: Sequence[Claim]) -> Iterator[Hit]:
    for claim, lists in _asked(_ON_A_LIST, claims, today=clock.local().date()):
        yield _hit(rule, claim, [claim.ref, *lists], lists=lists)


FINDERS: Final[Mapping[str, Finder]] = {
    "early-claim": early,
    "many-claims": many,
    "shared-account": _shared(ACCOUNT),
    "shared-phone": _shared(MOBILE),
    "same-document": same_document,
    "identity-doubt": doubts,
    "own-agent": own_agent,
    "staff-contact": staff_contact,
    "shared-list": on_a_list,
}


def _asked(sql: str, claims: Sequence[Claim], **said: Any) -> Iterator[tuple[Claim, Any]]:
    """By claim what the statement says of it, in the order of the claims."""
    known = {each.pk: each for each in claims}
    with connection.cursor() as cursor:
        cursor.execute(sql, {"claims": list(known), **said})
        rows = cursor.fetchall()
    for pk, found in sorted(rows, key=lambda row: (row[0], str(row[1]))):
        yield known[pk], found
