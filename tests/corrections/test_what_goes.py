"""What a correction is about is stored only, held or destroyed meanwhile; and corrections go in their time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from access import scopes
from access.models import Restriction, Subject, WorkItem
from custodian import clock
from records import documents, legal_holds
from records.corrections import applying, handling
from records.corrections.errors import NotCorrectable
from records.destruction import executing, going, own_stores, stores
from records.destruction.going import Going
from records.legal_holds.covering import Draft
from records.models import (
    BlindIndex,
    Correction,
    CorrectionClock,
    CorrectionCode,
    CorrectionConfirmation,
    CorrectionEvidence,
    CorrectionItem,
    CorrectionStep,
    FormerValue,
    Identity,
    Tombstone,
)
from records.retention import explaining, reckoning
from tests import estate
from tests.corrections.cast import NEW_ADDRESS, NEW_MOBILE
from tests.corrections.test_admin import put_up
from tests.destruction.office import Office
from tests.portal.people import signed_in
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
LONG_AGO = date(2012, 5, 1)


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.CUSTODIAN_TOMBSTONES = tmp_path / "tombstones"


def contract_ended(cast, on=LONG_AGO):
    policy = desk_estate.policy(cast.customer)
    with scopes.acting(estate.system()):
        type(policy).objects.filter(pk=policy.pk).update(
            status="terminated", starts_on=date(2000, 1, 1), ends_on=on
        )


def contract_runs(cast):
    desk_estate.policy(cast.customer)


def kept(cast, *, today=None):
    """By kind and name: the state, and what needs it."""
    with scopes.acting(estate.system()):
        told = explaining.of_customer(cast.customer.pk, today=today or clock.local().date())
    return {(each.kind, each.name): each for each in told}


def destroy(*things):
    """At once, as an approved batch would; then what is still there of it."""
    with scopes.acting(estate.system()), transaction.atomic():
        going.lock({each.subject for each in things})
        gone = going.destroy(things, batch=None)
    with scopes.acting(estate.system()):
        # Files go after the commit, which a test's transaction never reaches.
        own_stores.remove_files(gone)
        return [each.what for look in stores.scan([gone]) for each in look.residues]


def whole(cast):
    with scopes.acting(estate.system()):
        return going.holdings_of([cast.customer.pk])


def identity(cast):
    with scopes.acting(estate.system()):
        return Identity.objects.get(pk=cast.customer.pk).holding


def stored_only(cast):
    """As the night's reckoning leaves a customer whose last contract is over."""
    with scopes.acting(estate.system()):
        reckoning.refresh([cast.customer.pk])
        return Subject.objects.get(pk=cast.customer.pk).status


def page(cast, correction):
    client = signed_in(Client(headers={"accept-language": "zh-hans"}), cast.customer)
    return client.get(reverse("portal:correction", args=[correction.ref]))


# Stored only (PIPL art. 47), and a right to have it accurate (art. 46).


def test_what_she_asked_to_have_put_right_is_neither_restricted_nor_due_until_it_is(cast):
    contract_ended(cast)
    assert kept(cast)["identity", ""].state == "due"
    draft = cast.begin(cast.customer, "mobile")
    cast.propose(cast.customer, draft, identity__mobile=NEW_MOBILE)
    assert kept(cast)["identity", ""].state == "due"  # a draft asks for nothing yet
    cast.hand_in(cast.customer, draft)
    found = kept(cast)
    assert {found[kind, ""].state for kind in ("identity", "financial")} == {"in_use"}
    assert [str(label) for label, _refs in found["identity", ""].uses] == ["更正未办结"]
    assert stored_only(cast) == "active"
    assert cast.through(draft).status == "applied"
    assert kept(cast)["identity", ""].state == "due"


def test_what_is_stored_only_is_not_changed_any_more_and_the_page_says_where_to_turn(cast):
    contract_ended(cast, on=clock.local().date() - timedelta(days=400))
    draft = cast.begin(cast.customer, "mobile")
    cast.propose(cast.customer, draft, identity__mobile=NEW_MOBILE)
    assert stored_only(cast) == "restricted"
    with pytest.raises(NotCorrectable):
        cast.begin(cast.customer, "address")
    with pytest.raises(NotCorrectable):
        cast.hand_in(cast.customer, draft)
    client = signed_in(Client(headers={"accept-language": "zh-hans"}), cast.customer)
    said = client.post("/portal/corrections/new/", {"group": "address"})
    assert said.status_code == 422
    assert "依法只存不用，不再更正；如仍需处理，请提出申请" in said.content.decode()


def test_restricted_between_the_yes_and_now_it_ends_and_says_why(cast):
    correction = put_up(cast)
    cast.approve(correction)
    with scopes.acting(estate.system()):
        Restriction.objects.create(
            subject_id=cast.customer.pk, holding=identity(cast), kind="identity"
        )
    assert applying.apply(correction.pk).status == "refused"
    assert cast.now(correction).refusal == "gone"
    with scopes.acting(estate.system()):
        assert WorkItem.objects.get(number=correction.ref).outcome == "withdrawn"
        assert not FormerValue.objects.exists()
        assert applying.due() == []


# Destroyed.


@pytest.mark.parametrize("state", ["draft", "submitted", "checking", "approving", "approved"])
def test_destroyed_meanwhile_it_ends_with_a_reason_wherever_it_stands(cast, state):
    contract_runs(cast)
    if state in {"approving", "approved"}:
        correction = put_up(cast)
        if state == "approved":
            cast.approve(correction)
    else:
        correction = cast.begin(cast.customer, "mobile")
        cast.propose(cast.customer, correction, identity__mobile=NEW_MOBILE)
        if state != "draft":
            cast.hand_in(cast.customer, correction)
        if state == "checking":
            cast.take(correction)
    cast.now(correction)
    with scopes.acting(estate.system()):
        approval = correction.approval
    assert correction.status == state
    assert destroy(Going(identity(cast), "identity", cast.customer.pk)) == []
    cast.now(correction)
    if state == "draft":
        assert correction.status == "withdrawn"
        return
    assert (correction.status, correction.refusal) == ("refused", "gone")
    with scopes.acting(estate.system()):
        assert WorkItem.objects.get(number=correction.ref).outcome == "withdrawn"
        assert not CorrectionClock.objects.filter(stopped_at=None).exists()
        assert [each.code for each in correction.steps.all()][-1] == "lapsed"
    if approval is not None and state == "approving":
        with scopes.acting(estate.system()):
            approval.refresh_from_db()
        assert approval.status == "void"
    text = page(cast, correction).content.decode()
    assert "没有可以更正的内容" in text
    assert "这件更正随之结束" in text


def test_no_person_gives_that_reason(cast):
    correction = cast.raised(cast.customer)
    cast.take(correction)
    desk = estate.login(Client(headers={"accept-language": "zh-hans"}), cast.desk, stepped_up=True)
    place = reverse("desk:correction_refuse", args=[correction.ref])
    assert desk.post(place, {"because": "gone", "words": "没了"}).status_code == 422
    assert cast.now(correction).status == "checking"


# Held.


def test_under_a_legal_hold_it_is_corrected_and_the_former_value_is_held_as_well(cast):
    contract_runs(cast)
    with estate.acting(cast.officer) as actor:
        hold = legal_holds.place(
            Draft("customer", {"customers": [cast.customer.ref]}), ground="regulator_order",
            reason="示例监管局来函", review_on=clock.local().date() + timedelta(days=90), actor=actor,
        )  # fmt: skip
    assert hold.approval is not None
    correction = cast.raised(cast.customer, "address", identity__address=NEW_ADDRESS)
    assert cast.through(correction).status == "applied"
    with scopes.acting(estate.system()):
        former = FormerValue.objects.get()
        paper = CorrectionEvidence.objects.get().document
        held = legal_holds.on([former.holding, correction.holding, paper.holding])
    assert set(held) == {former.holding, correction.holding, paper.holding}


# In their time.


def applied(cast):
    correction = cast.raised(cast.customer, "address", identity__address=NEW_ADDRESS)
    assert cast.through(correction).status == "applied"
    return correction


def in_years(years):
    return clock.local().date() + timedelta(days=366 * years)


def test_correction_and_former_value_have_a_time_of_their_own(cast):
    contract_runs(cast)
    correction = applied(cast)
    for kind, name in (("correction", correction.ref), ("former", "")):
        early, late = kept(cast)[kind, name], kept(cast, today=in_years(4))[kind, name]
        assert (early.state, late.state) == ("restricted", "due"), kind
        assert early.until is not None
        assert early.until.year - clock.local().year in {2, 3}
    assert kept(cast, today=in_years(4))["identity", ""].state == "in_use"


def test_they_go_with_values_keys_and_fingerprints_and_the_pages_still_stand(cast):
    contract_runs(cast)
    correction = applied(cast)
    with scopes.acting(estate.system()):
        former = FormerValue.objects.get()
        assert BlindIndex.objects.filter(holding=former.holding).exists()
    assert (
        destroy(
            Going(correction.holding, "correction", cast.customer.pk),
            Going(former.holding, "former", cast.customer.pk),
        )
        == []
    )
    with scopes.acting(estate.system()):
        former.refresh_from_db()
        assert former.value_sealed is None
        assert not BlindIndex.objects.filter(holding=former.holding).exists()
        assert not CorrectionItem.objects.exclude(value_sealed=None).exists()
        assert Identity.objects.get(pk=cast.customer.pk).address_sealed is not None
    shown = page(cast, correction)
    assert shown.status_code == 200
    assert NEW_ADDRESS not in shown.content.decode()
    for person, place in (
        (cast.desk, reverse("desk:correction", args=[correction.ref])),
        (cast.officer, reverse("admin:records_correction", args=[correction.ref])),
    ):
        browser = estate.login(
            Client(headers={"accept-language": "zh-hans"}), person, stepped_up=True
        )
        assert browser.get(place).status_code == 200, place


def test_when_she_goes_as_a_whole_nothing_of_any_correction_is_left(cast):
    contract_runs(cast)
    done = applied(cast)
    other = cast.raised(cast.customer, "account", financial__bank_name="新银行",
                        financial__bank_account="6222020000006225")  # fmt: skip
    draft = cast.begin(cast.customer, "mobile")
    cast.propose(cast.customer, draft, identity__mobile=NEW_MOBILE)
    refused = cast.raised(cast.agent, "occupation", identity__occupation="工程师")
    cast.take(refused)
    with cast.acting(cast.desk) as actor:
        handling.refuse(refused, because="right", words="没有错", channel="desk", actor=actor)
    with scopes.acting(estate.system()):
        files = [documents.path_of(each.document) for each in CorrectionEvidence.objects.all()]
        former = FormerValue.objects.get()
    assert all(path.exists() for path in files)
    assert len(files) == 2
    assert destroy(*whole(cast)) == []
    with scopes.acting(estate.system()):
        assert Subject.objects.get(pk=cast.customer.pk).status == "destroyed"
        for model in (CorrectionClock, CorrectionCode, CorrectionConfirmation, CorrectionStep):
            assert not model.objects.exists(), model
        assert not CorrectionItem.objects.exclude(value_sealed=None).exists()
        sealed = Correction.objects.exclude(note_sealed=None, refusal_sealed=None)
        assert not sealed.exists()
        assert not BlindIndex.objects.filter(subject_id=cast.customer.pk).exists()
        for each in (done, other, draft, refused, former):
            assert Tombstone.objects.filter(gone=each.holding).exists()
    assert not any(path.exists() for path in files)
    assert cast.now(other).status == "refused"


def test_the_scan_finds_what_was_left_behind(cast):
    """So that an empty scan above says something."""
    contract_runs(cast)
    correction = applied(cast)
    with scopes.acting(estate.system()):
        item = CorrectionItem.objects.get()
        blob = bytes(item.value_sealed)
    assert destroy(*whole(cast)) == []
    with scopes.acting(estate.system()):
        CorrectionItem.objects.filter(pk=item.pk).update(value_sealed=blob)
        CorrectionClock.objects.create(
            subject_id=cast.customer.pk, correction=correction, rule="CO-CORRECTION-15D",
            started_at=clock.now(),
        )  # fmt: skip
        gone = stores.Gone(
            {"correction": [correction.holding]}, [cast.customer.pk],
            [Subject.objects.get(pk=cast.customer.pk)],
        )  # fmt: skip
        left = {each.what.split()[0] for look in stores.scan([gone]) for each in look.residues}
    assert left == {"proposal", "clock"}


def test_a_batch_that_was_approved_before_leaves_out_what_she_asked_about_since(cast):
    office = Office()
    cast.customer = office.gone()
    batch = office.approved()
    draft = cast.begin(cast.customer, "mobile")
    cast.propose(cast.customer, draft, identity__mobile=NEW_MOBILE)
    cast.hand_in(cast.customer, draft)
    executing.work(batch.pk)
    with scopes.acting(estate.system()):
        assert Subject.objects.get(pk=cast.customer.pk).status == "active"
    assert cast.now(draft).status == "submitted"


# What was said is read afterwards, whatever of hers is stored only by then.


def reckon(cast):
    with scopes.acting(estate.system()):
        reckoning.refresh([cast.customer.pk])


def refused_for(cast, words="照片看不清门牌号"):
    correction = cast.raised(cast.customer, "address", identity__address=NEW_ADDRESS)
    cast.take(correction)
    with cast.acting(cast.desk) as actor:
        handling.refuse(correction, because="evidence", words=words, channel="desk", actor=actor)
    return correction


def test_the_night_after_the_answer_she_still_reads_it(cast):
    contract_runs(cast)
    correction, done = refused_for(cast), applied(cast)
    reckon(cast)
    text = page(cast, correction).content.decode()
    assert "照片看不清门牌号" in text
    shown = page(cast, done)
    assert shown.status_code == 200
    assert NEW_ADDRESS in shown.content.decode()


def test_of_a_customer_who_is_stored_only_the_words_are_read_and_no_value(cast):
    contract_ended(cast, on=clock.local().date() - timedelta(days=400))
    correction, done = refused_for(cast), applied(cast)
    assert stored_only(cast) == "restricted"
    text = page(cast, correction).content.decode()
    assert "照片看不清门牌号" in text
    assert NEW_ADDRESS not in text
    shown = page(cast, done)
    assert shown.status_code == 200
    assert NEW_ADDRESS not in shown.content.decode()
    for person, place in (
        (cast.desk, reverse("desk:correction", args=[correction.ref])),
        (cast.officer, reverse("admin:records_correction", args=[correction.ref])),
    ):
        browser = estate.login(
            Client(headers={"accept-language": "zh-hans"}), person, stepped_up=True
        )
        assert browser.get(place).status_code == 200, place
