"""What a decided request does: to destruction, to the gate, to the vault; and what happens when it fails."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from access import gate
from access.gate import Refused
from access.models import Finding, Objection, Restriction, Subject
from custodian import clock
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from records import legal_holds, vault
from records.destruction import batches, executing
from records.legal_holds.covering import Draft
from records.models import CustomerRequest, Identity, RequestEffect
from records.requests import effects, handling
from records.requests.effects import Outcome, deletion, telling
from records.retention import reckoning
from tests import estate
from tests.records import desk_estate
from tests.requests.office import done, everything, made, refreshed, steps

pytestmark = pytest.mark.django_db
ENDED = {"status": "terminated", "starts_on": date(2000, 1, 1), "ends_on": date(2020, 5, 1)}


def fates(asked):
    return {each["kind"]: each["fate"] for each in asked.outcome["things"]}


def reckon(customer):
    reckoning.refresh([customer.pk])


def status(customer):
    with everything():
        return Subject.objects.get(pk=customer.pk).status


def ended(customer, **more):
    policy = desk_estate.policy(customer)
    with everything():
        type(policy).objects.filter(pk=policy.pk).update(**{**ENDED, **more})
    reckon(customer)
    return policy


def in_batch(batch, customer):
    """The kinds of what of hers is in it."""
    if batch is None:
        return set()
    with everything():
        return set(batch.items.filter(subject=customer.pk).values_list("kind", flat=True))


def reveal(person, customer, *codes, purpose="follow_up", channel="desk"):
    with estate.acting(person) as actor:
        permit = gate.permit(
            actor, gate.Action.CUSTOMER_REVEAL, purpose=purpose, channel=channel,
            subjects=[customer.pk], elements=list(codes),
        )  # fmt: skip
        return [each.text for each in vault.reveal(permit)]


# -- deletion --------------------------------------------------------------------------------------


def test_what_nothing_keeps_goes_with_the_next_batch_by_the_usual_four_eyes(
    office, tmp_path, settings
):
    settings.CUSTODIAN_TOMBSTONES = tmp_path
    asked = office.ask("deletion")
    office.answer(asked)
    assert asked.status == "answered"
    assert set(fates(asked).values()) == {"goes"}
    with clock.at(clock.now() + timedelta(days=1)):
        batch = batches.propose()
        assert in_batch(batch, office.customer) == {"identity", "financial"}
        with estate.acting(office.first, stepped_up=True) as actor:
            approval = batches.submit(batch, actor=actor)
        with estate.acting(office.second, stepped_up=True) as actor:
            from access import approvals

            approvals.approve(approval, seen=approval.digest, actor=actor)
        executing.work(batch.pk)
    with everything():
        assert Identity.objects.get(pk=office.customer.pk).name_sealed is None
        # The file of the request stays: it is the evidence that she was answered.
        assert CustomerRequest.objects.get(pk=asked.pk).text_sealed is not None
    assert status(office.customer) != "destroyed"


def test_what_the_law_keeps_is_stored_only_and_she_is_told_until_when_and_why(office):
    ended(office.customer)
    asked = office.ask("deletion")
    office.answer(asked)
    assert asked.status == "partly"
    assert set(fates(asked).values()) == {"kept"}
    with everything():
        rows = Restriction.objects.filter(subject=office.customer.pk, because="deletion")
        assert set(rows.values_list("kind", flat=True)) == {"identity", "financial", "policy"}
    assert status(office.customer) == "restricted"
    told = {str(each.kind): each for each in telling.things(asked.outcome)}
    identity = told["身份信息"]
    assert identity.until == date(2030, 5, 1)
    assert "第八十七条" in identity.source.text or "第三十四条" in identity.source.text
    assert identity.source.mark in {"V1", "V2"}
    assert steps(asked)[-2:] == ["done", "partly"]


def test_a_contract_in_force_is_not_deleted_from_under_her(office):
    policy = desk_estate.policy(office.customer)
    asked = office.ask("deletion")
    office.answer(asked)
    assert set(fates(asked).values()) == {"used"}
    told = telling.things(asked.outcome)[0]
    assert [(str(word), names) for word, names in told.uses] == [("保单有效", [policy.ref])]
    assert status(office.customer) == "active"


def test_a_legal_hold_is_named_and_nothing_told_of_it(office):
    ended(office.customer, ends_on=date(2005, 5, 1))  # everything is due, and held
    with estate.acting(office.first) as actor:
        legal_holds.place(
            Draft("customer", {"customers": [office.customer.ref]}),
            ground="aml_investigation_open", reason="可疑交易",
            review_on=clock.local().date() + timedelta(days=90), actor=actor,
        )  # fmt: skip
    asked = office.ask("deletion")
    office.answer(asked)
    assert set(fates(asked).values()) == {"held"}
    told = str(asked.outcome) + "".join(str(each.fate) for each in telling.things(asked.outcome))
    for word in ("aml", "反洗钱", "可疑", "陈静"):
        assert word not in told


def test_what_it_would_do_is_foreseen_and_nothing_is_changed(office):
    asked = office.ask("deletion")
    assert {each.fate for each in deletion.foreseen(asked)} == {"goes"}
    with everything():
        assert not Restriction.objects.exists()
    assert refreshed(asked).outcome == {}


def test_somebody_who_comes_back_is_a_customer_again(office):
    policy = ended(office.customer)
    office.answer(office.ask("deletion"))
    with everything():
        type(policy).objects.filter(pk=policy.pk).update(status="in_force", ends_on=None)
    reckon(office.customer)
    assert status(office.customer) == "active"
    with everything():
        assert not Restriction.objects.filter(subject=office.customer.pk).exists()


def test_while_a_complaint_is_open_nothing_of_hers_is_due(office):
    ended(office.customer, ends_on=date(2005, 5, 1))
    asked = office.ask("complaint")
    reckon(office.customer)
    assert in_batch(batches.propose(), office.customer) == set()
    office.answer(asked, office.desk)
    reckon(office.customer)
    assert "identity" in in_batch(batches.propose(), office.customer)


# -- restriction and objection ----------------------------------------------------------------------


def test_what_she_restricts_is_opened_for_nobody_until_she_lifts_it(office):
    asked = office.ask("restriction", details={"kinds": ["financial"]})
    assert reveal(office.agent, office.customer, "identity.mobile") == ["13800138000"]
    office.answer(asked)
    assert telling.sentences(asked.outcome) == ["已限制处理：财务信息。只存不用，直到您要求解除。"]
    with everything():
        assert [each.kind for each in Restriction.objects.all()] == ["financial"]
    with pytest.raises(Refused) as refused:
        reveal(office.agent, office.customer, "financial.bank_name", purpose="underwriting")
    assert refused.value.decision.because == ("restricted",)
    assert reveal(office.agent, office.customer, "identity.mobile") == ["13800138000"]
    reckon(office.customer)  # the night's reckoning does not take it away
    office.lift(asked)
    assert refreshed(asked).lifted_at is not None
    assert reveal(office.agent, office.customer, "financial.bank_name", purpose="underwriting")


def test_a_restricted_identity_stops_everything_but_her_own_requests(office):
    office.answer(office.ask("restriction", details={"kinds": ["identity"]}))
    assert status(office.customer) == "restricted"
    with pytest.raises(Refused):
        reveal(office.agent, office.customer, "identity.mobile")
    asked = office.ask("complaint")
    office.answer(asked, office.desk)  # is read and answered all the same
    assert asked.status == "answered"


def test_a_request_without_words_is_read_and_answered_while_everything_is_restricted(office):
    asked = office.ask("fraud_call", text="")
    office.answer(office.ask("restriction", details={"kinds": ["identity"]}))
    own = office.browser().get(f"/portal/requests/{asked.ref}/")
    assert own.status_code == 200
    where = reverse("admin:request", args=[asked.ref])
    assert office.at_desk(office.first).get(where).status_code == 200
    office.answer(asked)
    assert refreshed(asked).status == "answered"


def test_a_copy_is_made_while_everything_is_restricted(office):
    office.answer(office.ask("restriction", details={"kinds": ["identity"]}))
    asked = made(office.ask("copy", text=""))
    with everything():
        assert {each.status for each in asked.copies.all()} == {"done"}


def test_lifting_one_restriction_leaves_what_another_wants(office):
    money = office.ask("restriction", details={"kinds": ["financial"]})
    office.answer(money)
    both = office.ask("restriction", details={"kinds": ["identity", "financial"]})
    office.answer(both)
    office.lift(both)
    with everything():
        assert [each.kind for each in Restriction.objects.all()] == ["financial"]
    assert status(office.customer) == "active"


def test_a_purpose_that_she_objects_to_opens_nothing(office):
    asked = office.ask("object", about="follow_up")
    office.answer(asked)
    with everything():
        assert [each.purpose for each in Objection.objects.all()] == ["follow_up"]
    with pytest.raises(Refused) as refused:
        reveal(office.agent, office.customer, "identity.mobile")
    assert refused.value.decision.because == ("objected",)
    served = reveal(office.agent, office.customer, "identity.mobile", purpose="policy_service")
    assert served == ["13800138000"]
    other = reveal(office.agent, office.other, "identity.mobile")
    assert other == ["13900139000"]
    office.lift(asked)
    assert reveal(office.agent, office.customer, "identity.mobile") == ["13800138000"]


def test_nobody_objects_to_what_the_contract_needs(office):
    asked = office.ask("object", about="claim")
    office.answer(asked)
    assert refreshed(asked).status == "working"  # the effect refused to be done
    with everything():
        assert not Objection.objects.exists()
        assert RequestEffect.objects.get(request=asked).status == JobStatus.FAILED


def test_withdrawn_consent_ends_what_rested_on_it_alone(office):
    office.answer(office.ask("withdraw_consent"))
    with clock.at(clock.now() + timedelta(days=1)):
        assert in_batch(batches.propose(), office.customer) == {"identity", "financial"}


# -- jobs --------------------------------------------------------------------------------------------


@pytest.fixture
def failing(monkeypatch):
    """An effect that fails until it is mended."""
    broken = {"is": True}
    calls = []

    def effect(request):
        calls.append(request.pk)
        Objection.objects.create(subject_id=request.subject_id, purpose="other")
        if broken["is"]:
            raise RuntimeError("a secret of 张三丰")
        return Outcome()

    monkeypatch.setitem(effects._effects, "copy", effect)
    return broken, calls


def test_one_that_fails_changes_nothing_is_seen_and_holds_up_no_other(office, failing, caplog):
    asked, other = office.ask("copy"), office.ask("restriction", details={"kinds": ["financial"]})
    office.answer(asked)
    office.answer(other)
    assert (refreshed(asked).status, refreshed(other).status) == ("working", "answered")
    with everything():
        effect = RequestEffect.objects.get(request=asked)
        assert not Objection.objects.exists()
    assert (effect.status, effect.note, effect.attempts) == ("failed", "RuntimeError", 1)
    with office.she() as actor:
        from records.requests import texts

        hidden = texts.read(asked, purpose="self", channel="portal", actor=actor, hide=("answer",))
    assert hidden.answer == ""


def test_it_is_tried_again_by_itself_with_growing_pauses(office, failing):
    broken, calls = failing
    asked = office.ask("copy")
    office.answer(asked)
    assert effects.due() == []
    broken["is"] = False
    with clock.at(clock.now() + timedelta(minutes=3)):
        (key,) = effects.due()
        effects.carry_out(key)
    assert refreshed(asked).status == "answered"
    with everything():
        assert Objection.objects.count() == 1
    with pytest.raises(IllegalMove):
        effects.carry_out(key)  # a doubled wake-up call changes nothing
    assert len(calls) == 2


def test_what_fails_for_good_is_told_once_and_tried_by_hand(office, failing):
    broken, _calls = failing
    asked = office.ask("copy")
    office.answer(asked)
    for attempt in range(2, effects.ATTEMPTS + 2):
        with clock.at(clock.now() + timedelta(hours=attempt)):
            for key in effects.due():
                effects.carry_out(key)
    finding = Finding.objects.get(kind=effects.FAILED)
    assert asked.ref in finding.words
    with clock.at(clock.now() + timedelta(days=2)):
        assert effects.due() == []
    broken["is"] = False
    with estate.acting(office.first) as actor:
        handling.again(asked, channel="admin", actor=actor)
    done(asked)
    assert asked.status == "answered"


def test_while_it_is_being_done_nobody_answers_withdraws_or_decides_again(office, failing):
    from records.requests import customers_side

    asked = office.ask("copy")
    office.answer(asked)
    with pytest.raises(handling.Ended):
        office.answer(asked)
    with pytest.raises(handling.Ended):
        office.refuse(asked)
    with office.she() as actor, pytest.raises(handling.Ended):
        customers_side.withdraw(asked, channel="portal", actor=actor)
