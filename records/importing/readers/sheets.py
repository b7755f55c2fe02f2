"""What every reader gives: sheets with headers and numbered rows, or a refusal with its reason."""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a file may be; everything beyond is refused, never cut."""

    file_bytes: int = 4 << 30
    workbook_bytes: int = 64 << 20  # xlsx and parquet need the whole file in memory
    inflated_bytes: int = 256 << 20
    inflated_ratio: int = 40
    ratio_from_bytes: int = 20 << 20  # small workbooks may repeat themselves
    entries: int = 2_000
    sheets: int = 64
    rows: int = 5_000_000
    columns: int = 512
    cell_chars: int = 32_767
    line_bytes: int = 1 << 20
    child_memory: int = 512 << 20
    child_seconds: int = 30


DEFAULT_LIMITS: Final = Limits()


class SourceRefused(Exception):
    """A file that will not be read. The message says why and what to do, never what it holds."""

    def __init__(self, code: str, *, row: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.row = row

    @property
    def message(self) -> StrOrPromise:
        return REFUSALS.get(self.code, REFUSALS["unreadable"])


class Row(NamedTuple):
    """`number` counts as a spreadsheet does: the first row of the file is 1."""

    number: int
    cells: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Row {self.number}, {len(self.cells)} cells>"


@dataclass(frozen=True)
class Source:
    """A named file whose bytes can be had again and again, wherever they are kept."""

    name: str
    open: Callable[[], BinaryIO]
    encoding: str | None = None
    delimiter: str | None = None

    @classmethod
    def from_path(
        cls, path: Path, *, encoding: str | None = None, delimiter: str | None = None
    ) -> Source:
        return cls(path.name, lambda: _open_plain_file(path), encoding, delimiter)

    @classmethod
    def from_chunks(
        cls,
        name: str,
        chunks: Callable[[], Iterator[bytes]],
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> Source:
        return cls(name, lambda: io.BufferedReader(_Chunks(chunks())), encoding, delimiter)


@dataclass(frozen=True)
class Sheet:
    """`rows` starts from the first data row each time it is asked for."""

    name: str
    headers: tuple[str, ...]
    read: Callable[[], Iterator[Row]] = field(repr=False)

    @property
    def rows(self) -> Iterator[Row]:
        return self.read()


class _Chunks(io.RawIOBase):
    """Chunks of bytes as a file that is read once, forwards."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        into = memoryview(buffer).cast("B")
        count = min(len(into), len(self._rest))
        into[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        shut = getattr(self._chunks, "close", None)
        if shut:
            shut()
        super().close()


def split_headers(rows: list[list[str]], *, limits: Limits) -> tuple[int, tuple[str, ...]]:
    """Index of the header row among the first rows (titles above it are passed over), and names."""
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    if not any(filled):
        raise SourceRefused("empty")
    enough = max(filled) * 0.6
    index = next(i for i, count in enumerate(filled) if count >= enough)
    names = [cell.strip() for cell in rows[index]]
    while names and not names[-1]:
        names.pop()
    if len(names) > limits.columns:
        raise SourceRefused("columns")
    if any(len(name) > _HEADER_CHARS for name in names):
        raise SourceRefused("header-missing")
    if any(_DATA.match(name) for name in names):
        raise SourceRefused("header-missing")
    return index, _distinct(names)


_HEADER_CHARS: Final = 100
# A first row that holds numbers of persons or accounts is data, and must not become column names.
_DATA: Final = re.compile(r"^(?:\+?\d{7,}[\dXx]?|\d{4}-\d{1,2}-\d{1,2}|[^@\s]+@[^@\s]+\.\w+)$")


def _distinct(names: list[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    result = []
    for position, written in enumerate(names, start=1):
        name = written or f"#{position}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(result)


def _open_plain_file(path: Path) -> BinaryIO:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise SourceRefused("file-missing") from None
    except OSError:
        raise SourceRefused("symlink" if path.is_symlink() else "file-unreadable") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise SourceRefused("not-a-file")
    return os.fdopen(handle, "rb")


REFUSALS: Final[dict[str, StrOrPromise]] = {
    "analytics-missing": _("读取 parquet 需要安装 analytics 组件，或改用 csv、xlsx"),
    "cell-length": _("有单元格过长，请核对文件是否缺少引号或换行"),
    "columns": _("列数过多，请只保留客户、保单和理赔所需的列"),
    "csv-quote": _("引号没有成对，请核对该行后重新导出"),
    "delimiter-unclear": _("分隔符无法确定，请指定分隔符"),
    "duplicate-entry": _("压缩包内有重名文件，请用表格软件另存后再上传"),
    "empty": _("文件中没有内容，请核对文件"),
    "encoding-unknown": _("文字编码无法确定，请指定编码，或另存为 UTF-8"),
    "encrypted": _("文件设有密码，请去掉密码后再上传"),
    "entries": _("压缩包内文件过多，请用表格软件另存后再上传"),
    "file-missing": _("找不到文件，请核对文件名"),
    "file-size": _("文件过大，请拆分后再上传"),
    "file-unreadable": _("文件无法打开，请核对权限"),
    "format": _("只接受 csv、xlsx、parquet 文件"),
    "header-missing": _("第一行不像表头，请补上表头后再上传"),
    "inflated-size": _("文件展开后过大，请拆分后再上传"),
    "line-length": _("有一行过长，请核对文件是否缺少换行"),
    "macros": _("文件带有宏，请另存为不带宏的 xlsx"),
    "memory": _("读取文件所需内存超出限制，请拆分后再上传"),
    "nested-archive": _("文件内嵌有其他压缩包或文档，请删除后再上传"),
    "not-a-file": _("这不是普通文件，请核对路径"),
    "not-as-named": _("文件内容与扩展名不符，请核对文件"),
    "nul-bytes": _("文件中有空字节，不是文本文件，请重新导出"),
    "old-workbook": _("这是旧式 xls 文件，请另存为 xlsx"),
    "path-escape": _("压缩包内有越界路径，文件不可信，已拒收"),
    "rows": _("行数过多，请拆分后再上传"),
    "sheets": _("工作表过多，请拆分后再上传"),
    "symlink": _("不接受符号链接，请提供文件本身"),
    "time": _("读取文件超时，请拆分后再上传"),
    "unreadable": _("文件已损坏或不是有效格式，请重新导出"),
    "xml-doctype": _("文件中有不允许的 XML 声明，已拒收"),
}
