"""Whom an incident has to be told to: everybody on its lists, with what of theirs that they were not told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from access.keystore import NoKey
from access.models import Subject
from custodian.crypto.errors import CryptoError
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from incidents.affected import keeping
from incidents.models import AffectedList, Incident, IncidentNotice


class ListGone(CustodianError):
    """A list of the case does not open, and nobody may be left out because of it."""

    code = "incident-list-gone"
    status = 409


@dataclass
class Hit:
    """Codes of elements of one customer."""

    clear: set[str] = field(default_factory=set)
    masked: set[str] = field(default_factory=set)

    def says_more_than(self, told: Hit) -> bool:
        return bool(self.clear - told.clear) or bool(self.masked - told.masked - told.clear)


@dataclass(frozen=True)
class Counts:
    everybody: int
    left: int


def lists(incident: Incident) -> list[AffectedList]:
    """Those that are reckoned."""
    return list(incident.affected.filter(status=JobStatus.DONE).order_by("pk"))


def named(rows: Iterable[AffectedList]) -> dict[str, str]:
    """Each by its fingerprint, as it is put up."""
    return {str(each.ref): each.digest for each in rows}


def hit(rows: Iterable[AffectedList]) -> dict[int, Hit]:
    """By customer, all lists together, without invented and destroyed ones. Raises `ListGone`."""
    found: dict[int, Hit] = {}
    for row in rows:
        for line in _lines(row):
            each = found.setdefault(line["subject"], Hit())
            each.clear.update(line["clear"])
            each.masked.update(line["masked"])
    for each in found.values():
        each.masked -= each.clear
    return _people(found)


def _lines(row: AffectedList) -> list[dict[str, Any]]:
    try:
        return keeping.kept(row.ref)
    except (FileNotFoundError, NoKey, CryptoError):
        raise ListGone from None


def _people(found: Mapping[int, Hit]) -> dict[int, Hit]:
    rows = Subject.objects.filter(pk__in=found).exclude(status=Subject.Status.DESTROYED)
    return {pk: found[pk] for pk in rows.filter(honey=False).values_list("pk", flat=True)}


def left(incident: Incident, found: Mapping[int, Hit]) -> dict[int, Hit]:
    """Those of them who were not told yet, or of less than this."""
    told: dict[int, Hit] = {}
    rows = IncidentNotice.objects.filter(incident=incident, subject__in=found)
    for subject, clear, masked in rows.values_list("subject_id", "clear", "masked"):
        each = told.setdefault(subject, Hit())
        each.clear.update(clear)
        each.masked.update(masked)
    return {
        subject: each
        for subject, each in found.items()
        if subject not in told or each.says_more_than(told[subject])
    }


def counts(incident: Incident) -> Counts:
    """Raises `ListGone`."""
    found = hit(lists(incident))
    return Counts(len(found), len(left(incident, found)))
