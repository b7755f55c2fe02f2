"""Who may approve stands in a table: who is new, near or meant himself may not, and two yeses are two people."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from access import approval_rules, approvals, rechecking, reporting
from access.approval_rules import Terms
from access.approvals import ContentChanged
from access.gate import Refused, StepUpNeeded
from access.models import Approval, ApprovalRule, Finding, User
from access.vocabulary import Role
from custodian import clock, invariants
from custodian.invariants import Options
from tests import estate
from tests.access.houses import written

pytestmark = pytest.mark.xdist_group("approval-rules")
OFFICER = Role.COMPLIANCE_OFFICER


@pytest.fixture(scope="module", autouse=True)
def others(house):
    """Whoever else may approve where two or three have to."""
    return [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("何静", "吕平")]


@pytest.fixture
def ruled(house):
    """Change the rule of a kind for one test."""
    changed = []

    def change(kind="case-scope", **terms):
        rule = approvals.rule_for(kind)
        changed.append((rule.pk, {name: getattr(rule, name) for name in terms}))
        ApprovalRule.objects.filter(pk=rule.pk).update(**terms)

    yield change
    for pk, before in reversed(changed):
        ApprovalRule.objects.filter(pk=pk).update(**before)


def officer(**more):
    return estate.user(OFFICER, name="高远", **more)


def refusal(house, approval, person):
    with written() as leaves, pytest.raises(Refused) as refused:
        house.approve(approval, by=person)
    assert [(leaf["act"], leaf["why"]) for leaf in leaves] == [
        ("denied", list(refused.value.decision.because))
    ]
    return refused.value.decision.because[0]


def state(house, case):
    found = house.now(case)
    return house.now(found.approval).status, found.status


WAITING, OPEN = ("waiting", "waiting"), ("approved", "open")


# New, near, meant


def test_a_new_approver_waits(house):
    case = house.asked()
    fresh = officer(role_since=clock.now() - timedelta(days=3) + timedelta(minutes=1))
    assert refusal(house, case.approval, fresh) == "new-approver"
    User.objects.filter(pk=fresh.pk).update(role_since=clock.now() - timedelta(days=3))
    house.approve(case.approval, by=fresh)
    assert state(house, case) == OPEN


@pytest.mark.parametrize("changes", [{"role": Role.AUDITOR}, {"is_active": False}])
def test_whoever_comes_into_a_role_is_new_in_it(house, changes):
    person = officer()
    before = person.role_since
    User.objects.filter(pk=person.pk).update(**changes)
    User.objects.filter(pk=person.pk).update(role=OFFICER, is_active=True)
    person.refresh_from_db()
    assert person.role_since > before
    assert refusal(house, house.asked().approval, person) == "new-approver"


def test_neither_superior_nor_subordinate_approves(house):
    """Through any number of steps."""
    case = house.asked()
    top, below = officer(), officer()
    middle = estate.user(Role.AUDITOR, manager=top)
    User.objects.filter(pk=house.first.pk).update(manager=middle)
    User.objects.filter(pk=below.pk).update(manager=house.first)
    try:
        assert reporting.above(below.pk) == {house.first.pk, middle.pk, top.pk}
        for person in (top, below):
            assert refusal(house, case.approval, person) == "reporting-line"
        house.approve(case.approval)
    finally:
        User.objects.filter(pk=house.first.pk).update(manager=None)
    assert state(house, case) == OPEN


def test_people_who_report_in_a_circle_end_somewhere(house):
    one, other = officer(), officer()
    User.objects.filter(pk=one.pk).update(manager=other)
    User.objects.filter(pk=other.pk).update(manager=one)
    assert reporting.above(one.pk) == {one.pk, other.pk}
    assert reporting.related(one.pk, other.pk)


def test_nobody_approves_a_case_about_himself_or_about_his_people(house):
    person = officer()
    boss = officer()
    User.objects.filter(pk=person.pk).update(manager=boss)
    case = house.asked(operators=[person])
    assert refusal(house, case.approval, person) == "about-you"
    assert refusal(house, case.approval, boss) == "reporting-line"
    house.approve(case.approval)


def test_a_rule_without_relations_keeps_only_the_requester_away(house, ruled):
    ruled(excluded=[])
    person = officer()
    case = house.asked(operators=[person])
    assert refusal(house, case.approval, house.first) == "own-request"
    house.approve(case.approval, by=person)
    assert state(house, case) == OPEN


def test_without_a_fresh_second_factor_nobody_approves_past_the_page_either(house):
    case = house.asked()
    with estate.acting(house.second) as actor, pytest.raises(StepUpNeeded):
        approvals.approve(case.approval, seen=case.approval.digest, actor=actor)
    assert state(house, case) == WAITING


# Several


def test_two_yeses_are_of_two_people_and_only_the_second_begins(house, ruled):
    ruled(needed=2)
    case, third = house.asked(), officer()
    house.approve(case.approval)
    assert state(house, case) == WAITING
    with pytest.raises(ContentChanged):
        house.approve(case.approval)
    assert state(house, case) == WAITING
    house.approve(case.approval, by=third)
    assert state(house, case) == OPEN
    said = [each.decided_by for each in house.now(case.approval).decisions.all()]
    assert said == [house.second, third]


def test_one_no_is_enough(house, ruled):
    ruled(needed=2)
    case, third = house.asked(), officer()
    house.approve(case.approval)
    with estate.acting(third, stepped_up=True) as actor:
        approvals.send_back(case.approval, seen=case.approval.digest, note="不", actor=actor)
    assert state(house, case) == ("returned", "returned")


def test_of_fifty_at_once_two_count_and_one_begins(house, ruled):
    ruled(needed=2)
    case = house.asked()
    people = [house.second, officer(), officer()]

    def attempt(number):
        try:
            house.approve(house.now(case.approval), by=people[number % 3])
        except ContentChanged:
            return 409
        else:
            return 200
        finally:
            connection.close()

    with written() as leaves, ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(attempt, range(50)))
    assert answers == [200, 200, *[409] * 48]
    assert [leaf["yes"] for leaf in leaves] == [1, 2]
    assert state(house, case) == OPEN


def test_the_page_shows_both_seats(house, ruled):
    ruled(needed=2)
    case = house.asked()
    house.approve(case.approval)
    third = officer()
    address = reverse("admin:approval", args=[case.approval.ref])
    page = house.browser(third, fresh=True).get(address).content.decode()
    assert house.second.name in page
    assert "核对并批准" in page
    again = house.browser(house.second, fresh=True).get(address).content.decode()
    assert "您已经复核过，还需另一人" in again


# By hand


FORGERIES = {
    "approved by hand": "UPDATE access_approval SET status = 'approved', decided_by_id = %(second)s, decided_at = now() WHERE id = %(id)s",
    "another content": "UPDATE access_approval SET payload = payload || '{\"everything\": true}' WHERE id = %(id)s",
    "another requester": "UPDATE access_approval SET requested_by_id = %(second)s WHERE id = %(id)s",
    "a yes by hand": "INSERT INTO access_approvaldecision (approval_id, decided_by_id, decided_at, approves, digest) SELECT id, %(second)s, now(), true, digest FROM access_approval WHERE id = %(id)s",
    "an easier rule": "UPDATE access_approval SET rule_id = (SELECT max(id) FROM access_approvalrule) WHERE id = %(id)s",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_approval_changed_by_hand_is_found_and_approved_by_nobody(house, forgery):
    case = house.asked()
    assert list(approvals.altered()) == []
    with connection.cursor() as cursor:
        cursor.execute(FORGERIES[forgery], {"id": case.approval.pk, "second": house.second.pk})
    assert [each.pk for each in approvals.altered()] == [case.approval.pk]
    assert str(case.approval.ref) in invariants.broken(Options())["approvals"]
    third = officer()
    with estate.acting(third, stepped_up=True) as actor, pytest.raises((ContentChanged, Refused)):
        approvals.approve(house.now(case.approval), seen=case.approval.digest, actor=actor)
    assert house.now(case).status == "waiting"
    assert (rechecking.carry_out(), rechecking.carry_out()) == (1, 0)
    found = Finding.objects.filter(kind=rechecking.KIND).latest("found_at")
    assert (found.severity, found.facts["approval"]) == ("urgent", str(case.approval.ref))
    assert "案件范围" in found.words
    with house.everywhere():
        approvals.seal(house.now(case.approval))


def test_withdrawing_what_was_changed_by_hand_does_not_hide_it(house):
    case = house.asked()
    with connection.cursor() as cursor:
        changes = FORGERIES["another requester"]
        cursor.execute(changes, {"id": case.approval.pk, "second": house.second.pk})
    house.close(case)
    assert house.now(case.approval).status == "void"
    assert [each.pk for each in approvals.altered()] == [case.approval.pk]
    with house.everywhere():
        approvals.seal(house.now(case.approval))


# Changing the rule itself


def terms(rule, **changes):
    return Terms(**{**approval_rules.terms_of(rule), **changes})


def test_a_rule_is_changed_by_two_and_holds_for_what_is_asked_later(house):
    before = house.asked()
    rule = approvals.rule_for("case-scope")
    with estate.acting(house.first) as actor:
        asked = approval_rules.propose(
            "case-scope", terms(rule, needed=2), reason="从严", actor=actor
        )
    assert approvals.rule_for("case-scope") == rule
    house.approve(asked)
    try:
        after = house.asked()
        assert (after.approval.rule.version, after.approval.rule.needed) == (rule.version + 1, 2)
        house.approve(before.approval)
        house.approve(after.approval)
        assert (state(house, before), state(house, after)) == (OPEN, WAITING)
    finally:
        ApprovalRule.objects.filter(kind="case-scope", until=None).update(needed=1)


def test_a_change_that_nobody_could_ever_satisfy_is_refused(house):
    rule = approvals.rule_for("case-scope")
    people = User.objects.filter(is_active=True, role=Role.SECURITY_OFFICER).count()
    asked = terms(rule, approvers=["security_officer"], needed=people)
    with estate.acting(house.first) as actor, pytest.raises(approval_rules.TooFew):
        approval_rules.propose("case-scope", asked, reason="x", actor=actor)


def test_one_change_at_a_time(house):
    rule = approvals.rule_for("case-customer-key")
    with estate.acting(house.first) as actor:
        first = approval_rules.propose(
            "case-customer-key", terms(rule, needed=2), reason="x", actor=actor
        )
        with pytest.raises(approval_rules.Pending):
            approval_rules.propose(
                "case-customer-key", terms(rule, needed=3), reason="x", actor=actor
            )
    with estate.acting(house.second, stepped_up=True) as actor:
        approvals.send_back(first, seen=first.digest, note="不", actor=actor)


FORM = {
    "requesters": ["compliance_officer"], "approvers": ["compliance_officer", "security_officer"],
    "excluded": ["line"], "needed": "1", "step_up": "on", "cooling_days": "7", "reason": "从严",
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_table_and_its_form_in_the_back_office(house, language):
    client = house.browser(house.first, language=language)
    page = client.get(reverse("admin:approval_rules")).content.decode()
    assert reverse("admin:approval_rule", args=["policy-rule"]) in page
    answer = client.post(reverse("admin:approval_rule", args=["policy-rule"]), FORM)
    assert answer.status_code == 302
    asked = Approval.objects.waiting().get(kind=approval_rules.KIND)
    shown = client.get(answer["Location"]).content.decode()
    assert "3 → 7" in shown
    again = client.post(reverse("admin:approval_rule", args=["policy-rule"]), FORM)
    assert again.status_code == 422
    with estate.acting(house.second, stepped_up=True) as actor:
        approvals.send_back(asked, seen=asked.digest, note="不", actor=actor)
