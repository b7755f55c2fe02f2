"""The root of the blind indexes changes while everybody searches, and nobody is ever not found."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from access import actors, machine_reads, quotas, scopes
from access.actions import Action
from access.exports.fingerprint import set_digest
from access.gate import Refused
from access.key_rotation import jobs
from access.key_rotation.jobs import Kind, Why
from access.models import Entry, KeyRotation, Restriction, Subject
from access.vocabulary import Channel, Role
from custodian import clock, keys
from custodian.crypto.errors import KeyringSealed
from custodian.jobs import JobStatus
from records import blind_indexes, matching, reindexing, search, staff_traces
from records.models import BlindIndex, Identity, StaffTrace
from records.search import Kind as By
from records.tasks import keep_indexes
from tests import estate
from tests.records import desk_estate


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SETTLE", timedelta(0))
    monkeypatch.setattr(reindexing, "CHUNK", 2)


def asked() -> KeyRotation:
    with scopes.acting(actors.system("key-rotator")) as actor:
        return jobs.request(Kind.INDEX, why=Why.COMMAND, channel=Channel.COMMAND, actor=actor)


def rotated() -> KeyRotation:
    return reindexing.work(asked().pk)


def rows() -> set[tuple[str, bytes, int, int]]:
    with scopes.acting(estate.system()):
        return {
            (each.element, bytes(each.digest), each.subject_id, each.version)
            for each in BlindIndex.objects.all()
        }


def found(by: By, *values: str) -> set[int]:
    with scopes.acting(estate.system()) as actor:
        return search._holders(by, values, actor)


LOOKED_FOR = [
    (By.MOBILE, "13800138000"),
    (By.ID_NUMBER, "320311198604180014"),
    (By.EMAIL, "zhang@example.com"),
    (By.BANK_ACCOUNT, "6222020000006217"),
    (By.NAME, "张三丰", "1986-04-18"),
]


@pytest.fixture
def house(request: pytest.FixtureRequest, own_keyring: Path) -> list[Any]:
    """Five customers of the same values, so that each is in a chunk of its own kind."""
    request.getfixturevalue("transactional_db" if "committed" in request.fixturenames else "db")
    return [estate.customer() for _ in range(5)]


@pytest.fixture
def committed(transactional_db: None) -> None:
    """What other connections have to see."""


@pytest.mark.django_db
def test_every_fingerprint_is_made_anew_and_everybody_is_found(house: list[Any]) -> None:
    with scopes.acting(estate.system()):
        policy = desk_estate.policy(house[0])
    before, everybody = rows(), {each.pk for each in house}
    row = rotated()
    after = rows()
    assert (row.status, row.version, row.skipped) == (JobStatus.DONE, 2, 0)
    assert row.done == row.total == len(before) == len(after)
    assert {version for *_, version in after} == {2}
    assert {digest for _, digest, *_ in before} & {digest for _, digest, *_ in after} == set()
    for by, *values in LOOKED_FOR:
        assert found(by, *values) == everybody, by
    number = desk_estate.POLICY_VALUES["policy.number"]
    assert found(By.POLICY_NUMBER, number) >= {policy.subject_id}
    # What is made by the same values anew is the same: nothing was forgotten or made up.
    fresh = {(f.element, f.digest) for f in blind_indexes.of_values(dict(estate.ZHANG))}
    fresh |= {(f.element, f.digest) for f in blind_indexes.of_values(dict(estate.ACCOUNT))}
    assert fresh == {
        (element, digest) for element, digest, subject, _ in after if subject == house[1].pk
    }


@pytest.mark.django_db
def test_then_the_old_root_goes_and_everybody_is_still_found(
    house: list[Any], settings: Any
) -> None:
    row = rotated()
    keep_indexes()
    assert sorted(jobs.source().indexes.keys) == [1, 2]  # not yet
    with clock.at(row.finished_at + timedelta(hours=settings.CUSTODIAN_KEY_GRACE, minutes=1)):
        keep_indexes()
    assert sorted(jobs.source().indexes.keys) == [2]
    keys.forget()
    with pytest.raises(KeyringSealed):
        keys.index_key("identity.mobile", version=1)
    for by, *values in LOOKED_FOR:
        assert found(by, *values) == {each.pk for each in house}, by
    assert KeyRotation.objects.count() == 1


@pytest.mark.django_db
def test_a_root_that_a_fingerprint_needs_does_not_go(house: list[Any]) -> None:
    row = rotated()
    with scopes.acting(estate.system()):
        late = BlindIndex.objects.filter(element="identity.mobile").first()
        assert late is not None
        old = blind_indexes.digest("identity.mobile", "13800138000", version=1)
        BlindIndex.objects.filter(pk=late.pk).update(version=1, digest=old)  # a slow writer
    with clock.at(row.finished_at + timedelta(days=2)):
        keep_indexes()
        assert sorted(jobs.source().indexes.keys) == [1, 2]
        rest = KeyRotation.objects.get(status=JobStatus.QUEUED)
        assert (rest.why, rest.version) == ("schedule", 2)
        assert len(found(By.MOBILE, "13800138000")) == 5
        reindexing.work(rest.pk)
    assert {version for *_, version in rows()} == {2}


@pytest.mark.django_db
def test_between_two_roots_every_reader_looks_with_both(
    house: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped half-way: some rows are new and some old."""
    person = estate.user(Role.SERVICE_DESK)
    with scopes.acting(estate.system()) as actor:
        assert actor is not None
        known_staff = {
            "identity.mobile": "13800138000",
            "identity.address": estate.ZHANG["identity.address"],
        }
        staff_traces.note(person, known_staff, channel="command", actor=actor)
    row = asked()
    with monkeypatch.context() as patch:
        patch.setenv("CUSTODIAN_FAILPOINT", "index-chunk:raise")
        with pytest.raises(Exception, match="index-chunk"):
            reindexing.work(row.pk)
    assert {version for *_, version in rows()} == {1, 2}
    everybody = {each.pk for each in house}
    for by, *values in LOOKED_FOR:
        assert found(by, *values) == everybody, by
    with scopes.acting(estate.system()):
        # An import takes none of them for a newcomer, and a leaked cell is still somebody's.
        hits = matching._hits(matching._keys(["13800138000", "张三丰", "1986-04-18"]))
        assert {hit.subject for each in hits.values() for hit in each} == everybody
        near = staff_traces.Relations().near([person.pk])[person.pk]
        assert near.family | near.own == everybody


@pytest.mark.django_db
def test_staff_traces_that_meet_a_customer_go_along_and_the_others_are_told(
    house: list[Any],
) -> None:
    met, alone = estate.user(Role.AGENT), estate.user(Role.AGENT)
    with scopes.acting(estate.system()) as actor:
        assert actor is not None
        note = {"channel": "command", "actor": actor}
        staff_traces.note(met, {"identity.mobile": "13800138000"}, **note)
        staff_traces.note(alone, {"identity.mobile": "13900139000"}, **note)
    row = rotated()
    with scopes.acting(estate.system()):
        versions = dict(StaffTrace.objects.values_list("user_id", "version"))
        assert versions == {met.pk: 2, alone.pk: 1}
        near = staff_traces.Relations().near([met.pk])[met.pk]
        assert near.family == {each.pk for each in house}
    assert (row.status, row.skipped) == (JobStatus.DONE, 0)
    officer = estate.login(Client(), estate.user(Role.SECURITY_OFFICER), stepped_up=True)
    assert "员工比对信息有 1 条" in officer.get("/admin/keys/").content.decode()
    with scopes.acting(estate.system()) as actor:
        assert actor is not None
        staff_traces.note(alone, {"identity.mobile": "13900139000"}, channel="command", actor=actor)
        assert reindexing.unmet(2) == 0
        # Under both roots, as long as both are there.
        assert StaffTrace.objects.filter(user=alone).count() == 2


@pytest.mark.django_db(transaction=True)
def test_it_reads_as_a_machine_one_entry_for_each_chunk_and_no_look(
    committed: None, house: list[Any]
) -> None:
    mark = Entry.objects.newest_index()
    rotated()
    told = [
        json.loads(each.leaf)
        for each in Entry.objects.filter(id__gt=mark).order_by("id")
        if json.loads(each.leaf).get("what") == Action.INDEX_REBUILD.value
    ]
    assert [each["count"] for each in told] == [2, 2, 1]
    assert {each["act"] for each in told} == {machine_reads.ACT}
    assert {each["n"] for each in told} == {0}  # nobody's list of looks
    assert told[0]["set"] == set_digest([each.pk for each in house[:2]])


@pytest.mark.django_db
def test_no_person_rebuilds_an_index_and_no_other_piece_of_the_system(house: list[Any]) -> None:
    terms = {"subjects": [house[0].pk], "elements": ["identity.name"]}
    officer = estate.user(Role.SECURITY_OFFICER)
    with estate.acting(officer, stepped_up=True) as actor, pytest.raises(Refused):
        machine_reads.read(Action.INDEX_REBUILD, **terms, actor=actor)
    other = actors.system("verifier")
    with scopes.acting(other), pytest.raises(Refused):
        machine_reads.read(Action.INDEX_REBUILD, **terms, actor=other)


@pytest.mark.django_db
def test_a_restricted_customer_is_indexed_anew_as_well(house: list[Any]) -> None:
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=house[0].pk).update(status="restricted")
        holding = Identity.objects.get(subject=house[1].pk).holding
        Restriction.objects.create(subject_id=house[1].pk, kind="identity", holding=holding)
    assert rotated().skipped == 0
    assert len(found(By.MOBILE, "13800138000")) == 5


@pytest.mark.django_db
def test_a_dated_fingerprint_goes_with_its_root(house: list[Any]) -> None:
    with scopes.acting(estate.system()):
        one = BlindIndex.objects.filter(element="identity.email", subject_id=house[0].pk)
        one.update(until=clock.now())
    row = rotated()
    assert row.skipped == 0
    with clock.at(row.finished_at + timedelta(days=2)):
        keep_indexes()
    assert {version for *_, version in rows()} == {2}


def test_searches_go_on_from_beginning_to_end(
    committed: None, house: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "take", lambda *given, **_: quotas.add(*given))
    everybody, stop, missed, times = {each.pk for each in house}, threading.Event(), [], []

    def searching() -> None:
        try:
            while not stop.is_set():
                for by, *values in LOOKED_FOR:
                    times.append(by)
                    if (hit := found(by, *values)) != everybody:
                        missed.append((by, hit))
        except Exception as error:  # noqa: BLE001  whatever it is, it is a failed search
            missed.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=searching) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for version in (2, 3):
            assert rotated().version == version
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert missed == []
    assert len(times) > len(LOOKED_FOR) * 2
