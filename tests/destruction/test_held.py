"""A legal hold wins over an approved batch, whenever it comes before the chunk that would destroy."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from access.models import Approval, Subject
from custodian import clock
from records import legal_holds
from records.destruction import executing
from records.destruction.batches import Fate, NothingDue
from records.legal_holds.covering import Draft
from records.models import DestructionItem, LegalHold, Tombstone
from tests import estate
from tests.destruction.office import everything, status
from tests.records.elsewhere import Elsewhere, waits_for

pytestmark = pytest.mark.django_db(transaction=True)


def place(office, customer):
    with estate.acting(office.first) as actor:
        return legal_holds.place(
            Draft("customer", {"customers": [customer.ref]}),
            ground="dispute_or_complaint_open",
            reason="客户起诉",
            review_on=clock.local().date() + timedelta(days=90),
            actor=actor,
        )


def approve(office, approval):
    approval = Approval.objects.get(pk=approval.pk)
    with estate.acting(office.second, stepped_up=True) as actor:
        legal_holds.placing.approvals.approve(approval, seen=approval.digest, actor=actor)


def fates(customer):
    with everything():
        rows = DestructionItem.objects.filter(subject=customer.pk)
        return set(rows.values_list("state", "because"))


def test_a_hold_between_approval_and_execution_is_left_out_and_certified_so(office):
    held, gone = office.gone(claims=True), office.gone()
    batch = office.approved()
    hold = place(office, held)
    batch = executing.work(batch.pk)
    assert (status(held), status(gone)) == ("active", "destroyed")
    assert fates(held) == {(Fate.HELD, hold.code)}
    said = json.loads(bytes(batch.certificate))
    assert said["left-out"] == [{"because": hold.code, "holdings": 4, "state": "held"}]
    assert said["customers-destroyed"] == 1
    with everything():
        assert not Tombstone.objects.filter(subject=held.pk).exists()


@pytest.mark.parametrize("how", ["asked", "approved"])
def test_a_hold_that_comes_while_a_chunk_is_under_way_waits_and_saves_the_next(
    office, monkeypatch, how
):
    first, second = office.gone(), office.gone()
    monkeypatch.setattr(executing, "CUSTOMERS", 1)
    batch = office.approved()
    others, seen = [], []

    def place_both():
        for customer in (first, second):
            hold = place(office, customer)
            if how == "approved":
                approve(office, hold.approval)

    def pause(name):
        if name == "destroy-locked" and not others:
            others.append(Elsewhere(place_both))
            assert waits_for("records_legalhold")
            with everything():
                seen.append(LegalHold.objects.count())
        if name == "destroy-committed" and len(seen) == 1:
            others[0].join()
            seen.append("placed")

    monkeypatch.setattr(executing.failpoints, "hit", pause)
    executing.work(batch.pk)
    assert seen == [0, "placed"]
    assert (status(first), status(second)) == ("destroyed", "active")
    assert {state for state, _code in fates(first)} == {Fate.DESTROYED}
    assert {state for state, _code in fates(second)} == {Fate.HELD}
    with everything():
        assert LegalHold.objects.count() == 2
        late, kept = LegalHold.objects.order_by("pk")
        extents = legal_holds.covering.extents([late, kept])
    assert (extents[late.pk].holdings, extents[kept.pk].holdings) == (0, 3)


def test_what_is_held_is_not_put_up_until_the_release_is_approved(office):
    customer = office.gone()
    hold = place(office, customer)
    approve(office, hold.approval)
    batch = office.propose()
    assert fates(customer) == {(Fate.HELD, hold.code)}
    with pytest.raises(NothingDue):
        office.submit(batch)
    with estate.acting(office.first) as actor:
        asked = legal_holds.ask_release(hold, reason="已结案", actor=actor)
    assert legal_holds.on_subjects([customer.pk])
    approve(office, asked)
    assert not legal_holds.on_subjects([customer.pk])
    with everything():
        assert Subject.objects.get(pk=customer.pk).status != Subject.Status.DESTROYED
