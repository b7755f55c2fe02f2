"""Which clock starts, stands still and stops by which step, and that nobody can set one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from access import approvals, findings, scopes
from access.models import Approval, Finding, User, WorkItem
from access.vocabulary import Role
from custodian import clock, clocked
from custodian.regimes import deadlines
from records.claim_handling import clocks, examining, paying, terms, watching
from records.claim_handling.examining import Needed
from records.claim_handling.terms import Terms
from records.models import Claim, ClaimClock, ClaimNeed, ClaimStep
from tests import estate
from tests.claims.house import MORNING, House
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
DECISION, ADVANCE, PAYMENT, NOTICE, PAPERS = (
    *("CN-CLAIM-30D", "CN-CLAIM-60D", "CN-CLAIM-10D"),
    *("CN-CLAIM-3D", "CO-CLAIM-PAPERS"),
)


@pytest.fixture
def house():
    with clock.at(MORNING):
        yield House()


def last_day(row: ClaimClock) -> date:
    return deadlines.last_day(row.due_at)


# -- pure: what the steps say -------------------------------------------------------------------


@dataclass
class Step:
    code: str
    at: datetime | None
    day: date | None = None
    imported: bool = False


def at(day: int) -> datetime:
    return MORNING + timedelta(days=day)


def told(*steps: Step) -> dict[str, clocks.Running]:
    return {each.rule: each for each in clocks.running(steps)}  # type: ignore[arg-type]


def test_the_report_starts_the_decision_the_papers_and_the_advance():
    found = told(Step("reported", at(0)))
    assert {rule: each.start for rule, each in found.items()} == dict.fromkeys(
        (DECISION, PAPERS, ADVANCE), at(0)
    )
    assert all(each.stop is None and each.paused_at is None for each in found.values())


def test_the_notice_stops_its_own_clock_and_holds_the_decision_until_all_has_come():
    asked = (Step("reported", at(0)), Step("papers-asked", at(2)))
    found = told(*asked)
    assert (found[PAPERS].stop, found[DECISION].paused_at) == (at(2), at(2))
    assert ADVANCE not in found
    found = told(*asked, Step("papers-complete", at(9)))
    assert (found[DECISION].paused_at, found[DECISION].waited) == (None, timedelta(days=7))
    assert found[ADVANCE].start == at(9)


def test_the_decision_stops_what_ran_and_starts_what_follows():
    base = (Step("reported", at(0)), Step("papers-complete", at(0)))
    found = told(*base, Step("approved", at(5)), Step("agreed", at(6)), Step("paid", at(8)))
    assert (found[DECISION].stop, found[ADVANCE].stop) == (at(5), at(5))
    assert (found[PAYMENT].start, found[PAYMENT].stop, NOTICE in found) == (at(6), at(8), False)
    found = told(*base, Step("rejected", at(5)), Step("notice-sent", at(6)))
    assert (found[NOTICE].start, found[NOTICE].stop, PAYMENT in found) == (at(5), at(6), False)


def test_an_advance_that_was_paid_stops_the_sixty_days_and_not_the_thirty():
    found = told(Step("reported", at(0)), Step("advance", at(3)), Step("advance-paid", at(4)))
    assert (found[ADVANCE].stop, found[DECISION].stop) == (at(4), None)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([Step("reported", None, date(2026, 11, 1), imported=True)], {DECISION}),
        ([Step("reported", None, None, imported=True)], set()),
        (
            [
                Step("reported", None, date(2026, 11, 1), imported=True),
                Step("rejected", None, date(2026, 11, 2), imported=True),
            ],
            set(),
        ),
    ],
)
def test_no_clock_runs_from_a_day_that_the_book_does_not_tell(steps, expected):
    assert set(told(*steps)) == expected


# -- as they are kept ---------------------------------------------------------------------------


def test_days_end_at_midnight_of_the_last_one(house):
    found = house.clocks(house.file())
    assert last_day(found[DECISION]) == date(2026, 12, 2)
    assert last_day(found[ADVANCE]) == date(2027, 1, 1)
    assert last_day(found[PAPERS]) == date(2026, 11, 7)


def test_what_is_waited_for_papers_is_added_and_the_rest_runs_on(house):
    claim = house.taken()
    with house.on(2):
        house.do(examining.ask_for, claim, [Needed("medical")])
    row = house.clocks(claim)[DECISION]
    assert row.paused_at == house.now + timedelta(days=2)
    with scopes.acting(estate.system()):
        assert not ClaimClock.objects.ticking().filter(pk=row.pk).exists()
        (need,) = ClaimNeed.objects.filter(claim=claim).select_related("claim")
    with house.on(40):
        assert row.state() == deadlines.State.RUNNING
        house.do(examining.receive, need)
    found = house.clocks(claim)
    assert last_day(found[DECISION]) == date(2026, 12, 2) + timedelta(days=38)
    assert found[ADVANCE].started_at == house.now + timedelta(days=40)


def test_a_contract_may_say_otherwise_and_what_began_stays(house):
    before = house.file()
    with estate.acting(house.officer) as actor:
        product = house.policy.product
        asked = terms.propose(product, Terms(decide_days=45), reason="条款第 9 条", actor=actor)
    second = estate.user(Role.COMPLIANCE_OFFICER, unit_=house.unit, name="刘敏")
    User.objects.filter(pk=second.pk).update(role_since=house.now.replace(month=9))
    with estate.acting(second, stepped_up=True) as actor:
        approvals.approve(Approval.objects.get(pk=asked.pk), seen=asked.digest, actor=actor)
    claim = house.file()
    assert last_day(house.clocks(claim)[DECISION]) == date(2026, 12, 17)
    assert last_day(house.clocks(claim)[ADVANCE]) == date(2027, 1, 1)
    with estate.acting(house.handler) as actor:
        examining.take(before, channel="desk", actor=actor)
        examining.complete(house.again(before), channel="desk", actor=actor)
    assert last_day(house.clocks(before)[DECISION]) == date(2026, 12, 2)


def test_payment_stops_on_its_day_and_a_late_one_stays_late(house):
    claim = house.taken()
    house.propose(claim)
    with house.on(14):
        house.pay(house.again(claim), on=date(2026, 11, 14))
    row = house.clocks(claim)[PAYMENT]
    assert clock.local(row.stopped_at).date() == date(2026, 11, 14)
    assert not row.on_time


def test_the_letter_of_a_refusal_has_three_days(house):
    claim = house.taken()
    house.approve(house.reject(claim))
    assert last_day(house.clocks(claim)[NOTICE]) == date(2026, 11, 5)
    with house.on(1):
        house.do(paying.send_notice, house.again(claim))
    assert house.clocks(claim)[NOTICE].on_time


def test_clocks_stand_as_their_facts_tell_and_a_moved_one_is_found(house):
    claim = house.taken()
    with scopes.acting(estate.system()):
        assert list(clocked.altered()) == []
        late = house.clocks(claim)[DECISION]
        ClaimClock.objects.filter(pk=late.pk).update(due_at=late.due_at + timedelta(days=30))
        assert [each.pk for each in clocked.altered()] == [late.pk]


def test_steps_are_not_rewritten(house):
    claim = house.taken()
    with (
        scopes.acting(estate.system()),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        ClaimStep.objects.filter(claim=claim).update(at=MORNING)


# -- the watch ----------------------------------------------------------------------------------


def open_findings() -> list[tuple[str, str, str]]:
    rows = Finding.objects.filter(kind=watching.KIND, status="open").order_by("pk")
    return [(each.facts["rule"], each.facts["step"], each.severity) for each in rows]


def test_near_is_told_once_late_once_more_and_in_the_same_finding(house):
    claim = house.taken()
    with house.on(1):
        house.do(examining.complete, claim)
    with house.on(20):
        watching.carry_out()
        assert open_findings() == []
    with house.on(24):
        for _ in range(3):
            watching.carry_out()
        assert open_findings() == [(DECISION, "near", "low")]
    with house.on(31):
        for _ in range(3):
            watching.carry_out()
        assert open_findings() == [(DECISION, "late", "high")]
        (finding,) = Finding.objects.filter(kind=watching.KIND)
        assert finding.operator == house.handler
        assert claim.ref in finding.words
        with estate.acting(house.officer) as actor:
            findings.decide(finding, "warning", note="已督办", channel="admin", actor=actor)
        watching.carry_out()
        assert open_findings() == []


def test_what_stands_still_or_is_done_is_not_told(house):
    waiting, decided = house.taken(), house.taken()
    house.do(examining.ask_for, waiting, [Needed("medical")])
    house.propose(decided)
    house.pay(house.again(decided))
    with house.on(100):
        watching.carry_out()
        assert open_findings() == []


@pytest.mark.parametrize(
    ("status", "decided_on", "steps"),
    [
        ("reported", None, [("reported", date(2026, 10, 20))]),
        ("examining", None, [("reported", date(2026, 10, 20)), ("taken", None)]),
        (
            "paid",
            date(2026, 10, 28),
            [("reported", date(2026, 10, 20)), ("approved", None), ("paid", date(2026, 10, 28))],
        ),
        ("rejected", None, [("reported", date(2026, 10, 20)), ("rejected", None)]),
    ],
)
def test_imported_claims_get_steps_that_fit_and_no_day_is_made_up(house, status, decided_on, steps):
    claim = desk_estate.claim(house.customer, house.policy)
    with scopes.acting(estate.system()):
        Claim.objects.filter(pk=claim.pk).update(
            status=status, reported_on=date(2026, 10, 20), decided_on=decided_on
        )
    watching.carry_out()
    watching.carry_out()
    with scopes.acting(estate.system()):
        rows = ClaimStep.objects.filter(claim=claim).order_by("pk")
        assert [(each.code, each.day) for each in rows] == steps
        assert all(each.at is None and each.imported and each.by is None for each in rows)
        item = Claim.objects.get(pk=claim.pk).item_id
    if decided_on or status == "rejected":
        assert (item, house.clocks(claim)) == (None, {})
        return
    found = house.clocks(claim)
    assert set(found) == {DECISION}
    assert last_day(found[DECISION]) == date(2026, 11, 19)
    with scopes.acting(estate.system()):
        assert WorkItem.objects.get(pk=item).opened_by is None
    house.do(examining.take, house.again(claim))
    assert house.again(claim).status == "examining"
