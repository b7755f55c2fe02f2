"""Bundles as jobs: asked for inside a case, built by a worker, taken by their recipient a few times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import IO, cast
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.bundles import building, store
from access.bundles.building import Order
from access.bundles.criteria import Criteria
from access.bundles.words import scope_words
from access.models import Bundle, Case, Handout, User
from access.querylog import sealing
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from custodian.jobs import JOB, JobStatus, wake

KEPT = timedelta(days=14)
MOST_DOWNLOADS = 5
STEP = 64  # blocks between two reports of progress


class NotThere(CustodianError):
    """The bundle has expired, was taken often enough, or is not ready."""

    code = "bundle-gone"
    status = 410
    message = _("取证包已过期、已取满次数或尚未备好，请重新申请")


def request(
    case: Case, criteria: Criteria, *, recipient: User, language: str, channel: str, actor: Actor
) -> Bundle:
    """Ask for a bundle inside an open case; nobody has to approve it. Raises `Refused`."""
    _require_open(case, actor)
    guest = recipient.pk == actor.id or case.guests.filter(pk=recipient.pk).exists()
    if not guest or not criteria.within(case):
        gate.refuse(actor, Action.BUNDLE_PREPARE, because="outside-case", channel=channel)
    with transaction.atomic():
        # The case is held, so that two requests do not get one number.
        Case.objects.select_for_update().get(pk=case.pk)
        last = Bundle.objects.filter(case=case).aggregate(n=Max("number"))["n"]
        bundle = Bundle.objects.create(
            case=case,
            number=(last or 0) + 1,
            recipient=recipient,
            requested_by_id=actors.person(actor),
            criteria=criteria.dump(),
            language=language,
        )
        # The roll that shows that nobody was left out is taken as the entry of the request is drained.
        facts = {"case": case.ref, "bundle": str(bundle.ref), "roll": 1}
        gate.authorise(actor, Action.BUNDLE_PREPARE, channel=channel, facts=facts)
        from access.tasks import build_bundle  # the task leads back here

        wake(build_bundle, bundle.pk)
    return bundle


def work(bundle_id: int, *, patience: float = building.PATIENCE) -> Bundle:
    """Build a bundle, or one that was broken off, anew. Raises `IllegalMove` when somebody is at it."""
    with scopes.acting(actors.system("bundler")):
        bundle: Bundle = Bundle.objects.select_related("case", "recipient").get(pk=bundle_id)
        lease = bundle.claim()
        try:
            head = building.await_head(patience=patience)
            order = order_of(bundle)
            out = store.Sealing(bundle.ref)
            try:
                built = building.build(
                    order,
                    cast("IO[bytes]", out),
                    head=head,
                    on_progress=_reporting(bundle, lease),
                )
                kept = out.keep()
            except BaseException:
                out.drop()
                raise
        except Exception as error:
            JOB.move(bundle, "fail", {"note": type(error).__name__})
            raise
        changes = {
            "size": built.size,
            "entries": built.entries,
            "length": kept.length,
            "sha256": kept.sha256,
            "finished_at": clock.now(),
            "expires_at": clock.now() + KEPT,
        }
        with transaction.atomic():
            JOB.move(bundle, "finish", changes)
            Handout.objects.get_or_create(user=bundle.recipient, size=built.size)
        return bundle


def take(bundle: Bundle, *, channel: str, actor: Actor) -> Iterator[bytes]:
    """The file for its recipient; each time is on record before the first byte. Raises `NotThere`."""
    if bundle.recipient_id != actor.id:
        raise NotVisible
    _require_open(bundle.case, actor)
    due = Bundle.objects.filter(
        pk=bundle.pk,
        status=JobStatus.DONE,
        expires_at__gt=clock.now(),
        downloads__lt=MOST_DOWNLOADS,
    )
    if not due.exists():
        raise NotThere
    sealing.require(leaves=True)
    gate.permit(
        actor,
        Action.BUNDLE_TAKE,
        purpose=_purpose(actor),
        channel=channel,
        facts={"bundle": str(bundle.ref), "sha256": bundle.sha256, "case": bundle.case.ref},
    )
    if not due.update(downloads=F("downloads") + 1):
        raise NotThere
    return store.read(bundle.ref)


def is_gone(bundle: Bundle) -> bool:
    """Whether nobody can take it any more: its time is over, or it was taken often enough."""
    late = bundle.expires_at is not None and bundle.expires_at <= clock.now()
    return late or bundle.downloads >= MOST_DOWNLOADS


def verified(bundle: Bundle, *, actor: Actor) -> None:
    """The recipient says that he verified it at home."""
    Bundle.objects.filter(pk=bundle.pk, recipient_id=actor.id or 0).update(verified_at=clock.now())


def expire() -> int:
    """Remove what nobody may take any more; its row stays for the record."""
    gone = Bundle.objects.filter(expires_at__lte=clock.now(), status=JobStatus.DONE, length__gt=0)
    for bundle in gone:
        store.remove(bundle.ref)
    return gone.update(length=0)


def order_of(bundle: Bundle) -> Order:
    criteria = Criteria.load(bundle.criteria)
    with override(bundle.language):
        return Order(
            criteria=criteria,
            recipient=str(bundle.recipient),
            case=bundle.case.ref,
            language=bundle.language,
            scope=scope_words(criteria, bundle.case.called),
            priors=_priors(bundle),
            customers=bundle.case.called,
        )


def _priors(bundle: Bundle) -> list[int]:
    """Checkpoints handed to the recipient before this bundle was asked for."""
    handed: Iterable[int] = Handout.objects.filter(
        user=bundle.recipient, at__lt=bundle.created_at
    ).values_list("size", flat=True)
    return list(handed)


def _reporting(bundle: Bundle, lease: UUID) -> building.OnProgress:
    reported = 0

    def report(done: int, total: int) -> None:
        nonlocal reported
        if done - reported >= STEP * 256 or done >= total:
            Bundle.objects.filter(pk=bundle.pk).update(total=total)
            bundle.progress(lease, done=min(done, total))
            reported = done

    return report


def _require_open(case: Case, actor: Actor) -> None:
    """To the second; whoever is no guest of it is told that it does not exist."""
    if not Case.objects.open().visible_to(actor).filter(pk=case.pk).exists():
        raise NotVisible


def _purpose(actor: Actor) -> str:
    return (
        "regulation"
        if actor.role == "regulator"
        else "audit"
        if actor.role == "auditor"
        else "compliance"
    )
