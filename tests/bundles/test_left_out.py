"""Entries that whoever makes a bundle would rather not show, with everything patched that he can patch."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from access.bundles import rolls, selecting
from access.bundles.selecting import Range
from tests.bundles.reading import Home, Parts, Verdict, judged
from tests.bundles.world import World
from tests.security.looking import logged_in
from tests.sequencer import trees

pytestmark = pytest.mark.xdist_group("bundles-harm")

DAYS_1_AND_2 = (1, 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("left-out")


@pytest.fixture(scope="module")
def of_operators(world: World, folder: Path) -> Path:
    path = folder / "operators.zip"
    criteria = world.criteria(*DAYS_1_AND_2, operators=[world.li, world.formula])
    world.build(path, world.order(criteria))
    return path


@pytest.fixture(scope="module")
def of_all(world: World, folder: Path) -> Path:
    path = folder / "all.zip"
    world.build(path, world.order(world.criteria(*DAYS_1_AND_2, everything=True)))
    return path


@pytest.fixture
def changed(world: World, folder: Path) -> Callable[[Path, Parts], Verdict]:
    policy = folder / "policy.txt"
    policy.write_text(world.policy("witness.example/w"))

    def judge(path: Path, parts: Parts) -> Verdict:
        return judged(parts.write(folder / "changed.zip"), "--policy", str(policy), "--json")

    return judge


def indexes_of(parts: Parts, staff_no: str) -> list[int]:
    asked = parts.shown()
    return [at for at, said in parts.entries().items() if said["no"] == staff_no and at in asked]


def rolls_at(world: World, found: Range, size: int, *people: object) -> rolls.Shown:
    """Rolls as the insurer's own code makes them, for another range or another size of the tree."""
    with logged_in("auditor") as cursor:
        return rolls.shown(cursor, [user.ref for user in people], found, size=size)


def test_untouched_it_says_that_nobody_was_left_out(
    world: World, home: Home, of_operators: Path
) -> None:
    said = home.verify(of_operators, "--policy", home.keep("policy.txt", world.policy()))
    assert said.code == 0
    assert "left out  none for 2 operators\n" in said.text


def test_each_entry_of_an_operator_is_missed(
    world: World, of_operators: Path, changed: Callable[[Path, Parts], Verdict]
) -> None:
    untouched = Parts.of(of_operators)
    indexes = indexes_of(untouched, world.li.staff_no)
    assert len(indexes) == 12
    for index in indexes:
        parts = Parts.of(of_operators)
        parts.hide(index)
        assert parts.shown() == untouched.shown() - {index}
        said = changed(of_operators, parts)
        assert (said.code, said.told["state"]) == (1, "tampered")
        assert said.told["because"] == f"entries of operator {world.li.ref} were left out"


def test_one_entry_whose_neighbours_are_all_there_is_missed_at_home(
    world: World, home: Home, of_operators: Path
) -> None:
    parts = Parts.of(of_operators)
    hidden = indexes_of(parts, world.li.staff_no)[5]
    parts.hide(hidden)
    path = parts.write(home.folder / "one-less.zip")
    policy = home.keep("policy.txt", world.policy())
    english = home.verify(path, "--policy", policy)
    assert (english.code, english.word) == (1, "TAMPERED")
    assert f"entries of operator {world.li.ref} were left out" in english.text
    assert "Keep this file, do not download again" in english.text
    chinese = home.verify(path, "--policy", policy, lang="zh_CN.UTF-8")
    assert (chinese.code, chinese.word) == (1, "已被改动")
    assert "请保留此文件" in chinese.text


def test_an_operator_of_whom_nothing_is_left_is_missed(
    world: World, of_operators: Path, changed: Callable[[Path, Parts], Verdict]
) -> None:
    parts = Parts.of(of_operators)
    parts.hide(*indexes_of(parts, world.formula.staff_no))
    assert (
        f"entries of operator {world.formula.ref} were left out"
        in changed(of_operators, parts).text
    )


def test_an_entry_of_the_period_cannot_be_called_outside_of_it(
    world: World, of_operators: Path, changed: Callable[[Path, Parts], Verdict]
) -> None:
    parts = Parts.of(of_operators)
    (index, *_rest) = indexes_of(parts, world.li.staff_no)
    parts.hide(index)
    rows = parts.rolls()
    for row in rows:
        if row["actor"] == str(world.li.ref):
            row["hidden"] = sorted([*row["hidden"], index])
    parts.set_rolls(rows)
    parts.say()
    said = changed(of_operators, parts)
    assert said.code == 1
    assert said.told["because"] == f"entries of operator {world.li.ref} are hidden"


@pytest.mark.parametrize("end", ["first", "last"])
def test_the_range_cannot_be_cut_at_its_ends(
    world: World, of_operators: Path, changed: Callable[[Path, Parts], Verdict], end: str
) -> None:
    """The question's days stay, the indexes shrink by one entry, which then lies outside."""
    parts = Parts.of(of_operators)
    first, beyond = parts.manifest["first"], parts.manifest["beyond"]
    indexes = sorted(parts.shown())
    cut = indexes[0] if end == "first" else indexes[-1]
    found = Range(cut + 1, beyond) if end == "first" else Range(first, cut)
    shown = rolls_at(world, found, parts.manifest["size"], world.li, world.formula)
    parts.hide(cut)
    parts.set_rolls(shown.rows)
    parts.say(first=found.first, beyond=found.beyond)
    said = changed(of_operators, parts)
    assert (said.code, said.told["index"]) == (1, cut)
    assert "period ends is missing" in said.told["because"]
    # Handed over after all, its own time gives it away.
    parts = Parts.of(of_operators)
    lines = parts.parts["entries.csv"].splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(b"%d," % cut)]
    parts.parts["entries.csv"] = b"".join(kept)
    parts.set_rolls(shown.rows)
    parts.say(first=found.first, beyond=found.beyond, disclosed=len(kept) - 1)
    said = changed(of_operators, parts)
    assert (said.code, said.told["index"]) == (1, cut)
    assert "it lies in the period" in said.told["because"]


def test_whole_days_cannot_be_cut_off_behind_a_roll(
    world: World, folder: Path, changed: Callable[[Path, Parts], Verdict]
) -> None:
    """A bundle of the first day alone, passed off as one of two days: the roll's own time is too early."""
    path = folder / "a-day.zip"
    world.build(path, world.order(world.criteria(1, 1, operators=[world.li])))
    parts = Parts.of(path)
    both = world.criteria(*DAYS_1_AND_2).period
    parts.say(period=[each.isoformat() for each in both])
    assert "it lies in the period" in changed(path, parts).text
    path = folder / "to-its-roll.zip"
    world.build(path, world.order(world.criteria(1, 1, operators=[world.li])), world.head(1))
    parts = Parts.of(path)
    parts.say(period=[each.isoformat() for each in both])
    told = changed(path, parts).told
    assert told["state"] == "whole"
    assert told["covered"].startswith(f"{world.day(1)}T03:00")


def test_the_first_day_cannot_be_cut_off_before_a_roll(
    world: World, folder: Path, changed: Callable[[Path, Parts], Verdict]
) -> None:
    path = folder / "second-day.zip"
    world.build(path, world.order(world.criteria(2, 2, operators=[world.li])))
    parts = Parts.of(path)
    parts.say(period=[each.isoformat() for each in world.criteria(*DAYS_1_AND_2).period])
    said = changed(path, parts)
    assert said.code == 1
    assert "it lies in the period" in said.told["because"]


def test_a_roll_that_is_too_old_covers_only_what_it_counted(
    world: World, folder: Path, home: Home
) -> None:
    path = folder / "early.zip"
    criteria = world.criteria(*DAYS_1_AND_2, operators=[world.li])
    world.build(path, world.order(criteria), world.head(2))
    said = home.verify(path, "--policy", home.keep("policy.txt", world.policy()))
    assert said.code == 0
    assert f"left out  none for 1 operators until {world.day(2)}T03:00" in said.text


def test_without_rolls_it_does_not_claim_anything(
    world: World,
    of_operators: Path,
    changed: Callable[[Path, Parts], Verdict],
    folder: Path,
    home: Home,
) -> None:
    parts = Parts.of(of_operators)
    del parts.parts["rolls.json"]
    parts.say()
    path = parts.write(folder / "no-rolls.zip")
    assert judged(path, "--json").told["left_out"] == "unknown"
    assert "left out  not shown by this bundle\n" in home.verify(path).text
    assert "漏列      本取证包不能说明\n" in home.verify(path, lang="zh_CN.UTF-8").text


def test_an_operator_without_a_roll_is_told(
    world: World, of_operators: Path, changed: Callable[[Path, Parts], Verdict], home: Home
) -> None:
    parts = Parts.of(of_operators)
    parts.hide(*indexes_of(parts, world.formula.staff_no))
    parts.set_rolls(row for row in parts.rolls() if row["actor"] == str(world.li.ref))
    parts.say()
    said = home.verify(parts.write(home.folder / "one-roll.zip"))
    assert said.code == 0
    assert "none for 1 operators; not shown for 1 operators of whom no roll tells" in said.text


BAD_ROLLS = {
    "counts one less": lambda rows: rows[0]["to"].update(count=rows[0]["to"]["count"] - 1),
    "another chain": lambda rows: rows[0]["to"].update(chain="00" * 32),
    "another root": lambda rows: rows[0]["to"].update(root="00" * 32),
    "another entry": lambda rows: rows[0]["to"].update(leaf=rows[0]["to"]["leaf"] - 1),
    "another end": lambda rows: rows[0]["to"].update(upto=rows[0]["to"]["upto"] + 1),
    "begins later": lambda rows: rows[0].update({"from": rows[0]["to"]}),
    "begins with nothing": lambda rows: rows[0]["from"].update(
        leaf=None, upto=0, count=0, chain="00" * 32
    ),
    "begins with something": lambda rows: rows[0]["from"].update(leaf=None),
    "ends with nothing": lambda rows: rows[0]["to"].update(
        leaf=None, upto=0, count=0, chain="00" * 32
    ),
    "twice": lambda rows: rows.append(rows[0]),
    "somebody else's": lambda rows: rows[0].update(actor=rows[1]["actor"]),
    "hides the others' entries": lambda rows: rows[0].update(hidden=[*rows[0]["hidden"], 0, 1]),
    "hides what is not there": lambda rows: rows[0].update(hidden=[10**9]),
    "is no roll": lambda rows: rows[0].pop("to"),
    "is a word": lambda rows: rows.insert(0, "roll"),
}


@pytest.mark.parametrize("name", BAD_ROLLS)
def test_a_roll_cannot_be_bent(
    of_operators: Path, changed: Callable[[Path, Parts], Verdict], name: str
) -> None:
    parts = Parts.of(of_operators)
    rows = parts.rolls()
    assert len(rows) == 2
    BAD_ROLLS[name](rows)
    assert rows != parts.rolls()
    parts.set_rolls(rows)
    parts.say()
    said = changed(of_operators, parts)
    assert said.code in {1, 2}, said.text
    assert said.told["because"]


def test_of_all_entries_none_can_be_missing(
    of_all: Path, changed: Callable[[Path, Parts], Verdict]
) -> None:
    first, last = min(Parts.of(of_all).shown()), max(Parts.of(of_all).shown())
    assert last - first > 256  # more than one block
    for index in (first, first + 77, last):
        parts = Parts.of(of_all)
        parts.hide(index)
        said = changed(of_all, parts)
        assert (said.code, said.told["index"]) == (1, index)
        assert said.told["because"] == "an entry is missing"


def test_of_all_entries_no_block_can_be_missing(
    of_all: Path, changed: Callable[[Path, Parts], Verdict]
) -> None:
    parts = Parts.of(of_all)
    (block, *_rest) = sorted(name for name in parts.parts if name.startswith("tile/entries/"))
    parts.hide(*[index for index in parts.shown() if index // 256 == 0])
    del parts.parts[block], parts.parts[block.replace("tile/entries", "tags")]
    said = changed(of_all, parts)
    assert (said.code, said.told["because"]) == (1, "an entry is missing")


@pytest.mark.parametrize("end", ["first", "last"])
def test_the_range_of_all_entries_cannot_be_cut_at_its_ends(
    of_all: Path, changed: Callable[[Path, Parts], Verdict], end: str
) -> None:
    parts = Parts.of(of_all)
    first, beyond = parts.manifest["first"], parts.manifest["beyond"]
    cut = first if end == "first" else beyond - 1
    parts.hide(cut)
    parts.say(**({"first": first + 1} if end == "first" else {"beyond": beyond - 1}))
    said = changed(of_all, parts)
    assert (said.code, said.told["index"]) == (1, cut)
    assert "period ends is missing" in said.told["because"]


# Customers: their marks stand in every entry, but only their key finds them.


def test_all_entries_and_the_key_show_a_look_that_a_selection_left_out(
    world: World, folder: Path, changed: Callable[[Path, Parts], Verdict]
) -> None:
    """A selection by customer cannot show that it is complete, and says so; the key over all entries can."""
    name = world.wu.ref
    key = {"keys": [world.wu]}
    whole, some = folder / "whole-and-key.zip", folder / "customer-and-key.zip"
    world.build(whole, world.order(world.criteria(*DAYS_1_AND_2, everything=True, **key)))
    world.build(some, world.order(world.criteria(*DAYS_1_AND_2, customers=[world.wu], **key)))
    both = [judged(each, "--json").told for each in (whole, some)]
    assert [each["customers"] for each in both] == [{name: 10}, {name: 10}]
    assert [each["left_out"] for each in both] == ["none", "unknown"]
    parts = Parts.of(some)
    parts.hide(min(parts.shown()))
    told = changed(some, parts).told
    assert (told["state"], told["left_out"], told["customers"]) == ("whole", "unknown", {name: 9})
    hidden = Parts.of(whole)
    hidden.hide(min(parts.shown()))
    assert changed(whole, hidden).told["because"] == "an entry is missing"


def test_a_customers_marks_cannot_be_taken_off_an_entry(
    world: World, of_all: Path, changed: Callable[[Path, Parts], Verdict]
) -> None:
    found = trees.seen()
    index = next(at for at, body in enumerate(found.bodies) if body["n"] and at >= world.sizes[0])
    parts = Parts.of(of_all)
    name = parts._part_of(index, 4)
    raw = parts.parts[name]
    with logged_in("auditor") as cursor:
        cursor.execute("SELECT tags FROM querylog.entry WHERE id = %s", [index])
        tags = bytes(cursor.fetchone()[0])
    assert raw.count(tags) == 1
    for other in (bytes(16), tags[:-1] + bytes([tags[-1] ^ 1])):
        parts.parts[name] = raw.replace(tags, other)
        said = changed(of_all, parts)
        assert (said.code, said.told["index"]) == (1, index)
        assert said.told["because"] == "its customers' tags are not its own"


def test_the_search_finds_rare_entries_over_many_windows(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few indexes one statement looks through, the bytes are the same."""
    order = world.order(world.criteria(operators=[world.formula], customers=[world.zhang]))
    made = []
    for window, page in ((50_000, 2_000), (7, 2_000), (50_000, 1), (100, 3)):
        monkeypatch.setattr(selecting, "WINDOW", window)
        monkeypatch.setattr(selecting, "PAGE", page)
        path = folder / f"{window}-{page}.zip"
        world.build(path, order)
        made.append(path.read_bytes())
    assert len(set(made)) == 1
    assert json.loads(Parts.of(made[0]).parts["MANIFEST.json"])["disclosed"] > 10
