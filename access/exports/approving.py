"""The approval of an export: what whoever decides is shown, and what follows when he says yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, ports
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.exports.requests import KIND, By, content
from access.models import Approval, Export, Unit, User
from access.models.rules import CLASSES
from access.vocabulary import Purpose
from custodian import clock, elements
from custodian.errors import CustodianError
from custodian.jobs import JOB, JobStatus, wake


class NobodyFound(CustodianError):
    """No customer is left in what was asked for, so there is nothing to approve."""

    code = "export-of-nobody"
    status = 409
    message = _("其中没有可导出的客户，只能退回")


class _Kind:
    action = Action.EXPORT_APPROVE
    label = _("导出")

    def place(self, payload: Mapping[str, Any]) -> str:
        found = Export.objects.filter(code=payload["export"]).values_list("ref", flat=True).first()
        return reverse("admin:export", args=[found]) if found else reverse("admin:exports")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """Whoever asked, and whoever is to have it."""
        people = [payload["person"], payload["recipient"]]
        return frozenset(UUID(each) for each in people if each)

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        person = User.objects.select_related("unit").get(ref=payload["person"])
        return [
            (_("导出编号"), [payload["export"]]),
            (_("申请人"), [f"{person} · {person.unit} · {person.get_role_display()}"]),
            (_("接收人"), [_to_whom(payload)]),
            *_by_class(payload["elements"]),
            (_("最高等级"), [f"L{max(elements.get(c).level for c in payload['elements'])}"]),
            (_("客户"), _whom(payload)),
            (_("客户数"), [f"{payload['count']:,}"]),
            (_("客户集合指纹"), [payload["set"][:24]]),
            (_("用途"), [dict(Purpose.choices).get(payload["purpose"], payload["purpose"])]),
            (_("理由"), [payload["reason"]]),
            (_("格式"), [dict(Export.Format.choices)[payload["format"]]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        export = Export.objects.select_for_update().get(approval=approval)
        person = User.objects.get(pk=export.requested_by_id)
        if content(export, person.ref) != approval.payload or not person.is_active:
            raise ContentChanged
        if not export.candidates:
            raise NobodyFound
        moved = Export.objects.filter(pk=export.pk, status=JobStatus.QUEUED, approved_at=None)
        moved.update(approved_at=clock.now())
        from access.tasks import build_export  # the task leads back here

        wake(build_export, export.pk)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        JOB.move(Export.objects.get(approval=approval), "refuse")


def element_words(code: str) -> str:
    """An element with its class and level, as whoever decides needs it."""
    element = elements.get(code)
    mark = " " + _("敏") if element.sensitive else ""
    return f"{element.label} L{element.level}{mark}"


def _by_class(codes: Sequence[str]) -> list[tuple[Any, Sequence[Any]]]:
    found: dict[str, list[str]] = {}
    for code in codes:
        found.setdefault(elements.get(code).cls.value, []).append(element_words(code))
    labels = dict(CLASSES)
    return [(labels[name], words) for name, words in found.items()]


def _to_whom(payload: Mapping[str, Any]) -> str:
    if payload["recipient"]:
        person = User.objects.select_related("unit").get(ref=payload["recipient"])
        return f"{person} · {person.unit} · {person.get_role_display()}"
    return _("公司外部") + "：" + " · ".join(filter(None, payload["outside"]))


def _whom(payload: Mapping[str, Any]) -> list[Any]:
    """The rule of selection; of customers that were written out, which of them do not exist."""
    label = dict(By.choices)[payload["by"]]
    if payload["by"] == By.UNIT:
        unit = Unit.objects.filter(code=payload["unit"]).first()
        return [label, f"{unit or ''} {payload['unit']}"]
    if payload["by"] != By.LIST:
        return [label]
    known = ports.customers().ordinals_of(payload["customers"])
    absent = _("%(ref)s（没有这个编号）")
    return [ref if ref in known else absent % {"ref": ref} for ref in payload["customers"]]


approvals.register(KIND, _Kind())
