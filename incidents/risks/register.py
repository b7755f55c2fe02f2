"""The register: raising a risk, weighing it anew, looking at it again, closing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from access import actors, proposals
from access.actors import Actor
from access.models import User
from custodian import clock
from custodian.errors import CustodianError
from custodian.regimes.periods import Period
from custodian.workflow import IllegalMove
from incidents.models import Risk, RiskAction, RiskEvent
from incidents.risks import accepting, library
from incidents.risks.scales import scales, score
from incidents.risks.standing import (
    RISK,
    What,
    authorise,
    held,
    require_day,
    require_owner,
    require_words,
    write,
)

TOLD: Final = ("title", "cause", "consequence", "kind", "unit", "product", "origin", "origin_ref")
LEVELS: Final = ("inherent_likelihood", "inherent_impact", "residual_likelihood", "residual_impact")


class NoScale(CustodianError):
    """Not on the scales, or what controls leave is greater than what was there without them."""

    code = "risk-no-scale"
    message = _("可能性和影响须为 1 至 5，剩余风险不能高于固有风险")


class UnknownControl(CustodianError):
    """The library has no such control."""

    code = "risk-unknown-control"
    message = _("控制措施库中没有这一项，请核对")


class StillOpen(CustodianError):
    """Something is still to be done about it."""

    code = "risk-still-open"
    status = 409
    message = _("还有办理中或待确认的整改措施，先办完再销号")


def raise_risk(
    said: Mapping[str, Any],
    *,
    levels: Sequence[int],
    controls: Sequence[str],
    owner: User,
    review_on: date | None,
    actor: Actor,
) -> Risk:
    """`said` by the names of `TOLD`, `levels` in the order of `LEVELS`.

    Raises `NoScale`, `UnknownControl`, `CannotOwn`, `NotInTime`.
    """
    _require_levels(levels)
    _require_controls(controls)
    require_owner(owner)
    day = review_on or next_review(levels[2] * levels[3])
    require_day(day)
    with transaction.atomic():
        proposals.lock(Risk)
        year = f"R-{clock.local():%Y}-"
        number = Risk.objects.filter(code__startswith=year).count() + 1
        row = Risk(
            code=f"{year}{number:03}", controls=sorted(set(controls)), owner=owner, review_on=day,
            raised_by_id=actors.person(actor), **dict(zip(LEVELS, levels, strict=True)), **said,
        )  # fmt: skip
        authorise(row, What.RAISED.value, actor)
        row.save(force_insert=True)
        write(row, What.RAISED, actor=actor, levels=list(levels))
    return row


def weigh(risk: Risk, levels: Sequence[int], *, why: str, actor: Actor) -> None:
    """An acceptance of less lapses with it. Raises `NoScale`, `SaysNothing`, `Closed`."""
    _require_levels(levels)
    require_words(why)
    with held(risk) as row:
        before = [getattr(row, name) for name in LEVELS]
        authorise(row, What.WEIGHED.value, actor)
        Risk.objects.filter(pk=row.pk).update(**dict(zip(LEVELS, levels, strict=True)))
        write(row, What.WEIGHED, actor=actor, text=why, before=before, levels=list(levels))
        accepting.lapse(row, levels[2] * levels[3], actor=actor)


def settle_controls(risk: Risk, controls: Sequence[str], *, why: str, actor: Actor) -> None:
    """Which controls hold it. Raises `UnknownControl`, `SaysNothing`, `Closed`."""
    _require_controls(controls)
    require_words(why)
    with held(risk) as row:
        authorise(row, What.CONTROLS.value, actor)
        before, after = row.controls, sorted(set(controls))
        Risk.objects.filter(pk=row.pk).update(controls=after)
        write(row, What.CONTROLS, actor=actor, text=why, before=before, controls=after)


def give(risk: Risk, owner: User, *, why: str, actor: Actor) -> None:
    """Raises `CannotOwn`, `SaysNothing`, `Closed`."""
    require_owner(owner)
    require_words(why)
    with held(risk) as row:
        authorise(row, What.OWNER.value, actor)
        Risk.objects.filter(pk=row.pk).update(owner=owner)
        write(row, What.OWNER, actor=actor, text=why, before=str(row.owner), owner=str(owner))


def review(risk: Risk, *, found: str, next_on: date | None, actor: Actor) -> None:
    """It was looked at again, and when next. Raises `SaysNothing`, `NotInTime`, `Closed`."""
    require_words(found)
    with held(risk) as row:
        day = next_on or next_review(row.residual)
        require_day(day)
        authorise(row, What.REVIEWED.value, actor)
        Risk.objects.filter(pk=row.pk).update(review_on=day)
        days = {"before": row.review_on.isoformat(), "next": day.isoformat()}
        write(row, What.REVIEWED, actor=actor, text=found, **days)


def close(risk: Risk, *, why: str, actor: Actor) -> None:
    """Off the register; it stays to be read. Raises `StillOpen`, `SaysNothing`, `Closed`."""
    require_words(why)
    with held(risk) as row:
        rows = row.actions.exclude(state=RiskAction.State.DROPPED).filter(verified_at=None)
        if rows.exists():
            raise StillOpen
        authorise(row, What.CLOSED.value, actor)
        accepting.void(row)
        RISK.move(row, "close", {"closed_at": clock.now()})
        write(row, What.CLOSED, actor=actor, text=why)


def reopen(risk: Risk, *, why: str, actor: Actor) -> None:
    """It is due for review at once. Raises `SaysNothing`, `IllegalMove`."""
    require_words(why)
    with transaction.atomic():
        row = Risk.objects.select_for_update().get(pk=risk.pk)
        if not RISK.may(row, "reopen"):
            raise IllegalMove
        authorise(row, What.REOPENED.value, actor)
        RISK.move(row, "reopen", {"closed_at": None, "review_on": clock.local().date()})
        write(row, What.REOPENED, actor=actor, text=why)


def control_failed(control: str, *, actor: Actor | None) -> int:
    """Every risk that it holds is to be looked at today, in the caller's transaction; how many."""
    today = clock.local().date()
    rows = open_ones().filter(controls__contains=[control]).select_for_update()
    found = list(rows)
    for row in found:
        Risk.objects.filter(pk=row.pk, review_on__gt=today).update(review_on=today)
        write(row, What.FAILED, actor=actor, control=control)
    return len(found)


def open_ones() -> QuerySet[Risk]:
    return Risk.objects.filter(status=Risk.Status.OPEN)


def due() -> QuerySet[Risk]:
    """Those whose day has come, the greatest first."""
    today = clock.local().date()
    rows = open_ones().filter(review_on__lte=today)
    return rows.order_by(-F("residual_likelihood") * F("residual_impact"), "review_on")


def next_review(residual: int) -> date:
    """The greater it is, the sooner."""
    months = scales().band(residual).review_months
    return Period(months=months).after(clock.local().date())


def history(risk: Risk) -> QuerySet[RiskEvent]:
    return risk.events.select_related("by")


def _require_levels(levels: Sequence[int]) -> None:
    try:
        score(levels[0], levels[1])
        score(levels[2], levels[3])
    except ValueError:
        raise NoScale from None
    if levels[2] > levels[0] or levels[3] > levels[1]:
        raise NoScale


def _require_controls(controls: Sequence[str]) -> None:
    if not set(controls) <= set(library.controls()):
        raise UnknownControl
