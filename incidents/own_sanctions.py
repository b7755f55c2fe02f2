"""A person's own page: the letters that were served on him, and his answer; nothing else of a matter."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate, sign_ins
from access.account import signed_in
from access.actions import Action
from access.admin_pages import actor_of
from access.vocabulary import Role
from custodian import clock
from incidents.models import SanctionAnswer, SanctionCase, SanctionPaper
from incidents.sanction_forms import AnswerForm
from incidents.sanction_frame import pdf_of
from incidents.sanctions import hearing, letters, serving
from transfers.admin_frame import done

HERE: Final = "own_letters"
READ = Action.SANCTION_PAPER_READ


def waiting(request: HttpRequest) -> int:
    """How many were served on him, for his own navigation and nobody else's."""
    person = getattr(request.user, "pk", None)
    if not person:
        return 0
    return SanctionPaper.objects.filter(person=person, served_on__isnull=False).count()


@require_safe
@signed_in
def table(request: HttpRequest) -> HttpResponse:
    rows = serving.on_him(actor_of(request).id or 0)
    return render(request, "account/letters.html", {"rows": rows})


def _paper(request: HttpRequest, ref: UUID) -> SanctionPaper:
    """One that was served on him; any other one is not there, also if he works on the matter."""
    actor = actor_of(request)
    rows = SanctionPaper.objects.filter(ref=ref, person=actor.id or 0, served_on__isnull=False)
    row = rows.first()
    if row is None:
        gate.refuse_unknown(actor, READ, asked=str(ref), purpose="", channel=_channel(request))
    return row


def _channel(request: HttpRequest) -> str:
    return sign_ins.channel_of(Role(actor_of(request).role)).value


def _enter(request: HttpRequest, row: SanctionPaper) -> None:
    facts = {"paper": row.kind, "sha256": row.sha256}
    gate.permit(actor_of(request), READ, purpose="self", channel=_channel(request), facts=facts)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def letter(request: HttpRequest, ref: UUID) -> HttpResponse:
    row = _paper(request, ref)
    matter = serving.matter_of(row)
    kinds = _open(row, matter)
    posts = request.method == "POST"
    kind_form = AnswerForm(kinds, request.POST if posts else None) if kinds else None
    status = 409 if posts else 200
    if posts and kind_form is not None:
        status = 422
        if kind_form.is_valid():
            said, actor = kind_form.cleaned_data, actor_of(request)
            ok, status = done(
                kind_form,
                lambda: hearing.answer(row, said["kind"], said["text"], actor=actor),
                field="text",
            )
            if ok:
                messages.success(request, _("您的答复已送达办理人员"))
                return redirect("own_letter", ref)
    _enter(request, row)
    context = {"row": row, "form": kind_form, "until": _until(row, matter), **_shown(row, matter)}
    return render(request, "account/letter.html", context, status=status)


@require_POST
@signed_in
def take(request: HttpRequest, ref: UUID) -> HttpResponse:
    row = _paper(request, ref)
    _enter(request, row)
    return pdf_of(row, serving.matter_of(row))


def _shown(row: SanctionPaper, matter: SanctionCase) -> dict[str, Any]:
    """As it was made, in his language; and what he himself said."""
    body = letters.content(matter, row)
    language = "en" if get_language() == "en" else "zh"
    mine = next((each for each in body["sides"] if each["lang"] == language), body["sides"][0])
    answers = SanctionAnswer.objects.filter(matter=row.matter_id, person=row.person_id)
    allowed = hearing.ANSWERS.get(SanctionPaper.Kind(row.kind), ())
    said = [
        (each, hearing.text_of(matter, each)) for each in answers.filter(kind__in=list(allowed))
    ]
    return {"letter": mine, "number": body["number"], "answers": said}


def _until(row: SanctionPaper, matter: SanctionCase) -> Any:
    kind = SanctionPaper.Kind
    return {kind.FINDINGS: matter.hearing_until, kind.DECISION: matter.appeal_until}.get(
        kind(row.kind)
    )


def _open(row: SanctionPaper, matter: SanctionCase) -> tuple[Any, ...]:
    """What he may answer now."""
    stage = {
        SanctionPaper.Kind.FINDINGS: SanctionCase.Stage.NOTICED,
        SanctionPaper.Kind.DECISION: SanctionCase.Stage.SERVED,
    }.get(SanctionPaper.Kind(row.kind))
    until = _until(row, matter)
    if stage is None or matter.stage != stage or until is None or clock.local().date() > until:
        return ()
    return hearing.ANSWERS.get(SanctionPaper.Kind(row.kind), ())
