"""The write-once folder: full bundles as C2SP lays them out, each written once, and only what was sealed."""

from __future__ import annotations

import signal
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from access.sequencer import archivist, copies
from access.sequencer.archivist import Archivist, NotAsSealed
from access.sequencer.copies import Copies
from custodian import databases
from custodian.tlog.archive import Archive
from custodian.tlog.durable import WrittenOnce
from custodian.tlog.tiles import Tile
from custodian.tlog.verify import leaf_hash, node_hash
from tests.sequencer.trees import Place, append, root_of, seen, superuser, tree, until

WIDE = 256


@contextmanager
def keeping(place: Place) -> Iterator[Archivist]:
    connection = databases.connect("sequencer", application_name="tests archivist")
    try:
        yield Archivist(connection, Archive(place.store))
    finally:
        connection.close()


def grow(place: Place, to: int) -> None:
    """So that the tree has that many entries, with the sequencer's own among them."""
    with place.leading() as sequencer:
        while (missing := to - tree()) > 0:
            append(min(missing, 1000) if tree() else missing - 1)
            sequencer.cycle()
    assert tree("announced") == to


def files(place: Place) -> dict[str, bytes]:
    return {
        str(path.relative_to(place.store)): path.read_bytes()
        for path in place.store.rglob("*")
        if path.is_file()
    }


def test_full_bundles_lie_there_byte_by_byte_and_partial_ones_do_not(place: Place) -> None:
    grow(place, 2 * WIDE + 7)
    with keeping(place) as keeper:
        assert keeper.once() == 2
        assert keeper.once() == 0
    leaves = seen().leaves[: 2 * WIDE]
    expected = {f"checkpoints/{2 * WIDE + 7}": place.head.read_bytes()}
    for number in range(2):
        block = leaves[number * WIDE : (number + 1) * WIDE]
        expected |= {
            f"tile/0/00{number}": b"".join(map(leaf_hash, block)),
            f"tile/entries/00{number}": b"".join(
                struct.pack(">H", len(leaf)) + leaf for leaf in block
            ),
            f"tags/00{number}": struct.pack(">I", 0) * WIDE,
        }
    assert files(place) == expected


def test_what_lies_there_is_read_only_and_in_no_half_written_file(place: Place) -> None:
    grow(place, WIDE + 1)
    with keeping(place) as keeper:
        keeper.once()
    for path in place.store.rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o444
            assert not path.name.startswith(".")


def test_it_goes_on_where_another_one_stopped(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archivist, "MOST", 2)
    grow(place, 5 * WIDE)
    with keeping(place) as keeper:
        assert keeper.once() == 2
    before = files(place)
    for done in (2, 1, 0):
        with keeping(place) as keeper:
            assert keeper.once() == done
    after = files(place)
    assert {name: after[name] for name in before} == before
    assert Archive(place.store).blocks() == 5
    grow(place, 6 * WIDE)
    with keeping(place) as keeper:
        assert keeper.once() == 1


@pytest.mark.parametrize("many", [0, 1, 2, 3, 7, 8, 9, 31])
def test_bundles_are_counted_from_the_first_one_on(tmp_path: Path, many: int) -> None:
    archive = Archive(tmp_path)
    for number in range(many):
        archive.put_block(number, [b"leaf"] * WIDE, [b""] * WIDE)
    assert archive.blocks() == many


def test_what_is_not_announced_is_not_there_yet(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(place, WIDE - 1)
    with place.leading() as sequencer:
        append(3)
        sequencer._integrate()
        assert (tree(), tree("announced")) == (WIDE + 2, WIDE - 1)
        with keeping(place) as keeper:
            assert keeper.once() == 0
        sequencer.announcer.once()
    with keeping(place) as keeper:
        assert keeper.once() == 1


def test_a_file_that_differs_is_never_overwritten_and_is_told(
    place: Place, settings: object
) -> None:
    grow(place, WIDE)
    other = place.store / "tile" / "0" / "000"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"another tile")
    with keeping(place) as keeper, pytest.raises(WrittenOnce, match="000"):
        keeper.once()
    with copying() as told:
        until(lambda: len(told) >= 2)
    assert {(each["event"], each["copy"], each["reason"]) for each in told} == {
        ("copy-failed", "archivist", "WrittenOnce")
    }
    assert files(place) == {"tile/0/000": b"another tile"}


@contextmanager
def copying() -> Iterator[list[dict[str, object]]]:
    """The copies' own threads, as the command starts them."""
    running = Copies()
    with pytest.MonkeyPatch.context() as patch, capture_logs() as told:
        patch.setattr(copies, "ARCHIVE_SECONDS", 0.05)
        running.start()
        try:
            yield told
        finally:
            running.stop()
    assert not any(thread.is_alive() for thread in running._threads)


CHANGED = {
    "an entry": 'UPDATE querylog.entry SET leaf = replace(leaf, \'"out":"ok"\', \'"out":"no"\') WHERE id = 7',
    "a missing entry": "DELETE FROM querylog.entry WHERE id = 7",
    "a tile": "UPDATE querylog.tile SET data = set_byte(data, 9, 255 - get_byte(data, 9))"
    " WHERE (level, index) = (0, 0)",
    "a missing tile": "DELETE FROM querylog.tile WHERE (level, index) = (0, 0)",
    "a tile cut short": "UPDATE querylog.tile SET width = 9, data = substring(data FOR 288)"
    " WHERE (level, index) = (0, 0)",
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_was_changed_after_it_was_sealed_does_not_come_in(place: Place, what: str) -> None:
    grow(place, WIDE + 1)
    with superuser() as cursor:
        cursor.execute(CHANGED[what])
        assert cursor.rowcount == 1
    with keeping(place) as keeper, pytest.raises(NotAsSealed):
        keeper.once()
    assert not place.store.exists()


def test_a_store_that_is_full_is_tried_again_and_holds_up_no_seal(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(place, WIDE)
    place.store.write_text("not a folder")
    with place.running(), copying() as told:
        until(lambda: len(told) >= 2)
        append()
        until(lambda: tree("announced") == WIDE + 1)
        place.store.unlink()
        until(lambda: Archive(place.store).blocks() == 1)
    assert {each["event"] for each in told} == {"copy-failed"}


def test_two_that_write_at_once_agree(place: Place) -> None:
    """A sequencer that waits for its turn copies as well."""
    grow(place, 4 * WIDE)
    children = [place.child() for _ in range(2)]
    until(lambda: Archive(place.store).blocks() == 4)
    assert [child.kill(signal.SIGTERM) for child in children] == [0, 0]
    assert len([name for name in files(place) if name.startswith("tile/entries")]) == 4


def test_tiles_of_higher_levels_lie_there_when_they_are_full(tmp_path: Path) -> None:
    """65,536 entries, of which the database of this test holds the tiles alone."""

    class Stub(Archivist):
        def __init__(self) -> None:
            self._archive = Archive(tmp_path)

    hashes = [leaf_hash(b"%d" % number) for number in range(WIDE)]
    tiles = {(0, 255): b"".join(hashes), (1, 0): b"".join(hashes[::-1])}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archivist, "read_tile", lambda cursor, level, index: tiles[level, index])
        Stub()._put_tiles(None, WIDE)
    assert {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    } == {
        "tile/0/255": tiles[0, 255],
        "tile/1/000": tiles[1, 0],
    }


def test_the_archived_tiles_alone_give_the_root_of_the_archived_entries(place: Place) -> None:
    grow(place, 4 * WIDE)
    with keeping(place) as keeper:
        keeper.once()
    archive = Archive(place.store)
    tiles = [archive.read_tile(0, number) or b"" for number in range(4)]
    roots = [fold([tile[at : at + 32] for at in range(0, len(tile), 32)]) for tile in tiles]
    assert fold(roots) == root_of(seen().leaves[: 4 * WIDE])
    assert archive.read_tile(0, 4) is None


def fold(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def test_an_entry_bundle_may_be_partial_and_says_so_in_its_name(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put_block(1234067, [b"ab", b"c"], [b"", b"t" * 16])
    archive.put_tile(Tile(1, 3, bytes(64)))
    assert {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    } == {
        "tags/x001/x234/067.p/2": b"\0\0\0\0\0\0\0\x10" + b"t" * 16,
        "tile/entries/x001/x234/067.p/2": b"\0\2ab\0\1c",
        "tile/1/003.p/2": bytes(64),
    }
    assert archive.blocks() == 0
