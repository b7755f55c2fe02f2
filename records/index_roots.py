"""The end of an index root that nothing is found by any more, and how many fingerprints each root has."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import DatabaseError, connection, transaction
from django.db.models import Count

from access import actors, gate, scopes
from access.actions import Action
from access.key_rotation import jobs, retiring
from access.key_rotation.jobs import Kind
from access.vocabulary import Channel
from custodian import clock, keys
from records import reindexing
from records.models import BlindIndex

_LOCKED = "55P03"


def counts() -> Mapping[int, int]:
    """Fingerprints that searches look at, by root."""
    rows = BlindIndex.objects.current().order_by().values_list("version").annotate(Count("pk"))
    return dict(rows)


def carry_out() -> None:
    """Destroy the roots whose time is over."""
    last = retiring.last_finished(Kind.INDEX)
    if last is None or last.finished_at is None or jobs.unfinished(Kind.INDEX) is not None:
        return
    if last.finished_at + retiring.grace() > clock.now():
        return
    ring = jobs.source()
    for number in sorted(ring.indexes.keys):
        if number < ring.current_index:
            _destroy(number)


def _destroy(number: int) -> None:
    """Nobody writes while it is looked whether anything needs the root, and none is lost that way.

    Those of values that are kept nowhere any more go with it; the others were brought along.
    """
    actor = actors.system("key-rotator")
    try:
        with scopes.acting(actor), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute("LOCK TABLE records_blindindex IN SHARE ROW EXCLUSIVE MODE")
            if number not in jobs.source().indexes.keys:
                return  # another clock was first
            if BlindIndex.objects.current().filter(version__lte=number).exists():
                return
            BlindIndex.objects.filter(version__lte=number).delete()
            gate.authorise(
                actor, Action.KEY_DESTROY, channel=Channel.TASK,
                facts={"key-kind": Kind.INDEX.value, "key-version": number},
            )  # fmt: skip
            jobs.source().destroy_index(number)
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") != _LOCKED:
            raise
        return  # somebody writes for long; the next time
    keys.forget()


def rest() -> int | None:
    """The version to which fingerprints are still to be brought, if a rotation has left some behind."""
    if jobs.unfinished(Kind.INDEX) is not None:
        return None
    last, current = retiring.last_finished(Kind.INDEX), jobs.source().current_index
    return current if reindexing.waiting(current) > (last.skipped if last else 0) else None
