"""Gives the blind indexes another root: every fingerprint is made anew while everybody goes on searching.

Values are read some hundred customers at a time, as a machine reads; a row changes from one fingerprint
to the other in one statement, and searches look for both, so nobody is ever not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from access import actors, gate, machine_reads, scopes
from access.actions import Action
from access.actors import Actor
from access.key_rotation import jobs
from access.key_rotation.jobs import Kind, OnProgress
from access.machine_reads import Sweep
from access.models import KeyRotation
from access.vocabulary import Channel
from custodian import clock, failpoints, keys
from custodian.errors import Unavailable
from custodian.jobs import JOB
from custodian.workflow import IllegalMove
from records import blind_indexes, bulk
from records.models import BlindIndex, StaffTrace
from records.storage import checks_indexes, checks_values, former_marks, reading

CHUNK: Final = 200
_NEXT: Final = """
SELECT DISTINCT subject_id FROM records_blindindex b
WHERE subject_id > %s AND version < %s
  AND (until IS NULL OR EXISTS (SELECT FROM records_formervalue f WHERE f.holding = b.holding))
ORDER BY subject_id LIMIT %s
"""
_REPLACE: Final = """
UPDATE records_blindindex b SET digest = v.fresh, version = %s
FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::bytea[], %s::bytea[])
  AS v(subject, holding, element, old, fresh)
WHERE b.subject_id = v.subject AND b.holding = v.holding AND b.element = v.element AND b.digest = v.old
  AND b.version < %s
"""
# What the personnel list said of the staff is kept nowhere: where it meets a customer, it goes with her.
_FOLLOW: Final = """
INSERT INTO records_stafftrace (user_id, element, digest, version, since)
SELECT DISTINCT t.user_id, t.element, v.fresh, %s, t.since
FROM unnest(%s::text[], %s::bytea[], %s::bytea[]) AS v(element, old, fresh)
JOIN records_stafftrace t ON t.element = v.element AND t.digest = v.old
ON CONFLICT DO NOTHING
"""
# At the end the earlier ones go whose like under the new root is there.
_TWINS: Final = """
DELETE FROM records_stafftrace t WHERE t.version < %s AND EXISTS
  (SELECT FROM records_stafftrace o WHERE o.user_id = t.user_id AND o.element = t.element AND o.version = %s)
"""
# subject, holding, element, fingerprint before, fingerprint now
Pair = tuple[int, UUID, str, bytes, bytes]


def due() -> list[int]:
    rows = KeyRotation.objects.due().filter(kind=Kind.INDEX)
    return list(rows.values_list("pk", flat=True))


def waiting(version: int) -> int:
    return BlindIndex.objects.current().filter(version__lt=version).count()


def work(rotation_id: int, *, on_progress: OnProgress = lambda _row: None) -> KeyRotation:
    """Carry a rotation of the index root on to its end; raises `IllegalMove` when somebody is at it."""
    actor = actors.system("key-rotator")
    with scopes.acting(actor):
        rotation: KeyRotation = KeyRotation.objects.get(pk=rotation_id, kind=Kind.INDEX)
        lease = rotation.claim()
        try:
            _prepare(rotation, lease)
            _go_through(rotation, lease, actor, on_progress)
            _finish(rotation, lease, actor)
        except (IllegalMove, Unavailable):
            raise  # of what is only not there now: the lease lapses, and the sweep tries again
        except Exception as error:
            jobs.fail(rotation, lease, error)
            raise
    return rotation


def _prepare(rotation: KeyRotation, lease: UUID) -> None:
    """Everybody searches with the new root before anybody writes with it."""
    ring = jobs.source()
    if rotation.version is None:
        version = ring.prepare_index(at=clock.real())
        jobs.keep(rotation, lease, version=version, prepared_at=clock.real())
    assert rotation.version is not None  # noqa: S101  said above
    if ring.current_index < rotation.version:
        jobs.settle(rotation, lease)
        ring.use_index(rotation.version)
    if ring.current_index != rotation.version:
        raise jobs.Overtaken
    keys.forget()
    if rotation.total is None:
        jobs.keep(rotation, lease, total=waiting(rotation.version))


def _go_through(rotation: KeyRotation, lease: UUID, actor: Actor, on_progress: OnProgress) -> None:
    """Round after round until a whole one finds nothing to do: whoever writes slowly writes meanwhile."""
    while True:
        whole, replaced = not rotation.place, 0
        while subjects := _next(rotation):
            with transaction.atomic():
                changed = _chunk(subjects, _version(rotation), actor)
                rotation.progress(lease, done=rotation.done + changed)
                jobs.keep(rotation, lease, place={"subject": subjects[-1]})
            replaced += changed
            failpoints.hit("index-chunk")
            on_progress(rotation)
        jobs.keep(rotation, lease, place={}, skipped=waiting(_version(rotation)))
        if whole and not replaced:
            return


def _version(rotation: KeyRotation) -> int:
    return rotation.version or 0


def _next(rotation: KeyRotation) -> list[int]:
    with connection.cursor() as cursor:
        after = rotation.place.get("subject", 0)
        cursor.execute(_NEXT, (after, _version(rotation), CHUNK))
        return [subject for (subject,) in cursor.fetchall()]


def _chunk(subjects: Sequence[int], version: int, actor: Actor) -> int:
    """Replace the fingerprints of these customers; how many rows were."""
    codes = blind_indexes.sources()
    sweep = machine_reads.read(Action.INDEX_REBUILD, subjects=subjects, elements=codes, actor=actor)
    pairs = [*_pairs(_values(subjects, sweep), version), *_former(subjects, version, sweep)]
    if not pairs:
        return 0
    subject, holding, element, old, fresh = (list(column) for column in zip(*pairs, strict=True))
    before, now = bulk.literal(old), bulk.literal(fresh)
    with connection.cursor() as cursor:
        held = [str(each) for each in holding]
        cursor.execute(_REPLACE, (version, subject, held, element, before, now, version))
        changed = cursor.rowcount
        cursor.execute(_FOLLOW, (version, element, before, now))
    return int(changed)


def _values(subjects: Sequence[int], sweep: Sweep) -> Iterator[tuple[int, UUID, dict[str, str]]]:
    """In clear and in memory: what fingerprints are made of, of each holding and each account apart."""
    codes = blind_indexes.sources()
    for kind in sorted({code.partition(".")[0] for code in codes}):
        rows = reading.of_subjects(kind, subjects)
        opened, _keyless = checks_values.unlock(rows)
        for row in rows:
            row.blobs = {
                at: blob for at, blob in row.blobs.items() if at.partition("/")[0] in codes
            }
            if row.holding in opened:
                values = checks_values.opened(row, opened[row.holding], sweep)
                for own in checks_indexes.by_slot(row, values):
                    yield row.subject, row.holding, own


def _former(subjects: Sequence[int], version: int, sweep: Sweep) -> Iterator[Pair]:
    """A leaked old value goes on finding its holder for as long as it is kept."""
    earlier = [each for each in keys.index_versions() if each < version]
    for each in former_marks.undone(subjects, sweep):
        fresh = each.marks(version)
        for number in earlier:
            for old, new in zip(each.marks(number), fresh, strict=True):
                made = old.made
                yield old.subject, old.holding, made.element, made.digest, new.made.digest


def _pairs(values: Iterable[tuple[int, UUID, dict[str, str]]], version: int) -> Iterator[Pair]:
    earlier = [each for each in keys.index_versions() if each < version]
    for subject, holding, held in values:
        fresh = blind_indexes.of_values(held, version=version)
        for number in earlier:
            for old, new in zip(blind_indexes.of_values(held, version=number), fresh, strict=True):
                yield subject, holding, old.element, old.digest, new.digest


def _finish(rotation: KeyRotation, lease: UUID, actor: Actor) -> None:
    version = _version(rotation)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TWINS, (version, version))
        gate.authorise(
            actor,
            Action.KEY_ROTATE,
            channel=Channel.TASK,
            facts={"key-kind": rotation.kind, "key-version": version, "keys-moved": rotation.done},
        )
        rotation.progress(lease, done=rotation.done)
        JOB.move(rotation, "finish", {"note": "", "finished_at": clock.now()})


def unmet(version: int) -> int:
    """What is known of the staff under earlier roots only; new customers do not meet it."""
    like = StaffTrace.objects.filter(
        user=OuterRef("user"), element=OuterRef("element"), version=version
    )
    return StaffTrace.objects.filter(~Exists(like), version__lt=version).count()
