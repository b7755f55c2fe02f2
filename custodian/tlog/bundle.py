"""Writes a bundle: a zip file whose bytes depend on nothing but the log, the checkpoint and the question.

`verify.py` says what stands in it and checks all of it. Tiles and entries lie as C2SP tlog-tiles has them,
so that an unpacked bundle is also a static log for software that is not ours.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from custodian.tlog import merkle, verify
from custodian.tlog.archive import join_entries
from custodian.tlog.merkle import Read
from custodian.tlog.notes import hash_lines
from custodian.tlog.verify import (
    CSV_HEAD,
    FORMAT,
    HASH,
    TILE,
    Checkpoint,
    csv_line,
    csv_row,
    is_support,
    right_edge,
    tags_path,
    tile_path,
)

EPOCH = (1980, 1, 1, 0, 0, 0)
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Leaf:
    """One entry that is handed over, or, with an empty `raw`, one that is withheld."""

    raw: bytes = b""
    tags: bytes = b""


WITHHELD = Leaf()


@dataclass
class Head:
    """What a bundle is about: the tree it lies in, the range asked for, and whether all of it is there."""

    checkpoint: bytes
    first: int
    beyond: int
    kind: str  # whole or selection
    facts: Mapping[str, Any] = field(default_factory=dict)


class Writer:
    """Takes blocks of 256 entries in their order; the rest is written when it is left without an error."""

    def __init__(self, file: IO[bytes], head: Head, *, read: Read) -> None:
        self._zip = zipfile.ZipFile(cast("IO[bytes]", _Pushed(file)), "w", allowZip64=True)
        self._head, self._read = head, read
        self._tree = Checkpoint.parse(head.checkpoint)
        self._tiles: set[tuple[int, int]] = set()
        self._files: dict[str, str] = {}
        self.disclosed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        with self._zip:
            if kind is None:
                self._finish()

    def block(self, index: int, leaves: Sequence[Leaf]) -> None:
        """The entries of one bundle of 256, in the order of the bundles."""
        raws = [leaf.raw for leaf in leaves]
        self._put(tile_path("entries", index, len(leaves)), join_entries(raws))
        tags = join_entries([leaf.tags for leaf in leaves], prefix=4)
        self._put(tags_path(index, len(leaves)), tags)
        self.need(index)
        self.disclosed += sum(1 for _ in self.asked(index, leaves))

    def asked(
        self, index: int, leaves: Sequence[Leaf]
    ) -> Iterator[tuple[int, dict[str, Any], bytes]]:
        """Index, content and bytes of what was asked for; what only supports the proof is passed over."""
        whole = self._head.kind == "whole"
        for at, leaf in enumerate(leaves, index * TILE):
            if leaf.raw and self._head.first <= at < self._head.beyond:
                said = json.loads(leaf.raw)
                if not is_support(said, whole=whole):
                    yield at, said, leaf.raw

    def table(self, blocks: Iterable[tuple[int, Sequence[Leaf]]]) -> None:
        """The same entries once more, as entries.csv; nothing is kept in memory or on the disk between."""
        digest = hashlib.sha256()
        with self._zip.open(_info("entries.csv"), "w", force_zip64=True) as part:

            def put(row: bytes) -> None:
                digest.update(row)
                part.write(row)

            put(BOM + csv_row(CSV_HEAD))
            for index, leaves in blocks:
                for each in self.asked(index, leaves):
                    put(csv_line(*each))
        self._files["entries.csv"] = digest.hexdigest()

    def need(self, block: int) -> None:
        """Bring the leaf hashes of this block, and what leads from them to the root."""
        level = 0
        while (level, block) not in self._tiles and self._width(level, block) > 0:
            self._tiles.add((level, block))
            level, block = level + 1, block // TILE

    def part(self, name: str, content: bytes) -> None:
        """A part beside the tree, which the manifest names by its hash."""
        self._files[name] = hashlib.sha256(content).hexdigest()
        self._put(name, content)

    def consistency(self, sizes: Iterable[int]) -> None:
        """What leads here from checkpoints that the reader may hold."""
        for size in sorted(set(sizes)):
            if 0 < size < self._tree.size:
                proof = merkle.consistency(size, self._tree.size, self._read)
                self._put(f"consistency/{size}", hash_lines(proof))

    def _finish(self) -> None:
        for level, index, _width in right_edge(self._tree.size):
            self._tiles.add((level, index))
        for level, index in sorted(self._tiles):
            width = self._width(level, index)
            tile = self._read(level, index)[: width * HASH]
            self._put(tile_path(level, index, width), tile, packed=False)
        self._put("checkpoint", self._head.checkpoint)
        self.part("verify.py", Path(verify.__file__).read_bytes())
        manifest = {
            "format": FORMAT,
            "origin": self._tree.origin,
            "size": self._tree.size,
            "first": self._head.first,
            "beyond": self._head.beyond,
            "kind": self._head.kind,
            "disclosed": self.disclosed,
            "files": dict(sorted(self._files.items())),
            **self._head.facts,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        self._put("MANIFEST.json", f"{text}\n".encode())

    def _width(self, level: int, index: int) -> int:
        return min((self._tree.size >> (8 * level)) - index * TILE, TILE)

    def _put(self, name: str, content: bytes, *, packed: bool = True) -> None:
        kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self._zip.writestr(_info(name), content, kind, compresslevel=6)


class _Pushed:
    """A file as a pipe has it: written once from end to end, so that files and pipes get the same bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.write, self.flush = file.write, file.flush


def _info(name: str) -> zipfile.ZipInfo:
    """A member without a date, an owner or a system of its own."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info
