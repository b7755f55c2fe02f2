"""Opening, approving and closing a case of a supervising office or an auditor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, ports
from access.actions import Action
from access.actors import Actor
from access.approvals import register
from access.models import Approval, Case, User
from access.vocabulary import Channel, Role
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import Workflow

SCOPE, KEY = "case-scope", "case-customer-key"
GUEST_ROLES = (Role.REGULATOR, Role.AUDITOR)
Status = Case.Status
CASE = Workflow(
    {
        "open": (frozenset({Status.WAITING.value}), Status.OPEN.value),
        "return": (frozenset({Status.WAITING.value}), Status.RETURNED.value),
        "close": (frozenset({Status.OPEN.value, Status.WAITING.value}), Status.CLOSED.value),
    }
)


class NotOfTheCase(CustodianError):
    """The case does not cover this customer, or the key was released already."""

    code = "not-of-the-case"
    message = _("该客户不在案件范围内，或密钥已经放行")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a case is opened with; days are the office's, `access_until` is a moment."""

    title: str
    office: str
    letter: str
    since: date
    until: date
    everything: bool
    operators: Sequence[User]
    customers: Sequence[UUID]
    units: Sequence[str]
    guests: Sequence[User]
    access_until: datetime


def open_case(terms: Terms, *, actor: Actor) -> Case:
    """Write the case down; it opens when somebody else has approved its scope."""
    with transaction.atomic():
        ref = _next_ref()
        payload = _payload(ref, terms)
        gate.authorise(
            actor,
            Action.CASE_OPEN,
            channel=Channel.ADMIN,
            facts={"case": ref, "digest": approvals.digest_of(SCOPE, payload)},
        )
        case = Case.objects.create(
            ref=ref,
            title=terms.title,
            office=terms.office,
            letter=terms.letter,
            since=terms.since,
            until=terms.until,
            everything=terms.everything,
            operators=[user.ref for user in terms.operators],
            customers=list(terms.customers),
            called={str(uid): ref for uid, ref in called(terms.customers).items()},
            units=list(terms.units),
            access_until=terms.access_until,
            opened_by_id=actors.person(actor),
            approval=approvals.request(SCOPE, payload, actor=actor),
        )
        case.guests.set(terms.guests)
    return case


def close(case: Case, *, actor: Actor) -> None:
    """End the case now: its guests see nothing of it from the next request on."""
    with transaction.atomic():
        gate.authorise(actor, Action.CASE_CLOSE, channel=Channel.ADMIN, facts={"case": case.ref})
        CASE.move(case, "close", {"closed_at": clock.now()})
        if case.approval.status == approvals.Status.WAITING:
            approvals.APPROVAL.move(case.approval, "void")


def ask_for_key(case: Case, customer: UUID, *, actor: Actor) -> Approval:
    """Ask that one customer's log key goes into the case's bundles; raises `NotOfTheCase`."""
    if customer not in case.customers or customer in case.key_customers:
        raise NotOfTheCase
    payload = {"case": case.ref, "customer": str(customer)}
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.CASE_OPEN,
            channel=Channel.ADMIN,
            facts={"case": case.ref, "key": 1, "digest": approvals.digest_of(KEY, payload)},
        )
        return approvals.request(KEY, payload, actor=actor)


def _next_ref() -> str:
    year = clock.local().year
    taken = Case.objects.filter(ref__startswith=f"R-{year}-").count()
    return f"R-{year}-{taken + 1:02d}"


def _payload(ref: str, terms: Terms) -> dict[str, Any]:
    return {
        "case": ref,
        "title": terms.title,
        "office": terms.office,
        "letter": terms.letter,
        "since": terms.since.isoformat(),
        "until": terms.until.isoformat(),
        "everything": terms.everything,
        "operators": sorted(str(user.ref) for user in terms.operators),
        "customers": sorted(map(str, terms.customers)),
        "units": sorted(terms.units),
        "guests": sorted(str(user.ref) for user in terms.guests),
        "access_until": terms.access_until.isoformat(),
    }


class _Scope:
    """Opening a case: the scope once, so that bundles inside it need nobody."""

    action = Action.CASE_APPROVE
    roles = frozenset({Role.COMPLIANCE_OFFICER})

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        who = _people([*payload["operators"], *payload["guests"]])
        end = clock.local(datetime.fromisoformat(payload["access_until"]))
        return [
            (_("案件"), [payload["case"]]),
            (_("事由"), [payload["title"]]),
            (_("监管机构"), [payload["office"]]),
            (_("函号"), [payload["letter"] or "—"]),
            (_("时段"), [f"{payload['since']} – {payload['until']}"]),
            (_("范围"), _scope_words(payload, who)),
            (_("案件人员"), [who[ref] for ref in payload["guests"]]),
            (_("访问至"), [f"{end:%Y-%m-%d %H:%M}"]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        CASE.move(Case.objects.get(approval=approval), "open")

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        CASE.move(Case.objects.get(approval=approval), "return")


class _Key:
    """A customer's log key leaves only with its own approval: it links every look at her."""

    action = Action.CASE_APPROVE
    roles = frozenset({Role.COMPLIANCE_OFFICER})

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        return [
            (_("案件"), [payload["case"]]),
            (_("放行日志密钥"), list(called([UUID(payload["customer"])]).values())),
            (_("后果"), [_("持有密钥的人可以认出该客户的全部查询记录")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        case = Case.objects.select_for_update().get(ref=approval.payload["case"])
        case.key_customers = [*case.key_customers, UUID(approval.payload["customer"])]
        case.save(update_fields=["key_customers"])

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def called(uids: Iterable[UUID]) -> dict[UUID, str]:
    """The customers' references as far as the acting person may see them."""
    wanted = list(uids)
    known = ports.customers().called(wanted)
    return {uid: known[uid].ref if uid in known else str(_("范围以外的客户")) for uid in wanted}


def _people(refs: Iterable[str]) -> dict[str, str]:
    wanted = set(refs)
    known = {str(user.ref): str(user) for user in User.objects.filter(ref__in=wanted)}
    return {ref: known.get(ref, ref) for ref in wanted}


def _scope_words(payload: Mapping[str, Any], who: Mapping[str, str]) -> list[Any]:
    if payload["everything"]:
        return [_("时段内全部条目")]
    customers = called(map(UUID, payload["customers"]))
    return [
        *(who[ref] for ref in payload["operators"]),
        *(customers[uid] for uid in map(UUID, payload["customers"])),
        *payload["units"],
    ]


register(SCOPE, _Scope())
register(KEY, _Key())
