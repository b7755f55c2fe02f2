"""Clocks by four eyes: shorter than the law and never longer, from tomorrow on, and a calendar that moves them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import Error, connection, transaction

from access import approvals
from access.gate import Refused
from access.law import calendar_entering, clock_overriding, confirming
from access.law.calendar_years import calendar
from access.law.clock_overriding import propose_clock
from access.law.clocks import Book, NotExtendable, UnknownClock, by_trigger, deadline, of, target
from access.law.reading import today
from access.models import CalendarYear, ClockOverride
from access.querylog import write
from access.vocabulary import Role
from custodian import clock
from custodian.regimes import deadlines
from custodian.regimes.calendars import DAY, Holiday
from custodian.regimes.lengths import Length
from custodian.regimes.packs import load
from custodian.regimes.rows import Mark
from tests import estate

pytestmark = pytest.mark.django_db
NEW_YEAR = Holiday("元旦", "元旦", date(2027, 1, 1), date(2027, 1, 3))
SPRING = Holiday("春节", "春节", date(2027, 2, 5), date(2027, 2, 11))


@pytest.fixture(autouse=True)
def _in_november():
    with clock.at(datetime(2026, 11, 23, 9, tzinfo=clock.OFFICE)):
        yield


@pytest.fixture
def first():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def second():
    return estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")


def ask(person, code="CN-COMPL-15D", **more):
    said = {"length": "10d", "since": today() + DAY, "reason": "更快答复"}
    with estate.acting(person) as actor:
        return propose_clock(code, **{**said, **more}, actor=actor)


def enter(person, year=2027, **more):
    said = {
        "holidays": [NEW_YEAR, SPRING],
        "worked": [date(2027, 2, 20)],
        "mark": Mark.READ,
        "source": "国办发明电〔2026〕9号",
        "read_on": today(),
    }
    with estate.acting(person) as actor:
        return calendar_entering.propose_year(year, **{**said, **more}, actor=actor)


def approve(person, approval):
    with estate.acting(person, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)


# What holds


def test_a_clock_is_told_by_its_code():
    rule = of("CN-COMPL-15D")
    assert rule == load("cn").clocks["CN-COMPL-15D"]
    assert (str(rule.length), rule.binds, rule.clause) == ("15d", True, "CN-CMP")
    assert [of(code).mark for code in ("CO-QUESTION-15D", "EU-12")] == [
        Mark.DEFAULT,
        Mark.SECONDARY,
    ]
    for code in ("CN-NOTHING", "XX-1", "nothing", ""):
        with pytest.raises(UnknownClock):
            of(code)


def test_deadlines_and_targets_follow_the_rule():
    start = clock.now()
    rights = deadline("CN-RIGHTS-30D", start)
    assert deadlines.last_day(rights.due_at) == date(2026, 12, 23)
    assert deadlines.last_day(target("CN-RIGHTS-30D", start).due_at) == date(2026, 12, 8)
    assert target("CN-COMPL-15D", start) is None
    longest = deadline("CN-COMPL-15D", start, extended=["complex", "special"])
    assert deadlines.last_day(longest.due_at) == date(2027, 1, 22)
    with pytest.raises(NotExtendable):
        deadline("CN-COMPL-15D", start, extended=["special"])
    contract = deadline("CN-CLAIM-30D", start, term=Length.read("20d"))
    assert deadlines.last_day(contract.due_at) == date(2026, 12, 13)


def test_an_occasion_has_the_clocks_of_the_law_that_applies(settings):
    assert [each.code for each in by_trigger("rights_request")] == ["CN-RIGHTS-30D"]
    assert [each.code for each in by_trigger("pboc_incident")] == []  # a draft: switched off
    settings.CUSTODIAN_REGIME = "uk"
    assert [each.code for each in by_trigger("rights_request")] == ["UK-SAR"]
    assert [each.code for each in by_trigger("complaint", date(2026, 6, 18))] == []
    assert [each.code for each in by_trigger("complaint", date(2026, 6, 19))] == ["UK-CMP"]
    assert "CO-QUESTION-15D" in {each.code for each in by_trigger("question")}


# The company's own times


def test_a_shorter_time_holds_from_its_day_on_and_is_no_law(first, second):
    approve(second, ask(first))
    before, after = of("CN-COMPL-15D", today()), of("CN-COMPL-15D", today() + DAY)
    assert (str(before.length), before.law) == ("15d", True)
    assert (str(after.length), after.law, after.mark) == ("10d", False, Mark.DEFAULT)
    assert [str(after.extended(each)) for each in ((), ("complex",))] == ["10d", "30d"]
    running = clock.now()
    assert deadlines.last_day(deadline("CN-COMPL-15D", running).due_at) == date(2026, 12, 8)
    assert deadlines.last_day(deadline("CN-COMPL-15D", running + DAY).due_at) == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("CN-COMPL-15D", {"length": "16d"}),
        ("CN-COMPL-15D", {"length": "15d", "enabled": False}),
        ("CN-CLAIM-30D", {"length": "31d"}),
        ("CN-CLAIM-3D", {"length": "", "enabled": False}),
    ],
)
def test_what_is_law_is_never_made_longer_nor_switched_off(first, code, terms):
    with pytest.raises(clock_overriding.LawIsShorter) as found:
        ask(first, code, **terms)
    assert "来源已核" in str(found.value.message)
    assert not ClockOverride.objects.exists()


def test_a_wait_that_is_law_is_made_longer_and_never_shorter(first, second, settings):
    settings.CUSTODIAN_REGIME = "uk"
    for terms in ({"length": "20d"}, {"length": "21d", "enabled": False}):
        with pytest.raises(clock_overriding.LawIsShorter, match="只能更长"):
            ask(first, "UK-P7", **terms)
    approve(second, ask(first, "UK-P7", length="30d"))
    assert str(of("UK-P7", today() + DAY).length) == "30d"
    assert not of("UK-P7").keeps(Length.read("20d"))


def test_a_default_is_changed_in_any_direction(first, second):
    approve(second, ask(first, "CN-RIGHTS-30D", length="45d", target="20d"))
    found = of("CN-RIGHTS-30D", today() + DAY)
    assert (str(found.length), str(found.target), found.mark) == ("45d", "20d", Mark.DEFAULT)
    approve(second, ask(first, "CO-QUESTION-15D", length="", target="", enabled=False))
    assert not of("CO-QUESTION-15D", today() + DAY).enabled
    later = today() + DAY
    assert {each.code for each in by_trigger("question", later)} == {"CO-LOOK-15D"}


def test_what_is_at_once_by_law_stays_so_and_may_have_a_target(first, second):
    with pytest.raises(clock_overriding.LawIsShorter):
        ask(first, "CN-PIPL-57", length="2h")
    approve(second, ask(first, "CN-PIPL-57", length="", target="12h"))
    found = of("CN-PIPL-57", today() + DAY)
    assert (found.length.at_once, str(found.target), found.mark) == (True, "12h", Mark.READ)


def test_a_target_alone_leaves_the_law_as_it_is(first, second):
    approve(second, ask(first, length="", target="7d"))
    found = of("CN-COMPL-15D", today() + DAY)
    assert (str(found.length), str(found.target), found.binds) == ("15d", "7d", True)


@pytest.mark.parametrize(
    ("code", "terms", "error"),
    [
        ("CN-COMPL-15D", {"length": "ten"}, clock_overriding.BadLength),
        ("CN-COMPL-15D", {"length": "10wd"}, clock_overriding.BadLength),
        ("CN-COMPL-15D", {"length": "0d"}, clock_overriding.BadLength),
        ("CN-NFRA-ANN", {"length": "3d"}, clock_overriding.BadLength),
        ("CN-COMPL-15D", {"length": "10d", "target": "11d"}, clock_overriding.TargetIsLonger),
        ("CN-COMPL-15D", {"length": "", "target": ""}, clock_overriding.Unchanged),
        ("CN-RIGHTS-30D", {"length": "", "target": "15d"}, clock_overriding.Unchanged),
        ("CN-COMPL-15D", {"since": date(2026, 11, 23)}, clock_overriding.NotAhead),
        ("CN-COMPL-15D", {"until": date(2026, 11, 24)}, clock_overriding.NotAhead),
        ("CN-NOTHING", {}, UnknownClock),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused(first, code, terms, error):
    with pytest.raises(error):
        ask(first, code, **terms)
    assert not ClockOverride.objects.exists()


def test_an_approval_that_comes_late_holds_from_the_next_day(first, second):
    approval = ask(first)
    with clock.at(clock.now() + 3 * DAY):
        approve(second, approval)
        assert ClockOverride.objects.get().since == today() + DAY


def test_an_override_ends_and_the_law_is_back(first, second):
    approve(second, ask(first, until=today() + 9 * DAY))
    lengths = [str(of("CN-COMPL-15D", today() + each * DAY).length) for each in (0, 1, 8, 9)]
    assert lengths == ["15d", "10d", "10d", "15d"]


def test_of_two_on_one_day_the_second_holds_and_the_first_never_did(first, second):
    approve(second, ask(first))
    approve(second, ask(first, length="8d"))
    assert str(of("CN-COMPL-15D", today() + DAY).length) == "8d"
    assert [(each.since, each.until) for each in ClockOverride.objects.order_by("version")] == [
        (today() + DAY, today() + DAY),
        (today() + DAY, None),
    ]


def test_a_longer_time_gives_way_from_the_day_after_its_clause_was_confirmed(
    settings, first, second
):
    settings.CUSTODIAN_REGIME = "uk"
    approve(second, ask(first, "UK-33", length="90h"))
    with clock.at(clock.now() + 2 * DAY):
        assert str(of("UK-33").length) == "90h"
        with estate.acting(first) as actor:
            read = confirming.propose_confirmation(
                "UK-33", mark=Mark.READ, source="Article 33", read_on=today(), actor=actor
            )
        approve(second, read)
        assert str(of("UK-33").length) == "90h"  # what began today keeps what it was told
        found = of("UK-33", today() + DAY)
        assert (str(found.length), found.binds) == ("72h", True)
        with pytest.raises(clock_overriding.LawIsShorter):
            ask(first, "UK-33", length="80h")


# Four eyes


def test_nobody_changes_a_clock_alone_and_everything_is_on_record(first, second, monkeypatch):
    drafts, enqueue = [], write.enqueue
    monkeypatch.setattr(write, "enqueue", lambda draft: (drafts.append(draft), enqueue(draft)))
    for propose in (ask, enter):
        approval = propose(first)
        with estate.acting(first, stepped_up=True) as actor, pytest.raises(Refused):
            approvals.approve(approval, seen=approval.digest, actor=actor)
        approve(second, approval)
    told = [
        (each.facts["what"], each.facts.get("law-clock") or each.facts.get("law-year") or "")
        for each in drafts
        if each.facts.get("digest") and each.act != "denied"
    ]
    assert told == [
        ("access:law:propose", "CN-COMPL-15D"),
        ("access:law:approve", ""),
        ("access:law:propose", "2027"),
        ("access:law:approve", ""),
    ]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_OFFICER, Role.ADMINISTRATOR])
def test_only_a_compliance_officer_proposes_or_approves(first, role):
    other = estate.user(role)
    for propose in (ask, enter):
        with pytest.raises(Refused):
            propose(other)
        with pytest.raises(Refused):
            approve(other, propose(first))


def test_one_proposal_waits_at_a_time(first, second):
    ask(first)
    enter(first)
    with pytest.raises(clock_overriding.Pending):
        ask(second, length="9d")
    with pytest.raises(calendar_entering.Pending):
        enter(second, source="别处")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE access_clockoverride SET length = '90d'",
        "UPDATE access_clockoverride SET since = since - 30",
        "DELETE FROM access_clockoverride",
        "UPDATE access_calendaryear SET worked = '[]'",
        "DELETE FROM access_calendaryear",
    ],
)
def test_the_database_rewrites_no_version(first, second, sql):
    approve(second, ask(first))
    approve(second, enter(first))
    refused = pytest.raises(Error, match="kept as it was approved")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# The calendar


def test_a_year_that_is_entered_ends_the_doubt(first, second):
    start = datetime(2027, 1, 29, 9, tzinfo=clock.OFFICE)
    doubtful = deadline("CN-ACCT-15WD", start)
    assert doubtful.provisional
    approve(second, enter(first))
    found = deadline("CN-ACCT-15WD", start)
    assert not found.provisional
    assert doubtful.earliest <= found.due_at <= doubtful.due_at
    assert deadlines.last_day(found.due_at) == date(2027, 2, 25)
    assert calendar().years[2027].source == "国办发明电〔2026〕9号"
    assert calendar().years[2026].published


def test_a_year_is_entered_again_when_it_changes(first, second):
    approve(second, enter(first))
    with pytest.raises(calendar_entering.Unchanged):
        enter(first)
    longer = Holiday("春节", "春节", SPRING.first, SPRING.last + 3 * DAY)
    approve(second, enter(first, holidays=[NEW_YEAR, longer]))
    assert not calendar().works(date(2027, 2, 12))
    assert [each.until for each in CalendarYear.objects.order_by("version")] == [today(), None]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"year": 2025}, "今年至后年"),
        ({"year": 2029}, "今年至后年"),
        ({"holidays": []}, "至少要有一个节假日"),
        ({"worked": [date(2027, 2, 19)]}, "星期六或星期日"),
        ({"worked": [date(2027, 2, 6)]}, "既放假又上班"),
        ({"holidays": [Holiday("春节", "春节", SPRING.last, SPRING.first)]}, "不能早于第一天"),
        (
            {"holidays": [Holiday("元旦", "元旦", date(2028, 1, 1), date(2028, 1, 2))]},
            "不属于这一年",
        ),
        ({"mark": Mark.UNCONFIRMED}, "原文还是转引"),
    ],
)
def test_a_year_that_makes_no_sense_is_refused(first, terms, said):
    with pytest.raises(calendar_entering.BadYear) as found:
        enter(first, **terms)
    assert said in str(found.value.message)


def test_a_year_says_where_and_when_it_was_read(first):
    for wrong in ({"source": " "}, {"read_on": today() + DAY}):
        with pytest.raises(calendar_entering.NotRead):
            enter(first, **wrong)


def test_whoever_approves_a_year_sees_what_it_changes(first):
    approval = enter(first)
    told = dict(approvals.kind_of(approval).describe(approval.payload))
    shown = {str(label): [str(each) for each in rows] for label, rows in told.items()}
    assert "春节 2027-02-05 – 2027-02-11" in shown["节假日"]
    differences = shown["与此前的不同"]
    assert {"2027-02-12 上班", "2027-02-20 上班", "2027-05-03 上班"} <= set(differences)
    assert not any("2027-02-08" in each for each in differences)


def test_many_clocks_are_reckoned_with_few_questions(django_assert_max_num_queries, first, second):
    approve(second, ask(first))
    approve(second, enter(first))
    book, start = Book(), clock.now() + DAY
    with django_assert_max_num_queries(4):
        for each in range(50):
            book.reckon("CN-COMPL-15D", start, waited=timedelta(), extended=(), term=None)
            book.deadline("CN-ACCT-15WD", start + each * timedelta(minutes=1))
