"""Opening, approving and closing a case of a supervising office or an auditor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, ports
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged, register
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


class NotOpen(CustodianError):
    """What is asked for needs a case that was approved and has not ended."""

    code = "case-not-open"
    status = 409
    message = _("案件没有开放，或已经结束")


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
        case = _drafted(terms, actor)
        payload = content(case, terms.guests)
        gate.authorise(
            actor,
            Action.CASE_OPEN,
            channel=Channel.ADMIN,
            facts={"case": case.ref, "digest": approvals.digest_of(SCOPE, payload)},
        )
        case.approval = approvals.request(SCOPE, payload, actor=actor)
        case.save()
        case.guests.set(terms.guests)
    return case


def close(case: Case, *, actor: Actor) -> None:
    """End the case now: its guests see nothing of it from the next request on."""
    with transaction.atomic():
        gate.authorise(actor, Action.CASE_CLOSE, channel=Channel.ADMIN, facts={"case": case.ref})
        # In the order in which a decision takes them, so that neither waits for the other.
        waiting = list(_waiting(case).select_for_update())
        CASE.move(case, "close", {"closed_at": clock.now()})
        for approval in waiting:
            approvals.void(approval)


def remove_guest(case: Case, person: User, *, channel: str, actor: Actor) -> None:
    """Take one person out of an open case: he sees nothing of it from the next request on."""
    with transaction.atomic():
        held = _held(case.ref)
        facts = {"case": held.ref, "target": str(person.ref)}
        gate.authorise(actor, Action.CASE_CLOSE, channel=channel, facts=facts)
        held.guests.remove(person)
        held.former_guests = sorted({*held.former_guests, person.ref})
        held.save(update_fields=["former_guests"])


def ask_for_key(case: Case, customer: UUID, *, actor: Actor) -> Approval:
    """Ask that one customer's log key goes into the bundles; raises `NotOpen`, `NotOfTheCase`."""
    payload = {"case": case.ref, "customer": str(customer)}
    with transaction.atomic():
        held = _held(case.ref)
        if customer not in held.customers or customer in {*held.key_customers, *keys_asked(held)}:
            raise NotOfTheCase
        gate.authorise(
            actor,
            Action.CASE_OPEN,
            channel=Channel.ADMIN,
            facts={"case": case.ref, "key": 1, "digest": approvals.digest_of(KEY, payload)},
        )
        return approvals.request(KEY, payload, actor=actor)


def keys_asked(case: Case) -> list[UUID]:
    """Customers whose key is asked for and not decided."""
    return [UUID(each.payload["customer"]) for each in _waiting(case).filter(kind=KEY)]


def altered() -> Iterator[Case]:
    """Cases that give access to something else than what was approved."""
    for case in Case.objects.filter(status=Status.OPEN).select_related("approval"):
        approved = case.approval.status == approvals.Status.APPROVED
        same = case.approval.digest == approvals.digest_of(SCOPE, content(case, _approved(case)))
        released = Approval.objects.filter(
            kind=KEY, status=approvals.Status.APPROVED, payload__case=case.ref
        )
        keys = {UUID(each.payload["customer"]) for each in released}
        if not (approved and same and keys.issuperset(case.key_customers)):
            yield case


def _approved(case: Case) -> list[User]:
    """Its guests and those who were taken out again; nobody is both."""
    guests = list(case.guests.all())
    if {guest.ref for guest in guests} & set(case.former_guests):
        return []
    return [*guests, *User.objects.filter(ref__in=case.former_guests)]


def _waiting(case: Case) -> QuerySet[Approval]:
    return Approval.objects.waiting().filter(kind__in=(SCOPE, KEY), payload__case=case.ref)


def _held(ref: str) -> Case:
    """The case, if it is open, until the end of the transaction."""
    found = Case.objects.open().select_for_update().filter(ref=ref).first()
    if found is None:
        raise NotOpen
    return found


def _drafted(terms: Terms, actor: Actor) -> Case:
    return Case(
        ref=_next_ref(),
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
    )


def _next_ref() -> str:
    # Until the commit, so that two cases opened at once do not get one number.
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE access_case IN SHARE ROW EXCLUSIVE MODE")
    year = clock.local().year
    taken = Case.objects.filter(ref__startswith=f"R-{year}-").count()
    return f"R-{year}-{taken + 1:02d}"


def content(case: Case, guests: Iterable[User]) -> dict[str, Any]:
    """All that is approved; whatever of it is another later was not approved."""
    return {
        "case": case.ref,
        "title": case.title,
        "office": case.office,
        "letter": case.letter,
        "since": case.since.isoformat(),
        "until": case.until.isoformat(),
        "everything": case.everything,
        "operators": sorted(map(str, case.operators)),
        "customers": sorted(map(str, case.customers)),
        "units": sorted(case.units),
        "guests": sorted({str(user.ref) for user in guests}),
        "access_until": case.access_until.astimezone(UTC).isoformat(),
    }


class _Scope:
    """Opening a case: the scope once, so that bundles inside it need nobody."""

    action = Action.CASE_APPROVE
    label = _("案件范围")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:case", args=[payload["case"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        return frozenset(map(UUID, payload["operators"]))

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
        case = Case.objects.select_for_update().get(approval=approval)
        if content(case, case.guests.all()) != approval.payload:
            raise ContentChanged
        CASE.move(case, "open")

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        CASE.move(Case.objects.get(approval=approval), "return")


class _Key:
    """A customer's log key leaves only with its own approval: it links every look at her."""

    action = Action.CASE_APPROVE
    label = _("放行客户的日志密钥")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:case", args=[payload["case"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A customer is nobody's colleague."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        return [
            (_("案件"), [payload["case"]]),
            (_("放行日志密钥"), list(called([UUID(payload["customer"])]).values())),
            (_("后果"), [_("持有密钥的人可以认出该客户的全部查询记录")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        case = _held(approval.payload["case"])
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
