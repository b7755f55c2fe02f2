"""What a check can find wrong, in words, and the finding that tells the officer: one for each holding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from access.events import finding_changed
from access.findings import raise_finding
from access.models import Finding
from access.models.findings import TELLERS
from access.querylog.telling import labels
from records.damage import DAMAGED
from records.models import Withheld

KIND: Final = "integrity.storage"
Severity = Finding.Severity


@dataclass(frozen=True)
class Sort:
    """One kind of fault: what it is called, how grave it is, and whether reads stop until it is judged.

    What does not open stops them by itself; an old value opens, and so has to be withheld.
    """

    words: Promise | str
    severity: Finding.Severity = Severity.URGENT
    withheld: bool = False


SORTS: Final[Mapping[str, Sort]] = {
    "key": Sort(gettext_lazy("密钥解不开")),
    "key-missing": Sort(gettext_lazy("没有密钥，也没有销毁记录")),
    "key-stray": Sort(gettext_lazy("密钥还在，资料行不见了")),
    "subject-key": Sort(gettext_lazy("客户在日志中的密钥不见了")),
    "value": Sort(gettext_lazy("密封值打不开")),
    "state": Sort(gettext_lazy("密封值不是最近一次变更留下的"), withheld=True),
    "rolled-back": Sort(gettext_lazy("资料行被换回旧的"), withheld=True),
    "unlogged": Sort(gettext_lazy("资料行的变更不在查询日志里"), withheld=True),
    "list": Sort(gettext_lazy("日志所指的状态清单缺失或被改")),
    "row-missing": Sort(gettext_lazy("日志里有的资料行不见了，也没有销毁记录")),
    "index-missing": Sort(gettext_lazy("缺盲索引，按此值查不到")),
    "index-foreign": Sort(gettext_lazy("多出不是其值的盲索引")),
    "file-missing": Sort(gettext_lazy("密封文件不见了")),
    "file-damaged": Sort(gettext_lazy("密封文件打不开或不完整")),
    "file-stray": Sort(gettext_lazy("文件没有登记"), Severity.MEDIUM),
}


# A fault of a whole holding names its kind instead of an element.
HOLDING_WORDS: Final[Mapping[str, Promise | str]] = {
    "identity": gettext_lazy("身份信息"),
    "financial": gettext_lazy("财务信息"),
    "policy": gettext_lazy("保单"),
    "claim": gettext_lazy("赔案"),
    "document": gettext_lazy("客户文件"),
    "request": pgettext_lazy("列表", "客户申请"),
    "correction": gettext_lazy("更正申请"),
    "former": gettext_lazy("更正前的内容"),
}


@dataclass(frozen=True)
class Fault:
    """One fault of one thing: a holding, an entry's list or a file. Never a value."""

    code: str
    thing: str
    holding: str = ""
    element: str = ""
    subject: int | None = None
    entry: int | None = None


def tell(fault: Fault, *, customer: str = "") -> bool:
    """Raise a finding, unless one about the same thing is open already. Whether one was raised."""
    open_ones = Finding.objects.filter(status=Finding.Status.OPEN)
    known = open_ones.filter(kind=KIND, facts__thing=fault.thing)
    if fault.holding:
        known |= open_ones.filter(kind=DAMAGED, facts__holding=fault.holding)
    if (finding := known.first()) is not None:
        _withhold(fault, finding)
        return False
    facts = {
        "check": fault.code,
        "thing": fault.thing,
        "holding": fault.holding,
        "element": fault.element,
        "customer": customer,
        "entry": fault.entry,
    }
    finding = raise_finding(
        KIND,
        severity=SORTS[fault.code].severity,
        facts={name: said for name, said in facts.items() if said not in ("", None)},
        entries=[] if fault.entry is None else [fault.entry],
    )
    _withhold(fault, finding)
    return True


def _withhold(fault: Fault, finding: Finding) -> None:
    if SORTS[fault.code].withheld:
        Withheld.objects.get_or_create(holding=fault.holding, defaults={"finding": finding})


def release(finding: Finding, **_kwargs: Any) -> None:
    """Somebody has judged it: the holding is read again, and the next scrub says whether it is right now."""
    if finding.status == Finding.Status.CLOSED:
        Withheld.objects.filter(finding=finding).delete()


finding_changed.connect(release, dispatch_uid="records-release-withheld")


def words(facts: Mapping[str, Any]) -> str:
    sort = SORTS.get(facts["check"])
    said = [str(sort.words) if sort else facts["check"]]
    if element := facts.get("element"):
        said.append(str(HOLDING_WORDS.get(element) or labels([element])))
    if customer := facts.get("customer"):
        said.append(_("客户 %(ref)s") % {"ref": customer})
    if holding := facts.get("holding"):
        said.append(_("保管号 %(holding)s") % {"holding": holding})
    elif (entry := facts.get("entry")) is not None:
        said.append(_("日志条目 #%(entry)s") % {"entry": f"{entry:,}"})
    else:
        said.append(facts["thing"])
    return " · ".join(said)


TELLERS[KIND] = words
