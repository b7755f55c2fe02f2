"""What a yes and a no open and shut: every purpose of a look, every state, every element, on every surface."""

from __future__ import annotations

import json

import pytest

from access import choices, gate, scopes
from access.choices import Chosen
from access.gate import Refused
from access.law import purpose_register
from access.models import Choice, Entry
from access.vocabulary import Purpose
from custodian import elements
from custodian.regimes.purposes import processing_purposes
from records.consents import asking, opening
from records.vault import reveal as open_values
from tests import estate
from tests.consents.saying import GIVEN, REFUSED, WITHDRAWN, imported, notes, paper, reveal, says
from tests.records import desk_estate
from tests.requests.office import everything

pytestmark = pytest.mark.django_db
NOTHING = "nothing"
STATES = (NOTHING, GIVEN, REFUSED, WITHDRAWN)
# Written down once more by hand: the table is what was agreed on, not what the code makes of it.
BUSINESS = ("follow_up", "policy_service", "underwriting", "claim", "payment", "other")
DUTIES = (
    "complaint", "compliance", "audit", "regulation", "security", "import", "transfer", "self", "system",
)  # fmt: skip
SHUTS = {
    "health": {
        "policy.health_declaration", "claim.diagnosis", "claim.description", "claim.needed",
        "claim.decision_reasons",
    },
    "account": {"financial.bank_account"},
    "income": {"financial.income"},
}  # fmt: skip
ONLY_CONSENT = {"marketing": "marketing", "survey": "survey", "sharing": "partners"}


def expected(look: str, element: str, consent: str, state: str) -> str:
    no = state in {REFUSED, WITHDRAWN}
    if look in ONLY_CONSENT:
        if ONLY_CONSENT[look] != consent:
            return "consent-missing"
        return {GIVEN: "", NOTHING: "consent-missing"}.get(state, "consent-withdrawn")
    if look in DUTIES or not no:
        return ""
    everything_of_a_child = consent == "child"
    return "consent-withdrawn" if everything_of_a_child or element in SHUTS.get(consent, ()) else ""


def test_every_purpose_of_a_look_is_in_the_table():
    assert set(Purpose.values) == {*BUSINESS, *DUTIES, *ONLY_CONSENT}
    assert {each.code for each in asking.purposes()} == {*SHUTS, *ONLY_CONSENT.values(), "child"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("consent", [*SHUTS, *ONLY_CONSENT.values(), "child"])
def test_all_looks_states_and_elements_are_as_the_table_says(consent, state):
    purpose = processing_purposes()[consent]
    follows = [] if state == NOTHING else opening.following(purpose, state)
    chosen = {Chosen(*each) for each in follows}
    for look in Purpose.values:
        for element in elements.catalogue():
            said = choices.against(look, (element.code,), [chosen])
            assert said == expected(look, element.code, consent, state), (look, element.code)


def test_of_several_customers_one_no_is_enough():
    yes, no = Chosen("marketing", "", agreed=True), Chosen("marketing", "", agreed=False)
    assert choices.against("marketing", ("identity.name",), [{yes}, {no}]) == "consent-withdrawn"
    assert choices.against("marketing", ("identity.name",), [{yes}, set()]) == "consent-missing"
    assert choices.against("marketing", (), [{yes}, {yes}]) == ""
    assert choices.against("claim", (), [set()]) == ""


@pytest.mark.parametrize("consent", [*SHUTS, *ONLY_CONSENT.values()])
def test_the_door_answers_as_the_table_for_a_real_customer(office, consent):
    """In the product's own reach no rule stands in the way, so nothing but consent can."""
    codes = sorted({"identity.mobile", *(code for each in SHUTS.values() for code in each)})
    for place, state in enumerate(STATES):
        if state != NOTHING:
            said = imported(office.customer, consent, state, days=400 - place)
            assert said or state == WITHDRAWN
        for look in Purpose.values:
            for code in codes:
                wanted = expected(look, code, consent, state)
                assert asked_at_the_door(office.customer, look, code) == wanted, (state, look, code)


def asked_at_the_door(customer, look, code):
    with scopes.acting(estate.system()) as actor:
        try:
            permit = gate.permit(
                actor, gate.Action.CUSTOMER_REVEAL, purpose=look, channel="task",
                subjects=[customer.pk], elements=[code],
            )  # fmt: skip
        except Refused as refused:
            return refused.decision.because[0]
        open_values(permit)
        return ""


def test_marketing_needs_a_yes_and_ends_with_a_no(office):
    for said, because in ((None, "consent-missing"), (REFUSED, "consent-withdrawn")):
        if said:
            says(office.customer, "marketing", said)
        with pytest.raises(Refused) as refused:
            reveal(office.agent, office.customer, "identity.mobile", purpose="marketing")
        assert refused.value.decision.because == (because,)
    says(office.customer, "marketing", GIVEN)
    served = reveal(office.agent, office.customer, "identity.mobile", purpose="marketing")
    assert served == ["13800138000"]
    says(office.customer, "marketing", WITHDRAWN)
    with pytest.raises(Refused):
        reveal(office.agent, office.customer, "identity.mobile", purpose="marketing")
    # Her contract is served all the same, and nobody else is touched.
    served = reveal(office.agent, office.customer, "identity.mobile", purpose="policy_service")
    assert served == ["13800138000"]
    with pytest.raises(Refused) as refused:
        reveal(office.agent, office.other, "identity.mobile", purpose="marketing")
    assert refused.value.decision.because == ("consent-missing",)


def test_her_account_is_shut_for_payment_and_open_for_duty_and_herself(office):
    says(office.customer, "account", REFUSED)
    with pytest.raises(Refused) as refused:
        reveal(office.desk, office.customer, "financial.bank_account", purpose="payment")
    assert refused.value.decision.because == ("consent-withdrawn",)
    assert asked_at_the_door(office.customer, "compliance", "financial.bank_account") == ""
    assert asked_at_the_door(office.customer, "complaint", "financial.bank_account") == ""
    with office.she() as actor:
        permit = gate.permit(
            actor, gate.Action.CUSTOMER_REVEAL, purpose="self", channel="portal",
            subjects=[office.customer.pk], elements=["financial.bank_account"],
        )  # fmt: skip
        assert [each.text for each in open_values(permit)] == [
            estate.ACCOUNT["financial.bank_account"]
        ]


def test_the_choices_cost_no_statement_of_their_own(office):
    says(office.customer, "marketing", GIVEN)
    with estate.acting(office.agent), desk_estate.statements() as sent:
        found = scopes.find([office.customer.pk])
    assert len(sent) <= 1
    assert found[office.customer.pk].chosen == {Chosen("marketing", "", agreed=True)}


def test_a_refusal_is_on_record_with_its_reason_and_no_rule(office):
    with pytest.raises(Refused) as refused:
        reveal(office.agent, office.customer, "identity.mobile", purpose="marketing")
    leaf = json.loads(Entry.objects.get(pk=refused.value.entry).leaf)
    assert (leaf["out"], leaf["why"], leaf["rule"]) == ("denied", ["consent-missing"], None)
    # Rules decided nothing, so a replay of rules has nothing to decide again.
    assert not set(leaf["why"]) & set(gate.policy.REFUSALS)


def test_what_an_agent_sees_of_choices_is_what_he_sees_of_customers(office):
    stranger = estate.user()
    says(office.customer, "marketing", GIVEN)
    with estate.acting(stranger):
        assert not Choice.objects.exists()
    with estate.acting(office.agent):
        assert Choice.objects.count() == 1
        assert Choice.objects.update(agreed=False) == 0
    with everything():
        assert Choice.objects.get().agreed


def test_at_fourteen_a_guardians_no_ends(office):
    from datetime import timedelta

    from custodian import clock

    today = clock.local().date()
    child = estate.customer(of=[office.agent], minor_until=today + timedelta(days=40))
    says(child, "child", REFUSED, capacity="guardian")
    for look in BUSINESS:
        assert asked_at_the_door(child, look, "identity.name") == "consent-withdrawn"
    assert asked_at_the_door(child, "compliance", "identity.name") == ""
    with everything():
        assert {each.until.date() for each in Choice.objects.all()} <= {
            today + timedelta(days=40), today + timedelta(days=39),
        }  # fmt: skip
        Choice.objects.update(until=clock.now() - timedelta(seconds=1))
    assert asked_at_the_door(child, "policy_service", "identity.name") == ""


def test_the_register_and_the_catalogue_say_the_same():
    assert list(purpose_register.differences(processing_purposes())) == []
    without = {code: each for code, each in processing_purposes().items() if code != "health"}
    wrong = list(purpose_register.differences(without))
    assert any("claim.diagnosis rests on consent" in str(each) for each in wrong)


def test_paper_opens_as_a_word_in_the_portal_does(office):
    document = paper(office.customer, office.agent)
    notes(office.agent, office.customer, "marketing", GIVEN, document)
    served = reveal(office.agent, office.customer, "identity.mobile", purpose="marketing")
    assert served == ["13800138000"]
