"""Copies of one's own data that answer a request: how many there may be, and which are there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access import gate, keystore, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel, Purpose, Role
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import OPEN, wake
from records.models import Customer, CustomerRequest, DataCopy
from records.own_data.copies import DAY
from records.own_data.shelf import SHELF

DEFAULT: Final = (DataCopy.Format.PDF.value, DataCopy.Format.JSON.value)


class TooOften(CustodianError):
    """So many files in a day serve nobody but whoever floods the house."""

    code = "too-many-copies"
    status = 429
    message = _("今天已经索取过多次副本。请下载已有的，或明天再来")


def lacking(
    customer: Customer, formats: Sequence[str], language: str, *, actor: Actor
) -> list[str]:
    """Of these formats those of which none is ready or on its way."""
    there = {each.format for each in waiting(customer, formats, language, actor=actor)}
    return [each for each in formats if each not in there]


def waiting(
    customer: Customer, formats: Sequence[str], language: str, *, actor: Actor
) -> list[DataCopy]:
    """Those that are ready or on their way."""
    same = DataCopy.objects.of(actor).filter(
        subject=customer.pk, language=language, format__in=list(formats)
    )
    return list(same.filter(status__in=OPEN) | same.takable())


def require_room(subject: int, wanted: int, *, actor: Actor) -> None:
    """Raises `TooOften` where so many more in a day are too many."""
    if wanted > room(subject, actor=actor):
        raise TooOften


def room(subject: int, *, actor: Actor) -> int:
    """How many more may be asked for today."""
    lately = DataCopy.objects.visible_to(actor).filter(
        subject=subject, created_at__gt=clock.now() - DAY
    )
    return max(0, settings.CUSTODIAN_COPIES_A_DAY - int(lately.count()))


def prepare(
    request: CustomerRequest, formats: Sequence[str], language: str, *, actor: Actor
) -> list[DataCopy]:
    """Copies that answer a request, in the transaction that decides it; `actor`: the customer or the system.

    What she asked for in the portal is her own act; else the step of the request is on record.
    """
    return [_new(request, each, language, actor=actor) for each in formats]


def _new(request: CustomerRequest, form: str, language: str, *, actor: Actor) -> DataCopy:
    hers = actor.role is Role.CUSTOMER
    ref = uuid4()
    copy = DataCopy(
        ref=ref,
        subject_id=request.subject_id,
        request=request,
        capacity=actor.capacity if hers else request.capacity or "self",
        address=actor.address if hers else "",
        format=DataCopy.Format(form),
        language=DataCopy.Language(language),
        holding=keystore.named_holding(SHELF.holding(ref)),
    )
    gate.authorise(
        actor,
        Action.OWN_COPY_ASK if hers else Action.REQUEST_WORK,
        channel=Channel.PORTAL if hers else Channel.TASK,
        purpose=Purpose.SELF if hers else "",
        subjects=gate.tagged(scopes.find([request.subject_id])),
        facts={"copy": str(ref), "copy-format": f"{form}-{language}", "request": request.ref},
    )
    copy.save(force_insert=True)
    from records.tasks import make_copy  # the task leads back here

    wake(make_copy, copy.pk)
    return copy
