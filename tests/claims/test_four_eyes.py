"""Above the limit, on refusals and on what one filed oneself a second person decides, over exactly that (A22)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from access import approvals, scopes
from access.approvals import ContentChanged
from access.gate import Refused
from access.models import Approval, Finding, User
from access.vocabulary import Role
from custodian import clock
from records import vault
from records.claim_handling import deciding, paying, terms
from records.claim_handling.terms import Terms
from records.models import Claim, ClaimDecision, ClaimTerms
from tests import estate
from tests.claims.house import MORNING, House

pytestmark = pytest.mark.django_db
BIG = "50000.01"


@pytest.fixture
def house():
    with clock.at(MORNING):
        yield House()


def alter(sql: str, *values: object) -> None:
    """As somebody with SQL would."""
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_up_to_the_limit_one_decides_and_a_cent_more_takes_two(house):
    assert house.propose(house.taken(), amount="50000.00").status == "effective"
    decision = house.propose(house.taken(), amount=BIG)
    assert (decision.status, decision.approval.payload["why"]) == ("waiting", ["amount"])
    assert house.again(decision.claim).status == "examining"
    house.approve(decision)
    assert house.again(decision.claim).status == "approved"


def test_nobody_approves_what_he_proposed_himself(house):
    """A22."""
    decision = house.propose(house.taken(), amount=BIG)
    with pytest.raises(Refused) as refused:
        house.approve(decision, by=house.handler)
    assert refused.value.decision.because == ("own-request",)
    assert house.again(decision.claim).status == "examining"


def test_neither_does_his_superior_nor_somebody_new_nor_an_agent(house):
    decision = house.propose(house.taken(), amount=BIG)
    boss = estate.user(Role.CLAIMS_HANDLER, unit_=house.unit, name="沈悦")
    User.objects.filter(pk=boss.pk).update(role_since=house.second.role_since)
    User.objects.filter(pk=house.handler.pk).update(manager=boss)
    fresh = estate.user(Role.CLAIMS_HANDLER, unit_=house.unit, role_since=clock.now())
    for person, why in (
        (boss, "reporting-line"),
        (fresh, "new-approver"),
        (house.agent, "role-not-covered"),
    ):
        with pytest.raises(Refused) as refused:
            house.approve(decision, by=person)
        assert refused.value.decision.because == (why,)


def test_a_second_handler_out_of_reach_cannot_decide(house):
    decision = house.propose(house.taken(), amount=BIG)
    far = estate.user(Role.CLAIMS_HANDLER, unit_=estate.unit("NJ"))
    User.objects.filter(pk=far.pk).update(role_since=house.now.replace(month=9))
    with pytest.raises(ContentChanged):
        house.approve(decision, by=far)
    assert house.again(decision.claim).status == "examining"


def test_what_one_filed_oneself_one_does_not_decide_alone(house):
    claim = house.taken(by=house.handler)
    decision = house.propose(claim, amount="10.00")
    assert decision.approval.payload["why"] == ["own-filing"]


def test_an_amount_put_under_a_proposal_before_the_yes_is_not_approved(house):
    """A22: edited after it was asked for."""
    small = house.propose(house.taken(), amount="60000.00")
    large = house.propose(house.taken(), amount="90000.00")
    alter(
        "UPDATE records_claimdecision a SET decided_amount_sealed = b.decided_amount_sealed"
        " FROM records_claimdecision b WHERE a.id = %s AND b.id = %s",
        small.pk, large.pk,
    )  # fmt: skip
    with pytest.raises((ContentChanged, vault.Damaged)):
        house.approve(small)
    assert house.again(small.claim).status == "examining"


def test_an_amount_put_under_a_decision_after_the_yes_is_not_paid(house):
    claim = house.taken()
    first = house.propose(claim, amount="60000.00")
    with estate.acting(house.handler) as actor:
        deciding.withdraw(first, channel="desk", actor=actor)
    second = house.propose(house.again(claim), amount="90000.00")
    house.approve(second)
    alter(
        "UPDATE records_claimdecision a SET decided_amount_sealed = b.decided_amount_sealed"
        " FROM records_claimdecision b WHERE a.id = %s AND b.id = %s",
        second.pk, first.pk,
    )  # fmt: skip
    with pytest.raises(vault.Damaged):
        house.pay(house.again(claim))
    assert house.again(claim).status == "approved"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_claimdecision SET approval_id = NULL WHERE id = %s",
        """UPDATE access_approval SET status = 'waiting', decided_at = NULL, decided_by_id = NULL
        WHERE id = (SELECT approval_id FROM records_claimdecision WHERE id = %s)""",
    ],
)
def test_a_decision_without_its_approval_is_not_paid(house, sql):
    claim = house.taken()
    decision = house.propose(claim, amount=BIG)
    house.approve(decision)
    alter(sql, decision.pk)
    with pytest.raises(paying.DecisionChanged):
        house.pay(house.again(claim))


def test_a_yes_is_worth_nothing_for_another_digest_and_only_once(house):
    decision = house.propose(house.taken(), amount=BIG)
    with estate.acting(house.second, stepped_up=True) as actor:
        approval = Approval.objects.select_related("rule").get(pk=decision.approval_id)
        with pytest.raises(ContentChanged):
            approvals.approve(approval, seen="0" * 64, actor=actor)
        approvals.approve(approval, seen=approval.digest, actor=actor)
        with pytest.raises((ContentChanged, Refused)):
            approvals.approve(approval, seen=approval.digest, actor=actor)
    assert house.steps(decision.claim).count("approved") == 1


def test_one_proposal_at_a_time_and_a_withdrawn_one_is_void(house):
    claim = house.taken()
    decision = house.propose(claim, amount=BIG)
    with pytest.raises(deciding.WaitsAlready):
        house.propose(claim, amount="10.00")
    house.do(deciding.withdraw, decision)
    assert Approval.objects.get(pk=decision.approval_id).status == "void"
    with pytest.raises((ContentChanged, Refused)):
        house.approve(decision)
    assert house.propose(house.again(claim), amount="10.00").status == "effective"


def test_a_returned_proposal_leaves_the_claim_in_examination(house):
    claim = house.taken()
    decision = house.reject(claim)
    with estate.acting(house.officer, stepped_up=True) as actor:
        approval = Approval.objects.select_related("rule").get(pk=decision.approval_id)
        approvals.send_back(approval, seen=approval.digest, note="条款引用有误", actor=actor)
    with scopes.acting(estate.system()):
        decision.refresh_from_db()
    assert (decision.status, house.again(claim).status) == ("returned", "examining")
    assert house.steps(claim)[-1] == "returned"


def test_the_officer_may_be_the_second_person(house):
    decision = house.reject(house.taken())
    house.approve(decision, by=house.officer)
    assert house.again(decision.claim).status == "rejected"


def test_the_limit_is_data_that_two_officers_change(house):
    second = estate.user(Role.COMPLIANCE_OFFICER, unit_=house.unit, name="刘敏")
    User.objects.filter(pk=second.pk).update(role_since=house.officer.role_since)
    User.objects.filter(pk=second.pk).update(role_since=house.now.replace(month=9))
    wanted = Terms(limit=Decimal("1000.00"), refusals=False)
    with estate.acting(house.officer) as actor:
        asked = terms.propose(None, wanted, reason="收紧", actor=actor)
        with pytest.raises(terms.Pending):
            terms.propose(None, Terms(limit=Decimal("2000.00")), reason="再收紧", actor=actor)
    assert terms.house().limit == Decimal("50000.00")
    with estate.acting(second, stepped_up=True) as actor:
        approvals.approve(Approval.objects.get(pk=asked.pk), seen=asked.digest, actor=actor)
    assert (terms.house().version, terms.house().limit) == (2, Decimal("1000.00"))
    assert house.propose(house.taken(), amount="1000.01").status == "waiting"
    assert house.reject(house.taken()).status == "effective"
    with estate.acting(house.officer) as actor, pytest.raises(terms.Unchanged):
        terms.propose(None, wanted, reason="同前", actor=actor)


def test_the_database_holds_the_same_line():
    with pytest.raises(IntegrityError, match="claim_terms_say_one_thing"), transaction.atomic():
        ClaimTerms.objects.create(product=None, limit=None, version=9)
    house = House()
    decision = house.propose(house.taken(occurred_on=None), amount="10.00")
    with scopes.acting(estate.system()):
        for changes, name in (
            ({"status": "waiting", "effective_at": None}, "claim_decision_waits_for_an_approval"),
            ({"effective_at": None}, "claim_decision_is_dated_when_effective"),
            ({"kind": "reject"}, "claim_refusal_has_a_ground"),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                ClaimDecision.objects.filter(pk=decision.pk).update(**changes)


@pytest.mark.django_db(transaction=True)
def test_an_altered_claim_is_refused_a_new_mark_and_told():
    """What was altered behind the product's back does not become right by the next change."""
    house = House()
    claim = house.taken(occurred_on=None)
    other = house.taken(occurred_on=None)
    alter(
        "UPDATE records_claim a SET description_sealed = b.description_sealed FROM records_claim b"
        " WHERE a.id = %s AND b.id = %s", claim.pk, other.pk,
    )  # fmt: skip
    with pytest.raises(vault.Damaged):
        house.propose(claim)
    with scopes.acting(estate.system()):
        assert Finding.objects.filter(facts__holding=str(claim.holding)).exists()
        assert not Claim.objects.get(pk=claim.pk).decisions.exists()
