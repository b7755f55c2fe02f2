"""What the board of a transfer says to whoever may read it, in the back office or at the regulator."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from transfers import board, routes
from transfers.models import Stage, Transfer, TransferPaper
from transfers.progress import moving

TONES: Final = {"open": "info", "ended": "ok", "stopped": "danger"}


def facts(transfer: Transfer, *, view: str) -> dict[str, Any]:
    """The same for both; what may be done there, the page adds."""
    row = moving.now_at(transfer)
    now = row.stage if row and transfer.status == Transfer.Status.OPEN else ""
    waiting = moving.waiting(transfer, now) if now else None
    found = routes.of(transfer)
    return {
        "title": _("%(code)s：%(title)s") % {"code": transfer.code, "title": transfer.title},
        "transfer": transfer,
        "route": found,
        "route_name": routes.name(found),
        "view": view,
        "other": next(each for each in Transfer.Side.values if each != view),
        "is_own": view == transfer.side,
        "cells": board.cells(transfer, view=view),
        "now": now,
        "now_label": Stage(now).label if now else "",
        "conditions": board.conditions(transfer, now) if now else [],
        "missing": moving.lacking(transfer, now) if now and not waiting else [],
        "waiting": waiting,
        "silence": board.silence_words(found.stages["notice"]) if now == Stage.NOTICE else "",
        "four_eyes": found.stages[now].four_eyes if now else False,
        "clocks": board.faces(transfer),
        "papers": TransferPaper.objects.filter(transfer=transfer).count(),
        "published": board.publications(transfer),
        "tone": TONES[transfer.status],
    }
