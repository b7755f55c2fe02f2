"""Exports from the approval to the file: made as things stand, logged first, taken by one, and gone in time."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from access import erasure, keystore, quotas, scopes, tasks
from access.exports import building, jobs
from access.exports.requests import Recipient
from access.exports.shelf import SHELF
from access.gate import Refused, StepUpNeeded, TooMuch
from access.models import (
    Assignment,
    Entry,
    Export,
    Finding,
    Quota,
    Seen,
    Subject,
    SubjectAccess,
    User,
)
from access.vocabulary import Role
from custodian import clock
from custodian.errors import NotVisible
from custodian.workflow import IllegalMove
from tests import estate
from tests.exports import office
from tests.records import desk_estate
from tests.security.canary import Scanner
from tests.security.test_reassigned import move

pytestmark = pytest.mark.django_db


def looks(entries) -> list[dict]:
    """The leaves that say that customers were exported."""
    leaves = [json.loads(each.leaf) for each in entries]
    return [each for each in leaves if each.get("what") == "records:customer:export"]


def files() -> list[Path]:
    return sorted((Path(settings.VAR) / "store" / "exports").glob("*"))


def test_it_holds_exactly_ones_own_customers(agent, officer, own):
    office.customers(2, of=[estate.user(Role.AGENT)], start=50)
    export = office.made(agent, officer)
    assert (export.status, export.exported, export.omitted) == ("done", 4, {})
    content = office.take(agent, export)
    assert sorted(office.refs(content)) == sorted(each.ref for each in own)
    rows = {row[0]: row for row in office.table(content)[1:]}
    assert set(rows[own[0].ref]) >= {own[0].ref, office.mobile(0)}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_says_whose_it_is(agent, officer, own, kind):
    export = office.made(agent, officer, format=kind)
    content = office.take(agent, export)
    assert (export.length, export.name) == (len(content), f"custodian-{export.code}.{kind}")
    if kind == "csv":
        first = content.decode("utf-8-sig").splitlines()[0]
        assert all(each in first for each in (export.code, str(agent), export.fingerprint))
    heads = office.table(content, kind)[0]
    assert heads[0] == "客户编号"
    assert sorted(heads[1:]) == sorted(["姓名", "手机号码", "出生日期"])


def test_several_policies_stand_beside_each_other(agent, officer, own):
    for number, premium in (("P001", "100.00"), ("P002", "200.00")):
        values = {**desk_estate.POLICY_VALUES, "policy.number": number, "policy.premium": premium}
        desk_estate.policy(own[0], values=values)
    export = office.made(agent, officer, elements=["policy.number", "policy.premium"])
    heads, *rows = office.table(office.take(agent, export))
    row = next(row for row in rows if row[0] == own[0].ref)
    cells = dict(zip(heads, row, strict=True))
    pairs = zip(cells["保单号"].split("；"), cells["保险费"].split("；"), strict=True)
    assert set(pairs) == {("P001", "100.00"), ("P002", "200.00")}


# As things stand when it is made.


def test_a06_a_customer_who_was_moved_since_is_left_out(agent, officer, own):
    """A06, second half: queued before the move, made after it."""
    export = office.ask(agent)
    office.approve(officer, export)
    move(own[0], to=estate.user(Role.AGENT, name="王伟"))
    jobs.work(export.pk)
    row = office.now(export)
    assert (len(row.candidates), row.exported) == (4, 3)
    assert row.omitted == {"out-of-reach": 1}
    content = office.take(agent, export)
    assert own[0].ref not in office.refs(content)
    assert office.mobile(0) not in content.decode()


def test_a06_one_who_is_moved_while_the_file_is_made_is_left_out(agent, officer, own, monkeypatch):
    """A06 to the statement: decided and logged, then moved, then read."""
    export = office.ask(agent)
    office.approve(officer, export)
    other = estate.user(Role.AGENT, name="王伟")
    rows = building.builders.of("customers").rows

    def moved_first(permit):
        if permit.actor.id == agent.pk:
            move(own[0], to=other)
        return rows(permit)

    monkeypatch.setattr(building.builders.of("customers"), "rows", moved_first, raising=False)
    jobs.work(export.pk)
    assert (office.now(export).exported, office.now(export).omitted) == (3, {"out-of-reach": 1})
    assert own[0].ref not in office.refs(office.take(agent, export))


@pytest.mark.parametrize("status", ["restricted", "destroyed"])
def test_a_later_hold_only_shrinks_it_and_is_shown(agent, officer, own, status):
    export = office.ask(agent)
    office.approve(officer, export)
    desk_estate.status(own[1], status)
    jobs.work(export.pk)
    assert office.now(export).omitted == {status: 1}
    assert own[1].ref not in office.refs(office.take(agent, export))


def test_a_customer_won_since_is_not_in_it(agent, officer, own):
    export = office.ask(agent)
    newcomer = office.customers(1, of=[agent], start=70)[0]
    office.approve(officer, export)
    jobs.work(export.pk)
    assert newcomer.ref not in office.refs(office.take(agent, export))


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"role": Role.AUDITOR}, {"role": Role.ADMINISTRATOR}]
)
def test_who_left_or_changed_his_post_has_nothing_made(agent, officer, own, change):
    export = office.ask(agent)
    office.approve(officer, export)
    User.objects.filter(pk=agent.pk).update(**change)
    with pytest.raises(jobs.NobodyAsks):
        jobs.work(export.pk)
    assert (office.now(export).status, files()) == ("failed", [])


def test_a_rule_that_was_taken_back_is_no_rule_for_it(agent, officer, own):
    from access import policy
    from access.models import PolicyRule

    export = office.ask(agent)
    office.approve(officer, export)
    PolicyRule.objects.filter(role="agent", purpose="follow_up").update(max_level=2)
    policy.forget()
    with pytest.raises(Refused):
        jobs.work(export.pk)
    row = office.now(export)
    assert (row.status, row.length, files()) == ("failed", None, [])
    assert "等级" in row.note
    PolicyRule.objects.filter(role="agent", purpose="follow_up").update(max_level=3)
    policy.forget()
    with estate.acting(agent) as actor:
        jobs.again(row, channel="desk", actor=actor)
    jobs.work(export.pk)
    assert office.now(export).status == "done"


# The log comes first.


def test_each_customer_is_tagged_by_an_entry_in_the_requesters_name(
    agent, officer, own, entries_since, monkeypatch
):
    monkeypatch.setattr(building, "CHUNK", 3)
    export = office.made(agent, officer)
    leaves = looks(entries_since())
    assert [(each["no"], each["act"], each["purp"]) for each in leaves] == [
        (agent.staff_no, "export", "follow_up")
    ] * 2
    assert sum(each["n"] for each in leaves) == export.exported == 4
    with scopes.acting(estate.system()):
        uids = Subject.objects.filter(pk__in=export.included).values_list("uid", flat=True)
        for uid in uids:
            looked = SubjectAccess.objects.filter(subject=uid).values_list("entry_id", flat=True)
            acts = Entry.objects.filter(id__in=list(looked)).values_list("act", flat=True)
            assert list(acts) == ["export"]


def test_without_an_entry_there_is_no_byte(agent, officer, own, monkeypatch):
    from access.querylog import write
    from access.querylog.writer import LogUnavailable

    export = office.ask(agent)
    office.approve(officer, export)

    def refuse(_draft):
        raise LogUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(write, "commit", refuse)
        with pytest.raises(LogUnavailable):
            jobs.work(export.pk)
    assert files() == []
    # It is only not there now: when the lease has lapsed, the sweep finds the job.
    with clock.at(office.now(export).leased_until + timedelta(seconds=1)):
        assert jobs.due() == [export.pk]


def test_each_download_is_on_record_and_they_end(agent, officer, own, entries_since):
    export = office.made(agent, officer)
    first = office.take(agent, export)
    assert (office.take(agent, export), office.take(agent, export)) == (first, first)
    with pytest.raises(jobs.NotThere):
        office.take(agent, export)
    taken = [json.loads(each.leaf) for each in entries_since()]
    assert [each["no"] for each in taken if each.get("what") == "access:export:take"] == [
        agent.staff_no
    ] * 3
    assert office.now(export).downloads == 3


def test_taking_it_needs_a_second_factor(agent, officer, own):
    export = office.made(agent, officer)
    with pytest.raises(StepUpNeeded):
        office.take(agent, export, stepped_up=False)
    assert office.now(export).downloads == 0


def test_whom_it_is_for_takes_it_and_nobody_else(agent, officer, own):
    recipient = estate.user(Role.SERVICE_DESK, name="周晓")
    export = office.made(agent, officer, to=recipient)
    for stranger in (agent, officer, estate.user(Role.AGENT)):
        with pytest.raises(NotVisible):
            office.take(stranger, export)
    assert len(office.refs(office.take(recipient, export))) == 4


def test_what_is_for_somebody_outside_whoever_asked_hands_over(agent, officer, own):
    outside = Recipient(name="周明", office="示例呼叫中心", purpose="电话回访")
    export = office.made(agent, officer, recipient=outside)
    first = office.take(agent, export).decode("utf-8-sig").splitlines()[0]
    assert "周明 · 示例呼叫中心" in first


# Quotas count it and do not stop it.


def test_it_passes_the_brakes_and_counts_in_the_totals(agent, officer, own):
    Quota.objects.all().delete()
    limits = {"measure": "customers", "pace": 60}
    Quota.objects.create(code="Q-1", hours=24, warn=1, block=3, **limits)
    Quota.objects.create(code="Q-2", hours=None, finding=4, **limits)
    quotas.forget()
    export = office.made(agent, officer)
    assert export.exported == 4
    found = Finding.objects.get(kind=quotas.KIND, operator=agent)
    assert (found.facts["quota"], found.facts["used"]) == ("Q-2", 4)
    with scopes.acting(estate.system()):
        used = {each.limit.code: each.used for each in quotas.used(agent.pk, "agent")}
    assert used == {"Q-1": 0, "Q-2": 4}


def test_a_look_afterwards_counts_as_one(agent, officer, own):
    from tests.access.test_quotas import look

    Quota.objects.all().delete()
    Quota.objects.create(code="Q-1", measure="customers", hours=24, block=1)
    quotas.forget()
    office.made(agent, officer)
    look(agent, own[0])
    with pytest.raises(TooMuch):
        look(agent, own[1])
    with scopes.acting(estate.system()):
        assert Seen.objects.filter(user=agent, kind="any").count() == 4


# Honey customers.


def test_some_honey_customers_stand_among_the_others_and_in_the_register(
    agent, officer, own, entries_since
):
    honey = {each.pk: each.ref for each in office.honey(4)}
    export = office.made(agent, officer)
    assert (export.exported, export.honey, len(export.canaries)) == (4, 4, 1)
    refs = office.refs(office.take(agent, export))
    assert set(refs) == {each.ref for each in own} | {honey[pk] for pk in export.canaries}
    # They are nobody's, so the exporter reads them; no person's entry has their tag.
    assert {(each["no"], each["n"]) for each in looks(entries_since())} == {
        (agent.staff_no, 4), ("SYS-EXPORTER", 1)
    }  # fmt: skip


def test_without_any_the_register_says_so(agent, officer, own):
    export = office.made(agent, officer)
    assert (export.honey, export.canaries) == (0, [])


def test_no_fact_of_a_real_customer_is_another_in_the_file(agent, officer, own):
    from records.identifiers.dates import check_date

    export = office.made(agent, officer)
    heads, *rows = office.table(office.take(agent, export))
    for row in rows:
        cells = dict(zip(heads, row, strict=True))
        number = next(n for n, each in enumerate(own) if each.ref == row[0])
        assert cells["姓名"] == f"客户{chr(0x4E00 + number)}"
        assert cells["手机号码"] == office.mobile(number)
        assert check_date(cells["出生日期"]).value == estate.ZHANG["identity.birth_date"]


# On the disk, and gone from it.


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_of_it_lies_on_a_disk_in_clear(agent, officer, own, kind, tmp_path, monkeypatch):
    import tempfile

    def forbidden(*_args, **_more):
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, forbidden)
    monkeypatch.setattr(settings, "VAR", tmp_path)
    export = office.made(agent, officer, format=kind)
    (path,) = files()
    assert (path, path.stat().st_mode & 0o777) == (SHELF.path_of(export.ref), 0o600)
    planted = {"mobile": office.mobile(1), "customer": own[1].ref, "code": export.code}
    found = Scanner(planted).folder(tmp_path)
    assert {place: hits for place, hits in found.items() if hits} == {}
    assert own[1].ref in office.refs(office.take(agent, export), kind)


def key_there(export: Export) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM keys.data_key WHERE holding = %s", [str(export.holding)])
        return cursor.fetchone() is not None


def test_its_time_over_file_and_key_go_and_the_row_stays(agent, officer, own):
    export = office.made(agent, officer)
    assert (len(files()), key_there(export), jobs.expire()) == (1, True, 0)
    with clock.at(export.expires_at):
        with pytest.raises(jobs.NotThere):
            office.take(agent, export)
        assert (jobs.expire(), jobs.expire()) == (1, 0)
    assert (files(), key_there(export)) == ([], False)
    assert (office.now(export).removed, office.now(export).exported) == ("expired", 4)


def test_taken_as_often_as_it_may_be_it_goes_an_hour_later(agent, officer, own):
    export = office.made(agent, officer)
    for _ in range(3):
        office.take(agent, export)
    assert jobs.expire() == 0
    with clock.at(clock.now() + jobs.LINGERS):
        assert jobs.expire() == 1
    assert (office.now(export).removed, files()) == ("taken", [])


def test_an_officer_recalls_it_at_once_and_once(agent, officer, own):
    export = office.made(agent, officer)
    with estate.acting(officer) as actor:
        jobs.recall(export, channel="admin", actor=actor)
        with pytest.raises(jobs.NotThere):
            jobs.recall(export, channel="admin", actor=actor)
    with pytest.raises(jobs.NotThere):
        office.take(agent, export)
    assert (office.now(export).removed, files(), key_there(export)) == ("recalled", [], False)


def test_no_key_but_of_a_removed_export_goes_that_way(agent, officer, own):
    export = office.made(agent, officer)
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_export(%s)", [str(export.ref)])
    assert key_there(export)
    assert len(office.refs(office.take(agent, export))) == 4


# A destroyed customer is in no file.


def destroy(customer) -> None:
    desk_estate.status(customer, "destroyed")
    with scopes.acting(estate.system()) as actor:
        erasure.forget(customer.subject, channel="task", actor=actor)


def test_a_file_that_holds_a_destroyed_customer_goes_with_her(agent, officer, own):
    export = office.made(agent, officer)
    other = office.made(agent, officer, by="list", customers=[own[1].ref])
    destroy(own[0])
    assert (office.now(export).removed, key_there(export)) == ("destroyed", False)
    assert files() == [SHELF.path_of(other.ref)]
    with pytest.raises(jobs.NotThere):
        office.take(agent, export)
    assert office.refs(office.take(agent, other)) == [own[1].ref]


def test_one_that_waits_is_made_without_her(agent, officer, own):
    export = office.ask(agent)
    office.approve(officer, export)
    destroy(own[0])
    jobs.work(export.pk)
    assert office.now(export).omitted == {"destroyed": 1}


@pytest.mark.parametrize("how", ["forgotten", "only marked"])
def test_one_that_is_being_made_is_made_anew_without_her(agent, officer, own, monkeypatch, how):
    export = office.ask(agent)
    office.approve(officer, export)
    finish = jobs._finish

    def destroyed_first(*args):
        if how == "forgotten":
            destroy(own[0])
        else:
            desk_estate.status(own[0], "destroyed")
        return finish(*args)

    why = IllegalMove if how == "forgotten" else jobs.Vanished
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "_finish", destroyed_first)
        with pytest.raises(why):
            jobs.work(export.pk)
    assert files() == []
    if how == "only marked":
        with estate.acting(agent) as actor:
            jobs.again(office.now(export), channel="desk", actor=actor)
    jobs.work(export.pk)
    assert (office.now(export).exported, office.now(export).omitted) == (3, {"destroyed": 1})


# Work.


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_file(agent, officer, own, monkeypatch):
    export = office.ask(agent)
    office.approve(officer, export)
    build, begun, go = building.build, threading.Event(), threading.Event()
    ends: list[str] = []

    def slow(*args, **more):
        begun.set()
        assert go.wait(10)
        return build(*args, **more)

    monkeypatch.setattr(building, "build", slow)

    def first():
        try:
            jobs.work(export.pk)
            ends.append("made")
        finally:
            connection.close()

    worker = threading.Thread(target=first)
    worker.start()
    assert begun.wait(10)
    with pytest.raises(IllegalMove):
        jobs.work(export.pk)
    tasks.build_export(export.pk)  # which hears that somebody is at it, and says nothing
    go.set()
    worker.join()
    assert (ends, len(files()), office.now(export).status) == (["made"], 1, "done")
    with pytest.raises(IllegalMove):
        jobs.work(export.pk)


def test_who_lost_the_job_neither_ends_it_nor_leaves_a_file(agent, officer, own, monkeypatch):
    export = office.ask(agent)
    office.approve(officer, export)
    build = building.build

    def overtaken(*args, **more):
        found = build(*args, **more)
        with clock.at(clock.now() + timedelta(minutes=2)):
            Export.objects.get(pk=export.pk).claim()
        return found

    monkeypatch.setattr(building, "build", overtaken)
    with pytest.raises(IllegalMove):
        jobs.work(export.pk)
    assert (office.now(export).status, files()) == ("running", [])


def test_the_sweep_finds_what_nobody_was_woken_for_without_any_actor(
    agent, officer, own, monkeypatch
):
    export = office.ask(agent)
    woken: list[int] = []
    monkeypatch.setattr(tasks.build_export, "delay", woken.append)
    tasks.sweep()
    assert woken == []
    office.approve(officer, export)
    woken.clear()
    tasks.sweep()
    assert woken == [export.pk]
    jobs.work(export.pk)
    with clock.at(office.now(export).expires_at):
        tasks.sweep()
    assert (office.now(export).removed, files()) == ("expired", [])


def test_an_unforeseen_error_is_told_by_its_kind_alone(agent, officer, own, monkeypatch):
    def broken(*_args, **_more):
        raise OSError("张三丰 13800138000")

    monkeypatch.setattr(building, "build", broken)
    export = office.ask(agent)
    office.approve(officer, export)
    with pytest.raises(OSError, match="张三丰"):
        jobs.work(export.pk)
    note = office.now(export).note
    assert note == "生成时出错，请再次生成；若再次出错，请联系合规官 (OSError)"


def test_only_whoever_asked_or_keeps_the_register_tries_again(agent, officer, own, monkeypatch):
    test_an_unforeseen_error_is_told_by_its_kind_alone(agent, officer, own, monkeypatch)
    with scopes.acting(estate.system()):
        export = Export.objects.get()
    stranger = estate.user(Role.AGENT)
    with estate.acting(stranger) as actor, pytest.raises(NotVisible):
        jobs.again(export, channel="desk", actor=actor)
    with estate.acting(officer) as actor:
        jobs.again(export, channel="admin", actor=actor)
    assert office.now(export).status == "queued"


def test_a_grant_for_another_purpose_lends_nothing_to_it(agent, officer, own):
    """Lent for one purpose is not to be carried away for another."""
    now = clock.now()
    foreign = office.customers(1, of=[estate.user(Role.AGENT)], start=60)[0]
    with scopes.acting(estate.system()):
        Assignment.objects.create(
            subject_id=foreign.pk, user=agent, since=now - timedelta(hours=1),
            until=now + timedelta(hours=1), purpose="complaint",
        )  # fmt: skip
    export = office.made(agent, officer, by="list", customers=[own[0].ref, foreign.ref])
    assert (export.exported, export.omitted) == (1, {"out-of-reach": 1})


def test_keys_of_files_are_their_own(agent, officer, own):
    one, other = office.made(agent, officer), office.made(agent, officer)
    assert one.holding != other.holding
    assert one.holding == keystore.named_holding(f"export/{one.ref}")
