"""Files what a relative asks, once his contact has answered: the same work whoever is meant, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian.errors import CustodianError
from custodian.jobs import wake
from records.evidence import Drawn
from records.models import RelativeAsk, SignInCode
from records.relatives import limits, sealing
from records.relatives.sealing import Said
from records.sign_in import codes


class Enough(CustodianError):
    """As many papers as one ask takes, or as many open asks as one contact may have."""

    code = "relative-enough"
    status = 429
    message = _("已经收到您的申请和足够的材料，请等待答复，或带原件到网点")


class Filed(Enough):
    """It came already by this very code: somebody pressed twice."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Asked:
    policy_number: str
    id_number: str
    name: str
    relation: str
    wants: str
    text: str


def file(code: SignInCode, asked: Asked, paper: Drawn, *, actor: Actor) -> RelativeAsk:
    """One ask for one proven contact. Raises `Enough`, and `Filed` for the second of two presses.

    Whether anybody is meant is found out later, by the worker, whose time nobody outside sees.
    """
    contact = codes.open_to(code)
    if _open_of(code) >= limits.OPEN:
        raise Enough
    ref = uuid4()
    said = Said(asked.policy_number, asked.id_number, asked.name, contact, asked.text)
    with transaction.atomic():
        ask = RelativeAsk(
            ref=ref,
            relation=asked.relation,
            wants=asked.wants,
            contact=code.wanted,
            language=(get_language() or "zh-hans")[:8],
            said_sealed=sealing.seal(ref, said),
            holding=sealing.holding_of(ref),
            person=bytes(code.person),
        )
        _record(ask, "received", actor=actor)
        ask.save(force_insert=True)
        if not codes.spend(code):
            raise Filed
        sealing.keep_paper(ask, 1, paper)
        from records.tasks import look_for_deceased  # the task leads back here

        wake(look_for_deceased, ask.pk)
    return ask


def newest_of(code: SignInCode) -> UUID:
    """What this contact asked last."""
    asks = RelativeAsk.objects.filter(person=bytes(code.person)).order_by("-pk")
    return UUID(str(asks.values_list("ref", flat=True)[0]))


def add(ref: UUID, paper: Drawn, *, actor: Actor) -> None:
    """Another paper from the browser that filed it. Raises `Enough`."""
    with transaction.atomic():
        held = RelativeAsk.objects.select_for_update().filter(ref=ref, closed_at=None).first()
        there = held.papers.count() if held is not None else limits.PAPERS
        if held is None or there >= limits.PAPERS:
            raise Enough
        _record(held, "paper", actor=actor)
        sealing.keep_paper(held, there + 1, paper)


def _open_of(code: SignInCode) -> int:
    rows = RelativeAsk.objects.filter(person=bytes(code.person), closed_at=None)
    return int(rows.count())


def _record(ask: RelativeAsk, what: str, *, actor: Actor) -> None:
    gate.authorise(
        actor,
        Action.RELATIVE_FILE,
        channel=Channel.PORTAL,
        facts={"relative": str(ask.ref), "outcome": what},
    )
