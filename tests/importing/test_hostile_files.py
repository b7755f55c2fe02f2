"""Hostile files (A29) end in a refusal with its reason, soon, and without taking memory."""

from __future__ import annotations

import io
import resource
import struct
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from records.importing.readers import REFUSALS, Limits, SourceRefused, open_source

SOON = 5.0
MEMORY = 100 << 10  # KiB
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.monotonic() - started < SOON
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


def refusal(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(SourceRefused) as refused:
        read_all(path, limits or Limits())
    assert refused.value.code in REFUSALS
    return refused.value.code


def read_all(path: Path, limits: Limits) -> None:
    for given in open_source(path, limits=limits):
        for _row in given.rows:
            pass


def text(tmp_path: Path, content: bytes, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def workbook(
    tmp_path: Path, entries: dict[str, bytes | Iterator[bytes]], *links: zipfile.ZipInfo
) -> Path:
    """A plain workbook in which some entries are replaced or added."""
    plain = io.BytesIO()
    book = xlsxwriter.Workbook(plain)
    book.add_worksheet().write_column(0, 0, ["姓名", "张三"])
    book.close()
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(plain) as good, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in good.infolist():
            if entry.filename not in entries:
                out.writestr(entry, good.read(entry))
        for name, content in entries.items():
            with out.open(name, "w") as part:
                for chunk in [content] if isinstance(content, bytes) else content:
                    part.write(chunk)
        for link in links:
            out.writestr(link, "/etc/passwd")
    return path


def sheet(*rows: str) -> dict[str, bytes | Iterator[bytes]]:
    body = "".join(rows)
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
    return {"xl/worksheets/sheet1.xml": xml.encode()}


def cell(place: str) -> str:
    return f'<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{place}" t="str"><v>a</v></c></row>'


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    zeros = (b" " * (1 << 20) for _ in range(80))
    path = workbook(tmp_path, {"xl/worksheets/sheet1.xml": zeros})
    assert path.stat().st_size < 2 << 20
    assert refusal(path) == "inflated-size"


def test_a_bomb_that_lies_about_its_size_is_refused_too(tmp_path):
    path = workbook(tmp_path, {"xl/worksheets/sheet1.xml": (b" " * (1 << 20) for _ in range(80))})
    content = path.read_bytes()
    true_size, lie = struct.pack("<L", 80 << 20), struct.pack("<L", 1000)
    path.write_bytes(content.replace(true_size, lie))
    assert refusal(path) in {"unreadable", "inflated-size"}


def test_two_far_cells_that_span_the_whole_sheet_meet_the_memory_limit(tmp_path):
    assert refusal(workbook(tmp_path, sheet(cell("A1"), cell("SA1048576")))) == "memory"


def test_the_child_may_not_take_more_memory_than_it_is_given(tmp_path):
    path = workbook(tmp_path, sheet(cell("A1"), cell("B900000")))
    (only,) = open_source(path)
    assert sum(1 for _row in only.rows) == 1
    assert refusal(path, replace(Limits(), child_memory=64 << 20)) == "memory"


def test_a_million_columns_are_refused_in_csv_and_xlsx(tmp_path):
    assert refusal(text(tmp_path, b"c," * 10**6 + b"\n1\n")) == "line-length"
    assert refusal(text(tmp_path, b"c," * 600 + b"c\n" + b"1," * 600 + b"1\n")) == "columns"
    assert refusal(workbook(tmp_path, sheet(cell("A1"), cell("XFD1")))) == "columns"


def test_an_entity_bomb_is_refused(tmp_path):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst/>'
    assert refusal(workbook(tmp_path, {"xl/sharedStrings.xml": bomb})) == "xml-doctype"
    hidden = bomb.decode().encode("utf-16")
    assert refusal(workbook(tmp_path, {"xl/sharedStrings.xml": hidden})) == "xml-doctype"


def test_archives_inside_the_archive_are_refused(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("x", "y")
    path = workbook(tmp_path, {"xl/embeddings/picture.bin": inner.getvalue()})
    assert refusal(path) == "nested-archive"


@pytest.mark.parametrize("name", ["../../evil", "/etc/cron.d/x", "xl\\..\\..\\x", "C:/x"])
def test_names_that_leave_the_archive_are_refused(tmp_path, name):
    assert refusal(workbook(tmp_path, {name: b"x"})) == "path-escape"


def test_links_are_refused_inside_and_outside_the_archive(tmp_path):
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = 0o120777 << 16
    assert refusal(workbook(tmp_path, {}, link)) == "symlink"
    outside = tmp_path / "link.csv"
    outside.symlink_to(text(tmp_path, b"a,b\n1,2\n"))
    assert refusal(outside) == "symlink"


def test_macros_and_too_many_entries_are_refused(tmp_path):
    assert refusal(workbook(tmp_path, {"xl/vbaProject.bin": b"x"})) == "macros"
    many: dict[str, bytes | Iterator[bytes]] = {f"xl/media/{i}.png": b"x" for i in range(2100)}
    assert refusal(workbook(tmp_path, many)) == "entries"


def test_files_that_are_not_what_they_are_called_are_refused(tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("x", "y")
    assert refusal(text(tmp_path, archive.getvalue())) == "not-as-named"
    assert refusal(text(tmp_path, archive.getvalue(), "t.xlsx")) == "not-as-named"
    assert refusal(text(tmp_path, b"a,b\n", "t.xlsx")) == "not-as-named"
    assert refusal(text(tmp_path, b"a,b\n", "t.exe")) == "format"


def test_locked_and_old_workbooks_say_what_to_do(tmp_path):
    locked = OLE + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le")
    assert refusal(text(tmp_path, locked, "t.xlsx")) == "encrypted"
    assert refusal(text(tmp_path, OLE + b"\0" * 2000, "t.xls")) == "old-workbook"


def test_a_workbook_cut_short_or_garbled_is_unreadable(tmp_path):
    whole = workbook(tmp_path, {}).read_bytes()
    assert refusal(text(tmp_path, whole[:-300], "t.xlsx")) == "unreadable"
    assert refusal(workbook(tmp_path, {"xl/worksheets/sheet1.xml": b"<worksheet><"})) != "time"
    assert refusal(text(tmp_path, b"PAR1" + b"\0" * 64 + b"PAR1", "t.parquet")) == "unreadable"


@pytest.mark.parametrize(
    "content",
    ["name,city\nMüller,Köln\nJosé,Málaga\n".encode("latin-1"),
     "姓名,地址\n陳大文,臺北市中正區\n".encode("big5"), bytes(range(1, 256)) * 100],
    ids=["latin-1", "big5", "noise"],
)  # fmt: skip
def test_an_encoding_that_cannot_be_known_is_asked_for(tmp_path, content):
    assert refusal(text(tmp_path, content)) == "encoding-unknown"


def test_nul_bytes_are_no_text(tmp_path):
    assert refusal(text(tmp_path, b"a,b\n1,\x002\n")) == "nul-bytes"


def test_a_quote_left_open_over_megabytes_is_refused_with_its_row(tmp_path):
    path = text(tmp_path, b'a,b\n1,2\n3,"4\n' + b"x,y\n" * 2_000_000)
    with pytest.raises(SourceRefused) as refused:
        list(open_source(path)[0].rows)
    assert (refused.value.code, refused.value.row) == ("cell-length", 3)
    assert refusal(text(tmp_path, b'a,b\n1,"2\n')) == "csv-quote"


def test_one_endless_line_is_refused(tmp_path):
    assert refusal(text(tmp_path, b"a" * (64 << 20))) == "line-length"


def test_files_without_a_header_are_refused_before_data_becomes_names(tmp_path):
    content = "张三,11010519491231002X\n李四,110105194912310021\n".encode()
    assert refusal(text(tmp_path, content)) == "header-missing"
    assert refusal(text(tmp_path, b"")) == "empty"
    assert refusal(text(tmp_path, b",,\n,,\n")) == "empty"


def test_more_than_the_limits_is_refused_and_never_cut(tmp_path):
    path = text(tmp_path, b"a,b\n" + b"1,2\n" * 20)
    assert refusal(path, replace(Limits(), rows=19)) == "rows"
    assert refusal(path, replace(Limits(), file_bytes=40)) == "file-size"
    book = workbook(tmp_path, {})
    assert refusal(book, replace(Limits(), workbook_bytes=100)) == "file-size"


def test_devices_folders_and_missing_files_are_refused(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    assert refusal(tmp_path / "folder.csv") == "not-a-file"
    assert refusal(tmp_path / "none.csv") == "file-missing"


def test_a_long_csv_is_read_in_constant_memory(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as out:
        out.write("姓名,备注\n".encode("gb18030"))
        line = ("张三," + "好" * 500 + "\n").encode("gb18030")
        for _ in range(300):
            out.write(line * 100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _row in open_source(path)[0].rows) == 30_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 << 10
