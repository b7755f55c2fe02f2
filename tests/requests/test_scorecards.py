"""The scorecard: planted truth of each indicator, weeks that stay, units that add up, and who may see it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from access import findings, scopes
from access.models import Entry, Finding, Measure, ScorecardFigure
from access.scorecards import keeping, reading
from access.scorecards.indicators import Week, attention, registered
from access.vocabulary import Role
from custodian import clock
from records.models import ContactFlag, CustomerRequest, Keeping, MergeCase
from tests import estate
from tests.access.houses import stranger
from tests.requests.office import Office

pytestmark = pytest.mark.django_db
CODES = [
    "training", "unexplained", "deadlines", "authenticity", "incidents", "retention",
    "satisfaction", "complaints",
]  # fmt: skip


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def at_noon(office):
    """Wednesday of some week, so that nothing falls across its edge."""
    week = Week.now()
    with clock.at(week.since + timedelta(days=2, hours=12)):
        yield week


def figure(code, row=None):
    """Part and base of the newest week, for the house unless a row is given."""
    cells = (row or reading.house()).cells
    last = next(cell.last for cell in cells if cell.indicator.code == code)
    return (last.part, last.base) if last else None


def test_each_has_a_value_from_which_it_is_looked_at():
    assert [each.code for each in registered()] == CODES
    assert set(attention()) == set(CODES)


def test_training_counts_who_lacks_nothing(office, at_noon):
    estate.user(Role.AGENT, trained=False)
    gone = estate.user(Role.AGENT, trained=False)
    gone.is_active = False
    gone.save()
    keeping.carry_out()
    assert figure("training") == (4, 5)


def test_unexplained_looks_of_the_week_and_of_no_other(office, at_noon):
    for day, unexplained in ((0, 3), (1, 1), (-1, 19)):
        Measure.objects.create(
            user=office.agent, day=at_noon.begins + timedelta(days=day), role="agent",
            unit_path=office.agent.unit.path, sights=20, unexplained=unexplained,
        )  # fmt: skip
    keeping.carry_out()
    assert figure("unexplained") == (4, 40)


def test_a_finding_counts_from_its_verdict(office, at_noon):
    def found(verdict):
        made = findings.raise_finding(
            "audit-harvest", severity=Finding.Severity.HIGH, facts={}, operator=office.agent
        )
        changes = {"verdict": verdict, "status": "closed", "decided_at": clock.now()}
        Finding.objects.filter(pk=made.pk).update(**(changes if verdict else {}))

    for verdict in ("warning", "sanction", "justified", ""):
        found(verdict)
    keeping.carry_out()
    assert figure("incidents") == (2, 4)


def test_a_clock_counts_once_when_it_is_met_or_runs_out(office, at_noon):
    in_time, late, open_still = (office.ask("feedback") for _each in range(3))
    for request, due, stopped in (
        (in_time, timedelta(days=1), timedelta(hours=-1)),
        (late, timedelta(hours=-3), timedelta(hours=-1)),
        (open_still, timedelta(days=1), None),
    ):
        rows = type(request.clock).objects.filter(pk=request.clock.pk)
        now = clock.now()
        with scopes.acting(estate.system()):
            rows.update(
                near_at=now - timedelta(days=2), due_at=now + due,
                stopped_at=now + stopped if stopped else None,
            )  # fmt: skip
    keeping.carry_out()
    assert figure("deadlines") == (1, 2)


def test_one_that_ran_out_counts_without_an_end_and_one_that_waits_does_not(office, at_noon):
    ran_out, waits = office.ask("feedback"), office.ask("feedback")
    now = clock.now()
    late = {"near_at": now - timedelta(days=2), "due_at": now - timedelta(hours=1)}
    with scopes.acting(estate.system()):
        type(waits.clock).objects.filter(pk=ran_out.clock.pk).update(**late)
        type(waits.clock).objects.filter(pk=waits.clock.pk).update(**late, paused_at=now)
    keeping.carry_out()
    assert figure("deadlines") == (0, 1)


def test_doubted_contacts_and_possible_doubles(office, at_noon):
    third = estate.customer({**estate.ZHANG, "identity.mobile": "13900139777"})
    keeping.carry_out()
    assert figure("authenticity") == (3, 3)
    with scopes.acting(estate.system()):
        ContactFlag.objects.create(subject_id=office.customer.pk, contact="mobile", why="not_hers")
        pair = MergeCase.objects.create(
            subject_id=office.other.pk, other_id=third.pk, agrees=[], source="QH"
        )
    keeping.carry_out()
    assert figure("authenticity") == (0, 3)
    with scopes.acting(estate.system()):
        MergeCase.objects.filter(pk=pair.pk).update(status="settled", settled="apart")
        ContactFlag.objects.update(until=clock.now())
    keeping.carry_out()
    assert figure("authenticity") == (3, 3)


def test_what_should_have_gone_a_month_ago(office, at_noon):
    today = clock.local().date()
    with scopes.acting(estate.system()):
        for days in (31, 30, 0):
            Keeping.objects.create(
                holding=uuid4(), subject_id=office.customer.pk, kind="policy", state="due",
                ended_on=date(2020, 1, 1), keep_until=today - timedelta(days=days),
            )  # fmt: skip
    keeping.carry_out()
    assert figure("retention") == (1, 3)


def test_what_customers_say(office, at_noon):
    for score in (5, 2):
        request = office.ask("feedback")
        office.answer(request)
        with scopes.acting(estate.system()):
            CustomerRequest.objects.filter(pk=request.pk).update(score=score, rated_at=clock.now())
    office.ask("complaint")
    keeping.carry_out()
    assert figure("satisfaction") == (7, 2)
    assert figure("complaints") == (1, 2)


def test_a_subtree_is_the_sum_of_its_units(office, at_noon):
    above = estate.unit("HQ")
    below = estate.unit("HQ1", parent=above)
    beside = estate.unit("HQ2", parent=above)
    estate.user(Role.AGENT, unit_=below, trained=False)
    estate.user(Role.AGENT, unit_=beside)
    keeping.carry_out()
    whole, *parts = reading.rows(above)
    assert figure("training", whole) == (1, 2)
    assert {row.unit.code: figure("training", row) for row in parts} == {
        "HQ1": (0, 1), "HQ2": (1, 1),
    }  # fmt: skip


def test_a_week_that_is_over_is_counted_once_more_and_then_stays(office, at_noon):
    keeping.carry_out()
    first = ScorecardFigure.objects.get(indicator="complaints", week=at_noon.begins)
    with clock.at(at_noon.until + timedelta(hours=5)):
        with clock.at(at_noon.until - timedelta(minutes=1)):
            office.ask("complaint")
        keeping.carry_out()
    then = ScorecardFigure.objects.get(indicator="complaints", week=first.week)
    assert (first.part, then.part) == (0, 1)
    training = ScorecardFigure.objects.get(indicator="training", week=first.week)
    with clock.at(at_noon.until + timedelta(days=7, hours=5)):
        with scopes.acting(estate.system()):
            CustomerRequest.objects.update(received_at=at_noon.until + timedelta(days=8))
        keeping.carry_out()
    assert ScorecardFigure.objects.get(pk=then.pk).part == 1
    # How people stood that week is not what somebody finds later.
    assert ScorecardFigure.objects.get(pk=training.pk).counted_at == training.counted_at


def test_counting_twice_changes_nothing(office, at_noon):
    keeping.carry_out()
    before = list(ScorecardFigure.objects.order_by("indicator", "unit").values_list("part", "base"))
    keeping.carry_out()
    after = list(ScorecardFigure.objects.order_by("indicator", "unit").values_list("part", "base"))
    assert before == after


def test_a_figure_stands_once_and_by_its_monday(office):
    monday = Week.now().begins
    said = {"indicator": "training", "unit": office.agent.unit, "part": 1, "base": 1}
    ScorecardFigure.objects.create(week=monday, **said)
    with (
        pytest.raises(IntegrityError, match="scorecard_figure_once_a_week"),
        transaction.atomic(),
    ):
        ScorecardFigure.objects.create(week=monday, **said)
    with (
        pytest.raises(IntegrityError, match="scorecard_week_begins_on_monday"),
        transaction.atomic(),
    ):
        ScorecardFigure.objects.create(week=monday + timedelta(days=1), **said)


def test_the_page_names_what_is_to_be_looked_at(office, at_noon):
    estate.user(Role.AGENT, trained=False)
    keeping.carry_out()
    page = estate.login(stranger("en"), office.first).get(reverse("admin:scorecard"))
    body = page.content.decode()
    assert page.status_code == 200
    assert "4 / 5" in body
    assert "80.0%" in body
    morning = estate.login(stranger("en"), office.first).get(reverse("admin:index"))
    assert "4 / 5" in morning.content.decode()


def test_an_unknown_unit_is_not_there_and_asking_is_on_record(office):
    page = reverse("admin:scorecard")
    got = estate.login(stranger(), office.first).get(page, {"unit": "NOWHERE"})
    assert got.status_code == 404
    estate.drain()
    assert Entry.objects.filter(act="denied").exists()


@pytest.mark.parametrize("role", [Role.AGENT, Role.SERVICE_DESK, Role.ADMINISTRATOR])
def test_others_do_not_see_it(office, role):
    got = estate.login(stranger(), estate.user(role)).get(reverse("admin:scorecard"))
    assert got.status_code in (403, 404, 302)
