"""What lies in a bundle, for whom it is marked, and that it leads on from what its recipient holds."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import re
from pathlib import Path

import pytest
from django.test import Client

from access.bundles import dictionary
from access.models import Handout
from custodian.tlog.verify import Checkpoint, csv_row
from tests import estate, pdfs
from tests.bundles.reading import REPOSITORY, Home, Parts, judged
from tests.bundles.world import FORMULA, WITNESS, World
from tests.sequencer import trees

pytestmark = pytest.mark.xdist_group("bundles")

ALWAYS = {
    "MANIFEST.json", "README.txt", "checkpoint", "dictionary.json", "entries.csv", "policy.txt",
    "report.pdf", "verify.py",
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(world: World) -> Parts:
    return Parts.of(world.take(world.built(world.whole_case, world.criteria(everything=True))))


@pytest.fixture(scope="module")
def english(world: World) -> Parts:
    criteria = world.criteria(1, 2, operators=[world.li, world.formula], units=("NJ",))
    bundle = world.built(world.people_case, criteria, language="en")
    return Parts.of(world.take(bundle))


def test_all_parts_are_there(world: World, whole: Parts, english: Parts) -> None:
    beside = {
        name for name in whole.parts if not name.startswith(("tile/", "tags/", "consistency/"))
    }
    assert beside == ALWAYS
    assert {*ALWAYS, "rolls.json"} <= set(english.parts)
    for parts in (whole, english):
        named = parts.manifest["files"]
        assert set(named) == beside - {"MANIFEST.json", "checkpoint"} | (
            {"rolls.json"} & set(named)
        )
        for name, digest in named.items():
            assert hashlib.sha256(parts.parts[name]).hexdigest() == digest
    assert whole.parts["policy.txt"] == world.place.policy.read_bytes()


def test_the_checkpoint_bears_the_witness_line(world: World, leading: Path) -> None:
    parts = Parts.of(leading)
    head = Checkpoint.parse(parts.parts["checkpoint"])
    assert [name for name, _, _ in head.note.lines] == [head.origin, head.origin, WITNESS]
    assert head.note.signed_by(world.witness.key.timed)
    assert WITNESS in pdfs.text(parts.parts["report.pdf"])


def test_the_entries_are_those_of_the_log(whole: Parts) -> None:
    bodies = trees.seen().bodies
    for index, said in whole.entries().items():
        assert bodies[index] == said


def test_the_table_says_what_the_entries_say(whole: Parts) -> None:
    raw = whole.parts["entries.csv"]
    assert raw.startswith(b"\xef\xbb\xbf")  # so that a spreadsheet takes it for UTF-8
    rows, entries = whole.rows(), whole.entries()
    assert len(rows) == whole.manifest["disclosed"] > 500
    for row in rows:
        said = entries[int(row["index"])]
        assert row["time"] == said.get("at", said["ts"])
        assert row["staff_no"].removeprefix("'") == said["no"]
        assert (row["act"], row["customers"]) == (said["act"], str(said["n"]))
        assert row["elements"] == " ".join(said["fields"])


def test_no_cell_of_the_table_is_a_formula(world: World, english: Parts) -> None:
    """There is somebody whose number begins with an equals sign, and he did look."""
    rows = list(csv.reader(io.StringIO(english.parts["entries.csv"].decode("utf-8-sig"))))
    cells = {cell for row in rows for cell in row}
    assert f"'{FORMULA}" in cells
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r＝＋－＠")] == []
    assert FORMULA in pdfs.text(english.parts["report.pdf"])


@pytest.mark.parametrize("start", [*"=+-@\t\r", *"＝＋－＠"])
def test_each_beginning_of_a_formula_is_made_text(start: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_row([f"{start}1", "plain"]).decode(), newline=""))
    assert row == [f"'{start}1", "plain"]


def test_a_line_break_in_a_cell_does_not_look_like_tampering(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's number holds one: then a row of the table is two lines."""
    monkeypatch.setattr(world.li, "staff_no", "T1\nT2")
    entry = world.look(world.li, world.zhang)
    world.place.seal()
    today = {"since": world.day(0), "until": world.day(6)}
    from access.bundles.criteria import Criteria

    path = tmp_path / "lines.zip"
    world.build(path, world.order(Criteria(**today, operators=(world.li.ref,))))
    row = next(row for row in Parts.of(path).rows() if int(row["index"]) == entry)
    assert row["staff_no"] == "T1\nT2"
    assert judged(path, "--json").told["state"] == "whole"


def test_the_report_is_chinese_and_marked_for_its_recipient(world: World, whole: Parts) -> None:
    raw = whole.parts["report.pdf"]
    pages = pdfs.pages(raw)
    text = "".join(pages)
    for words in (
        "查询日志取证包",
        "接收人",
        "青禾人寿",
        "时段内全部条目",
        "如何核验",
        "按操作人与动作",
    ):
        assert words in text
    mark = f"{world.zhou} · {world.whole_case.ref}"
    assert len(pages) > 5
    assert all(mark in page for page in pages)  # at the foot of each page
    assert f"第 {len(pages)} 页，共 {len(pages)} 页" in pages[-1]
    fonts = pdfs.fonts(raw)
    assert len(fonts) == 2
    assert all(fonts.values())  # embedded
    assert all(re.match("[A-Z]{6}\\+", name) for name in fonts)  # and of each no more than is used


def test_the_report_speaks_the_readers_language(world: World, english: Parts) -> None:
    text = pdfs.text(english.parts["report.pdf"])
    assert str(world.zhou) in text
    assert "Qinghe Life" in text
    assert "青禾人寿" not in text
    assert english.manifest["language"] == "en"


def test_the_manifest_names_recipient_case_and_question(world: World, english: Parts) -> None:
    said = english.manifest
    assert (said["recipient"], said["case"]) == (str(world.zhou), world.people_case.ref)
    assert said["criteria"]["operators"] == sorted(
        str(each.ref) for each in (world.li, world.formula)
    )
    assert said["criteria"]["units"] == ["NJ"]
    assert (said["criteria"]["since"], said["criteria"]["until"]) == (
        str(world.day(1)),
        str(world.day(2)),
    )
    assert said["period"] == [f"{world.day(1)}T00:00:00+08:00", f"{world.day(3)}T00:00:00+08:00"]


def test_a_customer_stands_in_the_manifest_by_nothing(world: World) -> None:
    """Not even by the log's own name of him, which would be the same in every bundle."""
    bundle = world.built(world.people_case, world.criteria(customers=[world.wu]))
    said = Parts.of(world.take(bundle)).manifest
    assert said["criteria"]["customers"] == 1
    assert world.wu.ref not in json.dumps(said)


def test_the_dictionary_explains_every_code_in_both_languages(whole: Parts) -> None:
    told = json.loads(whole.parts["dictionary.json"])
    for said in whole.entries().values():
        assert set(said) - {*told["fields"], *told["facts"]} == OWN.intersection(said), said
        assert said["act"] in told["acts"]
        assert not said["purp"] or said["purp"] in told["purposes"]
        assert said["ch"] in told["channels"]
        assert set(said["fields"]) <= set(told["elements"])
        assert {why for why in said["why"] if why not in told["reasons"]} == set()
        assert "what" not in said or said["what"] in told["operations"]
    for group in told.values():
        for words in group.values():
            assert words["zh"]
            assert words["en"]
    assert hashlib.sha256(whole.parts["dictionary.json"]).hexdigest() == dictionary.digest()


# What only these tests' own entries say.
OWN = frozenset({"mark"})


def test_the_dictionary_has_every_fact_that_code_puts_into_an_entry() -> None:
    """Read from the code: what is handed to the gate for a change, and to a draft."""
    found = {
        key
        for app in ("access", "records", "transfers", "incidents", "custodian")
        for path in (REPOSITORY / app).rglob("*.py")
        if "drills" not in path.parts
        for key in facts_in(path.read_text("utf-8"))
    }
    assert {"state", "token", "approval", "upto", "lost", "tounit"} <= found
    assert found - {*dictionary.FACTS, *dictionary.FIELDS} == set()


def facts_in(source: str) -> set[str]:
    """Keys of the dictionaries called facts, in functions that authorise a change or draft an entry."""
    keys: set[str] = set()
    if not re.search(r"authorise\(|Draft\(|drain\.write\(", source):
        return keys
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    helpers = {"_facts", "_named"} if any(map(drafts, functions)) else set()
    for function in functions:
        if function.name in helpers:
            keys |= constant_keys(function)
        elif drafts(function):
            for node in ast.walk(function):
                named = isinstance(node, ast.keyword) and node.arg == "facts"
                if named or (
                    isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "facts"
                ):
                    keys |= constant_keys(node.value)
    return keys


def drafts(function: ast.AST) -> bool:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    names = {getattr(call, "attr", getattr(call, "id", "")) for call in calls}
    return bool(names & {"authorise", "Draft"}) or "drain.write(" in ast.unparse(function)


def constant_keys(node: ast.AST) -> set[str]:
    return {
        key.value
        for each in ast.walk(node)
        if isinstance(each, ast.Dict)
        for key in each.keys
        if isinstance(key, ast.Constant)
    }


def test_the_readme_tells_both_ways_in_both_languages(whole: Parts) -> None:
    text = whole.parts["README.txt"].decode("utf-8")
    for words in ("如何核验", "How to check it", "python verify.py", "--checkpoint", "RFC 9162"):
        assert words in text
    for name in whole.parts.keys() - {"README.txt"}:
        named = name.partition("/")[0] + "/" if "/" in name else name
        assert named in text, name


# What the recipient took earlier.


def test_it_leads_on_from_the_checkpoint_that_its_recipient_took(world: World, home: Home) -> None:
    client = estate.login(Client(), world.zhao)
    taken = client.post("/regulator/checkpoints/take/")
    size = Checkpoint.parse(taken.content).size
    assert taken.status_code == 200
    trees.append(40)
    world.place.seal()
    bundle = world.built(world.whole_case, world.criteria(2, 2, everything=True), by=world.zhao)
    path = home.folder / "later.zip"
    path.write_bytes(world.take(bundle, by=world.zhao))
    assert f"consistency/{size}" in Parts.of(path).parts
    policy, last = home.keep("policy.txt", world.policy()), home.keep("last.note", taken.content)
    said = home.verify(path, "--policy", policy, "--checkpoint", last)
    assert said.code == 0
    assert f"extends   {size:,}, the checkpoint you hold" in said.text
    chinese = home.verify(path, "--policy", policy, "--checkpoint", last, lang="zh_CN.UTF-8")
    assert f"您持有的检查点 {size:,}" in chinese.text


def test_the_bundle_itself_is_a_checkpoint_that_was_taken(world: World) -> None:
    bundle = world.built(world.whole_case, world.criteria(1, 1, everything=True))
    size = world.again(bundle).size
    assert Handout.objects.filter(user=world.zhou, size=size).exists()
    trees.append(1)
    world.place.seal()
    later = world.built(world.whole_case, world.criteria(1, 1, everything=True))
    assert f"consistency/{size}" in Parts.of(world.take(later)).parts


@pytest.fixture(scope="module")
def leading(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("leading") / "leading.zip"
    order = world.order(world.criteria(1, 1, everything=True), priors=world.sizes)
    world.build(path, order, world.head(3))
    return path


def test_every_earlier_checkpoint_fits(world: World, home: Home, leading: Path) -> None:
    for day in range(4):
        kept = home.keep("kept.note", world.head(day).note)
        assert (
            home.verify(leading, "--checkpoint", kept, "--json").told["extends"] == world.sizes[day]
        )


def test_a_checkpoint_that_it_does_not_lead_from_needs_a_proof(
    world: World, home: Home, tmp_path: Path
) -> None:
    path = tmp_path / "leads-from-none.zip"
    world.build(path, world.order(world.criteria(1, 1, everything=True)), world.head(3))
    kept = home.keep("kept.note", world.head(1).note)
    said = home.verify(path, "--checkpoint", kept)
    assert (said.code, said.word) == (3, "STALE")
    assert f"the bundle does not lead from {world.sizes[1]}: ask for a proof" in said.text
    order = world.order(world.criteria(1, 1, everything=True), priors=[world.sizes[1]])
    world.build(tmp_path / "leads.zip", order, world.head(3))
    proof = Parts.of(tmp_path / "leads.zip").parts[f"consistency/{world.sizes[1]}"]
    kept_proof = home.keep("proof.txt", proof)
    assert home.verify(path, "--checkpoint", kept, "--proof", kept_proof).code == 0


def test_a_newer_checkpoint_than_the_bundles_is_told(
    world: World, home: Home, tmp_path: Path
) -> None:
    path = tmp_path / "old.zip"
    world.build(path, world.order(world.criteria(0, 0, everything=True)), world.head(1))
    said = home.verify(path, "--checkpoint", home.keep("kept.note", world.head(3).note))
    assert (said.code, said.word) == (3, "STALE")
    assert (
        f"your checkpoint has {world.sizes[3]} entries, this bundle ends at {world.sizes[1]}"
        in said.text
    )
