"""How long each holding is kept and why: the table of decisions, the reckoning, and what it restricts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from access import gate
from access.actions import Action
from access.gate import Refused
from access.models import Restriction, Subject
from access.vocabulary import Role
from custodian import clock
from custodian.regimes import packs
from custodian.regimes.packs import Trigger
from records import vault
from records.models import Customer, Keeping, KeepingRun, RetentionEvent
from records.retention import clock_guard, reckoning
from records.retention.deciding import Event, Facts, State, Use, decide
from tests import estate
from tests.records import desk_estate

RULES = tuple(packs.load("cn").retention.values())
ENDED, TODAY = date(2015, 3, 1), date(2026, 11, 29)
LONG = Event(Trigger.CONTRACT_TERMINATED, ENDED, "p-1", "long")
SHORT = Event(Trigger.CONTRACT_TERMINATED, ENDED, "p-1", "short")
OVER = Event(Trigger.RELATIONSHIP_ENDED, ENDED)
PAID = Event(Trigger.TRANSACTION, ENDED)
CLOSED = Event(Trigger.CLAIM_CLOSED, ENDED)
CONTACT = Event(Trigger.LAST_CONTACT, ENDED)
WITHDRAWN = Event(Trigger.CONSENT_WITHDRAWN, ENDED)
UNKNOWN = Event(Trigger.CONTRACT_TERMINATED, None, "p-2", "long")
IN_USE, RESTRICTED, DUE, UNDATED = State.IN_USE, State.RESTRICTED, State.DUE, State.UNDATED

# kind, events, days after the end → state, the deciding rule, the last day
TABLE = [
    ("policy", (SHORT,), 0, RESTRICTED, "cn-policy-short", date(2020, 3, 1)),
    ("policy", (SHORT,), 365 * 5 + 1, RESTRICTED, "cn-policy-short", date(2020, 3, 1)),
    ("policy", (SHORT,), 365 * 5 + 3, DUE, "cn-policy-short", date(2020, 3, 1)),
    ("policy", (LONG,), 365 * 6, RESTRICTED, "cn-policy-long", date(2025, 3, 1)),
    ("policy", (LONG,), 365 * 11, DUE, "cn-policy-long", date(2025, 3, 1)),
    ("policy", (UNKNOWN,), 365 * 11, UNDATED, "cn-policy-long", None),
    # The law against money laundering outlasts a short contract.
    ("identity", (SHORT, OVER), 365 * 6, RESTRICTED, "cn-identity", date(2025, 3, 1)),
    ("identity", (SHORT, OVER), 365 * 11, DUE, "cn-identity", date(2025, 3, 1)),
    ("identity", (LONG, UNKNOWN, OVER), 365 * 11, UNDATED, "cn-policy-long", None),
    ("identity", (CONTACT,), 200, DUE, "cn-prospect", date(2015, 9, 1)),
    ("identity", (WITHDRAWN,), 1, DUE, "cn-consent", ENDED),
    ("identity", (WITHDRAWN,), 0, RESTRICTED, "cn-consent", ENDED),
    ("financial", (PAID,), 365 * 9, RESTRICTED, "cn-transaction", date(2025, 3, 1)),
    ("financial", (PAID,), 365 * 11, DUE, "cn-transaction", date(2025, 3, 1)),
    ("claim", (SHORT, CLOSED), 365 * 4, RESTRICTED, "cn-claim-short", date(2020, 3, 1)),
    ("claim", (LONG, CLOSED), 365 * 11, DUE, "cn-claim-long", date(2025, 3, 1)),
    ("document", (SHORT, OVER), 365 * 9, RESTRICTED, "cn-identity", date(2025, 3, 1)),
    ("document", (), 365 * 9, UNDATED, "", None),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]}-{row[2]}-{row[3]}")
def test_the_longest_rule_decides(row):
    kind, events, days, state, rule, until = row
    answer = decide(Facts(kind, (), events, ENDED), RULES, today=ENDED + timedelta(days=days))
    assert (answer.state, answer.rule, answer.until) == (state, rule, until)


@pytest.mark.parametrize("kind", ["identity", "financial", "policy", "claim", "document"])
def test_what_is_used_is_in_use_whatever_the_rules_say(kind):
    facts = Facts(kind, (Use("contract", "p-9"),), (LONG, OVER, PAID, CLOSED))
    assert decide(facts, RULES, today=TODAY).state is IN_USE


def test_an_answer_explains_itself():
    answer = decide(Facts("identity", (), (SHORT, OVER), ENDED), RULES, today=TODAY)
    said = [(each.rule.code, each.event.about, each.until) for each in answer.reasons]
    assert said == [
        ("cn-identity", "", date(2025, 3, 1)), ("cn-policy-short", "p-1", date(2020, 3, 1)),
    ]  # fmt: skip
    assert answer.reasons[0].rule.clause == "CN-AML-34"


# On rows


@pytest.fixture
def agent():
    desk_estate.open_all_day()
    return estate.user(Role.AGENT)


@pytest.fixture
def her(agent):
    return estate.customer(of=[agent])


def ended(policy, on, *, starts=date(2000, 1, 1)):
    with estate.scopes.acting(estate.system()):
        type(policy).objects.filter(pk=policy.pk).update(
            status="terminated", starts_on=starts, ends_on=on
        )


def reckoned(*customers):
    reckoning.refresh([each.pk for each in customers])
    with estate.scopes.acting(estate.system()):
        rows = Keeping.objects.filter(subject__in=[each.pk for each in customers])
        return {(each.subject_id, each.kind): each for each in rows}


def state(customer):
    with estate.scopes.acting(estate.system()):
        return Subject.objects.get(pk=customer.pk).status


def reveal(person, customer, element, holdings=()):
    with estate.acting(person) as actor:
        permit = gate.permit(
            actor, Action.CUSTOMER_REVEAL, subjects=[customer.pk], elements=[element],
            holdings=holdings, purpose="policy_service", channel="desk",
        )  # fmt: skip
        return vault.reveal(permit)


pytestmark = pytest.mark.django_db(transaction=True)


def test_a_contract_in_force_keeps_everything_in_use(agent, her):
    desk_estate.policy(her)
    rows = reckoned(her)
    assert {row.state for row in rows.values()} == {"in_use"}
    assert {kind for _, kind in rows} == {"identity", "financial", "policy"}
    assert reveal(agent, her, "identity.mobile")


def test_when_the_last_contract_is_over_she_is_restricted_as_a_whole(agent, her):
    policy = desk_estate.policy(her)
    ended(policy, date(2024, 5, 1))
    rows = reckoned(her)
    assert {row.state for row in rows.values()} == {"restricted"}
    assert rows[her.pk, "identity"].keep_until == date(2034, 5, 1)
    assert state(her) == "restricted"
    with pytest.raises(Refused) as refused:
        reveal(agent, her, "identity.mobile")
    assert refused.value.decision.because == ("restricted",)
    with estate.acting(agent) as actor:
        masked = gate.permit(
            actor, Action.CUSTOMER_VIEW, subjects=[her.pk], elements=["identity.mobile"],
            purpose="policy_service", channel="desk", masked=True,
        )  # fmt: skip
        assert vault.listed(masked)


def test_one_ended_policy_of_two_is_restricted_alone(agent, her):
    old, new = desk_estate.policy(her), desk_estate.policy(her)
    ended(old, date(2024, 5, 1))
    reckoned(her)
    assert state(her) == "active"
    with pytest.raises(Refused):
        reveal(agent, her, "policy.number", [old.holding])
    shown = reveal(agent, her, "policy.number")
    assert [each.holding for each in shown] == [new.holding]
    assert reveal(agent, her, "policy.number", [new.holding])


def test_a_new_contract_releases_her(agent, her):
    ended(desk_estate.policy(her), date(2024, 5, 1))
    reckoned(her)
    desk_estate.policy(her)
    reckoned(her)
    assert state(her) == "active"
    assert reveal(agent, her, "identity.mobile")
    with estate.scopes.acting(estate.system()):
        assert Restriction.objects.filter(subject=her.pk).count() == 1  # the ended policy's own


def test_an_open_claim_keeps_its_policy_in_use(her):
    policy = desk_estate.policy(her)
    claim = desk_estate.claim(her, policy)
    ended(policy, date(2024, 5, 1))
    with estate.scopes.acting(estate.system()):
        type(claim).objects.filter(pk=claim.pk).update(status="examining")
    assert {row.state for row in reckoned(her).values()} == {"in_use"}


def test_a_policy_whose_end_nobody_knows_is_restricted_and_never_due(her):
    policy = desk_estate.policy(her)
    ended(policy, None)
    rows = reckoned(her)
    assert {row.state for row in rows.values()} == {"undated"}
    assert state(her) == "restricted"
    with estate.scopes.acting(estate.system()):
        RetentionEvent.objects.create(
            subject_id=her.pk, holding=policy.holding, trigger="contract_terminated",
            on=date(2012, 1, 1),
        )  # fmt: skip
    assert {row.state for row in reckoned(her).values()} == {"due"}


def test_an_insured_is_kept_with_the_policy_of_somebody_else(her, agent):
    other = estate.customer(of=[agent])
    policy = desk_estate.policy(other, insured=her)
    ended(policy, date(2024, 5, 1))
    rows = reckoned(her, other)
    assert rows[her.pk, "identity"].keep_until == date(2034, 5, 1)
    assert (her.pk, "policy") not in rows


def test_somebody_without_a_contract_is_in_use_for_six_months(her):
    assert {row.state for row in reckoned(her).values()} == {"in_use"}
    with clock.at(clock.now() + timedelta(days=200)):
        assert {row.state for row in reckoned(her).values()} == {"due"}


def test_withdrawn_consent_ends_a_prospect_at_once_and_no_contract(her, agent):
    bound = estate.customer(of=[agent])
    desk_estate.policy(bound)
    with estate.scopes.acting(estate.system()):
        for each in (her, bound):
            RetentionEvent.objects.create(
                subject_id=each.pk, trigger="consent_withdrawn",
                on=clock.local().date() - timedelta(days=1),
            )  # fmt: skip
    rows = reckoned(her, bound)
    assert rows[her.pk, "identity"].state == "due"
    assert rows[bound.pk, "identity"].state == "in_use"


def test_the_reckoning_of_a_day_is_done_once_and_told_in_the_log(her, agent, entries_since):
    ended(desk_estate.policy(her), date(2024, 5, 1))
    estate.customer(of=[agent])
    run = reckoning.carry_out()
    again = reckoning.carry_out()
    assert (again.pk, again.counts, KeepingRun.objects.count()) == (run.pk, run.counts, 1)
    assert run.counts == {"restricted": 3, "in_use": 2}
    estate.drain()
    told = [each for each in entries_since() if "records:retention:reckon" in each.leaf]
    assert len(told) == 1
    assert '"restricted":3' in told[0].leaf


def test_a_run_that_was_broken_off_goes_on_after_its_last_page(her, agent, monkeypatch):
    others = [estate.customer(of=[agent]) for _ in range(3)]
    monkeypatch.setattr(reckoning, "PAGE", 1)
    seen = []

    def once(name):
        seen.append(name)
        if len(seen) == 2:
            raise MemoryError

    monkeypatch.setattr(reckoning.failpoints, "hit", once)
    with pytest.raises(MemoryError):
        reckoning.carry_out()
    assert KeepingRun.objects.get().after == others[0].pk
    assert reckoning.carry_out().counts == {"in_use": 8}


def test_honey_customers_have_no_time(her):
    with estate.scopes.acting(estate.system()):
        Subject.objects.filter(pk=her.pk).update(honey=True)
    assert reckoned(her) == {}


# F16


@pytest.mark.parametrize("hours", [72, -3])
def test_f16_a_clock_that_jumped_restricts_and_destroys_nothing(her, hours, monkeypatch):
    ended(desk_estate.policy(her), date(2024, 5, 1))
    real = clock.real
    monkeypatch.setattr(clock, "real", lambda: real() + timedelta(hours=hours))
    with pytest.raises(clock_guard.ClockAstray):
        reckoning.carry_out()
    assert state(her) == "active"
    from access.models import Finding

    assert Finding.objects.filter(kind="retention.clock", severity="urgent").count() == 1


def test_nobody_else_sees_what_is_reckoned(her):
    reckoned(her)
    with estate.acting(estate.user(Role.AGENT, name="王磊")):
        assert not Keeping.objects.exists()
        assert not Customer.objects.filter(pk=her.pk).exists()
