"""The back office's pages of legal holds: what is held and why, asking for one, reviewing and ending it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from access.models import Approval
from custodian import clock
from records import legal_holds
from records.hold_forms import FORMS, ReleaseForm, ReviewForm
from records.legal_holds import counting, covering, selectors, words
from records.legal_holds.placing import NotOpen
from records.models import LegalHold

READ, PLACE = Action.LEGAL_HOLD_READ, Action.LEGAL_HOLD_PLACE
REVIEW, RELEASE = Action.LEGAL_HOLD_REVIEW, Action.LEGAL_HOLD_RELEASE
LIST, PAGE = "admin:records_legalhold_changelist", "admin:records_legalhold"
SHOWN = 50


@page("legal-holds/", name="records_legalhold_changelist", action=READ)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    ended = request.GET.get("show") == "ended"
    parts = words.parts()
    rows = parts["ended" if ended else "open"].select_related("placed_by")
    after = rows.filter(code=request.GET.get("after", "")).values_list("pk", flat=True).first()
    found = list((rows.filter(pk__lt=after) if after else rows).order_by("-pk")[: SHOWN + 1])
    context = {
        "title": _("法律保留"),
        "part": "ended" if ended else "open",
        "parts": [
            ("open", _("未解除"), parts["open"].count()),
            ("ended", _("已结束"), parts["ended"].count()),
        ],
        "rows": words.rows(found[:SHOWN], counted=not ended),
        "older": found[SHOWN - 1].code if len(found) > SHOWN else "",
        "may_place": gate.may(actor_of(request), PLACE),
    }
    return _template(request, "register", context)


@page("legal-holds/new/", name="records_legalhold_add", action=PLACE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    scope = request.GET.get("scope", "")
    scope = scope if scope in FORMS else LegalHold.Scope.CUSTOMER.value
    enter(request, PLACE, scope=scope)
    posted = request.POST if request.method == "POST" else None
    form = FORMS[scope](posted, named=request.GET.get("named", "")[:40])
    valid = form.is_bound and form.is_valid()
    if valid and not form.tried:
        hold = legal_holds.place(form.draft, actor=actor_of(request), **form.terms())
        done = _("%(code)s 从现在起保留；七天内须由另一位合规官复核，否则失效。")
        messages.info(request, done % {"code": hold.code})
        return redirect(PAGE, hold.ref)
    context = {
        "title": _("提出法律保留"),
        "form": form,
        "scope": scope,
        "scopes": [(each.value, each.label) for each in LegalHold.Scope],
        "means": words.MEANING[scope],
        "preview": covering.preview(form.draft) if valid else None,
    }
    return _template(request, "new", context, status=422 if form.is_bound and not valid else 200)


@page("legal-holds/<uuid:ref>/", name="records_legalhold", action=READ, logs_itself=True)
@require_safe
def hold_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    hold = _hold_of(request, ref, READ)
    enter(request, READ, row=hold.code)
    return _page(request, hold)


@page(
    "legal-holds/<uuid:ref>/review/", name="records_legalhold_review", action=REVIEW,
    logs_itself=True,
)  # fmt: skip
@require_POST
def review(request: HttpRequest, ref: UUID) -> HttpResponse:
    hold = _hold_of(request, ref, REVIEW)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, hold, review_form=form, status=422)
    try:
        legal_holds.review(hold, actor=actor_of(request), **form.cleaned_data)
    except NotOpen as error:
        messages.error(request, error.message)
    else:
        day = form.cleaned_data["next_on"].isoformat()
        messages.info(request, _("已复查，下次 %(day)s。") % {"day": day})
    return redirect(PAGE, ref)


@page(
    "legal-holds/<uuid:ref>/release/", name="records_legalhold_release", action=RELEASE,
    logs_itself=True,
)  # fmt: skip
@require_POST
def release(request: HttpRequest, ref: UUID) -> HttpResponse:
    hold = _hold_of(request, ref, RELEASE)
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _page(request, hold, release_form=form, status=422)
    try:
        legal_holds.ask_release(hold, actor=actor_of(request), **form.cleaned_data)
    except NotOpen as error:
        messages.error(request, error.message)
    else:
        messages.info(request, _("已提交；另一位合规官同意之前仍然保留。"))
    return redirect(PAGE, ref)


def _hold_of(request: HttpRequest, ref: UUID, action: Action) -> LegalHold:
    rows = LegalHold.objects.filter(ref=ref).select_related(
        "placed_by", "approval__requested_by", "approval__decided_by",
        "release_approval__requested_by", "release_approval__decided_by",
    )  # fmt: skip
    return row_of(request, action, rows, asked=ref)


def _page(
    request: HttpRequest,
    hold: LegalHold,
    *,
    review_form: ReviewForm | None = None,
    release_form: ReleaseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    state, tone = words.state(hold)
    approved = hold.approval.status == Approval.Status.APPROVED
    more = {
        "title": _("法律保留 %(code)s") % {"code": hold.code},
        "hold": hold,
        "state": state,
        "tone": tone,
        "scope": selectors.in_words(hold.scope, hold.selector),
        "means": words.MEANING[hold.scope],
        "extent": counting.extent(hold),
        "overdue": hold.holds and hold.review_on < clock.local().date(),
        "reviews": hold.reviews.select_related("reviewed_by"),
        "holds": hold.holds,
        "provisional": hold.status == LegalHold.Status.ASKED,
    }
    if approved and hold.holds and gate.may(actor, REVIEW):
        more["review_form"] = review_form or ReviewForm()
    if hold.status == LegalHold.Status.OPEN and gate.may(actor, RELEASE):
        more["release_form"] = release_form or ReleaseForm()
    return _template(request, "hold", more, status=status)


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/legal_holds/{name}.html", more, status=status)
