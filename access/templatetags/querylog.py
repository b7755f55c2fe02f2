"""How times stand in the query log: to the second today, to the minute before, to the millisecond alone."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from access.querylog.standing import Standing
from custodian import clock

register = template.Library()


@register.simple_tag
def proof_of(standing: Standing, index: int) -> SafeString:
    """How far an entry has come, drawn; a witnessed one says how many have seen it."""
    state = standing.state(index)
    words = {"witnessed": _("已见证") + f" {standing.share}"}.get(state, "")
    return render_to_string("components/proof_of.html", {"state": state, "words": words})


@register.filter
def log_time(moment: datetime) -> str:
    local, today = clock.local(moment), clock.local()
    if local.date() == today.date():
        return f"{local:%H:%M:%S}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


@register.filter
def log_moment(moment: datetime) -> str:
    local = clock.local(moment)
    zone = f"{local:%z}"
    told = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03}"
    return _("%(moment)s（%(zone)s）") % {"moment": told, "zone": f"{zone[:3]}:{zone[3:]}"}


@register.filter
def weekday(day: int) -> str:
    """The name of a day that is counted from Monday."""
    return str(WEEKDAYS[day])
