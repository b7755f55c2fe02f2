"""Mappings that are kept under a name, each change as a new version, for the next file of the same sender."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from custodian.errors import CustodianError
from records.importing import mapping as mappings
from records.importing.mapping import BookMapping, SourceMapping
from records.importing.runs import Recognised
from records.models import SavedMapping

LONGEST: Final = 60


class NoMapping(CustodianError):
    """Nothing is kept under this name, or not in this version."""

    code = "mapping-unknown"
    status = 404
    message = _("没有这个名称的对应关系，请核对名称和版本")


class BadName(CustodianError):
    """A name is needed, and a short one."""

    code = "mapping-name"
    status = 422
    message = _("请给对应关系起一个不超过 60 字的名称")


def save(name: str, mapping: BookMapping, *, actor: Actor) -> SavedMapping:
    """The next version of that name, or the newest one if nothing has changed. Raises `BadName`."""
    name = name.strip()
    if not name or len(name) > LONGEST or "@" in name:
        raise BadName
    text = mappings.dump(mapping)
    with transaction.atomic():
        rows = SavedMapping.objects.filter(name=name)
        newest: SavedMapping | None = rows.order_by("-version").first()
        if newest is not None and newest.toml == text:
            return newest
        version = (rows.aggregate(most=Max("version"))["most"] or 0) + 1
        return SavedMapping.objects.create(
            name=name, version=version, toml=text, made_by_id=actor.id
        )


def find(said: str) -> SavedMapping:
    """`name`, or `name@3` for an earlier version. Raises `NoMapping`."""
    name, _at, version = said.partition("@")
    rows = SavedMapping.objects.filter(name=name.strip())
    if version:
        rows = rows.filter(version=int(version)) if version.isdigit() else rows.none()
    found = rows.order_by("-version").first()
    if found is None:
        raise NoMapping
    return found


def fitted(mapping: BookMapping, found: list[Recognised]) -> BookMapping:
    """The mapping for files of other names: each sheet takes the source whose columns it has.

    A sheet that no source fits stays as it was recognised.
    """
    return BookMapping(tuple(_fitting(mapping, each) or each.mapping for each in found))


def _fitting(mapping: BookMapping, each: Recognised) -> SourceMapping | None:
    headers = set(each.sheet.headers)
    fitting = [source for source in mapping.sources if needed(source) <= headers]
    if not fitting:
        return None
    best = max(fitting, key=lambda source: len(needed(source)))
    own = each.mapping
    return replace(best, name=own.name, file=own.file, sheet=own.sheet, holders_by_row_of=None)


def needed(source: SourceMapping) -> set[str]:
    """The headers without which the source cannot be read."""
    columns = {header for rule in source.columns.values() for header in rule.headers}
    return columns | {skip.column for skip in source.skips}
