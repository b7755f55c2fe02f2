"""What tables, cells and columns of a data room are called, in the language that is active."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Unit
from custodian import elements
from records.models import Claim, Policy, Product
from transfers.data_room.counting import UNKNOWN
from transfers.data_room.releasing import Tables

TABLES: Final[Mapping[str, Any]] = {
    "customers-by-unit": gettext_lazy("客户数，按服务机构"),
    "customers-by-sex": gettext_lazy("客户数，按性别"),
    "customers-by-age": gettext_lazy("客户数，按年龄"),
    "policies-by-product": gettext_lazy("保单数，按险种"),
    "policies-by-status": gettext_lazy("保单数，按状态"),
    "policies-by-year": gettext_lazy("保单数，按生效年份"),
    "policies-by-premium": gettext_lazy("保单数，按每期保费（元）"),
    "claims-by-kind": gettext_lazy("赔案数，按类别"),
    "claims-by-status": gettext_lazy("赔案数，按状态"),
}


def shown(tables: Tables) -> list[dict[str, Any]]:
    """Each table with its title, total and cells in words, in the order of the pack."""
    names = {**_named(), "": {}}
    return [
        {
            "title": str(TABLES[code]),
            "total": table["total"],
            "cells": [(_cell(code, name, names), n) for name, n in table["cells"]],
        }
        for code, table in ((code, tables[code]) for code in TABLES if code in tables)
    ]


def _named() -> dict[str, Mapping[str, str]]:
    return {
        "customers-by-unit": {each.code: str(each) for each in Unit.objects.all()},
        "customers-by-sex": {"male": _("男"), "female": _("女")},
        "policies-by-product": {each.code: str(each) for each in Product.objects.all()},
        "policies-by-status": {str(code): str(word) for code, word in Policy.Status.choices},
        "claims-by-kind": {str(code): str(word) for code, word in Claim.Kind.choices},
        "claims-by-status": {str(code): str(word) for code, word in Claim.Status.choices},
    }


def _cell(table: str, name: str, names: Mapping[str, Mapping[str, str]]) -> str:
    if name == UNKNOWN:
        return _("单位或未记载") if table.startswith("customers") else _("未记载")
    if table == "customers-by-age":
        return _("%(ages)s 岁") % {"ages": name.replace("-", "–")}
    return names.get(table, {}).get(name, name.replace("-", "–"))


def heads(codes: tuple[str, ...]) -> list[str]:
    """Of the samples: what is no secret, then the masked elements."""
    first = [_("险种"), _("状态"), _("生效年份")]
    return [*first, *(str(elements.get(code).label) for code in codes)]


def cell(count: int | None) -> str:
    return _("未列出") if count is None else f"{count:,}"
