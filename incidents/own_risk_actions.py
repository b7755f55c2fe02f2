"""A person's own page of one action about a risk, a control or an audit, and nothing else of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import gate, sign_ins
from access.account import signed_in
from access.admin_pages import actor_of
from access.vocabulary import Role
from incidents.models import RiskAction
from incidents.remedy_forms import OwnDoneForm
from incidents.risks import actions
from transfers.admin_frame import done


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def action(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What was done; whose it is not, for him it is not there. Another day is for the offices to give."""
    actor = actor_of(request)
    channel = sign_ins.channel_of(Role(actor.role)).value
    row = RiskAction.objects.filter(ref=ref, owner=actor.id or 0).first()
    if row is None:
        gate.refuse_unknown(actor, actions.SETTLE, asked=str(ref), purpose="", channel=channel)
    posts = request.method == "POST"
    form, status = OwnDoneForm(request.POST if posts else None), 422 if posts else 200
    if form.is_valid():
        said = form.cleaned_data
        ok, status = done(form, lambda: actions.finish(row, **said, channel=channel, actor=actor))
        if ok:
            messages.success(request, _("已登记，另一人会确认是否有效"))
            return redirect("own_remedies")
    context = {"row": row, "finish": form, "open": row.state == RiskAction.State.OPEN}
    return render(request, "account/risk_action.html", context, status=status)
