"""The process that opens workbooks: stands alone, reads one descriptor, writes frames, may die.

It is started by file name in isolated mode, so it imports nothing of the project. Frames are a
four-byte length and JSON, so that nothing it says can run in the process that listens.
"""

from __future__ import annotations

import json
import os
import resource
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, Final

_BATCH: Final = 500
_CHUNK: Final = 1 << 16
_EOCD: Final = struct.Struct("<4s4H2LH")
_CENTRAL_BYTES_PER_ENTRY: Final = 512
_NESTED: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_EXACT_INTEGERS: Final = 1e15


class Refused(Exception):
    pass


def main() -> None:
    orders = json.loads(sys.argv[1])
    limits: dict[str, int] = orders["limits"]
    resource.setrlimit(resource.RLIMIT_AS, (limits["child_memory"], limits["child_memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["child_seconds"], limits["child_seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for frame in _answer(orders, limits):
            _send(frame)
        _send({"done": True})
    except Refused as refused:
        _send({"refused": str(refused)})
    except MemoryError:
        _send({"refused": "memory"})
    except BrokenPipeError:
        os._exit(0)
    except Exception:  # noqa: BLE001  the details may hold values: only the code leaves
        _send({"refused": "unreadable"})


def _answer(orders: dict[str, Any], limits: dict[str, int]) -> Iterator[dict[str, Any]]:
    stream = os.fdopen(orders["fd"], "rb")
    if orders["format"] == "parquet":
        yield from _parquet(orders, limits)
        return
    if orders["sheet"] is None:
        check_archive(stream, limits)
        stream.seek(0)
    yield from _workbook(stream, orders["sheet"], limits)


# -- xlsx ---------------------------------------------------------------------------------------


def check_archive(stream: BinaryIO, limits: dict[str, int]) -> None:
    """Names, counts and declared sizes first; then real sizes, inflated in passing, never kept."""
    size = _check_directory(stream, limits)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise Refused("unreadable") from None
    entries = archive.infolist()
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise Refused("duplicate-entry")
    for entry in entries:
        _check_entry(entry)
    _check_inflated(sum(entry.file_size for entry in entries), size, limits)
    if "xl/workbook.xml" not in archive.NameToInfo:
        raise Refused("not-as-named")
    inflated = 0
    for entry in entries:
        for chunk in _inflate(archive, entry):
            inflated += len(chunk)
            _check_inflated(inflated, size, limits)


def _check_directory(stream: BinaryIO, limits: dict[str, int]) -> int:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _CHUNK))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _EOCD.size:
        raise Refused("unreadable")
    fields = _EOCD.unpack_from(tail, at)
    entries, directory = fields[4], fields[5]
    if entries > limits["entries"] or directory > limits["entries"] * _CENTRAL_BYTES_PER_ENTRY:
        raise Refused("entries")
    stream.seek(0)
    return size


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if entry.flag_bits & 0x1:
        raise Refused("encrypted")
    escapes = name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/")
    if escapes or ":" in name or "\0" in name:
        raise Refused("path-escape")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused("symlink")
    if name.lower().endswith("vbaproject.bin"):
        raise Refused("macros")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("unreadable")


def _check_inflated(inflated: int, size: int, limits: dict[str, int]) -> None:
    if inflated > limits["inflated_bytes"]:
        raise Refused("inflated-size")
    if inflated > max(limits["ratio_from_bytes"], size * limits["inflated_ratio"]):
        raise Refused("inflated-size")


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Pieces of at most 64 KiB; refuses what is no part of a plain workbook."""
    try:
        with archive.open(entry) as part:
            head = part.read(_CHUNK)
            if head.startswith(_NESTED) or b"PK\x03\x04" in head[:64]:
                raise Refused("nested-archive")
            if entry.filename.lower().endswith((".xml", ".rels")) and _has_doctype(head):
                raise Refused("xml-doctype")
            yield head
            while chunk := part.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise Refused("unreadable") from None


def _has_doctype(head: bytes) -> bool:
    plain = head.replace(b"\0", b"")  # UTF-16 parts hide their markup from a plain search
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _workbook(
    stream: BinaryIO, sheet: int | None, limits: dict[str, int]
) -> Iterator[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(stream)
        if len(book.sheet_names) > limits["sheets"]:
            raise Refused("sheets")
        wanted = range(len(book.sheet_names)) if sheet is None else [sheet]
        for index in wanted:
            content = book.get_sheet_by_index(index)
            _check_shape(content.total_height, content.total_width, limits)
            rows = (_texts(row, limits) for row in content.iter_rows())
            yield {"sheet": book.sheet_names[index]}
            yield from _batches(rows, head=sheet is None)
            del content
    except PasswordError:
        raise Refused("encrypted") from None
    except CalamineError:
        raise Refused("unreadable") from None


def _check_shape(height: int, width: int, limits: dict[str, int]) -> None:
    if width > limits["columns"]:
        raise Refused("columns")
    if height > limits["rows"]:
        raise Refused("rows")


def _batches(rows: Iterable[list[str]], *, head: bool) -> Iterator[dict[str, Any]]:
    batch: list[list[str]] = []
    for row in rows:
        batch.append(row)
        if head and len(batch) == 20:
            break
        if len(batch) == _BATCH:
            yield {"rows": batch}
            batch = []
    if batch:
        yield {"rows": batch}


def _texts(row: Iterable[Any], limits: dict[str, int]) -> list[str]:
    texts = [cell if type(cell) is str else _text(cell) for cell in row]
    if max(map(len, texts), default=0) > limits["cell_chars"]:
        raise Refused("cell-length")
    return texts


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < 1e21
        return str(int(cell)) if whole else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell) if not isinstance(cell, timedelta) else str(cell.total_seconds())


# -- parquet ------------------------------------------------------------------------------------


def _parquet(orders: dict[str, Any], limits: dict[str, int]) -> Iterator[dict[str, Any]]:
    os.environ["POLARS_MAX_THREADS"] = "1"
    try:
        import polars as pl
    except ImportError:
        raise Refused("analytics-missing") from None
    try:
        frame = pl.scan_parquet(f"/proc/self/fd/{orders['fd']}")
        names = frame.collect_schema().names()
        height = int(frame.select(pl.len()).collect().item())
        _check_shape(height, len(names), limits)
        yield {"sheet": None}
        yield {"rows": [names]}
        if orders["sheet"] is None:
            frame = frame.head(19)
        for piece in frame.collect_batches(chunk_size=_BATCH * 10):
            for start in range(0, piece.height, _BATCH):
                rows = piece.slice(start, _BATCH).iter_rows()
                yield {"rows": [_texts(row, limits) for row in rows]}
    except pl.exceptions.PolarsError:
        raise Refused("unreadable") from None


def _send(frame: dict[str, Any]) -> None:
    body = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
    raw = body.encode("utf-8", "replace")
    out = sys.stdout.buffer
    out.write(struct.pack(">I", len(raw)))
    out.write(raw)
    out.flush()


if __name__ == "__main__":
    main()
