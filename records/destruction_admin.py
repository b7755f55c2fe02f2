"""The back office's pages of destruction: the batches, one of them, and each step an officer takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of, row_of
from custodian import clock
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from records.destruction import batches, certifying, executing, reviewing, samples
from records.destruction.batches import NothingDue, Stage
from records.destruction_forms import ExcludeForm, StopForm
from records.models import CertificatePage, DestructionBatch, Keeping

READ, PROPOSE = Action.RETENTION_READ, Action.RETENTION_PROPOSE
SHOWN: Final = 50
BEFORE: Final = frozenset({Stage.PROPOSED, Stage.WAITING})
PAGES: Final = {"zh.pdf": "zh-hans", "en.pdf": "en"}


@page("destruction/", name="destructions", action=READ)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    rows = DestructionBatch.objects.select_related("submitted_by", "approval__decided_by")
    after = rows.filter(code=request.GET.get("after", "")).values_list("pk", flat=True).first()
    found = list((rows.filter(pk__lt=after) if after else rows)[: SHOWN + 1])
    context = {
        "title": _("销毁批次"),
        "rows": [_line(each) for each in found[:SHOWN]],
        "older": found[SHOWN - 1].code if len(found) > SHOWN else "",
        "due": Keeping.objects.due_on(clock.local().date()).count(),
    }
    return _template(request, "register", context)


def _line(batch: DestructionBatch) -> dict[str, Any]:
    tally = reviewing.tally(batch)
    word, tone = reviewing.state(batch, tally)
    return {"batch": batch, "stands": word, "tone": tone, "tally": tally}


@page("destruction/<str:code>/", name="destruction_batch", action=READ, logs_itself=True)
@require_safe
def batch_page(request: HttpRequest, code: str) -> HttpResponse:
    batch = _batch_of(request, code, READ)
    enter(request, READ, row=batch.code)
    return _page(request, batch)


def _batch_of(request: HttpRequest, code: str, action: Action) -> DestructionBatch:
    rows = DestructionBatch.objects.select_related(
        "submitted_by", "approval__requested_by", "approval__decided_by", "approval__rule"
    )
    found: DestructionBatch = row_of(request, action, rows.filter(code=code), asked=code)
    return found


def _page(
    request: HttpRequest,
    batch: DestructionBatch,
    *,
    form: ExcludeForm | None = None,
    stop: StopForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    may = gate.may(actor, PROPOSE)
    open_ = batch.stage in {Stage.APPROVED, Stage.STOPPED} and batch.status != JobStatus.DONE
    sampled = batch.stage in BEFORE
    context = {
        "title": _("销毁批次 %(code)s") % {"code": batch.code},
        **_line(batch),
        "tables": reviewing.tables(batch),
        "held": reviewing.held(batch),
        "excluded": reviewing.excluded(batch),
        "sampled": sampled,
        "samples": samples.draw(batch, purpose=purpose_of(actor), channel=CHANNEL, actor=actor)
        if sampled
        else None,
        "marked": sampled,
        "said": batch.approval.decisions.select_related("decided_by") if batch.approval else (),
        "certificate": reviewing.certificate(batch),
        "open": open_,
        "works": open_ and batch.status in {JobStatus.QUEUED, JobStatus.RUNNING},
        **(_steps(batch, form, stop) if may else {}),
    }
    return _template(request, "batch", context, status=status)


def _steps(
    batch: DestructionBatch, form: ExcludeForm | None, stop: StopForm | None
) -> dict[str, Any]:
    """What an officer can do with it now."""
    if batch.stage == Stage.PROPOSED:
        return {"form": form or ExcludeForm(batch), "may_submit": True}
    if batch.stage != Stage.APPROVED or batch.status == JobStatus.DONE:
        return {}
    return {
        "may_pause": batch.status in {JobStatus.QUEUED, JobStatus.RUNNING},
        "may_resume": batch.status in {JobStatus.PAUSED, JobStatus.FAILED},
        "stop_form": stop or StopForm(),
    }


@page(
    "destruction/<str:code>/exclude/", name="destruction_exclude", action=PROPOSE, logs_itself=True
)  # fmt: skip
@require_POST
def exclude(request: HttpRequest, code: str) -> HttpResponse:
    batch = _batch_of(request, code, PROPOSE)
    if batch.stage != Stage.PROPOSED:
        return _too_late(request, batch)
    form = ExcludeForm(batch, request.POST)
    if not form.is_valid():
        enter(request, READ, row=batch.code)
        return _page(request, batch, form=form, status=422)
    reason = form.cleaned_data["reason"]
    try:
        n = batches.exclude(batch, of=form.of, reason=reason, actor=actor_of(request))
    except DestructionBatch.DoesNotExist:
        return _too_late(request, batch)
    words = ngettext("已排除 %(n)s 份资料。", "已排除 %(n)s 份资料。", n) % {"n": f"{n:,}"}
    messages.info(request, words)
    return redirect("admin:destruction_batch", batch.code)


@page(
    "destruction/<str:code>/include/", name="destruction_include", action=PROPOSE, logs_itself=True
)  # fmt: skip
@require_POST
def include(request: HttpRequest, code: str) -> HttpResponse:
    def taken_back(batch: DestructionBatch) -> str:
        n = batches.include(batch, actor=actor_of(request))
        words = ngettext("已取消 %(n)s 份资料的排除。", "已取消 %(n)s 份资料的排除。", n)
        return words % {"n": f"{n:,}"}

    return _step(request, code, taken_back)


@page(
    "destruction/<str:code>/submit/", name="destruction_submit", action=PROPOSE, logs_itself=True
)  # fmt: skip
@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    def put_up(batch: DestructionBatch) -> str:
        batches.submit(batch, actor=actor_of(request))
        return _("已提交，待另一位合规官复核；批准之后才开始销毁。")

    return _step(request, code, put_up)


@page("destruction/<str:code>/pause/", name="destruction_pause", action=PROPOSE, logs_itself=True)
@require_POST
def pause(request: HttpRequest, code: str) -> HttpResponse:
    def paused(batch: DestructionBatch) -> str:
        executing.pause(batch, actor=actor_of(request))
        return _("已暂停。正在处理的一段不会只做一半。")

    return _step(request, code, paused)


@page(
    "destruction/<str:code>/resume/", name="destruction_resume", action=PROPOSE, logs_itself=True
)  # fmt: skip
@require_POST
def resume(request: HttpRequest, code: str) -> HttpResponse:
    def resumed(batch: DestructionBatch) -> str:
        executing.resume(batch, actor=actor_of(request))
        return _("已继续。")

    return _step(request, code, resumed)


@page("destruction/<str:code>/stop/", name="destruction_stop", action=PROPOSE, logs_itself=True)
@require_POST
def stop(request: HttpRequest, code: str) -> HttpResponse:
    batch = _batch_of(request, code, PROPOSE)
    form = StopForm(request.POST)
    if not form.is_valid():
        enter(request, READ, row=batch.code)
        return _page(request, batch, stop=form, status=422)

    def stopped(held: DestructionBatch) -> str:
        executing.stop(held, reason=form.cleaned_data["reason"], actor=actor_of(request))
        return _("已停止。没有销毁的保留下来；已销毁的不能恢复，凭证随后生成。")

    return _step(request, code, stopped)


def _step(request: HttpRequest, code: str, step: Callable[[DestructionBatch], str]) -> HttpResponse:
    """Take the step, and say what came of it; the batch may have moved on since the page was drawn."""
    batch = _batch_of(request, code, PROPOSE)
    try:
        messages.info(request, step(batch))
    except (IllegalMove, DestructionBatch.DoesNotExist):
        return _too_late(request, batch)
    except NothingDue as error:
        messages.error(request, str(error.message))
    return redirect("admin:destruction_batch", batch.code)


def _too_late(request: HttpRequest, batch: DestructionBatch) -> HttpResponse:
    messages.error(request, _("批次的状态已变，没有改动。"))
    return redirect("admin:destruction_batch", batch.code)


@page(
    "destruction/<str:code>/certificate/", name="destruction_certificate", action=READ, logs_itself=True
)  # fmt: skip
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The signed JSON, its signature, or a page to print; on record before the first byte."""
    batch = _batch_of(request, code, READ)
    form = request.GET.get("as", "json")
    found = _file(batch, form)
    if found is None:
        actor, asked = actor_of(request), f"{code} {form}"[:40]
        gate.refuse_unknown(actor, READ, asked=asked, purpose=purpose_of(actor), channel=CHANNEL)
    body, kind = found
    certifying.take(batch, actor=actor_of(request), channel=CHANNEL)
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{batch.code}.{form}"'
    return response


def _file(batch: DestructionBatch, form: str) -> tuple[bytes, str] | None:
    if batch.certificate and form == "json":
        return bytes(batch.certificate), "application/json"
    if batch.signature and form == "sig":
        return bytes(batch.signature).hex().encode() + b"\n", "text/plain; charset=ascii"
    if form in PAGES:
        printed = CertificatePage.objects.filter(batch=batch, language=PAGES[form]).first()
        return (bytes(printed.body), "application/pdf") if printed else None
    return None


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/destruction/{name}.html", more, status=status)
