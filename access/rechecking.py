"""Looks again at what somebody with the database in his hands could have changed, and tells it once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from access import actors, approvals, findings, grants, scopes
from access.exports import requests as exports
from access.models import Approval, Finding
from access.models.findings import TELLERS
from access.recertification import campaigns

KIND = "approval-altered"
# What apps to the right have had approved: each says which of its approvals no longer fit.
sources: list[Callable[[], Iterable[Approval]]] = []


def carry_out() -> int:
    """Raise one urgent finding for each altered approval, grant or recertification; how many were new."""
    with scopes.acting(actors.system("verifier")), transaction.atomic():
        told = set(Finding.objects.filter(kind=KIND).values_list("facts__approval", flat=True))
        altered = {each.pk: each for each in approvals.altered()}
        altered |= {each.approval_id: each.approval for each in grants.altered()}
        altered |= {each.approval_id: each.approval for each in campaigns.altered()}
        altered |= {each.approval_id: each.approval for each in exports.altered()}
        altered |= {each.pk: each for source in sources for each in source()}
        found = [each for each in altered.values() if str(each.ref) not in told]
        for each in found:
            findings.raise_finding(
                KIND,
                severity=Finding.Severity.URGENT,
                facts={"approval": str(each.ref), "kind": each.kind},
            )
        return len(found)


def told(facts: Mapping[str, Any]) -> str:
    kind = approvals.kinds.get(facts["kind"])
    what = kind.label if kind else facts["kind"]
    return gettext("审批记录被人绕过系统改动：%(what)s（%(ref)s）") % {
        "what": what,
        "ref": facts["approval"][:8],
    }


TELLERS[KIND] = told
