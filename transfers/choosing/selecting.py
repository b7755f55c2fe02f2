"""The run of a rule over the book as a leased job; killed, it goes on after the last page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import CustodianError, Unavailable
from custodian.jobs import JOB, wake
from custodian.workflow import IllegalMove, Workflow
from records import bulk
from transfers import faults
from transfers.choosing import reasons, statements
from transfers.choosing.links import Links, Mark
from transfers.choosing.rules import Rule
from transfers.models import Chosen, Freeze, Reason, Selection, Transfer

ACTOR: Final = "chooser"
PAGE: Final = 5_000
Stage = Selection.Stage
SELECTION: Final = Workflow(
    {
        "count": (frozenset({Stage.RUNNING.value}), Stage.COUNTED.value),
        "submit": (frozenset({Stage.COUNTED.value}), Stage.WAITING.value),
        "approve": (frozenset({Stage.WAITING.value}), Stage.APPROVED.value),
        "return": (frozenset({Stage.WAITING.value}), Stage.RETURNED.value),
        "replace": (
            frozenset({Stage.RUNNING.value, Stage.COUNTED.value, Stage.APPROVED.value}),
            Stage.REPLACED.value,
        ),
    },
    field="stage",
)
_COLUMNS: Final = {
    "transfer_id": "bigint", "selection_id": "bigint", "subject_id": "bigint",
    "component": "bigint", "state": "text", "reason": "text", "decided_at": "timestamptz",
}  # fmt: skip
_AGAIN: Final = (
    "ON CONFLICT (transfer_id, subject_id) DO UPDATE SET selection_id = excluded.selection_id,"
    " component = excluded.component, state = excluded.state, reason = excluded.reason,"
    " decided_at = excluded.decided_at"
)
Pages = Iterator[list[int]]
Terms = Mapping[str, Any]
Progress = Callable[[Selection], None]


class NotOurs(CustodianError):
    """Only the seller of an open transfer with a book chooses, and only before the freeze."""

    code = "nothing-to-choose"
    status = 409
    message = _("只有转出方在冻结之前可以选定")


def silent(_selection: Selection) -> None:
    """Nobody watches."""


def begin(transfer: Transfer, rule: Rule, *, actor: Actor) -> Selection:
    """Run a rule over the transfer's book; the selection that stood is replaced once this one is there.

    Raises `NotOurs`, and `IllegalMove` while one waits for its approval.
    """
    require_open(transfer)
    with transaction.atomic():
        Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
        before = standing(transfer)
        if before is not None:
            SELECTION.move(before, "replace")
        selection: Selection = Selection.objects.create(
            transfer=transfer, rule=rule.data, asked_by_id=actors.person(actor)
        )
        gate.authorise(
            actor,
            Action.SELECTION_PROPOSE,
            channel=Channel.ADMIN,
            facts={"transfer": transfer.code, "selection": str(selection.ref)},
        )
        from transfers.tasks import run_selection  # the task leads back here

        wake(run_selection, selection.pk)
    return selection


def require_open(transfer: Transfer) -> None:
    """Raises `NotOurs`."""
    ours = transfer.side == Transfer.Side.SELLER and transfer.book_id is not None
    if not ours or transfer.status != Transfer.Status.OPEN or is_frozen(transfer):
        raise NotOurs


def is_frozen(transfer: Transfer) -> bool:
    return Freeze.objects.filter(transfer=transfer).exists()


def standing(transfer: Transfer) -> Selection | None:
    """The selection that runs, waits or stands."""
    rows = transfer.selections.exclude(stage__in=[Stage.RETURNED, Stage.REPLACED])
    found: Selection | None = rows.select_related("approval").first()
    return found


def approved(transfer: Transfer) -> Selection | None:
    found: Selection | None = transfer.selections.filter(stage=Stage.APPROVED).first()
    return found


def lock(selection: Selection) -> None:
    """Whoever says of some of its customers whether they move comes one after the other."""
    Selection.objects.select_for_update(of=("self",)).get(pk=selection.pk)


def work(selection_id: int, *, on_progress: Progress = silent) -> Selection:
    """Do a selection, or what is left of it. Raises `IllegalMove` when somebody is at it."""
    with scopes.acting(actors.system(ACTOR)):
        selection: Selection = Selection.objects.select_related("transfer").get(pk=selection_id)
        lease = selection.claim()
        try:
            _run(selection, lease, on_progress)
        except (IllegalMove, Unavailable):
            raise
        except Exception as error:
            # By its kind alone: a message may hold values.
            with transaction.atomic():
                selection.progress(lease, done=selection.done)
                note = type(error).__name__
                JOB.move(selection, "fail", {"note": note})
                faults.job_failed(selection, "select", note=note)
            raise
    return selection


def _run(selection: Selection, lease: UUID, on_progress: Progress) -> None:
    terms = reasons.terms_of(selection)
    book = selection.transfer.book
    total = book.customer_set.count() if book else 0
    Selection.objects.filter(pk=selection.pk).update(total=total)
    selection.total = total
    links = read_links(terms, beat=lambda: selection.progress(lease, done=selection.done))
    digest = links.settle()
    if selection.cursor.get("links") != digest:
        # What joins customers has changed since it was broken off: what was written may be wrong.
        selection.cursor, selection.done = {"links": digest, "after": 0}, 0
    after = int(selection.cursor["after"])
    for page in pages(statements.PAGE, terms, after=after):
        with transaction.atomic():
            _write(selection, links, terms, page)
            selection.cursor = {"links": digest, "after": page[-1]}
            Selection.objects.filter(pk=selection.pk).update(cursor=selection.cursor)
            selection.progress(lease, done=selection.done + len(page))
        on_progress(selection)
        failpoints.hit("selection-page")
    _finish(selection, lease)


def pages(statement: str, terms: Mapping[str, Any], *, after: int = 0) -> Pages:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**terms, "after": after, "most": PAGE})
            page = [row[0] for row in cursor.fetchall()]
        if not page:
            return
        yield page
        after = page[-1]


def read_links(
    terms: Mapping[str, Any], *, statement: str = statements.PAGE, beat: Callable[[], None]
) -> Links:
    """Everything that joins customers of the book, to each other and to those of other books."""
    links = Links(Subject.objects.aggregate(most=Max("pk"))["most"] or 0)
    for page in pages(statement, terms):
        links.mark(page, Mark.OURS)
        with connection.cursor() as cursor:
            cursor.execute(statements.SEEDS, {**terms, "subjects": page})
            links.mark((row[0] for row in cursor.fetchall()), Mark.SEED)
            cursor.execute(statements.EDGES, {**terms, "subjects": page})
            links.join(cursor.fetchall())
        beat()
    return links


def leads_away(terms: Mapping[str, Any], component: Sequence[int]) -> bool:
    """Whether somebody of a component is joined to anybody who is not in it."""
    inside = set(component)
    with connection.cursor() as cursor:
        cursor.execute(statements.EDGES, {**terms, "subjects": list(component)})
        return any(not inside.issuperset(pair) for pair in cursor.fetchall())


def own_reasons(links: Links, terms: Mapping[str, Any], named: Sequence[int]) -> dict[int, str]:
    found = reasons.own(terms, named)
    for each in named:
        if each not in found and links.is_beyond(links.of(each)):
            found[each] = Reason.BEYOND.value
    return found


def _write(
    selection: Selection, links: Links, terms: Mapping[str, Any], page: Sequence[int]
) -> None:
    named = [each for each in page if links.is_named(links.of(each))]
    found = own_reasons(links, terms, named)
    now, transfer = clock.now(), selection.transfer_id
    rows = []
    for each in named:
        reason = found.get(each, "")
        state = Chosen.State.OUT if reason else Chosen.State.IN
        rows.append((transfer, selection.pk, each, links.of(each), state.value, reason, now))
    bulk.insert("transfers_chosen", _COLUMNS, rows, conflict=_AGAIN)


def spread(transfer: int) -> int:
    """Whoever is joined to somebody who stays, stays as well; how many more those are."""
    with connection.cursor() as cursor:
        cursor.execute(statements.SPREAD, {"transfer": transfer, "now": clock.now()})
        return int(cursor.rowcount)


def _finish(selection: Selection, lease: UUID) -> None:
    with transaction.atomic():
        selection.progress(lease, done=selection.done)
        left = Chosen.objects.filter(transfer=selection.transfer_id)
        left.exclude(selection=selection).delete()  # of a selection before it
        spread(selection.transfer_id)
        JOB.move(selection, "finish", {"finished_at": clock.now(), "note": ""})
        faults.job_done(selection, "select")
        SELECTION.move(selection, "count", {"counts": counted(selection.transfer)})
        gate.authorise(
            actors.system(ACTOR),
            Action.SELECTION_COUNT,
            channel=Channel.TASK,
            facts={"transfer": selection.transfer.code, "selection": str(selection.ref)},
        )


_OF_THOSE: Final = """
SELECT count(*), count(*) FILTER (WHERE p.status = 'in_force')
FROM transfers_chosen c JOIN records_policy p ON p.subject_id = c.subject_id
WHERE c.transfer_id = %s AND c.state = 'in'"""
_TOGETHER: Final = """
SELECT count(*), coalesce(max(n), 0) FROM (
    SELECT count(*) AS n FROM transfers_chosen
    WHERE transfer_id = %s AND state = 'in' GROUP BY component) g"""


def counted(transfer: Transfer) -> dict[str, Any]:
    """How many move and how many stay for which reason; the honey customers are in no number."""
    rows = Chosen.objects.filter(transfer=transfer).exclude(reason=Reason.HONEY)
    by_reason = Counter(dict(rows.order_by().values_list("reason").annotate(n=Count("pk"))))
    moving = by_reason.pop("", 0)
    with connection.cursor() as cursor:
        cursor.execute(_OF_THOSE, [transfer.pk])
        policies, in_force = cursor.fetchone() or (0, 0)
        cursor.execute(_TOGETHER, [transfer.pk])
        groups, largest = cursor.fetchone() or (0, 0)
    return {
        "moving": moving,
        "staying": {reason: by_reason[reason] for reason in sorted(by_reason)},
        "policies": policies,
        "in_force": in_force,
        "groups": groups,
        "largest": largest,
    }


def due() -> list[int]:
    """What nobody is at."""
    with scopes.acting(actors.system(ACTOR)):
        return list(Selection.objects.due().values_list("pk", flat=True))
