"""The back office's page of the freeze: what was frozen, what has changed since, and taking stock."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from django.contrib import messages
from django.db.models import IntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page
from access.keystore import NoKey
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from transfers import board, freezing, progress
from transfers.admin_frame import READ, TOLD, template, transfer_of
from transfers.board import Fact
from transfers.choosing import selecting
from transfers.freezing import comparing, estates
from transfers.models import Chosen, Freeze, FrozenLine, Stage, Transfer
from transfers.stocktaking import papers, taking

BEGIN, STOCK = Action.FREEZE_BEGIN, Action.STOCK_TAKE
HERE: Final = "admin:transfer_freeze"
SHOWN: Final = 50
FEW: Final = 10  # a sum of fewer would be somebody's own
COUNTS: Final = {
    "customers": gettext_lazy("客户"), "policies": gettext_lazy("保单"),
    "in_force": pgettext_lazy("冻结", "有效保单"), "claims": gettext_lazy("赔案"),
    "open_claims": gettext_lazy("未结赔案"), "consents": gettext_lazy("同意记录"),
    "restrictions": gettext_lazy("限制处理"), "holds": gettext_lazy("法律保留"),
    "documents": gettext_lazy("文件"), "looks": pgettext_lazy("冻结", "被查看次数"),
}  # fmt: skip


@page("transfer/<str:code>/freeze/", name="transfer_freeze", action=READ, logs_itself=True)
@require_safe
def freeze_page(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code)
    enter(request, READ, row=transfer.code)
    actor = actor_of(request)
    freeze = Freeze.objects.filter(transfer=transfer).select_related("by").first()
    done = freeze is not None and freeze.status == JobStatus.DONE
    take = taking.newest(transfer)
    row = progress.now_at(transfer)
    context = {
        "title": _("冻结"),
        "transfer": transfer,
        "freeze": freeze,
        "done": done,
        "works": freeze is not None and not done,
        "counts": _counts(transfer) if done else [],
        "sums": _sums(transfer) if done else None,
        "kinds": _kinds(transfer) if done else [],
        "lines": _changed(transfer) if done else [],
        "can_begin": transfer.is_sellers and row is not None and row.stage == Stage.FREEZE,
        "approved": selecting.approved(transfer) is not None,
        "may_begin": gate.may(actor, BEGIN),
        "take": take,
        "take_done": take is not None and take.status == JobStatus.DONE,
        "taking": take is not None and take.status in {JobStatus.QUEUED, JobStatus.RUNNING},
        "may_take": transfer.is_sellers and gate.may(actor, STOCK),
        "missing": _shares(papers.missing(take), take.customers) if take else [],
        "flaws": _shares(papers.flaws(take), take.customers) if take else [],
        "held": papers.held(take, actor=actor) if take and take.status == JobStatus.DONE else [],
        "places": papers.places(),
        "marked": True,
    }
    return template(request, "freeze", context)


def _moving(transfer: Transfer) -> Any:
    moving = Chosen.objects.filter(transfer=transfer, state=Chosen.State.IN)
    return FrozenLine.objects.filter(transfer=transfer, subject__in=moving.values("subject"))


def _counts(transfer: Transfer) -> list[tuple[Any, int]]:
    """Of the lines of those who move, added up where they lie."""
    rows = _moving(transfer)
    wanted = {
        code: Sum(Cast(KeyTextTransform(code, "counts"), IntegerField()))
        for code in COUNTS
        if code != "customers"
    }
    found = {"customers": rows.count(), **rows.aggregate(**wanted)}
    return [(label, found[code] or 0) for code, label in COUNTS.items()]


def _sums(transfer: Transfer) -> dict[str, Any] | None:
    """Premium and cover of everybody together; of few it would be somebody's own."""
    try:
        found = freezing.totals(transfer)
    except NoKey:
        return None
    if found.counts["customers"] < FEW:
        return None
    return dict(found.money)


def _kinds(transfer: Transfer) -> list[dict[str, Any]]:
    """By kind how many customers differ from the freeze."""
    rows = FrozenLine.objects.filter(transfer=transfer).exclude(changed="")
    found: Counter[str] = Counter()
    for kinds in rows.values_list("changed", flat=True).iterator():
        found.update(kinds.split())
    everybody = sum(found.values()) or 1
    return [
        {"label": estates.WORDS[code], "count": count, "share": count / everybody}
        for code, count in found.most_common()
    ]


def _changed(transfer: Transfer) -> list[dict[str, Any]]:
    rows = FrozenLine.objects.filter(transfer=transfer).exclude(changed="").order_by("subject_id")
    return [
        {"ref": each.ref, "words": estates.words(each.changed.split())} for each in rows[:SHOWN]
    ]


def _shares(rows: list[tuple[str, int]], everybody: int) -> list[dict[str, Any]]:
    whole = everybody or 1
    return [{"label": label, "count": n, "share": n / whole} for label, n in rows]


@page(
    "transfer/<str:code>/freeze/begin/",
    name="transfer_freeze_begin",
    action=BEGIN,
    logs_itself=True,
)
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, BEGIN)
    try:
        freezing.begin(transfer, actor=actor_of(request))
        messages.info(request, _("已冻结；之后的变动另外列出，随差异交付。"))
    except CustodianError as error:
        _tell(request, error)
    return redirect(HERE, transfer.code)


@page(
    "transfer/<str:code>/freeze/compare/",
    name="transfer_freeze_compare",
    action=BEGIN,
    logs_itself=True,
)
@require_POST
def compare(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, BEGIN)
    enter(request, BEGIN, row=transfer.code)
    freeze = Freeze.objects.filter(transfer=transfer, status=JobStatus.DONE).first()
    if freeze is not None and comparing.take(freeze):
        n = comparing.compare(freeze)
        said = ngettext("%(n)s 名客户有变动。", "%(n)s 名客户有变动。", n) % {"n": f"{n:,}"}
        messages.info(request, said)
    return redirect(HERE, transfer.code)


@page("transfer/<str:code>/stock/", name="transfer_stock", action=STOCK, logs_itself=True)
@require_POST
def stock(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, STOCK)
    try:
        taking.begin(transfer, actor=actor_of(request))
        messages.info(request, _("已开始盘点。"))
    except CustodianError as error:
        _tell(request, error)
    return redirect(HERE, transfer.code)


@page("transfer/<str:code>/stock/file/", name="transfer_stock_file", action=STOCK, logs_itself=True)
@require_POST
def file_stock(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, STOCK)
    take = taking.newest(transfer)
    try:
        if take is None:
            raise papers.NotTaken
        papers.file(take, actor=actor_of(request))
        messages.info(request, _("资料清单和数据质量报告已归档为转让文件。"))
    except CustodianError as error:
        _tell(request, error)
    return redirect(HERE, transfer.code)


def _tell(request: HttpRequest, error: CustodianError) -> None:
    if error.status not in TOLD:
        raise error
    messages.error(request, str(getattr(error, "message", "") or _("状态已变，没有改动。")))


def _facts(transfer: Transfer) -> list[Fact]:
    freeze = Freeze.objects.filter(transfer=transfer).first()
    if freeze is None:
        return []
    n = FrozenLine.objects.filter(transfer=transfer).exclude(changed="").count()
    said = ngettext("之后 %(n)s 名有变动", "之后 %(n)s 名有变动", n) % {"n": f"{n:,}"}
    return [Fact(_("已冻结"), freeze.at), Fact(said, quiet=True)]


board.register_facts(Stage.FREEZE, _facts)
