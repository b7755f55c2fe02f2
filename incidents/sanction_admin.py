"""The back office's pages of sanctions: the matters in whose group one is, the board of one, its letters."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, purpose_of, row_of
from access.vocabulary import Channel
from incidents import sanction_board
from incidents.models import SanctionCase, SanctionPaper
from incidents.sanction_acts import ACTS
from incidents.sanction_forms import MatterForm, OpenForm
from incidents.sanction_frame import pdf_of, template
from incidents.sanctions import opening, people, rules, standing
from transfers.admin_frame import done

READ, OPEN = Action.SANCTION_READ, Action.SANCTION_OPEN
SHOWN: Final = 50


def matter_of(request: HttpRequest, code: str, action: Action = READ) -> SanctionCase:
    """One in whose group the actor is; any other one is not there."""
    rows = SanctionCase.objects.visible_to(actor_of(request)).filter(code=code)
    related = rows.select_related("person", "person__unit", "intermediary", "opened_by")
    return row_of(request, action, related, asked=code)


@page("sanction/", name="sanctions", action=READ, logs_itself=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    actor, posts = actor_of(request), request.method == "POST"
    if posts and not gate.may(actor, OPEN):
        enter(request, OPEN)  # which refuses, and that is on record
    form = OpenForm(actor, request.POST if posts else None)
    status = 422 if posts else 200
    if posts and form.is_valid():
        made: list[SanctionCase] = []
        ok, status = done(
            form, lambda: made.append(opening.open_matter(**form.cleaned_data, actor=actor)),
            field="person",
        )  # fmt: skip
        if ok:
            messages.success(request, _("已立案，您是负责人；先把办理的人加入工作组"))
            return redirect("admin:sanction", made[0].code)
    enter(request, READ)
    rows = SanctionCase.objects.visible_to(actor).select_related("person", "intermediary")
    paged = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    context = {
        "title": _("责任追究"),
        "rows": [_row(each, actor) for each in paged],
        "paged": paged,
        "acts": list(rules.book().acts.values()),
        "form": form if gate.may(actor, OPEN) else None,
        "screens": gate.may(actor, Action.REHIRE_SCREEN),
        "reads_flags": gate.may(actor, Action.REHIRE_READ),
    }
    return template(request, "matters", context, status=status)


def _row(matter: SanctionCase, actor: Any) -> dict[str, Any]:
    return {
        "matter": matter,
        "whom": people.who(matter).name,
        "acts": rules.acts(matter.acts),
        "part": standing.Part(standing.part_of(matter, actor)).label,
    }


@page("sanction/<str:code>/", name="sanction", action=READ, logs_itself=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest, code: str) -> HttpResponse:
    matter = matter_of(request, code)
    failed: MatterForm | None = None
    status = 200
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            enter(request, READ, row=matter.code)
            return redirect("admin:sanction", code)
        failed = act.form(matter, request.POST)
        status = 422
        if failed.is_valid():
            said, actor = failed.cleaned_data, actor_of(request)
            ok, status = done(failed, lambda: act.run(matter, said, actor), field=act.at)
            if ok:
                messages.success(request, act.says)
                return redirect("admin:sanction", code)
            matter.refresh_from_db()
    enter(request, READ, row=matter.code)
    context = sanction_board.board(matter, actor_of(request), failed)
    return template(request, "matter", context, status=status)


@page(
    "sanction-paper/<uuid:ref>/", name="sanction_paper", action=READ,
    logs_itself=True,
)  # fmt: skip
@require_POST
def take_paper(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Its PDF, on record before the first byte; for the group."""
    actor = actor_of(request)
    known = SanctionCase.objects.visible_to(actor)
    rows = SanctionPaper.objects.filter(ref=ref, matter__in=known).select_related("matter")
    row = row_of(request, READ, rows, asked=ref)
    facts = {"sanction": row.matter.code, "paper": row.kind, "sha256": row.sha256}
    gate.permit(
        actor, Action.SANCTION_PAPER_READ, purpose=purpose_of(actor), channel=Channel.ADMIN,
        facts=facts,
    )  # fmt: skip
    return pdf_of(row, row.matter)
