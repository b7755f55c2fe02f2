"""Readers: csv, xlsx and parquet give the same rows of text, by path or from chunks of bytes."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from records.importing.readers import Source, SourceRefused, open_source

ROWS = [("张三", "2020-01-02", "13912345678"), ("李四", "", "1.5")]


def rows_of(path: Path | Source) -> list[tuple[str, ...]]:
    (sheet,) = open_source(path)
    assert sheet.headers == ("姓名", "日期", "数")
    return [row.cells for row in sheet.rows]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet, day = book.add_worksheet("客户"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(2, 1, ["姓名", "日期", "数"])
    sheet.write_row(3, 1, ["张三", "", 13912345678])
    sheet.write_datetime(3, 2, datetime(2020, 1, 2), day)
    sheet.write_row(6, 1, ["李四", "", 1.5])
    book.close()
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_csv_is_read_in_the_encodings_and_delimiters_in_use(tmp_path, encoding, delimiter):
    lines = [("姓名", "日期", "数"), *ROWS]
    path = tmp_path / "book.csv"
    path.write_bytes("\r\n".join(delimiter.join(line) for line in lines).encode(encoding))
    assert rows_of(path) == ROWS


def test_dates_of_a_workbook_arrive_as_iso_text_and_whole_numbers_without_a_point(workbook):
    assert rows_of(workbook) == ROWS


def test_rows_are_numbered_as_the_spreadsheet_shows_them(workbook, tmp_path):
    (sheet,) = open_source(workbook)
    assert [row.number for row in sheet.rows] == [4, 7]
    text = tmp_path / "t.csv"
    text.write_text('客户资料,,\n姓名,日期,数\n张三,"多\n行",1\n\n李四,,2\n', encoding="utf-8")
    (sheet,) = open_source(text)
    assert [row.number for row in sheet.rows] == [3, 5]


def test_parquet_is_read_where_polars_is_installed(tmp_path):
    polars = pytest.importorskip("polars")
    path = tmp_path / "book.parquet"
    polars.DataFrame(
        {
            "姓名": ["张三", "李四"],
            "日期": [datetime(2020, 1, 2), None],
            "数": ["13912345678", "1.5"],
        }
    ).write_parquet(path)
    assert rows_of(path) == ROWS


def test_a_sheet_can_be_read_again_from_its_start(workbook):
    (sheet,) = open_source(workbook)
    assert list(sheet.rows) == list(sheet.rows)
    half_read = sheet.rows
    next(half_read)
    assert len(list(sheet.rows)) == 2


def test_sealed_parts_are_read_as_they_are_opened(workbook):
    content = workbook.read_bytes()
    pieces = [content[at : at + 100] for at in range(0, len(content), 100)]
    assert rows_of(Source.from_chunks("upload.xlsx", lambda: iter(pieces))) == ROWS
    text = "姓名,日期,数\n张三,2020-01-02,13912345678\n李四,,1.5\n".encode("gb18030")
    assert rows_of(Source.from_chunks("u.csv", lambda: iter([text[:7], text[7:]]))) == ROWS
    assert rows_of(Source("u.csv", lambda: io.BytesIO(text))) == ROWS


def test_every_sheet_with_a_header_is_given_and_empty_ones_are_passed_over(tmp_path):
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(path)
    for name in ("客户", "空", "保单"):
        sheet = book.add_worksheet(name)
        if name != "空":
            sheet.write_column(0, 0, ["编号", name])
    book.close()
    sheets = open_source(path)
    assert [sheet.name for sheet in sheets] == ["客户", "保单"]
    assert [next(sheet.rows).cells for sheet in sheets] == [("客户",), ("保单",)]


def test_repeated_and_blank_headers_become_distinct(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("姓名,电话,电话,\n张三,1,2,3\n", encoding="utf-8")
    (sheet,) = open_source(path)
    assert sheet.headers == ("姓名", "电话", "电话 (2)")


def test_a_named_encoding_is_taken_at_its_word(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("姓名,地址\n陳大文,臺北市中正區\n".encode("big5"))
    with pytest.raises(SourceRefused):
        open_source(path)
    (sheet,) = open_source(Source.from_path(path, encoding="big5"))
    assert next(sheet.rows).cells == ("陳大文", "臺北市中正區")


def test_nothing_printed_of_a_sheet_shows_its_cells(workbook):
    (sheet,) = open_source(workbook)
    assert "张三" not in repr(sheet) + repr(next(sheet.rows))
