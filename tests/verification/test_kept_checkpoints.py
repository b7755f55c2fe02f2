"""Whoever kept yesterday's checkpoint sees what a forged log itself does not show."""

from __future__ import annotations

import pytest

from access.verification.outside import is_of_a_copy
from custodian.drills.copy import ORIGIN, Copy
from custodian.tlog.notes import Signer, sign_checkpoint
from custodian.tlog.verify import ED25519, Checkpoint
from tests.verification.playing import attack, faults, held, looks

pytestmark = pytest.mark.xdist_group("verification")


def test_a_log_that_grew_contains_it(copy: Copy) -> None:
    note = held(copy.head)
    looks(copy, 300)
    assert faults(copy, note=note) == []
    assert faults(copy, note=held(copy.head)) == []


@pytest.mark.parametrize(("name", "code"), [("cut", "yours-ahead"), ("yesterday", "yours-forked")])
def test_a_log_that_was_put_back_does_not(copy: Copy, name: str, code: str) -> None:
    note = held(copy.head)
    copy.cursor.execute("SELECT note FROM querylog.checkpoint ORDER BY size LIMIT 1")
    (old,) = copy.cursor.fetchone()
    attack(name, copy)
    assert [each.partition(": ")[2] for each in faults(copy, note=note)] == [code]
    # An older one does not reach as far as what happened.
    assert faults(copy, note=old.encode()) == []


def test_what_is_no_checkpoint_is_said_to_be_none(untouched: Copy) -> None:
    known = Checkpoint.parse(held(untouched.head))
    stranger = Signer.generate(ORIGIN, kind=ED25519)
    signed = sign_checkpoint(ORIGIN, known.size, known.root, signers=[stranger], at=1)
    for note in (b"", b"no note", b"\xff", b"a\n1\nb\n\n", signed):
        assert [each.partition(": ")[2] for each in faults(untouched, note=note)] == [
            "yours-unreadable"
        ]


def test_faults_of_copies_are_told_from_those_of_entries() -> None:
    assert all(map(is_of_a_copy, ["head-ahead", "witness-dpo-forked", "archive-differs"]))
    assert not any(map(is_of_a_copy, ["entry-missing", "checkpoint-signature", "key-missing"]))
