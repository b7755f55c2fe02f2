"""The fields of a mapping's form: what may be chosen, and one column with what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from custodian import elements
from records.identifiers import DateOrder
from records.importing import on_its_way
from records.importing.shaping import Is
from records.importing.targets import APART, TARGETS, Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

KINDS: Final[list[tuple[str, _StrOrPromise]]] = [
    (Kind.CUSTOMERS.value, gettext_lazy("客户")),
    (Kind.POLICIES.value, gettext_lazy("保单")),
    (Kind.MIXED.value, gettext_lazy("客户与保单同一行")),
    (Kind.CLAIMS.value, gettext_lazy("赔案")),
    (Kind.CONSENTS.value, gettext_lazy("同意记录")),
]
ORDERS: Final[list[tuple[str, _StrOrPromise]]] = [
    (DateOrder.UNSTATED.value, gettext_lazy("年在前，或日在第 12 日之后")),
    (DateOrder.DMY.value, gettext_lazy("日/月/年")),
    (DateOrder.MDY.value, gettext_lazy("月/日/年")),
]
HOWS: Final[list[tuple[str, _StrOrPromise]]] = [
    ("", "—"),
    (Is.EQUALS.value, gettext_lazy("等于")),
    (Is.OTHER_THAN.value, gettext_lazy("不等于")),
    (Is.STARTS_WITH.value, gettext_lazy("开头是")),
    (Is.EMPTY.value, gettext_lazy("为空")),
]
LEVELS: Final = [("", "—"), *((str(each), f"L{each}") for each in elements.LEVELS)]
SPARE: Final = 2  # empty lines for more fixed values and rules
LONGEST: Final = 4_000


@dataclass(frozen=True)
class Column:
    """One column with its fields; without any where it is part of a value that several columns make."""

    header: str
    target: Any = None
    why: Any = None
    codes: Any = None
    level: Any = None
    joined: str = ""
    seen: Any = None  # what the survey says of it

    @property
    def more(self) -> bool:
        """Whether the rarer fields say something, or something is wrong with them."""
        fields = [each for each in (self.codes, self.level) if each is not None]
        return any(each.value() or each.errors for each in fields)


def targets() -> list[tuple[str, Any]]:
    left = {each for each in APART.values() if each != "consent"}
    return [
        ("", _("不导入")),
        *(
            (code, target.label)
            for code, target in TARGETS.items()
            if code.partition(".")[0] not in left and code not in on_its_way.THEIRS
        ),
    ]


def spare(pairs: Any) -> list[tuple[str, str]]:
    return [*pairs, *[("", "")] * SPARE]


def choice(label: Any, choices: Any, held: str, *, needed: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=held, required=needed)


def text(label: Any, held: str) -> forms.CharField:
    return forms.CharField(label=label, initial=held, required=False, max_length=100)
