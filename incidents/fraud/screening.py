"""The search for signals: each night over the open claims, and over a claim as soon as it is filed.

It writes signals, and where their sum is reached a suspicion. A claim, its steps and its clocks are read here
and never written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from access import actors, machine_reads, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.vocabulary import Channel
from custodian import clock
from incidents.fraud import clusters, scoring, sealing
from incidents.fraud.rules import book
from incidents.fraud.signals import ELEMENTS, FINDERS, Hit
from incidents.fraud.standing import ACTOR, authorise, write
from incidents.models import FraudCase, FraudEntry, FraudSignal, FraudSuppression
from records.claim_handling.lifecycle import OPEN
from records.models import Claim

CHUNK: Final = 500
CLUSTER: Final = "agent-cluster"
What = FraudEntry.What


def carry_out() -> int:
    """Everything that is open; how many signals are new. A second time at once finds nothing new."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        found = sum(_screen(page, actor) for page in _pages())
        return found + _clusters(actor)


def claim(pk: int) -> int:
    """One claim that has just come."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        rows = list(_open_claims().filter(pk=pk))
        return _screen(rows, actor) if rows else 0


def _open_claims() -> QuerySet[Any]:
    """Of real customers; who is here to be found by thieves is no claimant."""
    active = Subject.Status.DESTROYED
    rows: QuerySet[Any] = Claim.objects.filter(status__in=OPEN, subject__honey=False)
    return rows.exclude(subject__status=active).select_related("policy").order_by("pk")


def _pages() -> Iterator[list[Claim]]:
    after = 0
    while page := list(_open_claims().filter(pk__gt=after)[:CHUNK]):
        after = page[-1].pk
        yield page


def _screen(claims: Sequence[Claim], actor: Actor) -> int:
    """The entry is committed before anything is compared."""
    subjects = {each.subject_id for each in claims}
    machine_reads.read(
        Action.FRAUD_SCREEN, subjects=subjects, elements=ELEMENTS,
        facts={"fraud-claims": len(claims)}, actor=actor,
    )  # fmt: skip
    hits = [hit for code, find in FINDERS.items() for hit in find(book()[code], claims)]
    return _keep(hits, actor)


def _clusters(actor: Actor) -> int:
    """Counts of policies by agent and dates alone; no customer is compared with another one."""
    machine_reads.read(Action.FRAUD_SCREEN, subjects=(), elements=(), actor=actor)
    return _keep(list(clusters.find(book()[CLUSTER])), actor)


def _keep(hits: Sequence[Hit], actor: Actor) -> int:
    with transaction.atomic():
        proposals.lock(FraudCase)
        silent = _silent({each.subject for each in hits})
        known = _known(hits)
        fresh = [
            _row(each)
            for each in hits
            if (each.rule, each.subject) not in silent
            and (each.rule, each.claim, each.digest) not in known
        ]
        FraudSignal.objects.bulk_create(fresh)
        for kind, key, rows in _waiting(fresh):
            _settle(kind, key, rows, actor)
    return len(fresh)


def _row(hit: Hit) -> FraudSignal:
    return FraudSignal(
        rule=hit.rule, claim_id=hit.claim, policy_id=hit.policy, subject_id=hit.subject,
        operator_id=hit.operator, facts=dict(hit.facts), digest=hit.digest,
        weight=book()[hit.rule].weight, found_at=clock.now(),
    )  # fmt: skip


def _silent(subjects: Collection[int]) -> set[tuple[str, int]]:
    """What somebody has told a rule not to say of a customer for some time."""
    today = clock.local().date()
    rows = FraudSuppression.objects.filter(subject__in=subjects, until__gte=today)
    return set(rows.values_list("rule", "subject_id"))


def _known(hits: Sequence[Hit]) -> set[tuple[str, int, str]]:
    rows = FraudSignal.objects.filter(claim__in={each.claim for each in hits})
    return set(rows.values_list("rule", "claim_id", "digest"))


def _waiting(fresh: Iterable[FraudSignal]) -> Iterator[tuple[str, int, list[FraudSignal]]]:
    """By whom they are about, all signals that nobody has looked at, of claims that are still open."""
    subjects: set[int] = set()
    operators: set[int] = set()
    for each in fresh:
        if each.rule == CLUSTER and each.operator_id is not None:
            operators.add(each.operator_id)
        else:
            subjects.add(each.subject_id)
    loose = FraudSignal.objects.filter(case=None).select_related("claim")
    of_customers = loose.exclude(rule=CLUSTER).filter(claim__status__in=OPEN)
    found: dict[tuple[str, int], list[FraudSignal]] = defaultdict(list)
    for each in of_customers.filter(subject__in=subjects):
        found["subject", each.subject_id].append(each)
    for each in loose.filter(rule=CLUSTER, operator__in=operators):
        found["operator", each.operator_id or 0].append(each)
    for (kind, key), rows in sorted(found.items()):
        yield kind, key, rows


def _settle(kind: str, key: int, rows: list[FraudSignal], actor: Actor) -> None:
    """Into the case that is open already; or a new one, if the sum says that somebody should look."""
    about = {"subject": key} if kind == "subject" else {"subject": None, "operator": key}
    case = FraudCase.objects.live().filter(**about).first()
    if case is None:
        if not scoring.opens(rows):
            return
        case = _opened(kind, key, actor, rows)
    else:
        write(case, What.SIGNAL, actor=actor, told={"rules": sorted({each.rule for each in rows})})
    FraudSignal.objects.filter(pk__in=[each.pk for each in rows]).update(case=case)
    signals = list(FraudSignal.objects.filter(case=case))
    kept_from = {*case.kept_from, *(each.operator_id for each in signals if each.operator_id)}
    FraudCase.objects.filter(pk=case.pk).update(
        score=scoring.total(signals), kept_from=sorted(kept_from)
    )


def new_case(kind: str, key: int, rows: list[FraudSignal]) -> FraudCase:
    """Not saved yet; whoever calls holds the lock under which cases are numbered."""
    year = f"F-{clock.local():%Y}-"
    number = FraudCase.objects.filter(code__startswith=year).count() + 1
    case = FraudCase(code=f"{year}{number:03}", score=scoring.total(rows), opened_at=clock.now())
    case.holding = sealing.holding_of(case.ref)
    setattr(case, f"{kind}_id", key)
    case.kept_from = sorted({each.operator_id for each in rows if each.operator_id})
    return case


def _opened(kind: str, key: int, actor: Actor, rows: list[FraudSignal]) -> FraudCase:
    case = new_case(kind, key, rows)
    authorise(
        case,
        Action.FRAUD_SCREEN,
        "opened",
        actor=actor,
        channel=Channel.TASK,
        **{"fraud-score": case.score},
    )
    case.save()
    told = {"sum": scoring.arithmetic(rows), "rules": sorted({each.rule for each in rows})}
    write(case, What.OPENED, actor=actor, told=told)
    return case
