"""Files become sheets of text: csv, xlsx, parquet, told apart by content and by name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from records.importing.readers.sheets import (
    DEFAULT_LIMITS,
    REFUSALS,
    Limits,
    Row,
    Sheet,
    Source,
    SourceRefused,
)
from records.importing.readers.text import open_text
from records.importing.readers.workbooks import open_workbook

__all__ = ["REFUSALS", "Limits", "Row", "Sheet", "Source", "SourceRefused", "open_source"]

_HEAD: Final = 1 << 16
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET: Final = b"PAR1"
_FORMATS: Final = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
}


def open_source(source: Source | Path, *, limits: Limits = DEFAULT_LIMITS) -> list[Sheet]:
    """Every sheet with a header. Refuses (`SourceRefused`) before any row is given out."""
    if isinstance(source, Path):
        source = Source.from_path(source)
    with source.open() as stream:
        head = stream.read(_HEAD)
    format_ = _format_of(source.name, head)
    if format_ == "text":
        return open_text(source, limits=limits)
    return open_workbook(source, kind=format_, limits=limits)


def _format_of(name: str, head: bytes) -> str:
    if not head:
        raise SourceRefused("empty")
    named = _FORMATS.get(Path(name).suffix.lower())
    if named is None:
        raise SourceRefused("old-workbook" if head.startswith(_OLE) else "format")
    if head.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in head
        raise SourceRefused("encrypted" if encrypted else "old-workbook")
    if head.startswith(_ZIP):
        real = "xlsx"
    elif head.startswith(_PARQUET):
        real = "parquet"
    else:
        real = "text"
    if real != named:
        raise SourceRefused("not-as-named")
    return real
