"""A customer can be unlinked from the log, which stays whole; a key or a row that only vanished shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from access import actors, erasure, keystore
from access.models import Subject
from access.querylog.leaf import Tagged
from access.verification.looks import Lists
from access.verification.walk import Fault
from custodian.drills import history
from custodian.drills.copy import Copy
from tests.verification.playing import FULL, INCREMENTAL, faults, looks, said, verified

pytestmark = pytest.mark.xdist_group("verification")
WHOLE = (True, None, "")


def customer(copy: Copy) -> Subject:
    """Somebody destroyed, who was looked at."""
    copy.cursor.execute(
        "SELECT s.id FROM access_subject s JOIN querylog.subject_access a ON a.subject = s.uid"
        " GROUP BY s.id HAVING count(*) > 5 ORDER BY s.id LIMIT 1"
    )
    (ordinal,) = copy.cursor.fetchone()
    Subject.objects.filter(pk=ordinal).update(status=Subject.Status.DESTROYED)
    return Subject.objects.get(pk=ordinal)


def erase(subject: Subject) -> int:
    return erasure.forget(subject, channel="task", actor=actors.system("destroyer"))


def said_to_be_erased(copy: Copy) -> dict[str, object]:
    copy.cursor.execute("SELECT leaf FROM querylog.entry WHERE act = 'erase'")
    ((leaf,),) = copy.cursor.fetchall()
    return dict(json.loads(leaf))


def test_the_log_stays_whole(copy: Copy) -> None:
    verified(FULL)
    copy.cursor.execute("SELECT encode(key_id, 'hex'), subject FROM keys.subject_key")
    key_ids = {ordinal: key_id for key_id, ordinal in copy.cursor.fetchall()}
    gone = customer(copy)
    rows = erase(gone)
    copy.seal()
    leaf = said_to_be_erased(copy)
    assert (leaf["rows"], leaf["key_id"]) == (rows, key_ids[gone.pk])
    assert rows > 5
    assert said(verified(FULL)) == WHOLE
    assert said(verified(INCREMENTAL)) == WHOLE


def test_several_and_what_still_waited_are_counted(copy: Copy) -> None:
    erase(customer(copy))
    looks(copy)
    gone = customer(copy)
    history.change([Tagged(gone.uid, keystore.subject_keys_of([gone.pk])[gone.pk])])
    erase(gone)
    copy.seal()
    assert faults(copy) == []


def test_one_row_more_than_was_said_is_found(copy: Copy) -> None:
    first = looks(copy)[0]
    erase(customer(copy))
    copy.seal()
    copy.change("DELETE FROM querylog.subject_access WHERE entry_id = %s", [first], rows=1)
    assert [each.partition(": ")[2] for each in faults(copy)] == ["looks-missing"]


def test_rows_that_are_said_to_be_gone_and_are_not_are_found(copy: Copy) -> None:
    history.change([], act="erase", facts={"rows": 2})
    copy.seal()
    assert [each.partition(": ")[2] for each in faults(copy)] == ["looks-missing"]


def test_while_its_entry_waits_in_the_outbox_nothing_is_missing(copy: Copy) -> None:
    looks(copy)
    gone = customer(copy)
    history.change([Tagged(gone.uid, keystore.subject_keys_of([gone.pk])[gone.pk])])
    erase(gone)
    assert faults(copy) == []
    copy.seal()
    assert faults(copy) == []


def test_a_row_more_is_found_while_an_erasure_waits(copy: Copy) -> None:
    first = looks(copy)[0]
    erase(customer(copy))
    copy.change("DELETE FROM querylog.subject_access WHERE entry_id = %s", [first], rows=1)
    assert [each.partition(": ")[2] for each in faults(copy)] == ["looks-missing"]


def test_a_customer_erased_since_the_rows_were_read_is_no_fault(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, hold = customer(copy), Lists.hold

    def hold_after_erasure(*asked: Any) -> Iterator[Fault]:
        erase(gone)
        return hold(*asked)

    monkeypatch.setattr(Lists, "hold", hold_after_erasure)
    assert faults(copy) == []


def test_a_key_that_vanished_alone_is_found(copy: Copy) -> None:
    gone = customer(copy)
    copy.change("DELETE FROM keys.subject_key WHERE subject = %s", [gone.pk], rows=1)
    assert {each.partition(": ")[2] for each in faults(copy)} == {"key-missing"}


def test_an_erasure_that_was_taken_back_leaves_everything(copy: Copy) -> None:
    gone = customer(copy)
    with transaction.atomic():
        assert erase(gone) > 0
        transaction.set_rollback(True)
    copy.seal()
    assert faults(copy) == []


def test_an_exchanged_key_is_found(copy: Copy) -> None:
    gone = customer(copy)
    copy.change(
        "UPDATE keys.subject_key SET wrapped = (SELECT wrapped FROM keys.subject_key"
        " WHERE subject <> %s LIMIT 1) WHERE subject = %s",
        [gone.pk, gone.pk],
        rows=1,
    )
    assert {each.partition(": ")[2] for each in faults(copy)} == {"key-missing"}
