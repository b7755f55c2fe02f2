"""Every address × method × role: exactly what the table says, and a refusal gives nothing away."""

from __future__ import annotations

import re

import pytest

from access.action_roles import ROLES as ATTEMPTED
from access.actions import Action
from tests.security import routes
from tests.security.routes import Row
from tests.security.things import ABSENT, OWN, PURPOSES
from tests.security.visitors import Answer, World, alike

ROWS = routes.table()
EVERYBODY = sorted(routes.ROLES)
PORTAL_DOOR = "/portal/sign-in/"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(module_database):
    return World()


def address(row: Row, world: World, role: str, method: str, which: str = OWN) -> str:
    filled = row.address(world.thing(row.names, which), method)
    return filled.format(purpose=PURPOSES.get(role, "follow_up"))


def ask(world: World, row: Row, role: str, method: str, which: str = OWN, **more) -> Answer:
    kind = more.pop("kind", "fresh" if row.fresh else "stale")
    place = address(row, world, role, method, which)
    return world.ask(role, method, place, row.body, kind=kind, **more)


def test_every_address_is_in_the_table_and_every_row_has_an_address():
    assert sorted(each.path for each in ROWS) == sorted(routes.patterns())


def test_nobody_is_let_in_whose_role_may_not_attempt_the_action():
    for row in ROWS:
        for method, roles in row.who.items():
            changing = method not in {"GET", "HEAD"} and row.change_action
            named = row.change_action if changing else row.action
            if named:
                assert roles <= {role.value for role in ATTEMPTED[Action(named)]}, row.path


@pytest.mark.parametrize("role", EVERYBODY)
def test_each_role_gets_exactly_what_the_table_says(world, role):
    wrong = []
    for row in ROWS:
        for method in row.methods:
            answer = ask(world, row, role, method)
            # What is out of reach is absent, also for who may not come in at all.
            wrong += _compared(row, method, answer, row.expected(role, method))
            if (
                answer.status in {403, row.others}
                and role not in row.who[method] | row.absent
                and not row.quiet
                and answer.denied != 1
            ):
                wrong.append(f"{method} {row.path}: refused with {answer.denied} entries")
    told(wrong)


def test_a_customer_is_somebody_in_the_portal_and_nobody_elsewhere(world):
    wrong = []
    for row in ROWS:
        for method in row.methods:
            answer = ask(world, row, routes.CUSTOMER, method)
            if row.of_portal:
                expected = row.expected(routes.CUSTOMER, method)
                wrong += _compared(row, method, answer, expected)
            else:
                wrong += _of_stranger(row, method, answer, row.anonymous)
    told(wrong)


@pytest.mark.parametrize("role", [*EVERYBODY, routes.CUSTOMER])
def test_what_belongs_to_others_looks_as_what_does_not_exist(world, role):
    wrong = []
    for row in ROWS:
        for method in row.methods if row.names else ():
            if role not in row.who[method]:
                continue
            things = [ABSENT, *world.whose(role, row.names)]
            asked = [(which, world.thing(row.names, which)) for which in things]
            answers = []
            for which, thing in asked:
                place = row.address(thing, method).format(purpose=PURPOSES.get(role, ""))
                answer = world.ask(role, method, place, row.body)
                answers.append(alike(answer, thing))
                wrong += _compared(row, f"{method} {which}", answer, 404)
                logged = answer.denied == 1 if row.of_customer else answer.entries >= 1
                if not logged and method != "HEAD":
                    wrong.append(f"{method} {row.path} {which}: {answer.denied} refused entries")
            if any(each != answers[0] for each in answers):
                wrong.append(f"{method} {row.path}: another's differs: {_differences(answers)}")
    told(wrong)


def test_no_other_method_does_anything(world):
    wrong = []
    for row in ROWS:
        role = max(row.who.get("GET") or row.who.get("POST") or EVERYBODY)
        for method in row.unexpected:
            answer = ask(world, row, role, method)
            # Where a visitor is only sent on, he is sent on however he asks.
            expected = {405, 302} if row.answer.get("GET") == 302 else 405
            wrong += _compared(row, method, answer, expected)
    told(wrong)


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(world):
    wrong = []
    for row in ROWS:
        for method in row.methods:
            answer = ask(world, row, "anonymous", method)
            wrong += _of_stranger(row, method, answer, row.anonymous)
    told(wrong)


def test_a_password_alone_opens_the_code_page_and_nothing_else(world):
    wrong = []
    for row in ROWS:
        for method in row.methods:
            for role in ("agent", "compliance_officer"):
                answer = ask(world, row, role, method, kind="half")
                wrong += _of_stranger(row, method, answer, row.half)
    told(wrong)


def test_nothing_that_another_site_posts_is_taken(world):
    """Without the page's own token; a language is no secret, and what is no address has no form."""
    wrong = []
    for row in ROWS:
        if "POST" in row.who and row.path not in {"language/", "^api/"}:
            answer = ask(world, row, max(row.who["POST"] or EVERYBODY), "POST", wary=True)
            wrong += _compared(row, "POST", answer, 403)
    told(wrong)


def test_what_asks_for_a_fresh_second_factor_is_shut_without_one(world):
    for row in ROWS:
        for method in row.methods if row.fresh else ():
            answer = ask(world, row, "agent", method, kind="stale")
            assert (answer.status, answer.goes_to.partition("?")[0]) == (302, "/accounts/step-up/")


def _differences(answers: list[tuple]) -> str:
    first = answers[0]
    other = next(each for each in answers if each != first)
    parts = [f"{a!r} / {b!r}" for a, b in zip(first, other, strict=True) if a != b]
    return "; ".join(part[:600] for part in parts)


def told(wrong: list[str]) -> None:
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def _compared(row: Row, method: str, answer: Answer, expected: int | set[int]) -> list[str]:
    allowed = expected if isinstance(expected, set) else {expected}
    got = f"{answer.status} {' '.join(answer.why)}".strip()
    right = answer.status in allowed
    return [] if right else [f"{method} {row.path}: {got} instead of {expected}"]


def _of_stranger(row: Row, method: str, answer: Answer, expected: str) -> list[str]:
    places = {
        "login": "/accounts/login/",
        "code": "/accounts/second-factor/",
        "portal": PORTAL_DOOR,
    }
    if expected in places:
        # The back office's own door leads on to the one of everybody.
        doors = (
            {places[expected], "/admin/login/"} if row.surface == "admin" else {places[expected]}
        )
        right = answer.status == 302 and answer.goes_to.partition("?")[0] in doors
    elif expected == "open":
        right = answer.status < 500 and answer.goes_to.partition("?")[0] not in places.values()
    else:
        right = answer.status == int(expected)
    got = f"{method} {row.path}: {answer.status} {answer.goes_to} instead of {expected}"
    return [] if right else [got]


# -- A07: the same function asked for by a side door --------------------------------------------


def _spellings(place: str) -> list[tuple[str, dict[str, str]]]:
    """Other ways to write an address or a method that some server or proxy takes for the same."""
    path, _, query = place.partition("?")
    more = f"?{query}" if query else ""
    return [
        (f"{path.rstrip('/')}{more}", {}),
        (f"{path.rstrip('/')}.json{more}", {}),
        (f"{path[:1]}{path[1:].replace('/', '//', 1)}{more}", {}),
        (f"{path}/{more}", {}),
        (f"{path.upper()}{more}", {}),
        (f"{path}%2e{more}", {}),
        (f"{path};x=1{more}", {}),
        (place, {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"}),
        (place, {"HTTP_X_ORIGINAL_URL": "/livez", "HTTP_X_REWRITE_URL": "/livez"}),
        (place, {"HTTP_X_FORWARDED_HOST": "elsewhere.example"}),
    ]


def test_a_file_that_was_not_chosen_is_no_unknown_parameter(world):
    """A browser sends its field as an empty text: the page answers with its own words, or does it without."""
    asked, wrong = [], []
    for row in ROWS:
        role = min(row.who.get("GET", frozenset()) & row.who.get("POST", frozenset()), default="")
        page = ask(world, row, role, "GET") if role and row.surface in {"desk", "portal"} else None
        names = re.findall(r'type="file" name="(\w+)"', page.body) if page else []
        if not names or row.path.startswith("desk/import"):
            continue
        asked.append(row.path)
        empty = {"body": {**row.body, **dict.fromkeys(names, "")}}
        answer = world.ask(role, "POST", address(row, world, role, "POST"), **empty, kind="fresh")
        wrong += [f"{row.path}: {answer.status}"] if "不认识的参数" in answer.body else []
    assert len(asked) >= 6, asked
    told(wrong)


@pytest.mark.parametrize("role", ["agent", "regulator"])
def test_no_other_spelling_of_an_address_lets_in_whom_the_table_keeps_out(world, role):
    """A07."""
    wrong = []
    for row in ROWS:
        if role in row.who.get("GET", row.who.get("POST", frozenset())) or row.others == 200:
            continue
        place = address(row, world, role, "GET")
        for spelling, headers in _spellings(place):
            answer = world.ask(role, "GET", spelling, **headers)
            led_on = answer.status in {301, 302} and _shut(world, role, answer.goes_to)
            if answer.status not in {400, 403, 404, 405} and not led_on:
                wrong.append(f"{role} {spelling} {headers}: {answer.status}")
    told(wrong)


def _shut(world, role: str, place: str) -> bool:
    """Where a visitor is sent on to, he gets no further; or it is a page for everybody."""
    if place.removeprefix("http://testserver").startswith(("/accounts/", PORTAL_DOOR)):
        return True
    return world.ask(role, "GET", place).status in {302, 400, 403, 404, 405}


def test_a_read_asked_for_as_a_change_by_a_header_stays_a_read(world):
    """A07."""
    for row in ROWS:
        if row.path.startswith("admin/") and "GET" in row.who and not row.answer.get("GET"):
            role = min(row.who["GET"])
            place = address(row, world, role, "GET")
            plain = world.ask(role, "GET", place)
            turned = world.ask(role, "GET", place, HTTP_X_HTTP_METHOD_OVERRIDE="POST")
            assert (plain.status, turned.status) == (200, 200), row.path
