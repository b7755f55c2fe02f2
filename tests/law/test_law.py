"""Overrides and confirmations: four eyes, dated, on record, never overwritten and never below the law."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import Error, connection, transaction

from access import approvals, law
from access.approvals import ContentChanged
from access.gate import Refused
from access.law import confirming, overriding, reading
from access.law.overriding import OwnRule
from access.models import Approval, Confirmation, RuleOverride
from access.querylog import write
from access.vocabulary import Role
from custodian import clock
from custodian.regimes.packs import CONFIRMED, Mark, Trigger, load, regimes
from custodian.regimes.periods import Period
from tests import estate

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def first():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def second():
    return estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")


def today():
    return reading.today()


def ask(person, code="cn-log", **more):
    said = {"period": "7y", "since": today(), "reason": "诉讼时效"}
    with estate.acting(person) as actor:
        return law.propose_override(code, **{**said, **more}, actor=actor)


def confirm(person, code="CN-TRF-6", **more):
    said = {"mark": Mark.READ, "source": "公报2011年第9号", "read_on": today()}
    with estate.acting(person) as actor:
        return law.propose_confirmation(code, **{**said, **more}, actor=actor)


def approve(person, approval):
    with estate.acting(person, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)


def rules(on=None):
    return {each.code: each for each in law.retention_rules(on or today())}


# What holds


@pytest.mark.parametrize("regime", regimes())
def test_without_overrides_the_packs_rules_hold(settings, regime):
    settings.CUSTODIAN_REGIME = regime
    held = {each.code for each in load(regime).retention.values() if each.in_force(today())}
    assert set(rules()) == held


def test_a_rule_holds_from_its_day_on():
    before, after = date(2024, 12, 31), date(2025, 1, 1)
    assert "cn-identity" not in rules(before)
    assert rules(after)["cn-identity"].period == Period.read("10y")


def test_a_default_is_changed_in_any_direction_and_stays_a_default(first, second):
    for period in ("7y", "2y"):
        approve(second, ask(first, period=period))
        found = rules()["cn-log"]
        assert (found.period, found.binding, found.mark) == (
            Period.read(period), False, Mark.DEFAULT,
        )  # fmt: skip


def test_a_longer_period_stands_beside_a_minimum_of_the_law_and_never_looks_like_it(first, second):
    approve(second, ask(first, "cn-identity", period="12y"))
    found = rules()
    lawful, ours = found["cn-identity"], found["own-cn-identity"]
    assert (lawful.period, lawful.binding, lawful.mark) == (Period.read("10y"), True, Mark.READ)
    assert (ours.period, ours.binding, ours.mark) == (Period.read("12y"), False, Mark.DEFAULT)
    assert (ours.about, ours.trigger) == (lawful.about, lawful.trigger)
    assert reading.rule("own-cn-identity") == lawful  # whoever asks for one finds both


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("cn-identity", {"period": "9y"}),
        ("cn-identity", {"period": "119mo"}),
        ("cn-identity", {"period": "10y", "enabled": False}),
        ("cn-recording-long", {"period": "5y"}),  # read in a secondary source
    ],
)
def test_an_override_never_undercuts_a_minimum_whose_source_was_checked(first, code, terms):
    with pytest.raises(overriding.LawIsLonger) as found:
        ask(first, code, **terms)
    assert "10 年" in str(found.value.message)
    assert not RuleOverride.objects.exists()


def test_a_default_can_be_switched_off(first, second):
    approve(second, ask(first, "cn-prospect", period="6mo", enabled=False))
    assert "cn-prospect" not in rules()


def test_an_override_holds_from_its_day_to_its_end(first, second):
    since, until = today() + 30 * DAY, today() + 60 * DAY
    approve(second, ask(first, since=since, until=until))
    periods = [str(rules(day)["cn-log"].period) for day in (since - DAY, since, until - DAY, until)]
    assert periods == ["5y", "7y", "7y", "5y"]


def test_an_approval_that_comes_late_does_not_reach_back(first, second):
    approval = ask(first)
    with clock.at(clock.now() + 3 * DAY):
        approve(second, approval)
        late = today()
    assert RuleOverride.objects.get().since == late
    assert str(rules(late - DAY)["cn-log"].period) == "5y"


@pytest.mark.parametrize("days", [(-1, None), (5, 5), (5, 2)])
def test_an_override_lies_ahead(first, days):
    since, until = (each if each is None else today() + each * DAY for each in days)
    with pytest.raises(overriding.NotAhead):
        ask(first, since=since, until=until)


def test_an_override_whose_end_has_passed_before_its_approval_is_not_begun(first, second):
    approval = ask(first, until=today() + 2 * DAY)
    with clock.at(clock.now() + 5 * DAY), pytest.raises(overriding.NotAhead):
        approve(second, approval)
    assert not RuleOverride.objects.exists()


def test_the_insurer_adds_a_rule_of_its_own(first, second):
    own = OwnRule(
        about=("claim",), trigger="claim_closed", when={"term": "long"}, clause="CN-INS-26"
    )
    approve(second, ask(first, "own-claim-photos", period="30d", own=own))
    found = rules()["own-claim-photos"]
    assert (found.about, found.trigger, found.period) == (
        ("claim",), Trigger.CLAIM_CLOSED, Period(days=30),
    )  # fmt: skip
    assert (found.binding, found.mark, found.clause) == (False, Mark.DEFAULT, "CN-INS-26")
    approve(second, ask(first, "own-claim-photos", period="60d"))
    assert rules()["own-claim-photos"].period == Period(days=60)
    approve(second, ask(first, "own-claim-photos", period="60d", enabled=False))
    assert "own-claim-photos" not in rules()


@pytest.mark.parametrize(
    ("code", "own"),
    [
        ("claim-photos", OwnRule(about=("claim",), trigger="created")),
        ("own-cn-identity", OwnRule(about=("claim",), trigger="created")),
        ("own-x", OwnRule(about=(), trigger="created")),
        ("own-x", OwnRule(about=("cats",), trigger="created")),
        ("own-x", OwnRule(about=("claim",), trigger="full moon")),
        ("own-x", OwnRule(about=("claim",), trigger="created", when={"term": "odd"})),
    ],
)
def test_a_rule_of_ones_own_is_whole_and_has_its_own_name(first, code, own):
    with pytest.raises(overriding.BadRule):
        ask(first, code, own=own)


def test_a_name_that_is_taken_is_not_given_again(first, second):
    own = OwnRule(about=("claim",), trigger="created")
    approve(second, ask(first, "own-x", own=own))
    with pytest.raises(overriding.BadRule):
        ask(first, "own-x", own=own)


@pytest.mark.parametrize("period", ["", "7", "7 years", "-1y", "7w"])
def test_a_period_is_a_number_and_a_unit(first, period):
    with pytest.raises(overriding.BadPeriod):
        ask(first, period=period)


def test_unknown_codes_are_told_as_such(first):
    with pytest.raises(law.UnknownRule):
        ask(first, "cn-nothing")
    with pytest.raises(law.UnknownRule):
        ask(first, "own-nothing")
    with pytest.raises(law.UnknownClause):
        law.clause("CN-NOTHING-1")
    with pytest.raises(law.UnknownClause):
        law.clause("../cn")


# Four eyes


def test_nothing_holds_before_somebody_else_approves(first, second):
    approval = ask(first)
    assert str(rules()["cn-log"].period) == "5y"
    with estate.acting(first, stepped_up=True) as actor, pytest.raises(Refused):
        approvals.approve(approval, seen=approval.digest, actor=actor)
    with estate.acting(second) as actor, pytest.raises(Refused):
        approvals.approve(approval, seen=approval.digest, actor=actor)  # without a fresh code
    approve(second, approval)
    assert str(rules()["cn-log"].period) == "7y"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_OFFICER, Role.ADMINISTRATOR])
def test_only_a_compliance_officer_proposes_or_approves(first, role):
    other = estate.user(role)
    with pytest.raises(Refused):
        ask(other)
    with pytest.raises(Refused):
        confirm(other)
    approval = ask(first)
    with pytest.raises(Refused):
        approve(other, approval)


def test_every_change_is_on_record_with_its_digest(first, second, monkeypatch):
    drafts, enqueue = [], write.enqueue
    monkeypatch.setattr(write, "enqueue", lambda draft: (drafts.append(draft), enqueue(draft)))
    for propose in (ask, confirm):
        approve(second, propose(first))
    told = [(each.facts["what"], each.facts.get("digest")) for each in drafts]
    asked = Approval.objects.order_by("pk")
    assert told == [
        (what, each.digest)
        for each in asked
        for what in ("access:law:propose", "access:law:approve")
    ]


def test_a_second_proposal_waits_for_the_first_and_one_that_changes_nothing_is_none(first, second):
    ask(first)
    with pytest.raises(overriding.Pending):
        ask(second, period="8y")
    for code, period in (("cn-identity", "10y"), ("cn-identity", "120mo"), ("cn-finding", "5y")):
        with pytest.raises(overriding.Unchanged):
            ask(first, code, period=period)


# Versions


def test_versions_follow_one_another_and_keep_what_they_say(first, second):
    for period, ahead in (("6y", 0), ("7y", 40), ("8y", 20)):
        approve(second, ask(first, period=period, since=today() + ahead * DAY))
    told = [
        (each.version, each.period, (each.since - today()).days, each.until and (each.until - today()).days)
        for each in RuleOverride.objects.order_by("version")
    ]  # fmt: skip
    # The second one was overtaken before its day, and never held.
    assert told == [(1, "6y", 0, 20), (2, "7y", 40, 40), (3, "8y", 20, None)]
    held = [str(rules(today() + each * DAY)["cn-log"].period) for each in (0, 19, 20, 40, 41)]
    assert held == ["6y", "6y", "8y", "8y", "8y"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE access_ruleoverride SET period = '1d'",
        "UPDATE access_ruleoverride SET since = since - 5",
        "UPDATE access_ruleoverride SET until = NULL",
        "DELETE FROM access_ruleoverride",
        "UPDATE access_confirmation SET mark = 'V1', source = 'x'",
        "DELETE FROM access_confirmation",
    ],
)
def test_the_database_rewrites_no_version(first, second, sql):
    approve(second, ask(first, until=today() + 9 * DAY))
    approve(second, confirm(first))
    refused = pytest.raises(Error, match="kept as it was approved")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_proposal_that_was_overtaken_is_not_begun(first, second):
    approval = ask(first)
    with estate.acting(second):
        row = RuleOverride(
            rule="cn-log", version=1, period="9y", since=today(), reason="x", approval=approval
        )
        row.save()
    with pytest.raises(ContentChanged):
        approve(second, approval)


# Confirmations


def test_somebody_reads_the_text_and_the_clause_says_so(first, second):
    approval = confirm(first)
    assert law.clause("CN-TRF-6").mark is Mark.UNCONFIRMED
    approve(second, approval)
    found = law.clause("CN-TRF-6")
    assert (found.mark, found.source) == (Mark.READ, "公报2011年第9号")
    assert found.confirmation.approval.requested_by == first
    assert found.confirmation.approval.decided_by == second
    assert law.clause("CN-TRF-6", on=today() - DAY).confirmation is None
    assert reading.clauses()["CN-TRF-6"].mark is Mark.READ


def test_a_confirmation_is_taken_back_but_the_packs_mark_is_the_least(first, second):
    approve(second, confirm(first))
    approve(second, confirm(first, mark=Mark.UNCONFIRMED, source="所读为征求意见稿"))
    assert law.clause("CN-TRF-6").mark is Mark.UNCONFIRMED
    assert Confirmation.objects.count() == 2
    for code, mark in (("CN-INS-87", Mark.SECONDARY), ("CN-TRF-1", Mark.UNCONFIRMED)):
        with pytest.raises(confirming.WeakerMark):
            confirm(first, code, mark=mark)


def test_a_confirmation_names_where_and_when_it_was_read(first, second):
    with pytest.raises(confirming.NotRead):
        confirm(first, source="  ")
    with pytest.raises(confirming.NotRead):
        confirm(first, read_on=today() + DAY)
    approval = confirm(first)
    with pytest.raises(confirming.Pending):
        confirm(second, mark=Mark.SECONDARY)
    approve(second, approval)
    with pytest.raises(confirming.Unchanged):
        confirm(first)


def test_another_text_is_not_confirmed_by_the_old_word(first, second, monkeypatch):
    approve(second, confirm(first))
    monkeypatch.setattr(reading, "text_of", lambda found: {"says": f"{found.says}。"})
    assert law.clause("CN-TRF-6").confirmation is None


def test_a_rule_that_waited_for_its_clause_binds_once_it_is_confirmed(settings, first, second):
    settings.CUSTODIAN_REGIME = "us"
    approve(second, ask(first, "us-hipaa", period="2y"))
    assert (rules()["us-hipaa"].period, rules()["us-hipaa"].binding) == (Period.read("2y"), False)
    approve(second, confirm(first, "US-HIPAA-DOC"))
    found = rules()
    # What was chosen before does not undercut it.
    assert (found["us-hipaa"].period, found["us-hipaa"].binding) == (Period.read("6y"), True)
    assert "own-us-hipaa" not in found
    with pytest.raises(overriding.LawIsLonger):
        ask(first, "us-hipaa", period="3y")


def test_whatever_is_decided_no_unconfirmed_rule_binds(settings, first, second):
    settings.CUSTODIAN_REGIME = "us"
    approve(second, confirm(first, "US-668-5", mark=Mark.SECONDARY))
    assert rules()["us-incident"].binding
    assert [
        each.code for each in rules().values() if each.binding and each.mark not in CONFIRMED
    ] == []
    approve(second, confirm(first, "US-668-5", mark=Mark.UNCONFIRMED, source="有误"))
    assert not rules()["us-incident"].binding


def test_what_was_asked_before_the_law_came_to_bind_is_not_begun(settings, first, second):
    settings.CUSTODIAN_REGIME = "us"
    asked = ask(first, "us-hipaa", period="2y")
    approve(second, confirm(first, "US-HIPAA-DOC"))
    with pytest.raises(overriding.LawIsLonger):
        approve(second, asked)
    assert not RuleOverride.objects.exists()
