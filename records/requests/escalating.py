"""Clocks that are near or late: told once each, as a finding, by whichever wake-up call comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from access import findings, scopes
from access.actors import system
from access.models import Finding
from access.models.findings import TELLERS
from custodian import clock
from records.models import CustomerRequest, RequestClock
from records.requests.stepping import ACTOR

NEAR, LATE = "near", "late"
KINDS: Final = {NEAR: "request-near", LATE: "request-late"}
_SEVERITY: Final = {NEAR: Finding.Severity.LOW, LATE: Finding.Severity.HIGH}


def watch() -> int:
    """Tell what has become near or late since the last time; how many were told."""
    with scopes.acting(system(ACTOR)):
        return _tell(LATE, RequestClock.objects.late().exclude(told=LATE)) + _tell(
            NEAR, RequestClock.objects.near().filter(told="")
        )


def _tell(state: str, clocks: Any) -> int:
    count = 0
    for key in clocks.values_list("pk", flat=True):
        with transaction.atomic():
            held = RequestClock.objects.select_for_update(skip_locked=True, of=("self",))
            row = held.select_related("request").filter(pk=key, stopped_at=None).first()
            if row is None or row.told in {state, LATE}:
                continue  # somebody else was first
            RequestClock.objects.filter(pk=key).update(told=state)
            _raise(state, row)
            count += 1
    return count


def _raise(state: str, row: RequestClock) -> None:
    request: CustomerRequest = row.request
    facts = {
        "request": request.ref,
        "request-kind": request.kind,
        "due": clock.local(row.due_at).date().isoformat(),
    }
    findings.raise_finding(KINDS[state], severity=_SEVERITY[state], facts=facts)


def _words(said: Any) -> Any:
    def words(facts: Mapping[str, Any]) -> str:
        kind = CustomerRequest.Kind(facts["request-kind"]).label
        return str(said()) % {**facts, "kind": kind}

    return words


TELLERS[KINDS[NEAR]] = _words(lambda: _("客户申请 %(request)s（%(kind)s）临近期限，%(due)s 到期"))
TELLERS[KINDS[LATE]] = _words(lambda: _("客户申请 %(request)s（%(kind)s）已逾期，%(due)s 到期"))
