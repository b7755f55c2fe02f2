"""Controls: tested by their role when due, measured by the house where it can, and confirmed by another."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from access import actors, scopes
from access.law.reading import pack_clause
from access.models import HeldRight, Verification
from access.vocabulary import Role
from custodian import clock, invariants, last_invariants
from custodian.site import machine_checks
from incidents.models import ControlCheck, RiskAction
from incidents.risks import actions, checking, counts, library, machine
from incidents.risks.library import Control, controls, parsed
from incidents.risks.wording import FileRefused
from incidents.tasks import measure_controls
from records.models import ScrubRun
from tests import estate
from tests.incidents.risk_office import DAY, Office, today
from tests.records.own.making import Maker

pytestmark = pytest.mark.django_db(transaction=True)
PERSONS, LOG = controls()["C-ACCESS-02"], controls()["C-LOG-01"]


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def office() -> Office:
    return Office()


def record(office: Office, result: str, control: Control = PERSONS, by: Any = None) -> ControlCheck:
    with estate.acting(by or office.auditor) as actor:
        return checking.record(control, result, note="抽查十项", evidence="底稿 3", actor=actor)


def state(control: Control = PERSONS) -> str:
    return checking.standing(control).state


def verified(*, ok: bool, at: Any = None) -> None:
    bad = {} if ok else {"first_bad": 7, "because": "leaf"}
    moment = at or clock.now()
    Verification.objects.create(
        kind="full", ok=ok, started_at=moment, finished_at=moment, until=9, **bad
    )


def test_each_control_serves_a_clause_that_there_is() -> None:
    for each in controls().values():
        assert pack_clause(each.clause).code == each.clause


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("owner: auditor", "owner: nobody"),
        ("machine: log", "machine: oracle"),
        ("code: C-ACCESS-02", "code: C-ACCESS-01"),
        ("mend_days: 14, machine", "speed: 3, machine"),
    ],
)
def test_a_library_that_is_wrong_is_refused(old: str, new: str) -> None:
    text = library._FILE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(FileRefused):
        parsed(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2023, 11, 29), date(2024, 2, 29)),
        (date(2022, 11, 30), date(2023, 2, 28)),
    ],
)
def test_the_next_test_is_due_by_the_calendar(last: date, due: date) -> None:
    assert PERSONS.months == 3
    assert PERSONS.next_due(last, date(2030, 1, 1)) == due


def test_what_was_never_tested_is_due_today(office: Office) -> None:
    found = checking.standing(PERSONS)
    assert (found.state, found.due_on, found.is_wrong) == ("never", today(), True)


def test_a_test_that_passed_holds_until_it_is_due(office: Office) -> None:
    with clock.at(clock.now() - timedelta(days=60)):
        record(office, "passed")
        assert state() == "holds"
    assert state() in {"holds", "soon"}
    with clock.at(clock.now() + timedelta(days=60)):
        assert state() == "late"


def test_only_its_role_tests_it_and_nobody_what_is_measured(office: Office) -> None:
    with pytest.raises(checking.NotYourControl):
        record(office, "passed", by=office.officer)
    with pytest.raises(checking.Measures):
        record(office, "passed", LOG, by=office.second)


def test_a_failure_makes_an_action_and_has_its_risks_looked_at(office: Office) -> None:
    here = estate.unit("SZ")
    held, other = office.risk(controls=[PERSONS.code], unit=here), office.risk()
    row = record(office, "failed")
    action = row.actions.get()
    assert action.due_on == today() + PERSONS.mend_days * DAY
    assert (action.owner, action.state) == (None, "open")
    for each in (held, other):
        each.refresh_from_db()
    assert held.review_on == today()
    assert other.review_on > today()
    assert [each.what for each in held.events.order_by("pk")] == ["raised", "failed"]
    assert state() == "failed"
    assert counts.by_unit()[here.pk].failed_controls == 1


def mend(office: Office, row: ControlCheck) -> RiskAction:
    action = row.actions.get()
    with estate.acting(office.officer) as actor:
        actions.move(action, owner=office.owner, due_on=action.due_on, why="", actor=actor)
    office.finish(action, office.owner)
    return action


def confirm(row: ControlCheck, by: Any) -> None:
    with estate.acting(by) as actor:
        checking.confirm(row, note="重新抽查十项", actor=actor)


def test_somebody_else_says_that_it_holds_again(office: Office) -> None:
    row = record(office, "failed")
    with pytest.raises(checking.NotConfirmed):
        record(office, "passed")
    with pytest.raises(checking.NotMended):
        confirm(row, office.second)
    mend(office, row)
    with pytest.raises(checking.NotTheSecond):
        confirm(row, office.auditor)
    confirm(row, office.second)
    assert state() == "holds"
    with pytest.raises(checking.NotFailed):
        confirm(row, office.officer)
    record(office, "passed")


def test_the_database_keeps_what_was_found_and_who_confirms(office: Office) -> None:
    row = record(office, "failed")
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        ControlCheck.objects.filter(pk=row.pk).update(result="passed")
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        ControlCheck.objects.filter(pk=row.pk).update(
            confirmed_at=clock.now(), confirmed_by=office.auditor
        )


# What the house measures


def test_a_measured_control_goes_red_when_its_check_fails(office: Office) -> None:
    risk = office.risk(controls=[LOG.code])
    verified(ok=True)
    measure_controls()
    assert state(LOG) == "holds"
    verified(ok=False)
    measure_controls()
    measure_controls()
    rows = ControlCheck.objects.filter(control=LOG.code)
    assert [each.result for each in rows] == ["failed", "passed"]
    assert state(LOG) == "failed"
    assert rows[0].by is None
    assert rows[0].measured["source"] == "log"
    assert rows[0].actions.count() == 1
    risk.refresh_from_db()
    assert risk.is_due


def test_it_is_not_green_again_before_the_check_holds_and_somebody_says_so(office: Office) -> None:
    verified(ok=False)
    measure_controls()
    row = ControlCheck.objects.get(control=LOG.code)
    mend(office, row)
    with pytest.raises(checking.NotMended):
        confirm(row, office.officer)
    verified(ok=True)
    measure_controls()
    assert state(LOG) == "failed"
    confirm(row, office.officer)
    assert state(LOG) == "holds"
    verified(ok=False)
    measure_controls()
    assert state(LOG) == "failed"


def test_the_same_good_result_is_kept_once_a_day(office: Office) -> None:
    noon = clock.local().replace(hour=12, minute=0) - 3 * DAY
    for moment in (noon, noon + timedelta(hours=1), noon + DAY):
        with clock.at(moment):
            verified(ok=True, at=moment)
            measure_controls()
    assert ControlCheck.objects.filter(control=LOG.code).count() == 2


def test_without_a_result_a_measured_control_is_not_tested(office: Office) -> None:
    measure_controls()
    assert state(LOG) == "never"
    assert machine.ask(controls()["C-DATA-01"]) is None


def test_the_command_leaves_its_result_and_it_counts(monkeypatch: Any) -> None:
    held = controls()["C-DATA-01"]
    monkeypatch.setattr(invariants, "CHECKS", {"log": lambda _options: iter(())})
    call_command("invariants")
    found = machine_checks.held(held)
    assert found is not None
    assert (found.holds, found.numbers) == (True, {"checked": 1, "broken": 0})
    monkeypatch.setattr(
        invariants, "CHECKS", {"log": lambda _options: iter(["#7 c-7K2M-41PD-9QX"])}
    )
    with pytest.raises(SystemExit):
        call_command("invariants")
    measure_controls()
    assert state(held) == "failed"
    last = last_invariants.last()
    assert last is not None
    assert last.found == {"log": "broken"}, "no reason is kept, which may name somebody"


def test_a_result_that_cannot_be_read_is_none() -> None:
    (last_invariants._path()).write_text("{", encoding="utf-8")
    assert machine_checks.held(controls()["C-DATA-01"]) is None


def test_a_scrub_with_a_fault_is_a_failure(office: Office) -> None:
    scrub = controls()["C-DATA-02"]
    done = {"kind": "sample", "status": "done", "finished_at": clock.now()}
    ScrubRun.objects.create(**done, values_checked=40)
    found = machine.ask(scrub)
    assert found is not None
    assert found.holds
    ScrubRun.objects.create(**{**done, "finished_at": clock.now() + DAY}, faults=1)
    found = machine.ask(scrub)
    assert found is not None
    assert not found.holds


def test_training_is_a_share_of_those_at_work(office: Office) -> None:
    training = controls()["C-PEOPLE-01"]
    found = machine.ask(training)
    assert found is not None
    people = found.numbers["people"]
    assert (found.numbers["valid"], found.holds) == (people, True)
    estate.user(Role.AGENT, trained=False)
    found = machine.ask(training)
    assert found is not None
    assert (found.numbers["people"], found.numbers["valid"]) == (people + 1, people)
    assert found.numbers["percent"] == people * 100 // (people + 1) < training.least
    assert not found.holds


def test_a_right_that_nobody_confirmed_nor_took_back_is_a_failure(office: Office) -> None:
    """Whoever looks: an administrator sees none of the rights, and the same result."""
    rights = controls()["C-ACCESS-01"]
    with scopes.acting(estate.system()):
        assert machine.ask(rights) is None
        made = Maker().campaign(clock.now())
    for person in (office.second, office.administrator):
        with estate.acting(person):
            found = machine.ask(rights)
        assert found is not None
        assert (found.holds, found.numbers) == (False, {"left": 1, "late": 0})
    with scopes.acting(estate.system()):
        HeldRight.objects.filter(campaign=made).update(decision="spared", decided_at=clock.now())
        found = machine.ask(rights)
    assert found is not None
    assert found.holds


def test_a_stale_backup_is_a_failure(monkeypatch: Any) -> None:
    class Kept:
        whole = verified = True
        at = clock.now() - timedelta(days=1)

    backups = controls()["C-DATA-03"]
    monkeypatch.setattr("custodian.backup.keeping.latest", Kept)
    found = machine_checks.backups(backups)
    assert found is not None
    assert found.holds
    Kept.at = clock.now() - timedelta(days=3)
    found = machine_checks.backups(backups)
    assert found is not None
    assert not found.holds
    monkeypatch.setattr("custodian.backup.keeping.latest", lambda: None)
    assert machine_checks.backups(backups) is None


def test_no_person_measures(office: Office) -> None:
    from access import gate

    found = machine.Measured("log", clock.now(), True, {})
    with estate.acting(office.second) as actor, pytest.raises(gate.Refused):
        checking.measure(LOG, found, actor=actor)
    system = actors.system("incidents")
    with scopes.acting(system):
        assert checking.measure(LOG, found, actor=system) is not None


# Pages


def test_a_control_is_tested_mended_and_confirmed_on_its_page(
    office: Office, client: Client
) -> None:
    address = f"/admin/risk/control/{PERSONS.code}/"
    estate.login(client, office.officer)
    said = {"act": "check", "result": "failed", "note": "三项没有复核人"}
    assert client.post(address, said).status_code == 403
    estate.login(client, office.auditor)
    assert client.post(address, {"act": "check", "note": "x"}).status_code == 422
    assert client.post(address, said).status_code == 302
    row = ControlCheck.objects.get()
    mend(office, row)
    estate.login(client, office.second)
    assert "失效" in client.get("/admin/risk/control/").content.decode()
    assert client.post(address, {"act": "confirm", "note": "已看"}).status_code == 302
    assert client.post(address, {"act": "confirm", "note": "已看"}).status_code == 409
    assert state() == "holds"
    estate.login(client, office.administrator)
    assert client.get(address).status_code == 200
    assert client.get("/admin/risk/control/C-NONE/").status_code == 404
    estate.login(client, office.owner)
    assert client.get(address).status_code in {302, 403, 404}


def test_the_page_tells_source_time_and_numbers(office: Office, client: Client) -> None:
    verified(ok=False)
    measure_controls()
    estate.login(client, office.second)
    page = client.get(f"/admin/risk/control/{LOG.code}/").content.decode()
    assert "日志核验" in page
    assert "系统此刻：失效" in page
    assert page.count("失效</span>") >= 2, "what heads the page says so, and its test"
    assert "登记自查结果" not in page
