"""A mapping as a form: what the rows of each sheet are, where each column goes or why not, rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from custodian import elements
from records import words
from records.identifiers import DateOrder, IdType
from records.importing import shaping
from records.importing.mapping import BookMapping, ColumnRule, MappingInvalid, SourceMapping, load
from records.importing.mapping import dump as written
from records.importing.mapping_fields import (
    HOWS,
    KINDS,
    LEVELS,
    LONGEST,
    ORDERS,
    SPARE,
    Column,
    choice,
    spare,
    targets,
    text,
)
from records.importing.runs import Recognised
from records.importing.shaping import Is, Skip
from records.importing.targets import TARGETS, Kind, belongs


class MappingForm(forms.Form):
    """`found` are the sheets, `mapping` what their columns are taken as until somebody says otherwise."""

    def __init__(
        self, *args: Any, found: Sequence[Recognised], mapping: BookMapping, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._found = found
        self._said = [self._source(each, mapping) for each in found]
        for number, (each, said) in enumerate(zip(found, self._said, strict=True)):
            self._add_sheet(number, each.sheet.headers, said)
        self.fields["name"] = forms.CharField(
            label=gettext_lazy("保存为"),
            required=False,
            max_length=60,
            help_text=gettext_lazy(
                "给这份对应关系一个名称，下一批文件可以直接选用；改动存成新版本"
            ),
        )

    def _source(self, each: Recognised, mapping: BookMapping) -> SourceMapping:
        return mapping.find(file=each.file, sheet=each.sheet.name) or each.mapping

    def _add_sheet(self, number: int, headers: Sequence[str], said: SourceMapping) -> None:
        add, name = self.fields.__setitem__, f"s{number}"
        add(f"{name}kind", choice(_("这是什么"), KINDS, said.kind.value))
        add(f"{name}order", choice(_("日期写法"), ORDERS, said.date_order.value, needed=False))
        types = [("", "—"), *((each.value, words.ID_TYPES[each.value]) for each in IdType)]
        held = said.id_type.value if said.id_type else ""
        add(f"{name}type", choice(_("证件类型（没有这一列时）"), types, held, needed=False))
        by_header = {r.headers[0]: to for to, r in said.columns.items() if len(r.headers) == 1}
        joined = self._joined(said)
        for place, header in enumerate(headers):
            if header in joined:
                continue
            self._add_column(f"{name}c{place}", header, by_header.get(header, ""), said)
        for place, (target, value) in enumerate(spare(said.constants.items())):
            add(f"{name}k{place}to", choice(_("固定值去往"), targets(), target, needed=False))
            add(f"{name}k{place}is", text(_("固定值"), value))
        for place, skip in enumerate([*said.skips, *[None] * SPARE]):
            self._add_rule(f"{name}r{place}", headers, skip)

    def _add_column(self, name: str, header: str, target: str, said: SourceMapping) -> None:
        table = said.codes.get(target, {})
        level = str(said.levels.get(header, ""))
        self.fields[name] = choice(header, targets(), target, needed=False)
        self.fields[f"{name}why"] = text(_("不导入的理由"), said.ignored.get(header, ""))
        self.fields[f"{name}level"] = choice(_("对方的分级"), LEVELS, level, needed=False)
        self.fields[f"{name}codes"] = forms.CharField(
            label=_("代码表"),
            required=False,
            max_length=LONGEST,
            initial="\n".join(f"{theirs}={ours}" for theirs, ours in table.items()),
            widget=forms.Textarea({"rows": 3}),
            help_text=_("每行一个：文件里的写法=本公司的写法，例如 1=男"),
        )

    def _add_rule(self, name: str, headers: Sequence[str], skip: Skip | None) -> None:
        columns = [("", "—"), *((each, each) for each in headers)]
        held = skip or Skip("", Is.EMPTY, "")
        how = held.how.value if skip else ""
        self.fields[f"{name}column"] = choice(_("列"), columns, held.column, needed=False)
        self.fields[f"{name}how"] = choice(_("怎样"), HOWS, how, needed=False)
        self.fields[f"{name}value"] = text(_("值"), held.value)
        self.fields[f"{name}reason"] = text(_("略过的理由"), held.reason)

    def _joined(self, said: SourceMapping) -> dict[str, str]:
        return {
            header: to
            for to, rule in said.columns.items()
            if len(rule.headers) > 1
            for header in rule.headers
        }

    def sheets(self) -> Iterator[dict[str, Any]]:
        """For drawing: each sheet with its own fields, its columns, fixed values and rules."""
        for number, (each, said) in enumerate(zip(self._found, self._said, strict=True)):
            name, joined = f"s{number}", self._joined(said)
            yield {
                "file": each.file,
                "sheet": each.sheet.name,
                "fields": [self[f"{name}{part}"] for part in ("kind", "order", "type")],
                "columns": [
                    Column(header, joined=str(TARGETS[joined[header]].label))
                    if header in joined
                    else self._column(f"{name}c{place}", header)
                    for place, header in enumerate(each.sheet.headers)
                ],
                "fixed": list(self._lines(f"{name}k", ("to", "is"))),
                "rules": list(self._lines(f"{name}r", ("column", "how", "value", "reason"))),
            }

    def _column(self, name: str, header: str) -> Column:
        target, why, codes, level = (
            self[f"{name}{part}"] for part in ("", "why", "codes", "level")
        )
        return Column(header, target, why, codes, level)

    def _lines(self, name: str, parts: Sequence[str]) -> Iterator[list[Any]]:
        place = 0
        while f"{name}{place}{parts[0]}" in self.fields:
            yield [self[f"{name}{place}{part}"] for part in parts]
            place += 1

    def clean(self) -> dict[str, Any]:
        sources = [self._read(number) for number in range(len(self._found))]
        if not any(source.columns for source in sources):
            raise forms.ValidationError(_("至少要有一列对应到一项"))
        if not self.errors:
            try:
                # Through its own text once, so that what is kept is what can be read again.
                self._mapping = load(written(BookMapping(tuple(sources))))
            except MappingInvalid as invalid:
                raise forms.ValidationError(
                    _("对应关系有误：%(detail)s") % {"detail": invalid}
                ) from None
        return self.cleaned_data

    def mapping(self) -> BookMapping:
        """What the person confirmed."""
        return self._mapping

    def _read(self, number: int) -> SourceMapping:
        each, said, name = self._found[number], self._said[number], f"s{number}"
        got = self.cleaned_data.get
        kind = Kind(got(f"{name}kind") or said.kind)
        columns = {to: rule for to, rule in said.columns.items() if len(rule.headers) > 1}
        codes: dict[str, dict[str, str]] = {}
        ignored: dict[str, str] = {}
        levels: dict[str, int] = {}
        joined = self._joined(said)
        for place, header in enumerate(each.sheet.headers):
            column = f"{name}c{place}"
            if header in joined:
                continue
            if level := got(f"{column}level"):
                levels[header] = int(level)
            target = got(column)
            if not target:
                ignored[header] = self._reason(column)
                continue
            self._check_target(column, target, kind, columns, levels)
            columns[target] = ColumnRule((header,))
            if table := self._codes(f"{column}codes"):
                codes[target] = table
        own = each.mapping
        return SourceMapping(
            name=own.name, kind=kind, file=own.file, sheet=own.sheet, columns=columns,
            constants=self._constants(name, kind, columns), codes=codes,
            ignored={header: why for header, why in ignored.items() if why}, levels=levels,
            skips=tuple(self._skips(name)), encoding=said.encoding, delimiter=said.delimiter,
            id_type=IdType(str(held)) if (held := got(f"{name}type")) else None,
            date_order=DateOrder(got(f"{name}order") or DateOrder.UNSTATED),
        )  # fmt: skip

    def _reason(self, column: str) -> str:
        why = str(self.cleaned_data.get(f"{column}why") or "").strip()
        if not why:
            self.add_error(column, _("请选择对应到哪一项，或写明为什么不导入"))
        return why

    def _check_target(
        self,
        column: str,
        target: str,
        kind: Kind,
        taken: dict[str, ColumnRule],
        levels: dict[str, int],
    ) -> None:
        header = self.fields[column].label
        if target in taken:
            words = _("“%(header)s”已对应到这里，一项只能对应一列")
            self.add_error(column, words % {"header": taken[target].headers[0]})
        if not belongs(target, kind):
            self.add_error(column, _("这一类的行没有这一项，请改选，或改“这是什么”"))
        if shaping.lowered(levels, target, [str(header)]):
            words = _("对方分级为 L%(theirs)s，本公司这一项只有 L%(ours)s；分级只能升，不能降")
            ours = elements.get(target).level
            self.add_error(column, words % {"theirs": levels[str(header)], "ours": ours})

    def _codes(self, name: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in str(self.cleaned_data.get(name) or "").splitlines():
            theirs, equals, ours = line.partition("=")
            if line.strip() and not (equals and theirs.strip() and ours.strip()):
                self.add_error(name, _("代码表每行写成“文件里的写法=本公司的写法”"))
                return {}
            if line.strip():
                found[theirs.strip()] = ours.strip()
        return found

    def _constants(self, name: str, kind: Kind, columns: dict[str, ColumnRule]) -> dict[str, str]:
        found = {}
        for to, value in self._lines(f"{name}k", ("to", "is")):
            target = self.cleaned_data.get(to.name)
            said = str(self.cleaned_data.get(value.name) or "").strip()
            if not target and not said:
                continue
            if not (target and said) or target in columns or not belongs(target, kind):
                self.add_error(to.name, _("固定值要有去处和值，且没有一列已对应到那里"))
                continue
            found[target] = said
        return found

    def _skips(self, name: str) -> Iterator[Skip]:
        for bound in self._lines(f"{name}r", ("column", "how", "value", "reason")):
            column, how, value, reason = (str(self.cleaned_data.get(b.name) or "") for b in bound)
            if not any((column, how, value, reason)):
                continue
            whole = column and how and reason.strip() and (value or how == Is.EMPTY)
            if not whole:
                self.add_error(bound[0].name, _("规则要写全：哪一列、怎样、什么值、为什么略过"))
                continue
            yield Skip(column, Is(how), reason.strip(), value)
