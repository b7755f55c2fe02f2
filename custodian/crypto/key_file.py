"""The keyring's file: JSON in which every key carries a check, so that a wrong key shows."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from custodian.crypto import canonical
from custodian.crypto.committing import SECRET_LENGTH
from custodian.crypto.errors import KeyringSealed
from custodian.crypto.suites import Suite

FORMAT = "custodian keyring 2"
BEFORE = "custodian keyring 1"  # one index root for everything, and no dates
ROOTS = ("source", "general", "signing")


@dataclass(frozen=True, slots=True)
class Roots:
    """Secrets that other keys are derived from, one per use, so that one can change alone.

    `source` is behind fingerprints of what is not kept and so cannot be computed anew.
    """

    source: bytes = field(repr=False)
    general: bytes = field(repr=False)
    signing: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Series:
    """Secrets of one use by number, the newest of which is made before it is `current`.

    Numbers are never given twice: what was made with one names it for ever. `made` is when, as ISO 8601.
    """

    current: int
    issued: int
    keys: Mapping[int, bytes] = field(repr=False)
    made: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def first(cls, key: bytes, made: str) -> Self:
        return cls(1, 1, {1: key}, {1: made})

    def with_next(self, key: bytes, made: str) -> Self:
        number = self.issued + 1
        keys, dates = {**self.keys, number: key}, {**self.made, number: made}
        return replace(self, issued=number, keys=keys, made=dates)

    def using(self, number: int) -> Self:
        if number not in self.keys:
            raise ValueError("no such key")
        return replace(self, current=number)

    def without(self, number: int) -> Self:
        if number == self.current:
            raise ValueError("the current KEK is not destroyed")
        return replace(
            self,
            keys={n: key for n, key in self.keys.items() if n != number},
            made={n: made for n, made in self.made.items() if n != number},
        )


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What the file says, checked. `device` means that the KEKs' secrets are not here but on a token."""

    insurer: str
    suite: Suite
    test: bool
    keks: Series
    indexes: Series
    roots: Roots = field(repr=False)
    device: bool = False
    format: str = FORMAT

    @classmethod
    def generate(
        cls,
        *,
        insurer: str,
        suite: Suite,
        test: bool,
        at: datetime | None = None,
        device: bool = False,
    ) -> Self:
        roots = Roots(**{name: os.urandom(SECRET_LENGTH) for name in ROOTS})
        made = _moment(at)
        return cls(
            insurer,
            suite,
            test=test,
            keks=Series.first(b"" if device else os.urandom(SECRET_LENGTH), made),
            indexes=Series.first(os.urandom(SECRET_LENGTH), made),
            roots=roots,
            device=device,
        )

    def with_new_kek(self, at: datetime | None = None) -> Self:
        secret = b"" if self.device else os.urandom(SECRET_LENGTH)
        return replace(self, keks=self.keks.with_next(secret, _moment(at)))

    def with_new_index(self, at: datetime | None = None) -> Self:
        return replace(self, indexes=self.indexes.with_next(os.urandom(SECRET_LENGTH), _moment(at)))

    def dump(self) -> bytes:
        if self.format != FORMAT:
            return replace(self, format=FORMAT).dump()
        roots = {name: getattr(self.roots, name) for name in ROOTS}
        document = {
            "format": FORMAT,
            "insurer": self.insurer,
            "suite": self.suite.name,
            "test": self.test,
            **({"device": True} if self.device else {}),
            "current_kek": self.keks.current,
            "issued_keks": self.keks.issued,
            "keks": self._entries("kek", self.keks),
            "current_index": self.indexes.current,
            "issued_indexes": self.indexes.issued,
            "indexes": self._entries("index", self.indexes),
            "roots": {
                name: {"key": _text(key), "check": _text(self._check(name, key))}
                for name, key in roots.items()
            },
            "check": _text(self._check("file", self.roots.general)),
        }
        return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"

    def _entries(self, name: str, series: Series) -> dict[str, dict[str, str]]:
        return {
            str(number): {
                **({"key": _text(key)} if key else {}),
                "made": series.made.get(number, ""),
                "check": _text(self._check(f"{name} {number}", key or self.roots.general)),
            }
            for number, key in series.keys.items()
        }

    def _check(self, label: str, key: bytes) -> bytes:
        told: list[canonical.Part] = [label, self.insurer, self.suite.name, int(self.test)]
        if label == "file":
            told += self._numbers()
        return hmac.digest(key, canonical.encode(self.format, *told), "sha256")[:16]

    def _numbers(self) -> Iterable[canonical.Part]:
        yield from (self.keks.current, self.keks.issued, *sorted(self.keks.keys))
        if self.format == BEFORE:
            return
        yield from (self.indexes.current, self.indexes.issued, *sorted(self.indexes.keys))
        yield int(self.device)
        for series in (self.keks, self.indexes):
            yield from (series.made.get(number, "") for number in sorted(series.keys))

    def verify(self, document: dict[str, Any]) -> None:
        before = self.format == BEFORE
        claims = [("file", self.roots.general, document["check"])]
        claims += self._claims("kek", self.keks, document["keks"])
        if not before:
            claims += self._claims("index", self.indexes, document["indexes"])
        for name in ROOTS:
            written = _named_before(name) if before else name
            claims.append((written, getattr(self.roots, name), document["roots"][written]["check"]))
        for label, key, claimed in claims:
            if not hmac.compare_digest(self._check(label, key), _raw(claimed)):
                raise KeyringSealed("wrong-key")

    def _claims(
        self, name: str, series: Series, entries: dict[str, Any]
    ) -> list[tuple[str, bytes, str]]:
        return [
            (f"{name} {n}", key or self.roots.general, entries[str(n)]["check"])
            for n, key in series.keys.items()
        ]


def parse(content: bytes) -> KeyFile:
    """Read and check a key file; every fault is told by its reason code and nothing else."""
    try:
        document = json.loads(content)
        if document["format"] not in (FORMAT, BEFORE) or not isinstance(document["test"], bool):
            raise KeyringSealed("malformed")
        read = _read(document)
        read.verify(document)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise KeyringSealed("malformed") from None
    return read


def _read(document: dict[str, Any]) -> KeyFile:
    before, roots = document["format"] == BEFORE, document["roots"]
    device = document.get("device", False) is True
    keks = _series(document, "kek", "keks", device=device)
    # The one root of the first format goes on for what cannot be computed anew, and is index root 1.
    indexes = (
        Series.first(_key(roots["index"]), "") if before else _series(document, "index", "indexes")
    )
    return KeyFile(
        insurer=str(document["insurer"]),
        suite=Suite[document["suite"]],
        test=document["test"],
        keks=keks,
        indexes=indexes,
        roots=Roots(
            **{name: _key(roots[_named_before(name) if before else name]) for name in ROOTS}
        ),
        device=device,
        format=document["format"],
    )


def _named_before(name: str) -> str:
    return "index" if name == "source" else name


def _series(document: dict[str, Any], one: str, many: str, *, device: bool = False) -> Series:
    entries: dict[str, dict[str, str]] = document[many]
    keys = {int(n): b"" if device else _key(entry) for n, entry in entries.items()}
    current = document[f"current_{one}"]
    if current not in keys:
        raise KeyringSealed("unknown-kek")
    made = {int(n): str(entry.get("made", "")) for n, entry in entries.items()}
    return Series(int(current), int(document[f"issued_{many}"]), keys, made)


def _key(entry: dict[str, str]) -> bytes:
    key = _raw(entry["key"])
    if len(key) != SECRET_LENGTH:
        raise KeyringSealed("short")
    return key


def _moment(at: datetime | None) -> str:
    return (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
