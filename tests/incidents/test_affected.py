"""Who is hit: exactly the customers and elements that were returned, and the same again when asked again."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from access.vocabulary import Role
from custodian import clock
from custodian.jobs import JobStatus
from incidents.affected import jobs, keeping
from incidents.cases import group, opening
from incidents.cases.standing import Observes
from incidents.models import AffectedList, Incident, LeakTrace
from incidents.tracing import jobs as tracing
from tests import estate
from tests.exports import office as exporting
from tests.sequencer.trees import Place
from tests.tracing import made
from tests.tracing.insurer import MOBILE, NAME, Insurer, mobile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


@pytest.fixture
def lead() -> Any:
    return estate.user(Role.SECURITY_OFFICER, name="孙强")


def case_of(lead: Any) -> Incident:
    with estate.acting(lead) as actor:
        return opening.open_case(
            kind="insider", title="外泄", occurred_at=None, aware_at=clock.now(), actor=actor
        )


def reckoned(case: Incident, lead: Any, by: str, about: str, **said: Any) -> AffectedList:
    with estate.acting(lead) as actor:
        job = jobs.ask(case, by, about, **{"since": None, "until": None, **said}, actor=actor)
    return jobs.work(job.pk)


def hit(row: AffectedList) -> dict[int, tuple[set[str], set[str]]]:
    return {
        each["subject"]: (set(each["clear"]), set(each["masked"])) for each in keeping.kept(row.ref)
    }


def test_of_an_operator_exactly_what_was_returned_to_him(lead: Any, tmp_path: Path) -> None:
    world, chosen = Insurer(), random.Random(7)
    truth: dict[int, tuple[set[str], set[str]]] = {}
    seen = chosen.sample(range(240), 60)
    for number in seen[:40]:
        codes = chosen.choice([(MOBILE,), (NAME, MOBILE)])
        world.look(world.insider, [number], elements=codes)
        truth[world.customers[number].pk] = (set(codes), set())
    for number in seen[30:]:  # ten of them again, as masks
        world.look(world.insider, [number], elements=(NAME,), masked=True)
        clear, _masked = truth.setdefault(world.customers[number].pk, (set(), set()))
        truth[world.customers[number].pk] = (clear, {NAME} - clear)
    world.look(world.colleague, range(100))
    Place.make(tmp_path / "log").seal()
    case = case_of(lead)
    row = reckoned(case, lead, "operator", world.insider.staff_no.lower())
    assert row.status == JobStatus.DONE
    assert hit(row) == truth
    assert (row.customers, row.clear) == (60, 40)
    assert row.elements[MOBILE] == [40, 0]
    before = reckoned(
        case, lead, "operator", world.insider.staff_no, until=clock.now() - timedelta(days=1)
    )
    assert before.customers == 0


def test_of_one_sign_in_exactly_what_was_returned_in_it(lead: Any, tmp_path: Path) -> None:
    """Two sign-ins of one person, open at the same time on two devices, with the same customers on both."""
    world, chosen = Insurer(), random.Random(11)
    truth: dict[str, dict[int, tuple[set[str], set[str]]]] = {
        "a1b2c3d4e5f6": {},
        "0f0e0d0c0b0a": {},
    }
    marks = sorted(truth)
    for number in chosen.choices(range(120), k=90):
        mark, codes = chosen.choice(marks), chosen.choice([(MOBILE,), (NAME,)])
        masked = chosen.random() < 0.3 and codes == (NAME,)
        world.look(world.insider, [number], elements=codes, masked=masked, session=mark)
        clear, veiled = truth[mark].setdefault(world.customers[number].pk, (set(), set()))
        (veiled if masked else clear).update(codes)
    world.look(world.insider, range(60, 90))  # by a token: of no sign-in
    world.look(world.colleague, range(100), session=marks[0])  # a mark is his who bears it
    Place.make(tmp_path / "log").seal()
    case = case_of(lead)
    for mark, seen in truth.items():
        row = reckoned(case, lead, "session", f"{world.insider.staff_no.lower()}/{mark}")
        assert hit(row) == {each: (clear, veiled - clear) for each, (clear, veiled) in seen.items()}
    other = reckoned(case, lead, "session", f"{world.other.staff_no}/{marks[0]}")
    assert (other.status, other.note) == (JobStatus.REFUSED, jobs.UNKNOWN)


def test_it_comes_out_the_same_when_reckoned_anew_and_says_so_when_not(
    lead: Any, tmp_path: Path
) -> None:
    world = Insurer()
    world.look(world.insider, range(5))
    log = Place.make(tmp_path / "log")
    log.seal()
    case = case_of(lead)
    row = reckoned(
        case, lead, "operator", world.insider.staff_no, until=clock.now() + timedelta(hours=1)
    )
    for more, same in ((False, True), (True, False)):
        if more:
            world.look(world.insider, [7])
            log.seal()
        with estate.acting(lead) as actor:
            jobs.again(row, actor=actor)
        row = jobs.work(row.pk)
        assert (row.same, row.customers, len(hit(row))) == (same, 5, 5), "what was sealed stays"


def test_the_list_lies_sealed_and_only_the_group_reaches_it(lead: Any, tmp_path: Path) -> None:
    world = Insurer()
    world.look(world.insider, range(3))
    Place.make(tmp_path / "log").seal()
    case = case_of(lead)
    row = reckoned(case, lead, "operator", world.insider.staff_no)
    for each in (Path(settings.VAR) / "store").rglob("*"):
        assert not each.is_file() or b"subject" not in each.read_bytes()
    outside = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
    with estate.acting(outside):
        assert not AffectedList.objects.filter(pk=row.pk).exists()
    with estate.acting(lead) as actor:
        group.let_in(case, outside, "observer", actor=actor)
    with estate.acting(outside) as actor:
        assert AffectedList.objects.filter(pk=row.pk).exists()
        with pytest.raises(Observes):
            jobs.again(row, actor=actor)


def test_of_an_export_what_it_holds(lead: Any) -> None:
    agent, officer = estate.user(Role.AGENT), estate.user(Role.COMPLIANCE_OFFICER)
    exporting.customers(30, of=[agent])
    exporting.honey(4)
    export = exporting.made(agent, officer, to=agent)
    row = reckoned(case_of(lead), lead, "export", export.code)
    assert {each: set(export.elements) for each in export.included} == {
        each: clear for each, (clear, _masked) in hit(row).items()
    }


def test_a_number_that_nothing_has_is_refused(lead: Any) -> None:
    case = case_of(lead)
    for by in ("operator", "session", "export", "partner", "transfer"):
        row = reckoned(case, lead, by, "X-0")
        assert (row.status, row.note) == (JobStatus.REFUSED, jobs.UNKNOWN)
    with estate.acting(lead) as actor, pytest.raises(jobs.Backwards):
        jobs.ask(
            case, "operator", "X", since=clock.now(), until=clock.now() - timedelta(1), actor=actor
        )


def test_of_a_leaked_list_those_who_are_on_it_once_it_is_traced_for_the_case(
    lead: Any, tmp_path: Path
) -> None:
    world = Insurer()
    Place.make(tmp_path / "log").seal()
    case = case_of(lead)
    file = made.uploaded([f"某,{mobile(each)}" for each in range(40)] + ["某,13000000000"])
    with estate.acting(lead) as actor:
        job = tracing.ask(
            file, label="名单", reason="举报", since=None, until=None, incident=case, actor=actor
        )
    tracing.work(job.pk)
    with estate.acting(lead) as actor:
        row = case.affected.get()
        assert {each.pk for each in world.customers[:40]} == set(hit(row))
        assert set(row.elements) == {MOBILE}
        assert case.links.get().trace == job
        with pytest.raises(jobs.FileGone):
            jobs.again(row, actor=actor)
    assert LeakTrace.objects.get(pk=job.pk).file is None


def test_a_list_that_was_lost_is_sealed_anew_from_the_log(lead: Any, tmp_path: Path) -> None:
    world = Insurer()
    world.look(world.insider, range(4))
    Place.make(tmp_path / "log").seal()
    case = case_of(lead)
    row = reckoned(
        case, lead, "operator", world.insider.staff_no, until=clock.now() + timedelta(hours=1)
    )
    keeping.SHELF.remove(row.ref)
    assert not keeping.opens(row.ref)
    with estate.acting(lead) as actor:
        jobs.again(row, actor=actor)
    row = jobs.work(row.pk)
    assert (row.same, row.customers, len(hit(row))) == (True, 4, 4)
