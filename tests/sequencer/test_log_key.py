"""The log's signing key: made once, readable to its owner only, and rotated with both keys signing for a while."""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access.sequencer import process
from custodian import clock
from custodian.tlog import log_key
from custodian.tlog.log_key import OVERLAP, KeyFileRefused
from custodian.tlog.notes import Signer
from custodian.tlog.verify import Checkpoint, Policy, Tampered
from tests.sequencer.trees import ORIGIN, Place, append, seen

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)

# The file


def test_a_new_key_is_its_owners_alone_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "secret" / "log-key"
    before = os.umask(0)
    try:
        signer = log_key.create(path, origin=ORIGIN)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_bytes()
    with pytest.raises(KeyFileRefused, match="exists"):
        log_key.create(path, origin=ORIGIN)
    assert path.read_bytes() == content
    assert [key.signer.key for key in log_key.load(path)] == [signer.key]
    assert [each.name for each in path.parent.iterdir()] == ["log-key"]


def test_a_rotated_file_is_the_owners_alone_too(tmp_path: Path) -> None:
    path = tmp_path / "log-key"
    log_key.create(path, origin=ORIGIN)
    log_key.rotate(path, at=NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o610])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "log-key"
    log_key.create(path, origin=ORIGIN)
    path.chmod(mode)
    for use in (log_key.load, lambda path: log_key.rotate(path, at=NOW)):
        with pytest.raises(KeyFileRefused, match="open-permissions"):
            use(path)
    path.chmod(0o600)
    assert len(log_key.load(path)) == 1


def other_name(text: str) -> str:
    return text + Signer.generate("another.example/log", kind=1).dump() + "\n"


SPOILT: dict[str, Callable[[str], str]] = {
    "nothing": lambda text: "",
    "comments only": lambda text: "# a key\n",
    "no key": lambda text: "-----BEGIN PRIVATE KEY-----\n",
    "half a key": lambda text: text[:-20] + "\n",
    "another letter": lambda text: text.replace("+A", "+B", 1),
    "a key of another log beside it": other_name,
    "not a time": lambda text: text.rstrip() + " until soon\n",
    "only a key that ends": lambda text: text.rstrip() + " until 2027-01-01T00:00:00Z\n",
    "letters of another alphabet": lambda text: text + "密钥\n",
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_not_a_key_file_is_refused_by_name(tmp_path: Path, what: str) -> None:
    path = tmp_path / "log-key"
    log_key.create(path, origin="custodian.qh/A/1")
    before = path.read_text()
    path.write_text(SPOILT[what](before), "utf-8")
    assert path.read_text("utf-8") != before
    with pytest.raises(KeyFileRefused, match="malformed"):
        log_key.load(path)


def test_a_missing_key_and_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(KeyFileRefused, match="missing"):
        log_key.load(tmp_path / "nowhere")
    (tmp_path / "folder").mkdir()
    with pytest.raises(KeyFileRefused, match="unreadable"):
        log_key.load(tmp_path / "folder")


def test_after_a_rotation_the_new_key_comes_first_and_the_old_one_signs_until_its_day(
    tmp_path: Path,
) -> None:
    path = tmp_path / "log-key"
    first = log_key.create(path, origin=ORIGIN)
    second = log_key.rotate(path, at=NOW)
    later = NOW + timedelta(days=10)
    third = log_key.rotate(path, at=later)

    def signing(at: datetime) -> list[Any]:
        return [signer.key for signer in log_key.in_force(log_key.load(path), at=at)]

    assert signing(later) == [third.key, second.key, first.key]
    assert signing(NOW + OVERLAP - timedelta(seconds=1)) == [third.key, second.key, first.key]
    assert signing(NOW + OVERLAP) == [third.key, second.key]
    assert signing(later + OVERLAP) == [third.key]
    assert signing(NOW + timedelta(days=4000)) == [third.key]
    assert {signer.key.name for signer in (first, second, third)} == {ORIGIN}


def test_a_policy_gains_the_new_log_line_and_keeps_all_else(tmp_path: Path) -> None:
    path = tmp_path / "policy.txt"
    first, second, witness = (Signer.generate(ORIGIN, kind=kind) for kind in (1, 1, 4))
    log_key.add_to_policy(path, first)
    assert path.read_text() == f"log {first.key.vkey}\nquorum none\n"
    text = (
        f"# ours\nlog {first.key.vkey}\nwitness w {witness.key.vkey} http://127.0.0.1:1\nquorum w\n"
    )
    path.write_text(text)
    log_key.add_to_policy(path, second)
    log_key.add_to_policy(path, second)
    assert path.read_text() == f"log {second.key.vkey}\n{text}"
    policy = Policy.parse(path.read_text())
    assert [key.public for key in policy.logs] == [second.key.public, first.key.public]
    assert policy.quorum == "w"


# What a rotation does to the log


def keys_of(checkpoint: Checkpoint) -> set[bytes]:
    return {known for _, known, _ in checkpoint.note.lines}


def ids(*signers: Signer) -> set[bytes]:
    return {each.id for signer in signers for each in (signer.key, signer.key.timed)}


def test_both_keys_sign_for_thirty_days_and_then_the_new_one_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_policy = place.trust()
    (first,) = place.signers()
    start = clock.real()

    def later(days: float) -> None:
        monkeypatch.setattr(clock, "real", lambda: start + timedelta(days=days))

    append()
    place.seal()
    later(1)
    second = log_key.rotate(place.key, at=clock.real())
    log_key.add_to_policy(place.policy, second)
    append()
    place.seal()
    with place.leading() as sequencer:
        later(20)
        append()
        sequencer.cycle()
        later(31.5)  # while it runs, nobody needs to start it anew
        append()
        sequencer.cycle()
    later(32)
    place.seal()

    found = place.whole()
    signed = [keys_of(each) for each in found.checkpoints]
    assert signed[0] == ids(first)
    assert signed[-1] == ids(second)
    assert [each for each, _ in itertools.groupby(signed)] == [
        ids(first),
        ids(first, second),
        ids(second),
    ]
    both = [each for each in found.checkpoints if keys_of(each) == ids(first, second)]
    for each in [found.checkpoints[0], *both]:
        old_policy.log_time(each)
    with pytest.raises(Tampered):
        old_policy.log_time(found.checkpoints[-1])

    rotations = [body for body in found.bodies if body["act"] == "key.rotate"]
    assert [body["keys"] for body in rotations] == [
        [first.key.vkey],
        [second.key.vkey, first.key.vkey],
        [second.key.vkey],
    ]
    assert [body["before"] for body in rotations] == [
        "",
        first.key.id.hex(),
        f"{second.key.id.hex()},{first.key.id.hex()}",
    ]


def test_a_key_is_written_into_the_log_once_however_often_one_starts(place: Place) -> None:
    append()
    for _ in range(3):
        place.seal()
    assert len(seen().acts("key.rotate")) == 1


def test_so_is_a_dictionary_of_codes(place: Place) -> None:
    for digest in ("aa", "aa", "bb", "", "bb"):
        sequencer = process.Sequencer(head=place.head, keys=log_key.load(place.key), codes=digest)
        sequencer.cycle()
        sequencer.close()
    assert [body["digest"] for body in seen().bodies if body["act"] == "codes"] == ["aa", "bb"]


# The commands


def test_the_commands_make_and_rotate_a_key_and_name_it_in_the_policy(
    tmp_path: Path, settings: Any
) -> None:
    settings.CUSTODIAN_LOG_KEY = tmp_path / "keys" / "log-key"
    settings.CUSTODIAN_LOG_POLICY = tmp_path / "policy.txt"
    said = StringIO()
    call_command("create_log_key", stdout=said)
    (first,) = log_key.load(settings.CUSTODIAN_LOG_KEY)
    assert said.getvalue().splitlines()[-1] == first.signer.key.vkey
    assert first.signer.key.name == settings.CUSTODIAN_LOG_ORIGIN
    with pytest.raises(CommandError, match="log-key"):
        call_command("create_log_key")
    call_command("rotate_log_key", stdout=said)
    second, _ = log_key.load(settings.CUSTODIAN_LOG_KEY)
    assert said.getvalue().splitlines()[-1] == second.signer.key.vkey
    policy = Policy.parse(settings.CUSTODIAN_LOG_POLICY.read_text())
    assert [key.public for key in policy.logs] == [
        second.signer.key.public,
        first.signer.key.public,
    ]
    assert "PRIVATE" not in said.getvalue() + settings.CUSTODIAN_LOG_POLICY.read_text()


def test_a_stolen_key_signs_nothing_more_and_is_remembered(tmp_path: Path, settings: Any) -> None:
    settings.CUSTODIAN_LOG_KEY = tmp_path / "log-key"
    settings.CUSTODIAN_LOG_POLICY = tmp_path / "policy.txt"
    call_command("create_log_key", stdout=StringIO())
    (first,) = log_key.load(settings.CUSTODIAN_LOG_KEY)
    said = StringIO()
    call_command("rotate_log_key", "--compromised", stdout=said)
    fresh = log_key.in_force(log_key.load(settings.CUSTODIAN_LOG_KEY), at=clock.real())
    assert [each.key.vkey for each in fresh] == [said.getvalue().splitlines()[-1]]
    text = settings.CUSTODIAN_LOG_POLICY.read_text("utf-8")
    assert [key.public for key in Policy.parse(text).logs] == [fresh[0].key.public]
    assert [key.public for key in log_key.retired(text)] == [first.signer.key.public]
    # A second rotation forgets none of them.
    call_command("rotate_log_key", "--compromised", stdout=said)
    text = settings.CUSTODIAN_LOG_POLICY.read_text("utf-8")
    assert {key.public for key in log_key.retired(text)} == {
        first.signer.key.public,
        fresh[0].key.public,
    }


@pytest.mark.parametrize("command", ["rotate_log_key", "sequencer"])
def test_without_a_key_a_command_says_what_to_do(
    tmp_path: Path, settings: Any, command: str
) -> None:
    settings.CUSTODIAN_LOG_KEY = tmp_path / "log-key"
    settings.CUSTODIAN_LOG_POLICY = tmp_path / "policy.txt"
    with pytest.raises(CommandError, match=r"missing.*create_log_key"):
        call_command(command)
    log_key.create(settings.CUSTODIAN_LOG_KEY, origin=ORIGIN)
    settings.CUSTODIAN_LOG_KEY.chmod(0o644)
    with pytest.raises(CommandError, match="open-permissions"):
        call_command(command)
    assert not settings.CUSTODIAN_LOG_POLICY.exists()


def test_the_secret_is_in_no_text_of_the_key() -> None:
    signer = Signer.generate(ORIGIN, kind=1)
    key = log_key.LogKey(signer)
    secret = signer.dump().removeprefix(f"PRIVATE+KEY+{ORIGIN}+{signer.key.id.hex()}+")
    assert len(secret) == 44  # the kind and 32 octets, which may end in a + of base 64
    assert secret not in f"{signer!r} {key!r} {key}"
