"""Bundles that the job built from the log, verified where nothing of the product is installed."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from custodian.tlog import verify
from custodian.tlog.verify import subject_tag
from tests.bundles.reading import LAUNCH, OURS, Home, Parts, judged
from tests.bundles.world import DAYS, World, key_of
from tests.security.looking import logged_in
from tests.sequencer import trees

pytestmark = pytest.mark.xdist_group("bundles-harm")

# What is asked for, over which days.
QUESTIONS = {
    "all days": ({"everything": True}, (0, DAYS - 1)),
    "a day": ({"everything": True}, (1, 1)),
    "some days": ({"everything": True}, (1, 2)),
    "one operator": ({"operators": ["li"]}, (1, 2)),
    "two operators": ({"operators": ["li", "formula"]}, (0, 3)),
    "one customer": ({"customers": ["wu"]}, (1, 2)),
    "both customers": ({"customers": ["zhang", "wu"]}, (0, 3)),
    "one unit": ({"units": ("NJ",)}, (2, 3)),
    "several": ({"operators": ["formula"], "customers": ["zhang"], "units": ("NJ",)}, (0, 2)),
}


@dataclass
class Log:
    """All of the log, straight from the table."""

    bodies: list[dict[str, Any]]
    tags: list[bytes]


@pytest.fixture(scope="module")
def taken(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each question asked by the supervisor, built by the job, and taken home."""
    folder = tmp_path_factory.mktemp("taken")
    paths = {}
    for name, (asked, days) in QUESTIONS.items():
        case = world.whole_case if "everything" in asked else world.people_case
        criteria = world.criteria(*days, **named(world, asked))
        paths[name] = folder / f"{name}.zip"
        paths[name].write_bytes(world.take(world.built(case, criteria)))
    return paths


def named(world: World, asked: dict) -> dict:
    return {
        key: [getattr(world, each) for each in value]
        if key in {"operators", "customers"}
        else value
        for key, value in asked.items()
    }


@pytest.fixture(scope="module")
def log(world: World) -> Log:
    with logged_in("auditor") as cursor:
        cursor.execute("SELECT tags FROM querylog.entry ORDER BY id")
        return Log(trees.seen().bodies, [bytes(row[0]) for row in cursor.fetchall()])


def expected(world: World, log: Log, name: str) -> set[int]:
    """Whom an entry concerns, told from its own bytes and the customers' keys, not from the tables beside it."""
    asked, (first, last) = QUESTIONS[name]
    actors = {str(getattr(world, each).ref) for each in asked.get("operators", ())}
    keys = [key_of(getattr(world, each)) for each in asked.get("customers", ())]
    indexes = set()
    for index, body in enumerate(log.bodies):
        day = verify.datetime.fromisoformat(body["ts"]).astimezone(world.at(0).tzinfo).date()
        if not world.day(first) <= day <= world.day(last):
            continue
        tags = log.tags[index]
        marks = {tags[at : at + 16] for at in range(0, len(tags), 16)}
        of_customer = any(subject_tag(key, body["uid"]) in marks for key in keys)
        named_one = body["actor"] in actors or body["unit"] in asked.get("units", ()) or of_customer
        if "everything" in asked or named_one:
            indexes.add(index)
    return indexes


def test_nothing_of_ours_is_installed_where_it_is_verified(home: Home) -> None:
    """The launcher stops if it can import any of it; and it can stop: with our packages it does."""
    ours = next(at for at in sys.path if at.endswith("site-packages"))
    command = [sys.executable, "-I", "-S", "-c", LAUNCH, ours, "none.zip"]
    ran = subprocess.run(
        command, cwd=home.folder, env={}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "AssertionError: ['django', 'psycopg2', 'typst']" in ran.stderr
    assert home.verify("none.zip").word == "MALFORMED"
    assert {"django", "custodian", "access"} <= set(OURS)


def test_the_verifier_is_one_file_for_python_3_9() -> None:
    source = Path(verify.__file__).read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 9))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert imported <= {*sys.stdlib_module_names, "cryptography"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_entry_that_was_asked_for_is_there_and_no_other(
    world: World, log: Log, taken: dict[str, Path], name: str
) -> None:
    parts, wanted = Parts.of(taken[name]), expected(world, log, name)
    assert len(wanted) >= 3
    assert parts.shown() == wanted
    told = judged(taken[name], "--json").told
    assert (told["state"], told["entries"]) == ("whole", len(wanted))
    # Whatever else is there supports the proof: rolls, and the nearest entries outside the period.
    beside = set(parts.entries()) - wanted
    assert len(beside) == told["supporting"] <= 6


@pytest.mark.parametrize("name", ["all days", "some days", "two operators", "several"])
def test_it_is_whole_by_the_file_alone(
    world: World, log: Log, home: Home, taken: dict[str, Path], name: str
) -> None:
    policy = home.keep("policy.txt", world.policy("none"))
    count = f"{len(expected(world, log, name)):,}"
    english = home.verify(taken[name], "--policy", policy)
    assert (english.code, english.word) == (0, "WHOLE")
    assert f"WHOLE      {count} entries, indexes " in english.text
    chinese = home.verify(taken[name], "--policy", policy, lang="zh_CN.UTF-8")
    assert (chinese.code, chinese.word) == (0, "完整")
    assert f"完整       {count} 条，序号 " in chinese.text
    assert ("left out  none\n" in english.text) == ("days" in name)


def test_a_terminal_without_the_characters_gets_the_verdict_as_well(
    world: World, home: Home, taken: dict[str, Path]
) -> None:
    ran = subprocess.run(
        [sys.executable, "-s", "verify.py", str(taken["a day"]), "--policy", home.keep("p", world.policy())],
        cwd=home.folder, env={"LANG": "zh_CN.UTF-8", "PYTHONIOENCODING": "ascii"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("\\u5b8c\\u6574")


def test_without_a_policy_of_ones_own_it_says_whose_it_used(
    home: Home, taken: dict[str, Path]
) -> None:
    said = home.verify(taken["a day"])
    assert said.code == 0
    assert "the policy came with the bundle: compare its keys with those you hold" in said.text


def test_the_bundle_carries_the_verifier_that_is_published(taken: dict[str, Path]) -> None:
    assert Parts.of(taken["a day"]).parts["verify.py"] == Path(verify.__file__).read_bytes()


def test_a_quorum_of_witnesses_is_counted(world: World, home: Home) -> None:
    path = home.folder / "witnessed.zip"
    world.build(path, world.order(world.criteria(everything=True)), world.head(3))
    policy = home.keep("needs-witness.txt", world.policy("witness.example/w"))
    said = home.verify(path, "--policy", policy)
    assert (said.code, said.word) == (0, "WHOLE")
    assert "witnesses: witness.example/w" in said.text
    parts = Parts.of(path)
    note = parts.parts["checkpoint"]
    parts.parts["checkpoint"] = note[: note.index("— witness.example/w".encode())]
    unseen = home.verify(parts.write(home.folder / "unseen.zip"), "--policy", policy)
    assert (unseen.code, unseen.word) == (3, "STALE")
    assert "0 of the 1 witnesses needed have seen it" in unseen.text
    assert "Ask the witnesses for their newest checkpoint." in unseen.text
