"""Which column goes where: as recognised and confirmed, or as a TOML file says."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any, Final

from records.identifiers import DateOrder, IdType
from records.importing.targets import TARGETS, Kind

_SOURCE_KEYS: Final = frozenset(
    {
        "columns", "constants", "date_order", "delimiter", "encoding", "file", "holders_by_row_of",
        "id_type", "kind", "name", "sheet",
    }
)  # fmt: skip


class MappingInvalid(ValueError):
    """The mapping file says something that cannot be followed; the message names the place."""


@dataclass(frozen=True)
class ColumnRule:
    """One column, or several joined in order: `given_name` and `surname` make a name."""

    headers: tuple[str, ...]
    separator: str = " "


@dataclass(frozen=True, kw_only=True)
class SourceMapping:
    """How the sheets of one file are read; `file` and `sheet` are patterns."""

    name: str
    kind: Kind
    file: str = "*"
    sheet: str = "*"
    columns: Mapping[str, ColumnRule] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    id_type: IdType | None = None
    date_order: DateOrder = DateOrder.UNSTATED
    encoding: str | None = None
    delimiter: str | None = None
    holders_by_row_of: str | None = None

    def covers(self, *, file: str, sheet: str) -> bool:
        return fnmatch(file, self.file) and fnmatch(sheet, self.sheet)


@dataclass(frozen=True)
class BookMapping:
    sources: tuple[SourceMapping, ...]

    def for_file(self, file: str) -> SourceMapping | None:
        """The first source of a file, for the encoding and delimiter it is opened with."""
        return next((s for s in self.sources if fnmatch(file, s.file)), None)

    def find(self, *, file: str, sheet: str) -> SourceMapping | None:
        return next((s for s in self.sources if s.covers(file=file, sheet=sheet)), None)


def load(text: str) -> BookMapping:
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid(f"not TOML: {error}") from None
    listed = written.get("source")
    if not isinstance(listed, list) or not listed or set(written) != {"source"}:
        raise MappingInvalid("a mapping is one or more [[source]] tables and nothing else")
    mapping = BookMapping(tuple(_source(table) for table in listed))
    _check_references(mapping)
    return mapping


def dump(mapping: BookMapping) -> str:
    """TOML that `load` reads back as the same mapping."""
    return "\n".join("\n".join(_written(source)) + "\n" for source in mapping.sources)


def _source(table: Any) -> SourceMapping:
    if not isinstance(table, dict) or set(table) - _SOURCE_KEYS:
        unknown = ", ".join(sorted(set(table) - _SOURCE_KEYS)) if isinstance(table, dict) else ""
        raise MappingInvalid(f"unknown keys in a source: {unknown}")
    if "name" not in table or "kind" not in table:
        raise MappingInvalid("a source needs a name and a kind")
    try:
        return SourceMapping(
            name=_string(table, "name"),
            kind=Kind(table["kind"]),
            file=table.get("file", "*"),
            sheet=table.get("sheet", "*"),
            columns={_target(to): _rule(by) for to, by in table.get("columns", {}).items()},
            constants={_target(to): str(by) for to, by in table.get("constants", {}).items()},
            id_type=IdType(table["id_type"]) if "id_type" in table else None,
            date_order=DateOrder(table.get("date_order", DateOrder.UNSTATED)),
            encoding=table.get("encoding"),
            delimiter=table.get("delimiter"),
            holders_by_row_of=table.get("holders_by_row_of"),
        )
    except (ValueError, AttributeError) as error:
        raise MappingInvalid(f"source {table['name']!r}: {error}") from None


def _string(table: dict[str, Any], key: str) -> str:
    if not isinstance(table[key], str) or not table[key]:
        raise MappingInvalid(f"{key} must be text")
    return str(table[key])


def _target(code: str) -> str:
    if code not in TARGETS:
        raise MappingInvalid(f"unknown target {code!r}")
    return code


def _rule(written: Any) -> ColumnRule:
    if isinstance(written, str):
        return ColumnRule((written,))
    if isinstance(written, dict) and set(written) <= {"join", "with"} and written.get("join"):
        return ColumnRule(tuple(str(h) for h in written["join"]), str(written.get("with", " ")))
    raise MappingInvalid('a column is "header" or { join = ["one", "two"], with = " " }')


def _check_references(mapping: BookMapping) -> None:
    names = [source.name for source in mapping.sources]
    if len(set(names)) != len(names):
        raise MappingInvalid("two sources have the same name")
    for source in mapping.sources:
        if source.holders_by_row_of and source.holders_by_row_of not in names:
            raise MappingInvalid(f"source {source.name!r}: holders_by_row_of names no source")


def _written(source: SourceMapping) -> Iterable[str]:
    yield "[[source]]"
    plain = ("name", "kind", "file", "sheet", "id_type", "encoding", "delimiter",
             "holders_by_row_of")  # fmt: skip
    for key in plain:
        value = getattr(source, key)
        if value is not None:
            yield f"{key} = {_quoted(value)}"
    if source.date_order is not DateOrder.UNSTATED:
        yield f"date_order = {_quoted(source.date_order)}"
    if source.columns:
        yield "[source.columns]"
    for target, rule in source.columns.items():
        yield f"{_quoted(target)} = {_written_rule(rule)}"
    if source.constants:
        yield "[source.constants]"
    for target, value in source.constants.items():
        yield f"{_quoted(target)} = {_quoted(value)}"


def _written_rule(rule: ColumnRule) -> str:
    if len(rule.headers) == 1:
        return _quoted(rule.headers[0])
    listed = ", ".join(_quoted(header) for header in rule.headers)
    return f"{{ join = [{listed}], with = {_quoted(rule.separator)} }}"


def _quoted(text: str) -> str:
    # JSON strings are TOML basic strings, but for the delete character, which TOML wants escaped.
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")
