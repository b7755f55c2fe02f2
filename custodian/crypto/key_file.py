"""The keyring's file: JSON in which every key carries a check, so that a wrong key shows."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
from dataclasses import dataclass, field, replace
from typing import Any, Self

from custodian.crypto import canonical
from custodian.crypto.committing import SECRET_LENGTH
from custodian.crypto.errors import KeyringSealed
from custodian.crypto.suites import Suite

FORMAT = "custodian keyring 1"
ROOTS = ("index", "general", "signing")


@dataclass(frozen=True, slots=True)
class Roots:
    """Secrets that other keys are derived from, one per use, so that one can change alone."""

    index: bytes = field(repr=False)
    general: bytes = field(repr=False)
    signing: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What the file says, checked."""

    insurer: str
    suite: Suite
    test: bool
    current: int
    issued: int
    keks: dict[int, bytes] = field(repr=False)
    roots: Roots = field(repr=False)

    @classmethod
    def generate(cls, *, insurer: str, suite: Suite, test: bool) -> Self:
        roots = Roots(**{name: os.urandom(SECRET_LENGTH) for name in ROOTS})
        keks = {1: os.urandom(SECRET_LENGTH)}
        return cls(insurer, suite, test=test, current=1, issued=1, keks=keks, roots=roots)

    def with_new_kek(self) -> Self:
        # Numbers are never given twice: a wrapped key names its KEK for ever.
        number = self.issued + 1
        keks = {**self.keks, number: os.urandom(SECRET_LENGTH)}
        return replace(self, current=number, issued=number, keks=keks)

    def without_kek(self, number: int) -> Self:
        if number == self.current:
            raise ValueError("the current KEK is not destroyed")
        return replace(self, keks={n: kek for n, kek in self.keks.items() if n != number})

    def dump(self) -> bytes:
        document = {
            "format": FORMAT,
            "insurer": self.insurer,
            "suite": self.suite.name,
            "test": self.test,
            "current_kek": self.current,
            "issued_keks": self.issued,
            "keks": {str(n): self._entry(f"kek {n}", kek) for n, kek in self.keks.items()},
            "roots": {name: self._entry(name, getattr(self.roots, name)) for name in ROOTS},
            "check": _text(self._check("file", self.roots.general)),
        }
        return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"

    def _entry(self, label: str, key: bytes) -> dict[str, str]:
        return {"key": _text(key), "check": _text(self._check(label, key))}

    def _check(self, label: str, key: bytes) -> bytes:
        told: list[canonical.Part] = [
            label,
            self.insurer,
            self.suite.name,
            int(self.test),
        ]
        if label == "file":
            told += [self.current, self.issued, *sorted(self.keks)]
        return hmac.digest(key, canonical.encode(FORMAT, *told), "sha256")[:16]

    def verify(self, document: dict[str, Any]) -> None:
        claims = [("file", self.roots.general, document["check"])]
        claims += [
            (f"kek {n}", kek, document["keks"][str(n)]["check"]) for n, kek in self.keks.items()
        ]
        claims += [(r, getattr(self.roots, r), document["roots"][r]["check"]) for r in ROOTS]
        for label, key, claimed in claims:
            if not hmac.compare_digest(self._check(label, key), _raw(claimed)):
                raise KeyringSealed("wrong-key")


def parse(content: bytes) -> KeyFile:
    """Read and check a key file; every fault is told by its reason code and nothing else."""
    try:
        document = json.loads(content)
        if document["format"] != FORMAT or not isinstance(document["test"], bool):
            raise KeyringSealed("malformed")
        read = _read(document)
        read.verify(document)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise KeyringSealed("malformed") from None
    return read


def _read(document: dict[str, Any]) -> KeyFile:
    keks = {int(n): _key(entry) for n, entry in document["keks"].items()}
    if document["current_kek"] not in keks:
        raise KeyringSealed("unknown-kek")
    return KeyFile(
        insurer=str(document["insurer"]),
        suite=Suite[document["suite"]],
        test=document["test"],
        current=int(document["current_kek"]),
        issued=int(document["issued_keks"]),
        keks=keks,
        roots=Roots(**{name: _key(document["roots"][name]) for name in ROOTS}),
    )


def _key(entry: dict[str, str]) -> bytes:
    key = _raw(entry["key"])
    if len(key) != SECRET_LENGTH:
        raise KeyringSealed("short")
    return key


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
