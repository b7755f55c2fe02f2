"""How a risk is met; living with one above the threshold takes two, and lapses when it grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from access import approvals, proposals
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from custodian.errors import CustodianError
from incidents.models import Risk, RiskAction
from incidents.risks.scales import scales
from incidents.risks.standing import Closed, What, authorise, held, require_words, write

KIND: Final = "risk-accept"
Treatment = Risk.Treatment
LEVELS: Final = ("residual_likelihood", "residual_impact")


class Pending(CustodianError):
    """It waits for its second person already."""

    code = "risk-acceptance-pending"
    status = 409
    message = _("接受申请已经提交，正在等待另一人复核")


class NoAction(CustodianError):
    """To bring it down somebody does something, by a day."""

    code = "risk-no-action"
    message = _("选择降低的，至少要有一项办理中的整改措施，写明负责人和期限")


class Grown(CustodianError):
    """It is no longer what was put up."""

    code = "risk-not-as-put-up"
    status = 409
    message = _("提交之后风险的评估有变，请退回，由申请人重新提交")


def treat(risk: Risk, treatment: str, *, why: str, actor: Actor) -> Approval | None:
    """What waits for a second person, if it does. Raises `NoAction`, `Pending`, `SaysNothing`, `Closed`."""
    chosen = Treatment(treatment)
    require_words(why)
    with held(risk) as row:
        if chosen is Treatment.ACCEPT and row.residual >= scales().accept_by_two_from:
            return _ask(row, why, actor)
        if chosen is Treatment.REDUCE and not _is_worked_on(row):
            raise NoAction
        authorise(row, What.TREATED.value, actor)
        void(row)
        changes = {"treatment": chosen, "treatment_note": why[:300], "acceptance": None}
        Risk.objects.filter(pk=row.pk).update(**changes)
        write(row, What.TREATED, actor=actor, text=why, treatment=chosen.value)
        return None


def waiting(risk: Risk) -> Approval | None:
    return proposals.waiting(KIND, risk=risk.code)


def void(risk: Risk) -> None:
    """What waits is not wanted any more."""
    if (asked := waiting(risk)) is not None:
        approvals.void(asked)


def lapse(risk: Risk, residual: int, *, actor: Actor) -> None:
    """It was weighed anew: what waits is void, and an acceptance of less is over."""
    void(risk)
    grows = residual > risk.residual or (
        risk.acceptance_id is None and residual >= scales().accept_by_two_from
    )
    if risk.treatment == Treatment.ACCEPT and grows:
        undecided = {"treatment": Treatment.UNDECIDED, "treatment_note": "", "acceptance": None}
        Risk.objects.filter(pk=risk.pk).update(**undecided)
        write(risk, What.LAPSED, actor=actor, residual=residual)


def _is_worked_on(risk: Risk) -> bool:
    rows = risk.actions.filter(owner__isnull=False, state=RiskAction.State.OPEN)
    return rows.exists()


def _ask(risk: Risk, why: str, actor: Actor) -> Approval:
    if waiting(risk) is not None:
        raise Pending
    authorise(risk, What.ASKED.value, actor)
    payload = {"risk": risk.code, "title": risk.title, "why": why, **_levels(risk)}
    asked = approvals.request(KIND, payload, actor=actor)
    write(risk, What.ASKED, actor=actor, text=why, approval=str(asked.ref))
    return asked


def _levels(risk: Risk) -> dict[str, int]:
    return {name: getattr(risk, name) for name in LEVELS}


class _Accept:
    action = Action.RISK_ACCEPT_APPROVE
    label = _("接受风险")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:risk", args=[payload["risk"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """It is about nobody in particular; whoever asked cannot approve."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        likelihood, impact = (payload[name] for name in LEVELS)
        score = likelihood * impact
        said = {
            "score": score,
            "likelihood": scales().likelihood[likelihood - 1],
            "impact": scales().impact[impact - 1],
            "band": scales().band(score),
        }
        return [
            (pgettext("风险", "风险"), [f"{payload['risk']} {payload['title']}"]),
            (
                _("剩余风险"),
                [gettext("%(score)s（%(band)s）：可能性%(likelihood)s，影响%(impact)s") % said],
            ),
            (_("理由"), [payload["why"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Raises `Grown`, `Closed`."""
        said = approval.payload
        row = Risk.objects.select_for_update().get(code=said["risk"])
        if row.status == Risk.Status.CLOSED:
            raise Closed
        if any(said[name] != value for name, value in _levels(row).items()):
            raise Grown
        changes = {
            "treatment": Treatment.ACCEPT,
            "treatment_note": said["why"][:300],
            "acceptance": approval,
        }
        Risk.objects.filter(pk=row.pk).update(**changes)
        write(
            row, What.TREATED, actor=actor, text=said["why"], treatment=Treatment.ACCEPT.value,
            approval=str(approval.ref),
        )  # fmt: skip

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def ready() -> None:
    approvals.register(KIND, _Accept())
