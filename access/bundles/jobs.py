"""Bundles as jobs: asked for inside a case, built by a worker, taken by their recipient a few times."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import IO, Any, cast
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access import actors, gate, keystore, scopes
from access.actions import Action
from access.actors import Actor
from access.bundles import building, proofreading, store
from access.bundles.building import Built, Order
from access.bundles.criteria import Criteria
from access.bundles.words import scope_words
from access.keystore import NoKey
from access.models import Bundle, Case, Handout, User
from access.querylog import sealing
from access.querylog.heads import Head, head_at
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove

KEPT = timedelta(days=14)
MOST_DOWNLOADS = 5
REPORT_SECONDS = 1.0  # each report also renews the lease


class NotThere(CustodianError):
    """The bundle has expired, was taken often enough, or is not ready."""

    code = "bundle-gone"
    status = 410
    message = _("取证包已过期、已取满次数或尚未备好，请重新申请")


class OutsideCase(CustodianError):
    """The case does not cover the question, or not any more."""

    code = "outside-case"
    status = 409
    message = _("取证包的内容超出案件范围，或案件已结束")


def request(
    case: Case, criteria: Criteria, *, recipient: User, language: str, channel: str, actor: Actor
) -> Bundle:
    """Ask for a bundle inside an open case; nobody has to approve it. Raises `Refused`."""
    _require_open(case.pk, actor)
    guest = recipient.pk == actor.id or case.guests.filter(pk=recipient.pk).exists()
    if not guest or not criteria.within(case):
        gate.refuse(actor, Action.BUNDLE_PREPARE, because="outside-case", channel=channel)
    with transaction.atomic():
        # The case is held, so that two requests do not get one number.
        Case.objects.select_for_update().get(pk=case.pk)
        ref = uuid4()
        bundle = Bundle.objects.create(
            ref=ref,
            holding=keystore.named_holding(store.SHELF.holding(ref)),
            case=case,
            number=_next_number(case),
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


def _next_number(case: Case) -> int:
    """Over all bundles of the case: of the other guests' a recipient sees none."""
    with scopes.acting(actors.system("bundler")):
        last = Bundle.objects.filter(case=case).aggregate(n=Max("number"))["n"]
    return (last or 0) + 1


def work(bundle_id: int, *, patience: float = building.PATIENCE) -> Bundle:
    """Build a bundle, or one that was broken off, anew. Raises `IllegalMove` when somebody is at it."""
    with scopes.acting(actors.system("bundler")):
        bundle: Bundle = Bundle.objects.select_related("case", "recipient").get(pk=bundle_id)
        lease = bundle.claim()
        try:
            _require_within(bundle)
            head = _head_for(bundle, patience)
            out = store.Sealing(bundle.ref)
            try:
                order, report = order_of(bundle), _reporting(bundle, lease)
                built = building.build(order, cast("IO[bytes]", out), head=head, on_progress=report)
                with out.finished() as file:
                    held = head_at(max(order.priors, default=0))
                    verdict = proofreading.verdict(file, held=held)
                _finish(bundle, lease, built, out, verdict)
            except BaseException:
                out.drop()
                raise
        except IllegalMove:
            raise
        except Exception as error:
            with transaction.atomic():
                bundle.progress(lease, done=bundle.done)  # whose job it is no more does not end it
                changes = {"note": _told(error, bundle.language), "finished_at": clock.now()}
                JOB.move(bundle, "fail", changes)
                if isinstance(error, proofreading.NotWhole):
                    proofreading.raise_finding(bundle, error)
            raise
    return bundle


def take(bundle: Bundle, *, channel: str, actor: Actor) -> Iterator[bytes]:
    """The file for its recipient; each time is on record before the first byte. Raises `NotThere`."""
    if bundle.recipient_id != actor.id:
        raise NotVisible
    _require_open(bundle.case_id, actor)
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
    try:
        return store.read(bundle.ref)
    except (FileNotFoundError, NoKey):
        raise NotThere from None


def is_gone(bundle: Bundle) -> bool:
    """Whether nobody can take it any more: its time is over, or it was taken often enough."""
    late = bundle.expires_at is not None and bundle.expires_at <= clock.now()
    return late or bundle.downloads >= MOST_DOWNLOADS


def verified(bundle: Bundle, *, actor: Actor) -> None:
    """The recipient says that he verified it at home."""
    Bundle.objects.filter(pk=bundle.pk, recipient_id=actor.id or 0).update(verified_at=clock.now())


def due() -> list[int]:
    """Those that nobody is at; only whoever sees every bundle finds them."""
    with scopes.acting(actors.system("bundler")):
        return list(Bundle.objects.due().values_list("pk", flat=True))


def expire() -> int:
    """Remove what nobody may take any more; its row stays for the record."""
    with scopes.acting(actors.system("bundler")):
        late = Bundle.objects.filter(expires_at__lte=clock.now())
        gone = late.filter(status=JobStatus.DONE, length__gt=0)
        return _remove(list(gone.values_list("ref", flat=True)))


def expire_missing() -> int:
    """Those whose file did not come back with a restored house; how many."""
    with scopes.acting(actors.system("bundler")):
        kept = Bundle.objects.filter(status=JobStatus.DONE, length__gt=0)
        return _remove([each.ref for each in kept if not store.path_of(each.ref).exists()])


def _remove(refs: Sequence[UUID]) -> int:
    """Files with the keys that they were sealed under: a copy in some backup opens no more; how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        Bundle.objects.filter(ref__in=refs).update(length=0)
        for ref in refs:
            store.remove(ref)
            cursor.execute("SELECT access_forget_bundle(%s)", [str(ref)])
    return len(refs)


def _require_within(bundle: Bundle) -> None:
    """What was allowed when it was asked for may not be any more when it is built."""
    is_open = Case.objects.open().filter(pk=bundle.case_id).exists()
    if not is_open or not Criteria.load(bundle.criteria).within(bundle.case):
        raise OutsideCase


def _head_for(bundle: Bundle, patience: float) -> Head:
    """The checkpoint of the first attempt, so that a later one gives the same bytes."""
    known = None if bundle.size is None else head_at(bundle.size)
    head = known or building.await_head(patience=patience, asked=bundle.created_at)
    Bundle.objects.filter(pk=bundle.pk).update(size=head.size)
    return head


def _finish(
    bundle: Bundle, lease: UUID, built: Built, out: store.Sealing, verdict: Mapping[str, Any]
) -> None:
    """Put the file in its place, unless somebody else has the job by now."""
    with transaction.atomic():
        bundle.progress(lease, done=bundle.done)
        kept = out.keep()
        changes = {
            "size": built.size,
            "entries": built.entries,
            "length": kept.length,
            "sha256": kept.sha256,
            "verdict": dict(verdict),
            "finished_at": clock.now(),
            "expires_at": clock.now() + KEPT,
        }
        JOB.move(bundle, "finish", changes)
        Handout.objects.get_or_create(user=bundle.recipient, size=built.size)


def _told(error: Exception, language: str) -> str:
    """Why it failed, for whoever asked; of what nobody foresaw only the kind, a message may hold values."""
    with override(language):
        if isinstance(error, CustodianError) and error.message:
            return str(error.message)
        told = _("备制时出错，请重新申请；若再次出错，请联系保险公司")
        return f"{told} ({type(error).__name__})"


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
    reported = 0.0

    def report(done: int, total: int) -> None:
        nonlocal reported
        if time.monotonic() - reported >= REPORT_SECONDS:
            Bundle.objects.filter(pk=bundle.pk).update(total=total)
            bundle.progress(lease, done=done)
            reported = time.monotonic()

    return report


def _require_open(case: int, actor: Actor) -> None:
    """To the second; whoever is no guest of it is told that it does not exist."""
    if not Case.objects.open().visible_to(actor).filter(pk=case).exists():
        raise NotVisible


def _purpose(actor: Actor) -> str:
    return (
        "regulation"
        if actor.role == "regulator"
        else "audit"
        if actor.role == "auditor"
        else "compliance"
    )
