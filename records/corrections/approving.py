"""The approval of a correction: what whoever decides is shown, and what follows when he says yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, User
from access.vocabulary import Role
from custodian import elements
from records.corrections import confirming, groups, handling, people, recording
from records.models import Correction, CorrectionConfirmation

Lines = list[tuple[Any, Sequence[Any]]]
Way = CorrectionConfirmation.Way


class _Kind:
    action = Action.CORRECTION_APPROVE
    label = _("更正客户资料")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:records_correction", args=[payload["correction"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """Whoever raised it, whoever serves the customer, and she herself if she is of the staff."""
        correction = _of(payload)
        if correction is None:
            return frozenset()
        officers = User.objects.filter(is_active=True, role=Role.COMPLIANCE_OFFICER)
        kin = {
            each
            for each in officers.values_list("pk", flat=True)
            if people.is_near(correction, each)
        }
        return people.refs(people.near(correction) | kin)

    def describe(self, payload: Mapping[str, Any]) -> Lines:
        """No value: before and after are looked at on its page, where each look is on record."""
        named = [elements.get(each["element"]).label for each in payload["items"]]
        ways = [_told(each) for each in payload["confirmed"]]
        return [
            (_("更正编号"), [payload["correction"]]),
            (_("更正项"), [groups.label_of(payload["group"])]),
            (_("信息项"), named),
            (_("类型"), [Correction.Kind(payload["kind"]).label]),
            (_("提出人"), [_who(payload["raised"]) or _("客户本人")]),
            (_("核对人"), [_who(payload["checked"])]),
            (_("证明材料（份）"), [str(len(payload["evidence"]))]),
            (_("本人确认"), ways or [_("这一项不需要")]),
            (_("后果"), [_("新内容立即生效，原内容封存，并告知客户")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        with scopes.acting(actors.system(recording.WRITER)):
            correction = _held(approval)
            if handling.content(correction) != approval.payload or not confirming.enough(
                correction
            ):
                raise ContentChanged
            handling.approved(correction)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        with scopes.acting(actors.system(recording.WRITER)):
            handling.returned(_held(approval))


def _held(approval: Approval) -> Correction:
    rows = Correction.objects.select_for_update(of=("self",))
    found: Correction | None = rows.filter(approval=approval).first()
    if found is None:
        raise ContentChanged
    return found


def _of(payload: Mapping[str, Any]) -> Correction | None:
    with scopes.acting(actors.system(recording.WRITER)):
        found: Correction | None = Correction.objects.filter(ref=payload["correction"]).first()
        return found


def _told(said: Sequence[str]) -> Any:
    way, contact, _digest = said
    if not contact:
        return Way(way).label
    return _("%(way)s（%(contact)s）") % {
        "way": Way(way).label,
        "contact": elements.get(contact).label,
    }


def _who(ref: str) -> str:
    return str(User.objects.get(ref=ref)) if ref else ""


approvals.register(handling.KIND, _Kind())
