"""The back office's pages of proofs: one entry's, as a file or checked now, and every verification."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page
from access.admin_scope import ScopedAdmin, drawn
from access.back_office import entry_page, told_or_404
from access.models import Verification
from access.public_log import TEXT
from access.querylog import proofs
from access.querylog.checking import checked
from access.verification.words import sentence
from custodian.jobs import wake


@page("querylog/<int:index>/proof/", name="querylog_proof", action=Action.LOG_READ)
@require_safe
def proof(request: HttpRequest, index: int) -> HttpResponse:
    """A C2SP tlog-proof: what shows this entry's place to anybody, with the witnesses' words."""
    told = told_or_404(request, index)
    text = proofs.inclusion(told.entry.id).as_text
    if text is None:
        raise proofs.NoSuchProof
    response = HttpResponse(text, content_type=TEXT)
    response["Content-Disposition"] = f'attachment; filename="entry-{index}.tlog-proof"'
    return response


@page(
    "querylog/<int:index>/check/", name="querylog_check", action=Action.LOG_VERIFY, logs_itself=True
)
@require_POST
def check(request: HttpRequest, index: int) -> HttpResponse:
    """Compute one entry's way to the signed root anew, now."""
    told = told_or_404(request, index, action=Action.LOG_VERIFY)
    enter(request, Action.LOG_VERIFY, entry=index)
    return entry_page(request, told, checked=checked(told.entry))


@page("querylog/verify/", name="querylog_verify", action=Action.LOG_VERIFY, logs_itself=True)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Ask a worker for a verification of everything that was added since the last one."""
    from access.tasks import verify_log  # the tasks know the models, which know the admin

    enter(request, Action.LOG_VERIFY)
    wake(verify_log, 0)
    messages.info(request, _("已开始核验；结果会出现在本页。"))
    return redirect("admin:access_verification_changelist")


@admin.register(Verification)
class VerificationAdmin(ScopedAdmin):
    read_action = Action.LOG_READ
    slug = "pk"
    newest_first = True
    opens = False
    columns = ("kind", "started_at", "finished_at", "since", "until", "ok", "first_bad", "because")
    list_display = ("started_at", "kind", "span", "result", "why")
    change_list_template = "admin/verifications.html"
    lede = gettext_lazy(
        "从条目重新算出整棵树，与检查点、名单和库外的副本相对；每分钟一次增量，每夜一次全量"
    )
    nothing = gettext_lazy("还没有核验过。")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = {"may_verify": gate.may(actor_of(request), Action.LOG_VERIFY)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @admin.display(description=gettext_lazy("序号"))
    def span(self, row: Verification) -> str:
        return f"#{row.since:,} – #{max(row.until - 1, row.since):,}"

    @admin.display(description=gettext_lazy("结果"))
    def result(self, row: Verification) -> str:
        words = {True: (_("完整"), "ok"), False: (_("不一致"), "danger"), None: (_("进行中"), "")}
        word, tone = words[row.ok]
        return drawn("tag", word, tone=tone)

    @admin.display(description=gettext_lazy("说明"))
    def why(self, row: Verification) -> str:
        return f"#{row.first_bad:,} {sentence(row.because)}" if row.because else "—"
