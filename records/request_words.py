"""What was chosen in a request, and where one goes on after a refusal, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from access.law import reading
from access.law.words import english, mark_key
from access.vocabulary import Purpose
from custodian.regimes import remedies as data
from records.consents import asking
from records.models import CustomerRequest
from records.request_answers import CONDITIONS
from records.requests.kinds import Kind
from records.retention.telling import KINDS


@dataclass(frozen=True)
class Remedy:
    """One way on, with where it rests."""

    says: str
    clause: str
    mark: str


def remedies(about: str = "") -> list[Remedy]:
    return [
        Remedy(each.says_en if english() else each.says, each.clause, mark_key(each.mark))
        for each in data.of(settings.CUSTODIAN_REGIME, about)
    ]


@dataclass(frozen=True)
class Rule:
    """What a clause says, with its code and mark."""

    says: str
    code: str
    mark: str


def rules(*codes: str) -> list[Rule]:
    found = [reading.clause(code) for code in codes]
    return [
        Rule(each.says_en if english() else each.says, each.code, mark_key(each.mark))
        for each in found
    ]


def chosen(request: CustomerRequest) -> list[tuple[Any, str]]:
    """What was ticked: kinds of data, a purpose, the conditions that were met."""
    said: list[tuple[Any, str]] = []
    if ticked := request.details.get("kinds"):
        said.append((_("限制哪些资料"), _joined(dict(KINDS), ticked)))
    if request.kind == Kind.OBJECT:
        said.append((_("不同意哪项用途"), _joined(dict(Purpose.choices), [request.about])))
    if ticked := request.details.get("consents"):
        said.append((_("撤回哪些同意"), _("、").join(asking.names(ticked))))
    if met := request.details.get("conditions"):
        said.append((_("四项条件"), _joined(dict(CONDITIONS), met)))
    return said


def _joined(words: dict[str, Any], codes: list[str]) -> str:
    return _("、").join(str(words[each]) for each in codes if each in words)
