"""The back office's page of keys: how old, how much used, when they change; and who starts a change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from access import gate, ports
from access.actions import Action
from access.admin_pages import CHANNEL, Headline, actor_of, enter, headlines, page
from access.key_rotation import inventory, jobs, retiring
from access.key_rotation.jobs import Kind, Why
from access.models import KeyRotation
from custodian import clock
from custodian.errors import CustodianError, Unavailable
from custodian.jobs import OPEN, JobStatus

READ, ROTATE = Action.KEY_READ, Action.KEY_ROTATE
SHOWN = 10
LATE = timedelta(days=1)  # the worker looks every ten minutes; so late means that it does not work


class RotateForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("密钥"), choices=Kind, widget=forms.RadioSelect, initial=Kind.KEK
    )
    reason = forms.CharField(label=gettext_lazy("理由"), min_length=4, max_length=200)


@page("keys/", name="keys", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    return _page(request, RotateForm())


@page("keys/rotate/", name="keys_rotate", action=ROTATE, logs_itself=True)
@require_POST
def rotate(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not gate.may(actor, ROTATE):
        enter(request, ROTATE)  # which refuses, and puts that on record
    if not actor.stepped_up:
        return redirect(f"{reverse('step_up')}?next={reverse('admin:keys')}")
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        _begin(form.cleaned_data["kind"], form.cleaned_data["reason"], request)
    except CustodianError as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("轮换已登记，由后台作业完成；期间一切照常。"))
    return redirect("admin:keys")


def _begin(kind: str, reason: str, request: HttpRequest) -> None:
    """A new rotation; one that failed is gone on with instead."""
    actor, held = actor_of(request), jobs.unfinished(kind)
    if held is not None and held.status == JobStatus.FAILED:
        jobs.resume(held, channel=CHANNEL, actor=actor)
    else:
        jobs.request(kind, why=Why.PAGE, reason=reason, channel=CHANNEL, actor=actor)


def _page(request: HttpRequest, form: RotateForm, *, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    rotations = list(KeyRotation.objects.select_related("requested_by")[:SHOWN])
    context: dict[str, Any] = {
        "title": _("密钥"),
        "keks": inventory.keks(),
        "indexes": inventory.indexes(),
        "staff_apart": inventory.staff_apart(),
        "public_keys": inventory.public_keys(),
        "recipients": ports.backups().recipients(),
        "next": inventory.next_change(),
        "rotations": [(each, _took(each)) for each in rotations],
        "open": [
            each for each in rotations if each.status not in (JobStatus.DONE, JobStatus.REFUSED)
        ],
        "moving": any(each.status in OPEN for each in rotations),
        "may_rotate": gate.may(actor, ROTATE),
        "stepped_up": actor.stepped_up,
        "step_up": f"{reverse('step_up')}?next={reverse('admin:keys')}",
        "form": form,
    }
    more = {**admin.site.each_context(request), **context}
    return render(request, "admin/keys/keys.html", more, status=status)


def _took(rotation: KeyRotation) -> int | None:
    """Seconds from its beginning to its end."""
    if rotation.started_at is None or rotation.finished_at is None:
        return None
    return max(1, round((rotation.finished_at - rotation.started_at).total_seconds()))


def due(request: HttpRequest) -> Headline | None:
    """For the morning page: a change of keys that failed, or that nobody carried out."""
    if not gate.may(actor_of(request), READ):
        return None
    url, button = reverse("admin:keys"), _("查看密钥")
    if KeyRotation.objects.filter(status=JobStatus.FAILED).exists():
        detail = _("旧密钥还在用，没有数据受影响；安全官可以续作。")
        return Headline(45, _("一次密钥轮换没有完成。"), detail, url, button)
    try:
        planned = retiring.next_rotation()
    except Unavailable:
        return None
    if planned is None or planned + LATE > clock.now():
        return None
    late = (clock.now() - planned).days
    sentence = ngettext("密钥轮换已逾期 %(n)s 天。", "密钥轮换已逾期 %(n)s 天。", late) % {
        "n": late
    }
    return Headline(30, sentence, _("按期轮换由后台作业完成，请检查它是否在运行。"), url, button)


headlines.append(due)
