"""What agrees between two customers, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from custodian import elements
from records.blind_indexes import COMBINED

_TOGETHER: Final[Mapping[str, Any]] = {COMBINED: _("姓名与出生日期")}


def elements_of(codes: Iterable[str]) -> list[str]:
    return [str(_TOGETHER.get(code) or elements.get(code).label) for code in codes]
