"""The back office's pages of shares: ask, see how one stands, take its file or token, stop it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from access.exports.building import omitted_words
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from transfers.agreement_admin import agreement_of
from transfers.agreements.terms import labels
from transfers.models import Share
from transfers.partner_admin import template
from transfers.share_forms import ShareForm
from transfers.shares import bearing, handing, jobs, proposing
from transfers.shares import words as share_words

READ, PROPOSE = Action.COUNTERPARTY_READ, Action.SHARE_PROPOSE
TAKE, END = Action.SHARE_TAKE, Action.SHARE_END
PAGE = "admin:share"


@page("agreements/<uuid:ref>/shares/new/", name="share_new", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, ref: UUID) -> HttpResponse:
    agreement = agreement_of(request, ref, PROPOSE)
    if (first := fresh_first(request, request.path)) is not None:
        return first
    enter(request, PROPOSE, row=agreement.code)
    if not agreement.is_running:
        messages.error(request, str(proposing.NotRunning.message))
        return redirect("admin:agreement", ref)
    posted = request.POST if request.method == "POST" else None
    form = ShareForm(posted, agreement=agreement, language=get_language() or "zh-hans")
    if form.is_bound and form.is_valid():
        try:
            share = proposing.propose(agreement, form.asked(), actor=actor_of(request))
        except gate.StepUpNeeded:
            raise
        except CustodianError as error:
            form.add_error(None, str(error.message))
        else:
            messages.info(request, _("已提交，待另一人复核。"))
            return redirect(PAGE, share.ref)
    context = {
        "title": _("向合作方提供"),
        "agreement": agreement,
        "party": agreement.counterparty,
        "form": form,
    }
    return template(request, "share_new", context, status=422 if form.is_bound else 200)


@page("shares/<uuid:ref>/", name="share", action=READ, logs_itself=True)
@require_safe
def share_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    share = _share_of(request, ref, READ)
    enter(request, READ, row=share.code)
    return _page(request, share)


@page("shares/<uuid:ref>/lock/", name="share_lock", action=TAKE, logs_itself=True)
@require_POST
def lock(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Lock the file; the page that answers shows the passphrase, this once."""
    share = _share_of(request, ref, TAKE)
    actor = actor_of(request)
    return _secret(request, share, lambda: handing.lock_share(share, actor=actor), "secret")


@page("shares/<uuid:ref>/take/", name="share_take", action=TAKE, logs_itself=True)
@require_POST
def take(request: HttpRequest, ref: UUID) -> HttpResponse:
    share = _share_of(request, ref, TAKE)
    actor = actor_of(request)
    if not gate.may(actor, TAKE):
        enter(request, TAKE)
    try:
        archive = handing.take(share.ref, actor=actor, still=lambda: share.is_open)
    except jobs.Over as error:
        messages.error(request, str(error.message))
        return redirect(PAGE, ref)
    return archive_of(archive, f"{share.code}.zip")


@page("shares/<uuid:ref>/token/", name="share_token", action=PROPOSE, logs_itself=True)
@require_POST
def token(request: HttpRequest, ref: UUID) -> HttpResponse:
    """A new token; the page that answers shows it, this once."""
    share = _share_of(request, ref, PROPOSE)
    return _secret(request, share, lambda: bearing.issue(share, actor=actor_of(request)), "token")


@page("shares/<uuid:ref>/end/", name="share_end", action=END, logs_itself=True)
@require_POST
def end(request: HttpRequest, ref: UUID) -> HttpResponse:
    share = _share_of(request, ref, END)
    try:
        jobs.end(share, actor=actor_of(request))
    except jobs.Over as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("已停止提供。"))
    return redirect(PAGE, ref)


def _secret(request: HttpRequest, share: Share, make: Any, name: str) -> HttpResponse:
    if (first := fresh_first(request, reverse(PAGE, args=[share.ref]))) is not None:
        return first
    try:
        made = make()
    except gate.Refused:
        raise
    except CustodianError as error:
        messages.error(request, str(error.message))
        return redirect(PAGE, share.ref)
    share.refresh_from_db()
    return _page(request, share, **{name: made})


def fresh_first(request: HttpRequest, here: str) -> HttpResponse | None:
    """The way to the page that asks for the second factor, unless it was shown just now."""
    if actor_of(request).stepped_up:
        return None
    return redirect(f"{reverse('step_up')}?next={here}")


def archive_of(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _share_of(request: HttpRequest, ref: UUID, action: Action) -> Share:
    rows = Share.objects.filter(ref=ref).select_related(
        "agreement__counterparty", "requested_by", "approval__requested_by",
        "approval__decided_by",
    )  # fmt: skip
    found: Share = row_of(request, action, rows, asked=ref)
    return found


def _page(request: HttpRequest, share: Share, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    state, tone = share_words.state(share)
    ready = share.status == JobStatus.DONE and share.removed_at is None and share.is_open
    is_file = share.form == Share.Form.FILE
    context = {
        "title": _("提供 %(code)s") % {"code": share.code},
        "share": share,
        "agreement": share.agreement,
        "party": share.agreement.counterparty,
        "state": state,
        "tone": tone,
        "labels": labels(share.elements),
        "chosen": share_words.chosen(share),
        "omitted": omitted_words(share.omitted),
        "deliveries": share.copies.count(),
        "may_take": is_file and ready and gate.may(actor, TAKE),
        "may_issue": not is_file and ready and gate.may(actor, PROPOSE),
        "may_end": share.ended_at is None and share.is_open and gate.may(actor, END),
        "minutes": handing.WAITS // 60,
        **more,
    }
    return template(request, "share", context)
