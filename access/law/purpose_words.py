"""Processing purposes in words: names, grounds, what a version changed, and what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from access.law import words
from access.law.purpose_register import GROUNDS
from access.law.reading import clause
from access.vocabulary import Purpose
from custodian import elements
from custodian.regimes.purposes import (
    CHANGEABLE,
    EVERYTHING,
    Basis,
    Fault,
    ProcessingPurpose,
    processing_purposes,
)

BASES: Final[dict[str, Any]] = {
    Basis.CONSENT: pgettext_lazy("合法性基础", "同意"),
    Basis.CONTRACT: gettext_lazy("订立、履行合同所必需"),
    Basis.DUTY: gettext_lazy("履行法定义务"),
    Basis.EMERGENCY: gettext_lazy("应对紧急情况"),
    Basis.NEWS: gettext_lazy("为公共利益的新闻报道"),
    Basis.PUBLIC: gettext_lazy("依法公开的信息"),
    Basis.LAW: gettext_lazy("法律、行政法规另有规定"),
}
LABELS: Final[Mapping[str, Any]] = {
    "name": gettext_lazy("名称（中文）"),
    "name_en": gettext_lazy("名称（英文）"),
    "says": gettext_lazy("说明（中文）"),
    "says_en": gettext_lazy("说明（英文）"),
    "basis": pgettext_lazy("用途", "依据"),
    "clause": gettext_lazy("依据的条款"),
    "mark": gettext_lazy("标记"),
    "source": gettext_lazy("出处"),
    "separate": gettext_lazy("须单独同意"),
    "offered": gettext_lazy("仍用于这一用途"),
    "looks": gettext_lazy("涵盖的查看用途"),
    "elements": gettext_lazy("用到的信息项"),
    "without": gettext_lazy("不同意的后果（中文）"),
    "without_en": gettext_lazy("不同意的后果（英文）"),
    "kept": gettext_lazy("保存多久（中文）"),
    "kept_en": gettext_lazy("保存多久（英文）"),
    "notice": gettext_lazy("告知文本的编号"),
    "anew": gettext_lazy("须全部重新征求同意"),
}
# What does not fit, and what to do about it.
FAULTS: Final[Mapping[str, Any]] = {
    "empty": gettext_lazy("“%(field)s”不能空着，请填写"),
    "nothing": gettext_lazy("至少要有一项查看用途和一项信息项；不再做的，取消勾选“仍用于这一用途”"),
    "clause": gettext_lazy("标记不能强于条款本身的标记；请选较弱的标记，或先在法规条款库核对条款"),
    "without": gettext_lazy("以同意为依据的，须用两种语言写明不同意的后果；其他依据的，请把后果清空"),
    "unasked": gettext_lazy("单独同意和可以不同意的用途，依据只能是“同意”；请改回，或取消勾选单独同意"),
    "separate": gettext_lazy("“%(element)s”是敏感个人信息，须单独同意；请勾选单独同意，或去掉它"),
    "no-look": gettext_lazy("没有“%(place)s”这项查看用途，请从列表中选择"),
    "duty": gettext_lazy("“%(look)s”是依法必须办的，不能征求同意；请取消勾选，或改用其他依据"),
    "optional": gettext_lazy(
        "“%(look)s”放错了地方：营销、满意度调查、提供给合作方只能放在客户可以不同意的用途下，别的用途不能放在那里；请取消勾选"
    ),
    "no-element": gettext_lazy("信息目录里没有“%(place)s”，请从列表中选择"),
    "nobody": gettext_lazy(
        "“%(element)s”的依据是“%(ground)s”，不能没有这样的用途；请保留它，或先在另一项用途里加上"
    ),
    "twice": gettext_lazy(
        "“%(element)s”已由“%(other)s”征求同意，同一查看用途下不能问两次；请在其中一项取消勾选"
    ),
}  # fmt: skip
_FIELDS: Final[Mapping[str, str]] = {
    "nothing": "elements", "clause": "mark", "without": "without", "unasked": "basis", "separate": "separate",
    "no-look": "looks",
    "duty": "looks", "optional": "looks", "no-element": "elements", "nobody": "elements", "twice": "elements",
}  # fmt: skip


def name(purpose: ProcessingPurpose) -> str:
    return purpose.name_en if words.english() else purpose.name


def says(purpose: ProcessingPurpose) -> str:
    return purpose.says_en if words.english() else purpose.says


def without(purpose: ProcessingPurpose) -> str:
    return purpose.without_en if words.english() else purpose.without


def kept(purpose: ProcessingPurpose) -> str:
    return purpose.kept_en if words.english() else purpose.kept


def looks(codes: Iterable[str]) -> str:
    return _("、").join(_look(each) for each in codes) or "—"


def named_elements(codes: Iterable[str]) -> str:
    return _("、").join(element(each) for each in codes) or "—"


def element(code: str) -> str:
    if code == EVERYTHING:
        return _("全部资料")
    return str(elements.get(code).label) if elements.known(code) else code


def _look(code: str) -> str:
    return str(dict(Purpose.choices).get(code, code))


def fault(found: Fault) -> str:
    """What is wrong, and what to do, in the reader's language."""
    of_file = processing_purposes()
    said = {
        "field": LABELS.get(found.place, found.place),
        "place": found.place,
        "look": _look(found.place),
        "element": element(found.place) if _is_element(found.place) else _look(found.place),
        "ground": BASES[GROUNDS[found.other]] if found.other in GROUNDS else "",
        "other": name(of_file[found.other]) if found.other in of_file else "",
    }
    return str(FAULTS[found.kind]) % said


def _is_element(code: str) -> bool:
    return code == EVERYTHING or "." in code


def field(found: Fault) -> str:
    """Where in a form it is told."""
    return found.place if found.kind == "empty" else _FIELDS[found.kind]


def changes(
    before: ProcessingPurpose, after: ProcessingPurpose
) -> Iterator[tuple[str, Any, str, str]]:
    """What differs: field, what, before, after; of lists what comes and what goes."""
    for each in CHANGEABLE:
        was, becomes = getattr(before, each), getattr(after, each)
        if each in _LISTS:
            yield from _turned(each, was, becomes)
        elif was != becomes and (each != "anew" or becomes):
            yield each, LABELS[each], told(each, was), told(each, becomes)


def _turned(
    field: str, was: tuple[str, ...], becomes: tuple[str, ...]
) -> Iterator[tuple[str, Any, str, str]]:
    what, worded = {"what": LABELS[field]}, _LISTS[field]
    if come := [each for each in becomes if each not in was]:
        yield field, _("%(what)s，新增") % what, "—", worded(come)
    if gone := [each for each in was if each not in becomes]:
        yield field, _("%(what)s，去掉") % what, worded(gone), "—"


def tongue(field: str) -> str:
    """The language of a text that is kept in both; empty for what is told in the reader's."""
    return "en" if field.endswith("_en") else "zh-hans" if f"{field}_en" in LABELS else ""


_LISTS: Final[Mapping[str, Callable[[Iterable[str]], str]]] = {
    "looks": looks, "elements": named_elements,
}  # fmt: skip


def told(field: str, value: Any) -> str:
    """What a field says, in words."""
    match field:
        case "basis":
            return str(BASES[value])
        case "clause":
            return words.cite(clause(value))
        case "mark":
            return words.mark_word(value)
        case "looks" | "elements":
            return _LISTS[field](value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value) or "—"


def consequence(before: ProcessingPurpose, after: ProcessingPurpose) -> str:
    """What becomes of the words that customers have said already."""
    if not (before.asks or after.asks):
        return _("不涉及同意")
    if not after.asks:
        return _("不再征求；此前的同意不再起作用，此前的不同意仍然有效")
    if not before.asks:
        return _("从生效日起征求；此前没有人表示过")
    if after.anew:
        return _("此前的同意不再起作用，须重新征求；此前的不同意仍然有效，也管新增的")
    if after.named - before.named:
        return _("此前的同意不包括新增的，须重新征求；此前的不同意仍然有效，也管新增的")
    return _("此前的同意和不同意照旧；去掉的，同意也随之失效，不同意仍然有效")
