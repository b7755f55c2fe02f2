"""A processing purpose otherwise than the register has it: by four eyes, dated, version by version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, proposals, purpose_versions
from access.actions import Action
from access.actors import Actor
from access.law import purpose_words
from access.law.purpose_register import differences
from access.law.reading import clauses, today
from access.law.versions import follow
from access.models import Approval, PurposeOverride
from custodian.errors import CustodianError
from custodian.regimes.calendars import DAY
from custodian.regimes.packs import regimes
from custodian.regimes.purposes import (
    Fault,
    ProcessingPurpose,
    faults,
    otherwise,
    processing_purposes,
    terms,
)

KIND: Final = "law-purpose"


class UnknownPurpose(CustodianError):
    """The register has no processing purpose of this code."""

    code = "unknown-processing-purpose"
    status = 404
    message = _("没有这项用途，请核对代码")


class DoesNotFit(CustodianError):
    """The register would contradict itself, the catalogue or the law; `faults` says where."""

    code = "purpose-does-not-fit"

    def __init__(self, found: Sequence[Fault]) -> None:
        self.faults = found
        super().__init__(purpose_words.fault(found[0]))


class NotAhead(CustodianError):
    """What is said today is about the register of today: a change holds from tomorrow on."""

    code = "purpose-override-not-ahead"
    message = _("生效日最早为明天：今天的同意和撤回，按今天的登记")


class Unchanged(CustodianError):
    """The proposal says what holds already."""

    code = "purpose-override-unchanged"
    message = _("与现行用途没有不同，请修改后再试")


class Pending(CustodianError):
    """Another change of the same purpose waits for its approval."""

    code = "purpose-override-pending"
    status = 409
    message = _("这项用途已有一项修改待复核")


ERRORS = (DoesNotFit, NotAhead, Unchanged, Pending)


def of_file(code: str) -> ProcessingPurpose:
    """As the register's file says it; raises `UnknownPurpose`."""
    found = processing_purposes().get(code)
    if found is None:
        raise UnknownPurpose
    return found


def propose_purpose(
    code: str, *, wanted: ProcessingPurpose, since: date, reason: str, actor: Actor
) -> Approval:
    """Ask that the purpose be as `wanted` from `since` on. Raises one of `ERRORS`, `UnknownPurpose`."""
    of_file(code)
    if since <= today():
        raise NotAhead
    if not wanted.anew and terms(wanted) == {**terms(_so_far(code, since)), "anew": False}:
        raise Unchanged
    newest = PurposeOverride.objects.filter(purpose=code).first()
    payload = {
        "purpose": code,
        "base": newest.version if newest else 0,
        "terms": terms(wanted),
        "since": since.isoformat(),
        "reason": reason,
    }
    _check(_row(payload))
    return proposals.propose(
        KIND,
        payload,
        of="purpose",
        table=PurposeOverride,
        pending=Pending,
        action=Action.LAW_PROPOSE,
        facts={"law-purpose": code},
        actor=actor,
    )


def waiting(code: str) -> Approval | None:
    return proposals.waiting(KIND, purpose=code)


def _so_far(code: str, since: date) -> ProcessingPurpose:
    return purpose_versions.register(since)[code]


def marks() -> dict[str, Any]:
    """How sure each clause is, with what this insurer has confirmed."""
    return {code: each.mark for name in regimes() for code, each in clauses(name).items()}


def _check(row: PurposeOverride) -> None:
    """Raises `DoesNotFit` where the register of any day from then on would not fit together."""
    wanted = otherwise(of_file(row.purpose), row.terms)
    found = [*faults(wanted, marks()), *_differences(row, wanted)]
    if found:
        raise DoesNotFit(list(dict.fromkeys(found)))


def _differences(row: PurposeOverride, wanted: ProcessingPurpose) -> Iterator[Fault]:
    """Held against each register that is to come; what was wrong before is not this change's fault."""
    versions = purpose_versions.changed()
    begin = {each.since for held in versions.values() for each in held if each.since}
    for day in (row.since, *sorted(each for each in begin if each > row.since)):
        so_far = purpose_versions.register(day, versions)
        known = set(differences(so_far))
        yield from (
            each for each in differences({**so_far, row.purpose: wanted}) if each not in known
        )


def _row(said: Mapping[str, Any]) -> PurposeOverride:
    """From the proposed day on, or from tomorrow if that has passed: never for what was said already."""
    return PurposeOverride(
        purpose=said["purpose"],
        version=said["base"] + 1,
        terms=said["terms"],
        since=max(date.fromisoformat(said["since"]), today() + DAY),
        reason=said["reason"],
    )


class _Kind:
    action = Action.LAW_APPROVE
    label = _("处理目的的改动")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:law_purpose", args=[payload["purpose"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A purpose is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        before, after = _turned(payload)
        rows: list[tuple[Any, Sequence[Any]]] = [
            (
                _("用途"),
                [f"{purpose_words.name(of_file(payload['purpose']))} · {payload['purpose']}"],
            )
        ]
        for _field, what, was, becomes in purpose_words.changes(before, after):
            rows.append((what, [f"{was} → {becomes}"]))
        rows.append((_("已有的同意"), [purpose_words.consequence(before, after)]))
        return [*rows, (_("自"), [payload["since"]]), (_("理由"), [payload["reason"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Two approvals at once are one after the other, and the second is held against the first."""
        proposals.lock(PurposeOverride)
        row = _row(approval.payload)
        _check(row)
        row.approval = approval
        follow(row, PurposeOverride.objects.filter(purpose=row.purpose))

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def _turned(payload: Mapping[str, Any]) -> tuple[ProcessingPurpose, ProcessingPurpose]:
    """As it was when it was asked for, and as it is to be."""
    found = of_file(payload["purpose"])
    base = PurposeOverride.objects.filter(
        purpose=payload["purpose"], version=payload["base"]
    ).first()
    return otherwise(found, base.terms) if base else found, otherwise(found, payload["terms"])


approvals.register(KIND, _Kind())
