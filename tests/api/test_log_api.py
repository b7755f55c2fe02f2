"""The log for programs: entries by scope, proofs that verify, and every question on record."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from datetime import timedelta

import pytest

from access.actions import Action
from access.models import Case, Entry, SubjectAccess, Tree
from access.vocabulary import Purpose, Role
from custodian import clock
from custodian.tlog.verify import (
    Checkpoint,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from tests import estate
from tests.access.houses import LANGUAGES, plain, stranger, whats, written
from tests.api.callers import Caller, issue
from tests.api.test_manners import problem
from tests.security.canary import Scanner
from tests.security.looking import look
from tests.sequencer.trees import append, root_of

pytestmark = pytest.mark.xdist_group("log-api")
READ = "access:log-entry:read"
MOST = 6  # entries of the tree of which every proof is asked for
ENTRIES, INCLUSION, CONSISTENCY = "log/entries", "log/proof/inclusion", "log/proof/consistency"
BEYOND = "没有这样的证明：序号或大小超出已公布的范围"
PURPOSES = {"auditor": "audit", "compliance_officer": "audit", "security_officer": "security"}


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    from tests.access import houses

    with django_db_blocker.unblock(), houses.built(tmp_path_factory.mktemp("log")) as found:
        # Some looks by two agents at two customers of two units, and a case about one of each.
        found.stranger = estate.user(Role.AGENT, unit_=estate.unit("NJ"), name="王磊")
        found.foreign = found.newcomer(of=found.stranger)
        for person, customer in (
            (found.agent, found.customer),
            (found.stranger, found.foreign),
            (found.agent, found.customer),
        ):
            look(person, customer)
        estate.drain()
        found.seal()
        yield found


def caller(person, language="zh"):
    return Caller(estate.login(stranger(language), person))


def case_of(house, **more):
    """A case of the days around now, in which the entries of this module lie."""
    today = clock.local().date()
    days = {"since": today - timedelta(days=1), "until": today + timedelta(days=1)}
    return house.case(**{"operators": [], **days, **more})


@pytest.fixture
def alone(house):
    """No other case is open to the office."""
    yield
    with house.everywhere():
        Case.objects.filter(status="open").update(status="closed")


def pages(api, **query):
    """All entries, page by page."""
    first, found = query.pop("first", 0), []
    for _ in range(200):
        answer = api.get(ENTRIES, first=first, **query)
        assert answer.status_code == 200, answer.content
        told = answer.json()
        found += told["entries"]
        if told["next"] is None:
            return found
        assert told["next"] > found[-1]["index"]
        first = told["next"]
    raise AssertionError("it has no end")


def indexes(found):
    return [entry["index"] for entry in found]


# Whose


@pytest.mark.parametrize("role", ["auditor", "compliance_officer", "security_officer"])
def test_whoever_watches_reads_the_whole_log(house, role):
    newest = Entry.objects.newest_index()
    found = pages(caller(estate.user(Role(role))), count=100)
    assert indexes(found)[: newest + 1] == [*range(newest + 1)]
    rows = {entry.id: entry for entry in Entry.objects.all()}
    for each in found:
        assert each["leaf"] == rows[each["index"]].leaf
        tags = base64.b64decode(each["tags"], validate=True)
        assert hashlib.sha256(tags).hexdigest() == json.loads(each["leaf"])["subj"]


OTHERS = ["agent", "claims_handler", "service_desk", "administrator"]


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize(
    ("path", "query"),
    [(ENTRIES, {}), (INCLUSION, {"index": 0}), (CONSISTENCY, {"first": 1, "second": 1})],
)
def test_nobody_else_reads_any_of_it(house, role, path, query):
    api = caller(estate.user(Role(role)))
    with written() as leaves:
        told = problem(api.get(path, **query), 403, "refused")
    assert told["because"] == ["role-not-covered"]
    assert [leaf["act"] for leaf in leaves] == ["denied"]
    assert "entries" not in told


def test_nobody_at_all_is_asked_who_he_is(house):
    for path in (ENTRIES, INCLUSION, CONSISTENCY):
        with written() as leaves:
            problem(Caller(stranger()).get(path), 401, "not-authenticated")
        assert leaves == []


@pytest.mark.usefixtures("alone")
def test_an_office_reads_the_entries_of_its_open_cases_and_no_other(house):
    api = caller(house.office)
    assert pages(api) == []

    def own(**filters):
        return {*Entry.objects.filter(**filters).values_list("id", flat=True)}

    def shown(customer):
        rows = SubjectAccess.objects.filter(subject=customer.subject.uid)
        return {*rows.values_list("entry_id", flat=True)}

    expected = own(actor=house.agent.ref)
    agents = case_of(house, operators=[house.agent])
    assert {*indexes(pages(api))} == expected
    assert len(expected) >= 2
    case_of(house, customers=[house.foreign.subject.uid])
    expected |= shown(house.foreign)
    assert {*indexes(pages(api))} == expected
    assert len(shown(house.foreign) - own(actor=house.agent.ref)) >= 2
    case_of(house, units=["NJ"])
    expected |= own(unit="NJ")
    assert {*indexes(pages(api))} == expected
    house.close(agents)
    assert not own(actor=house.agent.ref) & {*indexes(pages(api))}
    # Other guests' cases, cases of other days and cases that wait add nothing.
    case_of(house, everything=True, guests=[house.other])
    early = clock.local().date() - timedelta(days=30)
    house.case(everything=True, operators=[], since=early, until=early)
    house.case(operators=[house.first], since=early, until=early)
    estate.drain()
    assert own(actor=house.first.ref)
    today = clock.local().date()
    house.asked(everything=True, operators=[], since=today, until=today)
    assert {*indexes(pages(api))} == expected - own(actor=house.agent.ref)


@pytest.mark.usefixtures("alone")
def test_a_case_about_everything_is_its_days_and_nothing_else(house):
    today = clock.local().date()
    case_of(house, everything=True, since=today - timedelta(days=1), until=today)
    newest = Entry.objects.newest_index()
    assert indexes(pages(caller(house.office)))[: newest + 1] == [*range(newest + 1)]
    with clock.at(clock.now() + timedelta(days=1)):
        later = look(house.agent, house.customer)
    assert later not in indexes(pages(caller(house.office)))


@pytest.mark.usefixtures("alone")
def test_a_grant_ends_to_the_second_and_only_reads(house):
    """Read-only, of its case only, and over on the second (A08)."""
    end = clock.now().replace(microsecond=0) + timedelta(seconds=60)
    case_of(house, operators=[house.agent], access_until=end)
    api = caller(house.office)
    with clock.at(end - timedelta(seconds=1)):
        found = indexes(pages(api))
        assert found
        assert api.get(INCLUSION, index=found[0]).status_code == 200
    for late in (end, end + timedelta(seconds=1)):
        with clock.at(late):
            assert pages(api) == []
            assert api.get(INCLUSION, index=found[0]).status_code == 404
    for path, method in itertools.product(
        (ENTRIES, INCLUSION, CONSISTENCY), ("POST", "PUT", "PATCH", "DELETE")
    ):
        assert api.send(method, path, {}).status_code == 405


@pytest.mark.usefixtures("alone")
def test_an_entry_outside_the_scope_looks_as_one_that_is_not_there(house):
    case_of(house, operators=[house.agent])
    api = caller(house.office)
    foreign = Entry.objects.filter(actor=house.stranger.ref).order_by("id").first().id
    answers = []
    for index in (foreign, 987_654_321):
        with written() as leaves:
            told = problem(api.get(INCLUSION, index=index), 404, "not-found")
        answers.append({name: text for name, text in told.items() if name != "instance"})
        assert [leaf["act"] for leaf in leaves] == ["admin", "denied"]
        assert leaves[-1]["purp"] == "regulation"
    assert answers[0] == answers[1]


def test_a_token_reads_what_it_was_issued_for(house):
    for actions, purposes, status in (
        ([Action.LOG_ENTRIES_READ], [Purpose.AUDIT], 200),
        ([Action.LOG_ENTRIES_READ], [Purpose.CLAIM], 403),
        ([Action.CUSTOMER_LIST], [Purpose.AUDIT], 403),
    ):
        with house.everywhere():
            _, secret = issue(house.auditor, actions=actions, purposes=purposes)
        api = Caller(stranger(), HTTP_AUTHORIZATION=f"Bearer {secret}")
        assert api.get(ENTRIES).status_code == status


# Pages


def test_pages_of_any_length_are_the_same_entries(house):
    api = caller(house.auditor)
    append(21)  # whichever test comes first, there are some
    newest = Entry.objects.newest_index()
    for count in (2, 7, 100):  # each question is itself an entry, so one at a time never ends
        some = indexes(pages(api, first=max(newest - 20, 0), count=count))
        assert some[:20] == [*range(max(newest - 20, 0), max(newest - 20, 0) + 20)]
    told = api.get(ENTRIES, first=3, count=2).json()
    assert (indexes(told["entries"]), told["next"]) == ([3, 4], 5)
    for beyond in (newest + 10_000, 2**62):
        told = api.get(ENTRIES, first=beyond).json()
        assert (told["entries"], told["next"]) == ([], None)


def test_a_page_ends_before_the_entry_of_its_own_question(house):
    told = caller(house.auditor).get(ENTRIES, first=Entry.objects.newest_index(), count=100).json()
    assert told["entry"] > max(indexes(told["entries"]))
    assert Entry.objects.get(id=told["entry"]).actor == house.auditor.ref


def test_an_entry_is_sealed_as_soon_as_its_head_is_told(house):
    api = caller(house.auditor)
    (index,) = append()
    before = api.get(ENTRIES, first=index, count=1).json()["entries"]
    house.seal()
    after = api.get(ENTRIES, first=index, count=1).json()["entries"]
    assert [each["sealed"] for each in (*before, *after)] == [False, True]


BAD = [
    (ENTRIES, {"first": -1}), (ENTRIES, {"first": "x"}), (ENTRIES, {"first": ""}),
    (ENTRIES, {"first": "1.5"}), (ENTRIES, {"first": 2**62 + 1}), (ENTRIES, {"first": "9" * 2000}),
    (ENTRIES, {"count": 0}), (ENTRIES, {"count": 101}), (ENTRIES, {"count": -5}),
    (ENTRIES, {"count": "ten"}), (INCLUSION, {}), (INCLUSION, {"index": -1}),
    (INCLUSION, {"index": "1e3"}), (INCLUSION, {"index": 2**62 + 1}), (INCLUSION, {"index": 0, "size": 0}),
    (INCLUSION, {"index": 0, "size": -1}), (INCLUSION, {"index": 0, "size": 2**63}),
    (CONSISTENCY, {}), (CONSISTENCY, {"first": 1}), (CONSISTENCY, {"second": 1}),
    (CONSISTENCY, {"first": 0, "second": 1}), (CONSISTENCY, {"first": -1, "second": 1}),
    (CONSISTENCY, {"first": "", "second": 1}), (CONSISTENCY, {"first": 1, "second": 2**64}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query"), BAD)
def test_what_is_no_number_is_named_and_asks_nothing(house, path, query):
    api = caller(house.auditor)
    with written() as leaves:
        told = problem(api.get(path, **query), 400, "invalid")
    assert {*told["errors"]} <= {"first", "second", "count", "index", "size"}
    assert all(sentence for each in told["errors"].values() for sentence in each)
    assert leaves == []


@pytest.mark.parametrize(
    "query", ["act=reveal", "actor=x", "leaf__contains=x", "first=1&first=2", "page=2"]
)
def test_what_the_address_does_not_know_is_refused(house, query):
    api = caller(house.auditor)
    with written() as leaves:
        problem(api.client.get(f"/api/v1/{ENTRIES}?{query}"), 400, "unknown-parameter")
    assert leaves == []


# Proofs


def raw(text):
    return base64.b64decode(text, validate=True)


def test_every_proof_of_every_size_of_a_small_tree_verifies(house):
    api = caller(house.auditor)
    leaves = [entry.leaf.encode() for entry in Entry.objects.order_by("id")[:MOST]]
    roots = {size: root_of(leaves[:size]) for size in range(1, MOST + 1)}
    assert Tree.objects.get().announced >= MOST
    for size in range(1, MOST + 1):
        for index in range(size):
            told = api.get(INCLUSION, index=index, size=size).json()
            assert (told["index"], told["size"]) == (index, size)
            assert raw(told["root_hash"]) == roots[size]
            assert raw(told["leaf_hash"]) == leaf_hash(leaves[index])
            path = [raw(each) for each in told["hashes"]]
            assert verify_inclusion(leaf_hash(leaves[index]), index, size, path, roots[size])
            assert not verify_inclusion(leaf_hash(b"another"), index, size, path, roots[size])
    for first, second in itertools.combinations_with_replacement(range(1, MOST + 1), 2):
        told = api.get(CONSISTENCY, first=first, second=second).json()
        path = [raw(each) for each in told["hashes"]]
        assert verify_consistency(first, second, path, roots[first], roots[second])
        if first < second:
            assert not verify_consistency(first, second, path, roots[second], roots[second])


def test_without_a_size_the_proof_leads_to_the_newest_head(house):
    house.seal()
    told = caller(house.auditor).get(INCLUSION, index=3).json()
    head = Checkpoint.parse(told["checkpoint"].encode())
    assert house.place.trust().log_time(head)
    assert (head.size, head.root) == (told["size"], raw(told["root_hash"]))
    assert head.note == Checkpoint.parse(house.place.head.read_bytes()).note
    leaf = Entry.objects.get(id=3).leaf.encode()
    path = [raw(each) for each in told["hashes"]]
    assert verify_inclusion(leaf_hash(leaf), 3, head.size, path, head.root)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_lies_beyond_the_head_has_no_proof_and_is_said(house, language):
    house.seal()
    size = Tree.objects.get().announced
    (unsealed,) = append()
    api = caller(house.auditor, language)
    for path, query in (
        (INCLUSION, {"index": unsealed}),
        (INCLUSION, {"index": 0, "size": size + 1}),
        (INCLUSION, {"index": 0, "size": 2**62}),
        (INCLUSION, {"index": 5, "size": 5}),
        (CONSISTENCY, {"first": 1, "second": size + 1}),
        (CONSISTENCY, {"first": size + 1, "second": size + 1}),
        (CONSISTENCY, {"first": 3, "second": 2}),
        (CONSISTENCY, {"first": 2**62, "second": 1}),
        (CONSISTENCY, {"first": 1, "second": 2**62}),
    ):
        told = problem(api.get(path, **query), 400, "no-such-proof")
        assert told["detail"] == plain(BEYOND, language)
    house.seal()
    assert api.get(INCLUSION, index=unsealed).status_code == 200


# On record


def test_each_question_is_one_entry_with_who_and_what_for(house, alone):
    case_of(house, operators=[house.agent])
    index = Entry.objects.filter(actor=house.agent.ref).order_by("id").first().id
    people = {role: estate.user(Role(role)) for role in PURPOSES}
    for person, purpose in [(people[role], word) for role, word in PURPOSES.items()] + [
        (house.office, "regulation")
    ]:
        api = caller(person)
        for path, query in (
            (ENTRIES, {}),
            (INCLUSION, {"index": index}),
            (CONSISTENCY, {"first": 1, "second": 2}),
        ):
            with written() as leaves:
                answer = api.get(path, **query)
            assert answer.status_code == 200
            assert whats(leaves) == [READ]
            (leaf,) = leaves
            assert (leaf["actor"], leaf["ch"], leaf["purp"]) == (str(person.ref), "api", purpose)
            assert Entry.objects.get(id=answer.json()["entry"]).leaf == canonical(leaf)


def canonical(leaf):
    return json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_no_answer_holds_anything_personal(house, alone):
    case_of(house, everything=True)
    scanner = Scanner({**estate.ZHANG, **estate.ACCOUNT, "reason": "回访"}, fragments=8)
    hidden = [
        house.customer.ref,
        str(house.customer.subject.uid),
        house.agent.name,
        house.agent.username,
    ]
    for person in (house.auditor, house.office):
        api = caller(person)
        answers = [api.get(ENTRIES, count=100), api.get(INCLUSION, index=1)]
        answers += [api.get(CONSISTENCY, first=1, second=3), api.get(INCLUSION, index=10**9)]
        body = b"".join(answer.content for answer in answers).decode()
        assert "identity.mobile" in body
        assert scanner.text(body) == set()
        assert [text for text in hidden if text in body] == []
