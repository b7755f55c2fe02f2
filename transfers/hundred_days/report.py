"""The report of the first hundred days: as the page shows it, as JSON for machines, as PDF for the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from access.actors import Actor
from custodian import clock, elements
from custodian.jobs import JobStatus
from custodian.pdf import compile_pdf
from records.identifiers import known_problems
from records.importing.targets import TARGETS
from records.models import Claim, Customer, Document, Policy
from records.notices.contents import TAGS
from transfers import papers
from transfers.hundred_days import levels, remedying
from transfers.hundred_days.levels import Raised
from transfers.models import Remedy, StockTake, Transfer, TransferPaper
from transfers.stocktaking.checking import UNREAD
from transfers.stocktaking.papers import NotTaken

FORMAT: Final = "custodian first hundred days 1"
# What the importer's checks say beside the flaws that they have words for.
_MORE: Final[Mapping[str, Any]] = {
    "missing": gettext_lazy("缺少"),
    "unknown-element": gettext_lazy("信息目录没有这一项"),
    UNREAD: gettext_lazy("密封的值打不开，已列为发现"),
}


@dataclass(frozen=True)
class Counted:
    """One line with a bar: how many of `everybody`; `code` is what a remedy is opened for."""

    code: str
    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Report:
    """`first` and `newest` are the same until the stock is taken again."""

    transfer: Transfer
    first: StockTake
    newest: StockTake
    remedies: list[Remedy]
    raised: list[Raised]
    day: int  # of the hundred
    until: date

    @property
    def customers(self) -> int:
        return int(self.newest.customers)

    @property
    def gained(self) -> int:
        """Customers of whom nothing is missing or wrong now, against the first count."""
        return int(self.newest.whole) - int(self.first.whole)

    @property
    def open(self) -> list[Remedy]:
        return [each for each in self.remedies if each.state == Remedy.State.OPEN]

    @property
    def ended(self) -> int:
        return len(self.remedies) - len(self.open)


def of(transfer: Transfer) -> Report | None:
    """None before the first count is done."""
    takes = StockTake.objects.filter(transfer=transfer, status=JobStatus.DONE).order_by("pk")
    first, newest = takes.first(), takes.last()
    until = remedying.last_day(transfer)
    if first is None or newest is None or until is None:
        return None
    rows = Remedy.objects.filter(transfer=transfer).select_related("owner", "ended_by")
    day = remedying.DAYS.days - (until - clock.local().date()).days
    return Report(
        transfer, first, newest, list(rows), levels.raised(transfer), max(0, min(day, 100)), until
    )


def label_of(code: str) -> str:
    """Of an element, or of a column of the import that is none, as the day on which a policy began."""
    if elements.known(code):
        return str(elements.get(code).label)
    return str(TARGETS[code].label) if code in TARGETS else code


def words_of(code: str) -> str:
    """A problem in words, by its code; the newest words of the importer's own checks."""
    words = {each.code: str(each.message) for each in known_problems()}
    return words.get(code) or str(_MORE.get(code, code))


def missing(report: Report) -> list[Counted]:
    return _lines(report.newest.missing, report.customers, label_of)


def flaws(report: Report) -> list[Counted]:
    return _lines(report.newest.flaws, report.customers, words_of)


def problems(report: Report) -> list[Counted]:
    """What the checks found when the records came, with the element that each is about."""

    def words(code: str) -> str:
        problem, _blank, element = code.partition(" ")
        return _("%(element)s：%(problem)s") % {
            "element": label_of(element), "problem": words_of(problem),
        }  # fmt: skip

    return _lines(report.newest.more.get("problems", {}), report.customers, words)


def came(report: Report) -> list[tuple[Any, list[tuple[Any, int]]]]:
    """What came, by kind."""
    more = report.newest.more
    return [
        (_("客户"), _named(more.get("customers", {}), Customer.Kind)),
        (_("险种类别"), sorted(more.get("products", {}).items())),
        (_("保单"), _named(more.get("policies", {}), Policy.Status)),
        (_("赔案"), _named(more.get("claims", {}), Claim.Status)),
    ]


def documents(report: Report) -> list[tuple[Any, int]]:
    return _named(report.newest.more.get("documents", {}), Document.Kind)


def without_application(report: Report) -> Counted:
    """Of the policyholders, those of whom no application form came."""
    more = report.newest.more
    n, holders = more.get("without_application", 0), more.get("holders", 0)
    return Counted("application", _("没有投保单的投保人"), n, n / holders if holders else 0.0)


def _lines(counts: Mapping[str, int], everybody: int, words: Any) -> list[Counted]:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    whole = everybody or 1
    return [Counted(code, words(code), n, n / whole) for code, n in ordered]


def _named(counts: Mapping[str, int], choices: Any) -> list[tuple[Any, int]]:
    known = dict(choices.choices)
    return [(known.get(code, code), n) for code, n in sorted(counts.items())]


def as_json(report: Report) -> bytes:
    """For machines: codes and numbers alone, in one order; no customer and no value."""
    newest, first = report.newest, report.first
    said = {
        "format": FORMAT,
        "transfer": str(report.transfer.ref),
        "code": report.transfer.code,
        "counted_at": newest.finished_at.isoformat() if newest.finished_at else "",
        "until": report.until.isoformat(),
        "customers": report.customers,
        "whole": {"first": first.whole, "now": newest.whole},
        "came": {name: newest.more.get(name, {}) for name in _CAME},
        "without_application": newest.more.get("without_application", 0),
        "missing": {"first": first.missing, "now": newest.missing},
        "flaws": {"first": first.flaws, "now": newest.flaws},
        "problems_on_arrival": newest.more.get("problems", {}),
        "levels_raised": [[each.code, each.there, each.here] for each in report.raised],
        "remedies": [
            {
                "ref": str(each.ref),
                "what": each.what,
                "code": each.code,
                "says": each.says,
                "count": each.count,
                "owner": each.owner.staff_no,
                "due_on": each.due_on.isoformat(),
                "state": each.state,
                "reason": each.reason,
            }
            for each in report.remedies
        ],
    }
    return f"{json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


_CAME: Final = ("customers", "products", "policies", "claims", "documents")


def as_pdf(report: Report) -> bytes:
    sides = []
    for tag in TAGS.values():
        with override(tag):
            sides.append({"lang": tag[:2], **_side(report)})
    counted = report.newest.finished_at
    content = {
        "title": _("接收后第一百天报告"),
        "insurer": " · ".join(settings.CUSTODIAN_INSURER_NAME.values()),
        "mark": f"{report.transfer.code} · {clock.local(counted):%Y-%m-%d %H:%M}"
        if counted
        else "",
        "sides": sides,
    }
    return compile_pdf("transfer_stock.typ", content, at=clock.now())


def file(transfer: Transfer, *, actor: Actor) -> TransferPaper:
    """The PDF as a paper of the stage that runs. Raises `NotTaken`, `NotYet`."""
    report, row = of(transfer), transfer.stages.filter(state="now").first()
    if report is None or row is None:
        raise NotTaken
    return papers.file(
        transfer, row.stage, papers.OTHER, as_pdf(report), name=_("接收后第一百天报告"), actor=actor
    )


def _side(report: Report) -> dict[str, Any]:
    said = {"n": f"{report.customers:,}", "whole": f"{report.newest.whole:,}", "day": report.day}
    lede = (
        _("第 %(day)s 天：%(n)s 名客户中，%(whole)s 名没有缺项和错项。只列人数，不含任何值。")
        % said
    )
    return {"title": _("接收后第一百天报告"), "lede": lede, "tables": _tables(report)}


def _tables(report: Report) -> list[dict[str, Any]]:
    heads = ["", _("事项"), _("占比"), _("数目")]
    bars = (
        (_("缺少的基本信息"), missing(report)),
        (_("不合规则的信息"), flaws(report)),
        (_("到达时查出的问题"), problems(report)),
        (_("档案"), [without_application(report)]),
    )
    tables = [
        {"title": title, "heads": heads, "rows": [_row("", str(label), "", n) for label, n in rows]}
        for title, rows in [*came(report), (_("文件"), documents(report))]
    ]
    tables += [
        {
            "title": title,
            "heads": heads,
            "rows": [_row("", each.label, f"{each.share:.1%}", each.count) for each in lines],
        }
        for title, lines in bars
    ]
    raised = [[each.code, each.label, f"L{each.there}", f"L{each.here}"] for each in report.raised]
    tables.append(
        {"title": _("分级调高的"), "heads": [_("信息项"), "", _("原"), _("现")], "rows": raised}
    )
    tables.append(
        {
            "title": _("整改事项"),
            "heads": [_("期限"), _("要做什么"), _("负责人"), _("状态")],
            "rows": [_remedy(each) for each in report.remedies],
        }
    )
    return tables


def _row(first: str, words: str, share: str, n: int) -> list[str]:
    return [first, words, share, f"{n:,}"]


def _remedy(each: Remedy) -> list[str]:
    said = f"{each.says}{f' — {each.reason}' if each.reason else ''}"
    return [each.due_on.isoformat(), said, str(each.owner), str(each.get_state_display())]
