"""Evidence and lists of closed cases go with their keys when their time is over, and stay while held."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access import keystore
from access.keystore import NoKey
from access.sealed_files import Shelf
from custodian.crypto.errors import CryptoError
from incidents.affected import keeping
from incidents.cases import evidence
from incidents.fraud import evidence as fraud_evidence
from incidents.models import (
    AffectedList,
    Custody,
    FraudCase,
    FraudCustody,
    FraudEvidence,
    FraudLink,
    FraudSignal,
    Incident,
    IncidentEvidence,
    IncidentLink,
    IncidentNotice,
)
from records.retention import own_records
from records.retention.own_records import holds
from records.retention.own_records.declaring import Kept

Subjects = Mapping[int, set[int]]
CLOSED: Final = ("dismissed", "closed")


@dataclass(frozen=True)
class Files(own_records.Rows):
    """A case of whose customers one is held keeps all of it: what is held may be proved by any of them."""

    shelf: Shelf = evidence.SHELF
    case: str = "incident"
    subjects: Callable[[Collection[int]], Subjects] = lambda _cases: {}

    def free(self, before: date, going: Kept | None = None) -> QuerySet[Any]:
        rows = super().free(before, going)
        concerned = self.subjects(set(rows.values_list(self.case, flat=True)))
        held = holds.subjects(set().union(*concerned.values()))
        kept = [case for case, people in concerned.items() if people & held]
        return rows.exclude(**{f"{self.case}__in": kept}) if kept else rows

    def part(self, gone: Sequence[int]) -> None:
        """The key goes in the transaction of the row, the file once that is committed."""
        for ref, holding in self.rows().filter(pk__in=gone).values_list("ref", "holding"):
            with connection.cursor() as cursor:
                cursor.execute("SELECT incidents_forget_file(%s)", [str(holding)])
            transaction.on_commit(partial(self.shelf.remove, ref))
        keystore.forget()


def of_incidents(cases: Collection[int]) -> Subjects:
    """Whom they are linked with, who was told, and who is on their lists."""
    found: dict[int, set[int]] = {case: set() for case in cases}
    links = IncidentLink.objects.filter(incident__in=cases).exclude(customer=None)
    told = IncidentNotice.objects.filter(incident__in=cases)
    for case, subject in [
        *links.values_list("incident", "customer"),
        *told.values_list("incident", "subject"),
    ]:
        found[case].add(subject)
    for row in AffectedList.objects.filter(incident__in=cases):
        found[row.incident_id] |= _listed(row)
    return found


def _listed(row: AffectedList) -> set[int]:
    """Of one that opens no more nobody can be told, and nothing of it is left to keep."""
    try:
        return {each["subject"] for each in keeping.kept(row.ref)}
    except (FileNotFoundError, NoKey, CryptoError):
        return set()


def of_frauds(cases: Collection[int]) -> Subjects:
    found: dict[int, set[int]] = {case: set() for case in cases}
    about = FraudCase.objects.filter(pk__in=cases).exclude(subject=None)
    links = FraudLink.objects.filter(case__in=cases).exclude(customer=None)
    signals = FraudSignal.objects.filter(case__in=cases).exclude(subject=None)
    for case, subject in [
        *about.values_list("pk", "subject"),
        *links.values_list("case", "customer"),
        *signals.values_list("case", "subject"),
    ]:
        found[case].add(subject)
    return found


def _of_closed(model: Any) -> Callable[[], QuerySet[Any]]:
    return lambda: model.objects.filter(incident__status=Incident.Status.CLOSED)


def _of_frauds_closed() -> QuerySet[FraudEvidence]:
    return FraudEvidence.objects.filter(case__state__in=CLOSED)


def declared() -> tuple[Files, ...]:
    return (
        Files(
            "incident-evidence",
            _("事件证据"),
            "incident",
            _("文件、密钥和保管链一并销毁；涉及的客户有保留的不动"),
            _of_closed(IncidentEvidence),
            F("incident__closed_at"),
            along=((Custody, "evidence"),),
            everything=IncidentEvidence.objects.all,
            subjects=of_incidents,
        ),
        Files(
            "affected-list",
            _("受影响名单"),
            "incident",
            _("名单和密钥一并销毁；涉及的客户有保留的不动"),
            _of_closed(AffectedList),
            F("incident__closed_at"),
            everything=AffectedList.objects.all,
            shelf=keeping.SHELF,
            subjects=of_incidents,
        ),
        Files(
            "fraud-evidence",
            _("反欺诈证据"),
            "incident",
            _("文件、密钥和保管链一并销毁；涉及的客户有保留的不动"),
            _of_frauds_closed,
            Coalesce("case__closed_at", "case__triaged_at"),
            along=((FraudCustody, "evidence"),),
            everything=FraudEvidence.objects.all,
            shelf=fraud_evidence.SHELF,
            case="case",
            subjects=of_frauds,
        ),
    )


def ready() -> None:
    """Before the cases, which go once nothing of this rests on them."""
    own_records.register(*declared())
