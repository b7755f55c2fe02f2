"""A destroyed customer's looks link to nobody any more, and not one proof is worth less for it."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from access import actors, erasure, gate, keystore, scopes
from access.actions import Action
from access.bundles import jobs
from access.bundles.criteria import Criteria
from access.erasure import StillHeld
from access.gate import Refused
from access.models import Entry, SubjectAccess, SubjectKey
from access.querylog import proofs, write
from access.vocabulary import Channel, Role
from custodian import clock, invariants
from custodian.invariants import Options
from custodian.tlog import verify
from custodian.tlog.verify import (
    Checkpoint,
    leaf_hash,
    subject_tag,
    verify_consistency,
    verify_inclusion,
)
from tests import estate
from tests.access.houses import said, whats, written
from tests.records import desk_estate
from tests.security.looking import log, logged_in, look, unbounded
from tests.sequencer.trees import value

pytestmark = pytest.mark.xdist_group("erasure")
DENIED = "permission denied"


@pytest.fixture
def gone(house):
    """A customer with three looks, destroyed in the estate and not yet in the log; and her key of old."""
    unbounded()
    customer = house.newcomer()
    for _ in range(3):
        look(house.agent, customer)
    house.seal()
    return customer


def key_of(customer):
    with scopes.acting(estate.system()):
        return keystore.subject_keys_of([customer.pk]).get(customer.pk)


def rows_of(customer):
    return SubjectAccess.objects.filter(subject=customer.subject.uid).count()


def linked(key):
    """The entries that a customer's key recognises."""
    found = []
    for row in log():
        tags = {row.tags[at : at + 16] for at in range(0, len(row.tags), 16)}
        if subject_tag(key, row.body["uid"]) in tags:
            found.append(row.id)
    return found


def verified():
    """What the operator's own check of the whole log says."""
    told = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_log", "--json", "--jobs", "1", stdout=told)
    return ended.value.code, json.loads(told.getvalue())["because"]


def forget(customer, actor=None):
    actor = actor or estate.system()
    with scopes.acting(actor):
        return erasure.forget(customer.subject, channel=Channel.TASK, actor=actor)


# Who can be forgotten


@pytest.mark.parametrize("status", ["active", "restricted"])
def test_a_living_customers_looks_stay_linked(house, gone, status):
    desk_estate.status(gone, status)
    key, rows = key_of(gone), rows_of(gone)
    with written() as leaves, pytest.raises(StillHeld):
        forget(gone)
    assert leaves == []
    assert (key_of(gone), rows_of(gone)) == (key, rows)
    assert rows >= 4
    assert len(linked(key)) == rows


def test_only_whoever_destroys_may_forget(house, gone):
    desk_estate.status(gone, "destroyed")
    rows = rows_of(gone)
    for role in (Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR):
        with (
            written() as leaves,
            estate.acting(estate.user(role), stepped_up=True) as actor,
            pytest.raises(Refused),
        ):
            erasure.forget(gone.subject, channel=Channel.ADMIN, actor=actor)
        assert [leaf["act"] for leaf in leaves] == ["denied"]
    assert rows_of(gone) == rows
    assert key_of(gone)
    assert forget(gone, actor=actors.system("destroyer")) == rows


def test_the_apps_own_role_deletes_neither_key_nor_row(house, gone):
    for table in ("keys.subject_key", "querylog.subject_access"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET subject = subject"):
            with connection.cursor() as cursor, pytest.raises(ProgrammingError, match=DENIED):
                cursor.execute(statement)
    for role in ("log_writer", "sequencer", "auditor"):
        with logged_in(role) as cursor, pytest.raises(Exception, match=DENIED):
            cursor.execute(
                "SELECT querylog.forget_subject(%s, %s)", [str(gone.subject.uid), gone.pk]
            )


def test_an_entry_that_cannot_be_written_forgets_nobody(house, gone, monkeypatch):
    desk_estate.status(gone, "destroyed")
    rows = rows_of(gone)

    def broken(_draft):
        raise RuntimeError("no outbox")

    monkeypatch.setattr(write, "enqueue_all", broken)
    with pytest.raises(RuntimeError, match="no outbox"):
        forget(gone)
    assert rows_of(gone) == rows
    assert key_of(gone)


# What is left


def test_her_key_and_rows_are_gone_and_nothing_links_her_entries(house, gone):
    neighbour, key, rows = house.customer, key_of(gone), rows_of(gone)
    look(house.agent, neighbour)
    hers, before = linked(key), log()
    assert len(hers) == rows >= 4
    others = {each.pk: linked(key_of(each)) for each in (neighbour,)}
    with written() as leaves:
        assert house.destroy(gone) == rows
    assert whats(leaves) == ["access:log-subject:erase"]
    assert (rows_of(gone), key_of(gone)) == (0, None)
    assert not SubjectKey.objects.filter(key_id=keystore.key_id(key)).exists()
    # Byte for byte what it was: only whoever kept her key could still tell.
    assert log()[: len(before)] == before
    with scopes.acting(estate.system()):
        subjects = [*SubjectKey.objects.values_list("subject", flat=True)]
        left = keystore.subject_keys_of(subjects)
    assert neighbour.pk in left
    assert not {*hers} & {index for each in left.values() for index in linked(each)}
    assert linked(key_of(neighbour)) == others[neighbour.pk]


def test_the_log_says_which_key_went_and_no_name(house, gone):
    key, rows = key_of(gone), rows_of(gone)
    with written() as leaves:
        house.destroy(gone)
    (leaf,) = leaves
    assert (leaf["act"], leaf["n"], leaf["rows"]) == ("erase", 0, rows)
    assert leaf["key_id"] == keystore.key_id(key).hex()
    assert [text for text in (gone.ref, str(gone.subject.uid), "张三丰") if text in str(leaf)] == []


def test_a_second_time_changes_nothing(house, gone):
    assert house.destroy(gone) > 0
    for _ in range(2):
        with written() as leaves:
            assert forget(gone) == 0
        assert leaves == []


def test_whoever_asks_who_it_was_learns_that_nobody_can_say(house, gone):
    entry = Entry.objects.filter(subjects=1, actor=house.agent.ref).order_by("-id").first()
    client = house.browser(house.first)
    place = f"/admin/querylog/{entry.id}/"
    assert gone.ref in client.post(f"{place}who/").content.decode()
    house.destroy(gone)
    for language in ("zh", "en"):
        page = house.browser(house.first, language=language).post(f"{place}who/").content.decode()
        assert gone.ref not in page
        assert said("条目没有可指认的客户。", language) in page
    assert client.get(f"/admin/querylog/?customer={gone.ref}").status_code in {200, 422}


# What still holds


def test_every_proof_and_every_checkpoint_holds_as_before(house, gone):
    house.seal()
    leaves = [row.leaf.encode() for row in log()]
    old = Checkpoint.parse(house.place.head.read_bytes())
    paths = {index: proofs.inclusion(index, size=old.size).path for index in range(old.size)}
    house.destroy(gone)
    estate.drain()
    look(house.agent, house.customer)
    house.seal()
    now = Checkpoint.parse(house.place.head.read_bytes())
    assert now.size > old.size
    for index, path in paths.items():
        mine = leaf_hash(leaves[index])
        assert verify_inclusion(mine, index, old.size, path, old.root)
        later = proofs.inclusion(index, size=now.size).path
        assert verify_inclusion(mine, index, now.size, later, now.root)
    checkpoints = value("SELECT array_agg(note ORDER BY size) FROM querylog.checkpoint")
    for note in checkpoints:
        head = Checkpoint.parse(note.encode())
        assert house.place.trust().log_time(head)
        path = proofs.consistency(head.size, now.size)
        assert verify_consistency(head.size, now.size, path, head.root, now.root)
    house.place.whole()


def test_the_log_is_whole_afterwards_and_not_when_more_than_that_is_gone(house, gone):
    house.seal()
    assert verified() == (0, "")
    house.destroy(gone)
    estate.drain()
    house.seal()
    assert verified() == (0, "")
    assert looks_and_keys() == []
    other = house.newcomer()
    look(house.agent, other)
    house.seal()
    with logged_in("superuser") as cursor:
        cursor.execute("BEGIN")
        cursor.execute(
            "DELETE FROM querylog.subject_access WHERE entry_id ="
            " (SELECT max(entry_id) FROM querylog.subject_access WHERE subject = %s) RETURNING entry_id",
            [str(other.subject.uid)],
        )
        (index,) = cursor.fetchone()
        cursor.execute("COMMIT")
        assert verified() == (1, "looks-missing")
        assert looks_and_keys() != []
        cursor.execute(
            "INSERT INTO querylog.subject_access VALUES (%s, %s)", [str(other.subject.uid), index]
        )
        cursor.connection.commit()
    assert verified() == (0, "")


def looks_and_keys():
    with scopes.acting(estate.system()):
        return [
            *invariants.looks_are_listed(Options()),
            *invariants.every_sealed_row_has_its_key(Options()),
        ]


def test_a_change_that_still_waits_for_its_entry_brings_nothing_back(house, gone):
    """Its entry comes with its tags, and with no row that says whose."""
    before = rows_of(gone)
    with scopes.acting(estate.system()) as actor, transaction.atomic():
        tagged = gate.tagged(scopes.find([gone.pk]))
        gate.authorise(actor, Action.CUSTOMER_CHANGE, channel="task", subjects=tagged)
    assert house.destroy(gone) == before + 1
    with written() as leaves:
        pass
    estate.drain()
    assert rows_of(gone) == 0
    house.seal()
    assert leaves == []
    waited = Entry.objects.filter(act="change", subjects=1).order_by("-id").first()
    assert len(bytes(waited.tags)) == 16
    assert verified() == (0, "")
    assert looks_and_keys() == []


def test_bundles_of_before_and_after_verify_and_only_that_of_before_knows_her(
    house, gone, tmp_path
):
    today = clock.local().date()
    case = house.case(
        since=today - timedelta(days=1), until=today, customers=[gone.subject.uid]
    )  # fmt: skip
    house.approve(house.ask_for_key(case, gone))
    case = house.now(case)
    hers = rows_of(gone)
    before = bundle(house, case, tmp_path / "before.zip")
    house.destroy(gone)
    after = bundle(house, case, tmp_path / "after.zip")
    policy = house.place.policy.read_text()
    old, new = (verify.verify(path, policy=policy) for path in (before, after))
    assert (old.state, old.because) == ("whole", "")
    assert (new.state, new.because) == ("whole", "")
    assert old.facts["customers"] == {gone.ref: hers}
    assert new.facts["customers"] == {}
    assert new.facts["left_out"] == old.facts["left_out"] == "none"
    prior = verify.Bundle(before).read("checkpoint")
    assert verify.verify(after, policy=policy, prior=prior).state == "whole"


def bundle(house, case, path: Path) -> Path:
    with estate.acting(house.office) as actor, suppress(Refused):
        asked = jobs.request(
            case, Criteria.of_case(case), recipient=house.office, language="en",
            channel="regulator", actor=actor,
        )  # fmt: skip
    house.seal()
    jobs.work(asked.pk, patience=0)
    with estate.acting(house.office) as actor:
        ready = house.now(asked)
        path.write_bytes(b"".join(jobs.take(ready, channel="regulator", actor=actor)))
    return path


def test_a_new_customer_gets_a_key_of_her_own(house, gone):
    """An ordinal is never used again, so no key is made anew for one that went."""
    house.destroy(gone)
    estate.drain()
    newcomer = house.newcomer()
    assert newcomer.pk > gone.pk
    assert key_of(newcomer)
    assert key_of(gone) is None
