"""After a stolen signing key has been given up: what it signed before stays good, what it signs now is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from access.verification import run
from access.verification.outside import Outside
from access.verification.run import Start
from custodian.drills.copy import ORIGIN, Copy
from custodian.tlog import log_key
from custodian.tlog.notes import Signer
from custodian.tlog.verify import ED25519, Checkpoint, Policy
from tests.verification.playing import held, looks

pytestmark = pytest.mark.xdist_group("verification")


def given_up(copy: Copy, folder: Path) -> tuple[Path, Signer]:
    """What `rotate_log_key --compromised` does to the policy."""
    policy, fresh = folder / "policy", Signer.generate(ORIGIN, kind=ED25519)
    policy.write_text(copy.original.policy.read_text("utf-8"))
    log_key.add_to_policy(policy, fresh)
    log_key.drop_from_policy(policy, but=fresh)
    return policy, fresh


def faults(copy: Copy, policy: Path) -> list[str]:
    outside = Outside(head=copy.head, policy=policy.read_text("utf-8"))
    return [str(fault) for fault in run.verify(Start(), outside, jobs=1).faults]


def test_the_past_stays_good_once_the_new_key_has_signed(copy: Copy, tmp_path: Path) -> None:
    policy, fresh = given_up(copy, tmp_path)
    assert not Policy.parse(policy.read_text("utf-8")).signed_by_log(
        Checkpoint.parse(held(copy.head))
    )
    size = copy.original.size
    assert faults(copy, policy) == [f"#{size - 1}: checkpoint-signature"]
    signing = replace(copy, original=replace(copy.original, signer=fresh))
    looks(signing)
    assert faults(copy, policy) == []


def test_what_the_stolen_key_signs_afterwards_is_not(copy: Copy, tmp_path: Path) -> None:
    policy, fresh = given_up(copy, tmp_path)
    looks(replace(copy, original=replace(copy.original, signer=fresh)))
    looks(copy)
    size = Checkpoint.parse(held(copy.head)).size
    assert faults(copy, policy) == [f"#{size - 1}: checkpoint-signature"]


def test_a_key_that_was_never_the_logs_signs_nothing(copy: Copy, tmp_path: Path) -> None:
    policy, fresh = given_up(copy, tmp_path)
    looks(replace(copy, original=replace(copy.original, signer=fresh)))
    lines = policy.read_text("utf-8").splitlines()
    policy.write_text("\n".join(line for line in lines if "retired" not in line) + "\n")
    found = faults(copy, policy)
    assert found
    assert {each.partition(": ")[2] for each in found} == {"checkpoint-signature"}
