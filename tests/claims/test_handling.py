"""From the report to the payment: who may do what when, what is sealed, and what is on record."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from access import scopes, work_items
from access.audits.explaining import SERVES
from access.gate import Refused
from access.models import WorkItem
from access.vocabulary import Role
from custodian import clock
from custodian.errors import NotVisible
from records.claim_handling import deciding, examining, filing, paying
from records.claim_handling.examining import AskedAlready, Needed, NotYourClaim
from records.claim_handling.lifecycle import NotNow
from records.models import Claim, ClaimDecision, ClaimNeed, ClaimPayment
from tests import estate
from tests.claims.house import MORNING, REASONS, STORY, House
from tests.records import desk_estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    with clock.at(MORNING):
        yield House()


def test_a_claim_is_filed_with_its_first_step_its_clocks_and_work_for_a_handler(house):
    claim = house.file()
    assert (claim.status, claim.reported_on) == ("reported", date(2026, 11, 2))
    assert house.steps(claim) == ["reported"]
    assert set(house.clocks(claim)) == {"CN-CLAIM-30D", "CN-CLAIM-60D", "CO-CLAIM-PAPERS"}
    with scopes.acting(estate.system()):
        item = WorkItem.objects.get(pk=claim.item_id)
    assert (item.kind, item.user, item.opened_by, item.unit) == ("claim", None, None, house.unit)
    assert item.due_at == house.clocks(claim)["CO-CLAIM-PAPERS"].due_at


def test_work_goes_to_the_nearest_unit_above_in_which_claims_are_handled(house):
    branch = estate.unit("XZ-1", parent=house.unit)
    assert filing.handling_unit(branch) == house.unit
    lonely = estate.unit("SZ")
    assert filing.handling_unit(lonely) == lonely


def test_only_the_insured_of_a_contract_claims_under_it(house):
    other = estate.customer(of=[house.agent], unit_=house.unit)
    with pytest.raises(filing.NotInsured):
        house.file(policy=desk_estate.policy(other))
    holder_only = desk_estate.policy(house.customer, insured=other)
    with pytest.raises(filing.NotInsured):
        house.file(policy=holder_only)


@pytest.mark.parametrize("day", [date(2026, 11, 3), date(2019, 6, 11)])
def test_nothing_happens_tomorrow_or_before_the_contract(house, day):
    with pytest.raises(filing.BadDay):
        house.file(occurred_on=day)


def test_a_handler_takes_a_claim_and_the_item_explains_his_looks(house):
    claim = house.taken()
    assert (claim.status, claim.handler) == ("examining", house.handler)
    with estate.acting(house.handler) as actor:
        (item,) = work_items.open_of(claim.subject_id, actor=actor)
    assert item.opened_by is None
    assert {"claim", "payment"} <= SERVES[item.kind]


def test_what_one_takes_over_from_a_colleague_is_ones_own_word(house):
    claim = house.taken()
    before = claim.item_id
    house.do(examining.take, claim, by=house.second)
    claim = house.again(claim)
    assert (claim.handler, house.steps(claim)[-1]) == (house.second, "handed-on")
    with scopes.acting(estate.system()):
        assert WorkItem.objects.get(pk=before).outcome == "withdrawn"
        assert WorkItem.objects.get(pk=claim.item_id).opened_by == house.second
    with pytest.raises(NotYourClaim):
        house.propose(claim)


def test_nobody_out_of_reach_takes_it_and_no_agent_handles_it(house):
    claim = house.file()
    stranger = estate.user(Role.CLAIMS_HANDLER, unit_=estate.unit("NJ"))
    with pytest.raises(NotVisible):
        house.do(examining.take, claim, by=stranger)
    with pytest.raises(Refused):
        house.do(examining.take, claim, by=house.agent)
    assert house.again(claim).handler is None


def test_papers_are_asked_for_once_and_each_is_noted_as_it_comes(house):
    claim = house.taken()
    needed = [Needed("medical", "住院病历复印件"), Needed("invoice")]
    house.do(examining.ask_for, claim, needed)
    claim = house.again(claim)
    assert claim.status == "waiting"
    with pytest.raises(AskedAlready):
        house.do(examining.ask_for, claim, needed)
    with pytest.raises(NotNow):
        house.propose(claim)
    with scopes.acting(estate.system()):
        medical, invoice = ClaimNeed.objects.filter(claim=claim).select_related("claim")
    house.do(examining.receive, medical)
    with pytest.raises(NotNow):
        house.do(examining.receive, medical)
    assert house.again(claim).status == "waiting"
    house.do(examining.waive, invoice)
    assert house.again(claim).status == "examining"
    assert house.steps(claim)[-3:] == ["papers-asked", "paper-received", "papers-complete"]


def test_under_the_limit_one_person_decides_and_the_agreement_starts_the_payment(house):
    claim = house.taken()
    decision = house.propose(claim)
    assert (decision.status, decision.approval) == ("effective", None)
    claim = house.again(claim)
    assert claim.status == "approved"
    assert house.steps(claim)[-3:] == ["papers-complete", "approved", "agreed"]
    payment = house.pay(claim)
    claim = house.again(claim)
    assert (claim.status, claim.decided_on) == ("paid", date(2026, 11, 2))
    with estate.acting(house.handler) as actor, scopes.acting(actor):
        shown = desk_estate_reveal(claim, actor)
    assert shown["claim.paid_amount", payment.slot] == "3200.00"
    assert shown["claim.payment_reference", payment.slot] == "FT20261110-0042"
    assert shown["claim.amount", 0] == "3200.00"
    with scopes.acting(estate.system()):
        assert WorkItem.objects.get(pk=claim.item_id).outcome == "done"


def desk_estate_reveal(claim, actor):
    from access import gate
    from access.actions import Action
    from records import vault

    permit = gate.permit(
        actor, Action.CUSTOMER_REVEAL, purpose="claim", channel="desk", subjects=[claim.subject_id],
        elements=["claim.paid_amount", "claim.payment_reference", "claim.amount"],
        holdings=[claim.holding],
    )  # fmt: skip
    return {(each.element, each.slot): each.text for each in vault.reveal(permit)}


def test_money_waits_for_the_agreement_where_the_decision_asks_for_it(house):
    claim = house.taken()
    house.propose(claim, asks_agreement=True)
    claim = house.again(claim)
    assert "agreed" not in house.steps(claim)
    with pytest.raises(NotNow):
        house.pay(claim)
    house.do(paying.agree, claim)
    house.pay(claim)
    assert house.again(claim).status == "paid"


def test_a_refusal_has_a_ground_a_second_person_and_a_letter(house):
    claim = house.taken()
    decision = house.reject(claim)
    assert (decision.status, decision.approval.payload["why"]) == ("waiting", ["refusal"])
    house.approve(decision)
    claim = house.again(claim)
    assert (claim.status, claim.decided_on) == ("rejected", date(2026, 11, 2))
    house.do(paying.send_notice, claim)
    assert house.steps(claim)[-2:] == ["rejected", "notice-sent"]
    with pytest.raises(NotNow):
        house.do(paying.send_notice, claim)


def test_what_is_certain_is_paid_in_advance_and_taken_off_at_the_end(house):
    claim = house.taken()
    house.propose(claim, "advance", "1000.00")
    claim = house.again(claim)
    assert claim.status == "examining"
    house.pay(claim)
    claim = house.again(claim)
    assert (claim.status, house.steps(claim)[-1]) == ("examining", "advance-paid")
    with pytest.raises(deciding.AdvancedAlready):
        house.propose(claim, "advance", "500.00")
    house.propose(claim, amount="3200.00")
    payment = house.pay(house.again(claim))
    with estate.acting(house.handler) as actor:
        shown = desk_estate_reveal(claim, actor)
    assert shown["claim.paid_amount", payment.slot] == "2200.00"
    assert shown["claim.amount", 0] == "3200.00"


def test_an_advance_that_was_all_of_it_leaves_nothing_to_pay(house):
    claim = house.taken()
    house.propose(claim, "advance", "3200.00")
    house.pay(house.again(claim))
    house.propose(house.again(claim), amount="3200.00")
    assert house.pay(house.again(claim)) is None
    assert house.again(claim).status == "paid"


def test_more_in_advance_than_in_the_end_is_not_paid_over(house):
    claim = house.taken()
    house.propose(claim, "advance", "3200.00")
    house.pay(house.again(claim))
    house.propose(house.again(claim), amount="3000.00")
    with pytest.raises(paying.Overpaid):
        house.pay(house.again(claim))


def test_money_goes_to_an_account_on_file_of_somebody_of_the_contract(house):
    claim = house.taken()
    house.propose(claim)
    claim = house.again(claim)
    other = estate.customer(of=[house.agent], unit_=house.unit)
    with pytest.raises(paying.NoSuchAccount):
        house.pay(claim, payee=other.pk)
    with pytest.raises(paying.NoSuchAccount):
        house.pay(claim, account_slot=2)
    for day in (date(2026, 11, 1), date(2026, 11, 3)):
        with pytest.raises(paying.BadPaymentDay):
            house.pay(claim, on=day)


def test_the_dead_are_not_paid(house):
    child = estate.customer(of=[house.agent], unit_=house.unit)
    house.policy = desk_estate.policy(house.customer, insured=child)
    holder, house.customer = house.customer, child
    claim = house.file(kind="death")
    with estate.acting(house.handler) as actor:
        assert paying.payees(claim, actor=actor) == [holder.pk]


@pytest.mark.django_db(transaction=True)
def test_everything_that_was_written_is_sealed_and_its_log_entries_name_no_value(
    house, entries_since
):
    claim = house.taken()
    house.do(examining.ask_for, claim, [Needed("medical", "住院病历复印件")])
    with scopes.acting(estate.system()):
        (need,) = ClaimNeed.objects.filter(claim=claim).select_related("claim")
    house.do(examining.receive, need)
    decision = house.propose(house.again(claim), amount="88000.00")
    house.approve(decision)
    house.pay(house.again(claim))
    estate.drain()
    with scopes.acting(estate.system()):
        rows = [
            Claim.objects.filter(pk=claim.pk).values().get(),
            *ClaimNeed.objects.values(),
            *ClaimDecision.objects.values(),
            *ClaimPayment.objects.values(),
        ]
        rows.append({"payload": json.dumps(decision.approval.payload)})
    leaves = " ".join(each.leaf for each in entries_since())
    for value in (STORY, REASONS, "88000", "住院病历", "FT20261110"):
        assert value not in leaves
        for row in rows:
            for cell in row.values():
                raw = bytes(cell) if isinstance(cell, memoryview | bytes) else str(cell).encode()
                assert value.encode() not in raw
    told = [json.loads(each.leaf) for each in entries_since() if each.act == "change"]
    assert {"file", "take", "ask", "receive", "propose", "effect", "pay"} - {"file"} <= {
        each.get("did") for each in told
    }
    assert all(each["claim"] == claim.ref for each in told if "did" in each)


def test_each_move_is_only_possible_from_its_state(house):
    claim = house.taken()
    house.propose(claim)
    claim = house.again(claim)
    for deed in (examining.complete, paying.send_notice):
        with pytest.raises(NotNow):
            house.do(deed, claim)
    with pytest.raises(NotNow):
        house.do(examining.ask_for, claim, [Needed("medical")])
    with pytest.raises(NotNow):
        house.propose(claim)
    house.pay(claim)
    with pytest.raises(NotNow):
        house.do(examining.take, house.again(claim), by=house.second)


def test_clocks_and_days_do_not_move_by_being_looked_at(house):
    claim = house.taken()
    before = {rule: each.due_at for rule, each in house.clocks(claim).items()}
    with house.on(3):
        house.do(examining.complete, claim)
    assert house.clocks(claim)["CN-CLAIM-30D"].due_at == before["CN-CLAIM-30D"]
    assert before["CN-CLAIM-30D"] - house.now < timedelta(days=31)
