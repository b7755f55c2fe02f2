from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from custodian.crypto import signing
from custodian.crypto.errors import KeyringExists, KeyringSealed, OpenFailed
from custodian.crypto.key_file import Roots
from custodian.crypto.keyring import FileKeyring, Keyring, LocalKeks, WrappedKey
from custodian.crypto.suites import Suite

FROZEN = json.loads((Path(__file__).parents[1] / "vectors" / "envelope.json").read_text("utf-8"))
CONTEXT = b"holding 1"


@pytest.fixture(params=list(Suite))
def ours(request: pytest.FixtureRequest, tmp_path: Path) -> FileKeyring:
    return FileKeyring.create(tmp_path / "keyring.json", insurer="QH", suite=request.param)


def sealed_because(path: Path, *, insurer: str = "QH") -> str:
    with pytest.raises(KeyringSealed) as failure:
        FileKeyring.load(path, insurer=insurer)
    assert str(failure.value) == f"keyring sealed: {failure.value.reason}"
    return failure.value.reason


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document))


def test_a_wrapped_key_comes_back_after_loading_again(ours: FileKeyring) -> None:
    dek = ours.new_dek()
    wrapped = ours.wrap(dek, context=CONTEXT)
    again = FileKeyring.load(ours.path, insurer="QH")
    assert again.suite is ours.suite
    assert again.unwrap(wrapped, context=CONTEXT) == dek
    assert dek not in bytes(wrapped.blob)
    assert len({ours.new_dek() for _ in range(50)}) == 50


def test_a_wrapped_key_opens_for_its_own_holding_only(ours: FileKeyring) -> None:
    wrapped = ours.wrap(ours.new_dek(), context=CONTEXT)
    with pytest.raises(OpenFailed):
        ours.unwrap(wrapped, context=b"holding 2")
    with pytest.raises(OpenFailed):
        ours.unwrap(WrappedKey(wrapped.kek, bytes(wrapped.blob)[:-1]), context=CONTEXT)


def test_a_wrapped_key_of_another_insurer_never_opens(tmp_path: Path) -> None:
    roots = Roots(b"i" * 32, b"g" * 32, b"s" * 32)
    suite = Suite.AES_256_GCM
    keks = LocalKeks({1: b"k" * 32}, current=1, suite=suite)
    ours = Keyring(insurer="QH", suite=suite, keks=keks, roots=roots)
    theirs = Keyring(insurer="BH", suite=suite, keks=keks, roots=roots)
    with pytest.raises(OpenFailed):
        theirs.unwrap(ours.wrap(bytes(32), context=CONTEXT), context=CONTEXT)
    assert ours.index_key("identity.mobile") != theirs.index_key("identity.mobile")
    assert ours.secret("token pepper") != theirs.secret("token pepper")


def test_an_earlier_kek_still_unwraps_until_it_is_destroyed(ours: FileKeyring) -> None:
    dek = ours.new_dek()
    old = ours.wrap(dek, context=CONTEXT)
    before = ours.index_key("identity.mobile"), ours.secret("x")
    assert (old.kek, ours.add_kek(), ours.current_kek) == (1, 2, 2)
    new = ours.wrap(dek, context=CONTEXT)
    assert new.kek == 2

    for ring in (ours, FileKeyring.load(ours.path, insurer="QH")):
        assert ring.unwrap(old, context=CONTEXT) == ring.unwrap(new, context=CONTEXT) == dek
        assert (ring.index_key("identity.mobile"), ring.secret("x")) == before
    with pytest.raises(OpenFailed):
        ours.unwrap(WrappedKey(2, old.blob), context=CONTEXT)

    ours.destroy_kek(1)
    for ring in (ours, FileKeyring.load(ours.path, insurer="QH")):
        with pytest.raises(KeyringSealed, match="unknown-kek"):
            ring.unwrap(old, context=CONTEXT)
        assert ring.unwrap(new, context=CONTEXT) == dek


def test_a_destroyed_number_is_never_given_again(ours: FileKeyring) -> None:
    assert (ours.add_kek(), ours.add_kek()) == (2, 3)
    ours.destroy_kek(2)
    assert ours.add_kek() == 4


def test_the_current_kek_cannot_be_destroyed(ours: FileKeyring) -> None:
    with pytest.raises(ValueError, match="current KEK"):
        ours.destroy_kek(1)
    assert FileKeyring.load(ours.path, insurer="QH").current_kek == 1


def test_a_kek_added_by_another_process_is_kept(ours: FileKeyring) -> None:
    other = FileKeyring.load(ours.path, insurer="QH")
    other.add_kek()
    wrapped = other.wrap(bytes(32), context=CONTEXT)
    assert ours.add_kek() == 3
    assert ours.unwrap(wrapped, context=CONTEXT) == bytes(32)


def test_a_change_that_died_half_way_leaves_the_old_keyring(ours: FileKeyring) -> None:
    wrapped = ours.wrap(bytes(32), context=CONTEXT)
    with mock.patch.object(Path, "replace", side_effect=OSError), pytest.raises(OSError):
        ours.add_kek()
    again = FileKeyring.load(ours.path, insurer="QH")
    assert again.unwrap(wrapped, context=CONTEXT) == bytes(32)
    assert again.add_kek() == 2


def test_the_file_is_for_its_owner_only(ours: FileKeyring) -> None:
    assert ours.path.stat().st_mode & 0o777 == 0o600
    ours.add_kek()
    assert ours.path.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in ours.path.parent.iterdir()} == {
        "keyring.json",
        "keyring.json.lock",
    }


def test_an_existing_keyring_is_never_overwritten(ours: FileKeyring) -> None:
    before = ours.path.read_bytes()
    with pytest.raises(KeyringExists, match="already exists"):
        FileKeyring.create(ours.path, insurer="QH", suite=ours.suite)
    assert ours.path.read_bytes() == before


def test_a_keyring_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    with mock.patch("os.fdopen", side_effect=OSError), pytest.raises(OSError):
        FileKeyring.create(path, insurer="QH", suite=Suite.AES_256_GCM)
    assert list(tmp_path.iterdir()) == []


def test_a19_a_missing_keyring_seals_and_is_not_made(tmp_path: Path) -> None:
    assert sealed_because(tmp_path / "none.json") == "missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a19_a_keyring_that_others_may_reach_seals(ours: FileKeyring, mode: int) -> None:
    ours.path.chmod(mode)
    assert sealed_because(ours.path) == "open-permissions"


def test_a19_a_keyring_that_cannot_be_read_seals(tmp_path: Path) -> None:
    assert sealed_because(tmp_path) == "unreadable-permissions"
    with mock.patch.object(Path, "open", side_effect=PermissionError):
        assert sealed_because(tmp_path / "keyring.json") == "unreadable-permissions"


def test_a19_the_keyring_of_another_insurer_seals(ours: FileKeyring) -> None:
    assert sealed_because(ours.path, insurer="BH") == "wrong-insurer"
    edit(ours.path, lambda d: d.update(insurer="BH"))
    assert sealed_because(ours.path, insurer="BH") == "wrong-key"


def test_a19_a_test_keyring_is_refused_unless_allowed(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    FileKeyring.create(path, insurer="QH", suite=Suite.AES_256_GCM, test=True)
    assert json.loads(path.read_bytes())["test"] is True
    assert sealed_because(path) == "test-key"
    assert FileKeyring.load(path, insurer="QH", allow_test=True).insurer == "QH"
    edit(path, lambda d: d.update(test=False))
    assert sealed_because(path) == "wrong-key"


@pytest.mark.parametrize("length", [0, 1, 100, 400])
def test_a19_a_cut_keyring_seals(ours: FileKeyring, length: int) -> None:
    ours.path.write_bytes(ours.path.read_bytes()[:length])
    assert sealed_because(ours.path) == "malformed"


SHORT = base64.b64encode(bytes(31)).decode()
FOREIGN = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("short", lambda d: d["keks"]["1"].update(key=SHORT)),
        ("short", lambda d: d["roots"]["source"].update(key="")),
        ("wrong-key", lambda d: d["keks"]["1"].update(key=FOREIGN)),
        ("wrong-key", lambda d: d["roots"]["source"].update(key=FOREIGN)),
        ("wrong-key", lambda d: d["roots"]["general"].update(key=FOREIGN)),
        ("wrong-key", lambda d: d["roots"]["signing"].update(key=FOREIGN)),
        ("wrong-key", lambda d: d["roots"].update(source=d["roots"]["signing"])),
        ("wrong-key", lambda d: d["keks"].update({"2": d["keks"]["1"]})),
        ("wrong-key", lambda d: d.update(issued_keks=9)),
        ("wrong-key", lambda d: d.update(suite=other_suite(d))),
        ("unknown-kek", lambda d: d.update(current_kek=2)),
        ("unknown-kek", lambda d: d["keks"].clear()),
        ("malformed", lambda d: d.update(suite="DES")),
        ("malformed", lambda d: d.update(format="custodian keyring 3")),
        ("malformed", lambda d: d.update(test="no")),
        ("malformed", lambda d: d["keks"]["1"].update(key="****")),
        ("malformed", lambda d: d["keks"].update({"one": d["keks"]["1"]})),
        ("malformed", lambda d: d["keks"]["1"].pop("check")),
        ("malformed", lambda d: d.update(keks=[])),
        ("malformed", lambda d: d.pop("roots")),
    ],
)
def test_a19_a_wrong_or_damaged_keyring_seals(
    ours: FileKeyring, reason: str, change: Callable[[dict[str, Any]], object]
) -> None:
    edit(ours.path, change)
    assert sealed_because(ours.path) == reason


def other_suite(document: dict[str, Any]) -> str:
    return next(suite.name for suite in Suite if suite.name != document["suite"])


@pytest.mark.parametrize("content", [b"[]", b"null", b"7", b"\xff\xfe", b'{"format": 1}'])
def test_a19_a_file_that_is_no_keyring_seals(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keyring.json"
    path.write_bytes(content)
    path.chmod(0o600)
    assert sealed_because(path) == "malformed"


def test_every_use_has_a_key_of_its_own(ours: FileKeyring) -> None:
    keys = [
        ours.index_key("identity.mobile"),
        ours.index_key("identity.email"),
        ours.secret("identity.mobile"),
        ours.secret("token pepper"),
        ours.signing_key("identity.mobile").private_bytes_raw(),
        ours.signing_key("checkpoint").private_bytes_raw(),
    ]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {32}
    assert ours.index_key("identity.mobile") == keys[0]


def test_a_keyring_is_neither_printed_nor_pickled(ours: FileKeyring) -> None:
    assert repr(ours) == "<FileKeyring of QH>"
    assert "=" not in repr(ours._roots)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(ours)


def frozen_keyring() -> Keyring:
    frozen = FROZEN["keyring"]
    roots = Roots(
        *(bytes.fromhex(frozen[f"{name}_root"]) for name in ("index", "general", "signing"))
    )
    keks = LocalKeks({1: bytes(32)}, current=1, suite=Suite.AES_256_GCM)
    return Keyring(insurer=frozen["insurer"], suite=Suite.AES_256_GCM, keks=keks, roots=roots)


def test_frozen_derived_keys_hold() -> None:
    ring, frozen = frozen_keyring(), FROZEN["keyring"]
    for element, key in frozen["index_keys"].items():
        assert ring.index_key(element).hex() == key
    for label, key in frozen["secrets"].items():
        assert ring.secret(label).hex() == key
    for name, key in frozen["signing_keys"].items():
        assert signing.public_bytes(ring.signing_key(name)).hex() == key


def test_frozen_wrapped_keys_open_and_are_wrapped_to_the_same_bytes() -> None:
    for vector in FROZEN["wrapped_keys"]:
        suite, context = Suite[vector["suite"]], vector["context"].encode()
        kek, blob = bytes.fromhex(vector["kek_secret"]), bytes.fromhex(vector["blob"])
        keks = LocalKeks({vector["kek"]: kek}, current=vector["kek"], suite=suite)
        roots = Roots(bytes(32), bytes(32), bytes(32))
        ring = Keyring(insurer=vector["insurer"], suite=suite, keks=keks, roots=roots)
        dek = bytes.fromhex(vector["dek"])
        assert ring.unwrap(WrappedKey(vector["kek"], blob), context=context) == dek
        with mock.patch("os.urandom", return_value=bytes.fromhex(vector["nonce"])):
            assert ring.wrap(dek, context=context).blob == blob
