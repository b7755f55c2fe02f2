"""xlsx and parquet, opened in a child with a memory and a time limit; only text comes back."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any, Final

from records.importing.readers.sheets import (
    Limits,
    Row,
    Sheet,
    Source,
    SourceRefused,
    split_headers,
)

_CHILD: Final = Path(__file__).with_name("child.py")
_CHUNK: Final = 1 << 20
_LARGEST_FRAME: Final = 64 << 20
_PARQUET_MEMORY: Final = 4  # polars maps far more than it uses


def open_workbook(source: Source, *, kind: str, limits: Limits) -> list[Sheet]:
    if kind == "parquet":
        limits = replace(limits, child_memory=limits.child_memory * _PARQUET_MEMORY)
    heads: list[tuple[dict[str, Any], list[list[str]]]] = []
    for frame in _frames(source, kind, None, limits):
        if "sheet" in frame:
            heads.append((frame, []))
        else:
            heads[-1][1].extend(frame["rows"])

    sheets = []
    for index, (about, rows) in enumerate(heads):
        if any(any(row) for row in rows):
            skip, headers = split_headers(rows, limits=limits)
            read = _reader(source, kind, index, limits, skip + 1)
            sheets.append(Sheet(about["sheet"] or source.name, headers, read))
    if not sheets:
        raise SourceRefused("empty")
    return sheets


def _reader(
    source: Source,
    kind: str,
    index: int,
    limits: Limits,
    skip: int,
) -> Callable[[], Iterator[Row]]:
    def read() -> Iterator[Row]:
        number = 0
        for frame in _frames(source, kind, index, limits):
            if "sheet" in frame:
                continue
            for cells in frame["rows"]:
                number += 1
                if number > skip and any(cells):
                    yield Row(number, tuple(cells))

    return read


def _frames(
    source: Source,
    kind: str,
    sheet: int | None,
    limits: Limits,
) -> Iterator[dict[str, Any]]:
    with _in_memory(source, limits) as handle:
        orders = {"fd": handle, "format": kind, "sheet": sheet, "limits": asdict(limits)}
        child = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD), json.dumps(orders)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(handle,),
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "POLARS_MAX_THREADS": "1"},
        )
        try:
            yield from _listen(child)
        finally:
            child.kill()
            if child.stdout:
                child.stdout.close()
            child.wait()


def _listen(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    if child.stdout is None:
        raise SourceRefused("unreadable")
    while head := child.stdout.read(4):
        length = struct.unpack(">I", head.ljust(4, b"\xff"))[0]
        if length > _LARGEST_FRAME:
            break
        body = _exactly(child.stdout, length)
        if body is None:
            break
        frame: dict[str, Any] = json.loads(body)
        if "refused" in frame:
            raise SourceRefused(frame["refused"])
        if "done" in frame:
            return
        yield frame
    raise SourceRefused(_epitaph(child.wait()))


def _exactly(pipe: IO[bytes], length: int) -> bytes | None:
    body = pipe.read(length)
    return body if len(body) == length else None


def _epitaph(status: int) -> str:
    """A child that died without a word: by the clock, by the memory limit, or by the file."""
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    return "memory" if status in (-signal.SIGABRT, -signal.SIGSEGV) else "unreadable"


@contextmanager
def _in_memory(source: Source, limits: Limits) -> Iterator[int]:
    """The file's bytes behind a descriptor that never had a name on any disk."""
    handle = os.memfd_create("workbook", os.MFD_CLOEXEC)
    try:
        total = 0
        with source.open() as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > limits.workbook_bytes:
                    raise SourceRefused("file-size")
                _write(handle, chunk)
        os.lseek(handle, 0, os.SEEK_SET)
        yield handle
    finally:
        os.close(handle)


def _write(handle: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(handle, view) :]
