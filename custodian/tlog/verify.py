#!/usr/bin/env python3
"""Checks a bundle of an insurer's query log, offline, without trusting whoever made it.

    python verify.py BUNDLE.zip --policy policy.txt --checkpoint last.note

One file on purpose: it can be read from top to bottom before it is run. It needs Python 3.9 and the
package `cryptography`, nothing else of Custodian and no network.

Exit code: 0 whole, 1 tampered, 2 malformed, 3 stale or too few witnesses.

Sources: RFC 6962 2.1 (the tree); RFC 9162 2.1.3.2 and 2.1.4.2 (checking proofs); C2SP signed-note,
tlog-checkpoint, tlog-cosignature, tlog-policy, tlog-tiles (the files). Policy and prior checkpoint are
yours: keep your own copies. Without them the bundle's own policy is used, and the output says so.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import io
import json
import os
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "custodian-log-bundle/1"
HASH = 32
TILE = 256
ED25519, COSIGNATURE = 1, 4  # C2SP signed-note: types of signature
TAG = 16
TAG_DOMAIN = b"custodian/subject/v1\x00"
FIRST_LINK = "0" * 16
SKEW = 60.0  # seconds by which a leaf's time may lie before that of an earlier leaf
MOST_MEMBER = 64 << 20  # bytes of one part of a bundle once it is unpacked
DENSE = 100  # no part is packed as tightly as that; what is would unpack to far more than it looks
MOST_LEAF = 60_000
# Whatever a broken zip file, or JSON that is not as it should be, can raise.
UNREADABLE = (
    *(KeyError, IndexError, AttributeError, TypeError, ValueError, OverflowError, RecursionError),
    *(OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error),
)


class Failed(Exception):
    """The check failed: `index` is the first entry that is wrong, where it is one entry's fault."""

    state = "tampered"
    code = 1

    def __init__(self, because: str, *, index: int | None = None) -> None:
        self.because, self.index = because, index
        super().__init__(because if index is None else f"#{index}: {because}")


class Tampered(Failed):
    """What is here is not what was signed."""


class Malformed(Failed):
    """This is not a bundle, or a part of it cannot be read."""

    state = "malformed"
    code = 2


class Stale(Failed):
    """Nothing is wrong, but too few witnesses saw it, or you hold a newer checkpoint."""

    state = "stale"
    code = 3


# Hashes and proofs.


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _are_hashes(*values: object) -> bool:
    return all(isinstance(value, bytes) and len(value) == HASH for value in values)


def _is_path(proof: object) -> bool:
    return isinstance(proof, (list, tuple)) and _are_hashes(*proof)


def _are_sizes(*values: object) -> bool:
    return all(type(value) is int and 0 <= value < 2**63 for value in values)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the leaf with this hash is entry `index` of the tree (RFC 9162, 2.1.3.2)."""
    if not _are_sizes(index, size) or index >= size:
        return False
    if not _are_hashes(leaf, root) or not _is_path(proof):
        return False
    fn, sn, found = index, size - 1, leaf
    for each in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(each, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, each)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and hmac.compare_digest(found, root)


def verify_consistency(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Whether the tree of `second` leaves begins with the tree of `first` (RFC 9162, 2.1.4.2)."""
    if not _are_sizes(first, second) or not 0 < first <= second:
        return False
    if not _are_hashes(first_root, second_root) or not _is_path(proof):
        return False
    if first == second:
        return not proof and hmac.compare_digest(first_root, second_root)
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    if not path:
        return False
    early = late = path[0]
    for each in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            early, late = node_hash(each, early), node_hash(each, late)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            late = node_hash(late, each)
        fn, sn = fn >> 1, sn >> 1
    same = hmac.compare_digest(early, first_root) and hmac.compare_digest(late, second_root)
    return sn == 0 and same


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a number of hashes that is a power of two: a full tile, or part of one."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(*pair) for pair in zip(level[::2], level[1::2])]  # noqa: B905  Python 3.9 has no strict
    return level[0]


def fold(subtrees: Sequence[tuple[int, bytes]]) -> bytes:
    """The root over perfect subtrees from left to right, each with the height of its own root."""
    if not subtrees:
        return hashlib.sha256().digest()
    stack: list[tuple[int, bytes]] = []
    for each in subtrees:
        height, root = each
        while stack and stack[-1][0] == height:
            root, height = node_hash(stack.pop()[1], root), height + 1
        stack.append((height, root))
    found = stack.pop()[1]
    while stack:
        found = node_hash(stack.pop()[1], found)
    return found


# Signed notes, checkpoints and policies.


def _unbase64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Malformed("not base64")
    return raw


def _number(text: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII):
        raise Malformed("not a number")
    return int(text)


@dataclass(frozen=True)
class Key:
    """A verifier key: `kind` 1 signs notes as a log, 4 cosigns them with a time as a witness."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> Key:
        name, digest, body = [*vkey.split("+", 2), "", ""][:3]
        raw = _unbase64(body)
        if not name or re.search(r"[\s+]", name) or len(raw) != 1 + HASH:
            raise Malformed("not a verifier key")
        key = cls(name, raw[0], raw[1:])
        if key.kind not in (ED25519, COSIGNATURE) or digest != key.id.hex():
            raise Malformed("not a verifier key")
        return key

    @property
    def id(self) -> bytes:
        return hashlib.sha256(
            self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        ).digest()[:4]

    @property
    def vkey(self) -> str:
        body = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{body}"

    @property
    def timed(self) -> Key:
        """The same key where it signs together with the time."""
        return Key(self.name, COSIGNATURE, self.public)

    def check(self, signature: bytes, text: bytes) -> int:
        """The time of a cosignature, 0 for a signature without one; `Tampered` if it is not theirs."""
        when, body = 0, text
        if self.kind == COSIGNATURE:
            # The specification ends time at 2^63 - 1.
            if len(signature) != 8 + 64 or signature[0] > 0x7F:
                raise Tampered(f"the signature of {self.name} does not fit")
            when = int(struct.unpack(">Q", signature[:8])[0])
            body = f"cosignature/v1\ntime {when}\n".encode() + text
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, body)
        except InvalidSignature:
            raise Tampered(f"the signature of {self.name} does not fit") from None
        return when


@dataclass(frozen=True)
class Note:
    """A text and the lines of those who signed it."""

    text: bytes
    lines: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, raw: bytes) -> Note:
        try:
            whole = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("a note is UTF-8") from None
        if re.search("[\x00-\x09\x0b-\x1f]", whole):
            raise Malformed("a note holds no control characters")
        text, gap, lines = whole.rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise Malformed("a note ends in its signatures")
        return cls((text + "\n").encode(), tuple(map(_signature_line, lines[:-1].split("\n"))))

    def signed_by(self, key: Key) -> int | None:
        """The time of the key's newest line, or None without one; `Tampered` if a line does not fit."""
        return max(
            (
                key.check(signature, self.text)
                for name, known, signature in self.lines
                if (name, known) == (key.name, key.id)
            ),
            default=None,
        )


def _signature_line(line: str) -> tuple[str, bytes, bytes]:
    found = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)", line)
    raw = _unbase64(found.group(2)) if found else b""
    if found is None or len(raw) < 5:
        raise Malformed("not a signature line")
    return found.group(1), raw[:4], raw[4:]


@dataclass(frozen=True)
class Checkpoint:
    """The log's size and root, as somebody signed them."""

    origin: str
    size: int
    root: bytes
    note: Note

    @classmethod
    def parse(cls, raw: bytes) -> Checkpoint:
        note = Note.parse(raw)
        lines = note.text.decode().split("\n")[:-1]
        if len(lines) < 3 or not all(lines):
            raise Malformed("a checkpoint has an origin, a size and a root")
        root = _unbase64(lines[2])
        if len(root) != HASH:
            raise Malformed("a root has 32 bytes")
        return cls(lines[0], _number(lines[1]), root, note)


@dataclass
class Policy:
    """Whose signatures count, and how many witnesses are enough (C2SP tlog-policy)."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = ""
    urls: dict[str, str] = field(default_factory=dict)  # where a witness takes checkpoints

    @classmethod
    def parse(cls, text: str) -> Policy:
        if re.search("[\x00-\x08\x0b-\x1f\x7f]", text):
            raise Malformed("a policy holds no control characters")
        policy = cls()
        for line in text.split("\n"):
            words = re.split(r"[ \t]+", line.strip(" \t"))
            if words[0] and not words[0].startswith("#"):
                policy._take(words)
        if not policy.quorum:
            raise Malformed("a policy has a quorum line")
        return policy

    def _take(self, words: list[str]) -> None:
        kind, rest = words[0], words[1:]
        if kind == "log" and len(rest) in (1, 2):
            self.logs.append(_new(Key.parse(rest[0]), self.logs))
        elif kind == "witness" and len(rest) in (2, 3) and self._free(rest[0]):
            key = _new(Key.parse(rest[1]), self.witnesses.values())
            if key.kind != COSIGNATURE:
                raise Malformed("a witness signs together with the time")
            self.witnesses[rest[0]] = key
            self.urls |= {rest[0]: rest[2]} if len(rest) == 3 else {}
        elif kind == "group" and len(rest) >= 3 and self._free(rest[0]):
            name, least, members = rest[0], rest[1], rest[2:]
            if not all(self._known(member) for member in members):
                raise Malformed("a group names what stands before it")
            count = {"any": 1, "all": len(members)}.get(least) or _number(least)
            taken = [member for _, others in self.groups.values() for member in others] + members
            if len(set(taken)) != len(taken):
                raise Malformed("a name is a member of one group, once")
            if not 1 <= count <= len(members):
                raise Malformed("a group needs between one and all of its members")
            self.groups[name] = (count, members)
        elif kind == "quorum" and len(rest) == 1 and not self.quorum:
            if rest[0] != "none" and not self._known(rest[0]):
                raise Malformed("the quorum names what stands before it")
            self.quorum = rest[0]
        else:
            raise Malformed("not a line of a policy")

    def _known(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _free(self, name: str) -> bool:
        return name != "none" and not self._known(name)

    def needed(self) -> int:
        """How many witnesses the quorum takes at least."""
        return 0 if self.quorum == "none" else self._least(self.quorum)

    def _least(self, name: str) -> int:
        if name in self.witnesses:
            return 1
        count, members = self.groups[name]
        return sum(sorted(map(self._least, members))[:count])

    def enough(self, seen: Mapping[str, int]) -> bool:
        return self.quorum == "none" or self._met(self.quorum, seen)

    def _met(self, name: str, seen: Mapping[str, int]) -> bool:
        if name in self.witnesses:
            return name in seen
        count, members = self.groups[name]
        return sum(self._met(member, seen) for member in members) >= count

    def log_time(self, checkpoint: Checkpoint) -> int:
        """When the log signed, 0 if it did not say; `Tampered` unless one of its keys did."""
        keys = [key for key in self.logs if key.name == checkpoint.origin]
        signed = [key for key in keys if checkpoint.note.signed_by(key) is not None]
        if not signed:
            raise Tampered("no key of the policy signed the checkpoint")
        return max(checkpoint.note.signed_by(key.timed) or 0 for key in signed)

    def signed_by_log(self, checkpoint: Checkpoint) -> bool:
        try:
            self.log_time(checkpoint)
        except Tampered:
            return False
        return True

    def seen_by(self, checkpoint: Checkpoint) -> dict[str, int]:
        """The witnesses that cosigned, each with the time it says."""
        times = {name: checkpoint.note.signed_by(key) for name, key in self.witnesses.items()}
        return {name: when for name, when in times.items() if when is not None}


def _new(key: Key, others: Iterable[Key]) -> Key:
    if key.public in {other.public for other in others}:
        raise Malformed("a key stands in the policy twice")
    return key


# Tiles and entry bundles.


def tile_path(level: int | str, index: int, width: int = TILE) -> str:
    """`tile/<L>/<N>[.p/<W>]`; `level` is a number, or `entries`."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + ("" if width == TILE else f".p/{width}")


def tags_path(index: int, width: int = TILE) -> str:
    """The tags of the entries of one bundle, beside them."""
    return tile_path("tags", index, width)[len("tile/") :]


def right_edge(size: int) -> list[tuple[int, int, int]]:
    """Level, index and width of the partial tiles of a tree, lowest level first."""
    levels = range((size.bit_length() + 7) // 8)
    edges = [(level, *divmod(size >> (8 * level), TILE)) for level in levels]
    return [edge for edge in edges if edge[2]]


def split_hashes(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]


def split_entries(raw: bytes, *, prefix: int = 2) -> list[bytes]:
    """The length-prefixed parts of an entry bundle; an entry that is withheld is empty."""
    parts, at = [], 0
    while at < len(raw):
        head = raw[at : at + prefix]
        length = int.from_bytes(head, "big")
        at += prefix + length
        if len(head) < prefix or at > len(raw):
            raise Malformed("an entry bundle is cut")
        parts.append(raw[at - length : at])
    return parts


class Bundle:
    """A zip file with known parts and nothing else."""

    TREE = re.compile(
        r"MANIFEST\.json|checkpoint|consistency/\d{1,19}"
        r"|(tile/(\d{1,2}|entries)|tags)/(x\d{3}/)*\d{3}(\.p/\d{1,3})?",
        re.ASCII,
    )
    BESIDE = frozenset(
        "policy.txt verify.py README.txt dictionary.json entries.csv report.pdf rolls.json"
        " subject_keys.jsonl".split()
    )

    def __init__(self, path: str | Path | BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise Malformed(f"it cannot be opened ({error.strerror})") from None
        except UNREADABLE:
            raise Malformed("not a zip file, or cut off") from None
        infos = self._zip.infolist()
        self.names = {info.filename for info in infos}
        if len(self.names) != len(infos):
            raise Malformed("a part stands in the bundle twice")
        others = self.names - self.BESIDE
        if strange := sorted(name for name in others if not self.TREE.fullmatch(name)):
            raise Malformed(f"a part that no bundle has: {strange[0][:80]!r}")
        for info in infos:
            _require_plain(info)
        # What a prior checkpoint needs is read only by whoever holds that one.
        self.unread = {name for name in others if not name.startswith("consistency/")}

    def read(self, name: str, *, most: int = MOST_MEMBER) -> bytes:
        self.unread.discard(name)
        try:
            with self._zip.open(name) as part:
                raw = part.read(most + 1)
        except KeyError:
            raise Malformed(f"{name} is missing") from None
        except UNREADABLE:
            raise Malformed(f"{name} cannot be read") from None
        if len(raw) > most:
            raise Malformed(f"{name} is too large")
        return raw

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a long part, one at a time."""
        with self._zip.open(name) as part:
            yield from iter(lambda: part.readline(1 << 20), b"")

    def sha256(self, name: str) -> str:
        """The hash of a part of any length."""
        digest = hashlib.sha256()
        with self._zip.open(name) as part:
            for chunk in iter(lambda: part.read(1 << 20), b""):
                digest.update(chunk)
        return digest.hexdigest()

    def json(self, name: str) -> Any:
        try:
            return json.loads(self.read(name))
        except ValueError:
            raise Malformed(f"{name} is not JSON") from None


def _require_plain(info: zipfile.ZipInfo) -> None:
    """Stored or deflated, and not so that a small file fills the disk or the day."""
    plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if not plain or info.flag_bits & 1:
        raise Malformed(f"{info.filename} is packed as no bundle packs it")
    if info.file_size > 1 << 20 and info.file_size > DENSE * info.compress_size:
        raise Malformed(f"{info.filename} would unpack to far more than it looks")


class Tiles:
    """The tiles of one tree, each believed only when its hash leads to the root."""

    def __init__(self, bundle: Bundle, checkpoint: Checkpoint) -> None:
        self._bundle, self._size = bundle, checkpoint.size
        self._known: dict[tuple[int, int], bytes] = {}
        subtrees = []
        for level, index, width in reversed(right_edge(checkpoint.size)):
            tile = self._read(level, index, width)
            self._known[level, index] = tile
            subtrees += [(8 * level, each) for each in split_hashes(tile)]
        if fold(subtrees) != checkpoint.root:
            raise Tampered("the tiles do not lead to the signed root")

    def _read(self, level: int, index: int, width: int) -> bytes:
        tile = self._bundle.read(tile_path(level, index, width), most=TILE * HASH)
        if len(tile) != width * HASH:
            raise Malformed(f"{tile_path(level, index, width)} has the wrong length")
        return tile

    def get(self, level: int, index: int) -> bytes:
        if (level, index) in self._known:
            return self._known[level, index]
        tile = self._read(level, index, TILE)
        above = self.get(level + 1, index >> 8)
        at = (index & 255) * HASH
        if perfect_root(split_hashes(tile)) != above[at : at + HASH]:
            raise Tampered("a tile is not the one that was signed", index=index << 8 * (level + 1))
        if level:
            self._known[level, index] = tile
        return tile

    def leaf(self, index: int) -> bytes:
        """The hash of one entry."""
        if not 0 <= index < self._size:
            raise Malformed("an entry beyond the end of the tree")
        at = index % TILE * HASH
        return self.get(0, index // TILE)[at : at + HASH]

    def width(self, index: int) -> int:
        return min(self._size - index * TILE, TILE)


# What an entry says.


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(leaf: Mapping[str, Any]) -> str:
    """RFC 8785 in its restricted profile: sorted, compact, whole numbers only."""
    return _CANONICAL.encode(leaf)


def parse_leaf(raw: bytes) -> dict[str, Any]:
    try:
        text = raw.decode("utf-8")
        leaf = json.loads(text)
        known = isinstance(leaf, dict) and canonical(leaf) == text
    except (ValueError, RecursionError):
        known = False
    if not known:
        raise Malformed("an entry is not canonical JSON")
    return dict(leaf)


def moment(stamp: str) -> float:
    # Before Python 3.11 the letter Z was not understood.
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()  # noqa: FURB162


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="seconds")  # noqa: UP017  Python 3.9


CSV_HEAD = (
    "index time staff_no unit act what purpose elements channel outcome customers rule why"
    " leaf_sha256"
).split()


def csv_line(index: int, leaf: Mapping[str, Any], raw: bytes) -> bytes:
    """One entry as a line of entries.csv; nothing in it can run as a formula."""
    rule = leaf.get("rule")
    cells = [
        *(str(index), leaf.get("at", leaf["ts"]), leaf["no"], leaf["unit"], leaf["act"]),
        *(leaf.get("what", ""), leaf["purp"], " ".join(leaf["fields"]), leaf["ch"], leaf["out"]),
        *(str(leaf["n"]), f"{rule[0]} v{rule[1]}" if rule else "", " ".join(leaf["why"])),
        hashlib.sha256(raw).hexdigest(),
    ]
    return csv_row(cells)


def is_support(leaf: Mapping[str, Any], *, whole: bool) -> bool:
    """A roll is in a selection to show that nothing was left out, not because anybody asked for it."""
    return not whole and leaf["act"] == "roll"


_BEGINS_FORMULA = frozenset("=+-@\t\r＝＋－＠")


def csv_row(cells: Sequence[Any]) -> bytes:
    """As RFC 4180 has it: versions of Python differ in which characters they put in quotes."""
    texts = [f"'{cell}" if str(cell)[:1] in _BEGINS_FORMULA else str(cell) for cell in cells]
    row = ",".join(texts)
    if row.count(",") >= len(texts) or '"' in row or "\r" in row or "\n" in row:
        row = ",".join(map(_quoted, texts))
    return f"{row}\n".encode()


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if re.search('[",\r\n]', text) else text


@dataclass(frozen=True)
class Disclosed:
    """One entry as the bundle holds it."""

    index: int
    raw: bytes
    tags: bytes
    digest: bytes

    @property
    def marks(self) -> set[bytes]:
        return {self.tags[at : at + TAG] for at in range(0, len(self.tags), TAG)}


def subject_tag(key: bytes, uid: str) -> bytes:
    """A customer's mark on one entry; without the customer's key it links to nothing."""
    return hmac.digest(key, TAG_DOMAIN + uid.encode(), "sha256")[:TAG]


class Chains:
    """Each writer's entries in their order: number and hash of the one before."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._last: dict[str, tuple[int, str]] = {}

    def take(self, index: int, leaf: Mapping[str, Any], digest: bytes) -> None:
        if leaf["act"] == "void":
            return
        session, count, link = leaf["w"], leaf["ws"], leaf["wp"]
        before = self._last.get(session)
        if before is None:
            # A session that began before the first entry here cannot be told from one that was cut.
            broken = count == 0 and link != FIRST_LINK
        elif count == before[0] + 1:
            broken = link != before[1]
        else:
            broken = self._whole or count <= before[0]
        if broken:
            raise Tampered("does not follow its writer's entry before it", index=index)
        if leaf["act"] == "writer.close":
            self._last.pop(session, None)
        else:
            self._last[session] = (count, digest[:8].hex())


@dataclass
class Roll:
    """One operator between two rolls of the log: how many entries, and the hash over all of them.

    The first roll counted the entries below index `since`, the second those below `until`.
    """

    count: int
    chain: bytes
    since: int
    until: int
    leaf: int  # the second roll's own index
    want: tuple[int, bytes]
    hidden: list[tuple[int, bytes]]  # outside what was asked for, by hash only; the last one first

    def take(self, index: int, digest: bytes) -> None:
        self._catch_up(index)
        if self.hidden and self.hidden[-1][0] == index:
            self.hidden.pop()  # handed over after all, to show where the period ends
        if self.since <= index < self.until:
            self._add(digest)

    def whole(self) -> bool:
        self._catch_up(self.until)
        return not self.hidden and (self.count, self.chain) == self.want

    def _catch_up(self, index: int) -> None:
        while self.hidden and self.hidden[-1][0] < index:
            self._add(self.hidden.pop()[1])

    def _add(self, digest: bytes) -> None:
        self.count, self.chain = self.count + 1, roll_link(self.chain, digest)


def roll_link(chain: bytes, digest: bytes) -> bytes:
    return hashlib.sha256(b"\x02" + chain + digest).digest()


def roll_record(actor: str, count: int, chain: bytes) -> bytes:
    """The record of one operator, as the tree of a roll holds it."""
    return b"\x00".join((actor.encode(), str(count).encode(), chain))


# The whole check.


@dataclass
class Result:
    """What was found, in the words of `--json`."""

    state: str = "whole"
    because: str = ""
    index: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class Check:
    """One bundle against a policy and what its reader kept from earlier."""

    def __init__(self, bundle: Bundle, policy: Policy) -> None:
        self.bundle, self.policy = bundle, policy
        self.manifest = _manifest(bundle)
        self.checkpoint = Checkpoint.parse(bundle.read("checkpoint", most=1 << 20))
        self.first, self.beyond = int(self.manifest["first"]), int(self.manifest["beyond"])
        self.whole = self.manifest["kind"] == "whole"
        self.chains, self.latest = Chains(whole=self.whole), 0.0
        self.start, self.end = map(moment, self.manifest["period"])
        self.outside: dict[int, str] = {}
        self.rolls: dict[str, Roll] = {}
        self.roll_leaves: dict[int, tuple[str, int, int]] = {}
        self.roll_times: dict[int, float] = {}
        self.facts: dict[str, Any] = {"bundle": self.manifest["kind"], "policy": "yours"}

    def run(self, prior: Checkpoint | None, proof: Sequence[bytes] | None = None) -> dict[str, Any]:
        """Raises `Tampered`, `Malformed` or `Stale`; otherwise tells what was found."""
        if not 0 <= self.first <= self.beyond <= self.checkpoint.size:
            raise Malformed("the range does not lie in the tree")
        about = (self.manifest.get("origin"), self.manifest.get("size"))
        if about != (self.checkpoint.origin, self.checkpoint.size):
            raise Malformed("the manifest is about another checkpoint")
        self.signed_at = self.policy.log_time(self.checkpoint)
        seen = self.policy.seen_by(self.checkpoint)
        self.facts |= {
            "origin": self.checkpoint.origin, "size": self.checkpoint.size,
            "root": self.checkpoint.root.hex(), "signed_at": self.signed_at, "witnesses": seen,
            "first": self.first, "last": self.beyond - 1, "period": self.manifest["period"],
        }  # fmt: skip
        self._parts()
        self._prior(prior, proof)
        self._entries(Tiles(self.bundle, self.checkpoint))
        if self.bundle.unread:
            raise Malformed(f"{min(self.bundle.unread)} belongs to nothing in this bundle")
        if not self.policy.enough(seen):
            raise Stale(f"{len(seen)} of the {self.policy.needed()} witnesses needed have seen it")
        return self.facts

    def _parts(self) -> None:
        """The parts beside the tree are those that the manifest names, and no others."""
        named = self.manifest["files"]
        beside = {name for name in self.bundle.names if not Bundle.TREE.fullmatch(name)}
        if missing := sorted(named.keys() - beside):
            raise Malformed(f"{missing[0][:80]!r} is missing")
        if strange := sorted(beside - named.keys()):
            raise Tampered(f"{strange[0]} is not a part that the manifest names")
        for name, digest in named.items():
            if self.bundle.sha256(name) != digest:
                raise Tampered(f"{name} is not the part that the manifest names")

    def _prior(self, prior: Checkpoint | None, proof: Sequence[bytes] | None) -> None:
        if prior is None:
            return
        # It is kept by its reader; a key that was stolen since has left the policy, but not the tree.
        if not self.policy.signed_by_log(prior):
            self.facts["prior_key"] = "unknown"
        now = self.checkpoint
        if prior.origin != now.origin:
            raise Malformed("your checkpoint is another log's")
        if prior.size > now.size:
            raise Stale(f"your checkpoint has {prior.size} entries, this bundle ends at {now.size}")
        if proof is None and 0 < prior.size < now.size:
            name = f"consistency/{prior.size}"
            if name not in self.bundle.names:
                raise Stale(f"the bundle does not lead from {prior.size}: ask for a proof")
            proof = [
                _unbase64(line)
                for line in self.bundle.read(name).decode("ascii").split("\n")
                if line
            ]
        if prior.size and not verify_consistency(
            prior.size, now.size, proof or [], prior.root, now.root
        ):
            raise Tampered(
                "this tree does not contain the one you hold: the log was rolled back or forked"
            )
        self.facts["extends"] = prior.size

    def _entries(self, tiles: Tiles) -> None:
        if self.whole:
            self._mark_outside([self.first - 1, self.beyond])
        self._load_rolls(tiles)
        keys, rows = _subject_keys(self.bundle), self._csv()
        customers = dict.fromkeys(keys, 0)
        disclosed = supporting = 0
        for entry in self._leaves(tiles):
            leaf = self._leaf(entry)
            for customer, key in keys.items():
                customers[customer] += (
                    leaf["n"] > 0 and subject_tag(key, leaf["uid"]) in entry.marks
                )
            inside = self.first <= entry.index < self.beyond
            if not inside or is_support(leaf, whole=self.whole):
                supporting += 1
                continue
            disclosed += 1
            line = csv_line(entry.index, leaf, entry.raw)
            # A cell may hold a line break, so that one row is several lines.
            if rows is not None and b"".join(islice(rows, line.count(b"\n"))) != line:
                raise Tampered("entries.csv does not say what the entry says", index=entry.index)
        if rows is not None and next(rows, None) is not None:
            raise Tampered("entries.csv has more lines than there are entries")
        if disclosed != self.manifest["disclosed"]:
            raise Tampered("entries are missing: the manifest names more")
        if self.outside:
            raise Tampered("what shows where the period ends is missing", index=min(self.outside))
        self._end_rolls()
        self.facts |= {"entries": disclosed, "supporting": supporting, "customers": customers}

    def _leaf(self, entry: Disclosed) -> dict[str, Any]:
        """What the entry says, once it is clear that it says it in its own place."""
        index, tags = entry.index, entry.tags
        try:
            leaf = parse_leaf(entry.raw)
            if len(tags) != leaf["n"] * TAG or hashlib.sha256(tags).hexdigest() != leaf["subj"]:
                raise Tampered("its customers' tags are not its own", index=index)
            self.chains.take(index, leaf, entry.digest)
            at = moment(leaf["ts"])
            self._roll(index, leaf, entry.digest, at)
        except Malformed as error:
            raise Tampered(error.because, index=index) from None
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError, IndexError):
            raise Tampered("it is no entry", index=index) from None
        if at < self.latest - SKEW or (self.signed_at and at > self.signed_at + SKEW):
            raise Tampered("its time does not fit its place", index=index)
        side = self.outside.pop(index, "")
        if (side == "before" and at >= self.start + SKEW) or (
            side == "after" and at < self.end - SKEW
        ):
            raise Tampered("it lies in the period, but outside what is handed over", index=index)
        self.latest = max(self.latest, at)
        return leaf

    def _mark_outside(self, indexes: Iterable[int]) -> None:
        """These must be here and have times outside the period, so that the range is not cut at its ends."""
        for index in indexes:
            if 0 <= index < self.first:
                self.outside[index] = "before"
            elif self.beyond <= index < self.checkpoint.size:
                self.outside[index] = "after"

    def _csv(self) -> Iterator[bytes] | None:
        if "entries.csv" not in self.bundle.names:
            return None
        rows = self.bundle.lines("entries.csv")
        if next(rows, b"") != b"\xef\xbb\xbf" + csv_row(CSV_HEAD):
            raise Malformed("entries.csv has other columns")
        return rows

    def _leaves(self, tiles: Tiles) -> Iterator[Disclosed]:
        """Every entry that is not withheld, in order."""
        for block in self._blocks():
            if block * TILE >= self.checkpoint.size:
                raise Malformed("entries beyond the end of the tree")
            width = tiles.width(block)
            hashes = split_hashes(tiles.get(0, block))
            raws = split_entries(self.bundle.read(tile_path("entries", block, width)))
            tags = split_entries(self.bundle.read(tags_path(block, width)), prefix=4)
            if not len(raws) == len(tags) == len(hashes) == width:
                raise Malformed("an entry bundle has the wrong length")
            for at, raw in enumerate(raws):
                index = block * TILE + at
                if raw:
                    if len(raw) > MOST_LEAF or leaf_hash(raw) != hashes[at]:
                        raise Tampered("the entry is not the one that was signed", index=index)
                    yield Disclosed(index, raw, tags[at], hashes[at])
                elif self.whole and self.first <= index < self.beyond:
                    raise Tampered("an entry is missing", index=index)

    def _blocks(self) -> list[int]:
        """The entry bundles that are here; of a whole range none may be missing."""
        names = (name for name in self.bundle.names if name.startswith("tile/entries/"))
        blocks = {int(re.sub(r"\.p/.*|[^0-9]", "", name)) for name in names}
        if self.whole and self.first < self.beyond:
            wanted = set(range(self.first // TILE, (self.beyond - 1) // TILE + 1))
            if missing := wanted - blocks:
                raise Tampered("an entry is missing", index=max(min(missing) * TILE, self.first))
        return sorted(blocks)

    def _load_rolls(self, tiles: Tiles) -> None:
        for row in self.bundle.json("rolls.json") if "rolls.json" in self.bundle.names else ():
            try:
                start, end, hidden = (
                    row["from"],
                    row["to"],
                    sorted(set(row["hidden"]), reverse=True),
                )
                for side in (start, end):
                    self._roll_side(row["actor"], side)
                if row["actor"] in self.rolls or end["upto"] <= self.first:
                    raise Malformed("rolls.json is not as it should be")
                inside = (at for at in hidden if self.first <= at < self.beyond)
                if start["upto"] > self.first or any(True for _ in inside):
                    raise Tampered(f"entries of operator {row['actor']} are hidden")
                before = [at for at in hidden if at < self.first][:1]
                after = [at for at in hidden if at >= self.beyond][-1:]
                begun = [] if start["leaf"] is None else [start["leaf"]]
                self._mark_outside([*before, *after, *begun])
                self.rolls[row["actor"]] = Roll(
                    start["count"],
                    bytes.fromhex(start["chain"]),
                    since=start["upto"],
                    until=end["upto"],
                    leaf=end["leaf"],
                    want=(end["count"], bytes.fromhex(end["chain"])),
                    hidden=[(at, tiles.leaf(at)) for at in hidden],
                )
            except (KeyError, TypeError, ValueError):
                raise Malformed("rolls.json is not as it should be") from None

    def _roll_side(self, actor: str, side: Mapping[str, Any]) -> None:
        """The record must lead to a root that an entry of the log names; before the first, all is nil."""
        if side["leaf"] is None:
            if (side["upto"], side["count"], side["chain"]) != (0, 0, "00" * HASH):
                raise Tampered("a roll from the beginning counts nothing")
            return
        record = leaf_hash(roll_record(actor, side["count"], bytes.fromhex(side["chain"])))
        proof = [bytes.fromhex(each) for each in side["proof"]]
        root = bytes.fromhex(side["root"])
        if not verify_inclusion(record, side["place"], side["people"], proof, root):
            raise Tampered("a roll does not hold the operator's record", index=side["leaf"])
        named = (side["root"], side["upto"], side["people"])
        if self.roll_leaves.setdefault(side["leaf"], named) != named:
            raise Tampered("a roll says two things", index=side["leaf"])

    def _roll(self, index: int, leaf: Mapping[str, Any], digest: bytes, at: float) -> None:
        if leaf["act"] == "roll":
            self.roll_times[index] = at
            said = (leaf["root"], leaf["upto"], leaf["people"])
            if self.roll_leaves.pop(index, said) != said:
                raise Tampered("the roll is not the one that was signed", index=index)
        if leaf["actor"] in self.rolls:
            self.rolls[leaf["actor"]].take(index, digest)

    def _end_rolls(self) -> None:
        if self.roll_leaves:
            raise Tampered("a roll is missing", index=min(self.roll_leaves))
        for actor, roll in self.rolls.items():
            if not roll.whole():
                raise Tampered(f"entries of operator {actor} were left out", index=roll.since)
        self.facts["left_out"] = "none" if self.whole or self.rolls else "unknown"
        if self.rolls and not self.whole:
            covered = min(self.roll_times[roll.leaf] for roll in self.rolls.values())
            asked = self.manifest.get("criteria", {}).get("operators", [])
            self.facts |= {
                "operators": len(self.rolls),
                "covered": "" if covered >= self.end - SKEW else _stamp(covered),
                "uncovered": len(set(asked) - self.rolls.keys()),
            }


def _manifest(bundle: Bundle) -> dict[str, Any]:
    manifest = bundle.json("MANIFEST.json")
    kinds = {"first": int, "beyond": int, "disclosed": int, "files": dict, "period": list}
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Malformed("not a bundle of this format")
    if any(type(manifest.get(name)) is not kind for name, kind in kinds.items()):
        raise Malformed("the manifest is not as it should be")
    if manifest.get("kind") not in ("whole", "selection") or len(manifest["period"]) != 2:
        raise Malformed("the manifest is not as it should be")
    return manifest


def _subject_keys(bundle: Bundle) -> dict[str, bytes]:
    keys = {}
    if "subject_keys.jsonl" in bundle.names:
        for line in bundle.read("subject_keys.jsonl").decode().splitlines():
            row = json.loads(line)
            key, customer = bytes.fromhex(row["key"]), row["customer"]
            if hashlib.sha256(key).hexdigest()[:32] != row["key_id"]:
                raise Tampered("a customer's log key is not the one it says it is")
            # It is shown on a terminal, where a line break or an escape could write another verdict.
            if not re.fullmatch(r"[\w·. -]{1,80}", customer) or customer in keys:
                raise Malformed("subject_keys.jsonl is not as it should be")
            keys[customer] = key
    return keys


# The command.

WORDS = {
    "whole": ("WHOLE", "完整"),
    "tampered": ("TAMPERED", "已被改动"),
    "malformed": ("MALFORMED", "无法读取"),
    "stale": ("STALE", "过期或见证不足"),
    "entries": (
        "{entries:,} entries, indexes {first:,} to {last:,}",
        "{entries:,} 条，序号 {first:,} 至 {last:,}",
    ),
    "period": ("period", "时段"),
    "span": ("{first} to before {last}", "{first} 至 {last} 之前"),
    "tree": ("tree", "树"),
    "leaves": ("{size:,} leaves, root {root}", "{size:,} 条，根 {root}"),
    "signed": ("signed", "签名"),
    "by": ("by {origin}; witnesses: {seen}", "{origin}；见证：{seen}"),
    "extends": ("extends", "延续"),
    "prior": ("{extends:,}, the checkpoint you hold", "您持有的检查点 {extends:,}"),
    "gaps": ("gaps", "缺号"),
    "none": ("none", "无"),
    "withheld": ("what was not asked for is withheld", "所要范围以外的条目未列出"),
    "left_out": ("left out", "漏列"),
    "unknown": ("not shown by this bundle", "本取证包不能说明"),
    "operators": ("none for {operators} operators", "{operators} 名操作人均无"),
    "operators_until": (
        "none for {operators} operators until {covered}",
        "{covered} 以前 {operators} 名操作人均无",
    ),
    "uncovered": (
        "; not shown for {uncovered} operators of whom no roll tells",
        "；另有 {uncovered} 名操作人不在名册中，不能说明",
    ),
    "own": (
        "the policy came with the bundle: compare its keys with those you hold",
        "核验策略取自取证包本身，请与您持有的密钥核对",
    ),
    "prior_key": (
        "the checkpoint you hold is signed by a key that the policy does not list (any more)",
        "您持有的检查点的签名密钥不在（或已不在）核验策略中",
    ),
    "tampered_next": (
        "Keep this file, do not download again, and call the number in your case letter.",
        "请保留此文件，不要重新下载，并拨打案件函上的电话。",
    ),
    "malformed_next": (
        "Compare its SHA-256 with your case page: if it differs, download again, else keep it and call.",
        "请与案件页上的 SHA-256 比对：不同则重新下载；相同则保留此文件，并拨打案件函上的电话。",
    ),
    "stale_next": (
        "Ask the witnesses for their newest checkpoint.",
        "请向见证方索取最新的检查点。",
    ),
    "from": ("from index", "自序号"),
}


# What is wrong, in Chinese, where it is not only for whoever mends software; `{}` stands for what it names.
REASONS = {
    "the signature of {} does not fit": "{} 的签名不符",
    "no key of the policy signed the checkpoint": "检查点不是由核验策略中的密钥签署的",
    "the tiles do not lead to the signed root": "由各块算不出所签署的树根",
    "a tile is not the one that was signed": "有一块不是签署时的那一块",
    "does not follow its writer's entry before it": "与同一写入方的上一条不相接",
    "{} of the {} witnesses needed have seen it": "所需 {1} 个见证方中只有 {0} 个见过它",
    "{} is not a part that the manifest names": "清单中没有 {} 这一部分",
    "{} is not the part that the manifest names": "{} 不是清单所指的那一部分",
    "your checkpoint is another log's": "您持有的检查点属于另一份日志",
    "your checkpoint has {} entries, this bundle ends at {}": "您持有的检查点有 {} 条，本取证包只到 {} 条",
    "the bundle does not lead from {}: ask for a proof": "本取证包不含由 {} 条延续而来的证明，请另行索取",
    "this tree does not contain the one you hold: the log was rolled back or forked": (
        "本取证包的树不含您持有的那一棵：日志被回退或已分叉"
    ),
    "entries.csv does not say what the entry says": "entries.csv 与条目所述不一致",
    "entries.csv has more lines than there are entries": "entries.csv 的行数多于条目数",
    "entries are missing: the manifest names more": "缺少条目：清单所列更多",
    "what shows where the period ends is missing": "缺少表明时段止于何处的条目",
    "its customers' tags are not its own": "所附的客户记号不是该条目的",
    "it is no entry": "不是条目",
    "its time does not fit its place": "时间与其位置不符",
    "it lies in the period, but outside what is handed over": "在时段之内，却在所交范围之外",
    "the entry is not the one that was signed": "不是签署时的那一条",
    "an entry is missing": "缺少一条",
    "entries of operator {} are hidden": "操作人 {} 的条目被隐去",
    "entries of operator {} were left out": "操作人 {} 的条目有漏列",
    "a roll from the beginning counts nothing": "从头开始的名册没有计数",
    "a roll does not hold the operator's record": "名册中没有该操作人的记录",
    "a roll says two things": "同一份名册有两种说法",
    "the roll is not the one that was signed": "不是签署时的那份名册",
    "a roll is missing": "缺少一份名册",
    "a customer's log key is not the one it says it is": "客户的日志密钥与所称不符",
    "not a zip file, or cut off": "不是 zip 文件，或文件不完整",
    "it cannot be opened ({})": "无法打开（{}）",
    "{} is missing": "缺少 {}",
    "{} is too large": "{} 过大",
    "not a bundle of this format": "不是本格式的取证包",
}


def language() -> str:
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    said = next((os.environ[each] for each in names if os.environ.get(each)), "")
    return "zh" if said.startswith("zh") else "en"


def reason(because: str, spoken: str) -> str:
    """Why, in Chinese (`zh`) as far as that is known, or English."""
    for english, chinese in REASONS.items() if spoken == "zh" else ():
        if found := re.fullmatch(re.escape(english).replace(r"\{\}", "(.+)"), because, re.DOTALL):
            return chinese.format(*found.groups())
    return because


def tell(result: Result, spoken: str) -> str:
    """What the command prints in Chinese (`zh`) or English."""

    def say(name: str, **facts: Any) -> str:
        return WORDS[name][spoken == "zh"].format(**facts)

    facts = result.facts
    if result.state != "whole":
        where = f" {say('from')} {result.index:,}" if result.index is not None else ""
        why = reason(result.because, spoken)
        return f"{say(result.state)}{where}: {why}\n{say(f'{result.state}_next')}\n"
    root = facts["root"]
    shown = f"{root[:4]} {root[4:8]} … {root[-4:]}"
    seen = ", ".join(facts["witnesses"]) or say("none")
    rows = [
        (say("whole"), say("entries", **facts) if facts["entries"] else "0"),
        (f" {say('period')}", say("span", first=facts["period"][0], last=facts["period"][1])),
        (f" {say('tree')}", say("leaves", size=facts["size"], root=shown)),
        (f" {say('signed')}", say("by", origin=facts["origin"], seen=seen)),
    ]
    if "extends" in facts:
        rows.append((f" {say('extends')}", say("prior", **facts)))
    whole = facts["bundle"] == "whole"
    rows.append((f" {say('gaps')}", say("none") if whole else say("withheld")))
    rows.append((f" {say('left_out')}", _left_out(facts, say)))
    rows += [
        (f" {customer}", f"{count:,}") for customer, count in facts.get("customers", {}).items()
    ]
    if facts["policy"] != "yours":
        rows.append((" !", say("own")))
    if facts.get("prior_key"):
        rows.append((" !", say("prior_key")))
    # A Chinese character takes two columns of a terminal.
    wide = {name: len(name) + sum(each > "\u2e7f" for each in name) for name, _ in rows}
    return "".join(f"{name}{' ' * max(11 - wide[name], 1)}{words}\n" for name, words in rows)


def _left_out(facts: Mapping[str, Any], say: Callable[..., str]) -> str:
    if facts["left_out"] == "unknown":
        return say("unknown")
    if "operators" not in facts:
        return say("none")
    shown = say("operators_until" if facts["covered"] else "operators", **facts)
    return shown + (say("uncovered", **facts) if facts["uncovered"] else "")


def verify(
    path: str | Path | BinaryIO,
    *,
    policy: str | None = None,
    prior: bytes | None = None,
    proof: Sequence[bytes] | None = None,
) -> Result:
    """Check a bundle; `policy` and `prior` are the texts that its reader kept."""
    try:
        bundle = Bundle(path)
        given = Policy.parse(policy if policy is not None else bundle.read("policy.txt").decode())
        check = Check(bundle, given)
        check.facts["policy"] = "yours" if policy is not None else "the bundle's own"
        facts = check.run(Checkpoint.parse(prior) if prior is not None else None, proof)
    except Failed as error:
        return Result(error.state, error.because, error.index)
    except UNREADABLE as error:
        return Result("malformed", f"a part cannot be read ({type(error).__name__})")
    return Result(facts=facts)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("bundle", help="the zip file / 取证包")
    parser.add_argument("--policy", help="whose keys you trust / 您信任的密钥")
    parser.add_argument("--checkpoint", help="the checkpoint you kept / 您保存的检查点")
    parser.add_argument("--proof", help="a consistency proof, one base64 hash a line / 一致性证明")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show a character must not keep the verdict from being told.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        policy = Path(given.policy).read_text("utf-8") if given.policy else None
        prior = Path(given.checkpoint).read_bytes() if given.checkpoint else None
        lines = Path(given.proof).read_text("ascii").split() if given.proof else None
        proof = [_unbase64(line) for line in lines] if lines is not None else None
    except (OSError, UnicodeDecodeError, Malformed) as error:
        parser.error(f"what you kept cannot be read: {error}")
    result = verify(given.bundle, policy=policy, prior=prior, proof=proof)
    if given.json:
        body = {
            "state": result.state,
            "because": result.because,
            "index": result.index,
            **result.facts,
        }
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(tell(result, language()))
    codes = {"whole": 0, **{each.state: each.code for each in (Tampered, Malformed, Stale)}}
    return codes[result.state]


if __name__ == "__main__":
    sys.exit(main())
