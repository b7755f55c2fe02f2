"""What the service desk and the officers do with a relative's ask; who may act for the customer is decided
where it always is: put up by the desk, agreed to by somebody else."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Purpose, Role
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import wake
from records import archiving
from records.models import Customer, Document, RelativeAsk, RelativePaper
from records.relatives import sealing
from records.relatives.sealing import Said
from records.sign_in.nearness import require_distance

State, Outcome = RelativeAsk.State, RelativeAsk.Outcome


class NotNow(CustodianError):
    """It is closed, or nobody was found whose file it could go to."""

    code = "relative-not-now"
    status = 409
    message = _("这项申请已办结，或还没有找到客户。请看最新的状态")


@dataclass(frozen=True, repr=False)
class Read:
    """What he said, with the entry of the look, and what he called his papers."""

    said: Said
    names: dict[int, str]
    entry: int


def purpose_of(actor: Actor) -> str:
    officer = actor.role is Role.COMPLIANCE_OFFICER
    return (Purpose.COMPLIANCE if officer else Purpose.POLICY_SERVICE).value


def waiting(*, actor: Actor) -> int:
    return int(RelativeAsk.objects.visible_to(actor).filter(closed_at=None).count())


def read(ask: RelativeAsk, *, channel: str, actor: Actor) -> Read:
    """His words in clear, after the entry. Raises `Refused`."""
    permit = gate.permit(
        actor,
        Action.RELATIVE_READ,
        purpose=purpose_of(actor),
        channel=channel,
        facts={"relative": str(ask.ref)},
    )
    permit.spend()
    names = {each.number: sealing.name_of(each) for each in ask.papers.all()}
    return Read(sealing.opened(ask), names, permit.entry)


def paper(found: RelativePaper, *, channel: str, actor: Actor) -> bytes:
    """One paper in clear, after the entry. Raises `Refused`."""
    permit = gate.permit(
        actor,
        Action.RELATIVE_READ,
        purpose=purpose_of(actor),
        channel=channel,
        facts={"relative": str(found.ask.ref), "outcome": f"paper-{found.number}"},
    )
    permit.spend()
    return b"".join(sealing.content_of(found))


def take_into_file(ask: RelativeAsk, *, channel: str, actor: Actor) -> list[Document]:
    """The papers become evidence in the customer's file, so that the desk can put somebody up by them.

    Raises `NotNow`, `Refused` for her own agent or family.
    """
    customer = _customer(ask, channel=channel, actor=actor)
    made = []
    with archiving.together():
        held = _open(ask)
        _record(held, "filed", channel=channel, actor=actor)
        for each in held.papers.filter(document=None):
            document = archiving.add(
                customer, kind=Document.Kind.EVIDENCE, name=sealing.name_of(each),
                media_type=each.media_type, chunks=sealing.content_of(each), channel=channel,
                purpose=purpose_of(actor), facts={"relative": str(ask.ref)}, actor=actor,
            )  # fmt: skip
            RelativePaper.objects.filter(pk=each.pk).update(document=document)
            made.append(document)
    return made


def close(ask: RelativeAsk, outcome: str, *, channel: str, actor: Actor) -> None:
    """End it; he is told that there is an answer, in the same words whatever it is. Raises `NotNow`."""
    if ask.subject_id is not None:
        _customer(ask, channel=channel, actor=actor)
    with transaction.atomic():
        held = _open(ask)
        _record(held, Outcome(outcome).value, channel=channel, actor=actor)
        RelativeAsk.objects.filter(pk=held.pk).update(
            state=State.CLOSED, outcome=outcome, closed_at=clock.now(),
            closed_by_id=actors.person(actor),
        )  # fmt: skip
        from records.tasks import tell_relative  # the task leads back here

        wake(tell_relative, held.pk)
    ask.refresh_from_db()


def _customer(ask: RelativeAsk, *, channel: str, actor: Actor) -> Customer:
    found: Customer | None = (
        Customer.objects.visible_to(actor).filter(pk=ask.subject_id or 0).first()
    )
    if found is None:
        raise NotNow
    require_distance(found, action=Action.RELATIVE_WORK, channel=channel, actor=actor)
    return found


def _open(ask: RelativeAsk) -> RelativeAsk:
    held: RelativeAsk = RelativeAsk.objects.select_for_update(of=("self",)).get(pk=ask.pk)
    if not held.open or held.state == State.RECEIVED:
        raise NotNow
    return held


def _record(ask: RelativeAsk, what: str, *, channel: str, actor: Actor) -> None:
    gate.authorise(
        actor,
        Action.RELATIVE_WORK,
        channel=channel,
        purpose=purpose_of(actor),
        subjects=gate.tagged(scopes.find([ask.subject_id])) if ask.subject_id else (),
        facts={"relative": str(ask.ref), "outcome": what},
    )
