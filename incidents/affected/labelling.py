"""What an element of an affected list is called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from custodian import elements
from incidents.affected.reading import EVERYTHING
from records.matching import REF


def label(code: str) -> Any:
    if code == EVERYTHING:
        return _("全部移交的资料")
    if code == REF:
        return _("客户编号")
    try:
        return elements.get(code).label
    except KeyError:
        return code
