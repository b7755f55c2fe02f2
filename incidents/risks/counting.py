"""Counted indicators: numbers of the house's own data, each with its base, its window and its moment.

Counts are of a whole segment and show nobody; one that is too small for that is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from access.models import Finding, Subject, Unit
from custodian import clock
from custodian.errors import CustodianError
from custodian.regimes import deadlines
from custodian.regimes.calendars import DAY
from incidents.cases.standing import ACTOR
from incidents.models import Incident
from incidents.risks import scoring
from incidents.risks.questionnaires import Questionnaire
from records.models import (
    Book,
    Claim,
    ContactFlag,
    Correction,
    Customer,
    CustomerRequest,
    MergeCase,
    Policy,
    Product,
    QuarantinedRow,
)
from transfers.models import Share

SMALLEST: Final = 50  # customers; of fewer a share may tell about one
REQUEST_KINDS: Final = CustomerRequest.Kind


class SegmentTooSmall(CustodianError):
    """So few that a number would speak of single people."""

    code = "risk-segment-too-small"
    message = _("这部分客户少于 50 人，数字可能指向个人，请选较大的范围")


@dataclass(frozen=True)
class Scope:
    """Whom an assessment is about, and the days that it looks back over, both included."""

    since: date
    until: date
    book: Book | None = None
    unit: Unit | None = None
    product: Product | None = None

    @property
    def window(self) -> tuple[datetime, datetime]:
        """From the first moment to the last, the end left out."""
        return deadlines.end_of(self.since - DAY), deadlines.end_of(self.until)

    def subjects(self) -> QuerySet[Subject]:
        """Those who are there, invented ones left out."""
        rows = Subject.objects.filter(honey=False).exclude(status=Subject.Status.DESTROYED)
        if self.unit is not None:
            rows = rows.filter(unit__in=Unit.objects.under(self.unit))
        customers = Customer.objects.all()
        if self.book is not None:
            customers = customers.filter(book=self.book)
        return rows.filter(pk__in=customers.values("subject"))

    def policies(self) -> QuerySet[Policy]:
        rows: QuerySet[Policy] = Policy.objects.filter(subject__honey=False)
        return rows.filter(product=self.product) if self.product else rows


@dataclass(frozen=True)
class Counted:
    """One number; `base` is what it is a share of, None where it stands for itself."""

    code: str
    number: int
    base: int | None
    since: date
    until: date
    at: datetime

    @property
    def value(self) -> Decimal | None:
        return scoring.value_of(self.number, self.base)

    @property
    def kept(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "number": self.number,
            "base": self.base,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "at": self.at.isoformat(),
        }


Numbers = tuple[int, int | None]
# What each number is, and what of.
WORDS: Final[Mapping[str, tuple[Any, Any]]] = {
    "claims": (_("窗口内报案"), _("每百张保单")),
    "complaints": (_("窗口内投诉"), _("每百名客户")),
    "corrections": (_("未办结的更正"), _("每百名客户")),
    "doubts": (_("身份存疑：疑似重复未核，或联系方式存疑"), _("占客户")),
    "findings": (_("未定性的审计发现"), _("件")),
    "fraud_calls": (_("窗口内的诈骗来电反映"), _("每百名客户")),
    "incidents": (_("窗口内结案的事件"), _("件")),
    "quarantined": (_("隔离区待处理的行"), _("占隔离与保存的行")),
    "rejected": (_("窗口内结案中不予给付的"), _("占结案")),
    "restricted": (_("限制处理的客户"), _("占客户")),
    "shares": (_("向合作方有效的提供"), _("项")),
    "terminated": (_("终止的保单"), _("占保单")),
}


def count(form: Questionnaire, scope: Scope) -> list[Counted]:
    """All indicators of the form at one moment. Raises `SegmentTooSmall`."""
    at = clock.now()
    with scopes.acting(actors.system(ACTOR)):
        if form.kind == "customers" and scope.subjects().count() < SMALLEST:
            raise SegmentTooSmall
        return [
            Counted(each.code, *_COUNTS[each.code](scope), scope.since, scope.until, at)
            for each in form.indicators
        ]


def _requests(scope: Scope, kind: str) -> Numbers:
    rows = CustomerRequest.objects.filter(_in(scope, "received_at"), kind=kind)
    whole = scope.subjects()
    return rows.filter(subject__in=whole.values("pk")).count(), whole.count()


def _in(scope: Scope, moment: str) -> Q:
    since, until = scope.window
    return Q(**{f"{moment}__gte": since, f"{moment}__lt": until})


def _restricted(scope: Scope) -> Numbers:
    whole = scope.subjects()
    return whole.filter(status=Subject.Status.RESTRICTED).count(), whole.count()


def _corrections(scope: Scope) -> Numbers:
    over = {Correction.Status.APPLIED, Correction.Status.REFUSED, Correction.Status.WITHDRAWN}
    rows = Correction.objects.exclude(status__in=[*over, Correction.Status.DRAFT])
    whole = scope.subjects()
    return rows.filter(subject__in=whole.values("pk")).count(), whole.count()


def _doubts(scope: Scope) -> Numbers:
    """People, each once: a possible duplicate that nobody has settled, or a contact that is flagged."""
    waiting = MergeCase.objects.exclude(status=MergeCase.Status.SETTLED)
    flagged = ContactFlag.objects.filter(until=None)
    doubted = (
        Q(pk__in=waiting.values("subject"))
        | Q(pk__in=waiting.values("other"))
        | Q(pk__in=flagged.values("subject"))
    )
    whole = scope.subjects()
    return whole.filter(doubted).count(), whole.count()


def _quarantined(scope: Scope) -> Numbers:
    """Of what is in these books: the rows that wait, the customers and the policies."""
    of_book = Q() if scope.book is None else Q(book=scope.book)
    waiting = QuarantinedRow.objects.filter(of_book, status=QuarantinedRow.Status.OPEN).count()
    kept = Customer.objects.filter(of_book).count() + Policy.objects.filter(of_book).count()
    return waiting, waiting + kept


def _claims(scope: Scope) -> Numbers:
    policies = scope.policies()
    rows = Claim.objects.filter(policy__in=policies.values("pk"))
    return rows.filter(reported_on__range=(scope.since, scope.until)).count(), policies.count()


def _rejected(scope: Scope) -> Numbers:
    policies = scope.policies()
    rows = Claim.objects.filter(
        policy__in=policies.values("pk"), decided_on__range=(scope.since, scope.until)
    )
    found = rows.aggregate(all=Count("pk"), no=Count("pk", Q(status=Claim.Status.REJECTED)))
    return found["no"], found["all"]


def _terminated(scope: Scope) -> Numbers:
    rows = scope.policies()
    return rows.filter(status=Policy.Status.TERMINATED).count(), rows.count()


def _incidents(scope: Scope) -> Numbers:
    """Closed ones alone: that there is an open one is for its working group to know."""
    rows = Incident.objects.filter(exercise=False, status=Incident.Status.CLOSED)
    return rows.filter(_in(scope, "closed_at")).count(), None


def _findings(scope: Scope) -> Numbers:
    return Finding.objects.filter(status=Finding.Status.OPEN).count(), None


def _shares(scope: Scope) -> Numbers:
    now = clock.now()
    rows = Share.objects.filter(approved_at__isnull=False, ended_at=None, expires_at__gt=now)
    return rows.count(), None


_COUNTS: Final[Mapping[str, Callable[[Scope], Numbers]]] = {
    "claims": _claims,
    "complaints": lambda scope: _requests(scope, REQUEST_KINDS.COMPLAINT),
    "corrections": _corrections,
    "doubts": _doubts,
    "findings": _findings,
    "fraud_calls": lambda scope: _requests(scope, REQUEST_KINDS.FRAUD_CALL),
    "incidents": _incidents,
    "quarantined": _quarantined,
    "rejected": _rejected,
    "restricted": _restricted,
    "shares": _shares,
    "terminated": _terminated,
}
