"""The yearly look at whether a partner keeps to its agreement."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from transfers.models import Agreement, AgreementReview


class NothingToReview(CustodianError):
    """Only an agreement in force is reviewed."""

    code = "agreement-not-reviewed"
    status = 409
    message = _("协议没有生效或已经结束，不用复查")


class BadDay(CustodianError):
    """A partner is looked at again within a year."""

    code = "agreement-review-day"
    status = 422
    message = _("请填明天起一年以内的日期")


def one_year_after(day: date) -> date:
    """The same day of the next year; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def review(
    agreement: Agreement, *, result: str, note: str, next_on: date, actor: Actor
) -> AgreementReview:
    """Put on record how the partner keeps to it. Raises `NothingToReview`, `BadDay`, `Refused`."""
    require_day(next_on)
    with transaction.atomic():
        held = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        if not held.is_running:
            raise NothingToReview
        gate.authorise(
            actor,
            Action.AGREEMENT_KEEP,
            channel=Channel.ADMIN,
            facts={
                "agreement": held.code,
                "did": f"review-{result}",
                "review": next_on.isoformat(),
            },
            reason=note,
        )
        Agreement.objects.filter(pk=held.pk).update(review_on=next_on)
        done = AgreementReview.objects.create(
            agreement=held,
            result=AgreementReview.Result(result).value,
            note=note,
            reviewed_by_id=actors.person(actor),
            next_on=next_on,
        )
    agreement.refresh_from_db()
    return done


def require_day(next_on: date) -> None:
    today = clock.local().date()
    if not today < next_on <= one_year_after(today):
        raise BadDay


def is_overdue(agreement: Agreement) -> bool:
    due = agreement.review_on
    return agreement.is_running and due is not None and due < clock.local().date()
