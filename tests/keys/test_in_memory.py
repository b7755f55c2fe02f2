"""What a process that runs for long knows of keys that are made and destroyed beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest import mock

import pytest
from django.test import Client

from custodian import keys
from custodian.crypto.errors import KeyringSealed
from custodian.crypto.keyring import FileKeyring, WrappedKey
from tests.keys.conftest import Clock

CONTEXT = b"holding 1"
FIRST_FORMAT = Path(__file__).parents[1] / "vectors" / "keyring-1.json"


@pytest.fixture
def elsewhere(own_keyring: Path) -> FileKeyring:
    """The same keyring as another process holds it."""
    return FileKeyring.load(own_keyring, insurer="QH", allow_test=True)


def test_a_kek_made_elsewhere_is_met_without_a_restart(
    elsewhere: FileKeyring, ticking: Clock
) -> None:
    assert keys.keyring().current_kek == 1
    elsewhere.add_kek()
    wrapped = elsewhere.wrap(bytes(32), context=CONTEXT)
    assert keys.unwrap(wrapped, context=CONTEXT) == bytes(32)


def test_an_unknown_kek_is_asked_for_at_most_once_a_second(
    own_keyring: Path, ticking: Clock
) -> None:
    keys.keyring()
    unknown = WrappedKey(77, bytes(98))
    with mock.patch.object(keys, "load", wraps=keys.load) as asked:
        for _ in range(50):
            with pytest.raises(KeyringSealed, match="unknown-kek"):
                keys.unwrap(unknown, context=CONTEXT)
        assert asked.call_count == 1
        ticking.after(keys.PAUSE)
        with pytest.raises(KeyringSealed, match="unknown-kek"):
            keys.unwrap(unknown, context=CONTEXT)
        assert asked.call_count == 2


def test_a_destroyed_kek_is_forgotten_within_a_minute(
    elsewhere: FileKeyring, ticking: Clock
) -> None:
    old = keys.keyring().wrap(bytes(32), context=CONTEXT)
    elsewhere.add_kek()
    elsewhere.destroy_kek(1)
    held = keys.keyring()
    assert keys.unwrap(old, context=CONTEXT) == bytes(32)  # not vacuous: it is still in memory
    ticking.after(60)
    with pytest.raises(KeyringSealed, match="unknown-kek"):
        keys.unwrap(old, context=CONTEXT)
    assert keys.keyring() is not held


def test_f23_a_source_that_is_away_seals_within_a_minute_and_unseals_by_itself(
    own_keyring: Path, ticking: Clock, db: None
) -> None:
    ready = lambda: Client().get("/readyz").json()["keyring"]  # noqa: E731
    aside = own_keyring.with_suffix(".away")
    assert ready() == "ok"
    own_keyring.rename(aside)
    sealed_after = None
    for second in range(0, 300, 5):
        ticking.after(5)
        if (said := ready()) != "ok":
            assert said == "missing"
            sealed_after = sealed_after if sealed_after is not None else second + 5
            with pytest.raises(keys.Sealed):
                keys.keyring()
    assert sealed_after is not None
    assert 30 <= sealed_after <= 60  # a hiccup seals nothing, five minutes do
    assert ready() == "missing"
    shutil.move(aside, own_keyring)
    ticking.after(keys.PAUSE)
    assert ready() == "ok"
    keys.keyring()


def test_a_hiccup_of_the_source_is_borne(own_keyring: Path, ticking: Clock) -> None:
    keys.keyring()
    own_keyring.chmod(0o644)
    ticking.after(20)
    assert keys.sealed_because() == ""
    own_keyring.chmod(0o600)
    ticking.after(20)
    assert keys.sealed_because() == ""
    ticking.after(44)  # reckoned from the last answer
    assert keys.sealed_because() == ""


def test_a_source_that_is_away_is_not_asked_in_a_storm(own_keyring: Path, ticking: Clock) -> None:
    own_keyring.unlink()
    with mock.patch.object(keys, "load", wraps=keys.load) as asked:
        for _ in range(40):
            assert keys.sealed_because() == "missing"
    assert asked.call_count == 1


def test_a_file_of_the_first_format_still_loads_and_is_upgraded_by_its_next_change(
    tmp_path: Path,
) -> None:
    path = tmp_path / "keyring.json"
    path.write_bytes(FIRST_FORMAT.read_bytes())
    path.chmod(0o600)
    ring = FileKeyring.load(path, insurer="QH", allow_test=True)
    assert (ring.current_kek, sorted(ring.keks.keys)) == (3, [2, 3])
    before = ring.index_key("identity.mobile"), ring.source_key("source.key"), ring.secret("totp")
    assert ring.index_key("source.key") == ring.source_key("source.key")  # one root had both uses
    wrapped = ring.wrap(bytes(32), context=CONTEXT)

    assert ring.add_kek() == 4
    assert b'"custodian keyring 2"' in path.read_bytes()
    again = FileKeyring.load(path, insurer="QH", allow_test=True)
    assert (
        again.index_key("identity.mobile"),
        again.source_key("source.key"),
        again.secret("totp"),
    ) == before
    assert again.unwrap(wrapped, context=CONTEXT) == bytes(32)
    assert (again.keks.made[3], bool(again.keks.made[4])) == ("", True)


def test_a_date_in_the_file_cannot_be_put_back(own_keyring: Path) -> None:
    ring = FileKeyring.load(own_keyring, insurer="QH", allow_test=True)
    ring.add_kek()
    made = ring.keks.made[2]
    own_keyring.write_text(own_keyring.read_text().replace(made, "2020-01-01T00:00:00+00:00"))
    with pytest.raises(KeyringSealed, match="wrong-key"):
        FileKeyring.load(own_keyring, insurer="QH", allow_test=True)


def test_what_is_prepared_is_not_used_yet_and_is_prepared_once(elsewhere: FileKeyring) -> None:
    assert (elsewhere.prepare_kek(), elsewhere.prepare_kek(), elsewhere.current_kek) == (2, 2, 1)
    elsewhere.use_kek(2)
    assert (elsewhere.current_kek, elsewhere.prepare_kek()) == (2, 3)
    assert (elsewhere.prepare_index(), elsewhere.prepare_index()) == (2, 2)
    assert elsewhere.index_versions == (1, 2)
    elsewhere.use_index(2)
    assert elsewhere.index_versions == (2, 1)
    assert elsewhere.index_key("x", version=1) != elsewhere.index_key("x")
    elsewhere.destroy_index(1)
    assert elsewhere.index_versions == (2,)
    with pytest.raises(KeyringSealed):
        elsewhere.index_key("x", version=1)
