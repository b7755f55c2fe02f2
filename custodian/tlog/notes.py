"""Signing notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature), and their proofs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodian.tlog.verify import COSIGNATURE, ED25519, Key, Malformed

PROOF_HEAD = "c2sp.org/tlog-proof@v1"


class Signer:
    """A named Ed25519 key that signs notes as a log (`kind` 1) or as a witness (`kind` 4)."""

    def __init__(self, name: str, private: Ed25519PrivateKey, *, kind: int) -> None:
        if not name or re.search(r"[\s+]", name):
            raise Malformed("not a name of a key")
        self._private = private
        self.key = Key(name, kind, private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str, *, kind: int) -> Signer:
        return cls(name, Ed25519PrivateKey.generate(), kind=kind)

    @classmethod
    def parse(cls, text: str) -> Signer:
        """From the text of `dump`; raises `Malformed`."""
        parts = text.strip().split("+", 4)
        try:
            head, word, name, digest, body = parts
            raw = base64.b64decode(body, validate=True)
        except ValueError:
            raise Malformed("not a signing key") from None
        if (
            (head, word) != ("PRIVATE", "KEY")
            or len(raw) != 33
            or raw[0] not in (ED25519, COSIGNATURE)
        ):
            raise Malformed("not a signing key")
        signer = cls(name, Ed25519PrivateKey.from_private_bytes(raw[1:]), kind=raw[0])
        if signer.key.id.hex() != digest:
            raise Malformed("not a signing key")
        return signer

    def dump(self) -> str:
        """The secret key as one line, in the form that the Go tools for notes read."""
        body = base64.b64encode(bytes([self.key.kind]) + self._private.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.key.name}+{self.key.id.hex()}+{body}"

    def line(self, text: bytes) -> str:
        """The signature of a log over a note's text."""
        return _line(
            self.key if self.key.kind == ED25519 else _plain(self.key), self._private.sign(text)
        )

    def cosign(self, text: bytes, *, at: int) -> str:
        """The signature together with the time in POSIX seconds: what a witness says."""
        body = f"cosignature/v1\ntime {at}\n".encode() + text
        return _line(self.key.timed, at.to_bytes(8, "big") + self._private.sign(body))

    def __repr__(self) -> str:
        return f"<Signer {self.key.vkey}>"


def checkpoint_text(origin: str, size: int, root: bytes) -> bytes:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def note(text: bytes, lines: Sequence[str]) -> bytes:
    return text + b"\n" + "".join(lines).encode()


def sign_checkpoint(
    origin: str, size: int, root: bytes, *, signers: Sequence[Signer], at: int
) -> bytes:
    """The log's own word: one plain line and one with the time from each of its keys."""
    text = checkpoint_text(origin, size, root)
    lines = [line for signer in signers for line in (signer.line(text), signer.cosign(text, at=at))]
    return note(text, lines)


def inclusion_proof(index: int, path: Sequence[bytes], checkpoint: bytes) -> bytes:
    """A C2SP tlog-proof: everything that shows one entry's place, as text."""
    hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in path)
    return f"{PROOF_HEAD}\nindex {index}\n{hashes}\n".encode() + checkpoint


def hash_lines(hashes: Sequence[bytes]) -> bytes:
    """Hashes as base64, one a line."""
    return "".join(f"{base64.b64encode(each).decode()}\n" for each in hashes).encode()


def fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _plain(key: Key) -> Key:
    return Key(key.name, ED25519, key.public)


def _line(key: Key, signature: bytes) -> str:
    return f"— {key.name} {base64.b64encode(key.id + signature).decode()}\n"
