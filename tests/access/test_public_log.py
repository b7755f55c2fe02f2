"""The log for anybody: its head, its hashes and the program that checks them, laid out as C2SP says. Never an entry."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from access.models import Entry, Tree
from custodian.tlog import merkle, verify
from custodian.tlog.verify import (
    HASH,
    TILE,
    Checkpoint,
    Policy,
    fold,
    right_edge,
    split_hashes,
    tile_path,
    verify_consistency,
    verify_inclusion,
)
from tests.access.houses import stranger
from tests.sequencer.trees import append, root_of, superuser

pytestmark = pytest.mark.xdist_group("public-log")
ENTRIES = 600


@pytest.fixture(scope="module")
def entries(house):
    """The leaves of a tree that ends inside its third tile."""
    house.seal()
    append(ENTRIES - 1 - Entry.objects.newest_index())
    house.seal()
    with superuser() as cursor:
        cursor.execute("SELECT leaf FROM querylog.entry ORDER BY id")
        leaves = [row[0].encode() for row in cursor.fetchall()]
    assert len(leaves) >= ENTRIES > 2 * TILE
    return leaves


@pytest.fixture
def anybody():
    return stranger()


def told(entries):
    return Tree.objects.values_list("announced", flat=True).get()


# Each tile by what RFC 6962 says of subtrees, from the entries and nothing else.


def hash_of(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = len(leaves) // 2
    return hashlib.sha256(b"\x01" + hash_of(leaves[:half]) + hash_of(leaves[half:])).digest()


def tiles(leaves: Sequence[bytes]) -> dict[tuple[int, int, int], bytes]:
    """Every full tile, and of the last one on each level every width up to its own."""
    found, level = {}, 0
    hashes = [hash_of([leaf]) for leaf in leaves]
    while hashes:
        for index in range(0, len(hashes), TILE):
            part = hashes[index : index + TILE]
            for width in [TILE] if len(part) == TILE else range(1, len(part) + 1):
                found[level, index // TILE, width] = b"".join(part[:width])
        span = TILE ** (level + 1)
        whole = range(0, len(leaves) // span * span, span)
        hashes = [hash_of(leaves[at : at + span]) for at in whole]
        level += 1
    return found


def test_the_head_verifies_and_is_the_root_of_the_entries(anybody, entries):
    answer = anybody.get("/log/checkpoint")
    head = Checkpoint.parse(answer.content)
    assert Policy.parse(settings.CUSTODIAN_LOG_POLICY.read_text()).log_time(head) > 0
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert (head.size, head.origin) == (told(entries), "custodian.qh/access-log/1")
    assert head.root == root_of(entries[: head.size])
    tampered = answer.content.replace(f"\n{head.size}\n".encode(), f"\n{head.size + 1}\n".encode())
    with pytest.raises(verify.Tampered):
        Policy.parse(settings.CUSTODIAN_LOG_POLICY.read_text()).log_time(Checkpoint.parse(tampered))


def test_every_tile_of_every_level_and_width_is_what_the_entries_make(anybody, entries):
    size = told(entries)
    expected = tiles(entries[:size])
    assert {(level, width) for level, _, width in expected} >= {(0, TILE), (0, 1), (1, 1), (1, 2)}
    wrong = []
    for (level, index, width), data in expected.items():
        answer = anybody.get(f"/log/{tile_path(level, index, width)}")
        if (answer.status_code, answer.content) != (200, data):
            wrong.append((level, index, width, answer.status_code))
        assert answer["Content-Type"] == "application/octet-stream"
    assert wrong == []
    assert all((level, index, width) in expected for level, index, width in right_edge(size))


def test_a_full_tile_is_served_in_each_narrower_width(anybody, entries):
    full = anybody.get("/log/tile/0/000").content
    assert len(full) == TILE * HASH
    for width in (1, 2, 100, 255):
        assert anybody.get(f"/log/tile/0/000.p/{width}").content == full[: width * HASH]


WRONG = [
    "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/+0/000", "tile/-1/000",
    "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/257", "tile/0/000.p/01", "tile/0/000.p/1000",
    "tile/0/000.p/", "tile/0/000.p/-1", "tile/0/000.p", "tile/0/000/p/1", "tile/0/000.p/1/",
    "tile/0/002", "tile/0/003.p/1", "tile/0/999.p/1", "tile/1/000", "tile/1/000.p/3", "tile/2/000.p/1",
    "tile/63/000.p/1", "tile/64/000.p/1", "tile/255/000.p/1", f"tile/{'9' * 30}/000.p/1",
    "tile/0/x001/1", "tile/0/x001/001", "tile/0/x000/000", "tile/0/X000/000", "tile/0/x999/x999/999",
    "tile/0/" + "x999/" * 12 + "999", "tile/0/" + "x999/" * 400 + "999",
    "tile/0/٠٠٠", "tile/0/００0", "tile/٠/000", "tile/0/000.p/١", "tile/0/000%00", "tile/0/000%0a",
    "tile/0/000/", "tile//000", "tile/0//000", "tile/0/000//", "tile/0/%2e%2e/000", "tile/0/000?x=1",
    "tile/0/000.p/1?n=2", "tile/0/000;", "tile/0/000.json", "tile/0/", "tile/0", "tile",
    "tile/entries/000", "tile/entries/000.p/1", "tags/000", "checkpoint/", "checkpoint/1", "entry/0", "",
]  # fmt: skip


@pytest.mark.parametrize("path", WRONG)
def test_a_path_that_is_no_tiles_is_404(anybody, entries, path):
    assert anybody.get(f"/log/{path}").status_code == 404


def test_nothing_beyond_what_is_announced_is_told(house, anybody, entries):
    before = told(entries)
    append(3)
    with house.place.leading() as sequencer:
        sequencer.announcer.once = lambda: None  # signed, and not told yet
        sequencer.cycle()
        index, width = divmod(before, TILE)
        assert Tree.objects.values_list("size", flat=True).get() > before
        assert anybody.get(f"/log/{tile_path(0, index, width)}").status_code == 200
        assert anybody.get(f"/log/{tile_path(0, index, width + 1)}").status_code == 404
        assert Checkpoint.parse(anybody.get("/log/checkpoint").content).size == before
    house.seal()
    assert anybody.get(f"/log/{tile_path(0, index, width + 1)}").status_code == 200


def test_only_reading_and_no_session_and_no_entry(anybody, entries):
    paths = ["checkpoint", "policy", "verify.py", "tile/0/000", "tile/0/000.p/3", "tile/1/000.p/2"]
    before = Entry.objects.newest_index()
    for path in paths:
        answer = anybody.get(f"/log/{path}")
        assert answer.status_code == 200
        assert answer.cookies == {}
        head = anybody.head(f"/log/{path}")
        assert (head.status_code, head.content) == (200, b"")
        assert head["Content-Type"] == answer["Content-Type"]
        for method in ("post", "put", "patch", "delete", "options"):
            assert getattr(anybody, method)(f"/log/{path}").status_code == 405
        # The house keeps nothing in any cache; whoever mirrors the log keeps its tiles himself.
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not [leaf for leaf in entries if leaf[:60] in answer.content]
        assert b'"act"' not in answer.content or path == "verify.py"
    assert Entry.objects.newest_index() == before


def test_an_empty_log_has_no_head_and_no_tile_and_no_policy_no_file(
    anybody, entries, monkeypatch, tmp_path
):
    from access import public_log
    from access.querylog import proofs

    monkeypatch.setattr(public_log, "told_head", lambda: None)
    monkeypatch.setattr(proofs, "announced", lambda: 0)
    monkeypatch.setattr(settings, "CUSTODIAN_LOG_POLICY", tmp_path / "nothing")
    for path in ("checkpoint", "policy", "tile/0/000", "tile/0/000.p/1"):
        assert anybody.get(f"/log/{path}").status_code == 404


def test_a_tile_that_the_database_lost_is_404_and_never_short(anybody, entries, monkeypatch):
    from access.querylog import proofs

    whole = proofs.read_tile(0, 0)
    monkeypatch.setattr(proofs, "read_tile", lambda level, index: whole[:-1])
    assert anybody.get("/log/tile/0/000").status_code == 404
    assert anybody.get("/log/tile/0/000.p/255").status_code == 200


# As a stranger's client does it: from the head and the tiles alone.


class Stranger:
    """Believes a tile only when it leads to the root."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.head = Checkpoint.parse(self.get("checkpoint"))

    def get(self, path: str) -> bytes:
        answer = self.client.get(f"/log/{path}")
        assert answer.status_code == 200, path
        return answer.content

    def read(self, level: int, index: int) -> bytes:
        width = min((self.head.size >> (8 * level)) - index * TILE, TILE)
        return self.get(tile_path(level, index, width))

    def root(self) -> bytes:
        return fold(
            [
                (8 * level, each)
                for level, index, width in reversed(right_edge(self.head.size))
                for each in split_hashes(self.get(tile_path(level, index, width)))
            ]
        )


def test_a_stranger_finds_the_root_and_each_proof_in_the_tiles(house, anybody, entries):
    old = Stranger(anybody)
    append(300)
    house.seal()
    now = Stranger(anybody)
    assert now.root() == now.head.root
    assert now.head.size > old.head.size
    for index in (0, 1, 255, 256, 511, 512, 599, now.head.size - 1):
        leaf = Entry.objects.get(id=index).leaf.encode()
        path = merkle.inclusion(index, now.head.size, now.read)
        ours = verify.leaf_hash(leaf)
        assert verify_inclusion(ours, index, now.head.size, path, now.head.root)
        assert not verify_inclusion(verify.leaf_hash(leaf + b" "), index, now.head.size, path,
                                    now.head.root)  # fmt: skip
    path = merkle.consistency(old.head.size, now.head.size, now.read)
    assert verify_consistency(old.head.size, now.head.size, path, old.head.root, now.head.root)


def test_the_program_that_is_served_is_the_one_that_bundles_carry(anybody):
    answer = anybody.get("/log/verify.py")
    assert answer.content == Path(verify.__file__).read_bytes()
    assert answer["Content-Type"] == "text/x-python; charset=utf-8"
    compile(answer.content, "verify.py", "exec")
