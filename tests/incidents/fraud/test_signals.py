"""Each rule speaks on what was planted and not beside it, once for its facts, and the sum only opens a look."""

from __future__ import annotations

from typing import Any

import pytest
from kombu.exceptions import OperationalError

from access import scopes
from access.models import Entry, Subject
from access.vocabulary import Role
from custodian import clock
from incidents.fraud import clusters, scoring, screening, triage
from incidents.fraud.clusters import Standing
from incidents.fraud.rules import BY_HAND, RulesRefused, book, parsed
from incidents.fraud.signals import FINDERS
from incidents.fraud.triage import NotItsRule, NotSoLong
from incidents.models import FraudCase, FraudSignal
from incidents.tasks import screen_claim
from records.claim_handling import papers
from records.claim_handling.papers import Brought
from records.models import ContactFlag, MergeCase, Representative
from tests import estate
from tests.claims.house import MORNING
from tests.claims.test_papers import drawn
from tests.corrections.cast import photo
from tests.incidents.fraud.house import DAY, House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Any) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def house():
    with clock.at(MORNING):
        yield House()


# -- one by one -----------------------------------------------------------------------------------


def test_a_loss_soon_after_the_policy_began_and_not_one_on_the_ninetieth_day(house: House) -> None:
    soon = house.claim(house.person(), days=89)
    house.claim(house.person(), days=90)
    later = house.claim(house.person(), days=95, ago=6)  # reported late, it happened on day 89
    house.screen()
    assert house.found("early-claim") == {soon.ref, later.ref}
    assert {each.facts["days"] for each in house.signals("early-claim")} == {89}


def test_the_fourth_claim_within_a_year_and_not_the_third(house: House) -> None:
    who = house.person()
    held = house.held_by(who)
    refs = []
    for days in (-370, -200, -100, 0):
        with clock.at(MORNING + days * DAY):
            refs.append(house.claim(who, held).ref)
    house.screen()
    assert house.found("many-claims") == set()  # the first lies more than a year before the fourth
    with clock.at(MORNING + DAY):
        fourth = house.claim(who, held)
        house.screen()
    assert house.found("many-claims") == {fourth.ref}
    assert house.signals("many-claims")[0].facts["refs"] == sorted([*refs[1:], fourth.ref])


@pytest.mark.parametrize("rule", ["shared-account", "shared-phone"])
def test_an_account_or_a_mobile_of_two_claimants_who_have_nothing_in_common(
    house: House, rule: str
) -> None:
    common = {"bank": "6217000100001111"} if rule == "shared-account" else {"mobile": "13700001111"}
    one, two, silent = house.person(**common), house.person(**common), house.person(**common)
    claims = {house.claim(each).ref for each in (one, two)}
    house.screen()
    assert house.found(rule) == claims
    told = {ref for each in house.signals(rule) for ref in each.facts["customers"]}
    assert silent.ref not in told  # who has no claim is no claimant


def test_relatives_and_representatives_may_share_what_they_like(house: House) -> None:
    bank = "6217000100002222"
    home = {"address": "江苏省徐州市云龙区和平路88号", "bank": bank}
    for each in (house.person(**home), house.person(**home)):  # of one home
        house.claim(each)
    house.screen()
    assert house.found("shared-account") == set()

    bank = "6217000100003333"
    one, two = house.person(bank=bank), house.person(bank=bank)
    held = house.held_by(one, others=(two,))  # in one policy
    house.claim(one, held)
    house.claim(two, held)
    house.screen()
    assert house.found("shared-account") == set()

    bank = "6217000100004444"
    child, guardian = house.person(bank=bank), house.person(bank=bank)
    with scopes.acting(estate.system()):
        Representative.objects.create(
            subject_id=child.pk, representative_id=guardian.pk, kind="guardian"
        )
    for each in (child, guardian):
        house.claim(each)
    house.screen()
    assert house.found("shared-account") == set()


def test_the_same_file_in_two_claims_and_not_her_own_card_again(house: House) -> None:
    one, two, three = (house.person() for _each in range(3))
    first, second, third = (house.claim(each) for each in (one, two, three))
    own = house.claim(one)
    invoice, card = drawn(photo()), drawn(photo())
    for claim in (first, second):
        _file(house, claim, "medical", invoice)
    for claim in (first, own):
        _file(house, claim, "identity", card)
    _file(house, third, "medical", drawn(photo()))
    house.screen()
    assert house.found("same-document") == {first.ref, second.ref}


def _file(house: House, claim: Any, kind: str, brought: Any) -> None:
    with estate.acting(house.second) as actor:
        papers.file(
            house.again(claim),
            Brought(drawn=brought, kind=kind),
            channel="desk",
            purpose="claim",
            actor=actor,
        )


def test_doubts_about_who_she_is_while_they_stand(house: House) -> None:
    flagged, doubled, settled, wrong = (house.person() for _each in range(4))
    claims = [house.claim(each) for each in (flagged, doubled, settled, wrong)]
    other = house.person()
    with scopes.acting(estate.system()):
        for who, why in ((flagged, "suspected"), (wrong, "wrong")):
            ContactFlag.objects.create(subject_id=who.pk, contact="mobile", why=why)
        MergeCase.objects.create(
            subject_id=other.pk, other_id=doubled.pk, agrees=["identity.mobile"], source="QH"
        )
        MergeCase.objects.create(
            subject_id=other.pk, other_id=settled.pk, agrees=[], source="QH", status="settled",
            verdict="apart", settled="apart", settled_at=clock.now(),
        )  # fmt: skip
    house.screen()
    assert house.found("identity-doubt") == {claims[0].ref, claims[1].ref}


def test_her_own_agent_and_not_an_agent_who_serves_somebody_else(house: House) -> None:
    agent = estate.user(Role.AGENT, unit_=house.unit, name="吴刚")
    himself = house.person(id_number="E20000001", of=agent)
    colleague = estate.user(Role.AGENT, unit_=house.unit, name="郑凯")
    served = house.person(id_number="E20000002")  # by another agent
    house.works_here(agent, {"id_number": "E20000001", "mobile": "13911110000"})
    house.works_here(colleague, {"id_number": "E20000002", "mobile": "13911110001"})
    claim = house.claim(himself)
    house.claim(served)
    house.screen()
    assert house.found("own-agent") == {claim.ref}
    assert house.signals("own-agent")[0].operator_id == agent.pk


def test_a_contact_of_staff_on_the_file_of_somebody_else(house: House) -> None:
    agent = estate.user(Role.AGENT, unit_=house.unit, name="吴刚")
    house.works_here(agent, {"id_number": "E20000003", "mobile": "13911110003"})
    himself = house.person(id_number="E20000003", mobile="13911110003")
    stranger = house.person(mobile="13911110003")
    house.claim(himself)
    claim = house.claim(stranger)
    house.screen()
    assert house.found("staff-contact") == {claim.ref}


def test_an_agent_whose_early_claims_stand_far_above_his_unit(house: House) -> None:
    bad = estate.user(Role.AGENT, unit_=house.unit, name="吴刚")
    good = estate.user(Role.AGENT, unit_=house.unit, name="郑凯")
    for at in range(23):  # and one of the customer that the house begins with
        who = house.person(of=good)
        held = house.held_by(who, days=30 if at < 2 else 2000)
        if at < 2:
            house.claim(who, held)
    early = []
    for at in range(4):
        who = house.person(of=bad)
        held = house.held_by(who, days=30)
        if at < 3:
            early.append(house.claim(who, held).ref)
    house.screen()
    (signal,) = house.signals("agent-cluster")
    assert (signal.operator_id, signal.facts["refs"]) == (bad.pk, early)
    # 2 of 24 elsewhere: (2 + 1) / (24 + 1) = 0.12; 4 × 0.12 = 0.48; 3 / 0.48 = 6.25
    numbers = {
        key: signal.facts[key] for key in ("others", "others_early", "base", "expected", "lift")
    }
    assert numbers == {"others": 24, "others_early": 2, "base": 0.12, "expected": 0.48, "lift": 6.2}
    (case,) = [each for each in house.cases() if each.operator_id == bad.pk]
    assert case.subject_id is None
    assert case.kept_from == [bad.pk]


@pytest.mark.parametrize(
    ("standing", "speaks"),
    [
        (Standing(others=24, others_early=2, policies=4, early=3), True),
        (Standing(others=24, others_early=2, policies=4, early=2), False),  # two are too few
        (Standing(others=19, others_early=0, policies=4, early=3), False),  # too small a unit
        (Standing(others=24, others_early=2, policies=9, early=3), False),  # 3 / 1.08 = 2.8
    ],
)
def test_the_arithmetic_of_a_cluster(standing: Standing, *, speaks: bool) -> None:
    assert clusters.stands_out(book()["agent-cluster"], standing) is speaks


# -- all of them ----------------------------------------------------------------------------------


def test_every_rule_of_the_file_is_found_by_somebody_and_tested() -> None:
    assert set(book().rules) == {*FINDERS, screening.CLUSTER, BY_HAND}
    assert all(each.mark == "-" for each in book().rules.values())  # ours, and never told as law


@pytest.mark.parametrize(
    "text",
    [
        "opens: 50\nidle_days: 7\nclause: X\nrules: [{id: a, zh: 甲, says_zh: 甲, says_en: a, threshold: {}, weight: 5, mark: '-'}]",
        "opens: 50\nidle_days: 7\nclause: X\nrules: [{id: a, zh: 甲, en: a, says_zh: '{days}', says_en: a, threshold: {}, weight: 5, mark: '-'}]",
        "opens: 50\nidle_days: 7\nclause: X\nrules: [{id: a, zh: 甲, en: a, says_zh: 甲, says_en: a, threshold: {}, weight: 5, mark: V9}]",
    ],
)
def test_a_rule_without_a_language_a_number_or_a_known_mark_is_refused(text: str) -> None:
    with pytest.raises(RulesRefused):
        parsed(text)


def test_a_second_search_finds_nothing_new_and_neither_do_days_that_pass(house: House) -> None:
    case, _claim = house.suspicion()
    before = [(each.pk, each.case_id) for each in house.signals()]
    assert house.screen() == 0
    with clock.at(MORNING + 3 * DAY):
        assert house.screen() == 0
    assert [(each.pk, each.case_id) for each in house.signals()] == before
    assert [each.code for each in house.cases()] == [case.code]


def test_a_sum_below_the_threshold_opens_nothing_and_stays_on_record(house: House) -> None:
    house.claim(house.person(), days=30)
    house.screen()
    assert [each.weight for each in house.signals()] == [20]
    assert house.cases() == []


def test_the_sum_is_shown_as_people_add(house: House) -> None:
    case, _claim = house.suspicion()
    with scopes.acting(estate.system()):
        rows = list(FraudSignal.objects.filter(case=case))
        assert scoring.arithmetic(rows) == "40 + 20 = 60"
        twice = [*rows, *rows]
        assert scoring.total(twice) == case.score == 60  # a rule counts once
        assert case.entries.get(what="opened").facts["sum"] == "40 + 20 = 60"


def test_what_comes_later_joins_the_case_that_is_open(house: House) -> None:
    case, claim = house.suspicion()
    with scopes.acting(estate.system()):
        ContactFlag.objects.create(subject_id=claim.subject_id, contact="mobile", why="suspected")
    assert house.screen() == 1
    assert house.fresh(case).score == 85
    assert len(house.cases()) == 1


def test_a_dismissed_suspicion_does_not_come_back_on_the_same_facts(house: House) -> None:
    case, claim = house.suspicion()
    with estate.acting(house.lead) as actor:
        triage.dismiss(case, text="共用账号已说明", actor=actor)
    house.screen()
    assert [each.state for each in house.cases()] == ["dismissed"]
    with scopes.acting(estate.system()):
        ContactFlag.objects.create(subject_id=claim.subject_id, contact="mobile", why="suspected")
    house.screen()  # 25 alone is not enough
    assert len(house.cases()) == 1


def test_a_rule_is_silent_until_its_day_and_speaks_again_after_it(house: House) -> None:
    case, claim = house.suspicion()
    until = clock.local().date() + 10 * DAY
    with estate.acting(house.lead) as actor:
        triage.dismiss(case, text="共用账号已说明", actor=actor)
        with pytest.raises(NotItsRule):
            triage.suppress(case, "own-agent", reason="x", until=until, actor=actor)
        with pytest.raises(NotSoLong):
            triage.suppress(case, "early-claim", reason="x", until=until + 999 * DAY, actor=actor)
        triage.suppress(case, "early-claim", reason="团体保单转入", until=until, actor=actor)
    with scopes.acting(estate.system()):
        who = claim.subject.customer
    again = house.claim(who, days=20)
    house.screen()
    assert again.ref not in house.found("early-claim")
    with clock.at(MORNING + 11 * DAY):
        house.screen()
    assert again.ref in house.found("early-claim")


def test_who_is_here_to_be_found_by_thieves_is_no_claimant(house: House) -> None:
    claim = house.claim(house.person(), days=10)
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=claim.subject_id).update(honey=True)
    house.screen()
    assert house.signals() == []


def test_one_entry_for_a_chunk_tags_nobody_and_names_no_value(
    house: House, monkeypatch: Any
) -> None:
    for _each in range(3):
        house.claim(house.person(bank="6217000100009999"))
    monkeypatch.setattr(screening, "CHUNK", 2)
    before = Entry.objects.count()
    house.screen()
    fresh = [bytes(each.leaf).decode() if not isinstance(each.leaf, str) else each.leaf
             for each in Entry.objects.order_by("pk")[before:]]  # fmt: skip
    machine = [each for each in fresh if '"machine"' in each]
    assert len(machine) == 3  # two chunks of claims, and the clusters
    assert not any("6217000100009999" in each for each in fresh)


def test_a_claim_is_looked_at_as_soon_as_it_is_filed(
    house: House, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(screen_claim, "delay", rung.append)
    with django_capture_on_commit_callbacks(execute=True):
        claim = house.claim(house.person(), days=10)
    assert claim.pk in rung
    assert screening.claim(claim.pk) == 1
    assert house.found("early-claim") == {claim.ref}
    assert screening.claim(claim.pk) == 0


def test_a_filing_goes_through_when_nobody_hears_the_bell(house: House, monkeypatch: Any) -> None:
    def deaf(_pk: int) -> None:
        raise OperationalError

    monkeypatch.setattr(screen_claim, "delay", deaf)
    claim = house.claim(house.person(), days=10)
    house.screen()
    assert house.found("early-claim") == {claim.ref}


def test_signals_hold_numbers_and_references_and_no_value(house: House) -> None:
    house.suspicion()
    told = " ".join(str(each.facts) for each in house.signals())
    with scopes.acting(estate.system()):
        told += " ".join(str(row) for row in FraudCase.objects.values_list())
    assert "62170001" not in told
