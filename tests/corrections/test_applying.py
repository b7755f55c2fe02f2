"""From the first word to the value in its place: history kept, found anew, everybody told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import gate, scopes
from access.actions import Action
from access.models import WorkItem
from custodian import clock, outbox
from records import search, vault
from records.events import value_changed
from records.models import (
    Account,
    BlindIndex,
    Customer,
    Finances,
    FormerValue,
    Identity,
)
from tests import estate
from tests.corrections.cast import NEW_ADDRESS, NEW_MOBILE

pytestmark = pytest.mark.django_db


def values(subject, *codes, holdings=None, beside=False):
    """In clear, as an officer would see it."""
    with scopes.acting(estate.system()) as actor:
        permit = gate.permit(
            actor, Action.CUSTOMER_REVEAL, purpose="compliance", channel="admin",
            subjects=[subject], elements=codes, holdings=holdings or (),
        )  # fmt: skip
        return {each.element: each.text for each in vault.reveal(permit, beside=beside)}


def test_a_mobile_is_corrected_from_submit_to_applied(cast):
    correction = cast.raised(cast.customer)
    assert cast.through(correction).status == "applied"
    assert values(cast.customer.pk, "identity.mobile") == {"identity.mobile": NEW_MOBILE}
    with scopes.acting(estate.system()):
        row = Identity.objects.get(pk=cast.customer.pk)
    assert row.origins["identity.mobile"] == ["correction", clock.local().date().isoformat()]
    assert row.epoch == 2


def test_the_former_value_is_kept_under_a_key_of_its_own(cast):
    cast.through(cast.raised(cast.customer))
    with scopes.acting(estate.system()):
        former = FormerValue.objects.get()
        assert former.holding != Identity.objects.get(pk=cast.customer.pk).holding
    found = values(cast.customer.pk, "identity.mobile", holdings=[former.holding], beside=True)
    assert found == {"identity.mobile": estate.ZHANG["identity.mobile"]}
    # Nobody finds it beside the value in force unless he names it.
    assert values(cast.customer.pk, "identity.mobile", beside=True) == {
        "identity.mobile": NEW_MOBILE
    }


def test_whoever_searches_finds_the_new_value_and_a_leaked_old_one_still_finds_its_holder(cast):
    with scopes.acting(estate.system()):
        before = set(BlindIndex.objects.filter(element="identity.mobile").values_list("digest"))
    cast.through(cast.raised(cast.customer))
    with estate.acting(cast.desk) as actor:

        def found(number):
            return search.exact(
                search.Kind.MOBILE, [number], purpose="policy_service", channel="desk", actor=actor
            ).rows

        assert [each.ref for each in found(NEW_MOBILE)] == [cast.customer.ref]
        assert found(estate.ZHANG["identity.mobile"]) == []
    with scopes.acting(estate.system()):
        former = FormerValue.objects.get()
        (old,) = BlindIndex.objects.filter(holding=former.holding)
        assert (old.digest,) in before
        assert old.until is not None


def test_an_account_keeps_its_place_and_its_old_number(cast):
    correction = cast.raised(
        cast.customer,
        "account",
        financial__bank_name="新银行",
        financial__bank_account="6222020000006225",
    )
    cast.take(correction, cast.officer)
    cast.confirm_in_portal(correction)
    cast.at_branch(correction)
    cast.pass_on(correction, cast.officer)
    cast.approve(correction, cast.other_officer)
    assert cast.apply(correction).status == "applied"
    found = values(cast.customer.pk, "financial.bank_name", "financial.bank_account")
    assert found == {
        "financial.bank_name": "新银行", "financial.bank_account": "6222020000006225",
    }  # fmt: skip
    with scopes.acting(estate.system()):
        assert Account.objects.filter(subject_id=cast.customer.pk).count() == 1
        assert FormerValue.objects.filter(element__startswith="financial").count() == 2
        assert Finances.objects.get(pk=cast.customer.pk).epoch == 2


def test_what_was_missing_is_completed_and_leaves_nothing_former(cast):
    correction = cast.raised(cast.customer, "landline", identity__landline="0516-83720001")
    assert correction.kind == "completion"
    assert cast.through(correction).status == "applied"
    assert values(cast.customer.pk, "identity.landline") == {"identity.landline": "0516-83720001"}
    with scopes.acting(estate.system()):
        assert not FormerValue.objects.exists()


def test_with_the_id_number_birth_date_and_sex_follow_and_so_does_childhood(cast):
    correction = cast.raised(cast.customer, "document", identity__id_number="320311201504180043")
    assert cast.through(correction).status == "applied"
    found = values(cast.customer.pk, "identity.id_number", "identity.birth_date", "identity.sex")
    assert found == {
        "identity.id_number": "320311201504180043", "identity.birth_date": "2015-04-18",
        "identity.sex": "female",
    }  # fmt: skip
    with scopes.acting(estate.system()):
        assert str(Customer.objects.get(pk=cast.customer.pk).minor_until) == "2029-04-18"


def test_the_scrub_finds_nothing_wrong_with_any_of_it(cast):
    from records.models import ScrubRun
    from records.storage import scrub

    left = cast.raised(cast.customer, "address", identity__address=NEW_ADDRESS)
    cast.through(cast.raised(cast.customer))
    assert left.status == "submitted"
    estate.drain()
    run = scrub.work(ScrubRun.objects.create(kind="full").pk)
    assert (run.status, run.faults) == ("done", 0)
    assert run.counts["correction"] == 2
    assert run.counts["former"] == 1


def test_whoever_holds_a_copy_is_told_in_the_same_transaction(cast):
    heard = []

    def hear(sender, **said):
        heard.append({name: said[name] for name in ("subject", "element", "slot", "correction")})

    value_changed.connect(hear)
    try:
        correction = cast.raised(cast.customer)
        cast.through(correction)
    finally:
        value_changed.disconnect(hear)
    assert heard == [
        {"subject": cast.customer.pk, "element": "identity.mobile", "slot": 0,
         "correction": correction.ref}
    ]  # fmt: skip


def test_the_customer_is_told_where_she_was_reached_before(
    cast, django_capture_on_commit_callbacks
):
    correction = cast.raised(cast.customer)
    cast.take(correction)
    cast.confirm_in_portal(correction)
    cast.at_branch(correction)
    cast.pass_on(correction)
    cast.approve(correction)
    with django_capture_on_commit_callbacks(execute=True):
        cast.apply(correction)
    (told,) = outbox.messages()
    assert told.to == estate.ZHANG["identity.mobile"]
    assert NEW_MOBILE not in told.text


@pytest.mark.django_db(transaction=True)
def test_the_entry_names_the_correction_and_the_states_and_no_value(cast, entries_since):
    correction = cast.raised(cast.customer)
    cast.through(correction)
    estate.drain()
    said = [entry.leaf for entry in entries_since()]
    (applied,) = (each for each in said if "records:correction:apply" in each)
    assert correction.ref in applied
    for each in said:
        assert NEW_MOBILE not in each
        assert estate.ZHANG["identity.mobile"] not in each


def test_the_work_behind_it_is_closed(cast):
    correction = cast.raised(cast.customer)
    cast.through(correction)
    with scopes.acting(estate.system()):
        item = WorkItem.objects.get(number=correction.ref)
    assert (item.kind, item.outcome, item.user_id) == ("correction", "done", cast.desk.pk)


def test_applied_once_is_applied(cast):
    correction = cast.raised(cast.customer)
    cast.through(correction)
    cast.apply(correction)
    with scopes.acting(estate.system()):
        assert Identity.objects.get(pk=cast.customer.pk).epoch == 2
        assert FormerValue.objects.count() == 1


def test_two_corrections_of_one_holding_follow_each_other(cast):
    first = cast.raised(cast.customer)
    second = cast.raised(cast.customer, "occupation", identity__occupation="工程师")
    for each in (first, second):
        assert cast.through(each).status == "applied"
    found = values(cast.customer.pk, "identity.mobile", "identity.occupation")
    assert found == {"identity.mobile": NEW_MOBILE, "identity.occupation": "工程师"}
    assert clock.now() > clock.now() - timedelta(seconds=1)
