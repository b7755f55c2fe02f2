"""A person's own page: the remedies that he owns, of whichever case, and nothing else of it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import gate, sign_ins
from access.account import signed_in
from access.admin_pages import actor_of
from access.vocabulary import Role
from incidents.cases import remedying
from incidents.models import IncidentRemedy
from incidents.remedy_forms import OwnDayForm, OwnDoneForm
from incidents.risks import actions
from transfers.admin_frame import done

HERE: Final = "own_remedies"


def waiting(request: HttpRequest) -> int:
    """How many are open, for the navigation; remedies are told to their owner and not counted to others."""
    person = getattr(request.user, "pk", None)
    return len(remedying.owed_by(person)) + len(actions.owed_by(person)) if person else 0


@require_safe
@signed_in
def table(request: HttpRequest) -> HttpResponse:
    person = actor_of(request).id or 0
    context = {"rows": remedying.owed_by(person), "actions": actions.owed_by(person)}
    return render(request, "account/remedies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remedy(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Done, or another day; whose it is not, for him it is not there."""
    actor = actor_of(request)
    channel = sign_ins.channel_of(Role(actor.role)).value
    row = IncidentRemedy.objects.filter(ref=ref, owner=actor.id or 0).first()
    if row is None:
        gate.refuse_unknown(actor, remedying.SETTLE, asked=str(ref), purpose="", channel=channel)
    moves, posts = request.POST.get("act") == "day", request.method == "POST"
    finish = OwnDoneForm(request.POST if posts and not moves else None)
    day = OwnDayForm(request.POST if posts and moves else None, due_on=row.due_on)
    form: forms.Form = day if moves else finish
    act = remedying.move_day if moves else remedying.finish
    status = 422 if posts else 200
    if form.is_valid():
        said = form.cleaned_data
        ok, status = done(form, lambda: act(row, **said, channel=channel, actor=actor))
        if ok:
            messages.success(request, _("期限已改") if moves else _("已登记，另一人会确认是否有效"))
            return redirect(HERE)
    context = {"row": row, "finish": finish, "day": day, "open": row.state == "open"}
    return render(request, "account/remedy.html", context, status=status)
