"""A flag is no absolute ban: somebody may be hired all the same, or it is lifted, for a reason, by two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import actors, approvals, gate
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.models import FlagOverride, RehireFlag
from incidents.sanctions import flags, sealing

KIND: Final = "rehire-override"
Kind = FlagOverride.Kind


class OverrideWaiting(CustodianError):
    """Something about the same flag waits for its second person."""

    code = "rehire-override-waiting"
    status = 409
    message = gettext_lazy("这条限制已有申请等待复核")


def ask(flag: RehireFlag, kind: str, *, why: str, actor: Actor) -> FlagOverride:
    """Raises `OverrideWaiting`, `OwnFlag`, `FlagOver`."""
    flags.require_far(flag, actor)
    with transaction.atomic():
        row = RehireFlag.objects.select_for_update(of=("self",)).get(pk=flag.pk)
        if row.state != flags.State.CURRENT:
            raise flags.FlagOver
        if row.overrides.filter(approval__status=Approval.Status.WAITING).exists():
            raise OverrideWaiting
        ref = uuid4()
        made = FlagOverride(
            ref=ref, flag=row, kind=Kind(kind), asked_by_id=actors.person(actor),
            reason_sealed=sealing.seal(sealing.OVERRIDE, ref, "reason", why),
        )  # fmt: skip
        payload = {
            "flag": str(row.ref), "version": row.version, "override": str(ref), "kind": kind,
            "mark": sealing.mark({"override": str(ref), "why": why}),
        }  # fmt: skip
        facts = {"flag": row.code, "digest": approvals.digest_of(KIND, payload)}
        gate.authorise(actor, Action.REHIRE_MANAGE, channel=Channel.ADMIN, facts=facts)
        made.approval = approvals.request(KIND, payload, actor=actor)
        made.save(force_insert=True)
    return made


def reason_of(row: FlagOverride) -> str:
    return str(sealing.opened(sealing.OVERRIDE, row.ref, "reason", row.reason_sealed))


def standing(flag: RehireFlag) -> list[FlagOverride]:
    """That two people agreed to hire all the same; it does not take the flag away."""
    return list(flag.overrides.filter(kind=Kind.HIRE, in_force_at__isnull=False))


class _Override:
    label = gettext_lazy("聘用限制的例外或解除")
    action = Action.REHIRE_APPROVE

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:rehire_flags")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        row = RehireFlag.objects.filter(ref=payload["flag"]).select_related("person").first()
        return frozenset({row.person.ref} if row is not None and row.person else ())

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        row = FlagOverride.objects.filter(ref=payload["override"]).select_related("flag").first()
        if row is None:
            return [(_("内容"), [_("没有找到，或不在您的范围之内")])]
        lines = [(_("申请"), [row.get_kind_display()]), (_("限制编号"), [row.flag.code])]
        if row.flag.said_sealed is not None:
            lines.append((_("所涉人员"), [flags.said_of(row.flag).name]))
        return [*lines, (_("理由"), [reason_of(row)])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Raises `FlagOver`, `OwnFlag`, `approvals.ContentChanged`."""
        said = approval.payload
        row = FlagOverride.objects.select_related("flag").get(ref=said["override"])
        (flag,) = flags.current({said["flag"]: said["version"]})
        flags.require_far(flag, actor)
        if said["mark"] != sealing.mark({"override": said["override"], "why": reason_of(row)}):
            raise approvals.ContentChanged
        FlagOverride.objects.filter(pk=row.pk).update(in_force_at=clock.now())
        if row.kind == Kind.LIFT:
            flags.end(flag, "withdrawn")

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """It stays as one that was returned."""


def ready() -> None:
    approvals.register(KIND, _Override())
