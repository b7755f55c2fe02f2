"""The calendar of audits: due by law, by what was done last and by how many people there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from access import scopes
from access.law.clocks import Book, UnknownClock
from access.models import Subject
from access.vocabulary import Role
from custodian import clock
from custodian.regimes.clocks import ClockRule
from custodian.regimes.rows import Mark
from custodian.workflow import IllegalMove
from incidents.cases import opening
from incidents.models import Assessment, AuditRound, Incident, RiskAction
from incidents.risks import actions, calendar, facts, rounds
from incidents.risks.calendar import Duty, next_due
from incidents.risks.facts import Answer, House
from incidents.risks.rounds import Reported
from incidents.risks.standing import SaysNothing
from incidents.risks.wording import FileRefused
from tests import estate
from tests.incidents.risk_office import DAY, Office, today

pytestmark = pytest.mark.django_db(transaction=True)
ANNUAL, THREE_YEARS, OWN_AUDIT = "CN-NFRA-ANN", "CN-NFRA-3Y", "CO-AUDIT-36MO"
ON = date(2026, 12, 1)


@pytest.fixture
def office() -> Office:
    return Office()


def rule(code: str) -> ClockRule:
    return Book().of(code)


def done(due: date, on: date) -> AuditRound:
    return AuditRound(rule="x", due_on=due, done_on=on, state="reported", paper="x")


@pytest.mark.parametrize(
    ("last_due", "done_on", "due"),
    [
        # In time, early, late, much too late: the next one is the year after the one that was settled.
        (date(2026, 1, 15), date(2026, 1, 10), date(2027, 1, 15)),
        (date(2026, 1, 15), date(2025, 12, 20), date(2027, 1, 15)),
        (date(2026, 1, 15), date(2026, 3, 1), date(2027, 1, 15)),
        (date(2026, 1, 15), date(2027, 2, 1), date(2027, 1, 15)),
    ],
)
def test_a_yearly_report_is_due_on_its_day(last_due: date, done_on: date, due: date) -> None:
    last = done(last_due, done_on)
    assert next_due(rule(ANNUAL), last=last, since=None, book=Book(), on=ON) == due


@pytest.mark.parametrize(
    ("code", "done_on", "due"),
    [
        (THREE_YEARS, date(2023, 6, 30), date(2026, 6, 30)),
        (THREE_YEARS, date(2024, 2, 29), date(2027, 2, 28)),
        ("CN-AUDIT-2Y", date(2024, 2, 29), date(2026, 2, 28)),
        ("CN-NDR-33-1Y", date(2027, 2, 28), date(2028, 2, 28)),
        ("CO-DRILL-12MO", date(2024, 2, 29), date(2025, 2, 28)),
        ("CN-PBOC-DRILL-3Y", date(2025, 12, 31), date(2028, 12, 31)),
    ],
)
def test_a_cycle_runs_from_the_day_it_was_done(code: str, done_on: date, due: date) -> None:
    last = done(date(2020, 1, 1), done_on)
    assert next_due(rule(code), last=last, since=None, book=Book(), on=ON) == due


@pytest.mark.parametrize(
    ("code", "since", "due"),
    [
        (THREE_YEARS, date(2024, 12, 27), date(2027, 12, 27)),
        (ANNUAL, date(2024, 12, 27), date(2025, 1, 15)),
        ("CN-AUDIT-2Y", date(2025, 5, 1), date(2027, 5, 1)),
        (THREE_YEARS, None, ON),
    ],
)
def test_what_was_never_done_counts_from_when_it_began_to_apply(
    code: str, since: date | None, due: date
) -> None:
    assert next_due(rule(code), last=None, since=since, book=Book(), on=ON) == due


def test_a_rule_without_a_date_has_that_of_its_clause() -> None:
    assert calendar.since_of(rule(THREE_YEARS), Book(), ON) == date(2024, 12, 27)
    assert calendar.since_of(rule("CN-AUDIT-2Y"), Book(), ON) == date(2025, 5, 1)


def known(**answers: str) -> House:
    said = facts.house().facts
    return replace(
        facts.house(),
        facts={code: replace(each, answer=Answer(answers.get(code, each.answer))) for code, each in said.items()},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "people", "answers", "expected"),
    [
        ("CN-AUDIT-2Y", 10_000_000, {}, Answer.NO),
        ("CN-AUDIT-2Y", 10_000_001, {}, Answer.YES),
        (OWN_AUDIT, 10_000_000, {}, Answer.YES),
        (OWN_AUDIT, 10_000_001, {}, Answer.NO),
        ("CN-NDR-33-1Y", 0, {"important_data": "unknown"}, Answer.UNKNOWN),
        ("CN-NDR-33-1Y", 0, {"important_data": "no"}, Answer.NO),
        ("CN-PBOC-AUDIT-1Y", 0, {"important_data": "yes", "pboc_area": "yes"}, Answer.YES),
        ("CN-PBOC-AUDIT-1Y", 0, {"important_data": "unknown", "pboc_area": "no"}, Answer.NO),
        ("CN-PBOC-AUDIT-3Y", 0, {"important_data": "no", "pboc_area": "yes"}, Answer.YES),
        # While nobody knows, the stricter one stands in for it.
        ("CN-PBOC-AUDIT-3Y", 0, {"important_data": "unknown", "pboc_area": "yes"}, Answer.NO),
        ("CN-CRYPTO-1Y", 0, {"cii": "yes"}, Answer.YES),
        (ANNUAL, 0, {}, Answer.YES),
    ],
)
def test_whom_a_duty_is_for(
    code: str, people: int, answers: dict[str, str], expected: Answer
) -> None:
    assert facts.applies(rule(code).when, people=people, known=known(**answers)) is expected


def test_a_house_that_answers_otherwise_is_refused() -> None:
    text = facts._FILE.read_text(encoding="utf-8")
    for old, new in (('"yes"', "maybe"), ("code: cii", "code: other")):
        assert old in text
        with pytest.raises(FileRefused):
            facts.parsed(text.replace(old, new, 1))


def test_people_are_counted_and_organisations_and_the_destroyed_are_not(office: Office) -> None:
    book = estate.book()
    kinds = (("person", "active"), ("person", "restricted"), ("person", "destroyed"), ("organisation", "active"))  # fmt: skip
    from records.models import Customer

    with scopes.acting(estate.system()):
        for number, (kind, status) in enumerate(kinds):
            subject = Subject.objects.create(unit=estate.unit(), status=status)
            Customer.objects.create(
                subject=subject, book=book, kind=kind, source_digest=bytes([number])
            )
    assert calendar.people_counted() == 2


# Rounds


def duties(office: Office, by: Any = None) -> dict[str, Duty]:
    with estate.acting(by or office.officer) as actor:
        return {each.rule.code: each for each in calendar.duties(actor)}


def plan(office: Office, code: str = THREE_YEARS, **more: Any) -> AuditRound:
    said = {
        "due_on": duties(office)[code].due_on, "planned_on": today(), "lead": office.auditor,
        "auditor": "甲会计师事务所", "ordered": False, **more,
    }  # fmt: skip
    with estate.acting(office.auditor) as actor:
        return rounds.plan(code, **said, actor=actor)


def report(office: Office, row: AuditRound, **more: Any) -> None:
    said = {"done_on": today(), "conclusion": "两项发现", "paper": "档案 2026-17", **more}
    with estate.acting(office.auditor) as actor:
        rounds.begin(row, actor=actor)
        rounds.report(row, Reported(**said), actor=actor)


def earlier(office: Office, due: date, auditor: str, code: str = OWN_AUDIT) -> AuditRound:
    said = Reported(done_on=due, conclusion="", paper="档案")
    with estate.acting(office.auditor) as actor:
        return rounds.note_earlier(
            code, said, due_on=due, lead=office.auditor, auditor=auditor, actor=actor
        )


def test_a_report_settles_its_date_and_the_next_follows(office: Office) -> None:
    row = plan(office)
    assert duties(office)[THREE_YEARS].now == row
    report(office, row)
    found = duties(office)[THREE_YEARS]
    assert (found.last, found.now) == (row, None)
    assert found.due_on == date(today().year + 3, today().month, min(today().day, 28)) or (
        found.due_on.year == today().year + 3
    )


def test_an_earlier_one_moves_the_date(office: Office) -> None:
    assert duties(office)[ANNUAL].is_late
    earlier(office, date(today().year, 1, 15), "内部", ANNUAL)
    assert duties(office)[ANNUAL].due_on == date(today().year + 1, 1, 15)


def test_a_date_is_arranged_once_and_steps_are_not_skipped(office: Office) -> None:
    row = plan(office)
    with pytest.raises(rounds.Arranged):
        plan(office)
    with estate.acting(office.auditor) as actor:
        with pytest.raises(IllegalMove):
            rounds.report(row, Reported(today(), "", "档案"), actor=actor)
        rounds.begin(row, actor=actor)
        with pytest.raises(IllegalMove):
            rounds.begin(row, actor=actor)
        with pytest.raises(SaysNothing):
            rounds.report(row, Reported(today(), "", " "), actor=actor)
        with pytest.raises(rounds.NotYet):
            rounds.report(row, Reported(today() + DAY, "", "档案"), actor=actor)
        with pytest.raises(UnknownClock):
            rounds.plan(
                "CN-NONE", due_on=today(), planned_on=today(), lead=office.auditor, auditor="x",
                ordered=False, actor=actor,
            )  # fmt: skip


def test_what_was_reported_is_kept(office: Office) -> None:
    row = plan(office)
    report(office, row)
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        AuditRound.objects.filter(pk=row.pk).update(conclusion="没有发现")


def test_the_same_auditor_does_it_three_times_running_and_not_four(office: Office) -> None:
    for year in (2017, 2020, 2023):
        earlier(office, date(year, 6, 1), "甲事务所")
    with pytest.raises(rounds.SameAuditor):
        plan(office, OWN_AUDIT, auditor="甲事务所")
    plan(office, OWN_AUDIT, auditor="乙事务所")
    # Of another duty the rule says nothing.
    for year in (2017, 2020, 2023):
        earlier(office, date(year, 6, 1), "甲事务所", THREE_YEARS)
    plan(office, THREE_YEARS, auditor="甲事务所")


def test_another_one_in_between_lets_the_first_come_back(office: Office) -> None:
    for year, auditor in ((2014, "甲"), (2017, "甲"), (2020, "乙"), (2023, "甲")):
        earlier(office, date(year, 6, 1), auditor)
    plan(office, OWN_AUDIT, auditor="甲")


def test_what_was_found_becomes_an_action_once_it_has_begun(office: Office) -> None:
    row = plan(office)
    said = {
        "found": "三家协议过期",
        "title": "续签或终止",
        "owner": office.owner,
        "due_on": today(),
    }
    with estate.acting(office.auditor) as actor:
        with pytest.raises(IllegalMove):
            rounds.find(row, **said, actor=actor)
        rounds.begin(row, actor=actor)
        row.refresh_from_db()
        made = rounds.find(row, **said, actor=actor)
    assert (made.round, made.found) == (row, "三家协议过期")
    assert actions.owed_by(office.owner.pk) == [made]


def test_an_ordered_audit_is_followed_by_its_report_on_what_was_put_right(office: Office) -> None:
    row = plan(office, ordered=True)
    with estate.acting(office.auditor) as actor:
        rounds.begin(row, actor=actor)
        row.refresh_from_db()
        made = rounds.find(
            row, found="协议过期", title="续签", owner=office.owner, due_on=today(), actor=actor
        )
        rounds.report(row, Reported(today(), "", "档案"), actor=actor)
        row.refresh_from_db()
        assert calendar.rectification_due(row) is None
        with pytest.raises(rounds.NotOrdered):
            rounds.file_rectification(row, on=today(), reference="", actor=actor)
    office.finish(made, office.owner)
    office.verify(made, office.second)
    friday = clock.local().replace(year=2026, month=11, day=27, hour=10)
    RiskAction.objects.filter(pk=made.pk).update(verified_at=friday)
    assert calendar.rectification_due(row) == date(2026, 12, 18), "fifteen working days"
    with estate.acting(office.auditor) as actor:
        rounds.file_rectification(row, on=today(), reference="苏金 2026-9", actor=actor)
    row.refresh_from_db()
    assert calendar.rectification_due(row) is None


def test_a_special_audit_follows_a_major_incident_and_its_group_alone_sees_it(
    office: Office, client: Client
) -> None:
    outsider = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
    with estate.acting(office.officer) as actor:
        case = opening.open_case(
            kind="other", title="名单外泄", occurred_at=None, aware_at=clock.now(), actor=actor
        )
    at = clock.now() - 100 * DAY
    with scopes.acting(estate.system()):
        asked = office.treat(office.risk(5, 5, 5, 5), "accept")
        Assessment.objects.create(
            incident=case, occasions=["data_incident"], severity="major", level="ordinary",
            operator="other", reason="x", approval=asked,
        )  # fmt: skip
        Incident.objects.filter(pk=case.pk).update(status="closed", handled_at=at, closed_at=at)
    found = duties(office)[calendar.SPECIAL]
    assert (found.about, found.is_late) == (case.code, True)
    assert calendar.SPECIAL not in duties(office, outsider)
    with estate.acting(office.officer) as actor:
        rounds.plan(
            calendar.SPECIAL, due_on=found.due_on, planned_on=today(), lead=office.auditor, auditor="甲",
            ordered=False, about=case.code, actor=actor,
        )  # fmt: skip
    with estate.acting(outsider) as actor:
        assert not rounds.visible_to(actor).exists()
    with estate.acting(office.officer) as actor:
        assert rounds.visible_to(actor).count() == 1
    address = f"/admin/risk/calendar/{calendar.SPECIAL}/?about={case.code}"
    for person, status in ((office.officer, 200), (outsider, 404)):
        estate.login(client, person)
        assert client.get(address).status_code == status
        page = client.get("/admin/risk/calendar/").content.decode()
        assert (case.code in page) == (status == 200)


def test_an_ordinary_incident_asks_for_none(office: Office) -> None:
    with estate.acting(office.officer) as actor:
        case = opening.open_case(
            kind="other", title="误发", occurred_at=None, aware_at=clock.now(), actor=actor
        )
    with scopes.acting(estate.system()):
        now = clock.now()
        Incident.objects.filter(pk=case.pk).update(status="closed", handled_at=now, closed_at=now)
    assert calendar.SPECIAL not in duties(office)


# Pages


def test_the_calendar_says_what_is_sure_and_what_is_not(office: Office, client: Client) -> None:
    estate.login(client, office.auditor)
    page = client.get("/admin/risk/calendar/").content.decode()
    assert "数据安全风险评估" in page
    assert "待核" in page
    assert "是否适用待核" in page
    assert rule(ANNUAL).mark is Mark.UNCONFIRMED
    assert not duties(office)[ANNUAL].is_sure
    assert "CN-AUDIT-2Y" not in page, "fewer than ten million people"


def test_an_audit_goes_its_way_on_its_page(office: Office, client: Client) -> None:
    estate.login(client, office.auditor)
    address = f"/admin/risk/calendar/{THREE_YEARS}/"

    def post(status: int, **said: str) -> str:
        answer = client.post(address, said)
        assert answer.status_code == status, answer.content.decode()
        return answer.content.decode()

    number = office.auditor.staff_no
    post(422, act="plan", planned_on="soon", lead=number, auditor="甲")
    post(302, act="plan", planned_on=f"{today()}", lead=number, auditor="甲")
    post(409, act="report", done_on=f"{today()}", paper="档案 3")
    post(302, act="begin")
    assert "指纹须为" in post(422, act="report", done_on=f"{today()}", paper="档案 3", sha256="x")
    post(302, act="report", done_on=f"{today()}", paper="档案 3", sha256="a" * 64)
    post(
        302, act="finding", found="协议过期", title="续签", owner=office.owner.staff_no,
        due_on=f"{today()}",
    )  # fmt: skip
    page = client.get(address).content.decode()
    assert "档案 3" in page
    assert "协议过期" in page
    assert client.get("/admin/risk/calendar/CN-NONE/").status_code == 404
    estate.login(client, office.administrator)
    assert client.get(address).status_code in {302, 403, 404}


def test_the_morning_names_what_is_late(office: Office, client: Client) -> None:
    estate.login(client, office.auditor)
    page = client.get("/admin/").content.decode()
    assert "数据安全风险评估" in page
    assert "逾期" in page
