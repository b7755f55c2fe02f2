"""A customer's session in the portal: begun with an entry, short, and ended from anywhere at once."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from access import actors, gate, scopes, sign_ins
from access.actions import Action
from access.actors import Actor
from access.acts import act_of
from access.models import PortalLogin, Subject
from access.querylog import write
from access.querylog.leaf import Draft
from access.vocabulary import Channel, Purpose
from custodian import clock

SUBJECT, CAPACITY, PROOF = "portal.subject", "portal.capacity", "portal.proof"
BY = "portal.by"  # who acts for her
_BEGUN, _SEEN, _EPOCH = "portal.begun", "portal.seen", "portal.epoch"
_GRAIN = 30.0


def begin(
    request: HttpRequest, subject: int, *, capacity: str = "self", by: int | None = None, proof: str
) -> None:
    """Let a customer in; `proof` is a code for how she proved who she is. The entry comes first.

    `by` is whoever acts for her in another capacity than her own.

    What the browser held before is dropped: no session is taken over, and none of the staff's stays.
    """
    actor = actors.customer(subject, capacity=capacity, address=sign_ins.known_address(request))
    _record(actor, Action.PORTAL_OPEN, why=(f"proof-{proof}",))
    now = clock.now()
    with scopes.acting(actors.system("portal")), transaction.atomic():
        PortalLogin.objects.bulk_create([PortalLogin(subject_id=subject)], ignore_conflicts=True)
        held = PortalLogin.objects.filter(pk=subject)
        held.update(before_at=F("last_at"), last_at=now)
        epoch = held.values_list("epoch", flat=True).get()
    request.session.flush()
    request.session.update(
        {
            SUBJECT: subject,
            CAPACITY: capacity,
            BY: by,
            PROOF: proof,
            _EPOCH: epoch,
            _BEGUN: now.timestamp(),
            _SEEN: now.timestamp(),
        }
    )


def actor_of(request: HttpRequest) -> Actor | None:
    """The customer of this session while it lasts; a session that is over is emptied, and told."""
    subject = request.session.get(SUBJECT)
    if not isinstance(subject, int):
        return None
    actor = actors.customer(
        subject,
        capacity=str(request.session.get(CAPACITY, "self")),
        by=request.session.get(BY),
        address=sign_ins.known_address(request),
    )
    if why := _ended(request, actor):
        request.session.flush()
        _record(actor, Action.PORTAL_CLOSE, why=(why,))
        return None
    _note(request)
    return actor


def end(request: HttpRequest) -> None:
    """Out first, then the entry."""
    actor = actor_of(request)
    request.session.flush()
    if actor is not None:
        _record(actor, Action.PORTAL_CLOSE)


def end_all(subject: int) -> None:
    """No session of hers begun before now goes on: after a change of contact, or when she asks for it."""
    with scopes.acting(actors.system("portal")), transaction.atomic():
        PortalLogin.objects.filter(pk=subject).update(epoch=F("epoch") + 1)


def touch(request: HttpRequest) -> None:
    """She says that she is still there."""
    request.session[_SEEN] = clock.now().timestamp()


def proof_of(request: HttpRequest) -> str:
    """How the customer of this session proved who she is."""
    return str(request.session.get(PROOF, ""))


def seconds_left(request: HttpRequest) -> int:
    """Until the session ends by itself, if nobody does anything."""
    now = clock.now().timestamp()
    idle = request.session.get(_SEEN, now) + settings.CUSTODIAN_PORTAL_IDLE_SECONDS - now
    whole = request.session.get(_BEGUN, now) + settings.CUSTODIAN_PORTAL_SESSION_SECONDS - now
    return max(0, int(min(idle, whole)))


def _ended(request: HttpRequest, actor: Actor) -> str:
    now = clock.now().timestamp()
    if now - request.session.get(_SEEN, 0.0) > settings.CUSTODIAN_PORTAL_IDLE_SECONDS:
        return "idle"
    if now - request.session.get(_BEGUN, 0.0) > settings.CUSTODIAN_PORTAL_SESSION_SECONDS:
        return "session-too-long"
    with scopes.acting(actor):
        known = (
            PortalLogin.objects.filter(pk=actor.subjects[0])
            .exclude(subject__status=Subject.Status.DESTROYED)
            .values_list("epoch", flat=True)
            .first()
        )
    return "" if known == request.session.get(_EPOCH) else "session-ended"


def _note(request: HttpRequest) -> None:
    """Somebody is there. A page that renews itself is nobody."""
    now = clock.now().timestamp()
    if "X-Partial" not in request.headers and now - request.session.get(_SEEN, 0.0) > _GRAIN:
        request.session[_SEEN] = now


def _record(actor: Actor, action: Action, *, why: tuple[str, ...] = ()) -> int:
    with scopes.acting(actor):
        subjects = gate.tagged(scopes.find(actor.subjects))
    return write.commit(
        Draft(
            actor=actor,
            act=act_of(action),
            at=clock.now(),
            channel=Channel.PORTAL,
            purpose=Purpose.SELF,
            subjects=subjects,
            why=why,
            context=write.seal_context({"address": actor.address}),
            facts={"what": action.value},
        )
    )
