"""Reckons every night what each holding's time is, and restricts what is stored only because a law says so.

A leased job over all customers in their order: a run that was killed goes on after the last page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Max

from access import actors, gate, scopes
from access.actions import Action
from access.asking import ANSWERED
from access.models import Restriction, Subject
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import Unavailable
from custodian.jobs import JOB
from custodian.regimes.packs import RetentionRule
from custodian.workflow import IllegalMove
from records import bulk
from records.models import Keeping, KeepingRun
from records.retention import clock_guard, facts, rules
from records.retention.deciding import Answer, State, decide

PAGE: Final = 500
STORED_ONLY: Final = frozenset({State.RESTRICTED, State.UNDATED, State.DUE})
_log = structlog.get_logger("records")


@dataclass(frozen=True)
class Kept:
    """A holding with its answer."""

    holding: UUID
    subject: int
    kind: str
    answer: Answer


def answers(subjects: Sequence[int], *, on: date, by: Sequence[RetentionRule]) -> Iterator[Kept]:
    """What holds for every holding of these customers on that day; nothing is written."""
    for each in facts.gather(subjects, prospect=rules.prospect(by), today=on):
        answer = decide(each.facts, by, today=on)
        yield Kept(each.holding, each.subject, each.facts.kind, answer)


def pages(after: int = 0) -> Iterator[list[int]]:
    """All customers that are not destroyed, in their order."""
    living = Subject.objects.exclude(status=Subject.Status.DESTROYED).order_by("pk")
    while page := list(living.filter(pk__gt=after).values_list("pk", flat=True)[:PAGE]):
        after = page[-1]
        yield page


def schedule() -> KeepingRun:
    """Today's run, of two clocks at once one; what failed is tried again."""
    run, _made = KeepingRun.objects.get_or_create(day=clock.local().date())
    if JOB.may(run, "resume"):
        JOB.move(run, "resume")
    return run


def carry_out() -> KeepingRun:
    """Today's reckoning, unless it is done. Raises `IllegalMove` when somebody is at it, `ClockAstray`."""
    with scopes.acting(actors.system("keeper")):
        run = schedule()
        return run if run.finished_at else work(run.pk)


def work(run_id: int) -> KeepingRun:
    with scopes.acting(actors.system("keeper")):
        clock_guard.require()
        run: KeepingRun = KeepingRun.objects.get(pk=run_id)
        lease = run.claim()
        by = rules.on(run.day)
        total = Subject.objects.exclude(status=Subject.Status.DESTROYED).count()
        KeepingRun.objects.filter(pk=run.pk).update(total=total)
        try:
            for page in pages(run.after):
                _take(run, lease, page, by)
                failpoints.hit("reckoning-page")
            JOB.move(run, "finish", {"finished_at": clock.real()})
        except (IllegalMove, Unavailable):
            raise
        except Exception as error:
            JOB.move(run, "fail", {"note": type(error).__name__})
            _log.exception("reckoning-failed", job=run.pk)
            raise
    return run


def refresh(subjects: Sequence[int]) -> None:
    """The same for some customers at once: something about them has changed."""
    with scopes.acting(actors.system("keeper")):
        today = clock.local().date()
        write(subjects, list(answers(subjects, on=today, by=rules.on(today))))


def _take(run: KeepingRun, lease: UUID, page: list[int], by: Sequence[RetentionRule]) -> None:
    with transaction.atomic():
        run.progress(lease, done=run.done + len(page))
        kept = list(answers(page, on=run.day, by=by))
        restricted, released = write(page, kept)
        counts = Counter(run.counts)
        counts.update(each.answer.state.value for each in kept)
        run.counts, run.after = dict(counts), page[-1]
        run.restricted += restricted
        run.released += released
        run.save(update_fields=["counts", "after", "restricted", "released"])


_UPSERT: Final = (
    "ON CONFLICT (holding) DO UPDATE SET subject_id = excluded.subject_id, kind = excluded.kind,"
    " state = excluded.state, ended_on = excluded.ended_on, keep_until = excluded.keep_until,"
    " rule = excluded.rule, reckoned_at = excluded.reckoned_at"
)


def write(subjects: Sequence[int], kept: Sequence[Kept]) -> tuple[int, int]:
    """Keep the answers, and restrict or release; how many holdings were restricted, and released."""
    now = clock.now()
    with transaction.atomic():
        gone = Keeping.objects.filter(subject__in=subjects)
        gone.exclude(holding__in=[each.holding for each in kept]).delete()
        bulk.insert(
            "records_keeping",
            {
                "holding": "uuid", "subject_id": "bigint", "kind": "text", "state": "text",
                "ended_on": "date", "keep_until": "date", "rule": "text", "reckoned_at": "timestamptz",
            },
            [_row(each, now) for each in kept],
            conflict=_UPSERT,
        )  # fmt: skip
        stored = [each for each in kept if each.answer.state in STORED_ONLY]
        return _restrict(subjects, [each for each in stored if each.kind not in ANSWERED])


def _row(kept: Kept, now: object) -> tuple[object, ...]:
    answer = kept.answer
    state = answer.state.value
    return (
        kept.holding, kept.subject, kept.kind, state, answer.ended_on, answer.until, answer.rule, now,
    )  # fmt: skip


def _restrict(subjects: Sequence[int], stored: Collection[Kept]) -> tuple[int, int]:
    ours = Restriction.objects.filter(subject__in=subjects, because=Restriction.Because.RETENTION)
    held = {(row.subject_id, row.holding): row for row in ours}
    wanted = {(each.subject, each.holding): each for each in stored}
    fresh = [wanted[key] for key in wanted.keys() - held.keys()]
    over = [held[key] for key in held.keys() - wanted.keys()]
    Restriction.objects.bulk_create(
        Restriction(subject_id=each.subject, holding=each.holding, kind=each.kind) for each in fresh
    )
    Restriction.objects.filter(pk__in=[each.pk for each in over]).delete()
    _release_deleted(subjects, {each.holding for each in stored})
    mark(subjects)
    if fresh or over:
        changed = sorted({each.subject for each in fresh} | {each.subject_id for each in over})
        _record(changed, restricted=len(fresh), released=len(over))
    return len(fresh), len(over)


def _release_deleted(subjects: Sequence[int], stored: Collection[UUID]) -> None:
    """Whose deletion could not be is a customer again when something of hers is needed anew."""
    asked = Restriction.objects.filter(subject__in=subjects, because=Restriction.Because.DELETION)
    asked.exclude(holding__in=list(stored)).delete()


# A customer whose identity is restricted is so as a whole; whoever is destroyed stays so.
_MARK: Final = """
UPDATE access_subject s SET status = CASE WHEN r.whole THEN 'restricted' ELSE 'active' END
FROM (SELECT k.id, EXISTS (SELECT 1 FROM access_restriction x
                           WHERE x.subject_id = k.id AND x.kind = 'identity') AS whole
      FROM unnest(%s) AS k(id)) r
WHERE s.id = r.id AND s.status <> 'destroyed' AND (s.status = 'restricted') <> r.whole
"""


def mark(subjects: Sequence[int]) -> None:
    """Say of each customer whether she is restricted as a whole."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [list(subjects)])


def _record(subjects: Sequence[int], *, restricted: int, released: int) -> None:
    gate.authorise(
        actors.system("keeper"),
        Action.RETENTION_RECKON,
        channel=Channel.TASK,
        subjects=gate.tagged(scopes.find(subjects)),
        facts={"restricted": restricted, "released": released},
    )


def last() -> KeepingRun | None:
    """The newest reckoning that is done."""
    done = KeepingRun.objects.filter(finished_at__isnull=False)
    newest = done.aggregate(day=Max("day"))["day"]
    return done.filter(day=newest).first()
