"""What became of each customer of a transfer, as everybody else asks for it and tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from records.models import Customer
from transfers.choosing import reasons, rechecking, selecting
from transfers.choosing.selecting import ACTOR, Stage, is_frozen
from transfers.models import Bar, Chosen, Reason, Receipt, Transfer

PAGE: Final = 5_000
State = Chosen.State


def manifest(transfer: Transfer, *, after: int = 0) -> Iterator[int]:
    """The customers who move, as it stands now, in the order of their ordinals; read page by page."""
    rows = Chosen.objects.filter(transfer=transfer, state=State.IN).order_by("subject_id")
    while True:
        with scopes.acting(actors.system(ACTOR)):
            page = list(
                rows.filter(subject_id__gt=after).values_list("subject_id", flat=True)[:PAGE]
            )
        if not page:
            return
        yield from page
        after = page[-1]


def moves(transfer: Transfer, subject: int) -> bool:
    with scopes.acting(actors.system(ACTOR)):
        return Chosen.objects.filter(transfer=transfer, subject=subject, state=State.IN).exists()


def counts(transfer: Transfer) -> dict[str, Any]:
    """As it stands now: moving, staying (by reason), policies, in_force, groups, largest."""
    with scopes.acting(actors.system(ACTOR)):
        return selecting.counted(transfer)


def settle(transfer: Transfer, subject: int) -> None:
    """Say anew of a customer, and of all who are joined to her, whether they move.

    In the transaction of what has changed: an objection, a bar, an answer taken back. After the freeze nobody
    comes in any more, and whoever has a reason to stay still goes out.
    """
    with scopes.acting(actors.system(ACTOR)), transaction.atomic():
        selection = selecting.standing(transfer)
        if selection is None:
            return
        selecting.lock(selection)
        mine = Chosen.objects.filter(transfer=transfer)
        with_her = mine.filter(subject=subject).values("component")
        members = list(mine.filter(component__in=with_her).order_by("subject_id"))
        terms, people = reasons.terms_of(selection), [each.subject_id for each in members]
        found = reasons.own(terms, people)
        if selecting.leads_away(terms, people):
            found = dict.fromkeys(people, Reason.BEYOND.value) | found
        _decide(members, found, frozen=is_frozen(transfer))


def _decide(members: list[Chosen], found: dict[int, str], *, frozen: bool) -> None:
    joined = Reason.CONNECTED.value if found else ""
    changed = []
    for each in members:
        reason = found.get(each.subject_id, joined)
        if frozen and not reason:
            continue
        if reason != each.reason:
            each.state = State.OUT if reason else State.IN
            each.reason, each.decided_at = reason, clock.now()
            changed.append(each)
    Chosen.objects.bulk_update(changed, ["state", "reason", "decided_at"], batch_size=2_000)


class Passed(CustodianError):
    """The moment is set from which the other insurer answers, or this is no sale of ours."""

    code = "bar-too-late"
    status = 409
    message = _("只有转出方在交接时点确定之前可以登记不随转")


def may_bar(transfer: Transfer) -> bool:
    """Until the release is signed: an investigation or a court does not wait for a freeze."""
    ours = transfer.is_sellers and transfer.status == Transfer.Status.OPEN
    return ours and not Receipt.objects.filter(transfer=transfer, live_at__isnull=False).exists()


def bar(transfer: Transfer, customer: Customer, ground: str, *, reason: str, actor: Actor) -> Bar:
    """An officer says that she stays; the reason is sealed in the log.

    After the freeze she travels on in the next delta as one who left. Raises `Passed`; IntegrityError a
    second time.
    """
    if not may_bar(transfer):
        raise Passed
    with transaction.atomic():
        found = Bar.objects.create(
            transfer=transfer,
            subject_id=customer.pk,
            ground=Bar.Ground(ground),
            by_id=actors.person(actor),
        )
        _authorise(transfer, f"bar-{ground}", reason=reason, actor=actor)
        settle(transfer, customer.pk)
    return found


def lift(held: Bar, *, reason: str, actor: Actor) -> None:
    with transaction.atomic():
        rows = Bar.objects.filter(pk=held.pk, lifted_at=None)
        if rows.update(lifted_at=clock.now(), lifted_by_id=actors.person(actor)):
            _authorise(held.transfer, "lift", reason=reason, actor=actor)
            settle(held.transfer, held.subject_id)


def _authorise(transfer: Transfer, outcome: str, *, reason: str, actor: Actor) -> None:
    # Not tagged by the customer: whoever is looked into must not read in her list that she is.
    facts = {"transfer": transfer.code, "outcome": outcome}
    gate.authorise(actor, Action.SELECTION_BAR, channel=Channel.ADMIN, facts=facts, reason=reason)


def recheck(transfer: Transfer) -> int:
    """Take out whoever has come to have a reason to stay since; nobody comes in. How many went out.

    Before the freeze and before each package: a hold, a request, or what joins two customers may be new.
    """
    with scopes.acting(actors.system(ACTOR)):
        return rechecking.carry_out(transfer)


def is_settled(transfer: Transfer) -> bool:
    """Whether two people have said who moves."""
    return transfer.selections.filter(stage=Stage.APPROVED).exists()
