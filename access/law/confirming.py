"""Saying that somebody has read the text of a clause: where, when, how sure; somebody else approves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import approvals, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.law import words
from access.law.reading import clause, pack_clause, text_of, today
from access.law.versions import follow
from access.models import Approval, Confirmation
from custodian.errors import CustodianError
from custodian.regimes.packs import STRENGTH, Clause, Mark

KIND = "law-confirmation"


class WeakerMark(CustodianError):
    """The pack's mark says what its makers read; an insurer adds to it and takes only its own word back."""

    code = "confirmation-weaker"
    message = _("标记不能弱于随附法规库的标记，请选择同样或更强的标记")


class NotRead(CustodianError):
    """Where it was read is missing, or the day lies ahead."""

    code = "confirmation-not-read"
    message = _("请写明在哪里读到，核对日期不能晚于今天")


class Unchanged(CustodianError):
    """The proposal says what is confirmed already."""

    code = "confirmation-unchanged"
    message = _("与现有核对没有不同，请修改后再试")


class Pending(CustodianError):
    """Another confirmation of the same clause waits for its approval."""

    code = "confirmation-pending"
    status = 409
    message = _("这一条款已有一项核对待复核")


ERRORS = (WeakerMark, NotRead, Unchanged, Pending)


def marks_for(found: Clause) -> list[Mark]:
    """What may be said of a clause: as sure as the pack, or surer."""
    return [
        each
        for each in (Mark.READ, Mark.SECONDARY, Mark.UNCONFIRMED)
        if STRENGTH[each] >= STRENGTH[found.mark]
    ]


def propose_confirmation(
    code: str, *, mark: Mark, source: str, read_on: date, actor: Actor
) -> Approval:
    """Put up that the clause, as it is told here, was compared with its text.

    Raises one of `ERRORS` or `UnknownClause`.
    """
    found = pack_clause(code)
    if mark not in marks_for(found):
        raise WeakerMark
    source = source.strip()[:200]
    if not source or read_on > today():
        raise NotRead
    newest = Confirmation.objects.filter(clause=code).first()
    so_far = clause(code).confirmation
    if so_far is not None and (so_far.mark, so_far.source, so_far.read_on) == (
        mark,
        source,
        read_on,
    ):
        raise Unchanged
    payload = {
        "clause": code,
        "base": newest.version if newest else 0,
        "mark": mark.value,
        "source": source,
        "read_on": read_on.isoformat(),
        "text": text_of(found),
    }
    return proposals.propose(
        KIND,
        payload,
        of="clause",
        table=Confirmation,
        pending=Pending,
        action=Action.LAW_PROPOSE,
        facts={"law-clause": code},
        actor=actor,
    )


def waiting(code: str) -> Approval | None:
    return proposals.waiting(KIND, clause=code)


class _Kind:
    action = Action.LAW_APPROVE
    label = _("条款核对")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:law_clause", args=[payload["clause"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A clause is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        so_far, text = clause(payload["clause"]), payload["text"]
        return [
            (_("条款"), [f"{words.cite(so_far)} · {payload['clause']}"]),
            (pgettext_lazy("条款", "内容"), [text["says"]]),
            (_("英文"), [text["says_en"]]),
            (_("标记"), [words.turned_mark(so_far.mark, Mark(payload["mark"]))]),
            (_("出处"), [payload["source"]]),
            (_("核对日期"), [payload["read_on"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        said = approval.payload
        if said["text"] != text_of(pack_clause(said["clause"])):
            raise ContentChanged  # the pack tells the clause otherwise by now
        follow(
            Confirmation(
                clause=said["clause"],
                version=said["base"] + 1,
                mark=said["mark"],
                source=said["source"],
                read_on=date.fromisoformat(said["read_on"]),
                text=said["text"],
                since=today(),
                approval=approval,
            ),
            Confirmation.objects.filter(clause=said["clause"]),
        )

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


approvals.register(KIND, _Kind())
