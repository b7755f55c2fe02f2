"""The back office's pages of whom one generally does not hire: screening, the list, files, what goes out."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from access import gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import actor_of, enter, page, row_of
from incidents.models import FlagBatch, FlagRelease, RehireFlag, Screening
from incidents.rehire_forms import EnquiryForm, FlagForm, ImportForm, ListForm, ScreenForm
from incidents.sanction_frame import template
from incidents.sanctions import flags, importing, overriding, releasing, rules, screening
from incidents.sanctions.flags import State
from records.evidence.upload import takes_evidence_from
from transfers.admin_frame import done

READ, SCREEN, MANAGE = Action.REHIRE_READ, Action.REHIRE_SCREEN, Action.REHIRE_MANAGE
TAKE = Action.REHIRE_TAKE
SHOWN: Final = 50


@page("sanction-screening/", name="rehire_screening", action=SCREEN, logs_itself=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest) -> HttpResponse:
    """The answer stands on the page that is posted to, once; what was typed does not come back."""
    actor, posts = actor_of(request), request.method == "POST"
    form = ScreenForm(request.POST if posts else None)
    hits: list[screening.Hit] | None = None
    status = 422 if posts else 200
    if posts and form.is_valid() and gate.may(actor, SCREEN):
        found: list[list[screening.Hit]] = []
        ok, status = _screened(form, found, actor)
        if ok:
            hits, form = found[0], ScreenForm()
    if hits is None:
        enter(request, SCREEN)
    context = {
        "title": _("聘用前查询"),
        "form": form,
        "hits": [_hit(each) for each in hits] if hits is not None else None,
        "term": rules.term("flag"),
        "rows": Screening.objects.select_related("by")[:SHOWN],
        "most": rules.book(),
    }
    return template(request, "screening", context, status=status)


def _screened(form: ScreenForm, found: list[list[screening.Hit]], actor: Actor) -> tuple[bool, int]:
    said = form.cleaned_data
    try:
        return done(
            form,
            lambda: found.append(
                screening.screen(said["id_number"], said["name"], said["position"], actor=actor)
            ),
            field="id_number",
        )
    except screening.TooManyScreenings as error:
        form.add_error(None, str(error.message))
        return False, error.status


def _hit(hit: screening.Hit) -> dict[str, Any]:
    return {
        "flag": hit.flag,
        "said": hit.said,
        "acts": rules.acts(hit.said.acts),
        "name_differs": hit.name_differs,
        "hired": hit.hired,
    }


@page("sanction-list/", name="rehire_flags", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD"])
def register(request: HttpRequest) -> HttpResponse:
    """Numbers and dates; who it is shows on the page of one entry, and at a screening."""
    actor = actor_of(request)
    enter(request, READ)
    rows = RehireFlag.objects.select_related("batch", "matter")
    pages = Paginator(rows, SHOWN)
    shown = pages.get_page(request.GET.get("p"))
    context = {
        "title": _("聘用限制名单"),
        "rows": shown,
        "due": flags.due(),
        "batches": FlagBatch.objects.all()[:SHOWN],
        "term": rules.term("flag"),
        "review": rules.term("review"),
        "manages": gate.may(actor, MANAGE),
        "screens": gate.may(actor, SCREEN),
    }
    return template(request, "flags", context)


@page("sanction-list/<uuid:ref>/", name="rehire_flag", action=READ, logs_itself=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: HttpRequest, ref: UUID) -> HttpResponse:
    actor = actor_of(request)
    row = row_of(
        request,
        READ,
        RehireFlag.objects.filter(ref=ref).select_related("batch", "person"),
        asked=ref,
    )
    posts = request.method == "POST"
    if posts and not gate.may(actor, MANAGE):
        enter(request, MANAGE)  # which refuses, and that is on record
    form = FlagForm(request.POST if posts else None)
    status = 422 if posts else 200
    if posts and form.is_valid():
        ok, status = done(form, lambda: _act(row, form.cleaned_data, actor), field="why")
        if ok:
            kept = form.cleaned_data["act"] == "keep"
            messages.success(request, _("已复查") if kept else _("已提交，等待另一人复核"))
            return redirect("admin:rehire_flag", ref)
    enter(request, READ, row=row.code)
    said = flags.said_of(row) if row.said_sealed is not None else None
    context = {
        "title": " ".join((row.code, _("聘用限制"))),
        "flag": row,
        "said": said,
        "acts": rules.acts(said.acts) if said else [],
        "term": rules.term("flag"),
        "form": form if gate.may(actor, MANAGE) and row.state == State.CURRENT else None,
        "overrides": [
            (each, overriding.reason_of(each))
            for each in row.overrides.select_related("approval", "asked_by")
        ],
        "versions": RehireFlag.objects.filter(code=row.code).exclude(pk=row.pk),
    }
    return template(request, "flag", context, status=status)


def _act(row: RehireFlag, said: dict[str, Any], actor: Actor) -> None:
    if said["act"] == "keep":
        flags.keep(row, why=said["why"], actor=actor)
    else:
        overriding.ask(row, said["act"], why=said["why"], actor=actor)


def _manages(request: HttpRequest) -> bool:
    actor = getattr(request, "actor", None)
    return actor is not None and gate.may(actor, MANAGE)


@page("sanction-list/import/", name="rehire_import", action=MANAGE, logs_itself=True)
@takes_evidence_from(_manages)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    actor, posts = actor_of(request), request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if posts else ImportForm()
    status = 422 if posts else 200
    if posts and form.is_valid() and gate.may(actor, MANAGE):
        said = form.cleaned_data
        made: list[FlagBatch] = []
        ok, status = done(
            form,
            lambda: made.append(
                importing.take(
                    said["file"].content, file_name=said["file"].name, origin=said["origin"],
                    received_on=said["received_on"], actor=actor,
                )
            ),
            field="file",
        )  # fmt: skip
        if ok:
            return redirect("admin:rehire_batch", made[0].ref)
    enter(request, MANAGE)
    return template(request, "import", {"title": _("导入行业名单"), "form": form}, status=status)


@page("sanction-batch/<uuid:ref>/", name="rehire_batch", action=MANAGE, logs_itself=True)
@require_http_methods(["GET", "HEAD"])
def batch(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Rows in = kept + set aside; what was set aside with its reasons."""
    rows = FlagBatch.objects.filter(ref=ref).select_related("made_by")
    row = row_of(request, MANAGE, rows, asked=ref)
    enter(request, MANAGE, row=str(ref))
    aside = Paginator(row.set_aside.select_related("batch"), SHOWN).get_page(request.GET.get("p"))
    context = {
        "title": _("行业名单导入结果"),
        "batch": row,
        "pages": aside,
        "aside": [
            (each, [importing.FLAWS[code] for code in each.reasons], importing.opened(each))
            for each in aside
        ],
    }
    return template(request, "batch", context)


@page("sanction-releases/", name="rehire_releases", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: HttpRequest) -> HttpResponse:
    actor, own = actor_of(request), releasing.own()
    asked = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST" and not gate.may(actor, MANAGE):
        enter(request, MANAGE)  # which refuses, and that is on record
    listing = ListForm(request.POST if asked == "list" else None)
    enquiry = EnquiryForm(own, request.POST if asked == "enquiry" else None)
    failed: forms.Form | None = {"list": listing, "enquiry": enquiry}.get(asked)
    status = 200 if failed is None else 422
    if failed is not None and failed.is_valid():
        said = failed.cleaned_data
        ok, status = done(failed, lambda: _asked(asked, said, actor), field="to")
        if ok:
            messages.success(request, _("已提交，等待另一人复核"))
            return redirect("admin:rehire_releases")
    enter(request, READ)
    context = {
        "title": _("对外提供聘用限制"),
        "rows": FlagRelease.objects.select_related("approval", "asked_by")[:SHOWN],
        "own": len(own),
        "manages": gate.may(actor, MANAGE),
        "takes": gate.may(actor, TAKE),
        "listing": listing,
        "enquiry": enquiry,
        "failed": failed,
    }
    return template(request, "releases", context, status=status)


def _asked(what: str, said: dict[str, Any], actor: Actor) -> None:
    if what == "list":
        releasing.ask_for_list(said["to"], said["key"], reason=said["reason"], actor=actor)
    else:
        releasing.ask_for_enquiry(said["flag"], said["to"], reason=said["reason"], actor=actor)


@page("sanction-release/<uuid:ref>/", name="rehire_release", action=TAKE, logs_itself=True)
@require_POST
def take(request: HttpRequest, ref: UUID) -> HttpResponse:
    row = row_of(request, TAKE, FlagRelease.objects.filter(ref=ref), asked=ref)
    content = releasing.take(row, actor=actor_of(request))
    is_list = row.kind == FlagRelease.Kind.LIST
    response = HttpResponse(
        content, content_type="application/octet-stream" if is_list else "application/pdf"
    )
    name = f"rehire-{str(row.ref)[:8]}.{'sealed' if is_list else 'pdf'}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
