"""What of a claim's handling is checked by the scrub, and goes with the claim."""

from __future__ import annotations

import pytest

from access import scopes
from records import integrity, parts
from records.claim_handling import examining, going
from records.claim_handling.examining import Needed
from records.destruction import executing
from records.destruction.stores import Gone
from records.models import (
    Claim,
    ClaimDecision,
    ClaimNeed,
    ClaimPayment,
    ClaimStep,
    Policy,
    Tombstone,
)
from records.retention import facts
from records.storage import reading
from tests import estate
from tests.claims.house import House
from tests.destruction.office import LONG_AGO, Office
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
    house.do(examining.receive, need)
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


def test_all_of_it_goes_with_the_claim_and_nothing_is_left(house):
    office = Office()
    house.agent, house.customer = office.agent, office.living()
    with scopes.acting(estate.system()):
        house.policy = Policy.objects.get(subject=house.customer.pk)
    claim = paid(house)
    with scopes.acting(estate.system()):
        Claim.objects.filter(pk=claim.pk).update(decided_on=LONG_AGO)
        Policy.objects.filter(pk=house.policy.pk).update(status="terminated", ends_on=LONG_AGO)
    batch = office.destroyed()
    assert batch.stage == "done"
    with scopes.acting(estate.system()):
        assert Tombstone.objects.filter(gone=claim.holding).exists()
        for model in (ClaimDecision, ClaimNeed, ClaimPayment, ClaimStep):
            assert not model.objects.filter(claim=claim).exists(), model
        gone = Gone({"claim": [claim.holding]}, [claim.subject_id])
        assert list(going._ClaimHandling().scan(gone)) == []
    assert executing.due_jobs() is not None
