"""How far each entry has come, and how many there were in each hour: as told, and as counted by hand."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from access import gate
from access.actions import Action
from access.gate import Refused
from access.models import Entry, Hourly, PolicyRule, Tree, Verification
from access.querylog import explore, hourly
from access.querylog.explore import Filters
from access.querylog.standing import Standing, ladder, standing
from access.vocabulary import Role
from custodian import clock
from custodian.errors import NotVisible
from tests import estate
from tests.access.houses import LANGUAGES, said
from tests.security.looking import look

pytestmark = pytest.mark.xdist_group("standing")
WORDS = {
    "written": "已写入",
    "sealed": "已封存",
    "witnessed": "已见证",
    "verified": "已核验",
    "broken": "不一致",
}


@pytest.fixture(autouse=True)
def _nothing_verified(house):
    Verification.objects.all().delete()
    yield
    Verification.objects.all().delete()


def run(until, *, bad=None):
    """A verification that has ended."""
    return Verification.objects.create(
        kind="full", until=until, ok=bad is None, first_bad=bad, finished_at=clock.now(),
        because="" if bad is None else "leaf-not-tile",
    )  # fmt: skip


# Step by step


@pytest.fixture(scope="module")
def browsers(house):
    return {language: house.browser(house.first, language=language) for language in LANGUAGES}


@pytest.fixture
def steps(browsers):
    """What is told of an entry: its rungs, which the page draws, and the word in the list, in both languages."""

    def told(index, *, both=False):
        rungs = [rung.state for rung in ladder(Entry.objects.get(id=index))]
        assert standing().state(index) == rungs[-1]
        for language, client in browsers.items() if both else [("zh", browsers["zh"])]:
            page = client.get(f"/admin/querylog/?before={index + 1}&entry={index}")
            listed, _, panel = page.content.decode().partition('class="proof-ladder"')
            drawn = re.findall(r'class="proof proof-(\w+)"', panel.partition("</ul>")[0])
            assert drawn == rungs
            row = next(row for row in listed.split("<tr")[1:] if f"entry={index}#" in row)
            row = row.partition("</tr>")[0]
            assert re.findall(r'class="proof proof-(\w+)"', row) == [rungs[-1]]
            assert said(WORDS[rungs[-1]], language) in row
        return rungs

    return told


def test_an_entry_comes_from_written_over_sealed_and_witnessed_to_verified(house, steps):
    with house.witnessed_by("w", "v") as (w, v):
        index = look(house.agent, house.customer)
        assert steps(index, both=True) == ["written"]
        house.seal()
        assert steps(index, both=True) == ["written", "sealed"]
        house.cosign("w", w)
        assert steps(index, both=True) == ["written", "sealed"]  # the policy asks for both
        house.cosign("v", v)
        assert steps(index, both=True) == ["written", "sealed", "witnessed"]
        run(Tree.objects.get().announced)
        assert steps(index, both=True) == ["written", "sealed", "witnessed", "verified"]
        later = look(house.agent, house.customer)
        assert steps(later) == ["written"]


def test_a_log_without_witnesses_says_nothing_of_them(house, steps):
    index = look(house.agent, house.customer)
    house.seal()
    assert steps(index) == ["written", "sealed"]
    run(Tree.objects.get().announced)
    assert steps(index) == ["written", "sealed", "verified"]


def test_from_a_fault_on_what_is_sealed_is_told_as_broken(house, steps):
    indexes = [look(house.agent, house.customer) for _ in range(3)]
    house.seal()
    run(Tree.objects.get().announced)
    bad = run(indexes[2], bad=indexes[1])
    later = look(house.agent, house.customer)
    assert steps(indexes[0]) == ["written", "sealed", "verified"]
    assert steps(indexes[1]) == ["written", "sealed", "broken"]
    assert steps(indexes[2]) == ["written", "sealed", "broken"]
    assert steps(later) == ["written"]  # nobody has checked it yet
    page = house.browser(house.first).get(f"/admin/querylog/{indexes[2]}/").content.decode()
    assert f"不一致，自 #{indexes[1]:,} 起" in page
    run(Tree.objects.get().announced)
    assert bad.pk < Verification.objects.newest().pk
    assert steps(indexes[2]) == ["written", "sealed", "verified"]


def test_each_rung_says_when_and_by_what(house):
    with house.witnessed_by("w") as (w,):
        index = look(house.agent, house.customer)
        house.seal()
        seen = house.cosign("w", w)
        first = Tree.objects.get().announced
        look(house.agent, house.customer)
        house.seal()
        house.cosign("w", w)
        done = run(Tree.objects.get().announced)
        entry = Entry.objects.get(id=index)
        written, sealed, witnessed, verified = ladder(entry)
        assert written.at == entry.written_at
        assert sealed.size == first  # the first head that covers it, not the newest
        assert entry.written_at <= sealed.at
        assert len(bytes.fromhex(sealed.root)) == 32
        assert (witnessed.at, witnessed.who) == (seen, "w")
        assert verified.at == done.finished_at


def test_how_many_witnesses_have_seen_it_is_told_beside_the_word(house):
    with house.witnessed_by("w", "v") as signers:
        index = look(house.agent, house.customer)
        house.seal()
        for name, signer in zip(("w", "v"), signers, strict=True):
            house.cosign(name, signer)
        assert standing().share == "2/2"
        page = house.browser(house.first).get(f"/admin/querylog/?before={index + 1}")
        assert "已见证 2/2" in page.content.decode()


@pytest.mark.parametrize(
    ("index", "state"),
    [(0, "verified"), (9, "verified"), (10, "witnessed"), (19, "witnessed"), (20, "sealed"),
     (29, "sealed"), (30, "written"), (10**9, "written")],
)  # fmt: skip
def test_the_bounds_are_the_first_index_that_is_not_so_far(index, state):
    assert Standing(sealed=30, witnessed=20, verified=10).state(index) == state


@pytest.mark.parametrize(
    ("index", "state"), [(4, "verified"), (5, "broken"), (29, "broken"), (30, "written")]
)
def test_a_fault_outweighs_whatever_was_reached(index, state):
    assert Standing(sealed=30, witnessed=20, verified=25, broken=5).state(index) == state


# By hours

# Later than any entry of other tests, so that time in the log runs forward as it does in life.
MONDAY = datetime(2031, 3, 3, 2, 0, tzinfo=UTC)  # ten o'clock at the office
TICK = timedelta(microseconds=1)
WEEK = {"since": MONDAY.date(), "until": MONDAY.date() + timedelta(days=6)}


def glance(person, customer, at, code="identity.mobile", purpose="follow_up", channel="desk"):
    with clock.at(at), estate.acting(person) as actor:
        try:
            return gate.permit(
                actor, Action.CUSTOMER_REVEAL, subjects=[customer.pk], elements=[code],
                purpose=purpose, channel=channel,
            ).entry  # fmt: skip
        except (Refused, NotVisible):
            return None


@pytest.fixture(scope="module")
def week(house):
    """A week of looks, at and around the hours' and the days' ends: half of them counted by the sequencer."""
    PolicyRule.objects.update(since=datetime(2020, 1, 1, tzinfo=UTC), hour_from=0, hour_until=24)
    far = estate.user(Role.AGENT, unit_=estate.unit("NJ"), name="王磊")
    theirs = house.newcomer(of=far)
    hour, midnight = timedelta(hours=1), datetime(2031, 3, 3, 16, 0, tzinfo=UTC)
    moments = [
        MONDAY - TICK, MONDAY, MONDAY + TICK, MONDAY + hour - TICK, MONDAY + hour, midnight - TICK,
        midnight, midnight + TICK, midnight + hour, MONDAY + timedelta(days=4), MONDAY + timedelta(days=4),
    ]  # fmt: skip
    for sealed in (True, False):
        for at in moments:
            glance(house.agent, house.customer, at)
            glance(far, theirs, at, purpose="policy_service", channel="api")
            glance(far, house.customer, at)  # refused: out of his scope
        glance(house.agent, house.customer, midnight, "financial.bank_account")
        if sealed:
            house.seal()
            assert Hourly.objects.filter(hour__gte=MONDAY - hour).exists()
    size = Tree.objects.get().size
    newest = Entry.objects.newest_index()
    assert newest >= size + 2 * len(moments)  # a tail that is not counted yet
    return house, far


def by_hand(**filters):
    """From the entries themselves, one by one."""
    start, end = hourly.midnight(WEEK["since"]), hourly.midnight(WEEK["until"] + timedelta(days=1))
    cells, denied = Counter(), 0
    for entry in Entry.objects.filter(ts__gte=start, ts__lt=end, **filters):
        local = clock.local(entry.ts)
        cells[local.weekday(), local.hour] += 1
        denied += entry.outcome == "denied"
    return cells, denied


def as_told(found):
    return Counter(
        {(cell["day"], cell["hour"]): cell["count"] for cell in found.cells}
    ), found.denied


def questions(week):
    house, far = week
    return [
        {}, {"actor": house.agent.ref}, {"actor": far.ref}, {"unit": "NJ"}, {"unit": "XZ"},
        {"purpose": "policy_service"}, {"act": "reveal"}, {"act": "denied"}, {"channel": "api"},
        {"outcome": "denied"}, {"outcome": "ok", "unit": "NJ", "channel": "api"}, {"unit": "NOWHERE"},
    ]  # fmt: skip


def test_the_hours_are_those_of_the_entries_counted_one_by_one(week):
    for asked in questions(week):
        told = as_told(explore.week(Filters(**WEEK, **asked)))
        assert (asked, told) == (asked, by_hand(**asked))
    cells, denied = by_hand()
    assert len(cells) >= 6
    assert denied > 0


def test_the_acts_are_those_of_the_entries_counted_one_by_one(week):
    start, end = hourly.midnight(WEEK["since"]), hourly.midnight(WEEK["until"] + timedelta(days=1))
    for asked in questions(week):
        rows = Entry.objects.filter(ts__gte=start, ts__lt=end, **asked)
        counts = Counter((entry.act, entry.actor) for entry in rows)
        shown = Counter((entry.act, entry.actor) for entry in rows if entry.subjects)
        told = list(hourly.by_act(Filters(**WEEK, **asked)))
        assert {(each.act, each.actor): each.count for each in told} == counts
        assert Counter({(each.act, each.actor): each.shown for each in told}) == shown


def test_what_only_entries_can_answer_is_the_same_whatever_is_counted(week):
    house, _far = week
    for asked in (
        {"customer": house.customer.subject.uid},
        {"element": "identity.mobile"},
        {"level": 4},
    ):
        filters = Filters(**WEEK, **asked)
        assert not hourly.countable(filters)
        found = explore.week(filters)
        assert found.total == explore.entries(filters).count() > 0


def test_a_day_begins_at_the_offices_midnight_in_the_counts_too(week):
    day = MONDAY.date()
    for sealed in (False, True):
        totals = [
            explore.week(Filters(since=each, until=each)).total
            for each in (day, day + timedelta(days=1))
        ]
        both = explore.week(Filters(since=day, until=day + timedelta(days=1))).total
        assert sum(totals) == both
        assert all(totals)
        if not sealed:
            house, _far = week
            house.seal()
    assert as_told(explore.week(Filters(**WEEK))) == by_hand()
    # Everything is counted now, and once.
    assert Tree.objects.get().size == Entry.objects.newest_index() + 1
    assert sum(Hourly.objects.values_list("count", flat=True)) == Entry.objects.count()
