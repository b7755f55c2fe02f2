"""The desk's page of break-glass: opening a window, what it lends, closing it, and what is owed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from access import break_glass, gate
from access.actions import Action
from access.actors import Actor
from access.models import BreakGlass
from records import purposes
from records.desk_pages import CHANNEL, desk_page, frame

SHOWN = 20
BODY = ("act", "purpose", "reason", "minutes")


class OpenForm(forms.Form):
    purpose = forms.ChoiceField(label=_("用途"))
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        min_length=6,
        help_text=_("发生了什么，为什么等不到授权；复盘的人会看到"),
    )
    minutes = forms.TypedChoiceField(label=_("时长"), coerce=int)

    def __init__(self, data: Any = None, *, offered: Any = ()) -> None:
        super().__init__(data)
        choices = [(each.value, each.label) for each in offered]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]
        lengths = [(each, gettext("%(n)s 分钟") % {"n": each}) for each in break_glass.MINUTES]
        self.fields["minutes"].choices = lengths  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=BODY)
def page(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    if not gate.may(actor, Action.BREAK_GLASS_OPEN):
        gate.permit(actor, Action.BREAK_GLASS_OPEN, purpose="", channel=CHANNEL)
    window = break_glass.open_window(actor)
    if request.method == "POST" and request.POST.get("act") == "close":
        if window is not None:
            break_glass.close(window, actor=actor)
            messages.info(request, _("紧急访问已关闭，所找到的客户不再可及。"))
        return redirect("desk:break_glass")
    offered = purposes.offered(actor, channel=CHANNEL)
    form = OpenForm(request.POST if request.method == "POST" else None, offered=offered)
    if form.is_bound and form.is_valid():
        if not actor.stepped_up:
            return redirect(f"{reverse('step_up')}?next={reverse('desk:break_glass')}")
        said = form.cleaned_data
        break_glass.begin(
            purpose=said["purpose"], reason=said["reason"], minutes=said["minutes"], actor=actor
        )
        messages.info(request, _("紧急访问已开启，合规官已收到通知。"))
        return redirect("desk:find")
    own = BreakGlass.objects.filter(user_id=actor.id or 0)
    context = {
        **frame(actor),
        "title": _("紧急访问"),
        "form": form,
        "rows": own[:SHOWN],
        "overdue": own.overdue().exists(),
        "fresh": actor.stepped_up,
    }
    return render(request, "desk/break_glass.html", context, status=422 if form.is_bound else 200)
