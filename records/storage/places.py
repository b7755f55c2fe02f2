"""The register of storage places: what lies where, in whose charge, and what was done to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.models import Unit, User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from records.models import Inspection, Maintenance, StoragePlace
from records.storage import probes

# What can be entered by hand, and be destroyed; the installation's own places are there from the start.
BY_HAND: Final = (StoragePlace.Kind.DEVICE, StoragePlace.Kind.MEDIUM)
_HOLDS: Final[Mapping[str, Promise | str]] = {
    "database": gettext_lazy("客户资料（密封）、密钥（封装）、查询日志"),
    "exports": gettext_lazy("已批准的导出文件（密封）"),
    "imports": gettext_lazy("导入的账册文件与客户文件（密封）"),
    "evidence": gettext_lazy("取证包（密封）"),
    "backups": gettext_lazy("数据与密钥的备份"),
}


class OutOfUse(CustodianError):
    """The place was disposed of; nothing more is recorded about it."""

    code = "place-out-of-use"
    status = 409
    message = gettext_lazy("此存储位置已销毁，不再登记")


@dataclass(frozen=True)
class Terms:
    """What is entered about a place."""

    kind: str
    name: str
    location: str
    holds: str
    owner: User | None
    unit: Unit | None
    since: date
    interval_days: int


def add(terms: Terms, *, actor: Actor) -> StoragePlace:
    with transaction.atomic():
        place = StoragePlace.objects.create(
            kind=terms.kind,
            name=terms.name,
            location=terms.location,
            holds=terms.holds,
            owner=terms.owner,
            unit=terms.unit,
            since=terms.since,
            interval_days=terms.interval_days,
        )
        _authorise(place, actor, changed=["new"])
    return place


def charge(
    place: StoragePlace,
    *,
    owner: User | None,
    unit: Unit | None,
    interval_days: int,
    actor: Actor,
) -> None:
    """Say who answers for the place, and how often somebody looks at it."""
    with transaction.atomic():
        held = _in_use(place)
        held.owner, held.unit, held.interval_days = owner, unit, interval_days
        held.save(update_fields=["owner", "unit", "interval_days"])
        _authorise(held, actor, changed=["owner", "unit", "interval"])


def inspect(
    place: StoragePlace,
    *,
    result: str,
    looked_at: str,
    note: str,
    next_due: date,
    actor: Actor,
) -> Inspection:
    """What somebody saw with his own eyes."""
    with transaction.atomic():
        held = _in_use(place)
        inspection = Inspection.objects.create(
            place=held,
            by_id=actors.person(actor),
            result=result,
            looked_at=looked_at,
            note=note,
            next_due=next_due,
        )
        fault = int(result == Inspection.Result.FAULT)
        _authorise(held, actor, changed=["inspection"], fault=fault)
    return inspection


def maintain(place: StoragePlace, *, what: str, done_on: date, actor: Actor) -> Maintenance:
    with transaction.atomic():
        held = _in_use(place)
        done = Maintenance.objects.create(
            place=held, what=what, done_on=done_on, by_id=actors.person(actor)
        )
        _authorise(held, actor, changed=["maintenance"])
    return done


def due(place: StoragePlace) -> date:
    """When somebody, or for the installation's own places the system, looks at it next."""
    newest = newest_inspection(place)
    if newest is not None:
        return newest.next_due
    return place.since + timedelta(days=1 if place.code else place.interval_days)


def newest_inspection(place: StoragePlace) -> Inspection | None:
    rows = place.inspections.filter(by=None) if place.code else place.inspections.all()
    return rows.first()


def overdue() -> list[StoragePlace]:
    today = clock.local().date()
    return [place for place in StoragePlace.objects.in_use() if due(place) < today]


def holds(place: StoragePlace) -> str:
    return place.holds or str(_HOLDS.get(place.code, ""))


def location(place: StoragePlace) -> str:
    """Of the installation's own places as it is set up now; without any secret."""
    if place.location or not place.code:
        return place.location
    if place.code == "database":
        database = settings.DATABASES["default"]
        host = database.get("HOST") or _("本机")
        return f"PostgreSQL {database['NAME']} @ {host}"
    folder = probes.FOLDERS.get(place.code)
    return str(folder()) if folder else ""


def _in_use(place: StoragePlace) -> StoragePlace:
    held = StoragePlace.objects.select_for_update().get(pk=place.pk)
    if held.disposed_at is not None:
        raise OutOfUse
    return held


def _authorise(place: StoragePlace, actor: Actor, **facts: Any) -> None:
    gate.authorise(
        actor,
        Action.STORAGE_CHANGE,
        channel=Channel.ADMIN,
        facts={"place": str(place.ref), **facts},
    )
