"""The history of a risk in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from access.law.words import english
from incidents.models import Risk, RiskEvent

What = RiskEvent.What
_OUTCOMES = {
    "opened": lambda: _("提出"),
    "moved": lambda: _("改派或改期"),
    "done": lambda: _("已办结"),
    "dropped": lambda: _("不再办理"),
    "verified": lambda: _("确认有效"),
    "failed": lambda: _("无效，重新办理"),
}


def told(events: Iterable[RiskEvent]) -> list[dict[str, Any]]:
    return [{"event": each, "words": _facts(each)} for each in events]


def _facts(event: RiskEvent) -> str:
    say = _SAY.get(What(event.what))
    return say(event.facts) if say else ""


def _action(facts: dict[str, Any]) -> str:
    outcome = _OUTCOMES[facts["outcome"]]()
    return f"{facts['title']}: {outcome}" if english() else f"{facts['title']}：{outcome}"


def _codes(codes: list[str]) -> str:
    return ", ".join(codes) or "—"


def _levels(facts: dict[str, Any]) -> str:
    """Products, inherent and residual, before and after."""
    now = _products(facts["levels"])
    return f"{_products(facts['before'])} → {now}" if "before" in facts else now


def _products(levels: list[int]) -> str:
    said = {"inherent": levels[0] * levels[1], "residual": levels[2] * levels[3]}
    return _("固有 %(inherent)s，剩余 %(residual)s") % said


_SAY: Mapping[What, Callable[[dict[str, Any]], str]] = {
    What.RAISED: _levels,
    What.WEIGHED: _levels,
    What.CONTROLS: lambda facts: f"{_codes(facts['before'])} → {_codes(facts['controls'])}",
    What.OWNER: lambda facts: f"{facts['before']} → {facts['owner']}",
    What.REVIEWED: lambda facts: _("下次复查 %(day)s") % {"day": facts["next"]},
    What.TREATED: lambda facts: str(Risk.Treatment(facts["treatment"]).label),
    What.FAILED: lambda facts: str(facts["control"]),
    What.ACTION: _action,
}
