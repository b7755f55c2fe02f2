"""The inventory and the quality report as papers of the transfer, in both languages; numbers and no value."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from access.actors import Actor
from custodian import clock, elements
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from custodian.pdf import compile_pdf
from records import inventory
from records.identifiers import known_problems
from records.models import StoragePlace
from records.notices.contents import TAGS
from transfers import papers
from transfers.models import StockTake, TransferPaper
from transfers.stocktaking.checking import UNREAD

Row = tuple[str, str, str, int]


class NotTaken(CustodianError):
    """The stock is not taken yet."""

    code = "stock-not-taken"
    status = 409
    message = _("盘点还没有完成")


def flaws(take: StockTake) -> list[tuple[str, int]]:
    """What is wrong, in words, the most frequent first."""
    words = {each.code: str(each.message) for each in known_problems()}
    words[UNREAD] = _("密封的值打不开，已列为发现")
    ordered = sorted(take.flaws.items(), key=lambda each: -each[1])
    return [(words.get(code, code), count) for code, count in ordered]


def missing(take: StockTake) -> list[tuple[str, int]]:
    """Which of the basic facts are missing, the most frequent first."""
    ordered = sorted(take.missing.items(), key=lambda each: -each[1])
    return [(_label(code), count) for code, count in ordered]


def _label(code: str) -> str:
    return str(elements.get(code).label) if elements.known(code) else code


def held(take: StockTake, *, actor: Actor) -> list[tuple[str, list[Row]]]:
    """By class: element, purposes and level of each, and of how many customers."""
    return [
        (cls, [(each.label, each.purposes, f"L{each.element.level}", each.customers or 0) for each in rows])
        for cls, rows in inventory.held(actor, take.held)
    ]  # fmt: skip


def places() -> list[StoragePlace]:
    """Where it lies, as the register of storage has it."""
    return list(StoragePlace.objects.filter(disposed_at=None).order_by("kind", "name"))


def file(take: StockTake, *, actor: Actor) -> list[TransferPaper]:
    """Both papers, for the stage that runs. Raises `NotTaken`, `NotYet`."""
    row = take.transfer.stages.filter(state="now").first()
    if take.status != JobStatus.DONE or row is None:
        raise NotTaken
    made = []
    for name, sections in ((_("资料清单"), _inventory), (_("数据质量报告"), _quality)):
        sides = []
        for tag in TAGS.values():
            with override(tag):
                sides.append({"lang": tag[:2], **sections(take, actor)})
        content = {
            "title": name,
            "insurer": " · ".join(settings.CUSTODIAN_INSURER_NAME.values()),
            "mark": f"{take.transfer.code} · {clock.local(take.finished_at):%Y-%m-%d %H:%M}",
            "sides": sides,
        }
        body = compile_pdf("transfer_stock.typ", content, at=clock.now())
        made.append(
            papers.file(take.transfer, row.stage, papers.OTHER, body, name=name, actor=actor)
        )
    return made


def _inventory(take: StockTake, actor: Actor) -> dict[str, Any]:
    heads = [_("信息项"), _("用途"), _("等级"), _("客户")]
    tables = [
        {
            "title": cls,
            "heads": heads,
            "rows": [[*map(str, row[:3]), f"{row[3]:,}"] for row in rows],
        }
        for cls, rows in held(take, actor=actor)
    ]
    lying = [[each.get_kind_display(), each.name, each.location, ""] for each in places()]
    where = [_("种类"), _("名称"), _("位置"), ""]
    tables.append({"title": _("存储位置"), "heads": where, "rows": lying})
    lede = _("随转的 %(n)s 名客户，每一信息项有多少人的，用于什么、存在哪里。") % {
        "n": f"{take.customers:,}"
    }
    return {"title": _("资料清单"), "lede": lede, "tables": tables}


def _quality(take: StockTake, actor: Actor) -> dict[str, Any]:
    heads = [_("问题"), "", "", _("客户")]
    tables = [
        {"title": _("缺少的基本信息"), "heads": heads, "rows": _counted(missing(take))},
        {"title": _("不合规则的信息"), "heads": heads, "rows": _counted(flaws(take))},
    ]
    said = {"n": f"{take.customers:,}", "whole": f"{take.whole:,}"}
    lede = _("随转的 %(n)s 名客户中，%(whole)s 名没有缺项和错项。只列人数，不含任何值。") % said
    return {"title": _("数据质量报告"), "lede": lede, "tables": tables}


def _counted(rows: list[tuple[str, int]]) -> list[list[str]]:
    return [[label, "", "", f"{count:,}"] for label, count in rows]
