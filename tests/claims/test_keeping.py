"""What of a claim's handling is checked by the scrub, and goes with the claim."""

from __future__ import annotations

import pytest

from access import actors, scopes
from custodian import clock
from records import documents, evidence, integrity, parts
from records.claim_handling import examining, going, papers
from records.claim_handling.examining import Needed
from records.destruction import executing, own_stores
from records.destruction.stores import Gone
from records.models import (
    Claim,
    ClaimDecision,
    ClaimNeed,
    ClaimPaper,
    ClaimPayment,
    ClaimStep,
    Document,
    Policy,
    Tombstone,
)
from records.own_data import sheet
from records.retention import facts, reckoning, rules
from records.storage import reading
from tests import estate
from tests.claims.house import House
from tests.corrections.cast import photo
from tests.destruction.office import LONG_AGO, Office
from tests.records import desk_estate
from tests.storage.planting import found, scrubbed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(settings, tmp_path):
    settings.VAR = tmp_path
    return House()


def paid(house: House) -> Claim:
    """A claim that has one row of everything."""
    claim = house.taken(occurred_on=None)
    house.do(examining.ask_for, claim, [Needed("medical", "病历")])
    with scopes.acting(estate.system()):
        need = ClaimNeed.objects.select_related("claim").get(claim=claim)
    brought = papers.Brought(drawn=evidence.draw(photo(), name="病历.jpg"), need=need.slot)
    house.do(papers.file, claim, brought, purpose="claim")
    house.propose(house.again(claim))
    house.pay(house.again(claim))
    return house.again(claim)


def test_everything_under_the_claims_key_counts_as_its_own(house):
    claim = paid(house)
    with scopes.acting(estate.system()):
        assert list(integrity.altered("claim")) == []
        (held,) = reading.chunk("claim", after=0, limit=10)
        assert set(held.blobs) == {
            "claim.description", "claim.diagnosis", "claim.amount", "claim.needed/1",
            "claim.decided_amount/1", "claim.decision_reasons/1", "claim.paid_amount/1",
            "claim.payment_reference/1",
        }  # fmt: skip
        assert set(held.blobs) >= set(parts.blobs_of("claim", [claim.pk])[claim.pk])
    estate.drain()
    assert (scrubbed().faults, found()) == (0, {})


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("UPDATE records_claimdecision SET decision_reasons_sealed = NULL", "state"),
        ("UPDATE records_claimpayment SET slot = 9", "value"),
        ("DELETE FROM records_claimpayment", "state"),
    ],
)
def test_what_somebody_takes_away_or_moves_there_is_found(house, sql, check):
    from django.db import connection

    paid(house)
    estate.drain()
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute(sql)
    assert scrubbed().faults == 1
    assert found() == {check: 1}


def test_a_claim_that_waits_for_papers_is_open_to_the_reckoning():
    assert Claim.Status.WAITING in facts._OPEN_CLAIM
    assert {Claim.Status.PAID, Claim.Status.REJECTED}.isdisjoint(facts._OPEN_CLAIM)


def paper_of(claim: Claim) -> Document:
    with scopes.acting(estate.system()):
        return Document.objects.get(claim_paper__claim=claim)


def other_paper(house: House) -> Document:
    """Of the customer and of no claim."""
    with estate.acting(house.agent) as actor:
        return evidence.take(
            photo(), name="投保单.jpg", customer=house.customer, kind=Document.Kind.APPLICATION,
            purpose="policy_service", channel="desk", actor=actor,
        )  # fmt: skip


def over(house: House) -> Office:
    """The customer has another contract that lives, and this one ended long ago, as did its claim."""
    office = Office()
    house.agent, house.customer = office.agent, office.living()
    with scopes.acting(estate.system()):
        house.policy = Policy.objects.get(subject=house.customer.pk)
    return office


def ends(house: House, claim: Claim) -> None:
    with scopes.acting(estate.system()):
        Claim.objects.filter(pk=claim.pk).update(decided_on=LONG_AGO)
        Policy.objects.filter(pk=house.policy.pk).update(status="terminated", ends_on=LONG_AGO)


def test_all_of_it_goes_with_the_claim_and_nothing_is_left(house):
    office = over(house)
    claim, other = paid(house), other_paper(house)
    paper = paper_of(claim)
    assert documents.path_of(paper).exists()
    desk_estate.policy(house.customer)
    ends(house, claim)
    batch = office.destroyed()
    assert batch.stage == "done"
    holdings = {"claim": [claim.holding], "document": [paper.holding]}
    with scopes.acting(estate.system()):
        stones = Tombstone.objects.filter(gone__in=[claim.holding, paper.holding])
        assert stones.count() == 2
        for model in (ClaimDecision, ClaimNeed, ClaimPaper, ClaimPayment, ClaimStep):
            assert not model.objects.filter(claim=claim).exists(), model
        gone = Gone(holdings, [claim.subject_id])
        for store in (going._ClaimHandling(), own_stores._Files()):
            assert list(store.scan(gone)) == []
        # What is of no claim stays as long as she is a customer.
        assert not Tombstone.objects.filter(gone=other.holding).exists()
    assert not documents.path_of(paper).exists()
    assert documents.path_of(other).exists()
    assert executing.due_jobs() is not None


def test_a_paper_is_kept_for_as_long_and_for_the_same_reason_as_its_claim(house):
    office = over(house)
    claim = paid(house)
    paper = paper_of(claim)
    today = clock.local().date()
    with scopes.acting(estate.system()):
        found = {
            each.holding: each
            for each in reckoning.answers([claim.subject_id], on=today, by=rules.on(today))
        }
        assert [each.holding for each in found.values()].count(paper.holding) == 1
        open_ = found[paper.holding]
        assert (open_.kind, open_.answer) == ("document", found[claim.holding].answer)
    ends(house, claim)
    with scopes.acting(estate.system()):
        done = {
            each.holding: each.answer
            for each in reckoning.answers([claim.subject_id], on=today, by=rules.on(today))
        }
    assert done[paper.holding] == done[claim.holding] != open_.answer
    assert office.agent == house.agent


def test_a_paper_that_is_left_behind_is_found(house):
    """The scan would be blind if it found nothing where something is."""
    claim = paid(house)
    paper = paper_of(claim)
    with scopes.acting(estate.system()):
        gone = Gone({"claim": [claim.holding], "document": [paper.holding]}, [claim.subject_id])
        found = [each.what for each in going._ClaimHandling().scan(gone)]
        assert any("ClaimPaper" in each for each in found)
        assert list(own_stores._Files().scan(gone))


def test_her_copy_says_with_which_claim_a_paper_was_filed(house):
    claim = paid(house)
    with scopes.acting(actors.customer(claim.subject_id)) as actor:
        page = sheet.of(house.customer, actor=actor)
    parts = next(each for each in page.sections if each.code == "document").parts
    facts = {str(each.label): str(each.value) for each in parts[0].facts}
    assert facts["赔案编号"] == claim.ref
    assert facts["材料"] == "病历、诊断证明"
