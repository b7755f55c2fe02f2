"""csv in constant memory: the encoding is proved over the whole file before a row is given out."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from records.importing.readers.sheets import (
    Limits,
    Row,
    Sheet,
    Source,
    SourceRefused,
    split_headers,
)

_CHUNK: Final = 1 << 16
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = ",\t;|"
_HEAD_ROWS: Final = 20
_SAMPLE_CHARS: Final = 1 << 15


def open_text(source: Source, *, limits: Limits) -> list[Sheet]:
    encoding = _prove_encoding(source, limits)
    with source.open() as stream:
        head = _decoded(stream.read(_CHUNK), encoding)
    dialect = _Dialect(encoding, "\r" if "\r" in head and "\n" not in head else "\n", "")
    sample = head[:_SAMPLE_CHARS].replace("\r\n", "\n").replace("\r", "\n")
    dialect.delimiter = source.delimiter or _delimiter_of(sample, limits)

    first = list(islice(_records(source, dialect, limits), _HEAD_ROWS))
    skip, headers = split_headers(first, limits=limits)
    return [Sheet(source.name, headers, _reader(source, dialect, limits, skip + 1))]


@dataclass(slots=True)
class _Dialect:
    encoding: str
    newline: str
    delimiter: str


def _reader(
    source: Source, dialect: _Dialect, limits: Limits, skip: int
) -> Callable[[], Iterator[Row]]:
    def read() -> Iterator[Row]:
        longest, last = limits.cell_chars, limits.rows + skip
        for number, cells in enumerate(_records(source, dialect, limits), start=1):
            if number <= skip or not any(cells):
                continue
            if number > last:
                raise SourceRefused("rows")
            if len(cells) > limits.columns:
                raise SourceRefused("columns", row=number)
            if max(map(len, cells)) > longest:
                raise SourceRefused("cell-length", row=number)
            yield Row(number, tuple(cells))

    return read


def _records(source: Source, dialect: _Dialect, limits: Limits) -> Iterator[list[str]]:
    reader = csv.reader(_lines(source, dialect, limits), delimiter=dialect.delimiter, strict=True)
    number = 1
    try:
        for number, cells in enumerate(reader, start=2):  # noqa: B007  the number outlives the loop
            yield cells
    except csv.Error as error:
        code = "cell-length" if "field limit" in str(error) else "csv-quote"
        raise SourceRefused(code, row=number) from None


def _lines(source: Source, dialect: _Dialect, limits: Limits) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(dialect.encoding)("strict")
    newline, rest = dialect.newline, ""
    with source.open() as stream:
        for chunk in iter(lambda: stream.read(_CHUNK), b""):
            *whole, tail = _step(decoder, chunk).split(newline)
            if not whole:
                rest += tail
                if len(rest) > limits.line_bytes:
                    raise SourceRefused("line-length")
                continue
            whole[0] = rest + whole[0]
            rest = tail
            yield from [f"{line}\n" for line in whole]
        rest += _step(decoder, b"", final=True)
    if rest:
        yield rest


def _step(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> str:
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError:
        raise SourceRefused("encoding-unknown") from None


def _decoded(head: bytes, encoding: str) -> str:
    return _step(codecs.getincrementaldecoder(encoding)("strict"), head)


def _prove_encoding(source: Source, limits: Limits) -> str:
    """BOM, else strict UTF-8, else strict GB18030 that reads like Chinese; else ask."""
    with source.open() as stream:
        head = stream.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    candidates = [source.encoding or marked] if source.encoding or marked else ["utf-8", "gb18030"]
    for encoding in candidates:
        if encoding and _decodes(source, encoding, limits):
            return encoding
    raise SourceRefused("encoding-unknown")


def _decodes(source: Source, encoding: str, limits: Limits) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
    except LookupError:
        return False
    total = run = 0
    plausible = _Plausible() if encoding == "gb18030" else None
    with source.open() as stream:
        for chunk in chain(iter(lambda: stream.read(_CHUNK), b""), [b""]):
            try:
                text = decoder.decode(chunk, not chunk)
            except UnicodeDecodeError:
                return False
            if "\0" in text:
                raise SourceRefused("nul-bytes")
            total += len(chunk)
            if total > limits.file_bytes:
                raise SourceRefused("file-size")
            run = _unbroken(text, run)
            if run > limits.line_bytes:
                raise SourceRefused("line-length")
            if plausible:
                plausible.see(text)
    return plausible is None or plausible.chinese


def _unbroken(text: str, run: int) -> int:
    """Length of the line that is still open at the end of this text."""
    last = max(text.rfind("\n"), text.rfind("\r"))
    return run + len(text) if last < 0 else len(text) - last - 1


class _Plausible:
    """Nearly any bytes decode as GB18030; real Chinese stays within its everyday characters."""

    ENOUGH: Final = 20_000
    SHARE: Final = 0.8

    def __init__(self) -> None:
        self.foreign = 0
        self.everyday = 0

    def see(self, text: str) -> None:
        if self.foreign > self.ENOUGH or text.isascii():
            return
        beyond = [character for character in text if character > "\x7f"]
        self.foreign += len(beyond)
        self.everyday += len("".join(beyond).encode("gb2312", "ignore")) // 2

    @property
    def chinese(self) -> bool:
        return self.everyday >= self.foreign * self.SHARE


def _delimiter_of(sample: str, limits: Limits) -> str:
    """The candidate under which the first rows agree on two columns or more, the widest first."""
    complete = sample.rpartition("\n")[0] or sample
    widths = {mark: _widths(complete, mark) for mark in _DELIMITERS}
    if max((max(found, default=0) for found in widths.values()), default=0) > limits.columns:
        raise SourceRefused("columns")
    even = [mark for mark, found in widths.items() if len(set(found)) == 1 and found[0] > 1]
    if not even:
        even = [mark for mark, found in widths.items() if _mostly_even(found)]
    if even:
        return max(even, key=lambda mark: widths[mark][-1])
    if all(set(found) <= {0, 1} for found in widths.values()):
        return ","
    raise SourceRefused("delimiter-unclear")


def _widths(text: str, delimiter: str) -> list[int]:
    reader = csv.reader(iter(text.splitlines(keepends=True)), delimiter=delimiter)
    try:
        return [len(cells) for cells in islice(reader, _HEAD_ROWS) if any(cells)]
    except csv.Error:
        return []


def _mostly_even(widths: list[int]) -> bool:
    if not widths:
        return False
    usual = max(set(widths), key=widths.count)
    return usual > 1 and widths.count(usual) * 2 > len(widths)
