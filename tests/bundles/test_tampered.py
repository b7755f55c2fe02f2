"""Files that are broken, swapped or built to do harm: a sentence, the right exit code, and never a traceback."""

from __future__ import annotations

import json
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodian.tlog.bundle import Leaf
from custodian.tlog.notes import Signer, sign_checkpoint
from custodian.tlog.verify import (
    CSV_HEAD,
    ED25519,
    FORMAT,
    Checkpoint,
    canonical,
    csv_row,
    leaf_hash,
)
from tests.bundles import synthetic
from tests.bundles.reading import Home, Parts, Verdict, judged
from tests.bundles.world import World

pytestmark = pytest.mark.xdist_group("bundles-harm")

SEED = 20261126


@dataclass
class Kept:
    """A bundle with every kind of part, and what its reader holds."""

    path: Path
    folder: Path
    policy: Path
    prior: Path

    def judge(
        self, changed: Path | Parts, *, policy: Path | None = None, prior: Path | None = None
    ) -> Verdict:
        path = changed.write(self.folder / "changed.zip") if isinstance(changed, Parts) else changed
        said = judged(
            path, "--policy", str(policy or self.policy), "--checkpoint", str(prior or self.prior)
        )
        assert said.text.count("\n") >= 1
        if said.code:
            # The verdict with its reason, and what to do now.
            assert said.text.count("\n") == 2
            assert said.word in {"TAMPERED", "MALFORMED", "STALE"}
            words = {"TAMPERED": 1, "MALFORMED": 2, "STALE": 3}
            assert said.code == words[said.word]
        return said

    def raw(self, content: bytes) -> Verdict:
        path = self.folder / "raw.zip"
        path.write_bytes(content)
        return self.judge(path)


@pytest.fixture(scope="module")
def kept(world: World, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    criteria = world.criteria(
        1, 2, operators=[world.li], customers=[world.zhang], keys=[world.zhang]
    )
    world.build(
        folder / "bundle.zip", world.order(criteria, priors=[world.sizes[1]]), world.head(3)
    )
    (folder / "policy.txt").write_text(world.policy("witness.example/w"))
    (folder / "last.note").write_bytes(world.head(1).note)
    found = Kept(*(folder / name for name in ("bundle.zip", "", "policy.txt", "last.note")))
    assert found.judge(found.path).code == 0
    return found


@pytest.fixture
def parts(kept: Kept) -> Parts:
    return Parts.of(kept.path)


def groups(parts: Parts) -> dict[str, list[str]]:
    """The parts by what they are."""
    found: dict[str, list[str]] = {}
    for name in parts.parts:
        found.setdefault(name.rpartition("/")[0].partition("/x")[0] or name, []).append(name)
    return found


def test_the_bundle_has_every_kind_of_part(parts: Parts) -> None:
    assert set(groups(parts)) == {
        *(
            "MANIFEST.json",
            "README.txt",
            "checkpoint",
            "dictionary.json",
            "entries.csv",
            "policy.txt",
        ),
        *(
            "report.pdf",
            "rolls.json",
            "subject_keys.jsonl",
            "verify.py",
            "consistency",
            "tags",
            "tags/002.p",
        ),
        *("tile/0", "tile/0/002.p", "tile/1/000.p", "tile/entries", "tile/entries/002.p"),
    }


# Bytes that changed on the way.


def test_a_flipped_byte_in_any_part_as_it_lies_in_the_file(kept: Kept) -> None:
    raw = kept.path.read_bytes()
    with zipfile.ZipFile(kept.path) as bundle:
        for info in bundle.infolist():
            head = raw[info.header_offset : info.header_offset + 30]
            name, extra = struct.unpack("<HH", head[26:30])
            start = info.header_offset + 30 + name + extra
            for at in {start, start + info.compress_size // 2}:
                said = kept.raw(raw[:at] + bytes([raw[at] ^ 0x55]) + raw[at + 1 :])
                assert said.code in {1, 2}, (info.filename, at)


def test_a_flipped_byte_in_any_part_with_the_file_in_order(kept: Kept) -> None:
    """The manifest alone is signed by nobody: what it claims is held against the rest."""
    for name in Parts.of(kept.path).parts.keys() - {"MANIFEST.json", "checkpoint"}:
        parts = Parts.of(kept.path)
        content = parts.parts[name]
        for at in {0, len(content) // 2, len(content) - 1}:
            parts.parts[name] = content[:at] + bytes([content[at] ^ 0x01]) + content[at + 1 :]
            said = kept.judge(parts)
            assert said.code in {1, 2}, (name, at)


def test_a_flipped_byte_of_the_checkpoint(kept: Kept, parts: Parts) -> None:
    """A line whose name or key is no one's that the reader knows is ignored, as the format has it."""
    note = parts.parts["checkpoint"]
    text = note.partition(b"\n\n")[0]
    codes = []
    for at in range(0, len(note), 5):
        parts.parts["checkpoint"] = note[:at] + bytes([note[at] ^ 0x01]) + note[at + 1 :]
        codes.append(kept.judge(parts).code)
        assert codes[-1] or at > len(text)
    assert {0, 1, 2, 3} == set(codes)


def test_a_part_beside_the_tree_is_held_against_the_manifest(kept: Kept) -> None:
    for name in sorted(Parts.of(kept.path).manifest["files"]):
        parts = Parts.of(kept.path)
        parts.parts[name] += b"\n"
        said = kept.judge(parts)
        assert said.text.startswith(f"TAMPERED: {name} is not the part that the manifest names\n")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"disclosed": 1}, 1), ({"disclosed": 10**30}, 1), ({"disclosed": "9"}, 2), ({"first": -1}, 2),
        ({"first": 10**9}, 2), ({"beyond": 10**30}, 2), ({"first": True}, 2), ({"kind": "some"}, 2),
        ({"kind": ["whole"]}, 2), ({"kind": "whole"}, 1), ({"format": "custodian-log-bundle/2"}, 2),
        ({"files": []}, 2), ({"files": {}}, 1), ({"period": []}, 2), ({"period": ["now", "then"]}, 2),
        ({"period": [1, 2]}, 2), ({"period": None}, 2), ({"size": 1}, 2), ({"origin": "another.log"}, 2),
        ({"criteria": 7}, 2), ({"criteria": {"operators": [[]]}}, 2),
        ({"period": ["2031-01-01T00:00:00+08:00", "2031-01-02T00:00:00+08:00"]}, 1),
        ({"period": ["2001-01-01T00:00:00+08:00", "2031-01-02T00:00:00+08:00"]}, 1),
        ({"period": ["2001-01-01T00:00:00+08:00", "2001-01-02T00:00:00+08:00"]}, 1),
    ],
)  # fmt: skip
def test_a_manifest_that_claims_something_else(
    kept: Kept, parts: Parts, changed: dict[str, object], code: int
) -> None:
    manifest = {**parts.manifest, **changed}
    parts.parts["MANIFEST.json"] = json.dumps(manifest).encode()
    said = kept.judge(parts)
    assert said.code == code, said.text


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"format":1}', b"[" * 99_999]
)
@pytest.mark.parametrize(
    "name", ["MANIFEST.json", "rolls.json", "subject_keys.jsonl", "checkpoint", "policy.txt"]
)
def test_a_part_that_is_something_else(kept: Kept, parts: Parts, name: str, content: bytes) -> None:
    parts.parts[name] = content
    if name != "MANIFEST.json":
        parts.say()
    said = kept.judge(parts)
    # No rolls at all, and no keys, are less than there could be, and it is told; the reader's own policy counts.
    fine = {"rolls.json": {b"[]", b"{}"}, "subject_keys.jsonl": {b""}, "policy.txt": {content}}
    assert said.code == (0 if content in fine.get(name, ()) else 2), said.text


def test_random_changes_never_pass_and_never_crash(kept: Kept) -> None:
    """Unless they hit nothing that counts: then every part is as it was."""
    raw, chance = kept.path.read_bytes(), random.Random(SEED)
    untouched = Parts.of(kept.path).parts
    codes = []
    for _ in range(80):
        changed = bytearray(raw)
        for _ in range(chance.choice([1, 1, 3, 20])):
            changed[chance.randrange(len(raw))] = chance.randrange(256)
        said = kept.raw(bytes(changed))
        codes.append(said.code)
        if said.code == 0:
            assert Parts.of(bytes(changed)).parts == untouched
    assert codes.count(0) < 10
    assert codes.count(2) > 60


def test_the_directory_of_the_file_may_hold_anything(kept: Kept) -> None:
    """Every byte of the first central record and of the end record, turned round."""
    raw = kept.path.read_bytes()
    first, end = raw.index(b"PK\x01\x02"), raw.rindex(b"PK\x05\x06")
    untouched = Parts.of(kept.path).parts
    for at in (*range(first, first + 60), *range(end, len(raw))):
        changed = raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]
        if kept.raw(changed).code == 0:
            assert Parts.of(changed).parts == untouched, at


# A file that is cut off, or no bundle at all.


def test_a_file_that_was_cut_off(kept: Kept) -> None:
    raw = kept.path.read_bytes()
    for length in (0, 1, 21, 22, 100, len(raw) // 2, len(raw) - 100, len(raw) - 1):
        said = kept.raw(raw[:length])
        assert (said.code, said.word) == (2, "MALFORMED"), length
        assert "Compare its SHA-256 with your case page" in said.text


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n", b"PK\x05\x06" + bytes(18), b"\x1f\x8b\x08", bytes(5000)]
)
def test_a_file_that_is_something_else(kept: Kept, content: bytes) -> None:
    assert kept.raw(content).code == 2


def test_a_file_that_is_not_there(kept: Kept) -> None:
    said = kept.judge(kept.folder / "none.zip")
    assert said.text.startswith("MALFORMED: it cannot be opened (No such file or directory)")
    assert kept.judge(kept.folder).code == 2


def test_what_the_reader_named_himself_and_is_not_there(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--policy", "--checkpoint", "--proof"):
        with pytest.raises(SystemExit) as ended:
            judged(kept.path, option, "/nowhere")
        assert ended.value.code == 2
        assert "what you kept cannot be read" in capsys.readouterr().err


# Parts that are missing, too many, or named to do harm.


def test_each_part_is_missed(kept: Kept) -> None:
    for name in Parts.of(kept.path).parts:
        parts = Parts.of(kept.path)
        del parts.parts[name]
        said = kept.judge(parts)
        stale = name.startswith("consistency/")
        assert said.code == 3 if stale else said.code in {1, 2}, name


def test_each_part_beside_the_tree_is_missed_by_the_manifest_too(kept: Kept) -> None:
    """Left out of the manifest as well, what proves something is still missed or its absence told."""
    left_out = {}
    for name in sorted(Parts.of(kept.path).manifest["files"]):
        parts = Parts.of(kept.path)
        del parts.parts[name]
        parts.say()
        said = kept.judge(parts)
        left_out[name] = said.text.splitlines()[-1].split()[-1] if said.code else said.code
        if name == "rolls.json":
            assert "left out  not shown by this bundle" in said.text
    assert set(left_out.values()) == {0}


STRANGE = [
    "README", "../evil.py", "../../../../etc/cron.d/evil", "/etc/passwd", "C:\\evil.exe", "tile\\0\\000",
    "tile/", "tile/0/../../../x", "tile/0/000/", "tile/000/000", "consistency/", "consistency/-1",
    "consistency/" + "9" * 40, "MANIFEST.JSON", "verify.py ", "verify.py\n", "Ａ", "x" * 5000,
    "\x1b[2J\x1b[HWHOLE      9 entries\n", "tile/entries/00a", "subject_keys.jsonl/x", "\u202e",
]  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_a_part_that_no_bundle_has(kept: Kept, parts: Parts, name: str, tmp_path: Path) -> None:
    """It is refused by its name, which cannot write to the terminal either; nothing is unpacked."""
    parts.parts[name] = b"evil"
    said = kept.judge(parts)
    assert said.code == 2
    assert "a part that no bundle has" in said.text
    assert "\x1b" not in said.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["tile/0/001.p/3", "tile/5/000", "tile/1/000", "tile/entries/900", "tags/900", "tags/000.p/7"],
)
def test_a_part_of_a_tree_that_belongs_to_nothing_here(kept: Kept, parts: Parts, name: str) -> None:
    assert name not in parts.parts
    parts.parts[name] = b"\x00" * 32
    said = kept.judge(parts)
    assert said.code in {1, 2}
    assert "WHOLE" not in said.text


def test_a_proof_that_nobody_asked_about_does_no_harm(kept: Kept, parts: Parts) -> None:
    parts.parts["consistency/7"] = b"not a proof"
    assert kept.judge(parts).code == 0


@pytest.mark.parametrize("content", [b"", b"not base64\n", b"AAAA\n", b"\xff", b"A" * 44 + b"\n"])
def test_a_proof_that_proves_nothing(
    world: World, kept: Kept, parts: Parts, content: bytes
) -> None:
    parts.parts[f"consistency/{world.sizes[1]}"] = content
    said = kept.judge(parts)
    assert said.code in {1, 2}
    assert said.code == 2 or "rolled back or forked" in said.text


def test_a_part_that_stands_there_twice(kept: Kept, parts: Parts) -> None:
    for name in ("checkpoint", "entries.csv", next(each for each in parts.parts if "/" in each)):
        path = parts.write(kept.folder / "twice.zip")
        with zipfile.ZipFile(path, "a") as bundle, pytest.warns(UserWarning, match="Duplicate"):
            bundle.writestr(name, b"other")
        said = kept.judge(path)
        assert (said.code, "a part stands in the bundle twice" in said.text) == (2, True)


# Sizes that lie, and what would fill a disk or a day.


def test_a_small_file_that_would_unpack_to_much(kept: Kept, parts: Parts) -> None:
    for name in ("README.txt", "entries.csv", "rolls.json", "tile/0/000"):
        bomb = Parts(dict(parts.parts))
        bomb.parts[name] = bytes(40 << 20 if name == "README.txt" else 2 << 20)
        said = kept.judge(bomb)
        assert said.code == 2
        assert f"{name} would unpack to far more than it looks" in said.text


def test_a_large_part_is_not_read_into_memory(kept: Kept, parts: Parts) -> None:
    content = b"[" + b"1," * (33 << 20) + b"1]"
    path = kept.folder / "large.zip"
    parts.parts["rolls.json"] = content
    parts.say()
    with zipfile.ZipFile(path, "w") as bundle:  # stored, so that it is no denser than it looks
        for name, each in parts.parts.items():
            bundle.writestr(name, each)
    said = kept.judge(path)
    assert (said.code, said.text.splitlines()[0]) == (2, "MALFORMED: rolls.json is too large")


@pytest.mark.parametrize("difference", [-1, 1, 1 << 20, -7])
def test_a_size_that_is_not_the_parts_own(kept: Kept, difference: int) -> None:
    raw = bytearray(kept.path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    (size,) = struct.unpack("<L", raw[at + 24 : at + 28])
    raw[at + 24 : at + 28] = struct.pack("<L", size + difference)
    # Where it ends earlier than it says, its own sum shows that it is all there.
    assert kept.raw(bytes(raw)).code == 2 or difference > 0


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_part_packed_in_another_way(kept: Kept, parts: Parts, method: int) -> None:
    path = kept.folder / "other.zip"
    with zipfile.ZipFile(path, "w", method) as bundle:
        for name, each in parts.parts.items():
            bundle.writestr(name, each)
    said = kept.judge(path)
    assert said.code == 2
    assert "is packed as no bundle packs it" in said.text


def test_a_part_that_says_it_is_encrypted(kept: Kept) -> None:
    raw = bytearray(kept.path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    said = kept.raw(bytes(raw))
    assert (said.code, "is packed as no bundle packs it" in said.text) == (2, True)


# Another checkpoint, another key.


def test_another_heads_checkpoint(world: World, kept: Kept, parts: Parts) -> None:
    for day in (1, 2):
        parts.parts["checkpoint"] = world.head(day).note
        assert kept.judge(parts).code in {1, 2}


def test_a_checkpoint_signed_by_somebody_else(world: World, kept: Kept, parts: Parts) -> None:
    head = Checkpoint.parse(parts.parts["checkpoint"])
    thief = Signer(head.origin, Ed25519PrivateKey.generate(), kind=ED25519)
    parts.parts["checkpoint"] = sign_checkpoint(
        head.origin, head.size, head.root, signers=[thief], at=1
    )
    said = kept.judge(parts)
    assert said.text.startswith("TAMPERED: no key of the policy signed the checkpoint\n")


def test_a_forked_log_signed_with_the_logs_own_key(world: World, kept: Kept, parts: Parts) -> None:
    """The checkpoint that its reader kept is of another tree of the same size."""
    held = Checkpoint.parse(kept.prior.read_bytes())
    signers = world.place.signers()
    prior = kept.folder / "forked.note"
    prior.write_bytes(sign_checkpoint(held.origin, held.size, bytes(32), signers=signers, at=1))
    said = kept.judge(kept.path, prior=prior)
    assert said.code == 1
    assert "the log was rolled back or forked" in said.text
    # Of the same size as the bundle's, and of another log.
    size = Checkpoint.parse(parts.parts["checkpoint"]).size
    prior.write_bytes(sign_checkpoint(held.origin, size, bytes(32), signers=signers, at=1))
    assert "rolled back or forked" in kept.judge(kept.path, prior=prior).text


def test_a_checkpoint_of_another_log_or_of_nobody(world: World, kept: Kept) -> None:
    other = kept.folder / "other.note"
    other.write_bytes(
        sign_checkpoint("another.log/1", 9, bytes(32), signers=world.place.signers(), at=1)
    )
    assert kept.judge(kept.path, prior=other).code == 2
    other.write_bytes(b"nothing of the kind\n")
    assert kept.judge(kept.path, prior=other).code == 2
    strange = kept.folder / "another-policy.txt"
    signer = Signer.generate("another.log/1", kind=ED25519)
    strange.write_text(f"log {signer.key.vkey}\n{world.policy()}")
    other.write_bytes(sign_checkpoint("another.log/1", 9, bytes(32), signers=[signer], at=1))
    said = kept.judge(kept.path, policy=strange, prior=other)
    assert (said.code, "your checkpoint is another log's" in said.text) == (2, True)


def test_a_checkpoint_kept_from_before_the_key_was_stolen(world: World, kept: Kept) -> None:
    """Its key has left the policy; the tree that it names is still the beginning of this one."""
    held = Checkpoint.parse(kept.prior.read_bytes())
    former = [Signer.generate(held.origin, kind=ED25519)]
    prior = kept.folder / "former.note"
    prior.write_bytes(sign_checkpoint(held.origin, held.size, held.root, signers=former, at=1))
    said = kept.judge(kept.path, prior=prior)
    assert said.code == 0
    assert "signed by a key that the policy does not list" in said.text
    assert "the policy does not list" not in kept.judge(kept.path).text
    prior.write_bytes(sign_checkpoint(held.origin, held.size, bytes(32), signers=former, at=1))
    assert kept.judge(kept.path, prior=prior).code == 1


def test_a_policy_with_another_key(world: World, kept: Kept) -> None:
    policy = kept.folder / "other-policy.txt"
    other = Signer.generate(world.head().checkpoint.origin, kind=ED25519)
    policy.write_text(f"log {other.key.vkey}\nquorum none\n")
    said = kept.judge(kept.path, policy=policy)
    assert said.text.startswith("TAMPERED: no key of the policy signed the checkpoint\n")
    policy.write_text("quorum none\n")
    assert kept.judge(kept.path, policy=policy).code == 1
    for text in ("", "log nonsense\nquorum none\n", "\x1b[2J\n"):
        policy.write_text(text)
        assert kept.judge(kept.path, policy=policy).code == 2


def test_a_witness_line_that_does_not_fit(world: World, kept: Kept, parts: Parts) -> None:
    note = parts.parts["checkpoint"]
    line = note[note.index("— witness.example/w".encode()) :]
    head = Checkpoint.parse(note)
    forged = Signer(world.witness.key.name, Ed25519PrivateKey.generate(), kind=4)
    parts.parts["checkpoint"] = note.replace(line, forged.cosign(head.note.text, at=9).encode())
    assert kept.judge(parts).code == 3  # a line of an unknown key is nobody's
    earlier = Checkpoint.parse(world.head(1).note).note
    moved = world.witness.cosign(earlier.text, at=9).encode()
    parts.parts["checkpoint"] = note.replace(line, moved)
    said = kept.judge(parts)
    assert (said.code, "the signature of witness.example/w does not fit" in said.text) == (1, True)


# A log that signs nonsense itself: everything fits, and yet it is no log of looks.

GOOD = json.loads(next(synthetic.leaves(1)).raw)
MARKS = next(synthetic.leaves(1)).tags


def signed(raw: bytes, tags: bytes) -> Parts:
    """A log of this one entry."""
    root = leaf_hash(raw)
    checkpoint = sign_checkpoint(
        synthetic.ORIGIN, 1, root, signers=[synthetic.LOG], at=1_796_000_000
    )
    manifest = {
        "format": FORMAT, "origin": synthetic.ORIGIN, "size": 1, "first": 0, "beyond": 1, "kind": "whole",
        "disclosed": 1, "period": synthetic.PERIOD, "files": {"policy.txt": ""},
    }  # fmt: skip
    parts = Parts({
        "tile/0/000.p/1": root, "tile/entries/000.p/1": len(raw).to_bytes(2, "big") + raw,
        "tags/000.p/1": len(tags).to_bytes(4, "big") + tags, "checkpoint": checkpoint,
        "policy.txt": synthetic.POLICY.encode(), "MANIFEST.json": json.dumps(manifest).encode(),
    })  # fmt: skip
    parts.say()
    return parts


def entry(**changed: object) -> bytes:
    return canonical({**GOOD, **changed}).encode()


NONSENSE: dict[str, bytes] = {
    "not JSON": b"{",
    "not UTF-8": b"\xff\xfe",
    "not canonical": json.dumps(GOOD).encode(),
    "a list": b"[]",
    "a number": b"7",
    "empty": b"{}",
    "deep": b"[" * 50_000,
    "too long": entry(what="x" * 60_000),
    "more marks than it says": entry(n=2),
    "its number a word": entry(n="1"),
    "infinitely many": entry().replace(b'"n":1,', b'"n":Infinity,'),
    "other marks": entry(subj="00" * 32),
    "no time": entry(ts=None),
    "a time that is none": entry(ts="yesterday"),
    "before all time": entry(ts="0001-01-01T00:00:00+23:59"),
    "without a zone before all time": entry(ts="0001-01-01T00:00:00"),
    "after its signature": entry(ts="2031-01-01T00:00:00Z"),
    "a session that begins in the middle": entry(ws=0, wp="1" * 16),
    "a session that is a list": entry(w=[]),
    "an operator that is a list": entry(actor=[]),
    "a roll that is none": entry(act="roll"),
}


def test_a_log_of_one_entry_is_whole(tmp_path: Path) -> None:
    assert judged(signed(entry(), MARKS).write(tmp_path / "one.zip")).code == 0


@pytest.mark.parametrize("name", NONSENSE)
def test_a_log_that_signed_nonsense(tmp_path: Path, name: str) -> None:
    said = judged(signed(NONSENSE[name], MARKS).write(tmp_path / "nonsense.zip"))
    assert said.code in {1, 2}, said.text
    assert said.text.count("\n") == 2
    assert ("its time does not fit" in said.text) == (
        name in {"before all time", "after its signature"}
    )


@pytest.mark.parametrize("changed", [{"fields": 7}, {"rule": 7}, {"why": None}])
def test_a_table_of_nonsense(tmp_path: Path, changed: dict[str, object]) -> None:
    parts = signed(entry(**changed), MARKS)
    parts.add("entries.csv", b"\xef\xbb\xbf" + csv_row(CSV_HEAD))
    assert judged(parts.write(tmp_path / "table.zip")).code in {1, 2}


def two(change: Callable[[dict[str, object]], None]) -> Callable[[], Iterator[Leaf]]:
    """Two entries of one session, the second one changed."""

    def make() -> Iterator[Leaf]:
        first, second = synthetic.leaves(2)
        body = json.loads(second.raw)
        change(body)
        yield first
        yield Leaf(canonical(body).encode(), second.tags)

    return make


CHAINS: dict[str, Callable[[dict[str, object]], None]] = {
    "a number left out": lambda body: body.update(ws=2),
    "a number twice": lambda body: body.update(ws=0),
    "another entry before it": lambda body: body.update(wp="0" * 16),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_writer_that_lost_its_thread(tmp_path: Path, name: str) -> None:
    path = tmp_path / "chain.zip"
    synthetic.write(path, two(lambda _body: None))
    assert judged(path).code == 0
    synthetic.write(path, two(CHAINS[name]))
    told = judged(path, "--json").told
    assert (told["state"], told["index"]) == ("tampered", 1)
    assert told["because"] == "does not follow its writer's entry before it"


def test_time_that_runs_backwards(tmp_path: Path) -> None:
    path = tmp_path / "time.zip"
    for seconds, state in ((-59, "whole"), (-61, "tampered")):
        at = synthetic.START.timestamp() + seconds
        moment = synthetic.datetime.fromtimestamp(at, synthetic.UTC)
        stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        synthetic.write(path, two(lambda body, stamp=stamp: body.update(ts=stamp)))
        assert judged(path, "--json").told["state"] == state, seconds


def test_at_home_too(home: Home, kept: Kept, parts: Parts) -> None:
    """The same in a process of its own: one of each verdict, without a word in the error output."""
    del parts.parts["verify.py"]
    path = parts.write(home.folder / "malformed.zip")
    assert home.verify(path).code == 2
    path.write_bytes(kept.path.read_bytes()[:-9])
    assert (
        home.verify(path, lang="zh_CN.UTF-8").text.startswith("无法读取：")
        or home.verify(path).code == 2
    )
