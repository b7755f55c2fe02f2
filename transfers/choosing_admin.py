"""The back office's page of who moves: the rule, what came of it, why customers stay, and four eyes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from records.models import Customer
from transfers import board, chosen
from transfers.admin_frame import READ, TOLD, template, transfer_of
from transfers.board import Fact
from transfers.choosing import approving, rules, selecting
from transfers.models import Bar, Chosen, Reason, Selection, Stage, Transfer
from transfers.seller_forms import BarForm, LiftForm, RuleForm

PROPOSE, BAR = Action.SELECTION_PROPOSE, Action.SELECTION_BAR
HERE: Final = "admin:transfer_selection"


@page("transfer/<str:code>/selection/", name="transfer_selection", action=READ, logs_itself=True)
@require_safe
def selection_page(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code)
    enter(request, READ, row=transfer.code)
    return _page(request, transfer)


def _page(
    request: HttpRequest,
    transfer: Transfer,
    *,
    rule_form: RuleForm | None = None,
    bar_form: BarForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    selection = selecting.standing(transfer)
    changeable = transfer.is_sellers and not selecting.is_frozen(transfer)
    changeable = changeable and transfer.status == Transfer.Status.OPEN
    counted = selection is not None and selection.stage != Selection.Stage.RUNNING
    rule = selection.rule if selection else {}
    context = {
        "title": _("谁随转"),
        "transfer": transfer,
        "selection": selection,
        "works": selection is not None
        and selection.status in {JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.FAILED},
        "rule": rules.in_words(rule) if selection else [],
        "counts": chosen.counts(transfer) if counted else None,
        "staying": staying(transfer) if counted else [],
        "approval": selection.approval if selection else None,
        "said": selection.approval.decisions.select_related("decided_by")
        if selection and selection.approval
        else (),
        "bars": _bars(transfer),
        "may_submit": changeable
        and selection is not None
        and selection.stage == Selection.Stage.COUNTED
        and gate.may(actor, PROPOSE),
        "rule_form": (rule_form or RuleForm(transfer=transfer, rule=rule))
        if changeable
        and gate.may(actor, PROPOSE)
        and not (selection and selection.stage == Selection.Stage.WAITING)
        else None,
        "bar_form": (bar_form or BarForm())
        if chosen.may_bar(transfer) and gate.may(actor, BAR)
        else None,
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
        "marked": True,
    }
    return template(request, "selection", context, status=status)


def staying(transfer: Transfer) -> list[dict[str, Any]]:
    """For each reason how many stay, and what part of all who stay that is."""
    counts = chosen.counts(transfer)["staying"]
    everybody = sum(counts.values()) or 1
    ordered = sorted(counts.items(), key=lambda each: -each[1])
    return [
        {"label": Reason(code).label, "count": count, "share": count / everybody}
        for code, count in ordered
    ]


def _bars(transfer: Transfer) -> list[dict[str, Any]]:
    rows = Bar.objects.filter(transfer=transfer, lifted_at=None).select_related("by")
    refs = dict(
        Customer.objects.filter(subject__in=rows.values("subject")).values_list("subject_id", "ref")
    )
    return [
        {"bar": each, "ref": refs.get(each.subject_id, ""), "lift": LiftForm({"bar": each.ref})}
        for each in rows
    ]


@page(
    "transfer/<str:code>/selection/run/", name="transfer_selection_run", action=PROPOSE, logs_itself=True
)  # fmt: skip
@require_POST
def run(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, PROPOSE)
    form = RuleForm(request.POST, transfer=transfer, rule={})
    if not form.is_valid():
        enter(request, READ, row=transfer.code)
        return _page(request, transfer, rule_form=form, status=422)

    def begin() -> str:
        selecting.begin(transfer, form.rule(), actor=actor_of(request))
        return _("已开始计算；算出以后先看人数，再提交复核。")

    return _step(request, transfer, begin)


@page(
    "transfer/<str:code>/selection/submit/", name="transfer_selection_submit", action=PROPOSE,
    logs_itself=True,
)  # fmt: skip
@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, PROPOSE)

    def put_up() -> str:
        selection = selecting.standing(transfer)
        if selection is None:
            raise approving.NobodyMoves
        approving.submit(selection, actor=actor_of(request))
        return _("已提交，待另一位合规官复核。")

    return _step(request, transfer, put_up)


@page("transfer/<str:code>/selection/bar/", name="transfer_bar", action=BAR, logs_itself=True)
@require_POST
def bar(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, BAR)
    form = BarForm(request.POST)
    if not form.is_valid():
        enter(request, READ, row=transfer.code)
        return _page(request, transfer, bar_form=form, status=422)
    said = form.cleaned_data

    def held() -> str:
        customer = Customer.objects.get(ref=said["customer"])
        with transaction.atomic():
            chosen.bar(
                transfer, customer, said["ground"], reason=said["reason"], actor=actor_of(request)
            )
        return _("已登记。与这位客户相连的客户也不随转。")

    return _step(request, transfer, held)


@page("transfer/<str:code>/selection/lift/", name="transfer_bar_lift", action=BAR, logs_itself=True)
@require_POST
def lift(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, BAR)
    form = LiftForm(request.POST)

    def lifted() -> str:
        rows = Bar.objects.filter(transfer=transfer, lifted_at=None)
        found = rows.filter(ref=form.cleaned_data["bar"]).first() if form.is_valid() else None
        if found is None:
            return _("没有改动：请填写解除理由。")
        chosen.lift(found, reason=form.cleaned_data["reason"], actor=actor_of(request))
        return _("已解除。")

    return _step(request, transfer, lifted)


def _step(request: HttpRequest, transfer: Transfer, step: Callable[[], str]) -> HttpResponse:
    """Take the step, and say what came of it."""
    try:
        messages.info(request, step())
    except IntegrityError:
        messages.error(request, _("这位客户已登记为不随转。"))
    except CustodianError as error:
        if error.status not in TOLD:
            raise
        text = getattr(error, "message", "") or _("状态已变，没有改动。")
        messages.error(request, str(text))
    return redirect(HERE, transfer.code)


def _facts(transfer: Transfer) -> list[Fact]:
    """The line of the freeze's cell: how many move, and that others stay."""
    if not Chosen.objects.filter(transfer=transfer).exists():
        return []
    counts = chosen.counts(transfer)
    n, rest = counts["moving"], sum(counts["staying"].values())
    moving = ngettext("%(n)s 名客户随转", "%(n)s 名客户随转", n) % {"n": f"{n:,}"}
    stay = ngettext("%(n)s 名留下", "%(n)s 名留下", rest) % {"n": f"{rest:,}"}
    return [Fact(moving), Fact(stay, quiet=True)]


def _panel(transfer: Transfer, actor: Any) -> board.Panel | None:
    if not transfer.is_sellers or not Chosen.objects.filter(transfer=transfer).exists():
        return None
    context = {
        "counts": chosen.counts(transfer),
        "staying": staying(transfer),
        "url": reverse(HERE, args=[transfer.code]),
    }
    return board.Panel("admin/transfers/staying_panel.html", context)


board.register_facts(Stage.FREEZE, _facts)
board.register_panel("staying", _panel, order=20)
