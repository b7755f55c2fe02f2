"""The nightly look at the installation's own places; what a probe does not like becomes a finding, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.findings import raise_finding
from access.models import Finding
from access.models.findings import TELLERS
from access.vocabulary import Channel
from custodian import clock
from records.models import Inspection, StoragePlace
from records.storage import places, probes
from records.storage.probes import Probe, Result
from records.storage.scheduling import HOUR

KIND: Final = "integrity.place"
_log = structlog.get_logger("records")


def carry_out() -> int:
    """Look at each of the own places that nobody has looked at tonight; how many were looked at."""
    if clock.local().hour < HOUR:
        return 0
    actor = actors.system("scrubber")
    with scopes.acting(actor):
        own = StoragePlace.objects.in_use().exclude(code="")
        return sum(inspect(place, actor=actor) for place in own)


def inspect(place: StoragePlace, *, actor: Actor) -> bool:
    """One look at one place by all its probes; False when another clock was first."""
    with transaction.atomic():
        held = StoragePlace.objects.select_for_update().get(pk=place.pk)
        today = clock.local().date()
        newest = places.newest_inspection(held)
        if newest is not None and clock.local(newest.at).date() >= today:
            return False
        looks = [(probe, _look(probe)) for probe in probes.at(held.code)]
        faults = [(probe, result) for probe, result in looks if not result.ok]
        Inspection.objects.create(
            place=held,
            result=Inspection.Result.FAULT if faults else Inspection.Result.OK,
            looks=[[probe.name, dict(result.facts), result.ok] for probe, result in looks],
            next_due=today + timedelta(days=1),
        )
        _tell(held, faults)
        gate.authorise(
            actor,
            Action.STORAGE_CHANGE,
            channel=Channel.TASK,
            facts={"place": str(held.ref), "fault": int(bool(faults))},
        )
    return True


def _look(probe: Probe) -> Result:
    """A probe that fails is a fault of what it looks at, and keeps nobody from the others."""
    try:
        with transaction.atomic():
            return probe.look()
    except Exception as error:  # noqa: BLE001  a probe is anybody's
        _log.exception("probe-failed", probe=probe.name)
        return Result(ok=False, facts={"error": type(error).__name__})


def _tell(place: StoragePlace, faults: Sequence[tuple[Probe, Result]]) -> None:
    for probe, result in faults:
        known = Finding.objects.filter(
            kind=KIND,
            status=Finding.Status.OPEN,
            facts__place=str(place.ref),
            facts__probe=probe.name,
        )
        if not known.exists():
            said = {"place": str(place.ref), "probe": probe.name, "seen": dict(result.facts)}
            raise_finding(KIND, severity=result.severity, facts=said)


def look_words(name: str, facts: Mapping[str, Any]) -> str:
    probe = probes.named(name)
    if "error" in facts:
        return _("无法检查（%(error)s）") % {"error": facts["error"]}
    return probe.words(facts) if probe else name


def words(facts: Mapping[str, Any]) -> str:
    place = StoragePlace.objects.filter(ref=facts["place"]).first()
    said = {"place": place or "", "seen": look_words(facts["probe"], facts["seen"])}
    return _("存储位置“%(place)s”：%(seen)s") % said


TELLERS[KIND] = words
