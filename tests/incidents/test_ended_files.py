"""Evidence and lists of closed cases go with their keys after the term, and stay while a customer is held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from access import scopes
from access.actions import Action
from access.keystore import NoKey
from access.models import DataKey, Entry
from custodian import clock
from incidents.affected import keeping
from incidents.cases import evidence
from incidents.fraud import evidence as fraud_evidence
from incidents.fraud import sealing
from incidents.models import (
    AffectedList,
    Custody,
    FraudCase,
    FraudEvidence,
    FraudLink,
    Incident,
    IncidentEvidence,
    IncidentLink,
)
from records.legal_holds import selectors
from records.models import ExpiryRun
from records.retention.own_records import expiring
from tests import estate
from tests.destruction.office import everything
from tests.records.holds import House
from tests.records.own.making import Maker, sealed
from tests.records.own.test_going import A_DAY, first_day, noon, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def maker() -> Iterator[Maker]:
    with everything():
        yield Maker()


def over(maker: Maker) -> Any:
    return maker.evidence(noon(first_day("incident-evidence") - A_DAY))


def there(model: Any, pk: int) -> bool:
    with scopes.acting(estate.system()):
        return bool(model.objects.filter(pk=pk).exists())


def has_key(row: Any) -> bool:
    return DataKey.objects.filter(holding=row.holding).exists()


def test_the_key_goes_and_a_copy_of_the_file_opens_no_more(maker: Maker) -> None:
    found = over(maker)
    assert b"".join(evidence.SHELF.read(found.ref)) == b"1234"
    path = evidence.SHELF.path_of(found.ref)
    copy = path.read_bytes()
    assert has_key(found), "the row names the holding of its key"
    expiring.carry_out()
    assert not there(IncidentEvidence, found.pk)
    assert not there(Incident, found.incident_id), "nothing rests on the case any more"
    with everything():
        assert not Custody.objects.filter(evidence=found.pk).exists()
    assert not path.exists()
    assert not has_key(found)
    path.write_bytes(copy)  # as from a backup
    with pytest.raises(NoKey):
        b"".join(evidence.SHELF.read(found.ref))
    path.unlink()
    estate.drain()
    leaves = [json.loads(each) for each in Entry.objects.values_list("leaf", flat=True)]
    facts = [str(each) for each in leaves if each.get("what") == Action.RECORDS_EXPIRE]
    assert any("incident-evidence" in each for each in facts), "with an entry in the log"


def test_of_a_case_whose_customer_is_held_nothing_goes_until_the_hold_ends(maker: Maker) -> None:
    house = House()
    found, fraud = over(maker), maker.fraud_evidence(noon(first_day("fraud-evidence") - A_DAY))
    listed = maker.affected(noon(first_day("affected-list") - A_DAY))
    with scopes.acting(estate.system()):
        IncidentLink.objects.create(incident=found.incident, customer=house.zhang.subject)
        FraudLink.objects.create(case=fraud.case, customer=house.zhang.subject)
        line = {"subject": house.zhang.pk, "clear": [], "masked": [], "first": None, "last": None}
        keeping.SHELF.remove(listed.ref)
        sealed(keeping.SHELF, listed.ref, json.dumps(line).encode())
    hold = house.open(selectors.of_customers([house.zhang.ref]))
    expiring.carry_out()
    for model, each in ((IncidentEvidence, found), (FraudEvidence, fraud), (AffectedList, listed)):
        assert there(model, each.pk), model
        assert has_key(each)
    assert b"".join(evidence.SHELF.read(found.ref)) == b"1234"
    assert row("incident-evidence").waiting == 1
    house.release(hold)
    ExpiryRun.objects.all().delete()
    expiring.carry_out()
    for model, each in ((IncidentEvidence, found), (FraudEvidence, fraud), (AffectedList, listed)):
        assert not there(model, each.pk), model
        assert not has_key(each)
    assert not fraud_evidence.SHELF.path_of(fraud.ref).exists()
    assert not keeping.SHELF.path_of(listed.ref).exists()


@pytest.mark.parametrize("closed_days", [None, 100])
def test_the_database_keeps_the_key_of_a_case_that_is_open_or_just_closed(
    maker: Maker, closed_days: int | None
) -> None:
    found = maker.evidence(clock.now() - timedelta(days=closed_days or 400))
    if closed_days is None:
        with everything():
            Incident.objects.filter(pk=found.incident_id).update(
                status="open", closed_at=None, handled_at=None
            )
    with connection.cursor() as cursor:
        cursor.execute("SELECT incidents_forget_file(%s)", [str(found.holding)])
    assert has_key(found)


def test_what_was_written_in_a_suspicion_goes_with_its_key(maker: Maker) -> None:
    case = maker.fraud(noon(first_day("fraud-case") - A_DAY))
    with everything():
        sealed_words = sealing.seal(case.ref, "note", "示例")
        FraudCase.objects.filter(pk=case.pk).update(holding=sealing.holding_of(case.ref))
    assert sealing.opened(case.ref, "note", sealed_words) == "示例"
    expiring.carry_out()
    assert not there(FraudCase, case.pk)
    assert not DataKey.objects.filter(holding=sealing.holding_of(case.ref)).exists()
    assert sealing.opened(case.ref, "note", sealed_words) == ""
