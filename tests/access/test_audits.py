"""The audits against a real log: what they read, write, find, and do when clocks ring twice or not at all."""

from __future__ import annotations

import io
import itertools
import threading
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pyroaring import BitMap

from access import exposure, findings, gate, honey, scopes
from access.actions import Action
from access.actors import system
from access.audits import reading, reports, running
from access.audits.explaining import ASSIGNED, NOTHING, OWN_WORD, WORK
from access.audits.summing import summed
from access.findings import Decided
from access.gate import Refused
from access.models import (
    AuditRun,
    Exposure,
    Finding,
    Measure,
    Subject,
    WorkItem,
)
from access.vocabulary import Role
from custodian import clock
from custodian.errors import NotVisible
from custodian.jobs import JobStatus
from incidents.models import Alert
from tests import estate
from tests.access.houses import moment, whats, written
from tests.security.looking import unbounded

pytestmark = pytest.mark.xdist_group("audits")
MONDAY = date(2027, 3, 1)


@pytest.fixture(scope="module")
def desk(house):
    """A service desk, which reaches everybody and owns nobody."""
    unbounded()
    return estate.user(Role.SERVICE_DESK, name="沈悦")


_weeks = itertools.count()


@pytest.fixture(autouse=True)
def day(house):
    """Each test has a week of its own, later than every other one, and begins on its Monday morning."""
    begun = MONDAY + timedelta(weeks=next(_weeks))
    with clock.at(moment(begun, hours=3)):
        running.catch_up()
    with clock.at(moment(begun, hours=8)):
        yield begun


@pytest.fixture
def inside():
    with scopes.acting(system("audits")):
        yield


def glance(person, *customers, at, act=Action.CUSTOMER_REVEAL, purpose="policy_service"):
    with clock.at(at), estate.acting(person) as actor:
        return gate.permit(
            actor,
            act,
            purpose=purpose,
            channel="desk",
            subjects=[each.pk for each in customers],
            elements=["identity.mobile"],
            masked=act is not Action.CUSTOMER_REVEAL,
        ).entry


def work_for(customer, *, of=None, unit=None, opened, by=None, kind="policy_service"):
    with scopes.acting(estate.system()):
        return WorkItem.objects.create(
            kind=kind,
            source="import",
            subject=customer.subject,
            user=of,
            unit=unit,
            opened_at=opened,
            opened_by=by,
        )


def audited(day):
    with clock.at(moment(day, days=1, hours=3)):
        running.catch_up()
    with scopes.acting(system("audits")):
        return AuditRun.objects.get(day=day)


def explained(day, person):
    with scopes.acting(system("audits")):
        read = reading.entries(day)
        world = reading.world(day, read)
        its = summed(world.operators[person.pk], day, read.looks[person.pk], [], world.explainer)
        return [code for codes in its.explained for code in codes]


def test_each_look_is_joined_to_its_reason(house, desk, day):
    noon = moment(day, hours=12)
    asked, own_word, nothing = (house.newcomer() for _ in range(3))
    work_for(asked, of=desk, opened=noon - timedelta(hours=2))
    work_for(own_word, of=desk, opened=noon - timedelta(hours=2), by=desk)
    for each in (asked, own_word, nothing):
        glance(desk, each, at=noon)
    with scopes.acting(estate.system()):
        # The database's own net tells the time by its own clock.
        nothing.subject.assignment_set.update(since=clock.real() - timedelta(days=1))
    glance(house.agent, nothing, at=noon, purpose="follow_up")
    house.seal()
    assert explained(day, desk) == [WORK, OWN_WORD, NOTHING]
    assert explained(day, house.agent) == [ASSIGNED]


def test_a_day_is_measured_and_its_unexplained_customers_are_kept(house, desk, inside, day):
    known, unknown = house.newcomer(), house.newcomer()
    work_for(known, of=desk, opened=moment(day, hours=9))
    for each in (known, unknown, unknown):
        glance(desk, each, at=moment(day, hours=10))
    house.seal()
    run = audited(day)
    its = Measure.objects.get(user=desk, day=day)
    assert (run.status, its.looks, its.sights, its.unexplained, its.customers) == (
        JobStatus.DONE, 3, 3, 2, 2,
    )  # fmt: skip
    sets = Exposure.objects.get(user=desk, day=day)
    assert exposure.unpacked(sets.unexplained) == BitMap([unknown.pk])
    assert exposure.unpacked(sets.seen) == BitMap([known.pk, unknown.pk])


def test_the_index_says_who_saw_whom_and_can_be_built_anew(house, desk, inside, day):
    seen, opened = house.newcomer(), house.newcomer()
    glance(desk, seen, at=moment(day, hours=10), act=Action.CUSTOMER_VIEW)
    glance(desk, opened, at=moment(day, hours=11))
    house.seal()
    exposure.catch_up()
    before = exposure.seen(desk.pk, since=day, until=day)
    assert before == BitMap([seen.pk, opened.pk])
    assert exposure.opened(desk.pk, since=day, until=day) == BitMap([opened.pk])
    assert exposure.covering(BitMap([seen.pk]), since=day, until=day) == {desk.pk: 1}
    exposure.rebuild()
    assert exposure.seen(desk.pk, since=day, until=day) == before
    assert exposure.catch_up() == 0


def test_a_destroyed_customer_is_in_nobodys_set(house, desk, day):
    gone, stays = house.newcomer(), house.newcomer()
    for each in (gone, stays):
        glance(desk, each, at=moment(day, hours=10))
    house.seal()
    audited(day)
    house.destroy(gone)
    with scopes.acting(system("audits")):
        row = Exposure.objects.get(user=desk, day=day)
        for name in ("seen", "opened", "unexplained", "unasked"):
            assert exposure.unpacked(getattr(row, name)) == BitMap([stays.pk]), name


def test_two_clocks_at_once_audit_each_day_once_and_missed_days_are_caught_up(
    house, desk, inside, day
):
    days = [day + timedelta(days=n) for n in range(3)]
    for each in days:
        glance(desk, house.newcomer(), at=moment(each, hours=10))
        with clock.at(moment(each, hours=11)):
            house.seal()
    house.seal()
    seen: list[BaseException] = []

    def ring() -> None:
        try:
            with clock.at(moment(days[-1], days=1, hours=3)):
                running.catch_up()
        except BaseException as error:  # noqa: BLE001  told below
            seen.append(error)
        finally:
            connection.close()

    # Nobody rang for two of the days; now two ring at once.
    rings = [threading.Thread(target=ring) for _ in range(2)]
    with written() as leaves:
        for each in rings:
            each.start()
        for each in rings:
            each.join(30)
        with clock.at(moment(days[-1], days=1, hours=3)):
            running.catch_up()
    assert all(type(error).__name__ == "IllegalMove" for error in seen)
    assert [each.status for each in AuditRun.objects.filter(day__in=days)] == [JobStatus.DONE] * 3
    assert whats(leaves).count(Action.AUDIT_RUN.value) == 3
    assert Measure.objects.filter(user=desk, day__in=days).count() == 3


def test_a_day_that_is_not_over_or_just_over_waits(house, inside, day):
    with clock.at(moment(day, hours=23)):
        assert day not in running.due_days()
    with clock.at(moment(day, days=1, hours=1)):
        assert day not in running.due_days()
    with clock.at(moment(day, days=1, hours=2)):
        assert day in running.due_days()


def test_a_run_that_broke_off_wrote_nothing_and_is_done_again(
    house, desk, inside, monkeypatch, day
):
    glance(desk, house.newcomer(), at=moment(day, hours=10))
    house.seal()
    monkeypatch.setenv("CUSTODIAN_FAILPOINT", "audit-before-writing:raise")
    with pytest.raises(Exception, match="audit-before-writing"):
        audited(day)
    run = AuditRun.objects.get(day=day)
    assert run.status == JobStatus.FAILED
    assert not Measure.objects.filter(day=day).exists()
    monkeypatch.delenv("CUSTODIAN_FAILPOINT")
    with clock.at(moment(day, days=1, hours=4)):
        running.catch_up()
    run.refresh_from_db()
    assert run.status == JobStatus.DONE
    assert Measure.objects.filter(user=desk, day=day).exists()


def test_looks_at_known_people_that_nothing_explains_are_found_with_their_entries(
    house, desk, inside, day
):
    star, other = house.newcomer(), house.newcomer()
    Subject.objects.filter(pk__in=[star.pk, other.pk]).update(vip=True)
    entries = [glance(desk, each, at=moment(day, hours=15)) for each in (star, other)]
    house.seal()
    run = audited(day)
    found = Finding.objects.get(kind="audit-vip", operator=desk)
    assert (found.entries, found.run, found.times, found.severity) == (entries, run, 1, "high")
    assert Alert.objects.filter(finding=found).count() == 1
    assert found.words.startswith("看重点客户")
    # The next day again: the same matter grows instead of a second one.
    again = glance(desk, star, at=moment(day, days=1, hours=15))
    house.seal()
    audited(day + timedelta(days=1))
    found.refresh_from_db()
    assert (found.entries, found.times) == ([*entries, again], 2)
    assert Alert.objects.filter(finding=found).count() == 1


def test_who_touches_a_honey_customer_is_told_of_at_once_and_a_list_is_no_touch(
    house, desk, inside, day
):
    trap = house.newcomer()
    Subject.objects.filter(pk=trap.pk).update(honey=True)
    house.seal()
    honey.watch()
    glance(desk, trap, at=moment(day, hours=9), act=Action.CUSTOMER_LIST)
    house.seal()
    honey.watch()
    assert not Finding.objects.filter(kind=honey.KIND).exists()
    entry = glance(desk, trap, at=moment(day, hours=9), act=Action.CUSTOMER_VIEW)
    house.seal()
    honey.watch()
    honey.watch()
    found = Finding.objects.get(kind=honey.KIND, operator=desk)
    assert (found.entries, found.severity, found.times) == ([entry], "urgent", 1)
    assert found.facts["customers"] == 1
    assert Alert.objects.filter(finding=found).exists()
    # Two of them at once are two.
    other = house.newcomer()
    Subject.objects.filter(pk=other.pk).update(honey=True)
    glance(desk, trap, at=moment(day, hours=10), act=Action.CUSTOMER_VIEW)
    glance(desk, other, at=moment(day, hours=10), act=Action.CUSTOMER_VIEW)
    house.seal()
    honey.watch()
    found.refresh_from_db()
    assert (found.facts["customers"], len(found.entries)) == (2, 3)


def finding_about(person, **more):
    with scopes.acting(system("audits")):
        return findings.find_again(
            more.pop("kind", "audit-vip"),
            severity=Finding.Severity.MEDIUM,
            facts={"customers": 1, "looks": 1},
            operator=person,
            entries=[7],
            run=None,
        )


def test_the_person_answers_only_when_asked_and_only_his_own(house, desk, day):
    other = estate.user(Role.SERVICE_DESK, name="唐宁")
    found = finding_about(desk, kind="audit-kin")
    with estate.acting(desk) as actor, pytest.raises(NotVisible):
        findings.answer(found, "是客户来电", channel="desk", actor=actor)
    with estate.acting(house.first) as actor:
        findings.ask(found, channel="admin", actor=actor)
    found.refresh_from_db()
    with estate.acting(other) as actor, pytest.raises(NotVisible):
        findings.answer(found, "不是我", channel="desk", actor=actor)
    with estate.acting(desk) as actor:
        findings.answer(found, "是客户来电", channel="desk", actor=actor)
    found.refresh_from_db()
    assert (found.answer, found.answered_at is not None) == ("是客户来电", True)


def test_a_finding_is_judged_once_and_by_nobody_whom_it_is_about(house, day):
    found = finding_about(house.first, kind="audit-family")
    with estate.acting(house.first) as actor, pytest.raises(Refused):
        findings.decide(found, "justified", note="自己", channel="admin", actor=actor)
    with estate.acting(house.second) as actor:
        with written() as leaves:
            findings.decide(found, "warning", note="已谈话", channel="admin", actor=actor)
        assert [leaf["verdict"] for leaf in leaves] == ["warning"]
        with pytest.raises(Decided):
            findings.decide(found, "justified", note="改判", channel="admin", actor=actor)


def test_what_comes_back_after_a_warning_weighs_more_and_what_was_justified_does_not(
    house, desk, day
):
    for verdict, severity in (
        ("justified", "medium"),
        ("warning", "medium"),
        ("warning", "medium"),
    ):
        found = finding_about(desk, kind="audit-self")
        assert found.severity == severity
        with estate.acting(house.second) as actor:
            findings.decide(found, verdict, note="", channel="admin", actor=actor)
    again = finding_about(desk, kind="audit-self")
    assert (again.times, again.severity) == (3, "high")


def test_a_report_is_signed_in_both_languages_and_its_hash_is_in_the_log(house, desk, inside, day):
    glance(desk, house.newcomer(), at=moment(day, hours=10))
    house.seal()
    run = audited(day)
    with written() as leaves:
        reports.make(run)
        reports.make(run)
    made = {each.language: each for each in run.reports.all()}
    assert set(made) == {"zh-hans", "en"}
    assert all(bytes(each.body).startswith(b"%PDF") for each in made.values())
    assert all(reports.is_ours(bytes(e.body), bytes(e.signature)) for e in made.values())
    assert not reports.is_ours(bytes(made["en"].body) + b" ", bytes(made["en"].signature))
    run.refresh_from_db()
    assert [leaf["sha256_en"] for leaf in leaves] == [run.report["en"]]


def test_a_day_is_audited_again_when_its_reasons_came_in_late(house, desk, inside, day):
    late = house.newcomer()
    glance(desk, late, at=moment(day, hours=10))
    house.seal()
    run = audited(day)
    reports.make(run)
    assert Measure.objects.get(user=desk, day=day).unexplained == 1
    work_for(late, of=desk, opened=moment(day, hours=9))
    with clock.at(moment(day, days=1, hours=5)):
        call_command("audit", "--again", day.isoformat(), stdout=io.StringIO())
    assert Measure.objects.get(user=desk, day=day).unexplained == 0
    assert run.reports.count() == 2
    with pytest.raises(CommandError):
        call_command("audit", "--again", "2031-01-01", stdout=io.StringIO())


def test_the_index_is_rebuilt_by_a_command(house, desk, inside, day):
    out = io.StringIO()
    house.seal()
    call_command("rebuild_exposures", stdout=out)
    assert "重建" in out.getvalue()


def test_an_alert_follows_its_finding(house, desk, day):
    found = finding_about(desk, kind="audit-bulk")
    with scopes.acting(system("audits")):
        heavier = findings.find_again(
            "audit-bulk", severity=Finding.Severity.HIGH, facts=found.facts, operator=desk,
            entries=[8], run=None,
        )  # fmt: skip
        assert Alert.objects.get(finding=heavier).severity == "high"
    with estate.acting(house.second) as actor:
        findings.decide(found, "justified", note="", channel="admin", actor=actor)
    assert Alert.objects.get(finding=found).status == Alert.Status.FALSE_ALARM
