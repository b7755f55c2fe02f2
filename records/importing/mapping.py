"""Which column goes where: as recognised and confirmed, or as a TOML file says."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any, Final

from records.identifiers import DateOrder, IdType
from records.importing import shaping
from records.importing.shaping import Codes, Is, Skip
from records.importing.targets import TARGETS, Kind

_SOURCE_KEYS: Final = frozenset(
    {
        "codes", "columns", "constants", "date_order", "delimiter", "encoding", "file",
        "holders_by_row_of", "id_type", "ignored", "kind", "levels", "name", "sheet", "skip",
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
    codes: Codes = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    skips: tuple[Skip, ...] = ()

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
        source = SourceMapping(
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
            codes={
                _target(to): codes
                for to, codes in shaping.read_codes(table.get("codes", {})).items()
            },
            ignored=shaping.read_reasons(table.get("ignored", {})),
            levels=shaping.read_levels(table.get("levels", {})),
            skips=tuple(shaping.read_skip(each) for each in table.get("skip", ())),
        )
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise MappingInvalid(f"source {table['name']!r}: {error}") from None
    _check_levels(source)
    return source


def _check_levels(source: SourceMapping) -> None:
    """A mapping may raise the level of what comes, and never lower it."""
    for target, rule in source.columns.items():
        if header := shaping.lowered(source.levels, target, rule.headers):
            raise MappingInvalid(f"source {source.name!r}: {header!r} would be rated lower here")


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
    yield from _written_shape(source)


def _written_shape(source: SourceMapping) -> Iterable[str]:
    tables: dict[str, Mapping[str, object]] = {
        f"codes.{_quoted(target)}": table for target, table in source.codes.items()
    }
    for name, table in {**tables, "ignored": source.ignored, "levels": source.levels}.items():
        if table:
            yield f"[source.{name}]"
        for key, value in table.items():
            yield f"{_quoted(key)} = {value if isinstance(value, int) else _quoted(str(value))}"
    for skip in source.skips:
        yield "[[source.skip]]"
        yield f"column = {_quoted(skip.column)}"
        yield f"is = {_quoted(skip.how)}"
        if skip.how is not Is.EMPTY:
            yield f"value = {_quoted(skip.value)}"
        yield f"reason = {_quoted(skip.reason)}"


def _written_rule(rule: ColumnRule) -> str:
    if len(rule.headers) == 1:
        return _quoted(rule.headers[0])
    listed = ", ".join(_quoted(header) for header in rule.headers)
    return f"{{ join = [{listed}], with = {_quoted(rule.separator)} }}"


def _quoted(text: str) -> str:
    # JSON strings are TOML basic strings, but for the delete character, which TOML wants escaped.
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")
