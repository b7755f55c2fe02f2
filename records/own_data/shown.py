"""Which rules of processing a customer was shown, and when, as a copy of her own data tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.actors import Actor
from custodian import clock
from records.models import Customer, NoticeSeen
from records.notices import seen
from records.notices.contents import language, read
from records.own_data.telling import WHO

_TO_WHOM: Final[Mapping[str, Any]] = {"self": gettext_lazy("您本人"), **WHO}


def told(customer: Customer, *, actor: Actor) -> list[dict[str, Any]]:
    """Each version that she, or whoever acts for her, opened, oldest first."""
    return [_one(each) for each in seen.all_of(customer, actor=actor)]


def _one(look: NoticeSeen) -> dict[str, Any]:
    version = look.version
    return {
        "code": version.code,
        "kind": {"code": version.text.kind, "label": str(version.text.get_kind_display())},
        "version": version.number,
        "title": read(version.content).title[language()],
        "in_force_since": version.since.isoformat(),
        "digest": version.digest,
        "shown_at": clock.local(look.seen_at).isoformat(timespec="seconds"),
        "shown_to": {
            "code": look.capacity,
            "label": str(_TO_WHOM.get(look.capacity, look.capacity)),
        },
    }


def printed(looks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """As a part of the printed copy; that nothing was shown is said too."""
    return {
        "title": _("您看过的处理规则"),
        "parts": [
            {
                "title": each["title"],
                "facts": [
                    [_("规则"), each["kind"]["label"]],
                    [_("版本"), _version(each)],
                    [_("生效日"), each["in_force_since"]],
                    [_("看过"), each["shown_at"][:16].replace("T", " ")],
                    [_("由谁打开"), each["shown_to"]["label"]],
                ],
                "rows": [],
                "kept": "",
            }
            for each in looks
        ]
        or [{"title": "", "facts": [], "rows": [], "kept": _("还没有打开过处理规则的记录。")}],
    }


def _version(look: Mapping[str, Any]) -> str:
    return _("第 %(number)s 版") % {"number": look["version"]} + f"（{look['code']}）"
