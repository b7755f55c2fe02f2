"""KEKs on a PKCS#11 token: SoftHSM2 here, a device that keeps its keys to itself elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from access import actors, keystore, scopes
from access.key_rotation import jobs, retiring
from access.key_rotation.jobs import Kind, Why
from access.models import DataKey
from access.vocabulary import Channel, Role
from custodian import clock, keys
from custodian.crypto.errors import KeyringExists, KeyringSealed, OpenFailed
from custodian.crypto.keyring import Address, FileKeyring, WrappedKey
from custodian.crypto.suites import Suite
from tests import estate
from tests.keys.test_rotation import mobile

MODULES = [
    Path(each)
    for each in (
        os.environ.get("SOFTHSM2_MODULE", ""),
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    )
    if each
]
MODULE = next((each for each in MODULES if each.is_file()), None)
pytestmark = pytest.mark.skipif(
    MODULE is None, reason="SoftHSM2 is not installed (apt-get install softhsm2)"
)
CONTEXT = b"holding 1"
PIN = "493817"


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of SoftHSM2's tokens, one for the run: the library reads its place when it is loaded."""
    folder = tmp_path_factory.mktemp("softhsm")
    held = folder / "tokens"
    held.mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {held}\nobjectstore.backend = file\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "custodian tests", "--pin", PIN,
         "--so-pin", "726354"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    yield held
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.fixture
def address(tokens: Path) -> Address:
    return Address(str(MODULE), "custodian tests", PIN)


@pytest.fixture
def ours(tmp_path: Path, address: Address, request: pytest.FixtureRequest) -> FileKeyring:
    """Each test is another insurer, because there is one token for all."""
    insurer = f"Q{abs(hash(request.node.name)) % 10**8}"
    return FileKeyring.create(
        tmp_path / "token.json",
        insurer=insurer,
        suite=Suite.AES_256_GCM,
        test=True,
        token=address,
    )


def again(ring: FileKeyring, token: Address | None) -> FileKeyring:
    return FileKeyring.load(ring.path, insurer=ring.insurer, allow_test=True, token=token)


def test_a_key_wrapped_by_the_token_comes_back_after_loading_again(
    ours: FileKeyring, address: Address
) -> None:
    dek = ours.new_dek()
    wrapped = ours.wrap(dek, context=CONTEXT)
    assert again(ours, address).unwrap(wrapped, context=CONTEXT) == dek
    assert (len(wrapped.blob), wrapped.blob[:6].hex()) == (98, "030100000001")
    assert dek not in wrapped.blob
    assert ours.wrap(dek, context=CONTEXT).blob != wrapped.blob


def test_neither_the_file_nor_the_token_gives_the_secret(ours: FileKeyring, tokens: Path) -> None:
    import pkcs11

    document = json.loads(ours.path.read_text())
    assert document["device"] is True
    assert "key" not in document["keks"]["1"]
    key = ours._keks._token._key(ours._keks.label(1))[0]  # type: ignore[attr-defined]
    assert key[pkcs11.Attribute.EXTRACTABLE] is False
    assert key[pkcs11.Attribute.SENSITIVE] is True
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        key[pkcs11.Attribute.VALUE]


def test_whatever_was_moved_or_altered_does_not_open(ours: FileKeyring) -> None:
    wrapped = ours.wrap(bytes(32), context=CONTEXT)
    blob = wrapped.blob
    with pytest.raises(OpenFailed):
        ours.unwrap(wrapped, context=b"holding 2")
    for at in (0, 1, 5, 6, 37, 38, 50, 97):
        altered = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        with pytest.raises(OpenFailed):
            ours.unwrap(WrappedKey(1, altered), context=CONTEXT)
    for short in (b"", blob[:-1], blob[:60]):
        with pytest.raises(OpenFailed):
            ours.unwrap(WrappedKey(1, short), context=CONTEXT)
    assert ours.unwrap(wrapped, context=CONTEXT) == bytes(32)  # and the session still works


def test_the_commitment_is_the_keys_own_and_is_asked_before_the_text(ours: FileKeyring) -> None:
    first = ours.wrap(bytes(32), context=CONTEXT)
    ours.add_kek()
    second = ours.wrap(bytes(32), context=CONTEXT)
    commitments = {bytes(each.blob[6:38]) for each in (first, second)}
    assert len(commitments) == 2
    assert ours.wrap(bytes(32), context=CONTEXT).blob[6:38] == second.blob[6:38]
    exchanged = second.blob[:6] + first.blob[6:38] + second.blob[38:]
    token = ours._keks._token  # type: ignore[attr-defined]
    opened: list[object] = []
    token.open = lambda *given: opened.append(given)
    try:
        with pytest.raises(OpenFailed):
            ours.unwrap(WrappedKey(2, exchanged), context=CONTEXT)
    finally:
        del token.open
    assert opened == []


def test_an_earlier_kek_unwraps_until_it_is_destroyed_on_the_token(
    ours: FileKeyring, address: Address
) -> None:
    old = ours.wrap(bytes(32), context=CONTEXT)
    assert (ours.prepare_kek(), ours.prepare_kek(), ours.current_kek) == (2, 2, 1)
    ours.use_kek(2)
    new = ours.wrap(bytes(32), context=CONTEXT)
    assert ours.unwrap(old, context=CONTEXT) == ours.unwrap(new, context=CONTEXT) == bytes(32)
    label = ours._keks.label(1)  # type: ignore[attr-defined]
    ours.destroy_kek(1)
    assert ours._keks._token._found(label) == []  # type: ignore[attr-defined]
    with pytest.raises(KeyringSealed, match="unknown-kek"):
        again(ours, address).unwrap(old, context=CONTEXT)


def test_a_keyring_is_used_with_the_provider_it_was_made_for(
    ours: FileKeyring, address: Address, own_keyring: Path
) -> None:
    with pytest.raises(KeyringSealed, match="wrong-provider"):
        again(ours, None)
    with pytest.raises(KeyringSealed, match="wrong-provider"):
        FileKeyring.load(own_keyring, insurer="QH", allow_test=True, token=address)
    with pytest.raises(KeyringExists):
        FileKeyring.create(ours.path, insurer=ours.insurer, suite=Suite.AES_256_GCM, token=address)
    with pytest.raises(KeyringSealed, match="token-suite"):
        FileKeyring.create(
            ours.path.with_name("sm4.json"), insurer="SM", suite=Suite.SM4_GCM, token=address
        )


@pytest.mark.parametrize("wrong", [{"pin": "0000"}, {"token": "another"}, {"module": "/none.so"}])
def test_f23_a_token_that_does_not_answer_seals(
    ours: FileKeyring, address: Address, wrong: dict[str, str]
) -> None:
    given = {"module": address.module, "token": address.token, "pin": address.pin, **wrong}
    with pytest.raises(KeyringSealed, match="token-unreachable"):
        again(ours, Address(**given))
    assert again(ours, address).current_kek == 1
    assert PIN not in repr(address)


def test_a_child_process_opens_a_session_of_its_own(ours: FileKeyring) -> None:
    wrapped = ours.wrap(bytes(32), context=CONTEXT)
    child = os.fork()
    if not child:
        try:
            os._exit(0 if ours.unwrap(wrapped, context=CONTEXT) == bytes(32) else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert ours.unwrap(wrapped, context=CONTEXT) == bytes(32)


@pytest.mark.django_db
def test_the_house_runs_and_rotates_on_a_token(
    tmp_path: Path, address: Address, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SETTLE", timedelta(0))
    path = tmp_path / "keyring.json"
    FileKeyring.create(path, insurer="QH", suite=Suite.AES_256_GCM, test=True, token=address)
    settings.CUSTODIAN_KEYRING, settings.CUSTODIAN_KEK_PROVIDER = path, "pkcs11"
    settings.CUSTODIAN_PKCS11_MODULE = address.module
    settings.CUSTODIAN_PKCS11_TOKEN = address.token
    settings.CUSTODIAN_PKCS11_PIN = address.pin
    keys.forget()
    keystore.forget()
    agent = estate.user(Role.AGENT)
    customer = estate.customer(of=[agent])
    assert mobile(agent, customer) == "13800138000"
    with scopes.acting(actors.system("key-rotator")) as actor:
        row = jobs.request(Kind.KEK, why=Why.COMMAND, channel=Channel.COMMAND, actor=actor)
    row = jobs.work(row.pk)
    assert set(DataKey.objects.values_list("kek", flat=True)) == {2}
    with clock.at(row.finished_at + timedelta(days=2)):
        retiring.destroy(1)
    assert mobile(agent, customer) == "13800138000"
    assert keys.sealed_because() == ""
