"""Processing purposes in the law library: the register in force, versions with what changed, proposals."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import law_frame
from access.actions import Action
from access.admin_pages import actor_of, page
from access.law import purpose_overriding, purpose_telling, purpose_words
from access.law.purpose_telling import ToldPurpose
from access.law.reading import today
from access.purpose_forms import PurposeForm

READ, PROPOSE = Action.LAW_READ, Action.LAW_PROPOSE


@page("law/purposes/", name="law_purposes", action=READ)
@require_safe
def purposes(request: HttpRequest) -> HttpResponse:
    known = purpose_telling.purposes(today())
    groups = [
        (_("须客户同意的用途"), [each for each in known if each.purpose.asks]),
        (_("不靠同意的用途"), [each for each in known if each.is_other]),
        (_("不再做的用途"), [each for each in known if not each.purpose.offered]),
    ]
    context = {"title": _("处理目的登记"), "groups": groups, "total": len(known)}
    return law_frame.template(request, "purposes", context)


@page("law/purposes/<str:code>/", name="law_purpose", action=READ, logs_itself=True)
@require_safe
def purpose(request: HttpRequest, code: str) -> HttpResponse:
    told = law_frame.found(request, READ, code, _told)
    context = {
        "title": told.name,
        "told": told,
        "facts": purpose_telling.facts(told.purpose),
        "versions": law_frame.told(purpose_telling.versions(code, today())),
        "waiting": told.waiting,
    }
    return law_frame.template(request, "purpose", context)


def _told(code: str) -> ToldPurpose:
    purpose_overriding.of_file(code)
    return next(each for each in purpose_telling.purposes(today()) if each.purpose.code == code)


@page(
    "law/purposes/<str:code>/change/", name="law_purpose_change", action=PROPOSE, logs_itself=True
)
@require_http_methods(["GET", "HEAD", "POST"])
def change_purpose(request: HttpRequest, code: str) -> HttpResponse:
    told = law_frame.found(request, PROPOSE, code, _told)
    form = PurposeForm(purpose_telling.newest(code), law_frame.posted(request))
    if form.is_bound and form.is_valid():
        answer = _proposed(request, form, code)
        if answer is not None:
            return answer
    context = {"title": _("提出改动：%(what)s") % {"what": told.name}, "form": form, "told": told}
    return law_frame.template(
        request, "purpose_edit", context, status=422 if form.is_bound else 200
    )


def _proposed(request: HttpRequest, form: PurposeForm, code: str) -> HttpResponse | None:
    """On to the approval, or back to the form with what does not fit, each where it can be mended."""
    said = form.cleaned_data
    try:
        asked = purpose_overriding.propose_purpose(
            code,
            wanted=form.wanted(),
            since=said["since"],
            reason=said["reason"],
            actor=actor_of(request),
        )
    except purpose_overriding.DoesNotFit as error:
        for each in error.faults:
            form.add_error(purpose_words.field(each), purpose_words.fault(each))
    except purpose_overriding.NotAhead as error:
        form.add_error("since", str(error.message))
    except purpose_overriding.ERRORS as error:
        form.add_error(None, str(error.message))
    else:
        return redirect("admin:approval", asked.ref)
    return None
