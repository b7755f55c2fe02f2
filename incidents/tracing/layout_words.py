"""What fits of another company's layout, as numbers to keep and in words: every number with its base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.models import ListLayout
from incidents.tracing.layouts import Fit, Grade, Held

UNKNOWN: Final = "unknown"
KINDS: Final[Mapping[str, Any]] = {
    "name": _("姓名"),
    "mobile": _("手机号"),
    "id_number": _("身份证号"),
    "email": _("电子邮箱"),
    "account": _("银行账号"),
    "policy": _("保单号"),
    "date": _("日期"),
    "money": _("金额"),
    "plate": _("车牌号"),
    "address": _("地址"),
    "sex": _("性别"),
}
GRADES: Final[Mapping[str, Any]] = {Grade.WELL.value: _("很像"), Grade.PART.value: _("部分像")}
NO_PROOF: Final = _("版式可以照抄，也可能几家公司共用：这里只说像谁的，不证明是谁的。")
_WORDS: Final[Mapping[str, Any]] = {
    "headings": _("%(all)s 个表头中有 %(found)s 个，其中 %(ordered)s 个次序相同"),
    "shape": _("“%(column)s”：%(cells)s 个值中有 %(fits)s 个（%(percent)s）合乎写法 %(shape)s"),
    "kind": _("“%(column)s”：%(cells)s 个值中有 %(fits)s 个（%(percent)s）是%(kind)s"),
    "missing": _("“%(column)s”：名单里没有这一列，或都是空的"),
    "separator": _("分隔符相同"),
    "separator-other": _("分隔符不同"),
    "encoding": _("编码相同"),
    "encoding-other": _("编码不同"),
}


def stored(fits: Iterable[Fit], compared: int | None, rows: int) -> list[dict[str, Any]]:
    """By references and numbers. Where nothing fits the rest of the file is unknown."""
    if compared is None:
        return []
    said = [_fit(each) | {"rows": rows, "compared": compared} for each in fits]
    return said or [{"layout": UNKNOWN, "rows": rows, "compared": compared}]


def _fit(fit: Fit) -> dict[str, Any]:
    return {
        "layout": fit.ref,
        "fit": fit.grade.value,
        "headings": fit.headings,
        "found": fit.found,
        "ordered": fit.ordered,
        "columns": [_column(at, each) for at, each in enumerate(fit.columns, start=1)],
        "separator": fit.separator,
        "encoding": fit.encoding,
    }


def _column(at: int, held: Held) -> dict[str, Any]:
    column = held.column
    return {
        "column": column.heading or str(at),
        "kind": column.kind,
        "shape": column.shape,
        "fits": held.fits,
        "cells": held.cells,
        "looked": held.rows,
        "holds": held.holds,
    }


def worded(sources: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same with the company's name and the reasons in the reader's language; books stay as they are."""
    known = list(sources)
    refs = [each["layout"] for each in known if each.get("layout", UNKNOWN) != UNKNOWN]
    named = {str(row.ref): row.company for row in ListLayout.objects.filter(ref__in=refs)}
    return [_worded(each, named) for each in known]


def _worded(each: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    if "layout" not in each:
        return dict(each)
    if each["layout"] == UNKNOWN:
        return {**each, "company": gettext("未知"), "because": []}
    return {
        **each,
        "company": named.get(each["layout"], "—"),
        "word": str(GRADES[each["fit"]]),
        "because": list(_reasons(each)),
    }


def _reasons(each: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    if each["headings"]:
        said = {"all": each["headings"], "found": each["found"], "ordered": each["ordered"]}
        yield _reason("headings", 1 if each["found"] * 2 > each["headings"] else -1, said)
    for column in each["columns"]:
        code = ("shape" if column["shape"] else "kind") if column["cells"] else "missing"
        percent = f"{column['fits'] / column['cells']:.0%}" if column["cells"] else ""
        said = {**column, "percent": percent, "kind": KINDS.get(column["kind"], "")}
        yield _reason(code, 1 if column["holds"] else -1, said)
    for name in ("separator", "encoding"):
        if each[name] is not None:
            yield _reason(name if each[name] else f"{name}-other", 1 if each[name] else -1, {})


def _reason(code: str, speaks: int, said: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {
        key: f"{value:,}" if isinstance(value, int) else value for key, value in said.items()
    }
    return {"code": code, "speaks": speaks, "words": str(_WORDS[code]) % numbers}
