"""Legal holds: what each covers, who places and releases them, and that destruction never overtakes one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from access import cases, rechecking, scopes
from access.approvals import ContentChanged
from access.gate import Refused
from access.models import Approval, Finding, Subject, Unit
from access.vocabulary import Role
from custodian import clock, invariants
from custodian.invariants import Options
from records import legal_holds
from records.importing import quarantine
from records.legal_holds import covering, placing, selectors
from records.legal_holds.covering import Draft
from records.models import Book, LegalHold, Policy, QuarantinedRow
from tests import estate
from tests.records import desk_estate, holds
from tests.records.elsewhere import Elsewhere, waits_for
from tests.records.holds import House, covered, fresh

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house():
    return House()


def of_rule(of="customers", **rule):
    with scopes.acting(estate.system()):
        return selectors.of_rule(of, rule)


def exactly(house, draft, expected):
    """Both ends of the one statement say so: from the hold, and from the holdings."""
    assert covered(draft) == expected
    hold = house.place(draft)
    assert house.held == expected
    return hold


# What each scope covers


def test_a_hold_on_a_customer_covers_all_that_is_hers_and_the_policies_in_which_she_has_a_role(
    house,
):
    expected = house.own(house.wife) | {house.policy.holding, house.claim.holding}
    exactly(house, Draft("customer", {"customers": [house.wife.ref]}), expected)


def test_a_beneficiary_counts_for_her_own_hold_and_not_for_the_policys(house):
    holds.beneficiary(house.policy, house.sun)
    expected = house.own(house.sun) | {
        house.other.holding, house.policy.holding, house.claim.holding
    }  # fmt: skip
    exactly(house, Draft("customer", {"customers": [house.sun.ref]}), expected)
    on_policy = Draft("policy", {"policies": [house.policy.ref]})
    assert not house.own(house.sun) & covered(on_policy)


def test_a_hold_on_a_policy_covers_its_claims_and_who_its_people_are_but_not_their_money(house):
    expected = house.about(house.zhang, house.wife) | {house.policy.holding, house.claim.holding}
    exactly(house, Draft("policy", {"policies": [house.policy.ref]}), expected)


def test_a_hold_on_a_book_covers_who_comes_later_too(house):
    draft = holds.of_book()
    hold = exactly(house, draft, house.own(house.sun) | {house.other.holding})
    later = estate.customer(book_=estate.book("LJ"))
    policy = desk_estate.policy(later)
    assert house.own(later) | {policy.holding} <= house.held
    with scopes.acting(estate.system()):
        assert covering.extents([hold])[hold.pk].customers == 2


def test_a_policy_of_the_book_is_held_although_its_holder_is_of_another(house):
    with scopes.acting(estate.system()):
        Policy.objects.filter(pk=house.policy.pk).update(book=estate.book("LJ"))
    expected = house.own(house.sun) | house.about(house.zhang, house.wife)
    expected |= {house.other.holding, house.policy.holding, house.claim.holding}
    exactly(house, holds.of_book(), expected)


def test_quarantined_rows_of_a_held_book_outlive_their_days(house):
    rows = {code: holds.quarantined(estate.book(code)) for code in ("LJ", "QH")}
    hold = house.open(holds.of_book())
    with clock.at(clock.now() + timedelta(days=184)):
        assert quarantine.expire() == 1
        assert list(QuarantinedRow.objects.all()) == [rows["LJ"]]
        house.release(hold)
        assert quarantine.expire() == 1


def test_a_hold_on_a_complaint_covers_the_customer_it_is_about(house):
    holds.complaint(house.sun, "TS-2026-0041")
    with scopes.acting(estate.system()):
        draft = selectors.of_case("TS-2026-0041")
    assert draft.selector == {"item": "TS-2026-0041", "customers": [house.sun.ref]}
    exactly(house, draft, house.own(house.sun) | {house.other.holding})


def test_a_hold_on_a_regulators_case_covers_its_customers(house):
    with scopes.acting(estate.system()):
        uid = Subject.objects.get(pk=house.sun.pk).uid
    today = clock.local().date()
    terms = cases.Terms(
        title="示例", office="示例监管局", letter="", since=today, until=today, everything=False,
        operators=[], customers=[uid], units=[], guests=[estate.user(Role.REGULATOR)],
        access_until=clock.now() + timedelta(days=30),
    )  # fmt: skip
    with estate.acting(house.officers[0]) as actor:
        case = cases.open_case(terms, actor=actor)
        draft = selectors.of_case(case.ref.lower())
    assert draft.selector == {"case": case.ref, "customers": [house.sun.ref]}
    exactly(house, draft, house.own(house.sun) | {house.other.holding})


def test_a_case_that_names_no_customer_cannot_be_held(house):
    today = clock.local().date()
    terms = cases.Terms(
        title="示例", office="示例监管局", letter="", since=today, until=today, everything=True,
        operators=[], customers=[], units=[], guests=[estate.user(Role.REGULATOR)],
        access_until=clock.now() + timedelta(days=30),
    )  # fmt: skip
    with estate.acting(house.officers[0]) as actor:
        case = cases.open_case(terms, actor=actor)
        with pytest.raises(selectors.NobodyInCase):
            selectors.of_case(case.ref)


@pytest.mark.parametrize(
    ("of", "rule", "customers"),
    [
        ("customers", {"book": "LJ"}, {"sun"}),
        ("customers", {"unit": "XZ"}, {"zhang", "wife"}),
        ("customers", {"unit": "XZ", "book": "LJ"}, set()),
        ("customers", {"product": "WL01"}, {"zhang", "wife", "sun"}),
        ("customers", {"status": "terminated"}, set()),
        ("customers", {"claim": "accident"}, {"zhang", "wife"}),
        ("customers", {"claim": "death"}, set()),
        ("policies", {"book": "LJ"}, {"sun"}),
        ("policies", {"unit": "XZ", "claim": "accident"}, {"zhang", "wife"}),
    ],
)
def test_a_rule_holds_whoever_fits_it(house, of, rule, customers):
    people = [getattr(house, name) for name in customers]
    expected = house.own(*people) if of == "customers" else house.about(*people)
    if "sun" in customers:
        expected |= {house.other.holding}
    if "zhang" in customers:
        expected |= {house.policy.holding, house.claim.holding}
    exactly(house, of_rule(of, **rule), expected)


def test_a_rule_reads_product_intermediary_and_the_days_of_the_end(house):
    holds.product("TL20")
    bank = holds.intermediary("YB01")
    holds.change(house.other, intermediary=bank, ends_on=holds.A_DAY)
    expected = house.about(house.sun) | {house.other.holding}
    for rule in (
        {"intermediary": "YB01"},
        {"ends_from": "2024-06-30", "ends_until": holds.A_DAY},
        {"ends_until": "2024-06-30"},
    ):
        assert covered(of_rule("policies", **rule)) == expected
    assert not covered(of_rule("policies", ends_from="2024-07-01"))
    assert not covered(of_rule("policies", ends_until="2024-06-29"))
    assert not covered(of_rule("policies", product="TL20"))


def test_a_rule_holds_who_comes_to_fit_it_later(house):
    house.open(of_rule(status="terminated"))
    assert house.held == set()
    holds.change(house.other, status="terminated")
    assert house.held == house.own(house.sun) | {house.other.holding}


def test_a_hold_outlives_the_codes_that_it_was_asked_for_by(house):
    drafts = [of_rule(unit="NJ"), of_rule(book="LJ"), holds.of_book()]
    before = [covered(each) for each in drafts]
    with scopes.acting(estate.system()):
        Unit.objects.filter(code="NJ").update(code="NJ-2")
        Book.objects.filter(code="LJ").update(code="LJ-2")
    assert [covered(each) for each in drafts] == before == [before[0]] * 3
    assert before[0] == house.own(house.sun) | {house.other.holding}


def test_units_below_fit_too(house):
    parent = estate.unit("JS")
    below = estate.unit("JS-1", parent=parent)
    newcomer = estate.customer(unit_=below)
    assert covered(of_rule(unit="JS")) == house.own(newcomer)


@pytest.mark.parametrize("rule", [{}, {"book": "", "status": None}])
def test_a_rule_without_a_condition_would_hold_everything_and_is_refused(house, rule):
    with pytest.raises(selectors.NothingNamed):
        of_rule(**rule)


@pytest.mark.parametrize("rule", [{"book": "??"}, {"status": "lost"}, {"claim": "x"}])
def test_a_rule_names_only_what_there_is(house, rule):
    with pytest.raises(selectors.NotKnown):
        of_rule(**rule)


def test_customers_and_policies_are_named_by_what_there_is(house):
    with scopes.acting(estate.system()):
        typed = house.sun.ref.upper().replace("-", " ")
        assert selectors.of_customers([typed]).selector == {"customers": [house.sun.ref]}
        assert selectors.of_policies([house.policy.ref]).selector == {
            "policies": [house.policy.ref]
        }
        for wrong in ([holds.NOBODY], [house.policy.ref]):
            with pytest.raises(selectors.NotKnown):
                selectors.of_customers(wrong)
        with pytest.raises(selectors.NothingNamed):
            selectors.of_policies([])


def test_many_holdings_take_two_statements(house):
    house.open(holds.of_book())
    asked = house.everything
    with desk_estate.statements() as sent:
        legal_holds.on(asked)
    assert len(sent) == 2
    assert legal_holds.on([]) == {}


def test_the_answer_is_the_same_whoever_asks(house):
    house.open(holds.of_book())
    agent = estate.user(Role.AGENT)
    with estate.acting(agent):
        assert LegalHold.objects.count() == 0  # row-level security
        assert set(legal_holds.on(house.everything)) == house.held != set()


# Several on one holding, and their facts


def test_releasing_one_of_several_keeps_the_others(house):
    first = house.open(Draft("customer", {"customers": [house.sun.ref]}))
    second = house.open(holds.of_book(), ground="aml_investigation_open")
    facts = legal_holds.on([house.other.holding])[house.other.holding]
    assert [each.code for each in facts] == [first.code, second.code]
    house.release(first)
    (left,) = legal_holds.on([house.other.holding])[house.other.holding]
    assert (left.code, left.ground, left.placed_by) == (
        second.code, "aml_investigation_open", str(house.officers[0])
    )  # fmt: skip
    assert left.since == second.placed_at
    house.release(second)
    assert legal_holds.on([house.other.holding]) == {}


def test_a_customers_page_is_told_of_every_hold_on_what_is_hers(house):
    on_policy = house.open(Draft("policy", {"policies": [house.policy.ref]}))
    on_sun = house.open(Draft("customer", {"customers": [house.sun.ref]}))
    found = legal_holds.on_subjects([house.zhang.pk, house.wife.pk, house.sun.pk])
    assert {pk: [each.code for each in facts] for pk, facts in found.items()} == {
        house.zhang.pk: [on_policy.code],
        house.wife.pk: [on_policy.code],
        house.sun.pk: [on_sun.code],
    }


# Four eyes both ways


def test_what_is_asked_for_holds_at_once_and_lapses_after_seven_days(house):
    hold = house.place(Draft("customer", {"customers": [house.sun.ref]}))
    assert house.other.holding in house.held
    with clock.at(hold.placed_at + timedelta(days=7) - timedelta(seconds=1)):
        assert house.other.holding in house.held
    with clock.at(hold.placed_at + timedelta(days=7)):
        assert house.held == set()
        house.decide(hold.approval)
        assert house.other.holding in house.held


def test_what_is_returned_holds_no_longer(house):
    hold = house.place(Draft("customer", {"customers": [house.sun.ref]}))
    house.decide(hold.approval, yes=False)
    assert (fresh(hold).status, house.held) == ("returned", set())


def test_nobody_approves_his_own_hold_or_release(house):
    hold = house.place(Draft("customer", {"customers": [house.sun.ref]}))
    with pytest.raises(Refused) as refused:
        house.decide(hold.approval, by=0)
    assert refused.value.decision.because == ("own-request",)
    house.decide(hold.approval)
    asked = house.ask_release(fresh(hold), by=1)
    with pytest.raises(Refused) as refused:
        house.decide(asked, by=1)
    assert refused.value.decision.because == ("own-request",)
    house.decide(asked, by=0)
    assert fresh(hold).status == "released"


def test_a_release_that_waits_or_is_returned_holds_on(house):
    hold = house.open(Draft("customer", {"customers": [house.sun.ref]}))
    asked = house.ask_release(hold)
    assert (fresh(hold).status, house.other.holding in house.held) == ("release-asked", True)
    with pytest.raises(placing.NotOpen):
        house.ask_release(hold)
    house.decide(asked, yes=False)
    assert (fresh(hold).status, house.other.holding in house.held) == ("open", True)
    house.release(fresh(hold))
    held = fresh(hold)
    assert (held.status, held.released_at is not None, house.held) == ("released", True, set())
    with pytest.raises(placing.NotOpen):
        house.ask_release(held)


def test_a_hold_that_waits_cannot_be_released(house):
    hold = house.place(Draft("customer", {"customers": [house.sun.ref]}))
    with pytest.raises(placing.NotOpen):
        house.ask_release(hold)
    assert Approval.objects.filter(kind="legal-hold-release").count() == 0


def test_security_officers_ask_and_others_do_not(house):
    draft = Draft("customer", {"customers": [house.sun.ref]})
    day = clock.local().date() + timedelta(days=90)
    terms = {"ground": "regulator_order", "reason": "示例", "review_on": day}
    with estate.acting(house.guard) as actor:
        legal_holds.place(draft, actor=actor, **terms)
    for role in (Role.AUDITOR, Role.AGENT, Role.SERVICE_DESK, Role.ADMINISTRATOR, Role.REGULATOR):
        with estate.acting(estate.user(role)) as actor, pytest.raises(Refused):
            legal_holds.place(draft, actor=actor, **terms)
    with scopes.acting(estate.system()):
        assert LegalHold.objects.count() == 1


def test_what_was_edited_while_it_waited_is_not_approved(house):
    hold = house.place(Draft("customer", {"customers": [house.sun.ref]}))
    with scopes.acting(estate.system()):
        LegalHold.objects.filter(pk=hold.pk).update(selector={"customers": [house.zhang.ref]})
    with pytest.raises(ContentChanged):
        house.decide(hold.approval)


@pytest.mark.parametrize("days", [0, 367])
def test_a_review_lies_within_a_year(house, days):
    with pytest.raises(placing.BadReviewDay):
        house.place(
            Draft("customer", {"customers": [house.sun.ref]}),
            review_on=clock.local().date() + timedelta(days=days),
        )


def test_a_review_moves_the_day_and_stays_on_record(house):
    hold = house.open(Draft("customer", {"customers": [house.sun.ref]}))
    day = clock.local().date() + timedelta(days=200)
    with estate.acting(house.guard) as actor:
        legal_holds.review(hold, note="调查仍在进行", next_on=day, actor=actor)
    held = fresh(hold)
    assert held.review_on == day
    with scopes.acting(estate.system()):
        assert [each.next_on for each in held.reviews.all()] == [day]
        assert list(legal_holds.altered()) == []
        with clock.at(clock.now() + timedelta(days=201)):
            assert list(LegalHold.objects.overdue(clock.local().date())) == [held]
    house.release(held)
    with estate.acting(house.guard) as actor, pytest.raises(placing.NotOpen):
        legal_holds.review(fresh(hold), note="再看", next_on=day, actor=actor)


def test_numbers_follow_each_other(house):
    draft = Draft("customer", {"customers": [house.sun.ref]})
    year = clock.local().year
    codes = [house.place(draft, reason=why).code for why in ("示例监管局来函", "示例法院来函")]
    assert codes == [f"LH-{year}-001", f"LH-{year}-002"]


def test_the_log_says_which_hold_and_names_no_customer(house, entries_since):
    hold = house.open(Draft("customer", {"customers": [house.sun.ref]}))
    house.release(hold)
    estate.drain()
    acts = [each for each in entries_since() if '"records:legal-hold:' in each.leaf]
    assert len(acts) == 4  # asked, approved, release asked, released
    for entry in acts:
        assert entry.subjects == 0
        for secret in (house.sun.ref, "示例监管局来函", "案件已结"):
            assert secret not in entry.leaf
    assert hold.code in acts[0].leaf
    assert hold.approval.digest in acts[0].leaf


# What was done by hand


def forge(hold, **values):
    with scopes.acting(estate.system()):
        LegalHold.objects.filter(pk=hold.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"selector": {"customers": [holds.NOBODY]}},
        {"scope": "policy"},
        {"status": "returned"},
        {"status": "asked"},
        {"status": "released", "released_at": clock.now()},
        {"placed_at": clock.now() - timedelta(days=30)},
        {"reason": "别的理由"},
        {"review_on": clock.local().date() + timedelta(days=300)},
    ],
)
def test_a_hold_that_was_changed_by_hand_is_found(house, values):
    hold = house.open(Draft("customer", {"customers": [house.sun.ref]}))
    assert rechecking.carry_out() == 0
    assert invariants.broken(Options())["legal-holds"] == "ok"
    if values.get("status") == "released":
        # Its own approval cannot stand for the release, so another one's is borrowed.
        other = house.open(Draft("customer", {"customers": [house.zhang.ref]}))
        house.release(other)
        borrowed = fresh(other).release_approval_id
        with scopes.acting(estate.system()), transaction.atomic():
            LegalHold.objects.filter(pk=other.pk).update(
                status="open", released_at=None, release_approval=None
            )
        values = {**values, "release_approval": borrowed}
    forge(hold, **values)
    assert hold.code in invariants.broken(Options())["legal-holds"]
    assert rechecking.carry_out() > 0
    assert Finding.objects.filter(facts__approval=str(hold.approval.ref)).count() == 1


def test_a_hold_that_was_removed_by_hand_is_found(house):
    hold = house.open(Draft("customer", {"customers": [house.sun.ref]}))
    with scopes.acting(estate.system()):
        LegalHold.objects.filter(pk=hold.pk).delete()
    assert hold.code in invariants.broken(Options())["legal-holds"]
    assert rechecking.carry_out() == 1


def test_an_approval_that_was_written_by_hand_does_not_stand_for_a_hold(house):
    hold = house.place(Draft("customer", {"customers": [house.sun.ref]}))
    Approval.objects.filter(pk=hold.approval_id).update(
        status="approved", decided_by=house.officers[1], decided_at=clock.now()
    )
    forge(hold, status="open")
    assert hold.code in invariants.broken(Options())["legal-holds"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("legal_hold_is_dated_when_released", {"released_at": clock.now()}),
        ("legal_hold_is_released_by_an_approval", {"status": "release-asked"}),
    ],
)
def test_the_database_refuses_what_cannot_be(house, name, values):
    hold = house.open(Draft("customer", {"customers": [house.sun.ref]}))
    with pytest.raises(IntegrityError, match=name):
        forge(hold, **values)


def test_the_approval_of_the_placing_is_not_that_of_the_release(house):
    hold = house.open(Draft("customer", {"customers": [house.sun.ref]}))
    with pytest.raises(IntegrityError, match="legal_hold_is_placed_and_released_apart"):
        forge(hold, release_approval=hold.approval)


# The race with destruction


@pytest.mark.parametrize("moment", ["asking", "approving"])
def test_a_hold_waits_for_a_chunk_that_is_being_destroyed(house, moment):
    draft = holds.of_book()
    hold = house.place(draft) if moment == "approving" else None
    later = clock.now() + timedelta(days=8)  # what was asked for has lapsed

    def begin():
        with clock.at(later):
            house.decide(hold.approval) if hold else house.place(draft)

    with clock.at(later), transaction.atomic(), scopes.acting(estate.system()):
        legal_holds.exclude_new()
        assert legal_holds.on([house.other.holding]) == {}
        other = Elsewhere(begin)
        assert waits_for("records_legalhold")
        # Destroyed here: nothing held it, and nothing can begin to hold it before this is over.
        assert legal_holds.on([house.other.holding]) == {}
        assert not other.passed.is_set()
    other.join()
    with clock.at(later):
        assert legal_holds.on([house.other.holding]) != {}


@pytest.mark.parametrize("moment", ["asking", "approving"])
def test_a_chunk_waits_for_a_hold_that_is_being_placed_and_leaves_it_out(house, moment):
    draft = holds.of_book()
    hold = house.place(draft) if moment == "approving" else None
    later = clock.now() + timedelta(days=8)
    seen: list[dict[UUID, object]] = []

    def destroy():
        with clock.at(later), scopes.acting(estate.system()), transaction.atomic():
            list(Subject.objects.filter(pk=house.sun.pk))  # a look before the lock changes nothing
            legal_holds.exclude_new()
            seen.append(dict(legal_holds.on([house.other.holding])))

    with clock.at(later), transaction.atomic():
        house.decide(hold.approval) if hold else house.place(draft)
        other = Elsewhere(destroy)
        assert waits_for("records_legalhold")
        assert seen == []
    other.join()
    assert [list(each) for each in seen] == [[house.other.holding]]


def test_chunks_do_not_wait_for_each_other(house):
    def chunk():
        with scopes.acting(estate.system()), transaction.atomic():
            legal_holds.exclude_new()

    with transaction.atomic():
        legal_holds.exclude_new()
        other = Elsewhere(chunk)
        other.join()


def test_the_lock_needs_a_transaction():
    with pytest.raises(RuntimeError):
        legal_holds.exclude_new()
