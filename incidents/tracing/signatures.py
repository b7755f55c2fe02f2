"""The register of other companies' layouts: entered, ended, and held against a file that is not ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.exports.register import Written
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.models import ListLayout
from incidents.tracing import layouts
from incidents.tracing.layouts import Column, Fit, Layout

KEEP: Final = Action.LIST_LAYOUT_KEEP
FEWEST: Final = 3  # columns, where no shape of numbers tells the list from any other
MOST: Final = 30
SHOWN: Final = 5


class TellsNothing(CustodianError):
    """Two common headings fit every list there is."""

    code = "list-layout-tells-nothing"
    status = 422
    message = _("至少写三列，或给出一列号码的写法，否则什么名单都像")


class Ended(CustodianError):
    """It ended before."""

    code = "list-layout-ended"
    status = 409
    message = _("这个版式已经停用")


def enter(
    *,
    company: str,
    source: str,
    columns: Sequence[Column],
    separator: str = "",
    encoding: str = "",
    why: str,
    actor: Actor,
) -> ListLayout:
    """Raises `TellsNothing`, `layouts.BadShape`, `Refused`."""
    for each in columns:
        if each.shape:
            layouts.compiled(each.shape)
    told = [each for each in columns if each.heading or each.is_told]
    if len(told) < FEWEST and not any(each.shape for each in told):
        raise TellsNothing
    with transaction.atomic():
        row = ListLayout.objects.create(
            company=company,
            source=source,
            columns=[[each.heading, each.kind, each.shape] for each in columns],
            separator=separator,
            encoding=encoding,
            why=why,
            entered_by_id=actors.person(actor),
        )
        _authorise(row, "entered", actor)
    return row


def end(row: ListLayout, *, why: str, actor: Actor) -> None:
    """From now on no file is held against it; what it explained before still names it. Raises `Ended`."""
    with transaction.atomic():
        _authorise(row, "ended", actor)
        ended = ListLayout.objects.filter(pk=row.pk, ended_at=None).update(
            ended_at=clock.now(), ended_by_id=actors.person(actor), ended_why=why
        )
        if not ended:
            raise Ended


def _authorise(row: ListLayout, outcome: str, actor: Actor) -> None:
    facts = {"list-layout": str(row.ref), "outcome": outcome}
    gate.authorise(actor, KEEP, channel=Channel.ADMIN, facts=facts)


def layout_of(row: ListLayout) -> Layout:
    columns = tuple(Column(*each) for each in row.columns)
    return Layout(str(row.ref), columns, row.separator, row.encoding)


def compare(written: Written, subjects: Sequence[int | None]) -> tuple[int, list[Fit]]:
    """How many signatures there are, and those that fit the rows which are nobody's of ours."""
    known = [layout_of(each) for each in ListLayout.objects.filter(ended_at=None)]
    found = layouts.compare(
        written.rows,
        known,
        ours=[each is not None for each in subjects],
        separator=written.delimiter,
        encoding=written.encoding,
    )
    return len(known), found[:SHOWN]
