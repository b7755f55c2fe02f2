"""Nobody learns of anybody else from the list of looks at her: of joint policies, beneficiaries, relatives, heirs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from access import actors, marks, own_looks, scopes
from access.actions import Action
from access.audits.day import Operator
from access.audits.explaining import Assigned, Explainer, Item
from access.models import WorkItem
from access.own_looks import visits
from access.own_looks.visits import Known, Person, Raw
from access.ports import Owned
from access.vocabulary import Purpose, Role
from custodian import clock
from records import disclosure
from tests import estate
from tests.portal import looking, people
from tests.portal.test_looks import LOOKS, cards, portal
from tests.records import desk_estate

HER, OTHER = 1, 2
STAFF = UUID(int=7)
NOON = datetime(2026, 11, 21, 12, tzinfo=clock.OFFICE)
CODES = (
    "identity.name", "identity.mobile", "financial.bank_account", "policy.number",
    "policy.beneficiaries", "claim.diagnosis", "document.name",
)  # fmt: skip
# What could be somebody else's affair on a policy that two people share.
SHARED = ["claim", "payment", "complaint", "policy_service", "underwriting", "other"]
KINDS = ("identity", "financial", "policy", "claim", "document")

raws = st.builds(
    Raw,
    index=st.integers(0, 10**6),
    at=st.integers(0, 60 * 24 * 5).map(lambda minutes: NOON - timedelta(minutes=minutes)),
    actor=st.just(STAFF),
    staff_no=st.just("A0196"),
    unit=st.just("XZ"),
    act=st.sampled_from(["list", "search", "view", "reveal", "export"]),
    what=st.just("records:customer:view"),
    purpose=st.sampled_from([each.value for each in Purpose]),
    channel=st.sampled_from(["desk", "api"]),
    fields=st.lists(st.sampled_from(CODES), unique=True).map(tuple),
    masked=st.booleans(),
)
owned = st.lists(
    st.builds(Owned, st.sampled_from(KINDS), st.none() | st.just(date(2026, 11, 1)), st.none()),
    max_size=4,
)
items = st.lists(
    st.builds(
        Item,
        kind=st.sampled_from(list(WorkItem.Kind.values)),
        subject=st.just(OTHER),
        user=st.just(9),
        unit=st.just(""),
        opened_at=st.just(NOON - timedelta(days=9)),
    ),
    max_size=3,
)


def known(held, about_others=(), **more) -> Known:
    return Known(
        subject=HER,
        held=held,
        people={STAFF: Person(Operator(9, Role.CLAIMS_HANDLER, "/1/"), Role.CLAIMS_HANDLER)},
        explainer=Explainer(about_others, [Assigned(OTHER, 9, NOON - timedelta(days=400))]),
        **more,
    )


@given(st.lists(raws, max_size=12), owned, items)
@settings(max_examples=200, deadline=None)
def test_what_others_have_under_way_changes_nothing_of_what_she_is_told(entries, held, of_others):
    entries.sort(key=lambda each: -each.index)
    assert visits.days(entries, known(held, of_others)) == visits.days(entries, known(held))


@given(st.lists(raws, max_size=12), owned)
@settings(max_examples=200, deadline=None)
def test_she_is_told_only_of_what_she_holds_and_of_no_affair_that_is_not_hers(entries, held):
    kinds = {each.kind for each in held}
    for day in visits.days(entries, known(held)):
        for visit in day.visits:
            seen = {code.partition(".")[0] for code in (*visit.clear, *visit.masked)}
            assert seen <= kinds
            if "claim" not in kinds:
                assert visit.purpose not in SHARED
            if visit.purpose == own_looks.NEUTRAL and visit.who:
                assert visit.who in {own_looks.OWN_AGENT, own_looks.OTHER_AGENT}


@given(raws, st.sampled_from(SHARED))
@settings(max_examples=50, deadline=None)
def test_every_purpose_that_could_be_somebody_elses_affair_is_told_in_the_same_words(
    entry, purpose
):
    def told(of: str):
        return visits.days([replace(entry, purpose=of)], known([Owned("identity")]))

    assert told(purpose) == told("claim")


def test_an_entry_has_no_place_for_how_many_others_it_was_about():
    assert not {"n", "subjects", "tags", "count"} & set(Raw.__slots__)


@pytest.fixture
def house(db):
    """A policyholder, and the insured of her policy, who has a claim; one handler looks at both."""
    desk_estate.open_all_day()
    handler = estate.user(Role.CLAIMS_HANDLER)
    holder, insured = estate.customer(), estate.customer()
    policy = desk_estate.policy(holder, insured=insured)
    with scopes.acting(estate.system()):
        desk_estate.claim(insured, policy)
        WorkItem.objects.create(kind="claim", source="import", subject_id=insured.pk, user=handler)
    return handler, holder, insured, policy


def test_the_policyholder_does_not_learn_that_the_insured_has_a_claim(house):
    handler, holder, insured, _policy = house
    looking.look(
        handler, holder, insured, purpose="claim", codes=("identity.name", "claim.diagnosis")
    )
    (hers,) = cards(portal(holder).get(LOOKS))
    (his,) = cards(portal(insured).get(LOOKS))
    for betrays in ("诊断", "赔案", "理赔"):
        assert betrays not in hers
    assert "办理保险业务" in hers
    assert "没有以您名义登记的事项" in hers
    assert "诊断" in his
    assert "有对应的事项：赔案" in his


def test_the_insured_does_not_see_that_the_policyholders_values_were_shown(house):
    handler, _holder, insured, _policy = house
    with scopes.acting(actors.staff(handler)) as actor:
        asking = disclosure.Asking(purpose="policy_service", channel="api")
        disclosure.policies_of(insured.ref, asking, actor=actor)
    (card,) = cards(portal(insured).get(LOOKS))
    for label in ("保单号", "保险金额", "受益人", "保单信息"):
        assert label not in card


def test_no_list_says_how_many_others_were_on_the_page(house):
    handler, holder, insured, _policy = house
    colleague = estate.user(Role.CLAIMS_HANDLER)
    listed = {"codes": ("identity.name",), "masked": True, "action": Action.CUSTOMER_LIST}
    looking.look(handler, holder, insured, **listed)
    looking.look(colleague, holder, **listed)
    alone, both = (
        re.sub(r"\d\d:\d\d|T\d+", "", card.split("证明")[0])
        for card in cards(portal(holder).get(LOOKS))
    )
    assert both == alone


@pytest.mark.django_db(transaction=True)
def test_a_mark_or_a_hold_at_her_is_not_told(house):
    _handler, holder, _insured, _policy = house
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    with scopes.acting(actors.staff(officer, stepped_up=True)) as actor:
        marks.put_on_vip_list(holder.pk, on=True, reason="示例", channel="admin", actor=actor)
    estate.drain()
    told = own_looks.page(looking.subject_of(holder)).days
    kinds = [visit.what for day in told for visit in day.visits]
    assert Action.SUBJECT_MARK.value not in kinds
    assert Action.CUSTOMER_CREATE.value in kinds  # the list is not simply empty


def test_a_grown_child_sees_what_her_guardian_looked_at(house):
    _handler, holder, _insured, _policy = house
    guardian = people.signed_in(Client(), holder, capacity="guardian")
    guardian.get("/portal/data/")
    text = " ".join(cards(portal(holder).get(LOOKS)))
    assert "您的监护人" in text


def test_one_heir_does_not_see_what_another_did(house):
    _handler, holder, _insured, _policy = house
    first = people.signed_in(Client(), holder, capacity="heir")
    first.get("/portal/data/")
    second = people.signed_in(Client(), holder, capacity="heir")
    page = second.get(LOOKS)
    assert cards(page) == []
    assert "您本次登录的操作" not in page.content.decode()
    own = first.get(LOOKS).content.decode()
    assert "您本次登录的操作" in own
