"""The way that a transfer goes, as the packs say it, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from access.law.reading import pack
from access.law.words import english
from custodian.errors import CustodianError
from custodian.regimes.packs import Route, load, regimes
from custodian.regimes.routes import RouteGate, RoutePaper, RouteStage
from transfers.models import Stage, Transfer


class UnknownRoute(CustodianError):
    """No pack has a route of this code."""

    code = "unknown-route"
    status = 404
    message = _("没有这条转让路径，请核对代码")


def offered() -> Mapping[str, Route]:
    """Those of the law that this installation works under."""
    return pack().routes


def known(code: str) -> Route:
    """Raises `UnknownRoute`."""
    regime = code.partition("-")[0]
    found = load(regime).routes.get(code) if regime in regimes() else None
    if found is None:
        raise UnknownRoute
    return found


def of(transfer: Transfer) -> Route:
    """Raises `UnknownRoute`."""
    return known(transfer.route)


def stage_of(transfer: Transfer, stage: str) -> RouteStage:
    """Raises `UnknownRoute`."""
    return of(transfer).stages[Stage(stage).value]


def name(found: Route | RoutePaper | RouteGate) -> str:
    return found.name_en if english() else found.name


def says(found: Route) -> str:
    return found.says_en if english() else found.says


def note(found: RouteStage) -> str:
    return found.note_en if english() else found.note


def by(found: RouteGate) -> str:
    return found.by_en if english() else found.by
