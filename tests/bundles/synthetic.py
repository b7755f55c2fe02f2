"""A log of any length that nobody lived, and a bundle of it; with leaves of any content.

`python -m tests.bundles.synthetic COUNT BUNDLE POLICY` writes one and prints how much memory that took.
"""

from __future__ import annotations

import hashlib
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodian.tlog.bundle import Head, Leaf, Writer
from custodian.tlog.notes import Signer, sign_checkpoint
from custodian.tlog.tiles import Edge
from custodian.tlog.verify import ED25519, TILE, leaf_hash, subject_tag

ORIGIN = "custodian.example/access-log/1"
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"L" * 32), kind=ED25519)
POLICY = f"log {LOG.key.vkey}\nquorum none\n"
START = datetime(2026, 11, 1, tzinfo=UTC)
PERIOD = [START.isoformat(), (START + timedelta(days=30)).isoformat()]
SESSION = 1000  # entries of one writer
CUSTOMER = b"k" * 32
LEAF = (
    '{"act":"reveal","actor":"00000000-0000-4000-8000-%012d","ch":"desk","ctx":null,'
    '"fields":["identity.mobile"],"n":1,"no":"T%04d","out":"ok","purp":"follow_up","q":null,'
    '"rule":["R-010",1],"subj":"%s","ts":"2026-11-01T%02d:%02d:%02d.000000Z","uid":"%s","unit":"XZ",'
    '"v":1,"w":"%08x","what":"records:customer:reveal","why":["rule","nearness-own"],"wp":"%s","ws":%d}'
)


def leaves(count: int) -> Iterator[Leaf]:
    """As a look makes them, one after the other; every seventh is about the customer."""
    link = ""
    for index in range(count):
        uid = f"{index:016x}"
        link = "0" * 16 if index % SESSION == 0 else link
        tags = subject_tag(CUSTOMER, uid) if index % 7 == 0 else uid.encode()
        minutes, second = divmod(index // 12, 60)
        clock = (*divmod(minutes, 60), second)
        subject = hashlib.sha256(tags).hexdigest()
        place = (index // SESSION, link, index % SESSION)
        raw = LEAF % (index % 40, index % 40, subject, *clock, uid, *place)
        link = leaf_hash(raw.encode())[:8].hex()
        yield Leaf(raw.encode(), tags)


class OnDisk:
    """The tiles of a tree in a file for each level, so that a long one takes no memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[int, IO[bytes]] = {}
        self.edge = Edge()

    def grow(self, made: Iterator[Leaf]) -> OnDisk:
        while some := [leaf_hash(leaf.raw) for leaf in islice(made, 5_000)]:
            for tile in self.edge.grow(some):
                file = self._file(tile.level)
                file.seek(tile.index * TILE * 32)
                file.write(tile.data)
        return self

    def read(self, level: int, index: int) -> bytes:
        file = self._file(level)
        file.seek(index * TILE * 32)
        return file.read(TILE * 32)

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _file(self, level: int) -> IO[bytes]:
        if level not in self._files:
            self._files[level] = (self._folder / f"level-{level}").open("w+b")
        return self._files[level]


def write(
    path: Path, make: Callable[[], Iterator[Leaf]], *, table: bool = True, **facts: Any
) -> bytes:
    """A bundle of all leaves under the log's own signature, which is given back."""
    folder = path.with_suffix(".tiles")
    folder.mkdir(exist_ok=True)
    with closing(OnDisk(folder).grow(make())) as tree:
        size = tree.edge.size
        at = int((START + timedelta(days=40)).timestamp())
        checkpoint = sign_checkpoint(ORIGIN, size, tree.edge.root(), signers=[LOG], at=at)
        head = Head(checkpoint, 0, size, "whole", {"period": PERIOD, **facts})
        with path.open("wb") as file, Writer(file, head, read=tree.read) as writer:
            for index, block in _blocks(make()):
                writer.block(index, block)
            if table:
                writer.table(_blocks(make()))
            writer.part("policy.txt", POLICY.encode())
    return checkpoint


def _blocks(made: Iterator[Leaf]) -> Iterator[tuple[int, list[Leaf]]]:
    index = 0
    while block := list(islice(made, TILE)):
        yield index, block
        index += 1


def main(count: str, out: str, policy: str) -> None:
    Path(policy).write_text(POLICY)
    write(Path(out), lambda: leaves(int(count)))
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
