"""Software that is not ours accepts what our code signed and proved, and refuses it altered."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custodian.tlog import merkle, notes
from custodian.tlog.notes import Signer
from custodian.tlog.verify import COSIGNATURE, ED25519, Note, leaf_hash
from tests.tlog.grown import LEAVES, Grown

ORIGIN = "custodian.example/access-log/1"
AT = 1_790_000_000
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"L" * 32), kind=ED25519)
WITNESS = Signer(
    "witness.example/w", Ed25519PrivateKey.from_private_bytes(b"W" * 32), kind=COSIGNATURE
)
PUBLIC = Ed25519PublicKey.from_public_bytes(LOG.key.public)
PLACES = [(0, 1), (0, 2), (1, 2), (255, 256), (256, 257), (41, 700), (698, 699), (699, 700)]
SIZE = 700


@pytest.fixture(scope="module")
def tree() -> Grown:
    return Grown.of(LEAVES[:SIZE])


def signed(tree: Grown, size: int) -> bytes:
    root = merkle.root(size, tree.read)
    text = notes.checkpoint_text(ORIGIN, size, root)
    raw = notes.sign_checkpoint(ORIGIN, size, root, signers=[LOG], at=AT)
    return raw + WITNESS.cosign(text, at=AT).encode()


# sigstore-python: a client of Rekor, which is a log of the same form.


def entry(tree: Grown, index: int, size: int, /, **altered: object) -> object:
    from sigstore.models import TransparencyLogEntry, _TransparencyLogEntry  # slow

    fields = {
        "leaf": LEAVES[index],
        "index": index,
        "size": size,
        "hashes": merkle.inclusion(index, size, tree.read),
        "root": merkle.root(size, tree.read),
        "checkpoint": signed(tree, size),
    } | altered
    proof = {
        "logIndex": str(fields["index"]),
        "treeSize": str(fields["size"]),
        "rootHash": base64.b64encode(fields["root"]).decode(),
        "hashes": [base64.b64encode(each).decode() for each in fields["hashes"]],
        "checkpoint": {"envelope": fields["checkpoint"].decode()},
    }
    return TransparencyLogEntry(
        _TransparencyLogEntry.from_dict(
            {
                "logIndex": proof["logIndex"],
                "logId": {"keyId": base64.b64encode(LOG.key.id).decode()},
                "kindVersion": {"kind": "access", "version": "1"},
                "inclusionProof": proof,
                "canonicalizedBody": base64.b64encode(fields["leaf"]).decode(),
            }
        )
    )


def sigstore_accepts_inclusion(tree: Grown, index: int, size: int, /, **altered: object) -> bool:
    from sigstore._internal.merkle import verify_merkle_inclusion
    from sigstore.errors import VerificationError

    try:
        verify_merkle_inclusion(entry(tree, index, size, **altered))
    except VerificationError:
        return False
    return True


def sigstore_accepts_checkpoint(tree: Grown, size: int, /, **altered: object) -> bool:
    from sigstore._internal.rekor.checkpoint import verify_checkpoint
    from sigstore._internal.trust import Keyring
    from sigstore.errors import VerificationError
    from sigstore_models.common.v1 import PublicKey, PublicKeyDetails

    der = PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = PublicKey(
        raw_bytes=base64.b64encode(der).decode(), key_details=PublicKeyDetails.PKIX_ED25519
    )
    ring = Keyring([key])
    assert len(ring._keyring) == 1
    try:
        verify_checkpoint(ring, entry(tree, size - 1, size, **altered))
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize(("index", "size"), PLACES)
def test_sigstore_finds_our_entries_in_our_tree(tree: Grown, index: int, size: int) -> None:
    assert sigstore_accepts_inclusion(tree, index, size)
    assert not sigstore_accepts_inclusion(tree, index, size, leaf=LEAVES[index] + b" ")
    assert not sigstore_accepts_inclusion(tree, index, size, leaf=LEAVES[index + 1])
    assert not sigstore_accepts_inclusion(tree, index, size, root=bytes(32))
    path = merkle.inclusion(index, size, tree.read)
    assert not sigstore_accepts_inclusion(tree, index, size, hashes=[*path, bytes(32)])
    if path:
        assert not sigstore_accepts_inclusion(tree, index, size, index=index - 1 if index else 1)
        assert not sigstore_accepts_inclusion(tree, index, size, size=4 * size)
        assert not sigstore_accepts_inclusion(tree, index, size, hashes=path[:-1])
        assert not sigstore_accepts_inclusion(tree, index, size, hashes=[bytes(32), *path[1:]])


@pytest.mark.parametrize("size", [1, 256, 700])
def test_sigstore_reads_our_checkpoints(tree: Grown, size: int) -> None:
    raw = signed(tree, size)
    assert sigstore_accepts_checkpoint(tree, size)
    for altered in (
        raw.replace(b"\n%d\n" % size, b"\n%d\n" % (size + 1), 1),
        raw.replace(b"access-log/1\n", b"access-log/2\n", 1),
        raw.replace(LOG.line(Note.parse(raw).text).encode(), b""),
        raw.replace(LOG.line(Note.parse(raw).text).encode(), LOG.line(b"other\n").encode()),
    ):
        assert altered != raw
        assert not sigstore_accepts_checkpoint(tree, size, checkpoint=altered)
    assert not sigstore_accepts_checkpoint(tree, size, root=bytes(32))
    if size > 1:
        assert not sigstore_accepts_checkpoint(tree, size, checkpoint=signed(tree, size - 1))


# pymerkle: another implementation of the tree. Its path begins with the leaf, its indexes with 1.


@pytest.mark.parametrize(("index", "size"), PLACES)
def test_pymerkle_grows_the_same_tree_and_checks_our_path(
    tree: Grown, index: int, size: int
) -> None:
    from pymerkle import InclusionProof, InmemoryTree, InvalidProof, verify_inclusion

    theirs = InmemoryTree(algorithm="sha256")
    theirs.append_entries(LEAVES[:size])
    root, path = merkle.root(size, tree.read), merkle.inclusion(index, size, tree.read)
    assert theirs.get_root(size) == root
    proved = theirs.prove_inclusion(index + 1, size)
    assert proved.path == [leaf_hash(LEAVES[index]), *path]

    def accepts(leaf: bytes, *, at: int = index, of: int = size, way: list[bytes] = path) -> bool:
        hashed = leaf_hash(leaf)
        proof = InclusionProof("sha256", True, of, at + 1, proved.rule, [hashed, *way])
        try:
            verify_inclusion(hashed, root, proof, index=at + 1, size=of)
        except InvalidProof:
            return False
        return True

    assert accepts(LEAVES[index])
    assert not accepts(LEAVES[index] + b" ")
    assert not accepts(LEAVES[index], at=index - 1 if index else 1)
    assert not accepts(LEAVES[index], of=4 * size)
    assert not accepts(LEAVES[index], way=[*path, bytes(32)])
    assert not path or not accepts(LEAVES[index], way=[bytes(32), *path[1:]])


@pytest.mark.parametrize(("first", "second"), [(1, 700), (255, 256), (256, 700), (300, 511)])
def test_pymerkle_finds_our_roots_consistent(tree: Grown, first: int, second: int) -> None:
    """By proofs of its own: their layout is not that of RFC 6962."""
    from pymerkle import InmemoryTree, InvalidProof, verify_consistency

    theirs = InmemoryTree(algorithm="sha256")
    theirs.append_entries(LEAVES[:second])
    proof = theirs.prove_consistency(first, second)
    begun, root = merkle.root(first, tree.read), merkle.root(second, tree.read)
    verify_consistency(begun, root, proof, prior_size=first, later_size=second)
    for pair in ((root, begun), (begun, merkle.root(second - 1, tree.read))):
        with pytest.raises(InvalidProof):
            verify_consistency(*pair, proof, prior_size=first, later_size=second)


# OpenSSL on the command line, as a supervisor would use it.

OPENSSL = shutil.which("openssl")


def openssl_accepts(folder: Path, text: bytes, signature: bytes, public: bytes) -> bool:
    for name, content in (("text", text), ("signature", signature), ("key.pem", public)):
        (folder / name).write_bytes(content)
    command = "pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile signature".split()
    ran = subprocess.run([OPENSSL, *command], cwd=folder, capture_output=True, check=False)
    assert b"Signature Verif" in ran.stdout, ran.stderr
    return ran.returncode == 0


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_openssl_accepts_the_signatures(tree: Grown, tmp_path: Path) -> None:
    note = Note.parse(signed(tree, SIZE))
    pem = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    plain, timed, _ = (signature for _, _, signature in note.lines)
    assert openssl_accepts(tmp_path, note.text, plain, pem)
    assert not openssl_accepts(tmp_path, note.text.replace(b"700", b"701"), plain, pem)
    assert not openssl_accepts(tmp_path, note.text, plain[:-1] + bytes([plain[-1] ^ 1]), pem)
    # The line with the time, over the text that tlog-cosignature puts before the checkpoint.
    told = b"cosignature/v1\ntime %d\n" % int.from_bytes(timed[:8], "big") + note.text
    assert openssl_accepts(tmp_path, told, timed[8:], pem)
    assert not openssl_accepts(tmp_path, note.text, timed[8:], pem)
