"""The write-once folder: tiles, entries and tags as C2SP lays them out, each written when it is full."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from custodian.tlog import durable
from custodian.tlog.tiles import Tile
from custodian.tlog.verify import TILE, tags_path, tile_path


def join_entries(parts: Sequence[bytes], *, prefix: int = 2) -> bytes:
    """Length-prefixed entries, or tags with `prefix` 4; a withheld one is empty."""
    return b"".join(len(part).to_bytes(prefix, "big") + part for part in parts)


class Archive:
    """A folder that a team other than the database's keeps, best on storage that forbids changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put_tile(self, tile: Tile) -> None:
        self._put(tile_path(tile.level, tile.index, tile.width), tile.data)

    def put_block(self, index: int, leaves: Sequence[bytes], tags: Sequence[bytes]) -> None:
        """Entries and tags of one bundle of up to 256; the entries last, by which `blocks` counts."""
        self._put(tags_path(index, len(leaves)), join_entries(tags, prefix=4))
        self._put(tile_path("entries", index, len(leaves)), join_entries(leaves))

    def put_checkpoint(self, size: int, note: bytes) -> None:
        path = self.folder / "checkpoints" / f"{size}"
        # The note of one size may be signed again later; the first one stays.
        if not path.exists():
            durable.write_once(path, note)

    def blocks(self) -> int:
        """How many full bundles lie here, from the first one on without a gap."""
        low, high = 0, 1
        while self._has(high - 1):
            low, high = high, high * 2
        while low < high - 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._has(middle - 1) else (low, middle)
        return low

    def read_tile(self, level: int, index: int, width: int = TILE) -> bytes | None:
        path = self.folder / tile_path(level, index, width)
        return path.read_bytes() if path.exists() else None

    def _has(self, block: int) -> bool:
        return (self.folder / tile_path("entries", block)).exists()

    def _put(self, name: str, content: bytes) -> None:
        durable.write_once(self.folder / name, content)
