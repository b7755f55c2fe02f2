"""The demo's legal holds: one on a complaint, one by rule that somebody wants to end, and one that waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from access import actors, approvals, scopes
from access.models import Approval, User, WorkItem
from access.vocabulary import Role
from custodian import clock
from records import legal_holds
from records.legal_holds import selectors
from records.legal_holds.covering import Draft
from records.models import Customer, LegalHold

OFFICER, SECOND = "C0217", "C0218"
Ground = LegalHold.Ground


def begin(people: Mapping[str, User]) -> None:
    """As one officer, approved by the other; the last was asked for by the office of security."""
    officer = actors.staff(people[OFFICER])
    guard = next(each for each in people.values() if each.role == Role.SECURITY_OFFICER)
    with scopes.acting(officer):
        complaint = WorkItem.objects.filter(kind="complaint").exclude(number="").first()
        first = Customer.objects.order_by("pk").values_list("ref", flat=True)[:1]
        rule = selectors.of_rule("policies", {"claim": "accident"})
        customer = selectors.of_customers(list(first))
        named = selectors.of_case(complaint.number) if complaint else None
    if named:
        hold = _placed(named, Ground.DISPUTE, "投诉未结，客户可能起诉", people[OFFICER])
        _approve(hold.approval, people[SECOND])
    hold = _placed(rule, Ground.LIMITATION, "意外赔案的请求权时效未满", people[OFFICER])
    _approve(hold.approval, people[SECOND])
    with scopes.acting(officer):
        legal_holds.ask_release(hold, reason="时效均已届满", actor=officer)
    _placed(customer, Ground.AML, "可疑交易正在核实", guard)


def _placed(draft: Draft, ground: str, reason: str, person: User) -> LegalHold:
    day = clock.local().date() + timedelta(days=180)
    actor = actors.staff(person)
    with scopes.acting(actor):
        return legal_holds.place(draft, ground=ground, reason=reason, review_on=day, actor=actor)


def _approve(approval: Approval, person: User) -> None:
    actor = actors.staff(person, stepped_up=True)
    with scopes.acting(actor):
        approvals.approve(approval, seen=approval.digest, actor=actor)
