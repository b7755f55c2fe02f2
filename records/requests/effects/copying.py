"""Access, copy and portability: the copy of her data is prepared as a job bound to the request.

Where she asks without words of her own there is nothing for anybody to weigh: it is prepared as soon as it is
known who asks, and answers the request when it is ready. Words of hers are read by a person first, and
portability is decided by an officer. A file is handed to whoever asked and sent to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q

from access import findings, scopes
from access.actors import Actor, system
from access.models import Export, Finding
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.jobs import JobStatus
from records.models import Customer, CustomerRequest, DataCopy, Representative, RequestStep
from records.own_data import asking, copies
from records.own_data.copies import ATTEMPTS
from records.requests import effects, stepping, texts
from records.requests.accepting import on_acceptance
from records.requests.effects import Outcome, register_effect
from records.requests.stepping import ACTOR

Kind, Status, Format = CustomerRequest.Kind, CustomerRequest.Status, DataCopy.Format
KINDS: Final = (Kind.ACCESS, Kind.COPY, Kind.PORTABILITY)
# What is prepared where nobody said which.
USUAL: Final = {
    Kind.ACCESS.value: (Format.PDF.value,),
    Kind.COPY.value: asking.DEFAULT,
    Kind.PORTABILITY.value: (Format.ZIP.value,),
}
# Of a portability: to her, or by the export register to the insurer that she named.
TO_HER, BY_EXPORT = "her", "export"
_BY_ITSELF: Final = "by_itself"
_WORK: Final = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})


def formats(request: CustomerRequest) -> list[str]:
    return list(request.details.get("formats") or USUAL[request.kind])


def language(request: CustomerRequest) -> str:
    asked = request.details.get("language")
    return str(asked) if asked in DataCopy.Language.values else DataCopy.Language.CHINESE.value


def reachable(request: CustomerRequest) -> bool:
    """Whether a file can be handed to whoever asked: she herself, or somebody who acts for her now."""
    if request.asked_by == CustomerRequest.By.HERSELF:
        return True
    now = clock.now()
    with scopes.acting(system(ACTOR)):
        standing = Representative.objects.filter(Q(until=None) | Q(until__gt=now), since__lte=now)
        return bool(
            standing.filter(
                subject=request.subject_id,
                representative=request.asker_id or 0,
                kind=request.capacity,
            ).exists()
        )


def on_accepted(request: CustomerRequest, actor: Actor) -> None:
    """Prepare it at once, where there is nothing for anybody to weigh."""
    wanted = formats(request)
    own_words = request.came_by == CustomerRequest.CameBy.PORTAL and request.text_sealed is not None
    room = asking.room(request.subject_id, actor=system(ACTOR))
    if own_words or request.triage or len(wanted) > room or not reachable(request):
        return
    request.details = {**request.details, _BY_ITSELF: True}
    CustomerRequest.objects.filter(pk=request.pk).update(details=request.details)
    hers = request.came_by == CustomerRequest.CameBy.PORTAL
    _prepare(request, wanted, actor=actor if hers else system(ACTOR))


def add(
    request: CustomerRequest, wanted: Sequence[str], *, language: str, actor: Actor
) -> list[DataCopy]:
    """Further files that she asks for herself while the request is open, in her own transaction."""
    return asking.prepare(request, wanted, language, actor=actor)


def own_open(customer: Customer, *, actor: Actor) -> CustomerRequest | None:
    """Her open request for a copy, of this very person."""
    found: CustomerRequest | None = (
        CustomerRequest.objects.visible_to(actor)
        .filter(subject=customer.pk, kind=Kind.COPY, asker=actor.by)
        .exclude(proven_at=None)
        .open()
        .first()
    )
    return found


def _prepare(request: CustomerRequest, wanted: Sequence[str], *, actor: Actor) -> None:
    asking.prepare(request, wanted, language(request), actor=actor)
    stepping.note(request, RequestStep.Code.PREPARING)


def carry_out(request: CustomerRequest) -> Outcome:
    """What was decided: to prepare it, or that it went by the register, or that words are the answer."""
    ways = request.details
    if export := ways.get("export"):
        return Outcome(_status(request), {"export": export, "on": ways.get("handed_on", "")})
    if "formats" in ways and not ways["formats"]:
        return Outcome(_status(request))
    copies_of = request.copies.filter(status=JobStatus.FAILED)
    if copies_of.exists():
        copies.again(request)
    else:
        _prepare(request, formats(request), actor=system(ACTOR))
    return Outcome("")


def _status(request: CustomerRequest) -> str:
    partly = request.details.get("outcome") == Status.PARTLY
    return Status.PARTLY.value if partly else Status.ANSWERED.value


def _ready(copy: DataCopy) -> None:
    """With the last one the request is answered, and she is told until when she can download them."""
    with scopes.acting(system(ACTOR)):
        request = CustomerRequest.objects.select_for_update(of=("self",)).get(pk=copy.request_id)
        if request.ended or _making(request):
            return
        stepping.note(request, RequestStep.Code.READY)
        decided = request.effects.filter(code=request.kind).first()
        if not request.details.get(_BY_ITSELF) and decided is None:
            return
        until = _until(request)
        told = {"copies": True, "until": until.isoformat() if until else ""}
        by = decided.asked_by if decided is not None else None
        effects.finish(request, Outcome(_status(request), told), by=by)


def _until(request: CustomerRequest) -> datetime | None:
    ready = request.copies.filter(status=JobStatus.DONE, removed_at=None)
    return min((each.expires_at for each in ready if each.expires_at), default=None)


def _given_up(copy: DataCopy) -> None:
    request = copy.request
    if request is None:
        return
    findings.raise_finding(
        effects.FAILED,
        severity=Finding.Severity.MEDIUM,
        facts={"request": request.ref, "effect": request.kind, "note": copy.note},
    )


def _addressee(copy: DataCopy, actor: Actor) -> str:
    """The insurer that she named: read in her own name, as her data are."""
    request = copy.request
    if request is None or request.kind != Kind.PORTABILITY or request.insurer_sealed is None:
        return ""
    hide = ("text", "answer", "refusal", "extension", "comment")
    said = texts.read(request, purpose=Purpose.SELF, channel=Channel.PORTAL, actor=actor, hide=hide)
    return str(said.insurer)


def _making(request: CustomerRequest) -> bool:
    """Something is on its way, or will be tried again by itself."""
    waits = Q(status__in=_WORK) | Q(status=JobStatus.FAILED, attempts__lt=ATTEMPTS)
    return bool(request.copies.filter(waits).exists())


def making(request: CustomerRequest) -> bool:
    with scopes.acting(system(ACTOR)):
        return _making(request)


def handed(code: str, request: CustomerRequest, *, actor: Actor) -> datetime | None:
    """When an approved export of this very customer to somebody outside was handed over last, if it was.

    The register has asked a second person and bears the tracer; here it is only named.
    """
    export = (
        Export.objects.visible_to(actor)
        .filter(code=code, candidates__contains=[request.subject_id], downloads__gt=0)
        .exclude(outside_office="")
        .exclude(approved_at=None)
        .first()
    )
    return export.taken_at if export is not None else None


for _kind in KINDS:
    register_effect(_kind, carry_out)
on_acceptance[Kind.ACCESS] = on_acceptance[Kind.COPY] = on_accepted
effects.going_on.append(making)
copies.followers.append(copies.Followers(_ready, _given_up, _addressee))
