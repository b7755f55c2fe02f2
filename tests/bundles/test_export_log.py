"""`export_log`: the same bundle as the job's, written to a file by whoever runs the machine."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access import gate
from access.bundles import building
from access.models import Entry
from access.querylog.connection import LogUnavailable
from tests.bundles.reading import Home, Parts, judged
from tests.bundles.world import FORMULA, World, options

pytestmark = pytest.mark.xdist_group("bundles")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "bundle.zip"


def run(out: Path, question: Mapping[str, Any], *flags: str) -> str:
    said = io.StringIO()
    call_command("export_log", *options({**question, "out": out}), *flags, stdout=said)
    return said.getvalue()


def days(world: World, **more: Any) -> dict[str, Any]:
    return {"since": world.day(1), "until": world.day(2), **more}


def exports() -> list[dict[str, Any]]:
    found = Entry.objects.filter(act="export", staff_no="SYS-BUNDLER").order_by("id")
    return [json.loads(each.leaf) for each in found]


def test_it_writes_a_bundle_that_is_whole(world: World, out: Path, home: Home) -> None:
    said = run(out, days(world))
    told = home.verify(out, "--policy", home.keep("policy.txt", world.policy()), "--json").told
    assert (told["state"], told["bundle"]) == ("whole", "whole")
    assert told["entries"] == world.sizes[2] - world.sizes[0]
    assert said.startswith(
        f"已导出 {told['entries']:,} 条至 {out}（检查点 {told['size']:,}，日志条目 #"
    )
    assert out.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in out.parent.iterdir()] == ["bundle.zip"]


def test_it_gives_what_the_job_gives(world: World, out: Path) -> None:
    criteria = world.criteria(1, 2, operators=[world.li], customers=[world.wu], units=("NJ",))
    bundle = world.built(world.people_case, criteria)
    asked = {"operator": world.li.staff_no, "subject": world.wu.ref, "unit": "NJ"}
    run(out, days(world, **asked, checkpoint=world.again(bundle).size))
    theirs, ours = Parts.of(world.take(bundle)), Parts.of(out)
    own = {"MANIFEST.json", "report.pdf"}  # recipient and case
    own |= {name for name in (*theirs.parts, *ours.parts) if name.startswith("consistency/")}
    assert theirs.parts.keys() - own == ours.parts.keys() - own
    for name in theirs.parts.keys() - own:
        assert theirs.parts[name] == ours.parts[name], name


def test_several_may_be_named(world: World, out: Path) -> None:
    run(out, days(world, operator=[world.li.staff_no.lower(), FORMULA]))
    assert {row["staff_no"] for row in Parts.of(out).rows()} == {world.li.staff_no, f"'{FORMULA}"}


def test_an_older_checkpoint_may_be_named(world: World, out: Path) -> None:
    run(out, days(world, checkpoint=world.sizes[1]))
    told = judged(out, "--json").told
    assert (told["size"], told["entries"]) == (world.sizes[1], world.sizes[1] - world.sizes[0])


def test_it_is_on_record(world: World, out: Path) -> None:
    before = exports()
    run(out, days(world, recipient="周明"))
    (entry,) = exports()[len(before) :]
    assert (entry["what"], entry["ch"], entry["out"]) == ("access:log:export", "command", "ok")
    assert Parts.of(out).manifest["recipient"] == "周明"


def test_what_cannot_be_put_on_record_is_not_written(
    world: World, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: object, **_more: object) -> int:
        raise LogUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(gate.write, "commit", down)
        with pytest.raises(LogUnavailable):
            run(out, days(world))
    assert list(out.parent.iterdir()) == []


def test_a_file_that_is_there_is_kept_unless_forced(world: World, out: Path) -> None:
    out.write_bytes(b"something else")
    before = exports()
    with pytest.raises(CommandError, match=r"文件已存在：.*--force"):
        run(out, days(world))
    assert out.read_bytes() == b"something else"
    assert exports() == before
    run(out, days(world), "--force")
    assert judged(out, "--json").told["state"] == "whole"


BAD = {
    "no such operator": ({"operator": "T9999"}, "没有这个工号"),
    "no such customer": ({"subject": "c-0000-0000-000"}, "没有找到此客户编号"),
    "no customer at all": ({"subject": "张三丰"}, "没有找到此客户编号"),
    "no such unit": ({"unit": "NOWHERE"}, "没有这个机构代码"),
    "no such checkpoint": ({"checkpoint": 3}, "没有大小为 3 的检查点"),
    "no checkpoint at all": ({"checkpoint": "newest"}, "invalid int value: 'newest'"),
    "not a day": ({"since": "yesterday"}, "--since: 请写成 2026-11-01 的样子"),
    "backwards": ({"until": "2000-01-01"}, "“至”早于“自”"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_argument_is_told_and_nothing_is_written(world: World, out: Path, name: str) -> None:
    changed, words = BAD[name]
    with pytest.raises(CommandError, match=words):
        run(out, days(world, **changed))
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("missing", ["since", "until", "out"])
def test_what_it_needs_is_named(world: World, out: Path, missing: str) -> None:
    asked = {**days(world), "out": out}
    del asked[missing]
    with pytest.raises(CommandError, match=f"required: --{missing}"):
        call_command("export_log", *options(asked))


def test_a_folder_that_is_not_there_is_told(world: World, out: Path) -> None:
    with pytest.raises(CommandError, match=r"不能写入 .*nowhere"):
        run(out.parent / "nowhere" / "bundle.zip", days(world))


def test_before_anything_is_sealed_it_says_what_to_do(
    world: World, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "newest_head", lambda **_which: None)
    with pytest.raises(CommandError, match=r"请先运行 manage.py sequencer"):
        run(out, days(world))
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError(), OSError("disk")])
def test_broken_off_it_leaves_nothing_behind(
    world: World, out: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    out.write_bytes(b"what was there before")

    def report(*_args: object) -> bytes:
        raise error

    monkeypatch.setattr(building.report, "as_pdf", report)
    with pytest.raises((type(error), CommandError)):
        run(out, days(world), "--force")
    assert [each.name for each in out.parent.iterdir()] == ["bundle.zip"]
    assert out.read_bytes() == b"what was there before"


def test_a_period_without_entries_is_an_empty_bundle(world: World, out: Path, home: Home) -> None:
    long_ago = world.day(0) - timedelta(days=900)
    run(out, {"since": long_ago, "until": long_ago})
    said = home.verify(out, "--policy", home.keep("policy.txt", world.policy()))
    assert (said.code, said.word) == (0, "WHOLE")
    assert "WHOLE      0\n" in said.text
    run(out, {"since": long_ago, "until": long_ago, "operator": world.li.staff_no}, "--force")
    assert home.verify(out).code == 0
