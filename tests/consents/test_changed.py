"""Purposes that change under words that were said: a no only grows, a yes only shrinks, on every surface."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import import_module

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from access import actors, choices, scopes
from access.choices import Chosen, Held, Kept
from access.gate import Refused
from access.models import Choice
from access.vocabulary import Role
from custodian import clock
from custodian.regimes.purposes import Basis, processing_purposes
from records.consents import asking, changing, counting, opening, standing
from records.consents.changing import NotAsked
from tests import estate
from tests.consents.changing_purposes import DAY, approve, ask, days_later
from tests.consents.saying import GIVEN, REFUSED, WITHDRAWN, imported, paper, reveal, says
from tests.consents.test_gate import asked_at_the_door
from tests.records import desk_estate
from tests.requests.office import everything

FILE = processing_purposes()
FIRST, SECOND, TODAY = date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)
SAID = {"before": date(2026, 1, 1), "between": FIRST, "after": SECOND}
MARKETING, ACCOUNT = FILE["marketing"], FILE["account"]
NAME, MOBILE, PREMIUM = "identity.name", "identity.mobile", "policy.premium"
BANK = "financial.bank_account"


def chosen(versions, said, on, today=TODAY):
    """What a word of that day comes to, written as it would have been."""
    code = versions[0].purpose.code
    meant = choices.concerned(versions, on, today=on)[-1]
    exact = meant.since is not None
    kept = [
        Kept(Chosen(*each), code, on)
        for each in opening.following(meant.purpose, said, exact=exact)
    ]
    return choices.heard(kept, {code: versions}, today=today)


def versions(found, first, second=None):
    """The file's, another from March on, and a third from June on."""
    held = [Held(None, found), Held(FIRST, first)]
    return [*held, Held(SECOND, second)] if second is not None else held


def more(found, *elements, less=(), **other):
    kept = tuple(each for each in found.elements if each not in less)
    return replace(found, elements=(*kept, *elements), **other)


OPEN, MISSING, SHUT = "", "consent-missing", "consent-withdrawn"
# Which change, the word, when it was said, the element, and what a look for marketing answers today.
OPTIONAL = [
    ("added", None, "before", PREMIUM, MISSING),
    ("added", GIVEN, "before", PREMIUM, MISSING),
    ("added", GIVEN, "before", MOBILE, OPEN),
    ("added", GIVEN, "between", PREMIUM, OPEN),
    ("added", GIVEN, "between", "identity.sex", MISSING),  # a changed purpose opens what it names
    ("added", REFUSED, "before", PREMIUM, SHUT),
    ("added", WITHDRAWN, "between", PREMIUM, SHUT),
    ("dropped", GIVEN, "before", MOBILE, MISSING),
    ("dropped", GIVEN, "before", NAME, OPEN),
    ("dropped", GIVEN, "between", MOBILE, MISSING),
    ("dropped", REFUSED, "before", MOBILE, SHUT),
    ("dropped", REFUSED, "between", NAME, SHUT),
    ("ended", GIVEN, "before", NAME, MISSING),
    ("ended", REFUSED, "before", NAME, SHUT),
    ("anew", GIVEN, "before", NAME, MISSING),
    ("anew", GIVEN, "between", NAME, OPEN),
    ("anew", REFUSED, "before", NAME, SHUT),
    ("there and back", GIVEN, "before", MOBILE, MISSING),
    ("there and back", GIVEN, "between", MOBILE, MISSING),
    ("there and back", GIVEN, "after", MOBILE, OPEN),
    ("renamed", GIVEN, "before", NAME, OPEN),
    ("renamed", REFUSED, "before", NAME, SHUT),
]
CHANGES = {
    "added": versions(MARKETING, more(MARKETING, PREMIUM)),
    "dropped": versions(MARKETING, more(MARKETING, less=[MOBILE])),
    "ended": versions(MARKETING, replace(MARKETING, offered=False)),
    "anew": versions(MARKETING, replace(MARKETING, anew=True)),
    "there and back": versions(MARKETING, more(MARKETING, less=[MOBILE]), MARKETING),
    "renamed": versions(MARKETING, replace(MARKETING, name="推荐")),
}


@pytest.mark.parametrize(("change", "said", "when", "element", "expected"), OPTIONAL)
def test_what_only_consent_allows(change, said, when, element, expected):
    found = chosen(CHANGES[change], said, SAID[when]) if said else frozenset()
    assert choices.against("marketing", [element], [found]) == expected


# The same of what the contract needs: nothing is shut but by a no, whatever is changed.
NEEDED = [
    ("added", GIVEN, "before", MOBILE, OPEN),
    ("added", REFUSED, "before", MOBILE, SHUT),
    ("added", REFUSED, "between", MOBILE, SHUT),
    ("dropped", REFUSED, "before", MOBILE, SHUT),
    ("dropped", REFUSED, "between", MOBILE, SHUT),
    ("dropped", REFUSED, "after", MOBILE, OPEN),
    ("dropped", REFUSED, "after", BANK, SHUT),
    ("no longer asked", REFUSED, "before", BANK, SHUT),
    ("no longer asked", GIVEN, "before", BANK, OPEN),
]
NEEDED_CHANGES = {
    "added": versions(ACCOUNT, more(ACCOUNT, MOBILE)),
    "dropped": versions(ACCOUNT, more(ACCOUNT, MOBILE), ACCOUNT),
    "no longer asked": versions(ACCOUNT, replace(ACCOUNT, offered=False)),
}


@pytest.mark.parametrize(("change", "said", "when", "element", "expected"), NEEDED)
def test_what_the_contract_needs(change, said, when, element, expected):
    found = chosen(NEEDED_CHANGES[change], said, SAID[when])
    assert choices.against("payment", [element], [found]) == expected


def test_a_version_that_is_ahead_changes_nothing_yet():
    held = CHANGES["added"]
    before = chosen(held, GIVEN, SAID["before"], today=date(2026, 2, 1))
    assert before == {Chosen("marketing", "", agreed=True)}


some = st.lists(
    st.sampled_from([NAME, MOBILE, PREMIUM, BANK, "*"]), min_size=1, max_size=4, unique=True
)
registers = st.builds(
    lambda found, elements, offered, anew: replace(
        found, elements=tuple(elements), offered=offered, anew=anew
    ),
    st.sampled_from([MARKETING, ACCOUNT]),
    some,
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(registers, min_size=1, max_size=5), st.data())
def test_time_takes_no_no_away_and_gives_no_yes(found, data):
    """Day after day a no shuts what it shut the day before, and a yes opens nothing it did not."""
    base = FILE[found[0].code]
    same = [replace(each, **_fixed(base)) for each in found]
    held = [Held(None, base), *(Held(date(2026, n, 1), each) for n, each in enumerate(same, 1))]
    on = date(2026, data.draw(st.integers(1, len(held))), 1)
    for said in (GIVEN, REFUSED):
        so_far = None
        for month in range(on.month, 9):
            today = chosen(held, said, on, today=date(2026, month, 1))
            now = {place for place in PLACES if _answers(today, place, said)}
            if so_far is not None:
                assert now <= so_far if said == GIVEN else now >= so_far
            so_far = now


PLACES = [
    (look, code) for look in ("marketing", "payment") for code in (NAME, MOBILE, PREMIUM, BANK)
]


def _fixed(base):
    names = ("code", "basis", "looks", "optional", "who")
    return {name: getattr(base, name) for name in names}


def _answers(found, place, said):
    """Whether the look is open by the yes, or shut by the no."""
    look, code = place
    answer = choices.against(look, [code], [found])
    if said == GIVEN:
        return look == "marketing" and answer == OPEN
    return answer == SHUT


# At the door, in the database


@pytest.fixture
def officers(db):
    return [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]


@pytest.fixture
def change(officers):
    def by_two(code, **terms):
        approve(officers[1], ask(officers[0], code, **terms))

    return by_two


@pytest.mark.django_db
def test_the_door_heeds_the_change_from_its_day_on(office, change):
    """Broken where the gate does not read the versions: her no would not reach what came under it."""
    says(office.customer, "account", REFUSED)
    says(office.other, "account", GIVEN)
    change("account", add=[MOBILE])
    assert asked_at_the_door(office.customer, "payment", MOBILE) == OPEN
    with days_later(1):
        assert asked_at_the_door(office.customer, "payment", MOBILE) == SHUT
        assert asked_at_the_door(office.customer, "payment", NAME) == OPEN
        assert asked_at_the_door(office.customer, "compliance", MOBILE) == OPEN
        assert asked_at_the_door(office.other, "payment", MOBILE) == OPEN
    change("account", drop=[MOBILE])
    with days_later(1):
        # Two changes of one day: the later one holds, and the first never did.
        assert asked_at_the_door(office.customer, "payment", MOBILE) == OPEN


@pytest.mark.django_db
def test_a_no_outlives_what_was_taken_away_again(office, change):
    change("account", add=[MOBILE])
    with days_later(1):
        says(office.customer, "account", REFUSED)
        change("account", drop=[MOBILE])
    with days_later(2):
        assert asked_at_the_door(office.customer, "payment", MOBILE) == SHUT
        says(office.customer, "account", GIVEN)
        assert asked_at_the_door(office.customer, "payment", MOBILE) == OPEN


@pytest.mark.django_db
def test_a_yes_opens_nothing_that_came_later_until_she_is_asked(office, change):
    says(office.customer, "marketing", GIVEN)
    change("marketing", add=[PREMIUM])
    with days_later(1):
        assert asked_at_the_door(office.customer, "marketing", PREMIUM) == MISSING
        assert reveal(office.agent, office.customer, MOBILE, purpose="marketing") == ["13800138000"]
        with office.she() as actor:
            stand = standing.find(office.customer, "marketing", actor=actor)
        assert (stand.anew, stand.added, str(stand.label)) == (True, "保险费", "须重新同意")
        assert says(office.customer, "marketing", GIVEN) is not None
        assert says(office.customer, "marketing", GIVEN) is None
        assert asked_at_the_door(office.customer, "marketing", PREMIUM) == OPEN


@pytest.mark.django_db
def test_another_word_of_hers_widens_no_earlier_yes(office, change):
    """All her choices are written anew with each word: as they were meant, not as they would be today."""
    says(office.customer, "marketing", GIVEN)
    change("marketing", add=[PREMIUM])
    with days_later(1):
        says(office.customer, "survey", GIVEN)
        assert asked_at_the_door(office.customer, "marketing", PREMIUM) == MISSING


@pytest.mark.django_db
def test_a_paper_counts_as_of_its_day(office, change):
    change("marketing", add=[PREMIUM])
    with days_later(2):
        document = paper(office.customer, office.agent)
        with estate.acting(office.agent) as actor:
            changing.record(
                office.customer, asking.find("marketing"), GIVEN, evidence=document,
                at=clock.now() - 2 * DAY, channel="desk", actor=actor,
            )  # fmt: skip
        assert asked_at_the_door(office.customer, "marketing", PREMIUM) == MISSING
        assert asked_at_the_door(office.customer, "marketing", NAME) == OPEN


@pytest.mark.django_db
def test_what_is_no_longer_done_is_asked_of_nobody_and_a_no_can_be_taken_back(office, change):
    says(office.customer, "survey", REFUSED)
    says(office.other, "survey", GIVEN)
    change("survey", offered=False)
    with days_later(1):
        assert asking.find("survey") is None
        assert asked_at_the_door(office.other, "survey", NAME) == MISSING
        assert asked_at_the_door(office.customer, "survey", NAME) == SHUT
        with pytest.raises(NotAsked):
            changing.follow(
                office.other,
                asking.register()["survey"],
                changing.Word(said=WITHDRAWN, by="request"),
                channel="task",
            )
        with office.she() as actor:
            stand = standing.find(office.customer, "survey", actor=actor)
        assert stand.ended
        actor = actors.customer(office.customer.pk, capacity="self")
        with scopes.acting(actor):
            changing.choose(office.customer, stand.purpose, GIVEN, channel="portal", actor=actor)
        # Her no is gone, and a yes to what nobody does opens nothing.
        assert asked_at_the_door(office.customer, "survey", NAME) == MISSING


@pytest.mark.django_db
def test_what_came_to_be_asked_for_can_be_refused(office, change):
    codes = [each for each in FILE["claims"].elements if each.startswith("claim.")]
    change("contract", add=codes)
    change(
        "claims",
        basis=Basis.CONSENT,
        separate=True,
        without="不能理赔。",
        without_en="Claims cannot be settled.",
    )
    assert asking.find("claims") is None
    with days_later(1):
        assert asked_at_the_door(office.customer, "claim", "claim.amount") == OPEN
        says(office.customer, "claims", REFUSED)
        assert asked_at_the_door(office.customer, "claim", "claim.amount") == SHUT
        assert asked_at_the_door(office.other, "claim", "claim.amount") == OPEN


@pytest.mark.django_db
def test_a_refusal_names_what_it_rests_on_by_its_new_name(office, change):
    change("marketing", name="推荐其他产品")
    with days_later(1):
        with pytest.raises(Refused):
            reveal(office.agent, office.customer, MOBILE, purpose="marketing")
        assert [asking.name(each) for each in asking.behind("marketing", [MOBILE])] == [
            "推荐其他产品"
        ]


@pytest.mark.django_db
def test_changed_purposes_cost_one_statement_and_unchanged_none(office, change):
    says(office.customer, "marketing", GIVEN)
    change("marketing", add=[PREMIUM])
    with estate.acting(office.agent), desk_estate.statements() as sent:
        scopes.find([office.customer.pk])
    assert len(sent) == 1
    with days_later(1), estate.acting(office.agent), desk_estate.statements() as sent:
        scopes.find([office.customer.pk])
    assert len(sent) == 2


@pytest.mark.django_db
def test_the_officer_reads_how_many_have_to_be_asked_anew(office, change):
    says(office.customer, "marketing", GIVEN)
    says(office.other, "marketing", REFUSED)
    change("marketing", add=[PREMIUM])
    with days_later(1), everything():
        line = next(each for each in counting.lines() if each.purpose.code == "marketing")
        assert line.anew == 1
        assert line.since is not None
        others = [each.anew for each in counting.lines() if each.purpose.code != "marketing"]
        assert not any(others)


@pytest.mark.django_db
def test_a_choice_names_the_word_it_follows_from(office):
    imported(office.customer, "account", REFUSED, days=30)
    with everything():
        said = {(each.consent, each.said_on) for each in Choice.objects.all()}
    assert said == {("account", clock.local().date() - 30 * DAY)}


@pytest.mark.django_db
def test_choices_of_before_learn_the_word_they_follow_from(office):
    """The migration's statement, on rows as an earlier release has left them."""
    for code in ("account", "health", "marketing", "partners"):
        imported(office.customer, code, REFUSED, days=30)
    with everything():
        named = {(each.purpose, each.element, each.consent) for each in Choice.objects.all()}
        Choice.objects.update(consent="", said_on=None)
        deed = import_module("records.migrations.0027_name_the_consent_of_a_choice")
        with connection.cursor() as cursor:
            cursor.execute(deed.NAME)
        rows = Choice.objects.all()
        assert {(each.purpose, each.element, each.consent) for each in rows} == named
        assert {each.said_on for each in rows} == {clock.local().date() - 30 * DAY}
