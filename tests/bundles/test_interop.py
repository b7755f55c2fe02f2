"""An exported bundle in the hands of software that is not ours, with nothing but what lies in the zip file."""

from __future__ import annotations

import base64
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from tests.bundles.world import World
from tests.sequencer import trees

pytestmark = pytest.mark.xdist_group("bundles-harm")

OPENSSL = shutil.which("openssl")


@dataclass
class Exported:
    """A bundle of all entries, read by this file's own few lines."""

    origin: str
    size: int
    root: bytes
    note: str
    leaves: list[bytes]
    key: bytes  # of the log, raw, from the policy that its reader keeps
    key_id: bytes

    @property
    def text(self) -> bytes:
        return (self.note.partition("\n\n")[0] + "\n").encode()

    @property
    def der(self) -> bytes:
        """The key as SubjectPublicKeyInfo (RFC 8410)."""
        return bytes.fromhex("302a300506032b6570032100") + self.key

    def signature(self, length: int) -> bytes:
        """The first signature line whose blob has this length: 64 plain, 72 with the time before it."""
        blobs = [
            base64.b64decode(line.split()[-1]) for line in self.note.splitlines() if line[:1] == "—"
        ]
        return next(blob[4:] for blob in blobs if len(blob) == 4 + length)

    def path(self, index: int) -> list[bytes]:
        """The inclusion proof, from the leaves themselves (RFC 6962, 2.1.1)."""
        return self._path(index, [sha256(b"\x00" + leaf).digest() for leaf in self.leaves])

    def _path(self, index: int, hashes: list[bytes]) -> list[bytes]:
        if len(hashes) == 1:
            return []
        split = 1 << ((len(hashes) - 1).bit_length() - 1)
        if index < split:
            return [*self._path(index, hashes[:split]), root_of(hashes[split:])]
        return [*self._path(index - split, hashes[split:]), root_of(hashes[:split])]


def root_of(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return sha256(b"\x01" + root_of(hashes[:split]) + root_of(hashes[split:])).digest()


@pytest.fixture(scope="module")
def exported(world: World, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    path = tmp_path_factory.mktemp("exported") / "all.zip"
    head = world.head(3)
    world.build(path, world.order(world.criteria(everything=True)), head)
    leaves: list[bytes] = []
    with zipfile.ZipFile(path) as bundle:
        for name in sorted(each for each in bundle.namelist() if each.startswith("tile/entries/")):
            raw, at = bundle.read(name), 0
            while at < len(raw):
                length = int.from_bytes(raw[at : at + 2], "big")
                leaves.append(raw[at + 2 : at + 2 + length])
                at += 2 + length
        note = bundle.read("checkpoint").decode()
        policy = bundle.read("policy.txt").decode()
    origin, size, root = note.splitlines()[:3]
    (vkey,) = (line.split()[1] for line in policy.splitlines() if line.startswith("log "))
    _, key_id, key = vkey.split("+", 2)
    raw = base64.b64decode(key)[1:]
    return Exported(
        origin, int(size), base64.b64decode(root), note, leaves, raw, bytes.fromhex(key_id)
    )


def test_it_is_all_of_the_log(world: World, exported: Exported) -> None:
    assert exported.size == len(exported.leaves) == world.sizes[3] > 512
    assert exported.leaves == trees.seen().leaves[: exported.size]
    assert root_of([sha256(b"\x00" + leaf).digest() for leaf in exported.leaves]) == exported.root


PLACES = [0, 1, 255, 256, 300, -2, -1]


def sigstore_entry(exported: Exported, index: int, **changed: object) -> object:
    from sigstore.models import TransparencyLogEntry, _TransparencyLogEntry  # slow

    said = {
        "leaf": exported.leaves[index], "index": index, "size": exported.size, "root": exported.root,
        "hashes": exported.path(index), "note": exported.note, **changed,
    }  # fmt: skip
    encoded = [base64.b64encode(each).decode() for each in said["hashes"]]  # type: ignore[attr-defined]
    proof = {
        "logIndex": str(said["index"]), "treeSize": str(said["size"]), "hashes": encoded,
        "rootHash": base64.b64encode(said["root"]).decode(),  # type: ignore[arg-type]
        "checkpoint": {"envelope": said["note"]},
    }  # fmt: skip
    return TransparencyLogEntry(
        _TransparencyLogEntry.from_dict(
            {
                "logIndex": proof["logIndex"],
                "logId": {"keyId": base64.b64encode(exported.key_id).decode()},
                "kindVersion": {"kind": "access", "version": "1"},
                "inclusionProof": proof,
                "canonicalizedBody": base64.b64encode(said["leaf"]).decode(),  # type: ignore[arg-type]
            }
        )
    )


def sigstore_accepts(exported: Exported, index: int, **changed: object) -> tuple[bool, bool]:
    """Whether it finds the entry in the tree, and the tree under the log's signature."""
    from sigstore._internal.merkle import verify_merkle_inclusion
    from sigstore._internal.rekor.checkpoint import verify_checkpoint
    from sigstore._internal.trust import Keyring
    from sigstore.errors import VerificationError
    from sigstore_models.common.v1 import PublicKey, PublicKeyDetails

    key = base64.b64encode(exported.der).decode()
    ring = Keyring([PublicKey(raw_bytes=key, key_details=PublicKeyDetails.PKIX_ED25519)])
    assert len(ring._keyring) == 1
    entry = sigstore_entry(exported, index, **changed)
    answers = []
    for check in (lambda: verify_merkle_inclusion(entry), lambda: verify_checkpoint(ring, entry)):
        try:
            check()
            answers.append(True)
        except VerificationError:
            answers.append(False)
    return answers[0], answers[1]


@pytest.mark.parametrize("place", PLACES)
def test_sigstore_finds_the_entries_under_the_signed_head(exported: Exported, place: int) -> None:
    index = place % exported.size
    assert sigstore_accepts(exported, index) == (True, True)
    other = exported.leaves[index].replace(b'"v":1', b'"v":2')
    assert other != exported.leaves[index]
    assert sigstore_accepts(exported, index, leaf=other) == (False, True)
    assert sigstore_accepts(exported, index, root=bytes(32)) == (False, False)
    assert sigstore_accepts(exported, index, hashes=exported.path(index)[:-1]) == (False, True)


def test_sigstore_refuses_another_head(exported: Exported) -> None:
    size = f"\n{exported.size}\n"
    for note in (
        exported.note.replace(size, f"\n{exported.size - 1}\n", 1),
        exported.note.replace(exported.origin, "another.log/1", 1),
        exported.note.partition("\n\n")[0] + "\n\n",
    ):
        assert note != exported.note
        assert sigstore_accepts(exported, 3, note=note)[1] is False


@pytest.mark.parametrize("place", PLACES)
def test_pymerkle_grows_the_same_tree_and_accepts_the_path(exported: Exported, place: int) -> None:
    from pymerkle import InclusionProof, InmemoryTree, InvalidProof, verify_inclusion

    theirs = InmemoryTree(algorithm="sha256")
    theirs.append_entries(exported.leaves)
    assert theirs.get_root(exported.size) == exported.root
    index = place % exported.size
    rule = theirs.prove_inclusion(index + 1, exported.size).rule

    def accepts(leaf: bytes, path: list[bytes]) -> bool:
        hashed = sha256(b"\x00" + leaf).digest()
        proof = InclusionProof("sha256", True, exported.size, index + 1, rule, [hashed, *path])
        try:
            verify_inclusion(hashed, exported.root, proof, index=index + 1, size=exported.size)
        except InvalidProof:
            return False
        return True

    leaf, path = exported.leaves[index], exported.path(index)
    assert accepts(leaf, path)
    assert not accepts(leaf + b" ", path)
    assert not accepts(leaf, [bytes(32), *path[1:]])


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_openssl_accepts_the_signatures_of_the_head(exported: Exported, tmp_path: Path) -> None:
    key = base64.encodebytes(exported.der).decode()
    (tmp_path / "key.pem").write_text(
        f"-----BEGIN PUBLIC KEY-----\n{key}-----END PUBLIC KEY-----\n"
    )

    def accepts(text: bytes, signature: bytes) -> bool:
        (tmp_path / "text").write_bytes(text)
        (tmp_path / "signature").write_bytes(signature)
        command = "pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile signature".split()
        ran = subprocess.run([OPENSSL, *command], cwd=tmp_path, capture_output=True, check=False)
        assert b"Signature Verif" in ran.stdout, ran.stderr
        return ran.returncode == 0

    plain, timed = exported.signature(64), exported.signature(72)
    assert accepts(exported.text, plain)
    assert not accepts(exported.text.replace(str(exported.size).encode(), b"9"), plain)
    assert not accepts(exported.text, plain[:-1] + bytes([plain[-1] ^ 1]))
    # The line with the time, over the words that tlog-cosignature puts before the checkpoint.
    told = b"cosignature/v1\ntime %d\n" % int.from_bytes(timed[:8], "big") + exported.text
    assert accepts(told, timed[8:])
    assert not accepts(exported.text, timed[8:])


def test_an_unpacked_bundle_is_a_static_log(world: World, tmp_path: Path) -> None:
    """Tiles by their paths, as C2SP tlog-tiles has them: parents are made of children, the entries of the leaves."""
    path = tmp_path / "all.zip"
    world.build(path, world.order(world.criteria(everything=True)), world.head(3))
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(tmp_path / "log")
    full, part = divmod(world.sizes[3], 256)
    tiles = tmp_path / "log" / "tile"
    above = (tiles / f"1/000.p/{full}").read_bytes()
    for index in range(full):
        raw = (tiles / f"0/{index:03}").read_bytes()
        hashes = [raw[at : at + 32] for at in range(0, len(raw), 32)]
        assert len(hashes) == 256
        assert root_of(hashes) == above[index * 32 : index * 32 + 32]
    assert len((tiles / f"0/{full:03}.p/{part}").read_bytes()) == part * 32
    assert (tiles / f"entries/{full:03}.p/{part}").exists()
